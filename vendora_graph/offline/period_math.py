"""Days, units and stretches of days: the arithmetic under the period operations, and the words a reader sees."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from vendora_graph.contracts import Grain, Period
from vendora_graph.offline.calendar import SellingCalendar

ONE_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_GRAINS: Mapping[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
Note = Literal["today", "running", "future", "before_data", "part_of_data", "closed_day", "bare_running"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What "now" means: `as_of` is today, `data_through` the last complete day held, `data_start` the first."""

    as_of: date
    data_start: date
    data_through: date
    calendar: SellingCalendar
    weekday_calendar: str = "sales"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `start` to `end` as asked, not yet cut at the data; `grain` when they are one calendar unit."""

    start: date
    end: date
    grain: Grain | None = None
    name: str = ""
    grouped: Grain | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """A period with what must be said about it. `other` is the complete period offered beside a running bare one."""

    period: Period
    notes: tuple[Note, ...] = ()
    other: Period | None = None
    grouped: Grain | None = None


def unit_start(day: date, unit: str) -> date:
    """Return the first day of the week, month, quarter or year a day lies in."""
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "day":
        return day
    months = _MONTHS[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def unit_end(day: date, unit: str) -> date:
    """Return the last day of the unit a day lies in."""
    return add_units(unit_start(day, unit), unit, 1) - ONE_DAY


def add_units(start: date, unit: str, count: int) -> date:
    """Move a day by whole units; the day of month is kept where it exists, else the month's last day."""
    if unit == "day":
        return start + timedelta(days=count)
    if unit == "week":
        return start + timedelta(days=7 * count)
    months = start.year * 12 + start.month - 1 + count * _MONTHS[unit]
    year, month = divmod(months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def unit_of(day: date, unit: str) -> Stretch:
    """Return the unit a day lies in."""
    return Stretch(unit_start(day, unit), unit_end(day, unit), _GRAINS[unit])


def cut(stretch: Stretch, clock: Clock) -> Resolved:
    """Cut a stretch at the last complete day and say what happened."""
    notes: list[Note] = []
    start, end, complete = stretch.start, stretch.end, stretch.end <= clock.data_through
    if start == end == clock.as_of:
        notes.append("today")
    elif clock.data_through < start <= clock.as_of and stretch.grain not in {None, "day"}:
        notes.append("running")
        end = clock.as_of
    elif start > clock.data_through:
        notes.append("future")
    elif not complete:
        notes.append("running")
        end = clock.data_through
    if end < clock.data_start:
        notes.append("before_data")
    elif start < clock.data_start:
        notes.append("part_of_data")
    period = Period(start=start, end=end, label=label(stretch, end), grain=stretch.grain, complete=complete,
                    full_end=None if complete else stretch.end)  # fmt: skip
    return Resolved(period, tuple(notes), grouped=stretch.grouped)


def day_text(day: date) -> str:
    """Return `November 12, 2026`."""
    return f"{day:%B} {day.day}, {day.year}"


def range_text(start: date, end: date) -> str:
    """Return `November 1-12, 2026`, `October 1 to November 12, 2026` or both dates in full."""
    if start == end:
        return day_text(end)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%B} {start.day}-{end.day}, {end.year}"
    if start.year == end.year:
        return f"{start:%B} {start.day} to {day_text(end)}"
    return f"{day_text(start)} to {day_text(end)}"


def unit_name(start: date, grain: Grain | None) -> str:
    """Return the name of a calendar unit (`October 2026`, `Q3 2026`), empty when there is none."""
    if grain == "month":
        return f"{start:%B %Y}"
    if grain == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    if grain == "year":
        return str(start.year)
    if grain == "week":
        return f"week of {day_text(start)}"
    return day_text(start) if grain == "day" else ""


def label(stretch: Stretch, end: date) -> str:
    """Return the words a reader sees: the unit's name, the phrase with dates, or the dates alone."""
    dates = range_text(stretch.start, end)
    name = stretch.name or unit_name(stretch.start, stretch.grain)
    if end < stretch.end:
        return f"{name} to date ({dates})" if name else f"{dates}, to date"
    if stretch.name:
        return f"{name} ({dates})"
    return name or dates
