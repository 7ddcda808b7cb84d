"""Plain words, and where figures come from: what each of these checks refuses, and what it lets pass."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.evidence.corpus import OCT, SEP, Sample, samples
from tests.evidence.world import period
from vendora_graph.contracts import Draft, Finding, Ledger, Period, RecommendationDraft, Second
from vendora_graph.evidence.case import Case
from vendora_graph.evidence.checks.plain import PLACES, plain
from vendora_graph.evidence.identity import id_of
from vendora_graph.evidence.resources import resource
from vendora_graph.evidence.validate import validate

NAMED = {sample.name: sample for sample in samples()}
PATTERNS = Path(__file__).parents[2] / "vendora_graph" / "offline" / "patterns.yaml"
SPOKEN = ("value", "breakdown", "ranking", "trend", "list", "compare", "change", "definition", "empty", "explain", "what_if", "forecast")
NOTES = ("simpson", "residual", "unavailable", "scenario", "method", "partial")


def failing(sample: Sample, **draft: Any) -> set[str]:
    changed = sample.draft.model_copy(update=draft)
    found = validate(sample.question, sample.plan, changed, sample.ledger, sample.policy)
    return {check.name for check in found.checks if not check.passed}


def say(name: str, text: str) -> set[str]:
    sample = NAMED[name]
    return failing(sample, findings=(*sample.draft.findings, Finding(text=text, kind="note")))


def over(sample: Sample, **ledger: Any) -> set[str]:
    found = validate(sample.question, sample.plan, sample.draft, sample.ledger.model_copy(update=ledger), sample.policy)
    return {check.name for check in found.checks if not check.passed}


REFUSED = [
    ("total 0", "{{1f1}} amid softer demand.", "words.plain"),
    ("total 0", "{{1f1}} contra treinta.", "words.plain"),
    ("total 0", "{{1f1}} across the board.", "words.plain"),
    ("total 0", "{{1f1}}, the fourth so far.", "words.plain"),
    ("total 0", "{{1f1}} per day.", "words.plain"),
    ("total 0", "-{{1f1}} in {{p1}}.", "labels.sign"),
    ("total 0", "\u2212{{1f1}} in {{p1}}.", "labels.sign"),
    ("total 0", "~{{1f1}} in {{p1}}.", "labels.sign"),
    ("total 0", "At least {{1f1}} in {{p1}}.", "labels.bound"),
    ("total 0", "It was not {{1f1}} in {{p1}}.", "labels.bound"),
    ("compared 0", "Up {{1f3}} from {{1f2}} in {{p2}} year over year.", "labels.step"),
    ("total 0", "It is {{1f1}} month over month.", "labels.step"),
]


@pytest.mark.parametrize(("name", "text", "check"), REFUSED)
def test_sentences_that_are_refused(name: str, text: str, check: str) -> None:
    assert check in say(name, text)


def test_a_step_that_fits_is_no_claim_too_many() -> None:
    assert "labels.step" not in say("compared 0", "Up {{1f3}} from {{1f2}} in {{p2}} month over month.")


def test_a_change_up_to_a_figure_is_no_bound() -> None:
    assert "labels.bound" not in say("compared 0", "Retail units are up to {{1f1}} in {{p1}} from {{1f2}} in {{p2}}.")


def test_an_amount_in_brackets_reads_as_a_loss() -> None:
    sample = next(s for s in NAMED.values() if (f := s.ledger.facts[s.ledger.numbers["1f1"]]).unit == "usd" and not f.parts)
    assert "labels.sign" in failing(sample, findings=(Finding(text="It is ({{1f1}}) in {{p1}}."),))


def test_words_of_the_question_are_lent_but_for_those_that_count() -> None:
    sample = NAMED["total 0"]
    lent = replace(sample, question=sample.question + " at every gazebo")
    text = (Finding(text="It is {{1f1}} in {{p1}}, at the gazebo.", kind="note"),)
    assert "words.plain" not in failing(lent, findings=text)
    assert "words.plain" in failing(sample, findings=text)
    assert "words.plain" in failing(lent, findings=(Finding(text="It is {{1f1}} in {{p1}} at every gazebo.", kind="note"),))


def test_no_list_holds_what_yaml_reads_as_true_or_false() -> None:
    """`on` and `no` are booleans to YAML unless they are quoted: the word would be on no list."""

    def words(node: object) -> list[object]:
        if isinstance(node, dict):
            return [word for value in node.values() for word in words(value)]
        return [word for value in node for word in words(value)] if isinstance(node, list) else [node]

    assert [word for name in ("words", "plain") for word in words(resource(name)) if isinstance(word, bool)] == []


def test_every_sentence_of_the_offline_narrator_is_plain() -> None:
    patterns = yaml.safe_load(PATTERNS.read_text(encoding="utf-8"))
    texts = [text for kind in SPOKEN for name, text in patterns[kind].items() if name not in NOTES]
    sample = NAMED["total 0"]
    for text in texts:
        plain_text = re.sub(r"\{[^{}]*\}", " {{1f1}} ", text)
        case = Case("", sample.plan, Draft(headline=plain_text), sample.ledger, sample.policy)
        assert [problem.what for problem in plain.look(case)] == [], text
    assert len(texts) > 30
    assert "headline" in PLACES


# ------------------------------------------------------------------------------------------------------ where it comes from


def test_a_figure_of_no_result_or_no_statement_is_refused() -> None:
    sample = NAMED["total 0"]
    table = next(iter(sample.ledger.tables.values()))
    assert "references.source" in over(sample, tables={table.id: table.model_copy(update={"cells": ((None,),)})})
    query = {"id": "other", "sql": "SELECT 1", "dialect": "duckdb", "rows": 1}
    with_query = Ledger.model_validate({**sample.ledger.model_dump(), "queries": {"other": query}})
    fact = sample.ledger.facts[sample.ledger.numbers["1f1"]]
    assert ("references.source" in over(sample, queries=with_query.queries)) == (fact.query_id not in (None, "other"))


def test_a_figure_keeps_its_metrics_name_and_basis() -> None:
    sample = NAMED["total 0"]
    fact = sample.ledger.facts[sample.ledger.numbers["1f1"]]
    renamed = {**sample.ledger.facts, fact.id: fact.model_copy(update={"label": "Leads"})}
    assert "labels.own" in over(sample, facts=renamed)
    info = {**sample.policy.metric_info}
    info[fact.metric] = info[fact.metric].model_copy(update={"basis": "by booked date"})
    booked = replace(sample, policy=sample.policy.model_copy(update={"metric_info": info}))
    for basis, wrong in (("by booked date", False), ("by delivered date", True)):
        moved = fact.model_copy(update={"basis": basis})
        moved = moved.model_copy(update={"id": id_of(moved)})
        facts = {**sample.ledger.facts, moved.id: moved}
        tables = {k: t.model_copy(update={"cells": ((moved.id,),)}) for k, t in sample.ledger.tables.items()}
        assert ("labels.own" in over(booked, facts=facts, numbers={"1f1": moved.id}, tables=tables)) is wrong


@pytest.mark.parametrize(
    ("one", "fine"),
    [
        (OCT, True),
        (SEP, True),
        (OCT.model_copy(update={"label": "September 2026"}), False),
        (OCT.model_copy(update={"label": "October 2025"}), False),
        (OCT.model_copy(update={"label": "Q3 2026"}), False),
        (OCT.model_copy(update={"label": "last month"}), True),
        (period(date(2026, 10, 1), date(2026, 10, 30), "October 2026"), False),
        (period(date(2026, 7, 1), date(2026, 9, 30), "Q3 2026"), True),
        (period(date(2025, 11, 1), date(2026, 10, 31), "the 12 months to October 2026"), True),
        (period(date(2025, 11, 1), date(2026, 10, 31), "October 2026"), False),
        (period(date(2025, 12, 15), date(2026, 1, 15), "December 2025 to January 2026"), True),
    ],
)
def test_a_period_is_called_by_its_own_days(one: Period, fine: bool) -> None:
    sample = NAMED["total 0"]
    assert ("periods.named" in over(sample, periods={**sample.ledger.periods, "p9": one})) is not fine


def _breakdown() -> tuple[Sample, str]:
    sample = NAMED["breakdown 0"]
    return sample, sample.draft.tables[0].table


def test_a_breakdown_shows_all_of_its_rows() -> None:
    sample, name = _breakdown()
    table = sample.ledger.tables[name]
    assert "tables.whole" not in over(sample)
    fewer = table.model_copy(update={"keys": table.keys[1:], "cells": table.cells[1:], "total_rows": sum(1 for key in table.keys if key)})
    assert "tables.whole" in over(sample, tables={**sample.ledger.tables, name: fewer})
    cut = (sample.draft.tables[0].model_copy(update={"limit": 1}),)
    assert "tables.whole" in failing(sample, tables=cut)


def test_a_total_is_the_sum_of_its_rows() -> None:
    sample, name = _breakdown()
    table = sample.ledger.tables[name]
    place = next(i for i, key in enumerate(table.keys) if not key)
    fact = sample.ledger.facts[table.cells[place][0] or ""]
    assert fact.value is not None
    moved = fact.model_copy(update={"value": fact.value + 5, "second": Second(value=fact.value + 5, method="by day")})
    facts = {**sample.ledger.facts, fact.id: moved}
    whole = table.model_copy(update={"total_rows": sum(1 for key in table.keys if key)})
    tables = {**sample.ledger.tables, name: whole}
    assert "tables.totals" not in over(sample, tables=tables)
    assert "tables.totals" in over(sample, facts=facts, tables=tables)


def test_a_number_of_the_question_is_in_the_question() -> None:
    sample = NAMED["narrated stock"]
    assert "references.quoted" not in over(sample)
    assert "references.quoted" in over(sample, quoted={"q1": "90"})


def test_caveats_and_owners_claim_nothing_either() -> None:
    sample = NAMED["total 0"]
    assert "directions.sign" in failing(sample, caveats=("Sales fell.",))
    assert "numerals.calendar" in failing(sample, caveats=("Nothing of February is in it.",))
    assert "numerals.names" in failing(sample, assumptions=("It is for Riverside.",))
    advice = RecommendationDraft(action="Work the leads.", owner_role="The 14 sellers", because=("1f1",))
    assert "numerals.digits" in failing(sample, recommendations=(advice,))


def test_the_first_line_does_not_say_that_its_figure_is_missing() -> None:
    sample = NAMED["total 0"]
    headline = sample.draft.headline + " No records were found, so there is no figure to show."
    assert "samples.zero" in failing(sample, headline=headline)


