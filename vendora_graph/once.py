"""A statement of one question runs once: whoever needs its rows waits for the same run, or takes what it brought.

What is kept is kept for one question (its key names it) and is given up, oldest first, when newer work needs the room.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

MOST = 128
"""Runs that are kept."""


T = TypeVar("T")


@dataclass(slots=True)
class _Run(Generic[T]):
    """A piece of work, and how many wait for it."""

    task: asyncio.Task[T]
    waiting: int = 0


class Once(Generic[T]):
    """Pieces of work by key, each run once. A piece that failed, or that everybody left, is run anew when it is asked for again.

    `keep` tells whether a result is worth its room once it is there.
    """

    def __init__(self, keep: Callable[[T], bool] = lambda _: True) -> None:
        """Begin with nothing."""
        self._runs: OrderedDict[Hashable, _Run[T]] = OrderedDict()
        self._keep = keep

    async def run(self, key: Hashable, work: Callable[[], Coroutine[object, object, T]]) -> T:
        """Return what the work of a key brings; the last one who waits takes it along when leaving, and waits until it has stopped.

        Raises:
            Exception: What the work raised, to everyone who waits.
        """
        run = self._runs.get(key)
        if run is None or run.task.get_loop() is not asyncio.get_running_loop():
            run = self._begin(key, work)
        run.waiting += 1
        try:
            result = await asyncio.shield(run.task)
        except BaseException:
            self._forget(key, run)
            if run.waiting == 1 and not run.task.done():
                run.task.cancel()
                await asyncio.wait({run.task})
            raise
        finally:
            run.waiting -= 1
        if not self._keep(result):
            self._forget(key, run)
        return result

    def _begin(self, key: Hashable, work: Callable[[], Coroutine[object, object, T]]) -> _Run[T]:
        run = self._runs[key] = _Run(asyncio.get_running_loop().create_task(work()))
        while len(self._runs) > MOST:
            self._runs.popitem(last=False)
        return run

    def _forget(self, key: Hashable, run: _Run[T]) -> None:
        """Forget a run that ended or was stopped; one that others still wait for goes on and is only asked for by them."""
        if self._runs.get(key) is run and (run.waiting <= 1 or run.task.done()):
            del self._runs[key]
