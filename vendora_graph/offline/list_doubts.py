"""Doubts about lists of records: the kind their noun says, a limit inside a measure's name, a limit on what is one for each row."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import LIMITS, Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span

_COUNTS = frozenset({"units", "count"})
_SOME = ("which", "list", "how_many", "who", "strong_list", "with_condition")


def lost_kind(framer: Framer, plan: Plan) -> str:
    """`which used cars are priced above market`: the noun says which records, and no condition came of it."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    held = {*plan.group_by, *(f.dimension for f in plan.filters)}
    held |= {str(f["dimension"]) for m in plan.metrics for f in (named.get(m) or {}).get("filters") or ()}
    for span in frame.spans:
        values = {s.key for s in of_kind(span, "value") if framer.catalog.dimensions[s.key].kind != "store"}
        values = {v for v in values if any(can_cut(framer.lexicon, m, v) for m in plan.metrics)}  # `top 5 parts` are of no department
        if values and not values & held and frame.bound.get(span.start, "").startswith("records "):
            return frame.said(span)
    return ""


def limit_in_name(framer: Framer, plan: Plan) -> str:
    """`which used cars are priced above market`: a side is said in a measure's name, and the rows are not limited to it."""
    frame = framer.frame
    if not frame.has(*_SOME) or any(f.dimension in plan.metrics for f in plan.filters):
        return ""
    spans = ((metric, span) for metric, span in frame.metric_spans.items() if metric in plan.metrics)
    return next((frame.said(span) for metric, span in spans if _sided(framer, metric, span)), "")


def _sided(framer: Framer, metric: str, span: Span) -> bool:
    """Whether a name says above or below something that is no number, and the measure's label does not (`Over-allowance`)."""
    tokens, label = framer.frame.tokens[span.start : span.end], framer.lexicon.normaliser.tokens(framer.catalog.metrics[metric].label)
    sides = {t.text for t in tokens} & set(framer.raw["side_words"]) - {t.text for t in label}
    return bool(sides) and not any(t.number is not None for t in tokens)


def row_limit(framer: Framer, plan: Plan) -> bool:
    """`which used cars are over 90 days and over 20k`: a limit on a count where every row is one."""
    record = any(framer.catalog.dimensions[name].kind == "record" for name in plan.group_by)
    counts = {m for m in plan.metrics if framer.catalog.metrics[m].unit in _COUNTS and framer.catalog.metrics[m].snapshot}
    none = (("gt", ("0",)),)  # put there by the list itself
    return record and any(f.dimension in counts and f.op in LIMITS and (f.op, f.values) not in none for f in plan.filters)


def lone_value(framer: Framer, plan: Plan) -> str:
    """`warranty this month`: a value of several columns, each with a usual measure of its own, and no measure named beside it."""
    frame, section = framer.frame, framer.lexicon.section
    usual = {**section("dimension_metrics"), **section("value_metrics")}
    if frame.metric_spans or frame.carried or frame.rule or plan.group_by or len(plan.metrics) != 1:
        return ""
    for span in frame.spans:
        known = {str(usual[s.key]) for s in of_kind(span, "value") if usual.get(s.key) in framer.catalog.metrics}
        if len(known) > 1 and plan.metrics[0] in known and frame.bound.get(span.start, "").startswith("filter"):
            return frame.said(span)
    return ""
