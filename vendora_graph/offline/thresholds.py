"""Thresholds: `over 60 days`, `under $500`, `between 45 and 60`, `10 or more`: a number becomes a condition on a numeric column."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from vendora_graph.contracts import Filter
from vendora_graph.offline.buckets import bucket_limit
from vendora_graph.offline.counted import counted_noun, foreign_noun, measure_at, spent
from vendora_graph.offline.exact_nouns import exact_noun, year_of_make
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.variants import filters_of
from vendora_graph.semantic.catalog import DimensionInfo

Op = Literal["", "between", "ge", "le", "gt", "lt"]
_ORDER: tuple[Op, ...] = ("between", "ge", "le", "gt", "lt")
_LOOK = 4
_THOUSANDS = 1000
_PER_UNIT = {("hours", "minutes"): 60, ("days", "minutes"): 1440, ("days", "hours"): 24}
"""How many of a column's own unit one of the unit said is."""
_SINGLE = frozenset({"gt", "ge", "lt", "le"})


def fill_thresholds(framer: Framer) -> None:
    """Bind every number that has a comparison word to a numeric dimension, or to the value of the metric itself."""
    for index, token in enumerate(framer.frame.tokens):
        if token.number is not None and (year_of_make(framer, index) or exact_noun(framer, index, token.number)):
            continue
        if token.number is not None and token.kind != "ord" and _free(framer, index):
            _threshold(framer, index, token.number)


def _threshold(framer: Framer, index: int, number: Decimal) -> None:
    op, first = _operator(framer, index)
    op = op or _again(framer, index)
    unit, end = _unit_of(framer, index)
    unit = unit or _column_unit(framer, end) or _money(framer, number)
    if op and unit == "days":
        _still_here(framer)
    op = op or ("le" if number == 0 and (_noun_column(framer, end) or measure_at(framer, end)) else "")
    second = _second_number(framer, end) if op == "between" else None
    if second is not None and not unit:
        unit, end = _unit_of(framer, second)
    bucket = bucket_limit(framer, op, number, unit) if op else ""
    if bucket:
        _bind(framer, bucket, range(first, max(end, index + 1)))
        return
    target = _target(framer, unit, first, end) if op else None
    if target is None or (op == "between" and second is None):
        return
    other = framer.frame.tokens[second].number if second is not None else None
    values = tuple(_stored(framer, n, unit, target) for n in (number, other) if n is not None)
    if op:
        framer.frame.filters.append(Filter(dimension=target, op=op, values=values))
    _bind(framer, target, range(first, max(end, index + 1, (second or 0) + 1 if second is not None else 0)))


def _still_here(framer: Framer) -> None:
    """`units over 120 days`: an age is of what stands in stock, unless the question says it was sold, or when."""
    frame, entry = framer.frame, framer.lexicon.section("aged_stock")
    moved = {str(word) for word in entry.get("moved") or ()}
    if frame.periods or frame.groups or framer.inherits() or any({t.text, t.stem} & moved for t in frame.tokens):
        return
    if len(frame.metrics) == 1 and entry.get(frame.metrics[0]) in framer.catalog.metrics:
        frame.metrics = [str(entry[frame.metrics[0]])]


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
    return next((str(columns[k]) for k in keys if k in columns and framer.fits(str(columns[k]))), "")


def _column_unit(framer: Framer, end: int) -> str:
    """`over 50k miles`: a column's own name after the number says its unit."""
    tokens = framer.frame.tokens
    senses = framer.lexicon.senses(compact(tokens[end : end + 1])) if end < len(tokens) else []
    known = [framer.catalog.dimensions[s.key] for s in senses if s.kind == "dimension"]
    return next((str(d.unit) for d in known if d.kind == "numeric" and d.unit), "")


def _money(framer: Framer, number: Decimal) -> str:
    """A bare number in the thousands is a price where single things are counted."""
    usual = framer.lexicon.section("threshold_columns")
    priced = any((usual.get(m) or {}).get("usd") for m in _bases(framer))
    grouped = framer.frame.groups or framer.frame.has("who", "which", *framer.raw["grain_cues"])
    return "usd" if number >= _THOUSANDS and priced and not grouped else ""


def _bind(framer: Framer, target: str, words: range) -> None:
    frame = framer.frame
    spent(framer, words)
    for at in words:
        if not frame.bound.get(at, "").startswith("filter"):
            frame.bound[at] = f"threshold {target}"
    for span in frame.spans:
        if any(s.key == target for s in of_kind(span, "dimension")):
            frame.bind(span, f"label of {target}")
    at = words.stop
    while at < len(frame.tokens) and frame.tokens[at].stem in framer.raw["age_tail"]:
        frame.bound.setdefault(at, f"threshold {target}")
        at += 1


def _again(framer: Framer, index: int) -> Op:
    """`what about 90 days`: the condition of the last answer with another number."""
    previous = framer.ctx.previous
    unit, _ = _unit_of(framer, index)
    if previous is None or framer.frame.metrics or not unit:
        return ""
    named = framer.lexicon.section("named_slices")
    slices = [f for m in previous.metrics if m in named for f in filters_of(named[m])]
    for item in (*previous.filters, *slices):
        dimension = framer.catalog.dimensions.get(item.dimension)
        if dimension is not None and dimension.kind == "numeric" and item.op in _SINGLE and _same_unit(dimension, unit):
            return item.op  # type: ignore[return-value]
    return ""


def _free(framer: Framer, index: int) -> bool:
    """A number no slot took; `past 60 days` is an age where the metric is a position, not a period."""
    what = framer.frame.bound.get(index, "")
    if not what:
        return True
    if what != "period" or index == 0 or framer.frame.tokens[index - 1].text != framer.raw["past_word"]:
        return False
    metrics = framer.measures()
    if not metrics or not all(framer.catalog.metrics[m].snapshot for m in metrics):
        return False
    framer.frame.periods = [(at, spec) for at, spec in framer.frame.periods if not at <= index <= at + _LOOK]
    return True


def _stored(framer: Framer, number: Decimal, unit: str, target: str) -> str:
    """A number as stored: a percent of a rate is a fraction."""
    dimension = framer.catalog.dimensions.get(target)
    metric = framer.catalog.metrics.get(target)
    of = dimension.unit if dimension else metric.unit if metric else None
    percent = of == "rate" and (unit == "rate" or number > 1)  # `under 75` of a rate is 75%
    value = number / 100 if percent else number * _PER_UNIT.get((unit, str(of)), 1)
    return format(value.normalize(), "f")


def _operator(framer: Framer, index: int) -> tuple[Op, int]:
    """The comparison word around a number (before it, or after: `60 or more`, `60+`) and where its words begin."""
    op, first = _op_before(framer, index)
    if op:
        return op, first
    if framer.frame.tokens[index].plus:
        return "ge", index
    return _op_after(framer, index), index


def _op_before(framer: Framer, index: int) -> tuple[Op, int]:
    tokens = framer.frame.tokens
    start = index
    while start > 0 and tokens[start - 1].stem in framer.raw["between_cue_and_value"] and index - start < _LOOK:
        start -= 1
    for at in (i for i in dict.fromkeys((index, start)) if i):
        names = framer.cues_ending(at) | (framer.cues_starting(at - 1) if tokens[at - 1].kind == "op" else set())
        for name in _ORDER:
            if name in names and (name != "between" or _second_number(framer, index + 1) is not None):
                return name, at - 1
    return "", index


def _op_after(framer: Framer, index: int) -> Op:
    _, end = _unit_of(framer, index)
    for at in dict.fromkeys((index + 1, end)):
        names = framer.cues_starting(at)
        if "ge" in names or ("gt" in names and framer.frame.tokens[at].stem in framer.raw["age_words"]):
            return "ge"
        if "le" in names:
            return "le"
    return ""


def _second_number(framer: Framer, start: int) -> int | None:
    tokens = framer.frame.tokens
    for at in range(start, min(len(tokens), start + _LOOK)):
        if tokens[at].number is not None:
            return at
    return None


def _unit_of(framer: Framer, index: int) -> tuple[str, int]:
    """The unit of a number and the end of its words."""
    tokens = framer.frame.tokens
    token = tokens[index]
    if token.unit:
        return ("usd" if token.unit == "usd" else "rate"), index + 1
    before = tokens[index - 1] if index else None
    if before is not None and before.raw == "$":
        return "usd", index + 1
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None:
        for unit, words in framer.raw["threshold_words"].items():
            if after.text in words or after.stem in words:
                return str(unit), index + 2
    return "", index + 1


def _target(framer: Framer, unit: str, first: int, end: int) -> str | None:
    """What a threshold is about: the measure named right before it, the numeric dimension of its unit, or the metric."""
    frame = framer.frame
    column = _noun_column(framer, end)
    if column:
        frame.groups = [g for g in frame.groups if framer.lexicon.section("noun_columns").get(g) != column]
        return column
    measure = _measure_beside(framer, first, end) or counted_noun(framer, _after(framer, end - (unit == "units")))
    if measure is not None:
        return measure
    fitting = [n for n, d in framer.catalog.dimensions.items() if d.kind == "numeric" and (framer.fits(n) or not framer.measures())]
    named = {s.key for span in frame.spans for s in of_kind(span, "dimension")}
    usual = framer.lexicon.section("threshold_columns")
    wanted = [str((usual.get(m) or {}).get(unit)) for m in _bases(framer)]
    fitting.sort(key=lambda n: (n not in wanted, n not in named))
    for name in fitting:
        if name in named or (unit and _same_unit(framer.catalog.dimensions[name], unit)):
            return name
    if not unit and foreign_noun(framer, _after(framer, end)):
        return None
    return _own_value(framer, unit) or _of_groups(framer, unit) or (fitting[0] if not unit and len(fitting) == 1 else None)


def _bases(framer: Framer) -> list[str]:
    named = framer.lexicon.section("named_slices")
    metrics = framer.measures()
    return [*metrics, *(str((named.get(m) or {}).get("base")) for m in metrics)]


def _own_value(framer: Framer, unit: str) -> str | None:
    for metric in framer.measures():
        own = framer.catalog.metrics[metric].unit
        if not unit or str(own).startswith(unit) or (unit == "units" and own in {"units", "count"}) or (unit == "rate" and own == "rate"):
            return metric
    return None


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
            (span.end in {first, first + 1} or span.start in {end - 1, end, after})
            and metric in [*frame.metrics, *frame.dropped]
            and columns.get(metric) in framer.catalog.dimensions
        ):
            others = [m for m in frame.metrics if m != metric] or [m for m in frame.dropped if m != metric]
            if not others and frame.record and can_take(framer, metric, str(columns[metric])):
                return str(columns[metric])
            if not others and frame.groups:
                return metric
            if others and all(can_take(framer, m, str(columns[metric])) for m in others):
                frame.metrics = others
                return str(columns[metric])
    return None


def can_take(framer: Framer, metric: str, dimension: str) -> bool:
    """Whether a metric can be filtered by a column."""
    return dimension in framer.catalog.metrics[metric].dimensions


def _same_unit(dimension: DimensionInfo, unit: str) -> bool:
    return dimension.unit is not None and str(dimension.unit).startswith(unit)


__all__: Sequence[str] = ("can_take", "fill_thresholds")
