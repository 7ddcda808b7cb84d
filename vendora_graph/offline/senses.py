"""Senses: what a phrase may mean, and where phrases come from: the model, its data, English, the business's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from vendora_graph.offline.english import english_data
from vendora_graph.offline.names import numbered, partial_metrics, spoken
from vendora_graph.semantic.catalog import Catalog, DimensionInfo

Kind = Literal["metric", "dimension", "value", "cue", "hint", "rule", "topic", "modifier", "group", "report", "number", "period",
               "other_store"]  # fmt: skip
_VOCABULARY_WEIGHT = 1.02
STORE_PART = 0.85
PART_OF_NAME = 0.8
_GENERAL = 0.3
_SET_WEIGHT = 1.01
_NAME_WEIGHT = 0.9
"""Weights of names: a part of a name, a phrase of the vocabulary, a word of a store's name, the malus of a general name."""
_FULL = 1.0
_PART, _START = 4, 6


@dataclass(frozen=True, slots=True)
class ValueEntry:
    """One stored value of a dimension, how often it occurs, the stores it occurs in, and other names for it."""

    value: str
    count: int = 1
    dealership_ids: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning of a phrase.

    `key` names a metric, dimension, cue, rule ...; `values` are stored values of a `value` sense; `tenants` the stores that hold them.
    """

    kind: Kind
    key: str
    values: tuple[str, ...] = ()
    weight: float = _FULL
    phrase: str = ""
    tenants: tuple[str, ...] = ()


def all_senses(catalog: Catalog, vocabulary: Mapping[str, Any], values: Mapping[str, Sequence[ValueEntry]]) -> Iterator[tuple[str, Sense]]:
    """Yield every phrase with what it means, in an order that does not depend on hashing."""
    yield from _metric_senses(catalog, vocabulary)
    yield from _dimension_senses(catalog, vocabulary)
    yield from _english_senses(english_data())
    yield from _vocabulary_senses(catalog, vocabulary)
    values = {name: entries for name, entries in values.items() if name not in (vocabulary.get("unspoken") or ())}
    yield from _partial_names(catalog, vocabulary, values)
    yield from _first_words(catalog, vocabulary, values)
    stores = {name for name in values if name in catalog.dimensions and catalog.dimensions[name].kind == "store"}
    yield from _stored_values(catalog, {name: entries for name, entries in values.items() if name not in stores}, vocabulary)
    for name in stores:  # before the whole names, which would make each of their words a known one
        for entry in values[name]:
            yield from _part_senses(catalog.dimensions[name], entry)
    yield from _stored_values(catalog, {name: entries for name, entries in values.items() if name in stores}, vocabulary)
    yield from _flag_senses(catalog, values)
    if not vocabulary:
        yield from ((part, Sense("metric", name, weight=PART_OF_NAME)) for part, name in partial_metrics(catalog))


def _metric_senses(catalog: Catalog, vocabulary: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    extra = vocabulary.get("metrics") or {}
    not_names = vocabulary.get("not_names") or {}
    generic = {str(word).lower() for word in vocabulary.get("generic_names") or ()}
    for name, metric in catalog.metrics.items():
        if metric.hidden and name not in extra:
            continue
        dropped = {str(word).lower() for word in not_names.get(name, ())}
        spelled = (name.replace("_", " "),) if not metric.synonyms or "_" not in name else ()
        for weight, phrases in (
            (_FULL, () if metric.hidden else (metric.label, *spelled, *(() if vocabulary else spoken(metric.label)))),
            (_FULL, () if metric.hidden else metric.synonyms),
            (_VOCABULARY_WEIGHT, extra.get(name, ())),
        ):
            for phrase in phrases:
                if str(phrase).lower() not in dropped:
                    general = str(phrase).lower() in generic
                    yield str(phrase), Sense("metric", name, weight=weight - _GENERAL if general else weight)


def _dimension_senses(catalog: Catalog, vocabulary: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    extra = vocabulary.get("dimensions") or {}
    not_names = vocabulary.get("not_names") or {}
    for name, dimension in catalog.dimensions.items():
        dropped = {str(word).lower() for word in not_names.get(name, ())}
        own = (dimension.label, dimension.plural, name.replace("_", " "), *(() if vocabulary else spoken(dimension.label)))
        for phrase in (*own, *dimension.synonyms, *extra.get(name, ())):
            if phrase and str(phrase).lower() not in dropped:
                yield str(phrase), Sense("dimension", name)
        for stored, words in dimension.values.items():
            for word in (stored, *words):
                if str(word).lower() not in dropped:
                    yield str(word), Sense("value", name, (stored,))


def _stored_values(
    catalog: Catalog, values: Mapping[str, Sequence[ValueEntry]], vocabulary: Mapping[str, Any]
) -> Iterator[tuple[str, Sense]]:
    for name, entries in values.items():
        dimension = catalog.dimensions.get(name)
        if dimension is None or dimension.kind in {"record", "numeric", "time"}:
            continue
        stores = sorted({entry.dealership_ids for entry in entries}) if dimension.kind == "store" else []
        dropped = {str(word).lower() for word in (vocabulary.get("not_names") or {}).get(name, ())}
        for entry in entries:
            if dimension.kind == "store" and entry.dealership_ids:
                yield (
                    f"{dimension.label} {stores.index(entry.dealership_ids) + 1}",
                    Sense("value", name, (entry.value,), tenants=entry.dealership_ids),
                )
            yield from _spelled(dimension, entry) if entry.value.lower() not in dropped else ()
            for alias in entry.aliases:  # one person's nickname may be another's first name: neither outweighs the other
                weight = _NAME_WEIGHT if dimension.kind == "person" else _FULL
                yield alias, Sense("value", name, (entry.value,), weight, tenants=entry.dealership_ids)
                if dimension.kind == "person" and " " not in alias and " " in entry.value:  # the nickname with the last name
                    yield f"{alias} {entry.value.split()[-1]}", Sense("value", name, (entry.value,), tenants=entry.dealership_ids)
            if dimension.kind == "person":
                yield from _part_senses(dimension, entry)


def _spelled(dimension: DimensionInfo, entry: ValueEntry) -> Iterator[tuple[str, Sense]]:
    named = numbered(dimension, entry.value) or (entry.value, entry.value.replace("-", ""))  # `HRV` of `HR-V`
    for phrase in dict.fromkeys(named):
        yield phrase, Sense("value", dimension.name, (entry.value,), tenants=entry.dealership_ids)


def _part_senses(dimension: DimensionInfo, entry: ValueEntry) -> Iterator[tuple[str, Sense]]:
    for part in _name_parts(dimension, entry.value):
        weight = _NAME_WEIGHT if dimension.kind == "person" else _FULL if " " in part else STORE_PART
        yield part, Sense("value", dimension.name, (entry.value,), weight, tenants=entry.dealership_ids)


def _flag_senses(catalog: Catalog, values: Mapping[str, Sequence[ValueEntry]]) -> Iterator[tuple[str, Sense]]:
    """A column of truth values is named by what is so: `insured` is one value of it, `uninsured` the other."""
    raw = english_data()["flags"]
    for name, entries in values.items():
        dimension, stored = catalog.dimensions.get(name), {entry.value for entry in entries}
        if dimension is None or not stored or not stored <= {raw["true"], raw["false"]}:
            continue
        declared = {str(word).lower() for words in dimension.values.values() for word in words}
        if dimension.label.lower() not in declared:
            yield dimension.label, Sense("value", name, (str(raw["true"]),))
        for prefix in raw["prefixes"]:
            yield f"{prefix}{dimension.label}", Sense("value", name, (str(raw["false"]),))


def _partial_names(
    catalog: Catalog, vocabulary: Mapping[str, Any], values: Mapping[str, Sequence[ValueEntry]]
) -> Iterator[tuple[str, Sense]]:
    """A part of a name that only one value has (`Mach-E`, `Bronco`), for the dimensions the vocabulary lists."""
    labels = {word.lower() for d in catalog.dimensions.values() for word in f"{d.label} {d.plural or ''}".split()}
    taken = labels | set(str(english_data()["common"]).split())
    for name in vocabulary.get("partial_names") or ():
        entries = values.get(name, ()) if name in catalog.dimensions else ()
        whole = {entry.value.lower() for entry in entries}
        parts: dict[str, list[ValueEntry]] = {}
        for entry in entries:
            for part in entry.value.split() if " " in entry.value else ():
                parts.setdefault(part, []).append(entry)
        for part, owners in parts.items():
            if len(owners) == 1 and len(part) >= _PART and part.lower() not in whole | taken:
                yield part, Sense("value", name, (owners[0].value,), _NAME_WEIGHT, tenants=owners[0].dealership_ids)


def _first_words(
    catalog: Catalog, vocabulary: Mapping[str, Any], values: Mapping[str, Sequence[ValueEntry]]
) -> Iterator[tuple[str, Sense]]:
    """The words a name begins with (`Ford Credit` of a longer name), when only one value begins so, for the dimensions listed."""
    for name in vocabulary.get("first_words") or ():
        owners: dict[str, list[ValueEntry]] = {}
        for entry in values.get(name, ()) if name in catalog.dimensions else ():
            words = entry.value.split()
            for size in range(1, len(words)):
                owners.setdefault(" ".join(words[:size]), []).append(entry)
        for start, entries in owners.items():
            if len(entries) == 1 and len(start) >= _START:
                yield start, Sense("value", name, (entries[0].value,), _NAME_WEIGHT, tenants=entries[0].dealership_ids)


def _name_parts(dimension: DimensionInfo, value: str) -> Iterable[str]:
    """First and last name of a person, so that `Mike` finds every Mike; the words of a store's name."""
    parts = value.split()
    if len(parts) < 2:  # noqa: PLR2004
        return ()
    if dimension.kind == "store":
        return (*parts, *(f"{part} {dimension.label}" for part in parts), " ".join(parts[:-1]), " ".join(parts[1:]))
    return (parts[0], parts[-1]) if dimension.kind == "person" else ()


def _english_senses(raw: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    for name, phrases in raw["cues"].items():
        for phrase in phrases:
            yield str(phrase), Sense("cue", str(name))
    for name, phrases in raw["comparison_words"].items():
        for phrase in phrases:
            yield str(phrase), Sense("cue", f"versus_{name}")


_SECTIONS: Mapping[Kind, str] = {"rule": "rules", "topic": "topics", "modifier": "modifiers", "group": "departments", "report": "reports"}


def _vocabulary_senses(catalog: Catalog, vocabulary: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    for kind, section in _SECTIONS.items():
        for name, entry in (vocabulary.get(section) or {}).items():
            for phrase in entry.get("words", ()):
                yield str(phrase), Sense(kind, str(name), weight=float(entry.get("weight", 1.0)))
    yield from _weak_senses(catalog, vocabulary)
    for name, phrases in (vocabulary.get("cues") or {}).items():
        for phrase in phrases:
            yield str(phrase), Sense("cue", str(name))


def _weak_senses(catalog: Catalog, vocabulary: Mapping[str, Any]) -> Iterator[tuple[str, Sense]]:
    for entry in vocabulary.get("hints") or ():
        if entry["metric"] in catalog.metrics:
            for phrase in entry["words"]:
                yield str(phrase), Sense("hint", str(entry["metric"]), weight=float(entry.get("weight", 0.5)))
    for entry in vocabulary.get("value_sets") or ():
        if entry["dimension"] in catalog.dimensions:
            for phrase in entry["words"]:
                yield str(phrase), Sense("value", str(entry["dimension"]), tuple(map(str, entry["values"])), _SET_WEIGHT)
