"""The graph for `langgraph dev` and LangGraph Studio: opened once from settings, compiled without a checkpointer.

The server brings its own checkpointer, calls `make_graph` for every run, refuses blocking calls on its loop, and lets clients write a
thread's state. So everything is opened in a thread, once; only the demo opens; and clients read words made for them, never an error's own.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from langgraph.graph.state import CompiledStateGraph
from typing_extensions import override

from vendora_graph.errors import ConfigError, VendoraError
from vendora_graph.server.problems import TECHNICAL, words_of
from vendora_graph.settings import Settings

if TYPE_CHECKING:
    Graph = CompiledStateGraph[Any, Any, Any, Any]

LOG = logging.getLogger("vendora.studio")

_OPENED: dict[str, Graph] = {}
_OPENING = threading.Lock()
_STACK = AsyncExitStack()


class StudioError(RuntimeError):
    """What a client may read; LangGraph's server shows the text of this class and its kind."""


class StudioGraph(CompiledStateGraph[Any, Any, Any, Any]):
    """The same graph, whose failures speak to the asker."""

    @override
    async def astream(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        """Stream the graph.

        Raises:
            StudioError: It failed; the details are in the log.
        """
        try:
            async for chunk in super().astream(*args, **kwargs):
                yield chunk
        except VendoraError as error:
            LOG.warning("a run failed: %s: %s", type(error).__name__, error)
            raise StudioError(words_of(error)) from None
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):  # shown to clients word by word otherwise
            LOG.exception("a run failed")
            raise StudioError(TECHNICAL) from None


async def make_graph() -> Graph:
    """Return the graph over the demo; opened on the first call, the same object ever after.

    Raises:
        StudioError: It cannot be opened.
    """
    return _OPENED["graph"] if "graph" in _OPENED else await asyncio.to_thread(_open_once)


def _open_once() -> Graph:
    """Open in a thread: files are read, and on the very first run the demo is built."""
    with _OPENING:
        if "graph" not in _OPENED:
            try:
                _OPENED["graph"] = asyncio.run(_open(Settings.load()))
            except VendoraError as error:
                LOG.warning("the graph cannot be opened: %s: %s", type(error).__name__, error)
                raise StudioError("VENDORA cannot be opened; the log of the server says why.") from None
        return _OPENED["graph"]


async def _open(settings: Settings) -> Graph:
    from vendora_graph.opening import open_all

    if settings.warehouse != "demo":
        raise ConfigError("LangGraph's server has no sign-in here and lets clients write state, so it opens the demo only.")
    opened = await open_all(settings, _STACK)
    return StudioGraph(**{name: value for name, value in vars(opened.unkept).items() if name != "__orig_class__"})
