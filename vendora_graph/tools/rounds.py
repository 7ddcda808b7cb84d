"""One round of tool calls: run them side by side, number the facts, hand the references back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.messages import BaseMessage, ToolCall, ToolMessage
from pydantic import ValidationError

from vendora_graph.contracts import Ledger
from vendora_graph.errors import ModelOutputError, NotAllowedError, QueryRefusedError, QuestionError
from vendora_graph.evidence.ledger import merge, number
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.tools.present import as_json, present
from vendora_graph.tools.query_metrics import near_miss
from vendora_graph.tools.registry import Tool, ToolResult

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


class Denied(str):
    """Why the asker may not see what a call asked for; anything else a call returns in words is the model's to mend."""

    __slots__ = ()


async def run_calls(
    calls: Sequence[ToolCall], role: str, ledger: Ledger, services: Services, scope: Scope
) -> tuple[list[ToolMessage], Ledger]:
    """Return the answers to the calls, in their order, and the ledger with what they found, numbered."""
    tools = {tool.name: tool for tool in tools_for(role, services.warehouse.dialect)}
    results = await asyncio.gather(*(_run(call, tools, services, scope, ledger) for call in calls))
    for result in results:
        if isinstance(result, ToolResult):
            ledger = merge(ledger, result.ledger)
    numbered = number(ledger, scope.turn)
    return [_message(call, result, numbered) for call, result in zip(calls, results, strict=True)], numbered


async def _run(
    call: ToolCall, tools: dict[str, Tool], services: Services, scope: Scope, ledger: Ledger
) -> ToolResult | str:
    """Return a tool's result, or what the model must change. Failures of the database are not the model's: they rise."""
    tool = tools.get(call["name"])
    if tool is None:
        return f"There is no tool {call['name']!r}.{near_miss(call['name'], sorted(tools))}"
    try:
        arguments = tool.arguments.model_validate(call["args"])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{tool.name}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}."
    try:
        return await tool.run(arguments, services, scope, ledger)
    except NotAllowedError as error:
        return Denied(str(error))
    except (QuestionError, QueryRefusedError, ModelOutputError) as error:
        return str(error)


def _message(call: ToolCall, result: ToolResult | str, ledger: Ledger) -> ToolMessage:
    if isinstance(result, str):
        return refused(call, result)
    body: dict[str, object] = {"tables": [present(table, ledger) for table in result.ledger.tables.values()]}
    if result.words:
        body["words"] = result.words
    return ToolMessage(content=as_json(body), tool_call_id=call["id"] or "", name=call["name"])


def refused(call: ToolCall, reason: str) -> ToolMessage:
    """Return the answer to a call that was not run, or not as sent."""
    body = {"error": str(reason), "denied": True} if isinstance(reason, Denied) else {"error": reason}
    return ToolMessage(content=as_json(body), tool_call_id=call["id"] or "", name=call["name"], status="error")


def denials(messages: Sequence[BaseMessage]) -> frozenset[str]:
    """Return the sentences in which tools denied what the asker may not see."""
    errors = [str(message.content) for message in messages if isinstance(message, ToolMessage) and message.status == "error"]
    bodies = [json.loads(content) for content in errors if content.startswith("{")]  # the validator's words are plain text
    return frozenset(str(body["error"]) for body in bodies if isinstance(body, dict) and body.get("denied"))
