"""What the senior tools share: base figures through the query tool, facts by metric, tables of derived facts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from vendora_graph import yaml_text
from vendora_graph.contracts import Fact, Filter, Ledger, Period, ResultTable, Slice
from vendora_graph.errors import NotAllowedError, QuestionError
from vendora_graph.evidence.ledger import merge
from vendora_graph.tools.query_metrics import admitted, check_names, within_access
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import run_query, table_id

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

BY_METRIC, STORE = "metric", "store"
BY_DRIVER = "driver"
AT_ONCE = 12
"""Metrics of one query at most."""


@cache
def knowledge(name: str) -> dict[str, Any]:
    """Return one of the senior analyst's data files."""
    text = files("vendora_graph.tools.senior").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml_text.load(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a tool works: the services and the scope of one call."""

    services: Services
    scope: Scope

    async def ask(self, query: MetricQuery) -> Ledger:
        """Return what the query tool finds, within what the asker may see.

        Raises:
            QuestionError: An unknown name, or a metric that cannot be cut that way.
            NotAllowedError: The asker may not see it.
        """
        check_names(query, self.services.catalog)
        return await run_query(await admitted(query, self.services, self.scope), self.services, self.scope)

    async def ask_all(self, queries: Sequence[MetricQuery]) -> list[Ledger]:
        """Return what several queries find; they run side by side."""
        return list(await asyncio.gather(*(self.ask(query) for query in queries)))

    async def figures(self, metrics: Sequence[str], period: Span, filters: tuple[Filter, ...] = ()) -> tuple[list[Ledger], dict[str, Fact]]:
        """Return the figures of any number of metrics over a period, by name, and the queries they come from."""
        found = await self.ask_all([MetricQuery(metrics=some, period=period, filters=filters) for some in in_turn(metrics)])
        named = {f.metric: f for ledger in found for f in ledger.facts.values() if not f.parts and f.period is not None}
        return found, named

    def allowed(self, metrics: Sequence[str], period: Span) -> tuple[str, ...]:
        """Return the metrics the asker may see; what shows several shows these and leaves out the rest.

        Raises:
            UnknownMetricError: One of them does not exist.
            NotAllowedError: None of them is allowed.
        """
        kept, refused = [], NotAllowedError("None of these metrics may be seen.")
        for name in dict.fromkeys(metrics):
            query = MetricQuery(metrics=(name,), period=period)
            check_names(query, self.services.catalog)
            try:
                within_access(query, self.services, self.scope)
            except NotAllowedError as error:
                refused = error
                continue
            kept.append(name)
        if not kept:
            raise refused
        return tuple(kept)

    def fitting(self, metrics: Sequence[str], filters: Sequence[Filter]) -> tuple[str, ...]:
        """Return the metrics that can be taken under the conditions; what shows several leaves out the rest.

        Raises:
            QuestionError: None of them can.
        """
        known = self.services.catalog.metrics
        kept = tuple(m for m in metrics if m in known and all(f.dimension in known[m].dimensions for f in filters))
        if not kept:
            cuts = self.services.catalog.dimensions
            labels = (cuts[f.dimension].label.lower() for f in filters if f.dimension in cuts)
            raise QuestionError(f"None of these metrics is kept by {', '.join(dict.fromkeys(labels)) or 'that'}. Ask for them without it.")
        return kept

    async def try_all(self, queries: Sequence[MetricQuery]) -> list[Ledger | None]:
        """Return what several queries find, None for what the asker may not see: a branch that fails is left out."""
        return list(await asyncio.gather(*(self._try(query) for query in queries)))

    async def _try(self, query: MetricQuery) -> Ledger | None:
        try:
            return await self.ask(query)
        except NotAllowedError:
            return None


def one_store(filters: Sequence[Filter], desk: Desk) -> str:
    """Return the id of the store the conditions name, empty where they name none or several."""
    named = next((f.values[0] for f in filters if f.dimension == STORE and f.op == "in" and len(f.values) == 1), "")
    return next((s.id for s in desk.services.profile.stores if s.name == named), "")


def in_turn(metrics: Sequence[str]) -> list[tuple[str, ...]]:
    """Return metrics in as few lots as one query takes."""
    names = tuple(dict.fromkeys(metrics))
    return [names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE)]


def only_table(ledger: Ledger) -> ResultTable:
    """Return the one table of a query."""
    (table,) = ledger.tables.values()
    return table


def fact_at(ledger: Ledger, metric: str, row: int = -1, *, days: tuple[Any, Any] | None = None) -> Fact | None:
    """Return a metric's own figure in a row of a query (the last by default), over the given days if any."""
    table = only_table(ledger)
    return fact_in(ledger, table.cells[row], metric, days=days) if table.cells else None


def fact_in(ledger: Ledger, cells: Sequence[str | None], metric: str, *, days: tuple[Any, Any] | None = None) -> Fact | None:
    """Return a metric's own figure among cells."""
    for cell in cells:
        fact = ledger.facts[cell] if cell else None
        if fact is None or fact.metric != metric or fact.parts or fact.period is None:
            continue
        if days is None or (fact.period.start, fact.period.end) == days:
            return fact
    return None


def of(span: Span) -> tuple[Any, Any]:
    """Return a span as a pair of days."""
    return (span.start, span.end)


@dataclass(slots=True)
class Rows:
    """Rows of a table of derived facts, as they are found."""

    keys: list[Slice] = field(default_factory=list)
    cells: list[tuple[str | None, ...]] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)

    def add(self, key: Slice, *facts: Fact | None) -> None:
        """Add a row."""
        self.keys.append(key)
        self.cells.append(tuple(None if fact is None else fact.id for fact in facts))
        self.keep(*facts)

    def keep(self, *facts: Fact | None) -> None:
        """Remember facts that stand under those of a row."""
        self.facts.update({fact.id: fact for fact in facts if fact is not None})

    def table(
        self, tool: str, request: str, title: str, columns: tuple[str, ...], period: Period | None, note: str = "", rank: int = 0
    ) -> ResultTable:
        """Return the table of these rows; tables of one request keep the order of their ranks (0 to 9)."""
        return ResultTable(
            id=f"{table_id(tool, request)}{rank}",
            tool=tool,
            request=request,
            title=title,
            columns=columns,
            keys=tuple(self.keys),
            cells=tuple(self.cells),
            period=period,
            total_rows=len(self.keys),
            note=note,
        )


def together(turn: int, ledgers: Sequence[Ledger], rows: Sequence[Rows], tables: Sequence[ResultTable]) -> Ledger:
    """Return the base figures with the derived ones and their tables."""
    whole = Ledger(turn=turn, facts={k: v for r in rows for k, v in r.facts.items()}, tables={t.id: t for t in tables})
    for ledger in ledgers:
        whole = merge(whole, ledger)
    return whole


def trimmed(ledger: Ledger, keep: set[Slice]) -> Ledger:
    """Return a grouped query's part of the ledger with only the rows that are used (and the total)."""
    table = only_table(ledger)
    rows = [(key, cells) for key, cells in zip(table.keys, table.cells, strict=True) if key in keep or not key]
    shorter = table.model_copy(update={"keys": tuple(k for k, _ in rows), "cells": tuple(c for _, c in rows)})
    used = {cell for _, cells in rows for cell in cells if cell}
    return ledger.model_copy(update={"tables": {table.id: shorter}, "facts": {i: f for i, f in ledger.facts.items() if i in used}})


def filters_of(conditions: dict[str, list[str]], present: Sequence[Filter]) -> tuple[Filter, ...]:
    """Return the filters of a question with a bridge's own conditions added, unless the question has one on the same dimension."""
    fixed = {item.dimension for item in present}
    extra = [Filter(dimension=d, values=tuple(v)) for d, v in conditions.items() if d not in fixed]
    return (*present, *extra)
