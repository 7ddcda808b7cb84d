"""Read dbt's `metrics:` lists (or the compiled manifest's) into `SimpleSpec` and `ComputedSpec`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.formula import canonical
from vendora_graph.semantic.inputs import compute_input, filters_of, grain_of, input_of, ratio_input, window_parts, window_sizes
from vendora_graph.semantic.reader import (
    Node,
    aggregation,
    check_keys,
    check_meta,
    choice,
    meta_of,
    non_additive,
    text_of,
)
from vendora_graph.semantic.spec import ComputedSpec, InputSpec, MeasureSpec, MetricText, ModelSpec, Project, SimpleSpec
from vendora_graph.semantic.yaml_source import Place, fail, place_of


class MetricReader:
    """Adds metrics to a project whose semantic models are already read."""

    def __init__(self, project: Project, default: Place) -> None:
        self._project = project
        self._default = default
        self._measures: dict[str, tuple[ModelSpec, MeasureSpec]] = {}
        for model in project.models.values():
            for measure in model.measures:
                if measure.name in self._measures:
                    other = self._measures[measure.name][0]
                    raise fail(measure.place, f"the measure {measure.name!r} is also defined in {other.name!r}; rename one of them.")
                self._measures[measure.name] = (model, measure)

    def read_all(self, nodes: list[Node]) -> None:
        """Read every metric, then the measures that ask for a metric of their own."""
        for node in nodes:
            self._read(node)
        for model, measure in self._measures.values():
            if measure.create_metric and measure.name not in self._project.texts:
                text = MetricText(measure.label, measure.description, measure.meta, measure.place)
                self._add(measure.name, text, self._from_measure(measure.name, measure.name, model, measure, measure.place))

    def _read(self, node: Node) -> None:
        place = place_of(node, self._default)
        name = text_of(node, "name", place).lower()
        strict = self._project.strict
        check_keys(node, "metric", place, strict=strict)
        meta = meta_of(node)
        check_meta(meta, "metric_meta", f"metric {name!r}", place, strict=strict)
        if name in self._project.texts:
            raise fail(place, f"the metric {name!r} is also defined at {self._project.texts[name].place}; rename one of them.")
        text = MetricText(str(node.get("label") or ""), str(node.get("description") or "").strip(), meta, place)
        try:
            spec = self._spec(name, node, meta, place)
        except SemanticModelError as error:
            if strict or not isinstance(error, UnanswerableError):
                raise
            self._project.notes.append(str(error))
            return
        self._add(name, text, spec)

    def _add(self, name: str, text: MetricText, spec: SimpleSpec | ComputedSpec) -> None:
        self._project.texts[name] = text
        if isinstance(spec, SimpleSpec):
            self._project.simple[name] = spec
        else:
            self._project.computed[name] = spec

    def _spec(self, name: str, node: Node, meta: Mapping[str, Any], place: Place) -> SimpleSpec | ComputedSpec:
        params = node.get("type_params") or {}
        if not isinstance(params, Mapping):
            raise fail(place, f"`type_params:` of the metric {name!r} must be a mapping, such as `{{measure: ...}}`.")
        filters = filters_of(node.get("filter"), place)
        if isinstance(meta.get("compute"), Mapping):
            return self._compute(name, meta["compute"], filters, place)
        kind = choice(node.get("type"), "metric_types", f"the type of metric {name!r}", place)
        if kind == "simple":
            return self._simple(name, params, filters, place)
        if kind == "ratio":
            inputs = tuple(ratio_input(params, key, place) for key in ("numerator", "denominator"))
            return ComputedSpec(name, "numerator / denominator", inputs, place, "ratio", filters)
        if kind == "derived":
            return self._derived(name, params, filters, place)
        if kind == "cumulative":
            return self._cumulative(name, params, filters, place)
        raise UnanswerableError(f"{place}: the metric {name!r} is a conversion metric, which is not answered; ask its two parts instead.")

    def _simple(self, name: str, params: Node, filters: tuple[str, ...], place: Place) -> SimpleSpec:
        given = params.get("measure")
        native = params.get("metric_aggregation_params")
        if given is None and isinstance(native, Mapping):
            return self._native(name, params, native, filters, place)
        model, measure, more = self._measure(name, given, place)
        own = given if isinstance(given, Mapping) else {}
        spec = self._from_measure(name, measure.name, model, measure, place)
        fill = own.get("fill_nulls_with", params.get("fill_nulls_with"))
        return replace(
            spec,
            filters=(*more, *filters),
            fill_nulls_with=None if fill is None else int(fill),
        )

    def _native(self, name: str, params: Node, native: Node, filters: tuple[str, ...], place: Place) -> SimpleSpec:
        model = text_of(native, "semantic_model", place).lower()
        if model not in self._project.models:
            raise fail(place, f"the metric {name!r} names the semantic model {model!r}, which does not exist.")
        agg, percentile, discrete = aggregation(native.get("agg"), native.get("agg_params"), f"metric {name!r}", place)
        fill = params.get("fill_nulls_with")
        time = native.get("agg_time_dimension")
        return SimpleSpec(
            name, model, agg, str(params.get("expr") or name), place, str(time).lower() if time else None, percentile, discrete,
            non_additive(native.get("non_additive_dimension"), place), filters, None if fill is None else int(fill),
        )  # fmt: skip

    def _measure(self, name: str, given: object, place: Place) -> tuple[ModelSpec, MeasureSpec, tuple[str, ...]]:
        wanted = given.get("name") if isinstance(given, Mapping) else given
        if not isinstance(wanted, str):
            raise fail(place, f"the metric {name!r} has no `type_params: {{measure: ...}}`; name a measure of a semantic model.")
        found = self._measures.get(wanted.lower())
        if found is None:
            near = _near(wanted, self._measures)
            raise fail(place, f"the metric {name!r} names the measure {wanted!r}, which no semantic model has{near}.")
        filters = filters_of(given.get("filter"), place) if isinstance(given, Mapping) else ()
        return *found, filters

    def _from_measure(self, name: str, _measure: str, model: ModelSpec, measure: MeasureSpec, place: Place) -> SimpleSpec:
        return SimpleSpec(
            name, model.name, measure.agg, measure.expr, place, measure.time_dimension, measure.percentile, measure.discrete,
            measure.non_additive,
        )  # fmt: skip

    def _derived(self, name: str, params: Node, filters: tuple[str, ...], place: Place) -> ComputedSpec:
        expr = canonical(text_of(params, "expr", place), place)
        given = params.get("metrics") or []
        if not isinstance(given, list):
            raise fail(place, f"`metrics:` of {name!r} must be a list of metrics (names, or mappings with `name:`).")
        inputs = tuple(input_of(item, place) for item in given)
        _check_names(name, expr, inputs, place)
        if self._project.strict and any(item.shift_count or item.shift_to for item in inputs):
            raise fail(place, f"the metric {name!r} uses an offset; comparisons are separate requests here, so remove it.")
        return ComputedSpec(name, expr, inputs, place, "derived", filters)

    def _cumulative(self, name: str, params: Node, filters: tuple[str, ...], place: Place) -> ComputedSpec:
        typed = params.get("cumulative_type_params") or {}
        if str(typed.get("period_agg") or "first").lower() != "last":
            message = f"the cumulative metric {name!r} has no `period_agg: last`; its default is the first value of a period"
            if self._project.strict:
                raise fail(place, f"{message}. Add it.")
            self._project.note(place, f"{message}. It is answered as the value at the end of the period.")
        source = self._cumulative_source(name, params, typed, filters, place)
        window = window_parts(typed.get("window") or params.get("window"), place)
        to_date = typed.get("grain_to_date") or params.get("grain_to_date")
        days, months = window_sizes(window)
        item = InputSpec(
            "value", source, window_days=days, window_months=months, to_date=grain_of(to_date, place), all_time=not window and not to_date
        )
        return ComputedSpec(name, "value", (item,), place, "cumulative")

    def _cumulative_source(self, name: str, params: Node, typed: Node, filters: tuple[str, ...], place: Place) -> str:
        if isinstance(typed.get("metric"), Mapping) and params.get("measure") is None:
            item = input_of(typed["metric"], place)
            if not (item.filters or filters):
                return item.metric
            raise UnanswerableError(f"{place}: the cumulative metric {name!r} filters a metric, which is not answered; filter its measure.")
        model, measure, more = self._measure(name, params.get("measure"), place)
        hidden = free_name(f"{name}_base", self._project)
        spec = replace(self._from_measure(hidden, measure.name, model, measure, place), filters=(*more, *filters))
        self._project.simple[hidden] = spec
        self._project.hidden.add(hidden)
        self._project.origins[hidden] = name
        return hidden

    def _compute(self, name: str, node: Mapping[str, Any], filters: tuple[str, ...], place: Place) -> ComputedSpec:
        expr = canonical(text_of(node, "expr", place), place)
        given = node.get("inputs")
        if not isinstance(given, Mapping) or not given:
            raise fail(place, f"`compute:` of {name!r} needs `inputs:`, a mapping of the names in `expr` to metrics.")
        inputs = tuple(compute_input(str(alias).lower(), item, place) for alias, item in given.items())
        _check_names(name, expr, inputs, place)
        return ComputedSpec(name, expr, inputs, place, "compute", filters)


class UnanswerableError(SemanticModelError):
    """A loaded model holds something right that this package does not answer: noted, not fatal."""


def free_name(wanted: str, project: Project) -> str:
    """Return a metric name nobody has."""
    name, number = wanted, 2
    while name in project.simple or name in project.texts:
        name, number = f"{wanted}_{number}", number + 1
    return name


def _check_names(name: str, expr: str, inputs: tuple[InputSpec, ...], place: Place) -> None:
    known = [item.alias for item in inputs]
    missing = [word for word in arithmetic.names(expr) if word not in known]
    if missing:
        raise fail(place, f"the formula of {name!r} reads {missing[0]!r}, which is none of its inputs ({', '.join(known) or 'none'}).")
    if len(set(known)) != len(known):
        raise fail(place, f"two inputs of {name!r} have the same name; give each an `alias:`.")


def _near(wanted: str, known: Mapping[str, object]) -> str:
    from rapidfuzz import process

    found = process.extractOne(wanted.lower(), list(known), score_cutoff=60)
    return f" (did you mean {found[0]!r}?)" if found else ""
