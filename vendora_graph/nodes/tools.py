"""The analysts' tools: run what the last message calls, within the limits of the question."""

from __future__ import annotations

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableConfig

from vendora_graph.services import Services
from vendora_graph.state import Node, State
from vendora_graph.tools.rounds import refused, run_calls
from vendora_graph.tools.turn import scope_of


def make_data_tools(services: Services) -> Node:
    """Return the node that runs the data analyst's tools."""

    async def data_tools(state: State, config: RunnableConfig) -> State:
        """Run the tool calls of the last message; write their evidence and their answers."""
        return await _round("data_analyst", "data_tools", state, services)

    return data_tools


def make_senior_tools(services: Services) -> Node:
    """Return the node that runs the senior analyst's tools."""

    async def senior_tools(state: State, config: RunnableConfig) -> State:
        """Run the tool calls of the last message; write their evidence and their answers."""
        return await _round("senior_analyst", "senior_tools", state, services)

    return senior_tools


async def _round(role: str, node: str, state: State, services: Services) -> State:
    last = state["messages"][-1]
    calls = list(last.tool_calls) if isinstance(last, AIMessage) else []
    used = state["usage"].tool_calls
    room = max(0, services.settings.limit_tool_calls - used)
    messages, ledger = await run_calls(calls[:room], role, state["ledger"], services, scope_of(state))
    messages += [refused(call, "This question has used its tool calls. Hand in the draft.") for call in calls[room:]]
    usage = state["usage"].model_copy(update={"tool_calls": used + len(calls)})
    return State(messages=list(messages), ledger=ledger, usage=usage, trace=[*state["trace"], node])
