"""Days, buckets and their labels. A bucket is one day, week, month, quarter or year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import assert_never

from vendora_graph.contracts import Grain, Period

ONE_DAY = timedelta(days=1)


def bucket_start(day: date, grain: Grain) -> date:
    """Return the first day of the bucket that holds `day` (weeks begin on Monday)."""
    match grain:
        case "day":
            return day
        case "week":
            return day - timedelta(days=day.weekday())
        case "month":
            return day.replace(day=1)
        case "quarter":
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        case "year":
            return date(day.year, 1, 1)
    assert_never(grain)


def next_start(start: date, grain: Grain) -> date:
    """Return the first day of the bucket after the one that begins at `start`."""
    match grain:
        case "day":
            return start + ONE_DAY
        case "week":
            return start + 7 * ONE_DAY
        case "month":
            return (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        case "quarter":
            return bucket_start(start + timedelta(days=100), "quarter")
        case "year":
            return date(start.year + 1, 1, 1)
    assert_never(grain)


def bucket_label(value: date | datetime | str, grain: Grain) -> str:
    """Return the label facts carry for a bucket: 2026-10, 2026-Q3, 2026, or the ISO first day for weeks and days."""
    day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if isinstance(day, datetime):
        day = day.date()
    match grain:
        case "day" | "week":
            return day.isoformat()
        case "month":
            return f"{day:%Y-%m}"
        case "quarter":
            return f"{day.year}-Q{(day.month - 1) // 3 + 1}"
        case "year":
            return str(day.year)
    assert_never(grain)


@lru_cache(maxsize=1024)
def buckets(start: date, end: date, grain: Grain) -> tuple[Period, ...]:
    """Return the buckets that touch start..end, cut to it, in time order; a cut bucket is marked incomplete."""
    return tuple(_buckets(start, end, grain))


def _buckets(start: date, end: date, grain: Grain) -> Iterator[Period]:
    first = bucket_start(start, grain)
    while first <= end:
        following = next_start(first, grain)
        last = following - ONE_DAY
        inside = first >= start and last <= end
        yield Period(
            start=max(first, start),
            end=min(last, end),
            label=bucket_label(first, grain),
            grain=grain,
            complete=inside,
            full_end=None if inside else last,
        )
        first = following


def describe(start: date, end: date) -> str:
    """Return a period in words: October 2026, Q3 2026, November 1-12, 2026, August to October 2026."""
    if start == end:
        return f"{start:%B} {start.day}, {start.year}"
    for grain, words in (("month", f"{start:%B} {start.year}"), ("quarter", bucket_label(start, "quarter")), ("year", str(start.year))):
        if bucket_start(start, grain) == start and next_start(start, grain) - ONE_DAY == end:  # type: ignore[arg-type]  # literal in a tuple
            return f"Q{words[-1]} {start.year}" if grain == "quarter" else words
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%B} {start.day}-{end.day}, {start.year}"
    if start.day == 1 and (end + ONE_DAY).day == 1:
        head = f"{start:%B}" if start.year == end.year else f"{start:%B} {start.year}"
        return f"{head} to {end:%B} {end.year}"
    if start.year == end.year:
        return f"{start:%B} {start.day} to {end:%B} {end.day}, {end.year}"
    return f"{start:%B} {start.day}, {start.year} to {end:%B} {end.day}, {end.year}"
