"""One guard for every statement: compiled, model-written, or sent over MCP.

`guard(sql, dialect, policy)` decides; only what `GuardDecision.bind()` returns can reach a database. The parser is loaded when the first
statement is examined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vendora_graph.warehouse.guard.types import AccessPolicy, Dialect, GuardDecision, GuardedStatement, TableRule

if TYPE_CHECKING:
    from vendora_graph.warehouse.guard.pipeline import GuardedShapes, examine, guard

__all__ = ["AccessPolicy", "Dialect", "GuardDecision", "GuardedShapes", "GuardedStatement", "TableRule", "examine", "guard"]

_LATE = ("GuardedShapes", "examine", "guard")


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attributes
    """Load the pipeline, and with it the parser, when one of its names is first used."""
    if name in _LATE:
        from vendora_graph.warehouse.guard import pipeline

        return getattr(pipeline, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
