"""A forecast made again: the whole of it, backtest and choice of method, from its months as the second path gave them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from vendora_graph.contracts import Fact, Ledger, Second
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.tools.senior.forecast import ERRORS, KINDS, NAME
from vendora_graph.tools.senior.forecasting import Forecasted, forecast

METHOD = "forecast again from the months as the second path gave them"


def foretold_again(ledger: Ledger) -> dict[str, Fact]:
    """Return the figures of forecasts with their second values, by id; none for one with a month that was not proven."""
    by_history: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
    for fact in _foretold(ledger):
        by_history[fact.parts].append(fact)
    found: dict[str, Fact] = {}
    for parts, facts in by_history.items():
        months = _months([ledger.facts[part] for part in parts if part in ledger.facts])
        if len(months) == len(parts):
            found.update(_again(facts, months))
    return found


def _foretold(ledger: Ledger) -> list[Fact]:
    tables = [table for table in ledger.tables.values() if table.tool == NAME]
    facts = [ledger.facts[cell] for table in tables for row in table.cells for cell in row if cell]
    return [fact for fact in facts if fact.grade == "forecast" and operation_of(fact) is None]


def _months(history: Sequence[Fact]) -> dict[date, Decimal]:
    """Return the second value of each month by its first day, in order; months without one are left out."""
    known = [(f.period.start, f.second.value) for f in history if f.period is not None and f.second is not None]
    return {start: value for start, value in sorted(known, key=lambda pair: pair[0]) if value is not None}


def _again(facts: Sequence[Fact], months: dict[date, Decimal]) -> dict[str, Fact]:
    last = max(months)
    ahead = [_months_between(last, fact.period.start) for fact in facts if fact.period is not None]
    values = list(months.values())
    made = forecast(values, max(ahead, default=1), floor=Decimal(0) if min(values) >= 0 else None)
    return {f.id: f.model_copy(update={"second": Second(value=_value(f, made, last), method=METHOD)}) for f in facts}


def _value(fact: Fact, made: Forecasted, last: date) -> Decimal | None:
    """Return what a figure's own label and month name of the forecast made again."""
    for kind, words in ERRORS.items():
        if fact.label.endswith(f", backtest error of {words}"):
            error: Decimal = getattr(made, kind)
            return error
    for kind, words in KINDS.items():
        if fact.label.endswith(f", {words}") and fact.period is not None:
            value: Decimal = getattr(made.points[_months_between(last, fact.period.start) - 1], kind)
            return value
    return None


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month
