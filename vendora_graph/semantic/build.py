"""Build the catalog: metrics and dimensions in the words of questions, and the way from each metric to each dimension."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, cast, get_args

from vendora_graph.contracts import Grain, Unit
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.catalog import Additivity, Catalog, Good, MetricInfo, MetricInput, Ways, coarse_grain
from vendora_graph.semantic.concepts import Concepts, words
from vendora_graph.semantic.expand import Flat
from vendora_graph.semantic.reader import model_format
from vendora_graph.semantic.spec import MetricText, Project, SimpleSpec
from vendora_graph.semantic.yaml_source import Place, fail

Paths = Mapping[str, str]
GroupBys = Callable[[str], Sequence[tuple[str, str, str]]]
"""Simple metric -> (MetricFlow path, semantic model, dimension), as MetricFlow lists them."""


def build_catalog(project: Project, flat: Mapping[str, Flat], group_bys: GroupBys, version: str) -> Catalog:
    """Build the catalog of an expanded project.

    Raises:
        SemanticModelError: A meta value is wrong, or a metric reaches a concept by two ways of one length.
    """
    concepts = Concepts(project)
    by_model: dict[tuple[str, str | None], Paths] = {}
    paths: dict[str, Paths] = {}
    for name, spec in sorted(project.simple.items()):
        compiled = project.values.get(name, name)
        key = (spec.model, spec.time_dimension)  # a key that is a date serves only what is dated by it
        if key not in by_model:
            by_model[key] = concepts.shortest(spec, group_bys(compiled))
        paths[name] = by_model[key]
    for name, item in sorted(flat.items()):
        paths[name] = _common([paths[part.metric] for part in item.inputs])
    builder = _MetricBuilder(project, flat, paths, concepts)
    metrics = {name: builder.build(name) for name in _ordered(project)}
    _check_references(project, metrics)
    return Catalog(
        name=project.name,
        version=version,
        metrics=metrics,
        dimensions=concepts.dimensions(by_model.values()),
        metric_paths=Ways({name: dict(sorted(paths[name].items())) for name in sorted(paths)}),
        clarifying={str(key): str(value) for key, value in (project.vocabulary.get("clarifying") or {}).items() if isinstance(value, str)},
    )


def _ordered(project: Project) -> list[str]:
    """Metrics in the order they were written, then those the loader made."""
    return [*project.texts, *sorted(name for name in project.hidden if name in project.simple)]


def _common(parts: Sequence[Paths]) -> Paths:
    shared = set(parts[0]).intersection(*(set(part) for part in parts[1:])) if parts else set()
    return {concept: parts[0][concept] for concept in sorted(shared)}


class _MetricBuilder:
    def __init__(self, project: Project, flat: Mapping[str, Flat], paths: Mapping[str, Paths], concepts: Concepts) -> None:
        self._project = project
        self._flat = flat
        self._paths = paths
        self._concepts = concepts

    def build(self, name: str) -> MetricInfo:
        project = self._project
        simple = project.simple.get(name)
        place = project.texts[name].place if name in project.texts else cast(SimpleSpec, simple).place
        text = project.texts.get(name) or self._made(name, place)
        meta, flat = text.meta, self._flat.get(name)
        label = str(meta.get("label") or text.label or name.replace("_", " "))
        counted = simple is not None and simple.agg in model_format()["count_aggregations"]
        info = MetricInfo(
            name=name,
            label=label,
            description=text.description,
            unit=_word(meta, "unit", get_args(Unit), _usual_unit(project, name, label, counted=counted), name, place),  # type: ignore[arg-type]  # checked
            good=cast(Good, _word(meta, "good", model_format()["good"], "none", name, place)),
            additivity=self._additivity(name, meta, simple, place),
            synonyms=words(meta.get("synonyms")) or _named(name, label),
            formula_expr=flat.expr if flat else None,
            inputs=flat.inputs if flat else (),
            dimensions=tuple(concept for concept in self._paths[name] if not self._concepts.hidden(concept)),
            time_dimension=self._time(name),
            snapshot=bool(meta.get("snapshot")),
            hidden=bool(meta.get("hidden")) or name in project.hidden,
            tables=self._tables(name),
            aggregation=simple.agg if simple else project.computed[name].kind,
            time_grain=self._time_grain(name),
            value_dimension=f"value_of_{name}" if name in project.values else None,
            value_metric=project.values.get(name),
            percentile=Decimal(simple.percentile) if simple and simple.percentile else None,
            fill=simple.fill_nulls_with if simple else None,
        )
        return _with_meta(info, meta, place)

    def _made(self, name: str, place: Place) -> MetricText:
        """The words of a metric the loader made: those of the metric it was made from; a count keeps its own unit."""
        origin = self._project.texts.get(self._project.origins.get(name, ""))
        if origin is None:
            return MetricText("", "", {"hidden": True}, place)
        counted = self._project.simple[name].agg in model_format()["count_aggregations"]
        kept = {key: origin.meta[key] for key in ("unit", "access") if key in origin.meta and not (counted and key == "unit")}
        return MetricText(f"{origin.label} ({name})", "", {**kept, "hidden": True}, place)

    def _additivity(self, name: str, meta: Mapping[str, Any], simple: SimpleSpec | None, place: Place) -> Additivity:
        if simple is None:
            default = self._computed_additivity(name)
        else:
            default = "semi_additive" if meta.get("snapshot") else model_format()["additivity_of"][simple.agg]
        return cast(Additivity, _word(meta, "additivity", model_format()["additivity"], default, name, place))

    def _computed_additivity(self, name: str) -> str:
        if self._project.computed[name].kind == "average":
            return "average"
        flat = self._flat[name]
        whole = all(item == MetricInput(item.alias, item.metric) for item in flat.inputs)
        additive = all(model_format()["additivity_of"][part.agg] == "additive" for part in self._parts(name))
        return "additive" if whole and additive and arithmetic.is_linear(flat.expr) else "ratio"

    def _parts(self, name: str) -> tuple[SimpleSpec, ...]:
        flat = self._flat.get(name)
        names = [item.metric for item in flat.inputs] if flat else [name]
        return tuple(self._project.simple[part] for part in names)

    def _time(self, name: str) -> str:
        times = (part.time_dimension or self._project.models[part.model].time_dimension or "" for part in self._parts(name))
        return ", ".join(dict.fromkeys(time for time in times if time))

    def _time_grain(self, name: str) -> Grain:
        """The coarsest grain among the dates of a metric's parts; finer than a day counts as a day."""
        grains = [coarse_grain(self._granularity(part)) for part in self._parts(name)]
        return max(grains, key=get_args(Grain).index)

    def _granularity(self, part: SimpleSpec) -> str | None:
        model = self._project.models[part.model]
        time = part.time_dimension or model.time_dimension
        return next((item.granularity for item in model.dimensions if item.name == time), None)

    def _tables(self, name: str) -> tuple[str, ...]:
        found: list[str] = []
        for part in self._parts(name):
            found.append(str(self._project.models[part.model].relation))
            found.extend(self._concepts.filter_tables(part))
        return tuple(dict.fromkeys(found))


def _usual_unit(project: Project, name: str, label: str, *, counted: bool) -> str:
    """Return the unit of a metric whose model tells none: a count, a rate where a ratio is named one (`Food revenue %`), else a number."""
    if name in project.computed and project.computed[name].kind == "ratio" and not project.strict:
        said = label.lower().replace("%", " % ").split()
        return "rate" if set(said) & set(model_format()["rate_words"]) else "number"
    return "count" if counted else "number"


def _with_meta(info: MetricInfo, meta: Mapping[str, Any], place: Place) -> MetricInfo:
    """Add what only `config.meta` says."""
    low, high = _bounds(meta.get("bounds"), info.name, place)
    return replace(
        info,
        formula=str(meta.get("formula") or ""),
        basis=str(meta.get("basis") or ""),
        filter_text=str(meta.get("filters") or ""),
        default_filters=tuple((str(key), words(value)) for key, value in (meta.get("default_filters") or {}).items()),
        min_n=_number(meta.get("min_n"), "min_n", info.name, place),
        count_metric=str(meta["count_metric"]).lower() if meta.get("count_metric") else None,
        access=str(meta.get("access") or ""),
        low=low,
        high=high,
        benchmarks=words(meta.get("benchmarks")),
        clarify=str(meta["clarify"]) if meta.get("clarify") else None,
        family=str(meta.get("family") or ""),
        department=str(meta.get("department") or ""),
        ledger_month=bool(meta.get("ledger_month")),
        adds_by_day=bool(meta.get("adds_by_day")),
        kpi=_number(meta.get("kpi"), "kpi", info.name, place),
        note=str(meta.get("note") or ""),
        variants=tuple((str(key), str(value)) for key, value in (meta.get("variants") or {}).items()),
    )


def _check_references(project: Project, metrics: Mapping[str, MetricInfo]) -> None:
    clarifying = project.vocabulary.get("clarifying") or {}
    for info in metrics.values():
        place = project.texts[info.name].place if info.name in project.texts else Place(project.name)
        if info.count_metric and info.count_metric not in metrics:
            raise fail(place, f"`count_metric: {info.count_metric}` of {info.name!r} is no metric; define it or correct the name.")
        for concept, metric in info.variants:
            if metric not in metrics:
                raise fail(place, f"`variants: {{{concept}: {metric}}}` of {info.name!r} names no metric; define it or correct the name.")
        if project.strict and info.clarify and info.clarify not in clarifying:
            raise fail(place, f"`clarify: {info.clarify}` of {info.name!r} is not among `clarifying:` of vocabulary.yaml; add the rule.")


def _word(meta: Mapping[str, Any], key: str, allowed: Iterable[str], default: str, name: str, place: Place) -> str:
    value = meta.get(key)
    if value is None:
        return default
    known = tuple(allowed)
    if value not in known:
        raise fail(place, f"`{key}: {value}` of {name!r} is not known; use one of {', '.join(known)}.")
    return str(value)


def _number(value: object, key: str, name: str, place: Place) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise fail(place, f"`{key}: {value}` of {name!r} must be a whole number.")
    return value


def _bounds(value: object, name: str, place: Place) -> tuple[Decimal | None, Decimal | None]:
    if value is None:
        return None, None
    if not isinstance(value, list) or len(value) != len(("low", "high")):
        raise fail(place, f"`bounds:` of {name!r} must be `[low, high]`; either may be null.")
    try:
        low, high = (None if item is None else Decimal(str(item)) for item in value)
    except InvalidOperation as error:
        raise fail(place, f"`bounds: {value}` of {name!r} holds something other than numbers.") from error
    if low is not None and high is not None and low > high:
        raise fail(place, f"`bounds: {value}` of {name!r}: the low end is above the high end.")
    return low, high


def _named(name: str, label: str) -> tuple[str, ...]:
    spoken = name.replace("_", " ")
    return (spoken,) if spoken.lower() != label.lower() else ()
