"""How the soundness tests read raw rows and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Fact

Row = dict[str, Any]
Rows = Callable[..., list[Row]]
TOLERANCE = Decimal("0.000001")
AS_OF = date(2026, 11, 13)


class Asker:
    """Asks one question in a conversation of its own."""

    def __init__(self, vendora: Vendora) -> None:
        self._vendora = vendora

    def __call__(self, question: str, **who: Any) -> Answer:
        return self._vendora.ask(question, as_of=AS_OF, **who)


def figures(answer: Answer, metric: str, **labels: str) -> set[Decimal | None]:
    """Return the different values an answer gives a metric in its own period under these labels."""
    return {
        fact.value
        for fact in asked(answer)
        if fact.metric == metric and fact.grade == "metric" and all(dict(fact.slice).get(name) == value for name, value in labels.items())
    }


def asked(answer: Answer) -> list[Fact]:
    """Return the facts of the period that was asked about; a comparison with an earlier period is left out."""
    if answer.period is None:
        return list(answer.evidence)
    span = (answer.period.start, answer.period.end)
    return [fact for fact in answer.evidence if fact.period is not None and (fact.period.start, fact.period.end) == span]


def figure(answer: Answer, metric: str, **labels: str) -> Decimal:
    """Return the one value an answer gives a metric.

    Raises:
        AssertionError: The answer is not `answered`, or holds no value or several.
    """
    assert answer.status == "answered", (answer.status, answer.summary)
    found = figures(answer, metric, **labels)
    assert len(found) == 1, (metric, labels, sorted(map(str, found)), [(f.metric, f.slice, f.value) for f in answer.evidence])
    value = found.pop()
    assert value is not None
    return value


def by_label(answer: Answer, metric: str, dimension: str) -> dict[str, Decimal | None]:
    """Return the values of a metric by the label it has in one dimension."""
    return {
        dict(fact.slice)[dimension]: fact.value
        for fact in asked(answer)
        if fact.metric == metric and fact.grade == "metric" and dimension in dict(fact.slice)
    }


def close(value: Decimal | None, expected: Decimal | int) -> bool:
    """Return whether two figures agree within a millionth."""
    wanted = Decimal(expected)
    return value is not None and abs(value - wanted) <= TOLERANCE * max(abs(wanted), Decimal(1))


def within(rows: Iterable[Row], column: str, start: date, end: date) -> list[Row]:
    """Return the rows dated in a closed span of days."""
    return [row for row in rows if row[column] is not None and start <= row[column] <= end]


def retail(rows: Iterable[Row], start: date, end: date) -> list[Row]:
    """Return the retail deals booked in a span, from type and status as the trade defines them."""
    return [
        row
        for row in within(rows, "booked_date", start, end)
        if row["deal_type"] in ("retail", "lease") and row["deal_status"] in ("booked", "finalized")
    ]


def total(rows: Iterable[Row], column: str) -> Decimal:
    """Return the exact sum of a column."""
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def share(part: Iterable[Row], whole: Iterable[Row]) -> Decimal:
    """Return how many rows of a whole are the part, as a fraction."""
    return Decimal(len(list(part))) / len(list(whole))
