"""Months, weeks or days in the order of a figure: the best month, the three slowest days."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from vendora_graph.contracts import Fact, Slice
from vendora_graph.tools.requests import MetricQuery

MAX_BUCKETS = 4000
"""Rows of one bucket that are looked at before the order cuts them."""

Rows = list[tuple[Slice, list[str | None]]]


def ranks_buckets(query: MetricQuery) -> bool:
    """Whether the rows are buckets in the order of a figure: all must be known before any is cut."""
    return query.order_by is not None and query.grain is not None


def ranked(rows: Rows, facts: Mapping[str, Fact], query: MetricQuery, most: int) -> tuple[Rows, dict[str, Fact]]:
    """Return the rows in the order asked for, at most the limit or `most`, and the facts that stand in them.

    Equal figures keep the order of time; a bucket without a figure comes last.
    """
    order = query.order_by
    if order is None:
        return rows, dict(facts)
    sign = -1 if order.direction == "desc" else 1

    def place(row: tuple[Slice, list[str | None]]) -> tuple[bool, Decimal]:
        value = next((facts[cell].value for cell in row[1] if cell and facts[cell].metric == order.by), None)
        return value is None, sign * (value or Decimal(0))

    kept = sorted(rows, key=place)[: query.limit or most]
    shown = {cell for _, cells in kept for cell in cells}
    return kept, {key: fact for key, fact in facts.items() if key in shown}
