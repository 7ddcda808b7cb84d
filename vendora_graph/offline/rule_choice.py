"""Rule choice: which measures an ambiguous word stands for: by what stands beside it, the department said, the role, the last answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span


def beside_metric(framer: Framer, entry: Mapping[str, Any], span: Span) -> list[str] | None:
    """`labor sales and gross`: what the word means beside a measure; an empty list where it is not held, None where it is not said."""
    known, spans = entry.get("by_metric") or {}, framer.frame.metric_spans
    before = [name for name in framer.frame.metrics if name in spans and spans[name].end <= span.start]
    rules = [other for other in framer.frame.rule_spans.values() if other.end <= span.start]
    nearest = max(before, key=lambda name: spans[name].end, default="")
    counts = entry.get("counts") or {}
    asked = [framer.frame.spans[i].start for i in framer.frame.cues.get("how_many", ())]
    if nearest in counts and any(spans[nearest].end <= at < span.start for at in asked):
        return [str(counts[nearest])]  # `how many ups, and how many did we close`
    if nearest not in known or any(other.start > spans[nearest].start for other in rules):
        return None
    return [str(m) for m in known[nearest] if m in framer.catalog.metrics]


def metrics_of_rule(framer: Framer, entry: Mapping[str, Any]) -> list[str]:
    """Return the measures of the reading that fits the question and who asks."""
    ctx = framer.ctx
    last = ctx.previous.metrics[0] if ctx.previous and ctx.previous.metrics else ""
    last_department = framer.catalog.metrics[last].department if last in framer.catalog.metrics else ""
    departments = entry.get("by_department") or {}
    voted = [m for m in (*(entry.get("metrics") or ()), *(entry.get("also") or ())) if m in framer.frame.votes]
    beside = [framer.catalog.metrics[m].department for m in framer.frame.metrics]
    last_department = next((d for d in beside if d in departments), last_department)
    said = next((departments[d] for d in framer.frame.departments if d in departments), None)
    if said is None:
        said = next(
            (departments[s.key] for span in framer.frame.spans for s in span.senses if s.kind == "group" and s.key in departments), None
        )
    if voted and not said:
        return [max(voted, key=lambda m: framer.frame.votes[m])]
    if not said and any(d in departments for d in beside):
        said = departments[last_department]
    dimensions = entry.get("by_dimension") or {}
    cut = next((dimensions[s.key] for span in framer.frame.spans for s in of_kind(span, "dimension") if s.key in dimensions), None)
    kinds = dimensions if entry.get("by_value") else {}
    cut = cut or next((kinds[s.key] for span in framer.frame.spans for s in of_kind(span, "value") if s.key in kinds), None)
    chosen = (
        said or cut or (entry.get("by_role") or {}).get(ctx.role) or departments.get(last_department) or departments.get(ctx.department)
    )
    part = (entry.get("part_of") or ()) if framer.frame.has("share") else ()  # `what percent of inventory is used`
    return [m for m in chosen or part or entry.get("metrics") or () if m in framer.catalog.metrics]
