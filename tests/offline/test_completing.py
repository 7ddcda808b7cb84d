"""A fragment behind a question that was asked back completes it; a question of its own stands for itself."""

from __future__ import annotations

import pytest

from tests.offline.conftest import context
from vendora_graph.asked_back import AskedBack
from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline.completing import completed, take_up


@pytest.mark.parametrize(
    ("asked", "about", "said", "whole"),
    [
        ("are we beating last year?", "", "front gross", "are we beating last year front gross"),
        ("are we beating last year", "", "what about PVR?", "are we beating last year PVR"),
        ("how did Mike do last month", "mike", "Mike Chen", "how did Mike Chen do last month"),
        ("what if PVR goes up", "", "by 100", "what if PVR goes up by 100"),
    ],
)
def test_a_fragment_completes_the_question(reader, asked, about, said, whole):
    assert _completed(reader, said, AskedBack(question=asked, about=about)) == whole


@pytest.mark.parametrize("said", ["how many units did we sell yesterday", "tell me a joke", "?", "yes"])
def test_what_is_no_fragment_stands_for_itself(reader, said):
    assert _completed(reader, said, AskedBack(question="are we beating last year")) == said


def test_consent_takes_what_was_offered_where_it_reads_as_itself(reader):
    offered = "What stands out in Total expense, October 2026"
    back = AskedBack(question="which expenses look out of line in october", offered=offered)
    assert _completed(reader, "yes please", back) == offered
    assert _completed(reader, "yes", back.model_copy(update={"offered": "Nothing that could be read"})) == "yes"


def _completed(reader, said: str, back: AskedBack) -> str:
    lexicon = reader.lexicon
    return completed(said, back, lambda text: reader.read(text, context(lexicon)), lexicon.normaliser, lexicon.english)


def test_a_step_further_on_what_was_only_offered_leaves_the_question_open(reader):
    offer = _read(reader, "hires this year", None)
    back = AskedBack(question="hires this year not counting zonks", plan=offer.plan, asked="I could not use it.", alone=True)
    taken = _taken(reader, "only in the service department", None, back)
    assert taken.reading.status == "clarify"
    assert "I could not use it." in (taken.reading.clarification or "")
    assert taken.reading.offer is not None
    assert taken.reading.offer.metrics == ("hires",)
    assert [(f.dimension, f.values) for f in taken.reading.offer.filters] == [("department", ("Service",))]


def test_a_question_of_its_own_is_answered_though_one_is_open(reader):
    offer = _read(reader, "hires this year", None)
    back = AskedBack(question="hires this year not counting zonks", plan=offer.plan, asked="I could not use it.", alone=True)
    taken = _taken(reader, "used units last month", offer.plan, back)
    assert taken.reading.status == "plan"
    assert taken.reading.plan is not None
    assert taken.reading.plan.metrics == ("units_used",)


@pytest.mark.parametrize(("asked", "kept"), [("which lender owes us the most of it", True), ("which zonk was best", False)])
def test_the_answer_before_is_carried_past_a_question_that_meant_it(reader, asked, kept):
    before = _read(reader, "contracts in transit", None).plan
    taken = _taken(reader, "by store", before, AskedBack(question=asked, asked="Not held.", alone=True))
    assert (taken.previous is not None) is kept


def _read(reader, question: str, previous: Plan | None) -> Reading:
    return reader.read(question, context(reader.lexicon, previous=previous))


def _taken(reader, said: str, previous: Plan | None, back: AskedBack):
    lexicon = reader.lexicon
    return take_up(said, previous, back, lambda text, last: _read(reader, text, last), lexicon.normaliser, lexicon.english)
