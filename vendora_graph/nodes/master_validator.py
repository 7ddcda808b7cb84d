"""L3: compute every figure again by a second path, check the draft, approve it or send it back."""

from __future__ import annotations

import asyncio
from typing import Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig

from vendora_graph.contracts import Ledger, RejectedDraft, ValidationPolicy, Verdict
from vendora_graph.errors import InternalError
from vendora_graph.evidence.ledger import with_seconds
from vendora_graph.evidence.repair import repair
from vendora_graph.evidence.wording import masked
from vendora_graph.models.opinion import reconsidered
from vendora_graph.services import Services
from vendora_graph.state import Node, State
from vendora_graph.tools.own_past import Past, own_past
from vendora_graph.tools.policy import policy_of
from vendora_graph.tools.registry import SUBMIT
from vendora_graph.tools.second_path import prove
from vendora_graph.tools.turn import scope_of
from vendora_graph.validator import ask_validator


def make_master_validator(services: Services) -> Node:
    """Return the node over these services."""

    async def master_validator(state: State, config: RunnableConfig) -> State:
        """Read the draft and the ledger; write the second path, the verdict, and feedback when it is rejected."""
        draft = state.get("draft")
        if draft is None:
            raise InternalError("The validator was reached without a draft.")
        scope = scope_of(state)
        proven, past = await asyncio.gather(prove(state["ledger"], services, scope), own_past(draft, state["ledger"], services, scope))
        ledger = with_seconds(state["ledger"], proven.facts)
        reading = state["reading"]
        policy = _policy(state, ledger, past, services)
        if not _is_offline(state):
            draft, _ = repair(draft, ledger, policy)
        verdict, deliver = await ask_validator(
            services.validator,
            question=state["question"],
            plan=reading.plan if reading.status == "plan" else None,
            draft=draft,
            ledger=ledger,
            policy=policy,
        )
        usage = state["usage"]
        if deliver and not state["rescued"]:  # the offline analyst is the last resort: what code approved of it is delivered
            verdict, usage = await reconsidered(verdict, state["question"], draft, ledger, usage, services, config)
        update = State(
            ledger=proven,
            draft=draft,
            verdict=verdict,
            deliver=deliver and verdict.approved,
            usage=usage,
            trace=[*state["trace"], "master_validator"],
        )
        return update if verdict.approved else {**update, **_rejection(state, verdict)}

    return master_validator


def _policy(state: State, ledger: Ledger, past: Past, services: Services) -> ValidationPolicy:
    return policy_of(
        ledger,
        state["reading"],
        as_of=state["as_of"],
        data_through=state["data_through"],
        principal=state["principal"],
        offline=_is_offline(state),
        services=services,
        history=past,
    )


def _is_offline(state: State) -> bool:
    return state["author"] == "offline"


def _rejection(state: State, verdict: Verdict) -> State:
    """Keep the rejected draft, and tell the analyst what to mend."""
    reasons = tuple(masked(check.reason) for check in verdict.checks if not check.passed) or (masked(verdict.feedback),)
    rejected = RejectedDraft(author=state["analyst"], score=verdict.score, reasons=reasons)
    last = state.get("verdict")
    return State(
        rejected=[*state["rejected"], rejected],
        fatal_before=list(last.fatal) if last is not None and not last.approved else [],
        revisions=state["revisions"] + 1,
        draft=None,
        messages=_feedback(state, verdict.feedback),
    )


def _feedback(state: State, feedback: str) -> list[Any]:
    """Answer the call that handed the draft in; providers want every call answered."""
    last = state["messages"][-1] if state["messages"] else None
    words = f"Rejected by the master validator. Mend this and hand in again: {feedback}"
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    answers = [
        ToolMessage(content=words, tool_call_id=call["id"] or "", name=call["name"], status="error")
        for call in calls
        if call["name"] == SUBMIT
    ]
    return answers or [HumanMessage(content=words)]
