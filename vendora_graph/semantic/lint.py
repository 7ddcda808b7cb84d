"""Lint at load: what MetricFlow accepts and computes wrongly or refuses later. Errors in our own model, notes in a loaded one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vendora_graph.semantic.expand import Flat
from vendora_graph.semantic.spec import Project, SimpleSpec
from vendora_graph.semantic.yaml_source import Place, fail

_REFERENCE = re.compile(r"(?:Dimension|TimeDimension|Entity)\(\s*['\"]([^'\"]+)['\"]")
_FILLED = frozenset({"sum", "count", "sum_boolean"})
_MAX_LINKS = 2


def lint(project: Project, flat: Mapping[str, Flat]) -> None:
    """Check an expanded project.

    Raises:
        SemanticModelError: In our own model, for any rule; in a loaded one, for what cannot work at all.
    """
    for spec in project.simple.values():
        for text in spec.filters:
            _check_filter(project, spec, text)
    _check_parts(project, flat)
    for name, words in project.texts.items():
        if project.strict and not (words.label and words.description):
            raise fail(words.place, f"the metric {name!r} needs a `label:` and a `description:`.")
    _check_models(project)


def _check_models(project: Project) -> None:
    for model in project.models.values():
        primaries = [entity for entity in model.entities if entity.type == "primary"]
        if primaries and model.primary_entity:
            raise fail(model.place, f"the semantic model {model.name!r} has a `primary_entity:` and a primary entity of its own; keep one.")
        if len(primaries) > 1:
            raise fail(primaries[1].place, f"the semantic model {model.name!r} has two primary entities; make one `unique`.")
        if model.dimensions and not primaries and not model.primary_entity:
            raise fail(model.place, f"the semantic model {model.name!r} has no primary entity; add one (or `primary_entity:`).")
    for spec in project.simple.values():
        owner = project.models[spec.model]
        known = {dimension.name for dimension in owner.dimensions if dimension.type == "time"}
        _check_time(spec, spec.time_dimension or owner.time_dimension, known)


def _check_time(spec: SimpleSpec, time: str | None, known: set[str]) -> None:
    if time is None:
        raise fail(spec.place, f"{spec.name!r} has no time dimension; add `defaults: {{agg_time_dimension: ...}}` to {spec.model!r}.")
    if time not in known:
        raise fail(spec.place, f"{spec.name!r} is dated by {time!r}, which is no time dimension of {spec.model!r}.")


def _check_filter(project: Project, spec: SimpleSpec, text: str) -> None:
    for path in _REFERENCE.findall(text):
        parts = path.split("__")
        if path == "metric_time" or (len(parts) == 1 and f"Entity('{path}')" in text):
            continue
        if len(parts) == 1:
            _complain(project, spec.place, f"a filter of {spec.name!r} names the dimension {path!r} shortly; write entity__{path}")
        elif len(parts) - 1 > 1:
            *before, entity, name = parts
            if len(parts) - 1 > _MAX_LINKS:
                raise fail(spec.place, f"a filter of {spec.name!r} reads {path!r}, which is more than two joins away; bring it nearer.")
            written = f"Dimension('{entity}__{name}', entity_path={before!r})"
            raise fail(spec.place, f"a filter of {spec.name!r} names {path!r}; over two joins write {written}.")


def _check_parts(project: Project, flat: Mapping[str, Flat]) -> None:
    """An absent additive part is NULL, not zero, and makes the whole result disappear."""
    for name, item in flat.items():
        spec = project.computed[name]
        if spec.kind in {"average", "cumulative"}:
            continue
        for part in item.inputs:
            simple = project.simple[part.metric]
            if simple.agg in _FILLED and simple.fill_nulls_with is None:
                message = f"{part.metric!r} is a part of {name!r} and has no `fill_nulls_with: 0`: without a row it is missing, not zero"
                _complain(project, simple.place, message)


def _complain(project: Project, place: Place, message: str) -> None:
    if project.strict:
        raise fail(place, f"{message}.")
    note = f"{place}: {message}."
    if note not in project.notes:
        project.notes.append(note)
