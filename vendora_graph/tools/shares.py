"""Shares of a whole: each row's figure over that of the wider selection in the same days, as facts beside the row's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Ledger
from vendora_graph.evidence.arithmetic import calculate
from vendora_graph.evidence.ledger import merge
from vendora_graph.tools.requests import MetricQuery
from vendora_graph.tools.runner import run_query

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

SUMMABLE = ("additive", "semi_additive", "distinct")


def whole_of(query: MetricQuery) -> MetricQuery:
    """Return the query for the wholes: ungrouped, under the conditions of the wider selection."""
    wanted = {"group_by": (), "filters": query.share_of or (), "compare": None, "order_by": None, "limit": None, "total": False}
    return query.model_copy(update={**wanted, "share_of": None})


async def with_shares(query: MetricQuery, whole: MetricQuery, found: Ledger, services: Services, scope: Scope) -> Ledger:
    """Return a result with a share column for each metric that adds up; rows without a whole get none.

    Raises:
        WarehouseError: The database failed.
    """
    names = [name for name in query.metrics if services.catalog.metrics[name].additivity in SUMMABLE]
    if not names:
        return found
    wholes = await run_query(whole, services, scope)
    by_days = {_place(fact): fact for fact in wholes.facts.values()}
    (table,) = found.tables.values()
    facts, cells = dict(found.facts), []
    for row in table.cells:
        shares = [_share(row, name, facts, by_days, services.catalog.metrics[name].label) for name in names]
        facts.update({share.id: share for share in shares if share is not None})
        cells.append((*row, *(None if share is None else share.id for share in shares)))
    heads = tuple(f"Share of {services.catalog.metrics[name].label}" for name in names)
    wider = table.model_copy(update={"columns": (*table.columns, *heads), "cells": tuple(cells)})
    return merge(found.model_copy(update={"facts": facts, "tables": {wider.id: wider}}), wholes)


def _place(fact: Fact) -> tuple[str, object, object]:
    return (fact.metric, fact.period and fact.period.start, fact.period and fact.period.end)


def _share(
    row: tuple[str | None, ...], name: str, facts: dict[str, Fact], wholes: dict[tuple[str, object, object], Fact], label: str
) -> Fact | None:
    own = next((facts[cell] for cell in row if cell and facts[cell].metric == name and not facts[cell].parts), None)
    whole = wholes.get(_place(own)) if own is not None else None
    if own is None or whole is None or whole.value is None:
        return None
    return calculate("share", (own, whole), label=f"Share of {label}")
