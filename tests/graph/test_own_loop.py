"""The loop of a synchronous caller: what was begun ahead and never asked for ends with it."""

from __future__ import annotations

import asyncio
import logging

from vendora_graph.own_loop import OwnLoop


def test_what_still_runs_is_ended_with_the_loop(caplog):
    ended: list[str] = []

    async def proof() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def begin() -> asyncio.Task[None]:
        task = asyncio.create_task(proof())
        await asyncio.sleep(0)
        return task

    loop = OwnLoop()
    task = loop.run(begin())
    with caplog.at_level(logging.ERROR, logger="asyncio"):
        loop.stop()
    assert ended == ["cancelled"]
    assert task.cancelled()
    assert caplog.records == []
