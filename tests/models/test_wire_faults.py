"""Every fault of a provider through the real client packages, plain and streamed: a right answer, and each call made and paid once."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.models.conftest import ANSWERED, ASK, PROVIDERS, QUESTION, VISITS, OpenWire, right, visits
from tests.models.wire import Reply, Seen, Status, Turn, Wire

GEMINI = PROVIDERS[0]
TOKENS = 1100
"""What a whole reply of the wire costs."""
APRIL = ("query_metrics", {"metrics": ["visits"], "period": {"start": "2026-04-01", "end": "2026-04-30"}})


@dataclass(frozen=True)
class Fault:
    """What goes wrong from a call on, and how many requests the question makes then, the good ones before it included.

    A provider that is not reached is not asked again: one request. What can be repaired is repaired once: two. The same tool call made
    again is repaired once, too: three.
    """

    reply: Reply
    requests: int
    gemini: int | None = None
    """Where Gemini's protocol has no such reply but another: broken arguments are a reply that ended early."""


ONCE, REPAIRED, LOOPED = 1, 2, 3
FAULTS = {
    "unauthorised": Fault(Status(401), ONCE),
    "forbidden": Fault(Status(403), ONCE),
    "bad request": Fault(Status(400), ONCE),
    "too many requests": Fault(Status(429, (("retry-after", "0"),)), ONCE),
    "server error": Fault(Status(500), ONCE),
    "overloaded": Fault(Status(529), ONCE),
    "connection reset": Fault("reset", ONCE),
    "truncated": Fault("truncated", ONCE),
    "empty choices": Fault("empty_choices", ONCE),
    "a proxy's page": Fault("garbage", ONCE),
    "cut at its length": Fault(Turn("half", finish="length"), ONCE),
    "filtered": Fault(Turn("", finish="content_filter"), ONCE),
    "prose": Fault(Turn("You had 9,999 visits."), REPAIRED),
    "nothing": Fault(Turn(""), REPAIRED),
    "invalid JSON": Fault(Turn(calls=(ASK,), raw_arguments='{"metrics": ["visits"'), REPAIRED, gemini=ONCE),
    "unknown tool": Fault(Turn(calls=(("drop_table", {"name": "visits"}),)), LOOPED),
}
AT_THE_DOOR = ("server error", "connection reset", "prose", "cut at its length")
"""One fault of each kind for the orchestrator's call, and for the one that hands in."""


def failing(reply: Reply, at: int) -> Callable[[Seen, int], Reply]:
    """A right model whose call number `at` goes wrong, and every one after it."""

    def behave(seen: Seen, number: int) -> Reply:
        return reply if number >= at else right(seen, number)

    return behave


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("name", FAULTS)
async def test_a_fault_of_the_analyst_ends_in_a_right_answer(open_wire: OpenWire, name: str, model: str, streaming: bool) -> None:
    fault = FAULTS[name]
    async with Wire(failing(fault.reply, 2)) as wire, open_wire(wire, model, model_streaming=streaming) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert "offline" in answer.metadata.model
        told = answer.model_dump_json()
        assert not [said for said in ("sk-secret", "9,999", "half of", "<html>") if said in told]
        expected = fault.gemini if model == GEMINI and fault.gemini is not None else fault.requests
        assert wire.asked == 1 + expected
        assert answer.metadata.tokens == TOKENS * wire.billed


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("name", AT_THE_DOOR)
async def test_a_fault_of_the_orchestrator_leaves_the_question_to_the_reading(open_wire: OpenWire, name: str, model: str) -> None:
    """Not reached: nobody asks that model again in this question. A wrong answer: the analyst is asked all the same."""
    fault = FAULTS[name]
    async with Wire(failing(fault.reply, 1)) as wire, open_wire(wire, model) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert wire.asked == (2 * fault.requests if isinstance(fault.reply, Turn) else 1)
        assert answer.metadata.tokens == TOKENS * wire.billed


@pytest.mark.parametrize("model", PROVIDERS)
@pytest.mark.parametrize("name", AT_THE_DOOR)
async def test_a_fault_where_the_draft_is_due(open_wire: OpenWire, name: str, model: str) -> None:
    fault = FAULTS[name]
    async with Wire(failing(fault.reply, 3)) as wire, open_wire(wire, model) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert wire.asked == 2 + fault.requests
        assert answer.metadata.tokens == TOKENS * wire.billed


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("model", PROVIDERS)
async def test_a_silent_server_is_given_up(open_wire: OpenWire, model: str, streaming: bool) -> None:
    more = {"model_timeout_seconds": 0.5, "model_streaming": streaming}
    async with Wire(failing("hang", 2)) as wire, open_wire(wire, model, **more) as vendora:
        begun = time.perf_counter()
        answer = await vendora.aask(QUESTION)
        assert time.perf_counter() - begun < 20
        assert (answer.status, visits(answer)) == ("answered", VISITS)
        assert wire.asked == 2


@pytest.mark.parametrize("streaming", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize(("first", "then"), list(itertools.permutations(PROVIDERS, 2)))
async def test_the_fallback_takes_over_where_the_first_died(open_wire: OpenWire, first: str, then: str, streaming: bool) -> None:
    """The first model asks for the wrong month and dies; the second reads its call in another protocol, and answers.

    It has another habit: it speaks beside its calls, makes two at once, and names a tool that is not there.
    """

    def dies(seen: Seen, number: int) -> Reply:
        return (right(seen, number), Turn(calls=(APRIL,)))[number - 1] if number <= 2 else "reset"

    def takes_over(seen: Seen, number: int) -> Reply:
        if len(seen.results) < 2:
            return Turn("Let me see.", calls=(ASK, ("visits_of", {"month": "May"})))
        table = seen.results[1]["tables"][0]
        ref = table["rows"][0]["cells"][0]["ref"]
        return Turn(calls=(("submit_draft", {"headline": f"{ref} visits in {table['period']['ref']}."}),))

    more = {"fallback_models": (then,), "model_streaming": streaming}
    async with Wire(dies) as one, Wire(takes_over) as two, open_wire(one, first, second=two, **more) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert answer.metadata.model == f"{ANSWERED[first]}, {ANSWERED[then]}"
        assert (one.asked, two.asked) == (3, 2)
        assert answer.metadata.tokens == TOKENS * (one.billed + two.billed) == TOKENS * 4


@pytest.mark.parametrize("model", PROVIDERS)
async def test_dead_after_a_wrong_call_and_no_other_model(open_wire: OpenWire, model: str) -> None:
    """The offline analyst never takes the dead model's results for its own."""

    def dies(seen: Seen, number: int) -> Reply:
        return (right(seen, number), Turn(calls=(APRIL,)))[number - 1] if number <= 2 else "reset"

    async with Wire(dies) as wire, open_wire(wire, model) as vendora:
        answer = await vendora.aask(QUESTION)
        assert (answer.status, visits(answer)) == ("answered", VISITS), answer.caveats
        assert "offline" in answer.metadata.model
        assert wire.asked == 3
        assert answer.metadata.tokens == TOKENS * wire.billed == TOKENS * 2
