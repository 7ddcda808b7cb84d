"""Thresholds: `over 60 days`, `under $500`, `between 45 and 60`, `10 or more`: a number becomes a condition on a numeric column."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from vendora_graph.contracts import Filter
from vendora_graph.offline.ages import free_number, still_here, things_limited
from vendora_graph.offline.buckets import bucket_limit
from vendora_graph.offline.counted import counted_noun, foreign_noun, measure_at, spent
from vendora_graph.offline.exact_nouns import exact_noun, year_of_make
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.limits import counted_beside, none_of
from vendora_graph.offline.marks import needs
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.operators import Op, inverted, lost, of_another, operator, scaled, second_number, unit_of
from vendora_graph.offline.own_limits import other_amount, other_column, rate_beside, rows_limited, unlimited
from vendora_graph.offline.variants import filters_of
from vendora_graph.semantic.catalog import DimensionInfo

_LOOK = 4
_THOUSANDS = 1000
_FEW = 50
_PER_UNIT = {("hours", "minutes"): 60, ("days", "minutes"): 1440, ("days", "hours"): 24}
_WEEK, _DAYS_OF_WEEK = "weeks", 7
"""How many of a column's own unit one of the unit said is."""
_SINGLE = frozenset({"gt", "ge", "lt", "le"})


def fill_thresholds(framer: Framer) -> None:
    """Bind every number that has a comparison word to a numeric dimension, or to the value of the metric itself."""
    none_of(framer)
    if needs(framer):
        return
    things_limited(framer)
    for index, token in enumerate(framer.frame.tokens):
        if token.number is not None and (year_of_make(framer, index) or exact_noun(framer, index, token.number)):
            continue
        if token.number is not None and token.kind != "ord" and free_number(framer, index):
            _threshold(framer, index, token.number)


def _threshold(framer: Framer, index: int, number: Decimal) -> None:
    op, first = operator(framer, index)
    op = op or _again(framer, index)
    unit, end = unit_of(framer, index)
    if unit == _WEEK:  # `past two weeks` of days outstanding
        unit, number = "days", number * _DAYS_OF_WEEK
    second = second_number(framer, end) if op == "between" else None
    if second is not None and not unit:
        (unit, end), number = unit_of(framer, second), scaled(framer, number, second)
    unit = unit or _column_unit(framer, end) or _money(framer, index, number)
    op, number = lost(framer, inverted(framer, op, first), first, number)
    if op and (unit == "days" or (unit == "usd" and number >= _THOUSANDS and not framer.frame.record)):
        still_here(framer)
    op = op or ("le" if number == 0 and (_noun_column(framer, end) or measure_at(framer, end)) else "")
    bucket = bucket_limit(framer, op, number, unit) if op else ""
    if bucket:
        _bind(framer, bucket, range(first, max(end, index + 1)))
        return
    target = _target(framer, unit, first, end, number) if op else None
    odd = target is None or other_column(framer, target, end) or other_amount(framer, target, unit, first)
    if target is None or odd or (op == "between" and second is None):
        return
    other = framer.frame.tokens[second].number if second is not None else None
    values = tuple(_stored(framer, n, unit, target) for n in (number, other) if n is not None)
    if op:
        framer.frame.filters.append(Filter(dimension=target, op=op, values=values))
    _bind(framer, target, range(first, max(end, index + 1, (second or 0) + 1 if second is not None else 0)))


def _after(framer: Framer, end: int) -> int:
    """The first word after a number that is not of `or more`."""
    while end < len(framer.frame.tokens) and framer.frame.tokens[end].stem in framer.raw["or_more_words"]:
        end += 1
    return end


def _noun_column(framer: Framer, end: int) -> str:
    """`3 or more products`: the noun counted on each record is a column of it."""
    columns, at = framer.lexicon.section("noun_columns"), _after(framer, end)
    span = next((s for s in framer.frame.spans if s.start == at), None)
    keys = [s.key for s in of_kind(span, "dimension")] if span is not None else []
    return next((str(columns[k]) for k in keys if k in columns and (framer.fits(str(columns[k])) or not framer.measures())), "")


def _column_unit(framer: Framer, end: int) -> str:
    """`over 50k miles`: a column's own name after the number says its unit."""
    tokens = framer.frame.tokens
    senses = framer.lexicon.senses(compact(tokens[end : end + 1])) if end < len(tokens) else []
    known = [framer.catalog.dimensions[s.key] for s in senses if s.kind == "dimension"]
    return next((str(d.unit) for d in known if d.kind == "numeric" and d.unit), "")


def _money(framer: Framer, index: int, number: Decimal) -> str:
    """A bare number in the thousands is a price where single things are counted."""
    usual = framer.lexicon.section("threshold_columns")
    priced = any((usual.get(m) or {}).get("usd") for m in _bases(framer))
    frame, first = framer.frame, operator(framer, index)[1]
    grouped = (frame.groups and not _noun_before(framer, first)) or frame.has("who", "which", *framer.raw["grain_cues"])
    return "usd" if abs(number) >= _THOUSANDS and priced and not grouped else ""


def _noun_before(framer: Framer, first: int) -> bool:
    """`used cars under 15k by age`: the things counted stand right before the limit, which is one on each of them."""
    at = first
    while at > 0 and framer.frame.bound.get(at - 1, "").startswith("cue"):
        at -= 1
    return any(s.end in {first, at} for s in framer.frame.spans if of_kind(s, "metric", "hint"))


def _bind(framer: Framer, target: str, words: range) -> None:
    frame = framer.frame
    spent(framer, words)
    for at in words:
        if not frame.bound.get(at, "").startswith("filter"):
            frame.bound[at] = f"threshold {target}"
    _spend_cues(framer, words)
    for span in frame.spans:
        if any(s.key == target for s in of_kind(span, "dimension")):
            frame.bind(span, f"label of {target}")
    at = words.start
    while at and frame.bound.get(at - 1, "").startswith("cue"):
        at -= 1
    if at and frame.tokens[at - 1].text in framer.raw["limit_openers"]:  # `sold after more than 60 days`
        frame.bound.setdefault(at - 1, f"threshold {target}")
    at = words.stop
    while at < len(frame.tokens) and frame.tokens[at].stem in framer.raw["age_tail"]:
        frame.bound.setdefault(at, f"threshold {target}")
        at += 1


def _spend_cues(framer: Framer, words: range) -> None:
    """`under 8 percent` asks for no share, `minimum 5 units` for no order: words of a limit are cues for nothing else."""
    frame = framer.frame
    for name in ("share", "top", "bottom"):
        left = [i for i in frame.cues.get(name, ()) if frame.spans[i].start not in words]
        if name in frame.cues and not left:
            del frame.cues[name]


def _again(framer: Framer, index: int) -> Op:
    """`what about 90 days`: the condition of the last answer with another number."""
    previous = framer.ctx.previous
    unit, _ = unit_of(framer, index)
    if previous is None or framer.frame.metrics or not unit:
        return ""
    named = framer.lexicon.section("named_slices")
    slices = [f for m in previous.metrics if m in named for f in filters_of(named[m])]
    for item in (*previous.filters, *slices):
        dimension = framer.catalog.dimensions.get(item.dimension)
        if dimension is not None and dimension.kind == "numeric" and item.op in _SINGLE and _same_unit(dimension, unit):
            return item.op  # type: ignore[return-value]
    return ""


def _stored(framer: Framer, number: Decimal, unit: str, target: str) -> str:
    """A number as stored: a percent of a rate is a fraction."""
    dimension = framer.catalog.dimensions.get(target)
    metric = framer.catalog.metrics.get(target)
    of = dimension.unit if dimension else metric.unit if metric else None
    percent = of == "rate" and (unit == "rate" or number > 1)  # `under 75` of a rate is 75%
    value = number / 100 if percent else number * _PER_UNIT.get((unit, str(of)), 1)
    return format(value.normalize(), "f")


def _target(framer: Framer, unit: str, first: int, end: int, number: Decimal) -> str | None:
    """What a threshold is about: the measure named right before it, the numeric dimension of its unit, or the metric."""
    frame = framer.frame
    column = _noun_column(framer, end)
    if column:
        frame.groups = [g for g in frame.groups if framer.lexicon.section("noun_columns").get(g) != column]
        return column
    few = counted_beside(framer, first, end, _after(framer, end)) if not unit and number < _FEW else None  # `min 10 sold`
    counts = unit not in {"rate", "usd"}  # `10% or more closing ratio` counts nothing
    noun = _after(framer, end - (unit == "units"))
    measure = few or _measure_beside(framer, first, end) or (counted_noun(framer, noun) if counts else None)
    measure = measure or rows_limited(framer, unit, first) or _of_shown(framer, unit, first)
    if measure is not None:
        return measure
    fitting = [n for n, d in framer.catalog.dimensions.items() if d.kind == "numeric" and (framer.fits(n) or not framer.measures())]
    named = {s.key for span in frame.spans if not of_another(framer, span, range(first, end)) for s in of_kind(span, "dimension")}
    usual = framer.lexicon.section("threshold_columns")
    wanted = [str((usual.get(m) or {}).get(unit)) for m in _bases(framer)]
    if unlimited(framer, unit):
        return None
    fitting.sort(key=lambda n: (n not in wanted, n not in named))
    same = [n for n in fitting if unit and unit != "rate" and _same_unit(framer.catalog.dimensions[n], unit)]
    for name in fitting:
        if unit == "rate" and framer.catalog.dimensions[name].unit != unit:
            continue  # `priced above 105 percent of market` is no price of $105
        if name in named or (name in same and (name in wanted or len(same) == 1)):  # one of several columns is no guess
            return name
    other = counted_beside(framer, first, end, _after(framer, end)) if unit in {"", "units"} else None
    if other is None and not unit and foreign_noun(framer, _after(framer, end)):
        return None
    single = fitting[0] if not unit and len(fitting) == 1 and not frame.groups else None  # of each record, not of what groups show
    return other or _own_value(framer, unit, number) or _of_groups(framer, unit) or single


def _of_shown(framer: Framer, unit: str, first: int) -> str | None:
    """`declined work by advisor, only the ones above $5k`: what the groups show is limited, where no thing with a column stands before."""
    named = any(framer.catalog.dimensions[s.key].kind == "numeric" for span in framer.frame.spans for s in of_kind(span, "dimension"))
    beside = rate_beside(framer, unit, first)
    if beside or unit != "usd" or not framer.frame.groups:
        return beside or None
    ends = {m for m, s in framer.frame.metric_spans.items() if s.end == first and framer.catalog.metrics[m].unit.startswith(unit)}
    if not ends & set(framer.frame.metrics) and (named or _noun_before(framer, first)):
        return None
    return next((m for m in framer.frame.metrics if framer.catalog.metrics[m].unit.startswith(unit)), None)


def _bases(framer: Framer) -> list[str]:
    named = framer.lexicon.section("named_slices")
    metrics = framer.measures()
    counted = [*framer.frame.dropped, *framer.frame.votes]  # `VSC penetration on cars over $30k`: the noun says which column
    bases = list(metrics)
    for name in bases:
        base = str((named.get(name) or {}).get("base", name))
        if base not in bases:
            bases.append(base)
    return [*bases, *counted]


def _own_value(framer: Framer, unit: str, number: Decimal) -> str | None:
    if framer.frame.record and not framer.frame.metrics and not _same_whole(framer, unit):
        return None
    for metric in framer.measures():
        own = framer.catalog.metrics[metric].unit
        if not unit and own == "usd" and number < _FEW and not (number <= 0):
            continue  # `models with 10 or more` of an amount: no limit on dollars
        if not unit or str(own).startswith(unit) or (unit == "units" and own in {"units", "count"}) or (unit == "rate" and own == "rate"):
            return metric
    return None


def _same_whole(framer: Framer, unit: str) -> bool:
    """Whether a limit on records can be on one of their figures only (`deals under 500 bucks`: of front, back or total?)."""
    own = [m for m in framer.measures() if framer.catalog.metrics[m].unit.startswith(unit or "usd")]
    return len(own) < 2  # noqa: PLR2004


def _of_groups(framer: Framer, unit: str) -> str | None:
    """`expense lines over 50k`, `op codes under 60% labor gross`: a limit on what the groups show, or on its rate."""
    frame, rates = framer.frame, framer.lexicon.section("rate_forms")
    usual = framer.lexicon.section("dimension_metrics")
    if not frame.metrics and not framer.inherits() and not frame.has("anomaly", "change"):
        known = [str(usual[g]) for g in frame.groups if usual.get(g) in framer.catalog.metrics]
        return next((m for m in known if not unit or framer.catalog.metrics[m].unit.startswith(unit)), None)
    for metric in frame.metrics if unit == "rate" else ():
        rate = str(rates.get(metric))
        if rate in framer.catalog.metrics:
            frame.metrics = [rate if m == metric else m for m in frame.metrics]
            return rate
    return None


def _measure_beside(framer: Framer, first: int, end: int) -> str | None:
    """`deals with front gross above 4000`, `under $500 front`: the measure beside is the column, the other noun is counted."""
    columns = framer.lexicon.section("measure_columns")
    frame = framer.frame
    after = _after(framer, end)
    for metric, span in frame.metric_spans.items():
        if (
            (span.end in {first, first + 1} or end - 1 <= span.start <= after)
            and metric in [*frame.metrics, *frame.dropped]
            and columns.get(metric) in framer.catalog.dimensions
        ):
            if _per_unit(framer, metric):
                frame.metrics = list(dict.fromkeys([*frame.metrics, metric]))
                return metric
            others = [m for m in frame.metrics if m != metric] or [m for m in frame.dropped if m != metric]
            if not others and frame.record and can_take(framer, metric, str(columns[metric])):
                return str(columns[metric])
            if not others and frame.groups:
                return metric
            if others and all(can_take(framer, m, str(columns[metric])) for m in others):
                frame.metrics = others
                return str(columns[metric])
    return None


def _per_unit(framer: Framer, metric: str) -> bool:
    """`held under 2,000 a copy`: of people or groups a figure per unit is limited, not one of each deal."""
    frame = framer.frame
    return framer.catalog.metrics[metric].unit == "usd_per_unit" and bool(frame.groups or frame.has("who")) and not frame.record


def can_take(framer: Framer, metric: str, dimension: str) -> bool:
    """Whether a metric can be filtered by a column."""
    return dimension in framer.catalog.metrics[metric].dimensions


def _same_unit(dimension: DimensionInfo, unit: str) -> bool:
    return dimension.unit is not None and str(dimension.unit).startswith(unit)


__all__: Sequence[str] = ("can_take", "fill_thresholds")
