"""References for a ledger: code, not a model, decides that this figure is `{{3f12}}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from vendora_graph.contracts import Fact, Ledger, Name, Period, ResultTable
from vendora_graph.evidence.natural import natural

T = TypeVar("T", Period, Name)
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*")


def number(ledger: Ledger, turn: int) -> Ledger:
    """Return the ledger with a reference for every fact, period and name that had none.

    Order is that of tables (by id), rows and columns, then derived facts after their parts: equal ledgers get equal
    references, however they were merged. References already given stay.
    """
    facts = list(_ordered_facts(ledger))
    numbers = _numbered_facts(ledger, facts, turn)
    periods = _numbered(ledger.periods, _ordered_periods(ledger, facts), "p")
    names = _numbered(ledger.names, _ordered_names(ledger, facts), "n")
    return ledger.model_copy(update={"turn": turn, "numbers": numbers, "periods": periods, "names": names})


def quote_numbers(ledger: Ledger, question: str) -> Ledger:
    """Return the ledger with `{{q1}}`, `{{q2}}`... for the numerals of the question, as typed."""
    found = dict.fromkeys(_NUMERAL.findall(question))
    return ledger.model_copy(update={"quoted": {f"q{i}": text for i, text in enumerate(found, start=1)}})


def request_filters(table: ResultTable) -> list[dict[str, Any]]:
    """Return the filters of a tool call, empty when the call has none or is not an object."""
    try:
        request = json.loads(table.request)
    except ValueError:
        return []
    filters = request.get("filters") if isinstance(request, dict) else None
    return [f for f in filters if isinstance(f, dict)] if isinstance(filters, list) else []


def _tables(ledger: Ledger) -> list[ResultTable]:
    return [ledger.tables[key] for key in sorted(ledger.tables, key=natural)]


def _ordered_facts(ledger: Ledger) -> Iterator[Fact]:
    seen: set[str] = set()
    for table in _tables(ledger):
        for row in table.cells:
            for cell in row:
                if cell is not None and cell in ledger.facts and cell not in seen:
                    seen.add(cell)
                    yield ledger.facts[cell]
    rest = (fact for key, fact in ledger.facts.items() if key not in seen)
    yield from sorted(rest, key=lambda fact: (_depth(fact, ledger), _meaning(fact)))


def _depth(fact: Fact, ledger: Ledger) -> int:
    known = [ledger.facts[part] for part in fact.parts if part in ledger.facts and part != fact.id]
    return 1 + max((_depth(part, ledger) for part in known), default=0)


def _meaning(fact: Fact) -> tuple[str, ...]:
    start = fact.period.start.isoformat() if fact.period else ""
    end = fact.period.end.isoformat() if fact.period else ""
    members = "|".join(f"{dimension}={member}" for dimension, member in fact.slice)
    return (fact.metric, members, start, end, fact.formula or "", fact.id)


def _numbered_facts(ledger: Ledger, facts: Iterable[Fact], turn: int) -> dict[str, str]:
    numbers = dict(ledger.numbers)
    given = set(numbers.values())
    prefix = f"{turn}f"
    last = max((int(ref.removeprefix(prefix)) for ref in numbers if ref.startswith(prefix)), default=0)
    for fact in facts:
        if fact.id not in given:
            last += 1
            numbers[f"{prefix}{last}"] = fact.id
    return numbers


def _ordered_periods(ledger: Ledger, facts: list[Fact]) -> list[Period]:
    periods = [fact.period for fact in facts] + [table.period for table in _tables(ledger)]
    return [period for period in periods if period is not None]


def _ordered_names(ledger: Ledger, facts: list[Fact]) -> list[Name]:
    asked = [
        Name(dimension=str(f["dimension"]), value=str(value))
        for table in _tables(ledger)
        for f in request_filters(table)
        if "dimension" in f and f.get("op", "in") in ("in", "not_in")
        for value in f.get("values") or ()
    ]
    return asked + [Name(dimension=dimension, value=member) for fact in facts for dimension, member in fact.slice]


def _numbered(given: dict[str, T], wanted: Iterable[T], prefix: str) -> dict[str, T]:
    out = dict(given)
    known = {_key(entry) for entry in out.values()}
    last = max((int(ref.removeprefix(prefix)) for ref in out), default=0)
    for entry in wanted:
        if _key(entry) not in known:
            known.add(_key(entry))
            last += 1
            out[f"{prefix}{last}"] = entry
    return out


def _key(entry: Period | Name) -> tuple[object, ...]:
    if isinstance(entry, Period):
        return (entry.start, entry.end, entry.label)
    return (entry.dimension, entry.value)
