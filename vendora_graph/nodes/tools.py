"""The analysts' tools: run what the last message calls, within the limits of the question.

The data analyst's calls run in one node. Each call of the senior analyst is a branch of its own, sent by `routing.branches`: the branches
run side by side, each is kept when it ends, and `senior_findings` brings them together.
"""

from __future__ import annotations

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig

from vendora_graph.errors import QueryTimeoutError
from vendora_graph.services import Services
from vendora_graph.state import Branch, BranchNode, Finding, Node, State, Usage
from vendora_graph.tools.rounds import refused, run_call, run_calls, settle
from vendora_graph.tools.second_path import begin_proofs
from vendora_graph.tools.turn import scope_of

USED_UP = "This question has used its tool calls. Hand in the draft."


def make_data_tools(services: Services) -> Node:
    """Return the node that runs the data analyst's tools."""

    async def data_tools(state: State, config: RunnableConfig) -> State:
        """Run the tool calls of the last message; write their evidence and their answers."""
        last = state["messages"][-1]
        calls = list(last.tool_calls) if isinstance(last, AIMessage) else []
        room = _room(state, services)
        scope = scope_of(state)
        messages, ledger = await run_calls(calls[:room], "data_analyst", state["ledger"], services, scope)
        begin_proofs(state["ledger"], ledger, services, scope)
        messages += [refused(call, USED_UP) for call in calls[room:]]
        return State(messages=list(messages), ledger=ledger, usage=_used(state, len(calls)), trace=[*state["trace"], "data_tools"])

    return data_tools


def make_senior_tools(services: Services) -> BranchNode:
    """Return the node that runs one call of the senior analyst."""

    async def senior_tools(state: Branch, config: RunnableConfig) -> State:
        """Run one tool call; write what it found. A query that took too long is this branch's caveat, not the question's end."""
        seen, call, place = state["seen"], state["call"], state["place"]
        empty = Finding(place=place, call_id=call["id"] or "", name=call["name"])
        if place >= _room(seen, services):
            return State(findings=[empty.model_copy(update={"words": USED_UP})])
        scope = scope_of(seen)
        try:
            finding = await run_call(call, place, "senior_analyst", seen["ledger"], services, scope)
        except QueryTimeoutError as error:
            return State(findings=[empty.model_copy(update={"words": str(error), "failed": True})])
        return State(findings=[finding])

    return senior_tools


def make_senior_findings(services: Services) -> Node:
    """Return the node that brings the branches of a round together."""

    async def senior_findings(state: State, config: RunnableConfig) -> State:
        """Read what the branches found; write it into the ledger, numbered, and answer the calls.

        Raises:
            QueryTimeoutError: No branch had time enough: there is nothing to write about.
        """
        findings = state["findings"]
        if findings and all(finding.failed for finding in findings):
            raise QueryTimeoutError(findings[0].words)
        messages, ledger = settle(findings, state["ledger"], state["turn"])
        begin_proofs(state["ledger"], ledger, services, scope_of(state))
        return State(
            messages=list(messages),
            ledger=ledger,
            findings=[],
            usage=_used(state, len(findings)),
            trace=[*state["trace"], "senior_tools", "senior_findings"],
        )

    return senior_findings


def _room(state: State, services: Services) -> int:
    return max(0, services.settings.limit_tool_calls - state["usage"].tool_calls)


def _used(state: State, calls: int) -> Usage:
    usage = state["usage"]
    return usage.model_copy(update={"tool_calls": usage.tool_calls + calls})
