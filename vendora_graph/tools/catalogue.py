"""Which tools each analyst has. The senior analyst has the data analyst's and more."""

from __future__ import annotations

from vendora_graph.tools.calculate import TOOL as CALCULATE
from vendora_graph.tools.find import FIND_METRICS, FIND_VALUES
from vendora_graph.tools.query_metrics import TOOL as QUERY_METRICS
from vendora_graph.tools.registry import Tool

DATA_TOOLS: tuple[Tool, ...] = (QUERY_METRICS, FIND_METRICS, FIND_VALUES, CALCULATE)


def tools_for(role: str) -> tuple[Tool, ...]:
    """Return the tools bound to a role."""
    from vendora_graph.tools.senior import SENIOR_TOOLS  # noqa: PLC0415 - heavy, and simple questions never need it

    return (*DATA_TOOLS, *SENIOR_TOOLS) if role == "senior_analyst" else DATA_TOOLS
