"""Limits without a column of their own, or of nothing listed: `no products`, `where we sold at least 5`, `are we above 80%`."""

from __future__ import annotations

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.restate import amount, in_words

_COUNTS = frozenset({"units", "count"})
_BACK = 3
_COUNTED = "count"


def none_of(framer: Framer) -> None:
    """`cash deals with no products`: none of a noun that is a column of single records."""
    frame, columns = framer.frame, framer.lexicon.section("noun_columns")
    for span in frame.spans:
        known = framer.catalog.dimensions
        names = [str(columns.get(s.key, s.key)) for s in of_kind(span, "dimension") if s.key in columns or known[s.key].unit == _COUNTED]
        column = next(iter(names), "")
        at = span.start - 1
        while at >= 0 and frame.tokens[at].text in framer.raw["any_words"]:
            at -= 1
        negated = at >= 0 and frame.tokens[at].text in framer.raw["none_words"]
        if not column or not negated or not (framer.fits(column) or not framer.measures()):
            continue
        frame.filters.append(Filter(dimension=column, op="le", values=("0",)))
        frame.groups = [g for g in frame.groups if columns.get(g) != column]
        for index in range(at, span.end):
            frame.bound[index] = f"threshold {column}"


def still_to_reach(framer: Framer, plan: Plan) -> str:
    """`who will hit 15 units`: of a period that runs, those who are there already are not those who will be."""
    will = next((t.raw for t in framer.frame.tokens if t.text in framer.raw["will_words"]), "")
    limited = any(item.dimension in plan.metrics and item.op in {"gt", "ge"} for item in plan.filters)
    runs = plan.period is not None and not plan.period.complete
    return will if limited and runs and bool(plan.group_by) else ""


def asked_whether(framer: Framer) -> None:
    """`is fixed absorption above 80%`: a number to hold the figure against, where nothing is listed that it could limit."""
    frame, first = framer.frame, framer.frame.tokens[:1]
    if frame.groups or frame.record or frame.grain is not None or frame.trend or len(frame.metrics) != 1:
        return
    openers = {*framer.raw["yes_no_openers"], *framer.raw["will_words"]}
    if not first or first[0].text not in openers or frame.has("how_many", "share", "who", "which"):
        return
    gone = [item for item in frame.filters if item.dimension in frame.metrics]
    if gone:
        frame.filters = [item for item in frame.filters if item not in gone]
        unit = framer.catalog.metrics[gone[0].dimension].unit
        words = in_words([amount(v, unit) for v in gone[0].values])
        frame.notes.append(("marked", {"words": words}) if frame.has("pace") else ("whether", {}))  # `will we hit 150 units`


def _limit_shown(framer: Framer) -> None:
    """`models with trade-ins over 10`: a limit taken for what groups usually show holds for the one figure that is shown instead."""
    frame, known = framer.frame, framer.catalog.metrics
    if len(frame.metrics) != 1 or frame.record:
        return
    shown = frame.metrics[0]
    units = _COUNTS if known[shown].unit in _COUNTS else {known[shown].unit}
    other = {f.dimension for f in frame.filters if f.dimension in known and known[f.dimension].unit in units}
    frame.filters = [f.model_copy(update={"dimension": shown}) if f.dimension in other else f for f in frame.filters]


def limited_people(framer: Framer) -> None:
    """`techs above 120 percent efficiency`: the people in a measure's name are listed where the measure is limited."""
    _limit_shown(framer)
    frame, known = framer.frame, framer.catalog.dimensions
    if frame.groups or frame.record or frame.grain is not None or not any(f.dimension in frame.metrics for f in frame.filters):
        return
    spans = [frame.metric_spans[m] for m in frame.metrics if m in frame.metric_spans]
    for at in [i for span in spans for i in range(span.start, span.end) if frame.tokens[i].text != frame.tokens[i].stem]:
        senses = framer.lexicon.senses(frame.tokens[at].stem)
        people = [s.key for s in senses if s.kind == "dimension" and known[s.key].kind == "person" and framer.fits(s.key)]
        frame.groups = people[:1] or frame.groups


def counted_beside(framer: Framer, first: int, end: int, after: int) -> str | None:
    """The count that a bare number limits beside a measure of another kind: its noun, or the verb before it; it is shown as well."""
    frame, catalog = framer.frame, framer.catalog
    nouns = [name for at in (end - 1, end, after) for name in _named(framer, at, first)]
    own = next((m for m in nouns if m in frame.metrics[1:]), None)
    if own is not None and catalog.metrics[own].unit in _COUNTS:
        return own
    if not frame.groups or not frame.metrics or any(catalog.metrics[m].unit in _COUNTS for m in frame.metrics):
        return None
    for name in (*nouns, *_verb(framer, first)):
        if catalog.metrics[name].unit in _COUNTS and all(can_cut(framer.lexicon, name, g) for g in frame.groups):
            frame.metrics.append(name)
            return name
    return None


def _named(framer: Framer, at: int, first: int) -> list[str]:
    """The measures of a noun of the limit; the limit itself (`days supply over 60`) is none, though `over 60` may name one."""
    spans = [s for s in framer.frame.spans if first < s.start <= at < s.end]
    return [s.key for span in spans for s in (*of_kind(span, "metric"), *of_kind(span, "hint")) if s.key in framer.catalog.metrics]


def _verb(framer: Framer, first: int) -> list[str]:
    """The weak word right before the comparison (`sold at least 5`)."""
    for at in range(first, max(first - _BACK, -1), -1):
        hints = [s.key for span in framer.frame.spans if span.start <= at < span.end for s in of_kind(span, "hint")]
        if hints:
            return [name for name in hints if name in framer.catalog.metrics]
    return []
