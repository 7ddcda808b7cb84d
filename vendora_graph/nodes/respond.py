"""L1 again: say what was found, or why nothing can be said. Only proven facts are rendered."""

from __future__ import annotations

from langchain_core.runnables import RunnableConfig

from vendora_graph.asked_back import AskedBack
from vendora_graph.contracts import Answer, Plan
from vendora_graph.services import Services
from vendora_graph.state import Node, State
from vendora_graph.tools.answers import answer_proven, answer_unproven, answer_without_data


def make_respond(services: Services) -> Node:
    """Return the node over these services."""

    async def respond(state: State, config: RunnableConfig) -> State:
        """Read everything; write the answer and what a follow-up may carry."""
        traced = State(**{**state, "trace": [*state["trace"], "respond"]})
        thread = str((config.get("configurable") or {}).get("thread_id", ""))
        answer = _answer(traced, services, thread)
        back = _asked_back(traced, answer)
        return State(answer=answer, previous=_carried(traced, answer), asked_back=back, trace=traced["trace"])

    return respond


def _answer(state: State, services: Services, thread: str) -> Answer:
    if state["routing"].status != "plan":
        return answer_without_data(state, services, thread)
    verdict = state.get("verdict")
    if verdict is not None and verdict.approved and state.get("deliver") and state.get("draft") is not None:
        return answer_proven(state, services, thread)
    return answer_unproven(state, services, thread)


def _asked_back(state: State, answer: Answer) -> AskedBack | None:
    """What was asked back or lacked a part, until the next answer: a fragment that follows completes it."""
    if answer.status in ("answered", "partial", "empty"):
        return None
    if answer.status not in ("clarify", "not_held"):
        return state.get("asked_back")
    reading = state["reading"]
    offered = reading.alternatives[0] if len(reading.alternatives) == 1 else ""
    return AskedBack(
        question=state["question"], about=reading.about, offered=offered, plan=reading.offer, asked=reading.reason,
        alone=not reading.carried,
    )  # fmt: skip


def _carried(state: State, answer: Answer) -> Plan | None:
    """A follow-up carries what was answered; a refusal or a question back keeps the plan before it."""
    plan = state["reading"].plan
    if answer.status in ("answered", "partial", "empty") and plan is not None:
        return plan
    return state.get("previous")
