"""Reduce every metric to simple ones that are sums or counts: averages, medians, ratios, derived and cumulative metrics."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vendora_graph.semantic.catalog import MetricInput
from vendora_graph.semantic.formula import substitute
from vendora_graph.semantic.metric_reader import free_name
from vendora_graph.semantic.spec import ComputedSpec, DimensionSpec, InputSpec, Project, SimpleSpec
from vendora_graph.semantic.yaml_source import fail


@dataclass(frozen=True, slots=True)
class Flat:
    """A computed metric over simple metrics only."""

    expr: str
    inputs: tuple[MetricInput, ...]


def expand(project: Project) -> dict[str, Flat]:
    """Split averages and medians into hidden sums and counts, and flatten every computed metric.

    The project gains hidden simple metrics, and a value dimension for each median (`project.values`: metric -> dimension name).

    Raises:
        SemanticModelError: An input does not exist, a metric needs itself, or a window stands inside a window.
    """
    _snapshots(project)
    for spec in list(project.simple.values()):
        if spec.agg == "average":
            _split_average(project, spec)
        elif spec.agg == "percentile":
            _add_values(project, spec)
    flattener = _Flattener(project)
    flat: dict[str, Flat] = {}
    for name, computed in sorted(project.computed.items()):
        item = flattener.flatten(name)
        if item is None:
            project.note(computed.place, f"the metric {name!r} needs a median or percentile as a part, which is not answered.")
            del project.computed[name], project.texts[name]
        else:
            flat[name] = item
    return flat


def _snapshots(project: Project) -> None:
    """Read a semi-additive measure over its own date as a snapshot: one date, chosen by the runner, instead of MetricFlow's last date."""
    for name, spec in list(project.simple.items()):
        rule = spec.non_additive
        if rule is None:
            continue
        time = spec.time_dimension or project.models[spec.model].time_dimension
        if rule.window_groupings and not project.strict:
            groups = ", ".join(rule.window_groupings)
            project.note(spec.place, f"{name!r} takes the last date of each {groups}; filters apply before that.")
        elif rule.window_choice == "max" and rule.name == time and not project.strict:
            project.simple[name] = replace(spec, non_additive=None)
            text = project.texts.get(name)
            if text is not None:
                project.texts[name] = replace(text, meta={**text.meta, "snapshot": True})
        elif project.strict:
            message = f"{name!r} is semi-additive (`non_additive_dimension`), whose last date is taken after filters and over all stores"
            raise fail(spec.place, f"{message}; remove it and write `snapshot: true` in config.meta of the metric.")
        else:
            message = f"{name!r} takes one date for all groups (no `window_groupings`); a group without that date is missing."
            project.note(spec.place, message)


def _split_average(project: Project, spec: SimpleSpec) -> None:
    total = replace(spec, name=free_name(f"{spec.name}_sum", project), agg="sum", fill_nulls_with=None)
    project.simple[total.name] = total
    count = replace(spec, name=free_name(f"{spec.name}_n", project), agg="count", fill_nulls_with=0)
    project.simple[count.name] = count
    project.hidden.update((total.name, count.name))
    project.origins.update({total.name: spec.name, count.name: spec.name})
    del project.simple[spec.name]
    inputs = (InputSpec("total", total.name), InputSpec("n", count.name))
    project.computed[spec.name] = ComputedSpec(spec.name, "total / NULLIF(n, 0)", inputs, spec.place, "average")


def _add_values(project: Project, spec: SimpleSpec) -> None:
    """Give a median what fetches its values: a dimension over the expression and a count to group by it."""
    dimension = f"value_of_{spec.name}"
    if spec.discrete:
        project.note(spec.place, f"the percentile {spec.name!r} is discrete in the model; it is answered interpolated.")
    model = project.models[spec.model]
    added = DimensionSpec(dimension, "categorical", spec.expr, spec.place, meta={"concept": dimension, "kind": "numeric", "hidden": True})
    project.models[spec.model] = replace(model, dimensions=(*model.dimensions, added))
    count = replace(spec, name=free_name(f"{spec.name}_n", project), agg="count", percentile=None, fill_nulls_with=0)
    project.simple[count.name] = count
    project.hidden.add(count.name)
    project.origins[count.name] = spec.name
    project.values[spec.name] = count.name


class _Flattener:
    """Rewrites computed metrics over simple metrics, making filtered copies of simple metrics where an input has a filter."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._copies: dict[tuple[str, tuple[str, ...]], str] = {}

    def flatten(self, name: str) -> Flat | None:
        """Return a computed metric over simple ones, or None when a median is among them."""
        parts = self._parts(self._project.computed[name], (), (name,))
        if parts is None:
            return None
        expr, inputs = parts
        aliases: dict[MetricInput, str] = {}
        renames: dict[str, str] = {}
        for item in inputs:
            first = aliases.setdefault(replace(item, alias=""), item.alias)
            if first != item.alias:
                renames[item.alias] = first
        kept = tuple(item for item in inputs if item.alias not in renames)
        return Flat(substitute(expr, renames) if renames else expr, kept)

    def _parts(self, spec: ComputedSpec, filters: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, list[MetricInput]] | None:
        inputs: list[MetricInput] = []
        nested: dict[str, str] = {}
        for item in spec.inputs:
            merged = _union(filters, spec.filters, item.filters)
            below = self._input(item, merged, spec, path)
            if below is None:
                return None
            expr, found = below
            if len(found) == 1 and found[0].alias == item.alias and expr == item.alias:
                inputs.extend(found)
                continue
            prefixed = {part.alias: f"{item.alias}__{part.alias}" for part in found}
            nested[item.alias] = substitute(expr, prefixed)
            inputs.extend(replace(part, alias=prefixed[part.alias]) for part in found)
        return (substitute(spec.expr, nested) if nested else spec.expr), inputs

    def _input(
        self, item: InputSpec, filters: tuple[str, ...], spec: ComputedSpec, path: tuple[str, ...]
    ) -> tuple[str, list[MetricInput]] | None:
        project = self._project
        if item.metric in path:
            raise fail(spec.place, f"the metric {path[0]!r} needs itself ({' -> '.join((*path, item.metric))}); break the circle.")
        if item.metric in project.computed:
            below = self._parts(project.computed[item.metric], filters, (*path, item.metric))
            return None if below is None else (below[0], [_windowed(part, item, spec) for part in below[1]])
        simple = project.simple.get(item.metric)
        if simple is None:
            raise fail(spec.place, f"the metric {spec.name!r} reads {item.metric!r}, which is no metric; define it or correct the name.")
        if simple.agg == "percentile":
            if project.strict:
                raise fail(spec.place, f"the metric {spec.name!r} computes with the median {item.metric!r}; medians cannot be parts.")
            return None
        part = MetricInput(item.alias, self._copy(simple, filters))
        return item.alias, [_windowed(part, item, spec)]

    def _copy(self, simple: SimpleSpec, filters: tuple[str, ...]) -> str:
        added = tuple(text for text in filters if text not in simple.filters)
        if not added:
            return simple.name
        key = (simple.name, added)
        if key not in self._copies:
            name = free_name(f"{simple.name}_filtered", self._project)
            self._project.simple[name] = replace(simple, name=name, filters=(*simple.filters, *added))
            self._project.hidden.add(name)
            self._project.origins[name] = simple.name
            self._copies[key] = name
        return self._copies[key]


def _windowed(part: MetricInput, item: InputSpec, spec: ComputedSpec) -> MetricInput:
    window = item.window_days or item.window_months or item.to_date or item.all_time
    shift = item.shift_count or item.shift_to
    if not window and not shift:
        return part
    if window and (part.window_days or part.window_months or part.to_date or part.all_time):
        raise fail(spec.place, f"the input {item.alias!r} of {spec.name!r} puts a window on a metric that has one; keep one of them.")
    if shift and (part.shift_count or part.shift_to):
        raise fail(spec.place, f"the input {item.alias!r} of {spec.name!r} offsets a metric that is offset already; keep one of them.")
    return replace(
        part,
        window_days=item.window_days or part.window_days,
        window_months=item.window_months or part.window_months,
        to_date=item.to_date or part.to_date,
        all_time=item.all_time or part.all_time,
        shift_count=item.shift_count or part.shift_count,
        shift_grain=item.shift_grain or part.shift_grain,
        shift_to=item.shift_to or part.shift_to,
    )


def _union(*groups: Sequence[str]) -> tuple[str, ...]:
    merged: Iterable[str] = (text for group in groups for text in group)
    return tuple(dict.fromkeys(merged))
