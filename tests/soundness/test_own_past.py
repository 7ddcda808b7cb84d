"""The store's own past behind a month's figure: computed from raw rows here, and told where a month is unlike it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.soundness.reading import AS_OF, Asker, Rows, retail
from vendora_graph import Vendora
from vendora_graph.contracts import Draft, Ledger
from vendora_graph.errors import QueryTimeoutError
from vendora_graph.evidence.ledger import number
from vendora_graph.services import Scope, Services
from vendora_graph.settings import Settings
from vendora_graph.tools.own_past import own_past, usual
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import run_query

OCTOBER = Span(start=date(2026, 10, 1), end=date(2026, 10, 31))
FIRST_MONTHS = [*((2025, month) for month in range(9, 13)), *((2026, month) for month in range(1, 10))]
"""The complete months of a demo of fifteen, without October."""


def _scope(services: Services) -> Scope:
    return Scope(principal=services.identities.principal(dealership="dealer_001"), as_of=AS_OF, data_through=date(2026, 11, 12), turn=1)


async def _past(vendora: Vendora, **query: Any) -> dict[str, tuple[Decimal, Decimal]]:
    services = (await vendora.aopen()).services
    scope = _scope(services)
    draft, ledger = await _spoken(MetricQuery(**{"period": OCTOBER, **query}), services, scope)
    return await own_past(draft, ledger, services, scope)


async def _spoken(query: MetricQuery, services: Services, scope: Scope) -> tuple[Draft, Ledger]:
    """Return a draft that tells every figure of a query, with its ledger."""
    ledger = number(await run_query(query, services, scope), 1)
    return Draft(headline=" ".join(f"{{{{{key}}}}}" for key in ledger.numbers)), ledger


@pytest.fixture
async def opened(small_demo: Path) -> Any:
    """A Vendora nobody has asked anything yet."""
    settings = Settings(model="offline", warehouse=f"duckdb:///{small_demo}", cache_dir=small_demo.parent / "cache")
    async with Vendora(settings) as vendora:
        yield vendora


async def test_it_is_the_range_of_the_other_complete_months_and_their_span_on_both_sides(opened: Vendora, rows: Rows) -> None:
    months = [(date(y, m, 1), date(y, m, 28 if m == 2 else 30 if m in (4, 6, 9, 11) else 31)) for y, m in FIRST_MONTHS]
    sold = [len(retail(rows("deal"), *month)) for month in months]
    room = max(sold) - min(sold)
    assert room > 0
    assert await _past(opened, metrics=("units_retail",)) == {"units_retail": (min(sold) - room, max(sold) + room)}


@pytest.mark.parametrize(
    "query",
    [
        {"metrics": ("units_retail",), "period": Span(start=date(2026, 10, 1), end=date(2026, 10, 30))},
        {"metrics": ("units_retail",), "filters": ({"dimension": "new_or_used", "values": ("new",)},)},
        {"metrics": ("units_retail",), "group_by": ("new_or_used",)},
        {"metrics": ("inv_units",)},
    ],
    ids=["part of a month", "under a condition", "rows", "a snapshot"],
)
async def test_what_is_no_month_of_the_whole_has_none(opened: Vendora, query: dict[str, Any]) -> None:
    assert await _past(opened, **query) == {}


async def test_it_is_read_once(opened: Vendora, monkeypatch: pytest.MonkeyPatch) -> None:
    services = (await opened.aopen()).services
    scope = _scope(services)
    draft, ledger = await _spoken(MetricQuery(metrics=("units_retail", "front_pvr"), period=OCTOBER), services, scope)
    first = await own_past(draft, ledger, services, scope)

    async def never(*_: object, **__: object) -> object:
        raise AssertionError("the warehouse was asked again")

    monkeypatch.setattr(services.warehouse, "fetch", never)
    assert await own_past(draft, ledger, services, scope) == first
    assert set(first) == {"units_retail", "front_pvr"}


async def test_a_short_past_is_none(opened: Vendora) -> None:
    services = (await opened.aopen()).services
    early = replace(_scope(services), data_through=date(2026, 3, 31))
    march = MetricQuery(metrics=("units_retail",), period=Span(start=date(2026, 3, 1), end=date(2026, 3, 31)))
    draft, ledger = await _spoken(march, services, early)
    assert await own_past(draft, ledger, services, early) == {}
    assert await own_past(Draft(headline="{{1f1}}"), Ledger(turn=1), services, early) == {}


async def test_what_a_draft_does_not_speak_of_is_not_read(opened: Vendora) -> None:
    services = (await opened.aopen()).services
    scope = _scope(services)
    _, ledger = await _spoken(MetricQuery(metrics=("units_retail", "front_gross"), period=OCTOBER), services, scope)
    first = next(key for key, identity in ledger.numbers.items() if ledger.facts[identity].metric == "front_gross")
    assert set(await own_past(Draft(headline=f"{{{{{first}}}}}"), ledger, services, scope)) == {"front_gross"}


async def test_a_count_of_few_has_none(opened: Vendora) -> None:
    assert await _past(opened, metrics=("months_open",)) == {}


async def test_a_past_that_cannot_be_read_is_none_and_is_asked_for_again(opened: Vendora, monkeypatch: pytest.MonkeyPatch) -> None:
    services = (await opened.aopen()).services
    scope = _scope(services)
    draft, ledger = await _spoken(MetricQuery(metrics=("fi_gross",), period=OCTOBER), services, scope)

    async def too_slow(*_: object, **__: object) -> object:
        raise QueryTimeoutError("It took too long.")

    with monkeypatch.context() as patched:
        patched.setattr(services.warehouse, "fetch", too_slow)
        assert await own_past(draft, ledger, services, scope) == {}
    assert set(await own_past(draft, ledger, services, scope)) == {"fi_gross"}


def test_a_level_past_leaves_some_room() -> None:
    assert usual([Decimal(100)] * 12) == (Decimal(85), Decimal(115))
    assert usual([Decimal(-10), Decimal(0), Decimal(10)]) == (Decimal(-30), Decimal(30))


@pytest.fixture
def tripled(small_demo: Path, tmp_path: Path) -> Iterator[Asker]:
    """An asker over a demo whose October was booked at three times its gross."""
    copy = tmp_path / "small.duckdb"
    shutil.copy(small_demo, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "UPDATE deal SET front_gross = front_gross * 3, total_gross = total_gross + front_gross * 2 "
            "WHERE booked_date BETWEEN DATE '2026-10-01' AND DATE '2026-10-31'"
        )
    with Vendora.open(Settings(model="offline", warehouse=f"duckdb:///{copy}", cache_dir=tmp_path / "cache")) as vendora:
        yield Asker(vendora)


def test_a_month_unlike_all_others_is_delivered_with_a_warning(tripled: Asker, ask: Asker) -> None:
    odd, usual_one = tripled("front gross in October"), ask("front gross in October")
    assert odd.status == usual_one.status == "answered"
    assert [check.name for check in odd.checks if not check.passed and check.name == "samples.history"] == ["samples.history"]
    assert odd.quality_score < usual_one.quality_score
    warning = "Front-end gross is unlike its own past months; look at it before you act on it."
    assert [caveat for caveat in odd.caveats if "own past" in caveat] == [warning]
    assert not any("own past" in caveat for caveat in usual_one.caveats)
