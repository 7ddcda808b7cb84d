"""The offline analyst, once, from the question alone: no messages and no facts of the attempts that failed."""

from __future__ import annotations

from langchain_core.messages import BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.types import Overwrite

from vendora_graph.contracts import Draft, Ledger
from vendora_graph.errors import InternalError, ModelOutputError
from vendora_graph.evidence.ledger import quote_numbers
from vendora_graph.models.ask import Meter, ask, parse_call
from vendora_graph.services import Services
from vendora_graph.state import Node, State, Usage
from vendora_graph.tools.briefing import AnalystRequest, brief
from vendora_graph.tools.registry import SUBMIT
from vendora_graph.tools.rounds import run_calls
from vendora_graph.tools.turn import scope_of

MAX_ROUNDS = 8
"""Rounds of tool calls the offline analyst may take; its own plans need at most four."""


def make_rescue(services: Services) -> Node:
    """Return the node over these services."""

    async def rescue(state: State, config: RunnableConfig) -> State:
        """Read the question only; write a fresh ledger and the offline analyst's draft."""
        role = "senior_analyst" if state["routing"].complexity == "complex" else "data_analyst"
        ledger = quote_numbers(Ledger(turn=state["turn"]), state["question"])
        draft, ledger, reason = await _analyse(role, state, ledger, services, config)
        return State(
            analyst="rescue",
            author="offline",
            rescued=True,
            draft=draft,
            verdict=None,
            fatal_before=[],
            failure=None if draft else "model_output",
            failure_reason=reason,
            ledger=Overwrite(ledger),  # type: ignore[typeddict-item]  # LangGraph's reset
            trace=[*state["trace"], "rescue"],
        )

    return rescue


async def _analyse(
    role: str, state: State, ledger: Ledger, services: Services, config: RunnableConfig
) -> tuple[Draft | None, Ledger, str]:
    """Return the draft, what it rests on, and why there is none: the first analyst's reason is not the offline analyst's."""
    model = services.rescue_models[role]
    request = AnalystRequest(
        task="analyse",
        role=role,
        question=state["question"],
        turn=state["turn"],
        as_of=state["as_of"],
        data_through=state["data_through"],
        principal=state["principal"],
        previous=state.get("previous"),
    )
    work: list[BaseMessage] = []
    meter = Meter(Usage())
    for _ in range(MAX_ROUNDS):
        try:
            reply = await ask(model, brief(request, role, work, services), meter, services.settings, config)
        except ModelOutputError as error:
            return None, ledger, str(error)
        if any(call["name"] == SUBMIT for call in reply.tool_calls):
            return parse_call(reply, SUBMIT, Draft), ledger, ""
        messages, ledger = await run_calls(reply.tool_calls, role, ledger, services, scope_of(state))
        work += [reply, *messages]
    raise InternalError("The offline analyst did not finish.")
