"""A scenario unit by unit: what each record would bring one way rather than the other, the least first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vendora_graph.contracts import Fact, Filter, Ledger, Slice
from vendora_graph.evidence.arithmetic import express
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.senior.gather import Rows, fact_in, only_table, trimmed

MOST_RECORDS = 200


def each_query(each: Mapping[str, Any], filters: tuple[Filter, ...], period: Span) -> MetricQuery:
    """Return the query of a scenario's records, those that count first."""
    return MetricQuery(
        metrics=(each["counted"], *each["figures"].values()),
        period=period,
        filters=filters,
        group_by=(each["dimension"],),
        order_by=OrderBy(by=each["counted"], direction="desc"),
        limit=MOST_RECORDS,
    )


def counted_only(each: Mapping[str, Any], found: Ledger) -> Ledger:
    """Return the query's part of the ledger with the records that count."""
    table = only_table(found)
    keep = {
        place
        for place, cells in zip(table.keys, table.cells, strict=True)
        if (fact := fact_in(found, cells, each["counted"])) is not None and fact.value
    }
    return trimmed(found, keep)


def each_rows(each: Mapping[str, Any], found: Ledger, named: Mapping[str, Fact], metric: str) -> Rows:
    """Return a row a record: the result, then the figures shown beside it; the least result first.

    Args:
        each: The scenario's `each`.
        found: The records' own figures.
        named: The scenario's figures of all records together, by alias.
        metric: The scenario's metric.
    """
    table = only_table(found)
    lines: list[tuple[Decimal, Slice, tuple[Fact | None, ...]]] = []
    for place, cells in zip(table.keys, table.cells, strict=True):
        own = {alias: fact for alias, name in each["figures"].items() if (fact := fact_in(found, cells, name)) is not None}
        if not place or len(own) < len(each["figures"]):
            continue
        text = each["text"].replace("(", "( ").replace(")", " )")
        result = express(
            text, {**named, **own}, each["unit"], label=each["name"], metric=metric, slice=place, basis="scenario, all else unchanged"
        )
        if result.value is not None:
            lines.append((result.value, place, (result, *(own[alias] for alias in each["shown"]))))
    rows = Rows()
    for _, place, facts in sorted(lines, key=lambda line: line[:2]):
        rows.add(place, *facts)
    return rows
