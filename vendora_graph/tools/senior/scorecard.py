"""`scorecard`: a department's figures against the period before and the same period last year."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, ResultTable, Slice
from vendora_graph.evidence.asks import ask_of
from vendora_graph.evidence.ledger import merge
from vendora_graph.tools.held import is_half_held
from vendora_graph.tools.query_metrics import admitted, check_names
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period, run_query, table_id
from vendora_graph.tools.senior.gather import Desk, one_store

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


class Scorecard(Contract):
    """Put several metrics of one department in a table: value, the period before, change, the same period last year, change."""

    title: str = Field(max_length=60)
    metrics: tuple[str, ...] = Field(min_length=1, max_length=12)
    period: Span
    previous: Span
    last_year: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = Scorecard.model_validate(arguments)
    desk = Desk(services, scope)
    allowed = desk.allowed(desk.fitting(asked.metrics, asked.filters), asked.period)
    store = one_store(asked.filters, desk)
    opened = services.profile.covers((store,))[0] if store else None
    known = [span if opened is None or span.start >= opened else None for span in (asked.previous, asked.last_year)]
    sides = [None if span is None or is_half_held(span, services, scope) else span for span in known]
    queries = [MetricQuery(metrics=allowed, period=asked.period, filters=asked.filters, compare=against) for against in sides]
    for query in queries:
        check_names(query, services.catalog)
    narrowed = [await admitted(query, services, scope) for query in queries]
    first, second = await asyncio.gather(*(run_query(query, services, scope) for query in narrowed))
    table = _table(asked, allowed, first, second, services, scope)
    return ToolResult(merge(merge(first, second), Ledger(turn=scope.turn, tables={table.id: table})))


def _table(
    asked: Scorecard, metrics: tuple[str, ...], first: Ledger, second: Ledger, services: Services, scope: Scope
) -> ResultTable:
    once = asked.previous == asked.last_year  # a year is set against the one before
    keys: list[Slice] = []
    cells: list[tuple[str | None, ...]] = []
    for name in metrics:
        before, year = _row(name, first), _row(name, second)
        keys.append((("metric", services.catalog.metrics[name].label),))
        cells.append(before if once else (*before, year[1], year[2]))
    columns: tuple[str, ...] = (
        as_period(asked.period, scope).label,
        as_period(asked.previous, scope).label,
        "Change",
    )
    if not once:
        columns = (*columns, as_period(asked.last_year, scope).label, "Change on the year")
    request = asked.model_dump_json()
    return ResultTable(
        id=table_id("scorecard", request),
        tool="scorecard",
        request=request,
        title=asked.title,
        columns=columns,
        keys=tuple(keys),
        cells=tuple(cells),
        period=as_period(asked.period, scope),
        total_rows=len(keys),
    )


def _row(name: str, found: Ledger) -> tuple[str | None, str | None, str | None]:
    """Return the ids of a metric's figure, the one compared with, and their difference (none where nothing was compared)."""
    (table,) = found.tables.values()
    row = table.cells[0]
    for place, cell in enumerate(row):
        fact: Fact | None = found.facts[cell] if cell else None
        if fact is not None and fact.metric == name and not fact.parts:
            compared = ask_of(table).compare is not None
            return (row[place], row[place + 1], row[place + 2]) if compared else (row[place], None, None)
    return None, None, None


TOOL = Tool(name="scorecard", description=Scorecard.__doc__ or "", arguments=Scorecard, run=_run, senior=True)
