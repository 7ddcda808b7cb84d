"""What is wanted at one moment is fetched as one, and nothing is fetched twice; another's fault is not one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from vendora_graph.api import Vendora
from vendora_graph.bundles import MOST_GROUPS, Bundles
from vendora_graph.contracts import QueryRecord
from vendora_graph.errors import WarehouseError
from vendora_graph.services import Scope
from vendora_graph.settings import Settings
from vendora_graph.tools.cells import Cut, Need, fetch_cells

MOST_STATEMENTS = 40
"""That a complex question may send besides its second path."""


class Shop:
    """Counts what it is asked for; one thing it does not have."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def fetch(self, keys: tuple[str, ...]) -> Mapping[str, str]:
        self.asked.append(keys)
        await asyncio.sleep(0.01)
        if "none" in keys:
            raise WarehouseError("none")
        return {key: key.upper() for key in keys}


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_one_moment_is_one_fetch(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    found = await asyncio.gather(*(bundles.fetch("g", keys, shop.fetch) for keys in (["a", "b"], ["b", "c"], ["a"])))
    assert found == [{"a": "A", "b": "B"}, {"b": "B", "c": "C"}, {"a": "A"}]
    assert shop.asked == [("a", "b", "c")]


async def test_what_is_there_is_not_fetched_again(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    await bundles.fetch("g", ["a"], shop.fetch)
    assert await bundles.fetch("g", ["a", "b"], shop.fetch) == {"a": "A", "b": "B"}
    assert shop.asked == [("a",), ("b",)]


async def test_groups_share_nothing(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    await asyncio.gather(bundles.fetch("g", ["a"], shop.fetch), bundles.fetch("h", ["a"], shop.fetch))
    assert shop.asked == [("a",), ("a",)]


async def test_anothers_fault_is_not_ones_own(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    one, other = await asyncio.gather(
        bundles.fetch("g", ["a"], shop.fetch), bundles.fetch("g", ["none"], shop.fetch), return_exceptions=True
    )
    assert one == {"a": "A"}
    assert isinstance(other, WarehouseError)


async def test_a_failed_fetch_is_tried_again_when_it_is_wanted_again(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    for _ in range(2):
        with pytest.raises(WarehouseError):
            await bundles.fetch("g", ["none"], shop.fetch)
    assert shop.asked == [("none",), ("none",)]


async def test_one_who_leaves_takes_nothing_from_the_others(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    leaving = asyncio.create_task(bundles.fetch("g", ["a"], shop.fetch))
    staying = asyncio.create_task(bundles.fetch("g", ["b"], shop.fetch))
    await asyncio.sleep(0.005)
    leaving.cancel()
    assert await staying == {"b": "B"}
    assert shop.asked == [("a", "b")]


async def test_what_is_too_large_to_keep_is_fetched_again(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles(lambda found: len(found) == 1)
    await bundles.fetch("g", ["a", "b"], shop.fetch)
    assert await bundles.fetch("g", ["a"], shop.fetch) == {"a": "A"}
    assert shop.asked == [("a", "b"), ("a", "b")]


async def test_old_groups_are_given_up(shop: Shop) -> None:
    bundles: Bundles[str, str] = Bundles()
    for number in range(MOST_GROUPS + 2):
        await bundles.fetch(number, ["a"], shop.fetch)
    await bundles.fetch(0, ["a"], shop.fetch)
    assert len(shop.asked) == MOST_GROUPS + 3


async def test_two_people_share_no_statement() -> None:
    """What one may see is bound into the statement: the same moment is no reason to share it."""
    need = Need("units_retail", date(2026, 10, 1), date(2026, 10, 31))
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        opened = await vendora.aopen()
        services = opened.services
        days = services.profile.as_of, services.profile.data_through
        people = [opened.identities.principal(dealership=store) for store in ("dealer_001", "dealer_002")]
        scopes = [Scope(person, *days, turn=1, asked=1.0) for person in people]
        found = await asyncio.gather(*(fetch_cells([need], Cut(), services, scope) for scope in scopes))
        alone = [await fetch_cells([need], Cut(), services, replace(scope, asked=0.0)) for scope in scopes]
    assert [cells.values for cells in found] == [cells.values for cells in alone]
    assert found[0].queries[need].id != found[1].queries[need].id


async def test_metrics_of_one_table_asked_by_several_calls_share_a_statement() -> None:
    """The departments of the scorecard are asked side by side: a table's figures of a period come from one statement."""
    question = "Analyze our Q4 performance across all departments, compare with industry benchmarks"
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        runs = [await vendora.aask(question, role="dealer_principal") for _ in range(2)]
    first, second = (_primary(run.queries) for run in runs)
    assert first == second
    assert len(first) <= MOST_STATEMENTS


def _primary(queries: tuple[QueryRecord, ...]) -> set[str]:
    return {query.id for query in queries if query.purpose == "primary"}
