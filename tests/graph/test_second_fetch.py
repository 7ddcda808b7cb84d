"""Proofs that begin together are fetched together: few statements, the same figures, and the same statements every time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date

from vendora_graph.api import Vendora
from vendora_graph.contracts import Ledger
from vendora_graph.evidence.ledger import merge, number
from vendora_graph.services import Scope, Services
from vendora_graph.tools.cells import Cut, Need, fetch_cells
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import run_query
from vendora_graph.tools.second_fetch import Together
from vendora_graph.tools.second_path import prove

MAY = Span(start=date(2026, 5, 1), end=date(2026, 5, 20))
SPANS = (MAY, Span(start=date(2026, 5, 11), end=date(2026, 5, 31)), Span(start=date(2025, 5, 1), end=date(2025, 5, 20)))
DAYS, MONTHS = Cut((), "day"), Cut((), "month")


async def _open(vendora: Vendora) -> tuple[Services, Scope]:
    opened = await vendora.aopen()
    services = opened.services
    return services, Scope(opened.identities.principal(), services.profile.as_of, services.profile.data_through, 1)


async def test_spans_share_a_statement_over_their_own_days_and_each_gets_its_own(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        services, scope = await _open(vendora)
        together, needs = Together(services, scope), [Need("visits", span.start, span.end) for span in SPANS]
        found = await asyncio.gather(*(together.fetch([need], DAYS) for need in needs))
        alone = [await fetch_cells([need], DAYS, services, scope) for need in needs]
        assert [list(cells.values) for cells in found] == [[need] for need in needs]
        assert [cells.values for cells in found] == [cells.values for cells in alone]
        assert all(cells.values[need] for cells, need in zip(found, needs, strict=True))
        records = {record.id: record for cells in found for record in cells.records().values()}
        assert [record.rows for record in records.values()] == [len({key for cells in found for v in cells.values.values() for key in v})]


async def test_months_share_a_statement_unless_two_spans_lie_in_one(open_practice: Callable[..., Vendora]) -> None:
    """Half of May and the other half are one bucket in one statement: each must be read by itself."""
    async with open_practice() as vendora:
        services, scope = await _open(vendora)
        apart, halves = (SPANS[0], SPANS[2]), (MAY, Span(start=date(2026, 5, 21), end=date(2026, 6, 10)))
        for spans, statements in ((apart, 1), (halves, 2)):
            together, needs = Together(services, scope), [Need("visits", span.start, span.end) for span in spans]
            found = await asyncio.gather(*(together.fetch([need], MONTHS) for need in needs))
            alone = [await fetch_cells([need], MONTHS, services, scope) for need in needs]
            assert [cells.values for cells in found] == [cells.values for cells in alone]
            assert all(cells.values[need] for cells, need in zip(found, needs, strict=True))
            assert len({record for cells in found for record in cells.records()}) == statements


async def test_one_without_a_beginning_and_another_cut_stand_alone(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        services, scope = await _open(vendora)
        together, needs = Together(services, scope), [Need("visits", MAY.start, MAY.end), Need("visits", None, MAY.end)]
        cuts = [DAYS, Cut(("reason",), None)]
        found = [cells for cut in cuts for cells in await asyncio.gather(*(together.fetch([need], cut) for need in needs))]
        alone = [await fetch_cells([need], cut, services, scope) for cut in cuts for need in needs]
        assert [cells.values for cells in found] == [cells.values for cells in alone]
        assert len({record for cells in found for record in cells.records()}) == len(needs) * len(cuts)


async def test_what_comes_later_has_a_statement_of_its_own(open_practice: Callable[..., Vendora]) -> None:
    """When it comes depends on the warehouse: it may not change what the others send."""
    async with open_practice() as vendora:
        services, scope = await _open(vendora)
        together, need, wider = Together(services, scope), Need("visits", MAY.start, MAY.end), Need("visits", MAY.start, SPANS[1].end)
        first = await together.fetch([need], DAYS)
        later = await asyncio.gather(together.fetch([need], DAYS), together.fetch([wider], DAYS))
        assert later[0].queries[need].id == first.queries[need].id
        assert later[1].queries[wider].id != first.queries[need].id


async def test_results_of_one_table_are_proven_by_one_statement(open_practice: Callable[..., Vendora]) -> None:
    """Three results, two of them over days that overlap, one of the year before."""
    async with open_practice() as vendora:
        services, scope = await _open(vendora)
        ledger = Ledger(turn=1)
        for span in SPANS:
            ledger = merge(ledger, await run_query(MetricQuery(metrics=("visits",), period=span), services, scope))
        proven = await prove(number(ledger, 1), services, scope)
        assert len(proven.facts) == len(SPANS)
        assert all(fact.second is not None and fact.second.value == fact.value for fact in proven.facts.values())
        assert len(proven.queries) == 1
