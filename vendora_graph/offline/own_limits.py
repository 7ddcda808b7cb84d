"""Own limits: a rate that is of what lies past a limit by its own definition (`obsolescence`: 12 months) is not limited a second time."""

from __future__ import annotations

import itertools
from decimal import Decimal

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import LIMITS, Framer, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.spans import Span


def drop_own_limit(framer: Framer) -> None:
    """`obsolescence over 12 months`: the limit said is the measure's own, and no condition besides it."""
    frame = framer.frame
    frame.filters = [f for f in frame.filters if not any(_own(framer, m, f) == Decimal(f.values[0]) for m in frame.metrics if _one(f))]


def widen_left_out(framer: Framer) -> None:
    """`average ticket excluding internal`: a measure of one pay type by custom is, less another, the one of all of them."""
    frame = framer.frame
    for item in [f for f in frame.filters if f.op == "not_in"]:
        wider = framer.lexicon.section("all_of").get(item.dimension) or {}
        named = {m: _said_values(framer, m, item.dimension) for m in frame.metrics if m in wider}
        if named and all(kept and not kept & set(item.values) for kept in named.values()):  # `CP hours excluding internal`
            frame.filters.remove(item)
        for name in [m for m, kept in named.items() if not kept]:
            frame.metrics = [str(wider[name]) if m == name else m for m in frame.metrics]
            if name in frame.metric_spans:
                frame.metric_spans.setdefault(str(wider[name]), frame.metric_spans[name])


def _said_values(framer: Framer, metric: str, dimension: str) -> set[str]:
    """The values of a column that the words said for a measure name (`CP dollars per RO`)."""
    span = framer.frame.metric_spans.get(metric)
    words = framer.frame.tokens[span.start : span.end] if span is not None else ()
    parts = (words[a:b] for a in range(len(words)) for b in range(a + 1, len(words) + 1))
    senses = (s for part in parts for s in framer.lexicon.senses(compact(part)))
    return {value for s in senses if s.kind == "value" and s.key == dimension for value in s.values}


def other_limit(framer: Framer, plan: Plan) -> str:
    """`obsolescence over 9 months`: another limit than the measure's own would be a share of a part."""
    for item in plan.filters:
        label = next((framer.catalog.metrics[m].label for m in plan.metrics if _own(framer, m, item) is not None), "")
        if label:
            return f"{framer.catalog.dimensions[item.dimension].label.lower()} {' '.join(item.values)}"
    return ""


def other_amount(framer: Framer, target: str, unit: str, first: int) -> bool:
    """`recon over $2500`: the amount right before the limit is what is limited, and the column found is of another amount."""
    if unit != "usd" or target not in framer.catalog.dimensions:
        return False
    own, usual = framer.lexicon.section("measure_columns"), framer.lexicon.section("threshold_columns")
    beside = [m for m, span in framer.frame.metric_spans.items() if span.end == first and m in framer.frame.metrics]
    amounts = [m for m in beside if framer.catalog.metrics[m].unit.startswith("usd")]
    return bool(amounts) and all(target not in {own.get(m), (usual.get(m) or {}).get(unit)} for m in amounts)


def other_column(framer: Framer, target: str, end: int) -> bool:
    """`over $30k cost`: the word after the amount says an amount that the column found is not."""
    column, tokens = framer.catalog.dimensions.get(target), framer.frame.tokens
    if column is None or end >= len(tokens) or tokens[end].text not in framer.raw["amount_nouns"]:
        return False
    return tokens[end].stem not in {t.stem for t in framer.lexicon.normaliser.tokens(" ".join((column.label, *column.synonyms)))}


def _one(item: Filter) -> bool:
    return len(item.values) == 1 and item.values[0].replace(".", "", 1).isdigit()


def _own(framer: Framer, metric: str, item: Filter) -> Decimal | None:
    """The number of a column's unit that the formula of a rate names (`value without a sale for 12 months / inventory`)."""
    column, info = framer.catalog.dimensions.get(item.dimension), framer.catalog.metrics.get(metric)
    if column is None or info is None or column.kind != "numeric" or not column.unit or info.unit != "rate":
        return None
    tokens = framer.lexicon.normaliser.tokens(info.formula)
    unit = framer.lexicon.normaliser.stem(str(column.unit))
    return next((a.number for a, b in itertools.pairwise(tokens) if a.number is not None and b.stem == unit), None)


def unlimited(framer: Framer, unit: str) -> bool:
    """Whether a measure, or the state a condition names (`cars in recon`), keeps no such number: how long a deal was pending."""
    none, states = framer.lexicon.section("no_limits"), framer.lexicon.section("stock_states")
    named = [str((states.get(f.dimension) or {}).get(value)) for f in framer.frame.filters for value in f.values]
    return any(unit in none.get(m, ()) for m in (*framer.measures(), *named))


def rows_limited(framer: Framer, unit: str, first: int) -> str:
    """Days in stock at sale by make, then `only the makes over 40 days`: the figure of the rows shown is limited, not each record."""
    previous, known = framer.ctx.previous, framer.catalog.metrics
    if previous is None or not previous.group_by or framer.frame.metrics:
        return ""
    nouns = {s.key for span in framer.frame.spans if span.end == first for s in of_kind(span, "dimension")}
    shown = next((m for m in previous.metrics if m in known and known[m].unit == unit), "")
    return shown if nouns & set(previous.group_by) else ""


def rate_beside(framer: Framer, unit: str, first: int) -> str:
    """`months ELR was under $145`: the rate right before the limit, in dollars per something, is what is limited."""
    frame, columns = framer.frame, framer.lexicon.section("measure_columns")
    start = first - 1 if first and frame.tokens[first - 1].text in framer.raw["copulas"] else first
    for metric, span in frame.metric_spans.items():
        per = bool(unit) and framer.catalog.metrics[metric].unit.startswith(f"{unit}_per")
        if per and span.end == start and metric in frame.metrics and metric not in columns:
            return metric
    return ""


def labels_limit(framer: Framer, span: Span) -> bool:
    """`an asking price under $20,000`, `under $20,000 asking price`: a column beside a limit says what is limited, no average."""
    frame, known = framer.frame, framer.catalog.dimensions
    if not any(known[s.key].kind == "numeric" for s in of_kind(span, "dimension")):
        return False
    limits = {frame.spans[i].start for name in LIMITS for i in frame.cues.get(name, ())}
    before = frame.tokens[span.start - 1].number is not None if span.start else False
    return span.end in limits or before
