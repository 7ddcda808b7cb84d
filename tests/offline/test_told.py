"""Measures told in plain words: the descriptions of the vocabulary, and how a question with one is read."""

from __future__ import annotations

import pytest

from tests.offline.conftest import context
from vendora_graph.offline.told import told
from vendora_graph.offline.wording import root, wordings

LINES = {
    "words": {"share": "percent of|share of"},
    "metrics": {"contact_rate": ["$share + lead + reach|talk to + actually? + -unanswered + =store"]},
}


@pytest.mark.parametrize(
    "forms",
    [
        ("lease", "leases", "leased", "leasing"),
        ("book", "booked", "booking", "books"),
        ("sell", "selling", "sells"),
        ("cancel", "cancelled", "canceled", "cancelling"),
        ("carry", "carries", "carried"),
        ("set", "setting", "sets"),
    ],
)
def test_forms_of_one_word_have_one_root(forms):
    assert len({root(word) for word in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("sold", "sell"), ("sale", "sell"), ("lead", "leave"), ("rate", "ratio")])
def test_other_words_have_other_roots(one, other):
    assert root(one) != root(other)


def test_a_line_says_what_must_may_and_must_not_be_said(lexicon):
    (wording,) = wordings(LINES, lexicon.normaliser)
    assert wording.metric == "contact_rate"
    assert wording.said == ((("percent", "of"), ("shar", "of")), (("lead",),), (("talk", "to"), ("reach",)))
    assert wording.maybe == ((("actualli",),),)
    assert wording.never == ((("unanswer",),),)
    assert wording.beside == ((("stor",),),)


def test_every_measure_described_exists_and_every_name_stands_for_words(loaded, catalog):
    section = loaded.vocabulary["told"]
    assert [m for m in section["metrics"] if m not in catalog.metrics] == []
    lines = [line.replace("|", " ") for lines in section["metrics"].values() for line in lines]
    named = {word.strip("=-?") for line in lines for word in line.split() if "$" in word}
    assert {name for name in named if name[1:] not in section["words"]} == set()


def test_no_description_is_one_common_word(lexicon):
    """One group of single words would take a word out of any question it stands in."""
    alone = [w.metric for w in lexicon.told if len(w.said) == 1 and not w.beside and any(len(phrase) == 1 for phrase in w.said[0])]
    assert alone == []


def test_what_is_told_is_found_in_any_order_and_named(lexicon):
    tokens = lexicon.normaliser.tokens("of our internet leads, what percent do we actually talk to by store?")
    found = told(tokens, lexicon)
    assert found.metric == "contact_rate"
    assert [t.text for t in found.tokens if t.content] == ["internet", lexicon.normaliser.key("Contact rate"), "store"]


@pytest.mark.parametrize("question", ["what percent of leads don't we reach", "leads and how many we reach", "how many units sold"])
def test_a_description_turned_round_or_parted_is_none(lexicon, question):
    assert told(lexicon.normaliser.tokens(question), lexicon).metric == ""


def test_the_reader_says_what_it_read_a_description_as(reader):
    reading = reader.read("what percent of our leads do we actually reach", context(reader.lexicon))
    assert reading.plan.metrics == ("contact_rate",)
    assert any("read as Contact rate" in said for said in reading.assumptions)


def test_a_measure_that_is_named_is_not_told(reader):
    reading = reader.read("what percent of recommended work sold, by advisor", context(reader.lexicon))
    assert reading.plan.metrics == ("upsell_close",)
    assert not any("is read as" in said for said in reading.assumptions)
