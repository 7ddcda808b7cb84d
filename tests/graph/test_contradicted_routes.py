"""The orchestrator's model against the independent reading: neither may turn away, nor let through, what the other knows better."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from vendora_graph.api import Vendora
from vendora_graph.contracts import Answer
from vendora_graph.testing import UnreliableModel

READ_IN_FULL = "how many visits in May 2026"
ASSUMED = "how many visits"
MISTYPED = "how many vsits in May 2026"
UNKNOWN_WORD = "visits in May 2026 of floofy customers"
CANNOT_BE_CUT = "visits by colour in May 2026"
WRITES = "delete all visits"
NO_MEASURE = "surgery kennels"


async def _asked(open_practice: Callable[..., Vendora], question: str, decision: str, **more: Any) -> Answer:
    def route(messages: list[BaseMessage], number: int) -> AIMessage:
        args = {"decision": decision, "reason": "The model says so.", "clarification": "Which one?", **more}
        return AIMessage(content="", tool_calls=[ToolCall(name="RouteChoice", args=args, id=f"r{number}")])

    async with open_practice({"orchestrator": UnreliableModel(behave=route)}) as vendora:
        return await vendora.aask(question)


@pytest.mark.parametrize("decision", ["refuse", "not_held", "clarify"])
async def test_a_question_read_in_full_is_worked_on(open_practice: Callable[..., Vendora], decision: str) -> None:
    answer = await _asked(open_practice, READ_IN_FULL, decision)
    assert (answer.status, answer.summary) == ("answered", "176 visits in May 2026.")
    [said] = [check for check in answer.checks if check.name == "routing.overruled"]
    assert decision in said.reason
    assert said.passed


@pytest.mark.parametrize(
    ("question", "decision", "status"),
    [
        (MISTYPED, "refuse", "refused"),
        (MISTYPED, "not_held", "not_held"),
        (ASSUMED, "clarify", "clarify"),
        (NO_MEASURE, "refuse", "refused"),
    ],
)
async def test_a_model_that_may_know_better_is_obeyed(
    open_practice: Callable[..., Vendora], question: str, decision: str, status: str
) -> None:
    answer = await _asked(open_practice, question, decision)
    assert (answer.status, answer.evidence) == (status, ())
    assert answer.summary in ("The model says so.", "Which one?")


@pytest.mark.parametrize(
    ("question", "status"), [(UNKNOWN_WORD, "not_held"), (CANNOT_BE_CUT, "not_held"), (WRITES, "refused")], ids=str
)
@pytest.mark.parametrize("decision", ["answer", "clarify", "refuse"])
async def test_what_the_reading_knows_it_cannot_answer_reaches_no_analyst(
    open_practice: Callable[..., Vendora], question: str, status: str, decision: str
) -> None:
    answer = await _asked(open_practice, question, decision)
    assert (answer.status, answer.evidence) == (status, ())
    assert answer.summary != "The model says so."
    assert answer.metadata.trace == ("orchestrator", "respond")


async def test_agreement_is_nothing_to_speak_of(open_practice: Callable[..., Vendora]) -> None:
    answer = await _asked(open_practice, READ_IN_FULL, "answer")
    assert answer.status == "answered"
    assert "routing.overruled" not in [check.name for check in answer.checks]
