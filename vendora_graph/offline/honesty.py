"""What must be said beside figures: unequal selling days, months that are not closed."""

from __future__ import annotations

from collections.abc import Sequence

from vendora_graph.contracts import Draft, Period
from vendora_graph.offline.asked import Asked
from vendora_graph.offline.before import previous_period, same_last_year
from vendora_graph.offline.planner import compared, selling_kind
from vendora_graph.offline.results import Cell, Result, Row
from vendora_graph.offline.words import say

_WEEK = 7


def unequal_days(asked: Asked) -> tuple[str, ...]:
    """Say that two compared periods differ in selling days: a day more is a part of any change."""
    now, other = asked.plan.period, compared(asked)
    if now is None or other is None or now.grain == "day":
        return ()
    kind = selling_kind(asked)
    same = asked.calendar.count(now.start, now.end, kind) == asked.calendar.count(other.start, other.end, kind)
    by_month = asked.plan.grain in ("month", "quarter")  # a year may have as many days as the one before; its months never all do
    return () if same and not by_month else _unequal(asked)


def uneven_days(asked: Asked) -> tuple[str, ...]:
    """Say that a period holds more of one day of the week than of another, where its days are set beside one another."""
    known, now = asked.catalog.dimensions, asked.plan.period
    cut = any(known[name].of_day for name in asked.plan.group_by if name in known)
    return (say("notes", "uneven_days"),) if cut and now is not None and ((now.end - now.start).days + 1) % _WEEK else ()


def unequal_card_days(asked: Asked) -> tuple[str, ...]:
    """Say the same of a scorecard, which stands beside the period before and the same period last year."""
    now = asked.plan.period
    if now is None or now.grain == "day":
        return ()
    for kind in ("sales", "service"):
        days = asked.calendar.count(now.start, now.end, kind)
        for other in (previous_period(now, asked.calendar, kind), same_last_year(now, asked.calendar, kind)):
            if other is not None and asked.calendar.count(other.start, other.end, kind) != days:
                return _unequal(asked)
    return ()


def _unequal(asked: Asked) -> tuple[str, ...]:
    return (say("notes", "unequal_days" if asked.calendar.held else "unequal_length_days"),)


def few_records(asked: Asked, draft: Draft, results: Sequence[Result]) -> tuple[str, ...]:
    """Say that a figure of headline or findings rests on few records, where the draft does not say it yet."""
    told = " ".join((draft.headline, *(finding.text for finding in draft.findings)))
    if any(says_few(text) for text in (told, *draft.caveats)):
        return ()
    cells = (cell for result in results for table in result.tables for row in table.rows for cell in row.cells)
    least = {name: info.min_n or 0 for name, info in asked.catalog.metrics.items()}
    thin = any(is_few(cell, least.get(cell.metric, 0)) and cell.ref in told for cell in cells if cell is not None)
    return (say("notes", "few_records"),) if thin else ()


def is_few(cell: Cell | None, least: int) -> bool:
    """Whether a figure rests on fewer records than its metric needs."""
    return cell is not None and cell.value is not None and cell.n is not None and cell.n < least


def says_few(text: str) -> bool:
    """Whether a text of the narrator says that records are few."""
    return any(words in text for words in (say("notes", "few_words"), say("notes", "small_words")))


def ahead(asked: Asked, period: str | None) -> tuple[str, ...]:
    """Say that the days asked for are still to come."""
    now = asked.plan.period
    if now is None or period is None or asked.data_through is None or now.start <= asked.data_through:
        return ()
    return (say("notes", "ahead", period=period),)


def preliminary(asked: Asked, shown: Sequence[str] = ()) -> tuple[str, ...]:
    """Say that a month of the ledger is not closed, or not written yet, where a metric of the ledger is shown for it."""
    infos = [asked.catalog.metrics[name] for name in (*asked.plan.metrics, *shown) if name in asked.catalog.metrics]
    if not any(info.ledger_month for info in infos):
        return ()
    spans = [period for period in (asked.plan.period, compared(asked)) if period is not None]
    late = any(f"{span.end:%Y-%m}" > asked.last_months.get(info.name, "9999") for info in infos for span in spans)
    unclosed = any(_touches(month, span) for month in asked.open_months for span in spans)
    return (*([say("notes", "preliminary")] if unclosed else []), *([say("notes", "unwritten")] if late else []))


def unclosed_behind(asked: Asked) -> tuple[str, ...]:
    """Say that months which a forecast of the ledger stands on are not closed."""
    books = any(asked.catalog.metrics[name].ledger_month for name in asked.plan.metrics if name in asked.catalog.metrics)
    return (say("notes", "preliminary"),) if books and asked.open_months else ()


def _touches(month: str, span: Period) -> bool:
    return f"{span.start:%Y-%m}" <= month <= f"{span.end:%Y-%m}"


def nothing_kept(asked: Asked, row: Row) -> tuple[str, ...]:
    """Say that a zero amount or position of a part may only mean that nothing of the kind is kept for it (no such department)."""
    part = any(item.op == "in" for item in asked.plan.filters)
    zero = [cell.metric for cell in row.cells if cell is not None and cell.grade == "metric" and cell.value == 0]
    infos = (asked.catalog.metrics[name] for name in zero)
    return (say("notes", "nothing_kept"),) if part and any(i.unit == "usd" or i.snapshot for i in infos) else ()
