"""What is remembered comes back as it was: every contract through the strict serializer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import get_type_hints

from vendora_graph import contracts, state
from vendora_graph.api import Vendora
from vendora_graph.checkpoint import serializer
from vendora_graph.contracts import Contract, Fact, Ledger, Period
from vendora_graph.settings import Settings


async def test_every_channel_of_a_real_turn_survives(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        await vendora.aask("revenue by species in May 2026", thread="s")
        opened = await vendora.aopen()
        graph = await opened.kept()
        values = (await graph.aget_state({"configurable": {"thread_id": "s"}})).values
    codec = serializer()
    for name, value in values.items():
        again = codec.loads_typed(codec.dumps_typed(value))
        assert again == value, name
        assert type(again) is type(value), name


def test_money_and_dates_keep_their_types() -> None:
    period = Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="October 2026")
    fact = Fact(id="x", value=Decimal("1234.50"), unit="usd", metric="m", label="M", slice=(("store", "North"),), period=period)
    ledger = Ledger(turn=2, facts={"x": fact})
    codec = serializer()
    again = codec.loads_typed(codec.dumps_typed(ledger))
    assert isinstance(again, Ledger)
    assert again == ledger
    assert str(again.facts["x"].value) == "1234.50"


def test_channels_hold_closed_types() -> None:
    hints = get_type_hints(state.State, include_extras=True)
    for name, hint in hints.items():
        assert "Any" not in repr(hint), f"{name} is open"
    for module in (contracts, state):
        for _, noun in inspect.getmembers(module, inspect.isclass):
            if issubclass(noun, Contract) and noun is not Contract:
                assert noun.model_config.get("frozen"), noun
                assert noun.model_config.get("extra") == "forbid", noun


async def test_postgres_keeps_threads(practice_file: Path, practice_cache: Path, postgres_url: str) -> None:
    from tests.graph.conftest import FIXTURE

    settings = Settings(cache_dir=practice_cache, warehouse=f"duckdb:///{practice_file}", checkpoint_url=postgres_url)
    async with Vendora(settings, model_dir=FIXTURE) as vendora:
        first = await vendora.aask("how many visits in May 2026", thread="p")
    async with Vendora(settings, model_dir=FIXTURE) as vendora:
        second = await vendora.aask("and in April?", thread="p")
    assert first.status == second.status == "answered"
    assert first.summary != second.summary




def test_a_block_kept_for_one_contract_is_never_anothers() -> None:
    """Blocks are kept by the object's address, which the next object may get."""
    codec, strict = serializer(), serializer()
    for number in range(500):
        fact = Fact(id=str(number), value=Decimal(number), unit="usd", metric="m", label="M")
        first = codec.dumps_typed(fact)
        assert codec.dumps_typed(fact) == first
        assert strict.loads_typed(first) == fact
        del fact
    assert len(codec._blocks) <= 1
