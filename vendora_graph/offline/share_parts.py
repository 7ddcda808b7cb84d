"""Share parts: `what percent of units were SUVs and trucks`: each named part is a share of the whole, which holds the others too."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer


def counted_parts(framer: Framer) -> None:
    """`share of average term over 72 months`: a part of what is averaged is so many of those it is the average of."""
    frame, columns = framer.frame, framer.lexicon.section("measure_columns")
    limited = {f.dimension for f in frame.filters if f.op not in {"in", "not_in"}} if frame.has("share") else set()
    counts = {m: framer.catalog.metrics[m].count_metric for m in frame.metrics if columns.get(m) in limited}
    frame.metrics = list(dict.fromkeys(counts.get(m) or m for m in frame.metrics))


def _whole_mix(framer: Framer) -> None:
    """`labor mix, CP, warranty and internal`: a share of one part by custom, asked by the parts, is each part's (`shares`)."""
    frame = framer.frame
    for entry in framer.lexicon.vocabulary.get("shares") or ():
        part = entry.get("filter") or {}
        others = [f.dimension for f in frame.filters if set(f.values) - set(part.get("values") or ())]
        cut = part.get("dimension") in (*frame.groups, *others)
        if frame.metrics == [entry["to"]] and cut and entry["of"][0] in framer.catalog.metrics:
            frame.metrics = [str(entry["of"][0])]
            frame.cues.setdefault("share", [])
            frame.groups = list(dict.fromkeys([*frame.groups, str(part["dimension"])]))
            frame.filters = [f for f in frame.filters if f.dimension != part["dimension"]]


def share_of_each(framer: Framer) -> None:
    """Show the named parts among all of them: what is left out of the table is no part of the whole either."""
    _whole_mix(framer)
    frame = framer.frame
    rates = all(framer.catalog.metrics[m].unit == "rate" for m in frame.metrics[:1])
    if len(frame.groups) != 1 or rates or frame.reports or not frame.has("share"):
        return
    parts = [f for f in frame.filters if f.dimension == frame.groups[0] and f.op == "in" and len(f.values) > 1]
    if parts:
        frame.filters = [f for f in frame.filters if f not in parts]
        frame.side_by_side = False
        frame.notes.append(("share_of_each", {}))


def beside_share(framer: Framer, plan: Plan) -> str:
    """`cash % and F&I PVR`: a measure joined to a share is one beside it, and no whole that the share is of."""
    frame, joiners = framer.frame, framer.raw["joiners"]
    shares = [frame.spans[i].end for i in frame.cues.get("share", ())]
    named = [*frame.metric_spans.values(), *frame.rule_spans.values()]
    for span in named if plan.topic == "share" and len(plan.metrics) == 1 else ():
        before = frame.tokens[span.start - 1].stem if span.start else ""
        if before in joiners and any(end < span.start for end in shares):
            return f"{before} {frame.said(span)}"
    return ""
