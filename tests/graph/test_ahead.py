"""Work begun ahead: fetched once, raised when it failed, given up when there is no room; second paths are begun before the validator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from vendora_graph.ahead import MOST, Ahead
from vendora_graph.api import Vendora
from vendora_graph.errors import WarehouseError
from vendora_graph.tools import second_path


async def _value(value: int) -> int:
    await asyncio.sleep(0)
    return value


async def _broken() -> int:
    raise WarehouseError("The database is gone.")


async def test_it_is_fetched_once() -> None:
    ahead = Ahead()
    ahead.begin("a", _value(3))
    task = ahead.fetch("a")
    assert task is not None
    assert await task == 3
    assert ahead.fetch("a") is None
    assert ahead.fetch("b") is None


async def test_what_failed_raises_where_it_is_fetched() -> None:
    ahead = Ahead()
    ahead.begin("a", _broken())
    await asyncio.sleep(0.01)
    task = ahead.fetch("a")
    assert task is not None
    with pytest.raises(WarehouseError):
        await task


async def test_the_oldest_is_given_up_where_there_is_no_room() -> None:
    ahead = Ahead()
    started = [asyncio.create_task(asyncio.sleep(60)) for _ in range(MOST + 1)]
    for place, task in enumerate(started):
        ahead.begin(place, _wait_for(task))
    await asyncio.sleep(0.01)
    assert ahead.fetch(0) is None
    assert started[0].cancelled()
    assert not started[1].cancelled()
    for task in started:
        task.cancel()


async def _wait_for(task: asyncio.Task[None]) -> None:
    await task


def test_another_loops_work_is_not_fetched() -> None:
    ahead = Ahead()

    async def begin() -> None:
        ahead.begin("a", _value(3))

    async def fetch() -> object:
        return ahead.fetch("a")

    asyncio.run(begin())
    assert asyncio.run(fetch()) is None


async def test_the_validator_finds_the_second_path_begun(open_practice: Callable[..., Vendora], monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs once a result, before the validator's turn; after a restart nothing was begun, and the validator runs it itself."""
    seen: list[str] = []
    prove_table, prove = second_path._prove_table, second_path.prove

    async def noted_table(*args: object) -> object:
        seen.append("table")
        return await prove_table(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(second_path, "_prove_table", noted_table)
    monkeypatch.setattr("vendora_graph.nodes.master_validator.prove", lambda *args: (seen.append("validator"), prove(*args))[1])
    async with open_practice() as vendora:
        answer = await vendora.aask("how many visits in May 2026")
        assert seen == ["table", "validator"]
        seen.clear()
        monkeypatch.setattr(Ahead, "fetch", lambda *_: None)
        again = await vendora.aask("how many visits in May 2026")
    assert "validator" in seen[:2]
    assert seen.count("table") == 2
    assert answer.status == again.status == "answered"
    assert all(fact.second is not None for fact in answer.evidence if fact.grade == "metric")
