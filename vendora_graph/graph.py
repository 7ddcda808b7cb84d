"""The map of the whole: nodes, edges, compile. Open this first.

    question -> orchestrator (L1) -> data_analyst (L2) <-> data_tools -------> master_validator (L3) -> respond (L1) -> answer
                                  -> senior_analyst (L2) <-> senior_tools -->     |        |
                                         ^-- rejected, with typed feedback -------+        |
                                  rescue (offline, once) <-- revisions used up ------------+
                                  -> respond (clarify, refuse, not held, not allowed)

It opens no connection and reads no environment: the live things come in as `services`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from functools import wraps
from typing import TYPE_CHECKING, Any

from langgraph.graph import END, START, StateGraph
from langgraph.types import RetryPolicy, Send

from vendora_graph.context import Context
from vendora_graph.errors import WarehouseUnavailableError
from vendora_graph.nodes.analyst import make_data_analyst, make_senior_analyst
from vendora_graph.nodes.master_validator import make_master_validator
from vendora_graph.nodes.orchestrator import make_orchestrator
from vendora_graph.nodes.rescue import make_rescue
from vendora_graph.nodes.respond import make_respond
from vendora_graph.nodes.tools import make_data_tools, make_senior_findings, make_senior_tools
from vendora_graph.routing import (
    after_data_analyst,
    after_master_validator,
    after_orchestrator,
    after_rescue,
    after_senior_analyst,
    branches,
)
from vendora_graph.services import Services
from vendora_graph.state import InputState, OutputState, Routed, State

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

RETRY = RetryPolicy(max_attempts=3, initial_interval=0.2, retry_on=WarehouseUnavailableError)
"""Only an unreachable warehouse is worth another try of a whole node; models retry inside their clients."""


def build_graph(
    services: Services, *, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> CompiledStateGraph[State, Context, InputState, OutputState]:
    """Return the compiled graph over these services.

    Args:
        services: The live things the nodes use (warehouse, models, catalog, clock, identity).
        checkpointer: Where threads are kept; None keeps nothing (LangGraph's own server brings its own).
    """
    graph = StateGraph(State, context_schema=Context, input_schema=InputState, output_schema=OutputState)
    graph.add_node("orchestrator", make_orchestrator(services), retry_policy=RETRY)
    graph.add_node("data_analyst", make_data_analyst(services))
    graph.add_node("data_tools", make_data_tools(services), retry_policy=RETRY)
    graph.add_node("senior_analyst", make_senior_analyst(services))
    graph.add_node("senior_tools", make_senior_tools(services), retry_policy=RETRY)
    graph.add_node("senior_findings", make_senior_findings(services))
    graph.add_node("master_validator", make_master_validator(services), retry_policy=RETRY)
    graph.add_node("rescue", make_rescue(services), retry_policy=RETRY)
    graph.add_node("respond", make_respond(services))

    graph.add_edge(START, "orchestrator")
    graph.add_conditional_edges("orchestrator", _at_once(after_orchestrator))
    graph.add_conditional_edges("data_analyst", _at_once(after_data_analyst))
    graph.add_edge("data_tools", "data_analyst")
    graph.add_conditional_edges("senior_analyst", _fanned_out(after_senior_analyst))
    graph.add_edge("senior_tools", "senior_findings")
    graph.add_edge("senior_findings", "senior_analyst")
    graph.add_conditional_edges("master_validator", _at_once(after_master_validator))
    graph.add_conditional_edges("rescue", _at_once(after_rescue))
    graph.add_edge("respond", END)
    return graph.compile(checkpointer=checkpointer, name="vendora")


def _at_once(route: Callable[[Routed], Hashable]) -> Callable[[Routed], Awaitable[Hashable]]:
    """Return the edge as a coroutine: LangGraph would send a plain function to a thread, and wait for it."""

    @wraps(route)
    async def routed(state: Routed) -> Hashable:
        return route(state)

    return routed


def _fanned_out(route: Callable[[Routed], Hashable]) -> Callable[[State], Awaitable[Hashable | list[Send]]]:
    """Return the edge whose way to the senior's tools is a branch for each call."""

    @wraps(route)
    async def routed(state: State) -> Hashable | list[Send]:
        target = route(state)
        return branches(state) if target == "senior_tools" else target

    routed.__annotations__["state"] = State  # branches are sent more than the edge is chosen by
    return routed
