"""The two sides of a change: two periods of one selection, or two selections (store against store) of one period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vendora_graph.contracts import Fact, Filter, Ledger, Slice
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.senior.gather import Desk, fact_in, filters_of, of, only_table

NOW, BEFORE = "1", "0"
Sided = dict[tuple[str, str], Fact]
"""Figures of one row by metric and side."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What is set against what. `other` is the selection of the other side where it is not the same; both are then of one period."""

    period: Span
    compare: Span
    filters: tuple[Filter, ...] = ()
    other: tuple[Filter, ...] | None = None

    @property
    def dimensions(self) -> frozenset[str]:
        """Return the dimensions the selections fix."""
        return frozenset(item.dimension for item in (*self.filters, *(self.other or ())))

    def queries(
        self, metrics: Sequence[str], group_by: tuple[str, ...] = (), only: dict[str, list[str]] | None = None
    ) -> list[MetricQuery]:
        """Return the one query that gives both periods, or one query a selection."""
        names = tuple(dict.fromkeys(metrics))
        order = OrderBy(by=names[0], direction="desc") if group_by else None
        mine = filters_of(only or {}, self.filters)
        if self.other is None:
            return [MetricQuery(metrics=names, period=self.period, compare=self.compare, filters=mine, group_by=group_by, order_by=order)]
        theirs = filters_of(only or {}, self.other)
        return [
            MetricQuery(metrics=names, period=self.period, filters=filters, group_by=group_by, order_by=order) for filters in (mine, theirs)
        ]


@dataclass(slots=True)
class Fetched:
    """Both sides of some metrics: where they come from, and the figures of every row by its place."""

    ledgers: list[Ledger] = field(default_factory=list)
    rows: dict[Slice, Sided] = field(default_factory=dict)

    @property
    def whole(self) -> Sided:
        """Return the figures of the one row of an ungrouped query."""
        return next(iter(self.rows.values()), {})


async def fetch(
    metrics: Sequence[str], sides: Sides, desk: Desk, group_by: tuple[str, ...] = (), only: dict[str, list[str]] | None = None
) -> Fetched | None:
    """Return both sides of some metrics, by group where asked; None where the asker may not see them cut that way."""
    found = await desk.try_all(sides.queries(metrics, group_by, only))
    fetched = Fetched()
    for place, ledger in enumerate(found):
        if ledger is None:
            return None
        fetched.ledgers.append(ledger)
        _take(ledger, metrics, sides, BEFORE if place else NOW, fetched.rows, grouped=bool(group_by))
    return fetched


def _take(ledger: Ledger, metrics: Sequence[str], sides: Sides, side: str, rows: dict[Slice, Sided], *, grouped: bool) -> None:
    table = only_table(ledger)
    spans = {side: sides.period} if sides.other is not None else {NOW: sides.period, BEFORE: sides.compare}
    for key, cells in zip(table.keys, table.cells, strict=True):
        row = rows.setdefault(key if grouped else (), {})
        for mark, span in spans.items():
            for name in metrics:
                fact = fact_in(ledger, cells, name, days=of(span))
                if fact is not None:
                    row[name, mark] = fact
