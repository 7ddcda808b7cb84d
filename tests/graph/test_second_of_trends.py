"""The second path of a trend proves its total too, whatever the line is cut by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from vendora_graph.api import Vendora
from vendora_graph.evidence.ledger import number
from vendora_graph.services import Scope, Services
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import run_query
from vendora_graph.tools.second_path import prove

MAY = Span(start=date(2026, 5, 1), end=date(2026, 5, 14))


async def _by_reason(vendora: Vendora) -> tuple[Services, Scope, str]:
    """The services, an asker's scope, and a measure that adds up over reasons."""
    opened = await vendora.aopen()
    services = opened.services
    metrics = services.catalog.metrics.items()
    name = min(n for n, info in metrics if "reason" in info.dimensions and info.additivity == "additive" and not info.snapshot)
    return services, Scope(opened.identities.principal(), services.profile.as_of, services.profile.data_through, 1), name


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("group_by", [(), ("reason",)])
async def test_buckets_and_total_agree(open_practice: Callable[..., Vendora], grain: str, group_by: tuple[str, ...]) -> None:
    async with open_practice() as vendora:
        opened = await vendora.aopen()
        services = opened.services
        names = [name for name, info in services.catalog.metrics.items() if set(group_by) <= set(info.dimensions) and not info.snapshot]
        counted = sorted(name for name in names if services.catalog.metrics[name].additivity == "distinct")
        added = sorted(name for name in names if services.catalog.metrics[name].additivity == "additive")
        scope = Scope(opened.identities.principal(), services.profile.as_of, services.profile.data_through, 1)
        for name in [*counted[:1], *added[:1]]:
            query = MetricQuery(metrics=(name,), period=MAY, grain=grain, group_by=group_by, total=True)
            ledger = number(await run_query(query, services, scope), 1)
            proven = await prove(ledger, services, scope)
            assert proven.facts
            assert [fact for fact in proven.facts.values() if fact.second is None or fact.second.value != fact.value] == []
        assert counted
        assert added


@pytest.mark.parametrize(
    ("grain", "group_by", "total"),
    [("week", (), True), ("day", (), True), ("month", (), False), (None, ("reason",), True), (None, (), False)],
)
async def test_one_statement_proves_a_table(
    open_practice: Callable[..., Vendora], grain: str | None, group_by: tuple[str, ...], total: bool
) -> None:
    """A line's buckets and its total, rows and theirs: what adds up needs no statement of its own."""
    async with open_practice() as vendora:
        services, scope, name = await _by_reason(vendora)
        query = MetricQuery(metrics=(name,), period=MAY, grain=grain, group_by=group_by, total=total)
        ledger = number(await run_query(query, services, scope), 1)
        proven = await prove(ledger, services, scope)
        assert len(proven.queries) == 1
        assert {fact.id for fact in ledger.facts.values() if fact.grade == "metric"} == set(proven.facts)
        assert [fact for fact in proven.facts.values() if fact.second is None or fact.second.value != fact.value] == []


async def test_rows_of_a_statement_that_was_cut_are_not_proven(open_practice: Callable[..., Vendora]) -> None:
    """The first of the rows that a limit left may not be the first of all: none of them is delivered."""
    async with open_practice() as vendora:
        services, scope, name = await _by_reason(vendora)
        ledger = number(await run_query(MetricQuery(metrics=(name,), period=MAY, group_by=("reason",)), services, scope), 1)
        assert (await prove(ledger, services, scope)).facts
        cut = {key: record.model_copy(update={"truncated": True}) for key, record in ledger.queries.items()}
        assert (await prove(ledger.model_copy(update={"queries": cut}), services, scope)).facts == {}
