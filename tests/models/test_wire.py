"""The graph through the real client packages: each protocol, plain and streamed, and every fault. Nothing is called twice."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.models.conftest import ASK, DRAFT, MAY, QUESTION, OpenWire, right
from tests.models.wire import Reply, Seen, Status, Turn, Wire
from vendora_graph.contracts import Answer

pytestmark = pytest.mark.filterwarnings("ignore:coroutine 'ClientResponse.json' was never awaited:RuntimeWarning")

PROVIDERS = ["google_genai:gemini-x", "openai:gpt-x", "openrouter:acme/model-x"]
ANSWERED = {
    "google_genai:gemini-x": "google_genai:gemini-x-001",
    "openai:gpt-x": "openai:gpt-x-2026-01-01",
    "openrouter:acme/model-x": "openrouter:acme/model-x-2026-01-01",
}
VISITS = Decimal(176)


def visits(answer: Answer) -> Decimal | None:
    assert answer.summary == "176 visits in May 2026."
    [fact] = [
        fact
        for fact in answer.evidence
        if fact.metric == "visits" and fact.grade == "metric" and not fact.slice and fact.period and fact.period.label == "May 2026"
    ]
    assert fact.second is not None
    assert fact.second.value == fact.value
    return fact.value


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
@pytest.mark.parametrize("model", PROVIDERS[:2])
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


def failing(reply: Reply, at: int) -> Any:
    """A right model whose call number `at` goes wrong, and every one after it."""

    def behave(seen: Seen, number: int) -> Reply:
        return reply if number >= at else right(seen, number)

    return behave


STATUSES: list[Reply] = [Status(401), Status(403), Status(429, (("retry-after", "0"),)), Status(500), Status(529), Status(400)]
BROKEN: list[Reply] = ["reset", "truncated", "empty_choices", "garbage"]
WRONG: list[Reply] = [
    Turn("You had 9,999 visits."),
    Turn(calls=(ASK,), raw_arguments='{"metrics": ["visits"'),
    Turn("half", finish="length"),
    Turn("", finish="content_filter"),
    Turn(calls=(("drop_table", {"name": "visits"}),)),
    Turn(""),
]


FAULTS = [(reply, 2) for reply in (*STATUSES, *BROKEN, *WRONG)]
FAULTS += [(reply, at) for reply in (STATUSES[3], BROKEN[0], WRONG[0]) for at in (1, 3)]
"""Every fault in the analyst's first call; one of each kind in the orchestrator's and in the one that hands in."""


@pytest.mark.parametrize("model", PROVIDERS[:2])
@pytest.mark.parametrize(("reply", "at"), FAULTS, ids=repr)
async def test_every_fault_ends_in_a_right_answer(open_wire: OpenWire, reply: Reply, model: str, at: int) -> None:
    async with Wire(failing(reply, at)) as wire, open_wire(wire, model, limit_model_calls=8) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert "offline" in answer.metadata.model
        assert "sk-secret" not in answer.model_dump_json()
        assert "9,999" not in answer.summary
        assert wire.asked <= 8


@pytest.mark.parametrize("reply", ["truncated", "empty_choices", Turn("half", finish="length")], ids=repr)
@pytest.mark.parametrize("model", PROVIDERS[:2])
async def test_a_stream_that_breaks_off_is_no_answer(open_wire: OpenWire, reply: Reply, model: str) -> None:
    async with Wire(failing(reply, 2)) as wire, open_wire(wire, model, model_streaming=True) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert "offline" in answer.metadata.model
        assert "half" not in answer.model_dump_json()


@pytest.mark.parametrize("model", PROVIDERS[:2])
async def test_a_silent_server_is_given_up(open_wire: OpenWire, model: str) -> None:
    async with Wire(failing("hang", 2)) as wire, open_wire(wire, model, model_timeout_seconds=0.5) as vendora:
        begun = time.perf_counter()
        answer = await vendora.aask(QUESTION)
        assert time.perf_counter() - begun < 8
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert wire.asked == 2


@pytest.mark.parametrize(("model", "retries"), [(PROVIDERS[0], 2), (PROVIDERS[1], 2), (PROVIDERS[0], 0), (PROVIDERS[1], 0)])
async def test_retries_mean_the_same_for_both_clients(open_wire: OpenWire, model: str, retries: int) -> None:
    """One call that always fails is sent once and `retries` times more; then the next provider is asked."""
    more: dict[str, Any] = {"model_max_retries": retries, "orchestrator_model": "offline"}
    async with Wire(failing(Status(503), 1)) as wire, open_wire(wire, model, **more) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert wire.asked == 1 + retries


@pytest.mark.parametrize("model", PROVIDERS[:2])
async def test_a_call_that_succeeds_on_retry_is_counted_once(open_wire: OpenWire, model: str) -> None:
    def behave(seen: Seen, number: int) -> Reply:
        return Status(429, (("retry-after", "0"),)) if number == 2 else right(seen, number)

    async with Wire(behave) as wire, open_wire(wire, model, model_max_retries=1) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, answer.metadata.model, answer.metadata.tokens) == ("answered", ANSWERED[model], 3300)
        assert wire.asked == 4


@pytest.mark.parametrize(("first", "then"), [(PROVIDERS[0], PROVIDERS[1]), (PROVIDERS[1], PROVIDERS[0])])
async def test_the_fallback_takes_over_where_the_first_died(open_wire: OpenWire, first: str, then: str) -> None:
    """The first model asks for the wrong month and dies; the second reads its calls in another protocol, and answers."""
    april = ("query_metrics", {"metrics": ["visits"], "period": {"start": "2026-04-01", "end": "2026-04-30"}})

    def dies(seen: Seen, number: int) -> Reply:
        return (right(seen, number), Turn(calls=(april,)))[number - 1] if number <= 2 else "reset"

    def takes_over(seen: Seen, number: int) -> Reply:
        if len(seen.results) < 2:
            return Turn(calls=(ASK,))
        table = seen.results[1]["tables"][0]
        ref = table["rows"][0]["cells"][0]["ref"]
        return Turn(calls=(("submit_draft", {"headline": f"{ref} visits in {table['period']['ref']}."}),))

    async with Wire(dies) as one, Wire(takes_over) as two, open_wire(one, first, second=two, fallback_models=(then,)) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert answer.metadata.model == f"{ANSWERED[first]}, {ANSWERED[then]}"
        assert (one.asked, two.asked) == (3, 2)


async def test_dead_after_a_wrong_call_and_no_other_model(open_wire: OpenWire) -> None:
    """The offline analyst never takes the dead model's results for its own."""
    april = ("query_metrics", {"metrics": ["visits"], "period": {"start": "2026-04-01", "end": "2026-04-30"}})

    def dies(seen: Seen, number: int) -> Reply:
        return (right(seen, number), Turn(calls=(april,)))[number - 1] if number <= 2 else "reset"

    async with Wire(dies) as wire, open_wire(wire, PROVIDERS[1]) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert "offline" in answer.metadata.model


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
