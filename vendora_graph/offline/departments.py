"""Departments side by side: `CSI in sales and service`, `top box service vs sales`: each department's own form of a measure."""

from __future__ import annotations

from itertools import combinations

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lists import joined
from vendora_graph.offline.people import EACH, department_filter
from vendora_graph.offline.spans import Span

_TWO = 2


def take_departments(framer: Framer) -> None:
    """Read each department's own form of a measure, where departments stand in a row or one stands beside a measure of another."""
    _each_department(framer)
    _pair_departments(framer)


def _each_department(framer: Framer) -> None:
    """`no shows in sales and service`: departments joined beside one measure or ambiguous word ask for the form each has of it.

    With no measure but a word that is a department's name too (`how did sales and service do`) it is the departments that are asked
    for.
    """
    frame = framer.frame
    apart = _departments(framer)
    if frame.from_hint and frame.has("scorecard") and not (_measure(framer, apart or _alone(framer)) or _of_kind_of_unit(framer)):
        frame.metrics, frame.from_hint = [], False
    measure = _measure(framer, apart)
    if measure is None or len(apart) < _TWO or len({name for name, _ in apart}) < len(apart) or len(frame.metrics) + len(frame.rules) != 1:
        return
    forms = [_form(framer, name, measure) for name, _ in apart]
    if not all(forms) or len(set(forms)) < len(forms):
        if frame.metrics:  # `expenses for sales and service`
            department_filter(framer, [name for name, _ in apart])
        return
    frame.metrics, frame.from_hint = list(forms), False
    frame.rules.clear()
    for metric, (_, span) in zip(forms, apart, strict=True):
        frame.bind(span, EACH)
        frame.metric_spans[metric] = measure


def _measure(framer: Framer, apart: list[tuple[str, Span]]) -> Span | None:
    """The words that name what is measured, none of them a department of the row."""
    frame = framer.frame
    named = {*frame.metrics, *frame.rules}
    spans = (span for span in frame.spans if any(s.key in named for s in of_kind(span, "metric", "rule", "hint")))
    return next((span for span in spans if not any(span is other for _, other in apart)), None)


def _of_kind_of_unit(framer: Framer) -> bool:
    """`how are new Ford sales`: units of a kind are counted, no department is told of."""
    columns = set(framer.lexicon.vocabulary.get("unit_columns") or ())
    return any(s.key in columns for span in framer.frame.spans for s in of_kind(span, "value"))


def _alone(framer: Framer) -> list[tuple[str, Span]]:
    return [(s.key, span) for span in framer.frame.spans for s in of_kind(span, "group")][:1]


def _departments(framer: Framer) -> list[tuple[str, Span]]:
    """The departments of one row: each stands joined to another."""
    spans = [span for span in framer.frame.spans if of_kind(span, "group")]
    row = {id(span) for pair in combinations(spans, 2) if joined(framer, *pair) for span in pair}
    return [(next(s.key for s in of_kind(span, "group")), span) for span in spans if id(span) in row]


def _form(framer: Framer, department: str, measure: Span) -> str:
    """What a department calls a measure or an ambiguous word; empty when it has no such measure, or more than one."""
    frame, known = framer.frame, framer.catalog.metrics
    entry = framer.lexicon.section("departments").get(department) or {}
    if frame.rules:
        readings = framer.lexicon.section("rules").get(frame.rules[0]) or {}
        usual = [m for m in readings.get("metrics") or () if m in known and known[m].department == department]
        chosen = [m for m in (readings.get("by_department") or {}).get(department) or usual if m in known]
        return str(chosen[0]) if len(chosen) == 1 else ""
    metric = frame.metrics[0]
    forms = [(entry.get("own_words") or {}).get(frame.said(measure)), *((entry.get(kind) or {}).get(metric) for kind in ("own", "swap"))]
    own = next((str(m) for m in forms if m in known), "")
    return own or (metric if known[metric].department == department else "")


def _pair_departments(framer: Framer) -> None:
    """`top box service vs sales`: one department's measure, and the form another department named beside it has of it."""
    frame, departments = framer.frame, framer.lexicon.section("departments")
    for metric in [m for m in frame.metrics if m in frame.metric_spans]:
        for span in frame.spans:
            if not (frame.has("compare") or joined(framer, span, frame.metric_spans[metric])):
                continue
            swaps = [(departments.get(s.key) or {}).get("swap") or {} for s in of_kind(span, "group")]
            other = next((str(swap[metric]) for swap in swaps if swap.get(metric) in framer.catalog.metrics), "")
            if other and other not in frame.metrics:
                general = [m for m, own in frame.metric_spans.items() if own == span and m != metric]
                frame.metrics = [m for m in frame.metrics if m not in general] + [other]
                frame.metric_spans[other] = span
                frame.bind(span, EACH)
