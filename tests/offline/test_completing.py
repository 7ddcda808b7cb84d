"""A fragment behind a question that was asked back completes it; a question of its own stands for itself."""

from __future__ import annotations

import pytest

from tests.offline.conftest import context
from vendora_graph.asked_back import AskedBack
from vendora_graph.offline.completing import completed


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
