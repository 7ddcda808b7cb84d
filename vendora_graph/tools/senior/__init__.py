"""The senior analyst's tools: why, compared with what, where it is heading, what to do."""

from vendora_graph.tools.registry import Tool
from vendora_graph.tools.senior.compare_to_benchmark import TOOL as COMPARE_TO_BENCHMARK
from vendora_graph.tools.senior.explain_change import TOOL as EXPLAIN_CHANGE
from vendora_graph.tools.senior.find_anomalies import TOOL as FIND_ANOMALIES
from vendora_graph.tools.senior.forecast import TOOL as FORECAST
from vendora_graph.tools.senior.pace import TOOL as PACE
from vendora_graph.tools.senior.reconcile import TOOL as RECONCILE
from vendora_graph.tools.senior.scorecard import TOOL as SCORECARD
from vendora_graph.tools.senior.what_if import TOOL as WHAT_IF

SENIOR_TOOLS: tuple[Tool, ...] = (SCORECARD, COMPARE_TO_BENCHMARK, EXPLAIN_CHANGE, PACE, FIND_ANOMALIES, WHAT_IF, RECONCILE, FORECAST)
