"""What models are told of the tools: JSON schemas without references, titles or anything a provider drops in silence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from vendora_graph.evidence.opinion import SecondOpinion
from vendora_graph.models.route import RouteChoice
from vendora_graph.tools.registry import submit_schema

if TYPE_CHECKING:
    from vendora_graph.tools.registry import Tool

Tools = Mapping[str, tuple["Tool", ...]]


def lean_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with every `$ref` written out: not every provider follows them."""
    lean = _lean(schema, schema.get("$defs", {}))
    return lean if isinstance(lean, dict) else {}


def _lean(node: object, defs: Mapping[str, Any]) -> object:
    if isinstance(node, list):
        return [_lean(item, defs) for item in node]
    if not isinstance(node, Mapping):
        return node
    if "$ref" in node:
        target = {**defs[str(node["$ref"]).rpartition("/")[2]], **{key: value for key, value in node.items() if key != "$ref"}}
        return _lean(target, defs)
    found = {key: _lean(value, defs) for key, value in node.items() if key not in ("$defs", "title", "additionalProperties", "properties")}
    if "properties" in node:  # names of fields, not of the schema language: one may be called title
        found["properties"] = {name: _lean(value, defs) for name, value in node["properties"].items()}
    return found


def lean_tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    """Return a tool's schema, lean."""
    return {**tool, "function": {**tool["function"], "parameters": lean_schema(tool["function"]["parameters"])}}


def tool_schema(tool: Tool) -> dict[str, Any]:
    """Return a tool as models are told of it."""
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": lean_schema(tool.arguments.model_json_schema()),
        },
    }


_STRUCTURED: Mapping[str, type[BaseModel]] = {"orchestrator": RouteChoice, "master_validator": SecondOpinion}
"""Roles that answer in one shape and have no tools."""


def _output_schema(shape: type[BaseModel]) -> dict[str, Any]:
    parameters = lean_schema(shape.model_json_schema())
    return {"type": "function", "function": {"name": shape.__name__, "description": shape.__doc__ or "", "parameters": parameters}}


def schemas_for(role: str, tools: Tools) -> list[dict[str, Any]]:
    """Return everything a role may call."""
    if role in _STRUCTURED:
        return [_output_schema(_STRUCTURED[role])]
    return [*(tool_schema(tool) for tool in tools[role]), lean_tool(submit_schema())]


