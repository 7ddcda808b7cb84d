"""Work begun before it is asked for: the second path of a result starts while the analyst still writes about it.

What nobody comes for (a question that was cut off) ends by its own deadline and is forgotten when newer work needs the room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any

MOST = 64
"""Pieces of work that may wait to be fetched."""


class Ahead:
    """Pieces of work by key, each fetched once. A piece that failed raises when it is fetched."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._tasks: dict[Hashable, asyncio.Task[Any]] = {}

    def begin(self, key: Hashable, work: Coroutine[Any, Any, Any]) -> None:
        """Start a piece of work; what was begun under the same key, or longest ago where there is no room, is given up."""
        self._drop(key)
        while len(self._tasks) >= MOST:
            self._drop(next(iter(self._tasks)))
        task = asyncio.create_task(work)
        task.add_done_callback(_noted)
        self._tasks[key] = task

    def fetch(self, key: Hashable) -> asyncio.Task[Any] | None:
        """Return the work begun under a key, or None: then it must be done now."""
        task = self._tasks.pop(key, None)
        return task if task is not None and task.get_loop() is asyncio.get_running_loop() else None

    def _drop(self, key: Hashable) -> None:
        task = self._tasks.pop(key, None)
        if task is not None and not task.done():
            task.get_loop().call_soon_threadsafe(task.cancel)


def _noted(task: asyncio.Task[Any]) -> None:
    """Take note of how it ended: who asked may have gone away."""
    if not task.cancelled():
        task.exception()
