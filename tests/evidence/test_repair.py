# ruff: noqa: E501 - one case a line reads as a table
"""Typed figures and names become references where they can only be one."""

from __future__ import annotations

import re

import pytest

from tests.evidence.corpus import Sample, samples
from vendora_graph.contracts import Finding
from vendora_graph.evidence.render import render_text
from vendora_graph.evidence.repair import repair
from vendora_graph.evidence.validate import validate

NAMED = {sample.name: sample for sample in samples()}


def typed(text: str, sample: Sample) -> str:
    """Write out the figures of a text as a model would."""
    return re.sub(r"\{\{\d+f\d+\}\}", lambda m: render_text(m.group(), sample.ledger), text)


@pytest.mark.parametrize("name", ["total 0", "total 2", "total 4", "total 7", "filtered 1", "to date 0", "to date 1", "several 3", "benchmark 1"])
def test_a_typed_answer_is_mended_and_approved(name):
    sample = NAMED[name]
    draft = sample.draft.model_copy(update={"headline": typed(sample.draft.headline, sample)})
    assert draft != sample.draft
    assert not validate(sample.question, sample.plan, draft, sample.ledger, sample.policy).approved
    mended, notes = repair(draft, sample.ledger, sample.policy)
    assert notes
    assert validate(sample.question, sample.plan, mended, sample.ledger, sample.policy).approved, mended.headline


def test_a_typed_name_becomes_its_reference():
    sample = NAMED["two sides 2"]
    text = sample.draft.headline.replace(next(f"{{{{{k}}}}}" for k, n in sample.ledger.names.items() if n.value == "Ana Ruiz"), "Ana Ruiz")
    mended, notes = repair(sample.draft.model_copy(update={"headline": text}), sample.ledger, sample.policy)
    assert mended.headline == sample.draft.headline
    assert len(notes) == 1


def test_words_in_lower_case_are_no_names_by_sight():
    sample = NAMED["filtered 0"]
    draft = sample.draft.model_copy(update={"findings": (Finding(text="It was used wisely."),)})
    assert repair(draft, sample.ledger, sample.policy) == (draft, ())


@pytest.mark.parametrize("figure", ["$82", "82%", "80", "(81)", "-81", "81k", "81.4", "81 points"])
def test_a_figure_that_is_not_exactly_the_fact_stays(figure):
    sample = NAMED["total 0"]
    draft = sample.draft.model_copy(update={"headline": f"Retail units: {figure} in {{{{p1}}}}."})
    assert repair(draft, sample.ledger, sample.policy) == (draft, ())


def test_a_figure_that_two_facts_fit_stays():
    sample = NAMED["several 4"]
    facts = {key: fact.model_copy(update={"value": sample.ledger.facts[next(iter(sample.ledger.facts))].value}) for key, fact in sample.ledger.facts.items()}
    ledger = sample.ledger.model_copy(update={"facts": facts})
    value = next(iter(facts.values())).value
    draft = sample.draft.model_copy(update={"headline": f"It is {value} in {{{{p1}}}}."})
    assert repair(draft, ledger, sample.policy)[1] == ()


def test_a_fact_without_a_value_fits_nothing():
    sample = NAMED["no data"]
    draft = sample.draft.model_copy(update={"headline": sample.draft.headline.replace("{{1f1}}", "$5")})
    assert repair(draft, sample.ledger, sample.policy)[1] == ()


def test_more_digits_than_shown_are_accepted_when_they_are_right():
    sample = NAMED["total 4"]
    value = next(iter(sample.ledger.facts.values())).value
    assert value is not None
    draft = sample.draft.model_copy(update={"headline": f"Finance penetration: {value * 100:.3f}% in {{{{p1}}}}."})
    assert repair(draft, sample.ledger, sample.policy)[0].headline == "Finance penetration: {{1f1}} in {{p1}}."
