"""A statement of one question runs once: shared while it runs and after, run anew when it failed or was left, stopped with the last one."""

from __future__ import annotations

import asyncio

import pytest

from vendora_graph.errors import WarehouseError
from vendora_graph.once import MOST, Once


class Counted:
    """Work that counts its runs, takes a moment, and may be told to fail."""

    def __init__(self, *, fails: int = 0) -> None:
        self.begun, self.stopped, self._fails = 0, 0, fails

    async def __call__(self) -> int:
        self.begun += 1
        run = self.begun
        try:
            await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            await asyncio.sleep(0.01)  # an engine takes a moment to stop
            self.stopped += 1
            raise
        if run <= self._fails:
            raise WarehouseError("The database is gone.")
        return run


async def test_it_runs_once() -> None:
    once, work = Once[int](), Counted()
    assert await asyncio.gather(*(once.run("a", work) for _ in range(3))) == [1, 1, 1]
    assert await once.run("a", work) == 1
    assert await once.run("b", work) == 2


async def test_what_is_not_worth_its_room_is_run_again() -> None:
    once, work = Once[int](keep=lambda result: result > 1), Counted()
    assert await once.run("a", work) == 1
    assert [await once.run("a", work) for _ in range(2)] == [2, 2]


async def test_a_failure_is_raised_to_all_and_not_kept() -> None:
    once, work = Once[int](), Counted(fails=1)
    found = await asyncio.gather(*(once.run("a", work) for _ in range(2)), return_exceptions=True)
    assert [type(one) for one in found] == [WarehouseError, WarehouseError]
    assert await once.run("a", work) == 2


async def test_the_last_one_to_leave_stops_it_and_waits() -> None:
    once, work = Once[int](), Counted()
    waiting = [asyncio.create_task(once.run("a", work)) for _ in range(2)]
    await asyncio.sleep(0.005)
    waiting[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[0]
    assert work.stopped == 0
    waiting[1].cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting[1]
    assert work.stopped == 1
    assert await once.run("a", work) == 2


async def test_those_who_stay_get_it() -> None:
    once, work = Once[int](), Counted()
    left, stayed = (asyncio.create_task(once.run("a", work)) for _ in range(2))
    await asyncio.sleep(0.005)
    left.cancel()
    assert await stayed == 1
    assert (work.begun, work.stopped) == (1, 0)


async def test_the_oldest_give_way() -> None:
    once, work = Once[int](), Counted()
    await asyncio.gather(*(once.run(number, work) for number in range(MOST + 1)))
    before = work.begun
    await once.run(MOST, work)
    assert work.begun == before
    await once.run(0, work)
    assert work.begun == before + 1
