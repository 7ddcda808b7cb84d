"""L1: begin the turn, find out who asks, read the question, decide who works on it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from langchain_core.messages import RemoveMessage
from langchain_core.runnables import RunnableConfig
from langgraph.graph.message import REMOVE_ALL_MESSAGES
from langgraph.runtime import Runtime
from langgraph.types import Overwrite

from vendora_graph.asked_back import TakenUp
from vendora_graph.context import Context
from vendora_graph.contracts import Ledger, Reading
from vendora_graph.errors import ModelError
from vendora_graph.evidence.ledger import quote_numbers
from vendora_graph.models.ask import Meter, ask_model
from vendora_graph.models.names import OFFLINE
from vendora_graph.models.route import RouteChoice, as_routing
from vendora_graph.questions import readable
from vendora_graph.services import Identity, RoleModel, Services
from vendora_graph.state import Routing, State, Usage
from vendora_graph.tools.access_gate import gated, own_rows
from vendora_graph.tools.briefing import AnalystRequest, brief


def make_orchestrator(services: Services) -> Callable[..., Awaitable[State]]:
    """Return the node over these services."""

    async def orchestrator(state: State, config: RunnableConfig, runtime: Runtime[Context]) -> State:
        """Read `question`, `previous`; write everything a turn begins with, and `routing`."""
        identity = await services.identify(config, runtime.context or {})
        turn = state.get("turn", 0) + 1
        taken = _taken_up(state, identity, services)
        question, previous, reading = taken.question, taken.previous, taken.reading
        request = AnalystRequest(
            task="route",
            role="orchestrator",
            question=question,
            turn=turn,
            as_of=identity.as_of,
            data_through=identity.data_through,
            principal=identity.principal,
            previous=previous,
        )
        model = services.model_for("orchestrator", runtime.context)
        routing, usage = await _route(model, request, reading, services, config)
        return State(
            question=question,
            messages=[RemoveMessage(id=REMOVE_ALL_MESSAGES)],  # type: ignore[list-item]  # LangGraph's reset
            ledger=Overwrite(quote_numbers(Ledger(turn=turn), question)),  # type: ignore[typeddict-item]  # LangGraph's reset
            turn=turn,
            started=time.time(),
            principal=identity.principal,
            as_of=identity.as_of,
            data_through=identity.data_through,
            reading=own_rows(reading, identity.principal, services),
            routing=gated(routing, reading, identity.principal, services),
            usage=usage,
            trace=["orchestrator"],
            previous=previous,
            **_nothing_yet(),
        )

    return orchestrator


def _nothing_yet() -> State:
    """Return the channels that the last turn's work stood in, empty."""
    return State(
        findings=[],
        draft=None,
        author="",
        failure=None,
        failure_reason="",
        verdict=None,
        rejected=[],
        fatal_before=[],
        revisions=0,
        rescued=False,
    )


def _taken_up(state: State, identity: Identity, services: Services) -> TakenUp:
    """Return the question in the light of what this asker was told, or asked back, before it."""
    question, same = readable(str(state["question"]), services.settings.question_max_chars), _same_asker(state, identity)
    before = (state.get("previous"), state.get("asked_back")) if same else (None, None)
    return services.take_up(question, identity, *before)


def _same_asker(state: State, identity: Identity) -> bool:
    """A thread never carries one tenant's plan to another."""
    before = state.get("principal")
    return before is not None and before.dealership_ids == identity.principal.dealership_ids


async def _route(
    model: RoleModel, request: AnalystRequest, reading: Reading, services: Services, config: RunnableConfig
) -> tuple[Routing, Usage]:
    messages = brief(request, "orchestrator", [], services)
    meter = Meter(Usage())
    try:
        choice = await ask_model(model, messages, RouteChoice, meter, services.settings, config)
    except ModelError:
        if model.name == OFFLINE:
            raise
        asked = meter.usage.models or (model.name,)
        return as_routing(None, reading), meter.usage.model_copy(update={"models": asked})
    return as_routing(choice, reading), meter.usage
