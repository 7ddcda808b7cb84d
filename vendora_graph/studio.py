"""The graph for `langgraph dev` and LangGraph's own server: opened from settings, compiled without a checkpointer.

The server brings its own checkpointer and shows the text of exceptions to clients; the nodes' errors are written for askers.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from vendora_graph.settings import Settings

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

_GRAPHS: dict[str, CompiledStateGraph[Any, Any, Any, Any]] = {}
_STACK = AsyncExitStack()


async def make_graph() -> CompiledStateGraph[Any, Any, Any, Any]:
    """Return the graph over the settings of the environment, opened once."""
    if "graph" not in _GRAPHS:
        from vendora_graph.opening import open_all

        opened = await open_all(Settings.load(), _STACK)
        _GRAPHS["graph"] = opened.unkept
    return _GRAPHS["graph"]
