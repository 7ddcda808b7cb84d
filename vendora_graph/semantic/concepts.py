"""Concepts: what questions call the dimensions, and the shortest way from a metric to each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal, cast, get_args

from vendora_graph.contracts import Unit
from vendora_graph.semantic.catalog import DimensionInfo, DimensionKind
from vendora_graph.semantic.reader import model_format
from vendora_graph.semantic.spec import DimensionSpec, ModelSpec, Project, SimpleSpec
from vendora_graph.semantic.yaml_source import fail

_COLUMN = re.compile(r"^[A-Za-z_][\w$]*$")
_REFERENCE = re.compile(r"(?:Dimension|TimeDimension)\(\s*['\"]([A-Za-z0-9_]+)['\"]")
_MAX_HOPS = 2


class Concepts:
    """Names the dimensions of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._dimensions = {
            (model.name, dimension.name): (model, dimension) for model in project.models.values() for dimension in model.dimensions
        }
        self._names = self._name_all()
        self._dates = {
            entity.name
            for model in project.models.values()
            for entity in model.entities
            if entity.type == "foreign" and entity.expr in {d.expr for d in model.dimensions if d.type == "time"}
        }
        self._hidden = {self._names[key] for key, (_, dimension) in self._dimensions.items() if dimension.meta.get("hidden")} - {
            self._names[key] for key, (_, dimension) in self._dimensions.items() if not dimension.meta.get("hidden")
        }

    def hidden(self, concept: str) -> bool:
        """Say whether a concept may only be used by filters and by the engine itself."""
        return concept in self._hidden

    def shortest(self, spec: SimpleSpec, found: Sequence[tuple[str, str, str]]) -> dict[str, str]:
        """Return concept -> path for one metric.

        Raises:
            SemanticModelError: Two ways of the same length lead to one concept.
        """
        order = {entity.name: index for index, entity in enumerate(self._project.models[spec.model].entities)}
        own = primary_entity(self._project.models[spec.model])
        ways: dict[str, list[tuple[int, int, str]]] = {}
        for path, model, dimension in found:
            links = path.split("__")[:-1]
            if self._of_another_day(spec, links):
                continue
            hops = 0 if links == [own] and model == spec.model else len(links)
            ways.setdefault(self._names[model, dimension], []).append((hops, order.get(links[0], len(order)) if links else 0, path))
        chosen: dict[str, str] = {}
        for concept, candidates in sorted(ways.items()):
            best, *others = sorted(candidates)
            if others and others[0][0] == best[0]:
                self._ambiguous(spec, concept, best[2], others[0][2])
            chosen[concept] = best[2]
        return chosen

    def _of_another_day(self, spec: SimpleSpec, links: Sequence[str]) -> bool:
        """A key that is a date names the days of what is dated by it: not of a measure dated otherwise, nor through another table."""
        model = self._project.models[spec.model]
        dated = spec.time_dimension or model.time_dimension
        own = next((d.expr for d in model.dimensions if d.name == dated), "")
        for at, link in enumerate(links):
            keys = [e.expr for e in model.entities if e.name == link] if at == 0 else []
            if link in self._dates and own not in keys:
                return True
        return False

    def dimensions(self, paths: Iterable[Mapping[str, str]]) -> dict[str, DimensionInfo]:
        """Return every visible concept some metric reaches."""
        reached: dict[str, set[str]] = {}
        for mapping in paths:
            for concept, path in mapping.items():
                reached.setdefault(concept, set()).add(path)
        infos: dict[str, DimensionInfo] = {}
        for key, (model, dimension) in self._dimensions.items():
            concept = self._names[key]
            if concept in self._hidden or concept not in reached or dimension.meta.get("hidden"):
                continue
            info = self._info(concept, model, dimension)
            infos[concept] = self._merge(infos[concept], info, dimension) if concept in infos else info
        return {concept: replace(info, paths=tuple(sorted(reached[concept]))) for concept, info in infos.items()}

    def filter_tables(self, spec: SimpleSpec) -> list[str]:
        """Return the tables the filters of a metric read besides its own."""
        tables: list[str] = []
        for text in spec.filters:
            for path in _REFERENCE.findall(text):
                entity = path.split("__")[-2] if "__" in path else ""
                tables.extend(str(model.relation) for model in self._project.models.values() if primary_entity(model) == entity)
        return [table for table in dict.fromkeys(tables) if table != str(self._project.models[spec.model].relation)]

    def _ambiguous(self, spec: SimpleSpec, concept: str, first: str, second: str) -> None:
        message = f"{spec.name!r} reaches the concept {concept!r} by {first!r} and by {second!r}, two ways of one length"
        if self._project.strict:
            raise fail(spec.place, f"{message}; give one of the two dimensions another `concept:`.")
        self._project.note(spec.place, f"{message}; {first!r} is used.")

    def _name_all(self) -> dict[tuple[str, str], str]:
        uses: dict[str, set[str]] = {}
        for (model_name, name), (_, dimension) in self._dimensions.items():
            uses.setdefault(str(dimension.meta.get("concept") or name), set()).add(model_name)
        names: dict[tuple[str, str], str] = {}
        for key, (model, dimension) in self._dimensions.items():
            concept = dimension.meta.get("concept")
            shared = len(uses[dimension.name]) > 1 if not concept else False
            names[key] = str(concept).lower() if concept else _qualified(model, dimension) if shared else dimension.name
        return names

    def _info(self, concept: str, model: ModelSpec, dimension: DimensionSpec) -> DimensionInfo:
        meta = dimension.meta
        default_kind = "time" if dimension.type == "time" else "category"
        kind = self._word(meta, "kind", model_format()["kinds"], default_kind, dimension)
        label = str(meta.get("label") or dimension.label or concept.replace("_", " "))
        high = "high" if kind in {"record", "time", "numeric"} else "low"
        source = self._source(model, dimension)
        unit = meta.get("unit")
        if unit is not None:
            self._word(meta, "unit", get_args(Unit), "", dimension)
        return DimensionInfo(
            name=concept,
            label=label,
            plural=str(meta.get("plural") or _plural(label)),
            kind=cast(DimensionKind, kind),
            synonyms=words(meta.get("synonyms")) or self._guessed(model, dimension, label),
            values=self._values(dimension),
            source=source,
            cardinality=cast(Literal["low", "high"], self._word(meta, "cardinality", model_format()["cardinalities"], high, dimension)),
            unit=unit,
            access=str(meta.get("access") or ""),
            record_metrics=words(meta.get("record_metrics")),
            description=dimension.description,
            typed="kind" in meta or dimension.type == "time",
            granularity=dimension.granularity,
            expression=None if source else (str(model.relation), dimension.expr),
            of_day=primary_entity(model) in self._dates,
        )

    def _guessed(self, model: ModelSpec, dimension: DimensionSpec, label: str) -> tuple[str, ...]:
        """A loaded model names no synonyms: the column's own name, and the table's key for the column that names its rows."""
        entity = primary_entity(model)
        guessed = [dimension.name.replace("_", " ")]
        if dimension.name in model_format()["naming_columns"] or dimension.name == f"{entity}_name":
            guessed.append(entity.replace("_", " "))
        return tuple(word for word in dict.fromkeys(guessed) if word and word.lower() != label.lower())

    def _values(self, dimension: DimensionSpec) -> dict[str, tuple[str, ...]]:
        given = dimension.meta.get("values") or {}
        if isinstance(given, list):
            given = {value: [] for value in given}
        if not isinstance(given, Mapping):
            raise fail(dimension.place, f"`values:` of dimension {dimension.name!r} must map stored values to lists of words.")
        return {plain(value): words(found) for value, found in given.items()}

    def _source(self, model: ModelSpec, dimension: DimensionSpec) -> tuple[str, str] | None:
        given = dimension.meta.get("source")
        if given is not None:
            if not isinstance(given, list) or len(given) != len(("table", "column")):
                raise fail(dimension.place, f"`source:` of dimension {dimension.name!r} must be `[table, column]`.")
            return str(given[0]), str(given[1])
        return (str(model.relation), dimension.expr) if _COLUMN.match(dimension.expr) else None

    def _merge(self, first: DimensionInfo, second: DimensionInfo, dimension: DimensionSpec) -> DimensionInfo:
        if first.kind != second.kind:
            message = f"the concept {first.name!r} is of kind {second.kind} here and of kind {first.kind} elsewhere"
            raise fail(dimension.place, f"{message}; give both the same `kind:` or one another `concept:`.")
        values = dict(first.values)
        for value, found in second.values.items():
            values[value] = tuple(dict.fromkeys((*values.get(value, ()), *found)))
        declared = "label" in dimension.meta and first.label == first.name.replace("_", " ")
        return replace(
            first,
            label=second.label if declared else first.label,
            plural=second.plural if declared else first.plural,
            synonyms=tuple(dict.fromkeys((*first.synonyms, *second.synonyms))),
            values=values,
            source=first.source or second.source,
            cardinality="high" if "high" in {first.cardinality, second.cardinality} else "low",
            unit=first.unit or second.unit,
            access=first.access or second.access,
            record_metrics=tuple(dict.fromkeys((*first.record_metrics, *second.record_metrics))),
            typed=first.typed and second.typed,
        )

    def _word(self, meta: Mapping[str, Any], key: str, allowed: Sequence[str], default: str, dimension: DimensionSpec) -> str:
        value = meta.get(key, default)
        if value not in allowed:
            raise fail(dimension.place, f"`{key}: {value}` of dimension {dimension.name!r} is not known; use one of {', '.join(allowed)}.")
        return str(value)


def primary_entity(model: ModelSpec) -> str:
    """Return the entity MetricFlow prefixes a model's own dimensions with."""
    return next((entity.name for entity in model.entities if entity.type == "primary"), model.primary_entity or "")


def words(value: object) -> tuple[str, ...]:
    """Return a meta value as a tuple of texts."""
    if value is None:
        return ()
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(dict.fromkeys(plain(item) for item in items))


def plain(item: object) -> str:
    """Return a YAML scalar as text: an unquoted `true` is read as a boolean, but words are words."""
    return str(item).lower() if isinstance(item, bool) else str(item)


def _plural(label: str) -> str:
    if label.endswith(("s", "x", "ch", "sh")):
        return label if label.endswith("ies") else f"{label}es"
    return f"{label[:-1]}ies" if re.search(r"[^aeiou]y$", label) else f"{label}s"


def _qualified(model: ModelSpec, dimension: DimensionSpec) -> str:
    entity = primary_entity(model) or model.name
    return dimension.name if dimension.name.startswith(f"{entity}_") else f"{entity}_{dimension.name}"
