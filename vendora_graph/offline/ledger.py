"""Ledger months: a measure of the accounting ledger has no figure for a day, a week or a part of a month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from vendora_graph.contracts import Comparison, Period, Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.outcome import Outcome, text
from vendora_graph.offline.period_math import Stretch, day_text, label

_FINE = frozenset({"day", "week"})
_ONE_DAY = timedelta(days=1)


def within_month(framer: Framer, plan: Plan) -> bool:
    """Whether a measure of the ledger is asked for by less than a month."""
    if not _by_books(framer, plan.metrics):
        return False
    spans = [plan.period, plan.comparison.period if plan.comparison is not None else None]
    if _mixed(framer, plan.metrics) and any(span is not None and not span.complete for span in spans):
        return True
    return plan.grain in _FINE or any(span is not None and _part_of_month(span, framer.ctx.data_through) for span in spans)


def half_held(framer: Framer, comparison: Comparison | None) -> bool:
    """Whether the data begins inside the period compared with: what it holds of it is no equal."""
    other = comparison.period if comparison is not None else None
    return other is not None and other.start < framer.ctx.data_start <= other.end


def whole_months(framer: Framer, period: Period, other: Period | None, out: Outcome, *, judged: bool) -> Period | None:
    """Return the complete months that stand for a running period; None where it is fine as it is, or has none.

    `net profit year to date against last year` is compared through the last complete month. A running month alone has none to compare,
    but what is judged (why, out of line, against a benchmark, on a scorecard) is judged of the one before. A cost of the books per lead or
    unit has no running month at all: the whole month's bill may stand over a few days' units.
    """
    mixed = _mixed(framer, framer.frame.metrics)
    ends_inside = mixed or (other is not None and _part_of_month(other, framer.ctx.data_through))
    if period.complete or not _by_books(framer, framer.frame.metrics) or not (judged or ends_inside):
        return None
    end = period.end.replace(day=1) - _ONE_DAY
    start = period.start if period.start <= end else end.replace(day=1)
    if start != period.start and not judged:
        return None
    one = start == end.replace(day=1)
    out.assumptions.append(text(framer, "whole_months").format(end=day_text(end)))
    return Period(start=start, end=end, label=label(Stretch(start, end, "month" if one else None), end), grain="month" if one else None)


def leave_books(framer: Framer, period: Period | None, out: Outcome) -> None:
    """Leave the ledger's measures out of a report or scorecard of a running period: the others are what it is of."""
    frame, known = framer.frame, framer.catalog.metrics
    books = [m for m in frame.metrics if _by_books(framer, [m])]
    if period is not None and not period.complete and books and len(books) < len(frame.metrics):
        frame.metrics = [m for m in frame.metrics if m not in books]
        out.assumptions.append(text(framer, "books_left").format(names=", ".join(known[m].label for m in books)))


def _by_books(framer: Framer, metrics: Sequence[str]) -> bool:
    infos = [framer.catalog.metrics[m] for m in metrics if m in framer.catalog.metrics]
    return any(info.ledger_month and not info.snapshot for info in infos)


def _mixed(framer: Framer, metrics: Sequence[str]) -> bool:
    """Tell whether a measure sets the books, kept by month, against what is counted by the day (cost per lead)."""
    known = framer.catalog.metrics
    parts = [[known[part.metric] for part in known[m].inputs] for m in metrics if m in known]
    return any({True, False} <= {part.ledger_month and not part.snapshot for part in made} for made in parts)


def _part_of_month(period: Period, through: date) -> bool:
    """A stretch that begins or ends inside a month; the end of the data is no such."""
    ends = (period.end + _ONE_DAY).day == 1 or not period.complete or period.end >= through
    return period.start.day != 1 or not ends or period.grain in _FINE
