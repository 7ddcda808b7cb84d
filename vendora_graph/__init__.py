"""VENDORA: a hierarchy of agents that answers a dealership's questions with numbers proven from its own data."""

import os as _os
from typing import TYPE_CHECKING as _TYPE_CHECKING

_os.environ.setdefault("LANGGRAPH_STRICT_MSGPACK", "true")  # noqa: TID251 - langgraph reads it once, when imported

if _TYPE_CHECKING:
    from vendora_graph.api import Vendora
    from vendora_graph.evidence.validate import validate
    from vendora_graph.flow import HierarchicalFlowManager
    from vendora_graph.graph import build_graph

__version__ = "0.1.0"
__all__ = ["HierarchicalFlowManager", "Vendora", "__version__", "build_graph", "validate"]

_HOMES = {
    "Vendora": "vendora_graph.api",
    "HierarchicalFlowManager": "vendora_graph.flow",
    "build_graph": "vendora_graph.graph",
    "validate": "vendora_graph.evidence.validate",
}


def __getattr__(name: str) -> object:
    """Import the public names when they are first used: a command that needs none of them starts fast."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
