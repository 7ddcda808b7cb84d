"""Values as people read them: money without cents, negatives in parentheses, percent against points."""

from __future__ import annotations

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from vendora_graph.contracts import Period, Unit
from vendora_graph.evidence.resources import resource

_SMALL = 10
"""Below this, units listed under `fine` show more places: 1.46 hours a repair order, not 1.5."""


@cache
def _format(unit: str) -> tuple[str, str, int, int, bool]:
    spec: dict[str, Any] = resource("units")["format"][unit]
    return (spec.get("prefix", ""), spec.get("suffix", ""), spec.get("scale", 1), spec["places"], spec.get("trim", False))


def missing_word() -> str:
    """Return what stands where there is no value: never a zero, never nothing."""
    word: str = resource("units")["missing"]
    return word


def withheld_word() -> str:
    """Return what stands where a value could not be proven."""
    word: str = resource("units")["withheld"]
    return word


def render_value(value: Decimal | None, unit: Unit, *, compact: bool = False, signed: bool = False, bare: bool = False) -> str:
    """Return a value in stored scale as text: `$1,845`, `($412)`, `45.1%`, `7.0 points`, `12.5`.

    Args:
        value: Dollars, fractions for rates and points, plain numbers otherwise; None gives "no data".
        unit: Decides symbol and places; dollars an hour keep their cents.
        compact: Write large money short: `$412k`, `$1.24M`.
        signed: Put a plus before a gain (changes in tables).
        bare: Leave the unit's symbol out, where the text already has it.
    """
    if value is None:
        return missing_word()
    if unit == "date" and (day := _day(value)):
        return day
    prefix, suffix, scale, places, trim = ("", "", *_format(unit)[2:]) if bare else _format(unit)
    size = abs(value) * scale
    if size < _SMALL and unit in resource("units")["fine"]:
        places = resource("units")["fine"][unit]
    digits = _short(size) if compact and unit.startswith("usd") else None
    tiny = resource("units")["tiny"].get(unit) if size < 1 else None
    digits = digits or (_digits(size, places, trim=trim) if tiny is None else _tiny(size, tiny, places))
    if value < 0 and digits.strip("0,.") != "":
        return f"({prefix}{digits}{suffix})" if unit.startswith("usd") else f"-{prefix}{digits}{suffix}"
    return f"{'+' if signed and value > 0 else ''}{prefix}{digits}{suffix}"


def _day(value: Decimal) -> str:
    """Return a day written as one number (20261112) as people read it; nothing where the number is no day."""
    try:
        day = date.fromisoformat(f"{value:f}")
    except ValueError:
        return ""
    return f"{day:%B} {day.day}, {day.year}"


def _short(size: Decimal) -> str | None:
    for least, letter, places in resource("units")["compact"]:
        if size >= least:
            return _digits(size / least, places, trim=False) + str(letter)
    return None


def _tiny(value: Decimal, most: int, least: int) -> str:
    """Return a small figure with more places, as far as they are no zeros: `0.0448`, `0.25`."""
    whole, _, rest = _digits(value, most, trim=True).partition(".")
    return f"{whole}.{rest[:least]}{rest[least:].rstrip('0')}" if rest else whole


def _digits(value: Decimal, places: int, *, trim: bool) -> str:
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if trim and rounded == rounded.to_integral_value():
        rounded = rounded.to_integral_value()
    return f"{rounded:,f}"


def render_period(period: Period) -> str:
    """Return a period's words; one that is still running says so, or names its last day (unless it is meant whole)."""
    words = _bucket_words(period) or period.label
    whole = period.complete or period.end == period.full_end
    if whole or says_partial(words) or re.search(rf"\b{period.end.day}\b", words):
        return words
    return f"{words} to date"


def _bucket_words(period: Period) -> str | None:
    """Return words for labels that are codes: `2026-10` is October 2026, `2026-Q3` is Q3 2026."""
    start, label = period.start, period.label
    if label == f"{start:%Y-%m}":
        return f"{start:%B %Y}"
    if label == f"{start.year}-Q{(start.month + 2) // 3}":
        return f"{label[5:]} {start.year}"
    if label == start.isoformat():
        return f"{'week of ' if period.grain == 'week' else ''}{start:%B} {start.day}, {start.year}"
    return None


def says_partial(text: str) -> bool:
    """Tell whether words make clear that a period is not over."""
    lowered = text.lower()
    return any(words in lowered for words in resource("words")["partial"])
