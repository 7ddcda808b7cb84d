"""The graph through the real client packages: each protocol, plain and streamed. The faults are in `test_wire_faults.py`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.conftest import ANSWERED, ASK, DRAFT, MAY, PROVIDERS, QUESTION, VISITS, OpenWire, right, visits
from tests.models.wire import Reply, Seen, Status, Turn, Wire


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", PROVIDERS)
async def test_a_right_model_answers(open_wire: OpenWire, model: str, streaming: bool) -> None:
    async with Wire(right) as wire, open_wire(wire, model, model_streaming=streaming) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert answer.metadata.model == ANSWERED[model]
        assert answer.metadata.agent_path == ("L1_orchestrator", "L2_data_analyst")
        assert answer.metadata.tokens == 3300
        assert wire.asked == 3
        assert {seen.streamed for seen in wire.seen} == {streaming}
        assert {seen.protocol for seen in wire.seen} == {"gemini" if "gemini" in model else "openai"}


async def test_openrouter_gets_its_headers_and_body(open_wire: OpenWire) -> None:
    more = {"openrouter_body": {"provider": {"allow_fallbacks": False}}}
    async with Wire(right) as wire, open_wire(wire, PROVIDERS[2], **more) as vendora:
        await vendora.aask(QUESTION)
        assert {seen.headers["x-title"] for seen in wire.seen} == {"vendora"}
        assert {seen.headers["authorization"] for seen in wire.seen} == {"Bearer r"}
        assert all(seen.body["provider"] == {"allow_fallbacks": False} for seen in wire.seen)


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", PROVIDERS)
async def test_parallel_calls_are_answered_in_their_order(open_wire: OpenWire, model: str, streaming: bool) -> None:
    april = ("query_metrics", {"metrics": ["visits"], "period": {"start": "2026-04-01", "end": "2026-04-30"}})

    def behave(seen: Seen, number: int) -> Reply:
        if "RouteChoice" in seen.tools:
            return right(seen, number)
        if not seen.results:
            return Turn(calls=(april, ASK))
        refs = [result["tables"][0]["rows"][0]["cells"][0]["ref"] for result in seen.results]
        periods = [result["tables"][0]["period"]["ref"] for result in seen.results]
        assert [result["tables"][0]["period"]["label"] for result in seen.results] == ["April 2026", "May 2026"]
        return Turn(calls=(("submit_draft", {"headline": f"{refs[1]} visits in {periods[1]}."}),))

    async with Wire(behave) as wire, open_wire(wire, model, model_streaming=streaming) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer), wire.asked) == ("answered", VISITS, 3)


@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("model", PROVIDERS)
async def test_retries_mean_the_same_for_every_client(open_wire: OpenWire, model: str, retries: int) -> None:
    """One call that always fails is sent once and `retries` times more; then the next provider is asked."""
    more: dict[str, Any] = {"model_max_retries": retries, "orchestrator_model": "offline"}
    async with Wire(lambda seen, number: Status(503)) as wire, open_wire(wire, model, **more) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert wire.asked == 1 + retries


@pytest.mark.parametrize("model", PROVIDERS)
async def test_a_call_that_succeeds_on_retry_is_counted_once(open_wire: OpenWire, model: str) -> None:
    def behave(seen: Seen, number: int) -> Reply:
        return Status(429, (("retry-after", "0"),)) if number == 2 else right(seen, number)

    async with Wire(behave) as wire, open_wire(wire, model, model_max_retries=1) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, answer.metadata.model, answer.metadata.tokens) == ("answered", ANSWERED[model], 3300)
        assert wire.asked == 4


async def test_nothing_a_provider_says_passes_as_offline(open_wire: OpenWire) -> None:
    def behave(seen: Seen, number: int) -> Reply:
        seen.model = "offline"  # the reply's `model` is made of it
        return right(seen, number)

    async with Wire(behave) as wire, open_wire(wire, PROVIDERS[1]) as vendora:
        answer = await vendora.aask(QUESTION)
        assert answer.metadata.model == "openai:offline-2026-01-01"
        assert answer.metadata.agent_path == ("L1_orchestrator", "L2_data_analyst")
        [check] = [one for one in answer.checks if one.name == "coverage.independent"]
        assert "not independent" not in check.reason


async def test_a_caller_may_ask_for_an_allowed_model_only(open_wire: OpenWire) -> None:
    from vendora_graph.errors import NotAllowedError

    async with Wire(right) as wire, open_wire(wire, "offline", allowed_models=("gemini:gemini-x",)) as vendora:
        chosen = await vendora.aask(QUESTION, model="gemini:gemini-x")
        assert chosen.metadata.model == "google_genai:gemini-x-001"
        with pytest.raises(NotAllowedError, match="google_genai:gemini-x"):
            await vendora.aask(QUESTION, model="openai:gpt-x")
        own = await vendora.aask(QUESTION)
        assert own.metadata.model == "offline"
        assert wire.asked == 3


async def test_each_role_has_its_own_model(open_wire: OpenWire) -> None:
    async with Wire(right) as wire, open_wire(wire, "openai:gpt-x", orchestrator_model="openai:cheap") as vendora:
        await vendora.aask(QUESTION)
        assert [seen.model for seen in wire.seen] == ["cheap", "gpt-x", "gpt-x"]


def test_constants_are_what_the_practice_holds() -> None:
    assert MAY["start"] < MAY["end"]
    assert DRAFT[0] == "submit_draft"
