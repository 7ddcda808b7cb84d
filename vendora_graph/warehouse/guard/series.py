"""Functions that make rows: written bounds only, so that a word of the model cannot make a billion of them."""

from __future__ import annotations

import re

from sqlglot import exp

from vendora_graph.warehouse.guard.types import RefusalError

MAX_ROWS = 100_000
_CALENDAR = re.compile(r"\s*[+-]?\d{1,6} *(hours?|days?|weeks?|months?|quarters?|years?)?\s*\Z", re.IGNORECASE)
_UNITS = frozenset({"HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR"})
_FROM_DATA = (exp.Column, exp.Query)


def check_series(node: exp.GenerateSeries, *, bounded: bool = False) -> None:
    """Refuse a series that is not known to be short; where the engine itself is `bounded`, one that is written too long.

    A step of an hour or more is short whatever its ends: calendars are. Numbers must be written and at most `MAX_ROWS` apart. Ends that
    are read from data are let through where the rows stream (`FROM`, Postgres); DuckDB would build a list in memory of them elsewhere.

    Raises:
        RefusalError: The series is too long, or nobody can say how long it is.
    """
    start, end, step = (node.args.get(part) for part in ("start", "end", "step"))
    if isinstance(step, exp.Expr) and _is_calendar(step):
        return
    bounds = [_number(part, default) for part, default in ((start, 0), (end, 0), (step, 1))]
    low, high, by = bounds
    if low is not None and high is not None and by is not None:
        if by == 0 or abs(high - low) / abs(by) > MAX_ROWS:
            raise RefusalError("size", f"The series has more than {MAX_ROWS:,} rows; write a shorter one.")
        return
    if bounded:
        return
    computed = [part for part in (start, end, step) if isinstance(part, exp.Expr) and _number(part, 0) is None]
    if any(part.find(*_FROM_DATA) is None for part in computed) or not isinstance(node.parent, (exp.Table, exp.Lateral)):
        raise RefusalError("size", "Write the ends of a series as plain numbers, or step by an interval of an hour or more.")


def _number(part: object, default: float) -> float | None:
    """Return a written number; None for anything that has to be computed."""
    if part is None:
        return default
    sign = 1
    while isinstance(part, (exp.Neg, exp.Paren)):
        sign = -sign if isinstance(part, exp.Neg) else sign
        part = part.this
    if isinstance(part, exp.Literal) and not part.is_string:
        return sign * float(part.name)
    return None


def _is_calendar(step: exp.Expr) -> bool:
    """Say whether a step is a written interval of at least an hour: `INTERVAL 1 DAY`, `INTERVAL '1 month'`, `'1 day'::interval`."""
    if isinstance(step, exp.Cast) and step.to.is_type(exp.DType.INTERVAL) and isinstance(step.this, exp.Literal):
        found = _CALENDAR.match(step.this.name)
        return found is not None and found.group(1) is not None and not _is_zero(step.this.name)
    if isinstance(step, exp.Interval) and isinstance(step.this, exp.Literal):
        unit = str(step.args.get("unit") or "").upper().removesuffix("S")
        return unit in _UNITS and _CALENDAR.match(step.this.name) is not None and not _is_zero(step.this.name)
    return False


def _is_zero(text: str) -> bool:
    return not any(sign in "123456789" for sign in text)
