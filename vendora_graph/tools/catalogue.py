"""Which tools each analyst has. The senior analyst has the data analyst's and more."""

from __future__ import annotations

from vendora_graph.tools.calculate import TOOL as CALCULATE
from vendora_graph.tools.compare_to_target import TOOL as COMPARE_TO_TARGET
from vendora_graph.tools.find import FIND_METRICS, FIND_VALUES
from vendora_graph.tools.query_metrics import TOOL as QUERY_METRICS
from vendora_graph.tools.registry import Tool
from vendora_graph.tools.run_bigquery import RUN_BIGQUERY
from vendora_graph.tools.run_sql import FIND_TABLES, RUN_SQL

DATA_TOOLS: tuple[Tool, ...] = (QUERY_METRICS, FIND_METRICS, FIND_VALUES, CALCULATE, COMPARE_TO_TARGET)


def tools_for(role: str, dialect: str) -> tuple[Tool, ...]:
    """Return the tools bound to a role over a warehouse of this dialect."""
    data = (*DATA_TOOLS, FIND_TABLES, RUN_BIGQUERY if dialect == "bigquery" else RUN_SQL)
    if role != "senior_analyst":
        return data
    from vendora_graph.tools.senior import SENIOR_TOOLS

    return (*data, *SENIOR_TOOLS)
