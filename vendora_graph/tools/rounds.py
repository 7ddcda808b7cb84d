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
from vendora_graph.state import Finding
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.tools.present import as_json, present
from vendora_graph.tools.query_metrics import near_miss
from vendora_graph.tools.registry import Tool, ToolResult

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


async def run_calls(
    calls: Sequence[ToolCall], role: str, ledger: Ledger, services: Services, scope: Scope
) -> tuple[list[ToolMessage], Ledger]:
    """Return the answers to the calls, in their order, and the ledger with what they found, numbered."""
    findings = await asyncio.gather(*(run_call(call, place, role, ledger, services, scope) for place, call in enumerate(calls)))
    return settle(findings, ledger, scope.turn)


async def run_call(call: ToolCall, place: int, role: str, ledger: Ledger, services: Services, scope: Scope) -> Finding:
    """Return what one call gave. Failures of the database are not the model's: they rise.

    Raises:
        WarehouseError: The database failed.
    """
    tools = {tool.name: tool for tool in tools_for(role, services.warehouse.dialect)}
    finding = Finding(place=place, call_id=call["id"] or "", name=call["name"])
    try:
        result = await _run(call, tools, services, scope, ledger)
    except NotAllowedError as error:
        return finding.model_copy(update={"words": str(error), "denied": True})
    except (QuestionError, QueryRefusedError, ModelOutputError) as error:
        return finding.model_copy(update={"words": str(error)})
    return finding.model_copy(update={"ledger": result.ledger, "words": result.words})


async def _run(call: ToolCall, tools: dict[str, Tool], services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    tool = tools.get(call["name"])
    if tool is None:
        raise QuestionError(f"There is no tool {call['name']!r}.{near_miss(call['name'], sorted(tools))}")
    try:
        arguments = tool.arguments.model_validate(call["args"])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise QuestionError(f"{tool.name}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}.") from error
    return await tool.run(arguments, services, scope, ledger)


def settle(findings: Sequence[Finding], ledger: Ledger, turn: int) -> tuple[list[ToolMessage], Ledger]:
    """Return the answers to a round's calls, in their order, and the ledger with everything they found, numbered."""
    for finding in findings:
        if finding.ledger is not None:
            ledger = merge(ledger, finding.ledger)
    numbered = number(ledger, turn)
    return [_message(finding, numbered) for finding in findings], numbered


def _message(finding: Finding, ledger: Ledger) -> ToolMessage:
    if finding.ledger is None:
        return _error(finding.call_id, finding.name, finding.words, denied=finding.denied)
    body: dict[str, object] = {"tables": [present(table, ledger) for table in finding.ledger.tables.values()]}
    if finding.words:
        body["words"] = finding.words
    return ToolMessage(content=as_json(body), tool_call_id=finding.call_id, name=finding.name)


def _error(call_id: str, name: str, reason: str, *, denied: bool = False) -> ToolMessage:
    body = {"error": reason, "denied": True} if denied else {"error": reason}
    return ToolMessage(content=as_json(body), tool_call_id=call_id, name=name, status="error")


def refused(call: ToolCall, reason: str) -> ToolMessage:
    """Return the answer to a call that was not run."""
    return _error(call["id"] or "", call["name"], reason)


def denials(messages: Sequence[BaseMessage]) -> frozenset[str]:
    """Return the sentences in which tools denied what the asker may not see."""
    errors = [str(message.content) for message in messages if isinstance(message, ToolMessage) and message.status == "error"]
    bodies = [json.loads(content) for content in errors if content.startswith("{")]  # the validator's words are plain text
    return frozenset(str(body["error"]) for body in bodies if isinstance(body, dict) and body.get("denied"))
