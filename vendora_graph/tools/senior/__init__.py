"""The senior analyst's tools: why, compared with what, where it is heading, what to do."""

from vendora_graph.tools.registry import Tool

SENIOR_TOOLS: tuple[Tool, ...] = ()
