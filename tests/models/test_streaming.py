"""Steps and tool calls are told as they come; the text of an answer only when it was approved."""

from __future__ import annotations

from typing import Any

from tests.models.conftest import ASK, QUESTION, OpenWire, right
from tests.models.wire import Reply, Seen, Turn, Wire
from vendora_graph.events import AnswerEvent, StepEvent

MODEL = "openai:gpt-x"


async def test_steps_and_tool_calls_come_before_the_model_is_asked_again(open_wire: OpenWire) -> None:
    told: list[Any] = []
    told_at: list[int] = []

    def behave(seen: Seen, number: int) -> Reply:
        told_at.append(len(told))
        return right(seen, number)

    async with Wire(behave) as wire, open_wire(wire, MODEL, model_streaming=True) as vendora:
        async for event in vendora.astream(QUESTION):
            told += [event]
    steps = [(event.node, event.detail) for event in told[:-1]]
    assert steps == [
        ("orchestrator", ""),
        ("data_analyst", ""),
        ("data_tools", "query_metrics"),
        ("data_analyst", ""),
        ("master_validator", ""),
        ("respond", ""),
    ]
    assert isinstance(told[-1], AnswerEvent)
    assert told_at == [1, 2, 4]


async def test_what_was_not_approved_is_never_streamed(open_wire: OpenWire) -> None:
    def behave(seen: Seen, number: int) -> Reply:
        if "RouteChoice" in seen.tools:
            return right(seen, number)
        if not seen.results:
            return Turn("So far 9,999 visits.", calls=(ASK, ("sold_9999", {}), ("find_metrics", {"words": "9999"})))
        return Turn(calls=(("submit_draft", {"headline": "9,999 visits."}),))

    async with Wire(behave) as wire, open_wire(wire, MODEL, model_streaming=True) as vendora:
        told = [event async for event in vendora.astream(QUESTION)]
    assert "query_metrics, no such tool, find_metrics" in [event.detail for event in told if isinstance(event, StepEvent)]
    assert "9999" not in repr(told[:-1])
    assert "9,999" not in repr(told[:-1])
    answer = told[-1]
    assert isinstance(answer, AnswerEvent)
    assert answer.answer.summary == "176 visits in May 2026."
