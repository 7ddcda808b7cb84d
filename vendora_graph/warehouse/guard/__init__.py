"""One guard for every statement: compiled, model-written, or sent over MCP.

`guard(sql, dialect, policy)` decides; only what `GuardDecision.bind()` returns can reach a database.
"""

from vendora_graph.warehouse.guard.pipeline import GuardedShapes, examine, guard
from vendora_graph.warehouse.guard.types import AccessPolicy, Dialect, GuardDecision, GuardedStatement, TableRule

__all__ = ["AccessPolicy", "Dialect", "GuardDecision", "GuardedShapes", "GuardedStatement", "TableRule", "examine", "guard"]
