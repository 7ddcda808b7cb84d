"""One mutant of every kind, of every kind of answer: refused, with a reason and a hint in words."""

from __future__ import annotations

import pytest

from tests.evidence.corpus import samples
from tests.mutation.harness import mutants, trial
from tests.mutation.nouns import Case
from vendora_graph.evidence.validate import validate
from vendora_graph.evidence.wording import masked


@pytest.mark.timeout(600)
def test_every_way_to_be_wrong_is_refused_in_every_kind_of_answer():
    kinds: dict[str, Case] = {}
    for s in samples():
        kinds.setdefault(s.name.rstrip("0123456789 "), Case(s.name, s.question, s.plan, s.draft, s.ledger, s.policy))
    done: set[tuple[str, str, int]] = set()
    missed = []
    for mutator, case, number, mutant in mutants(kinds.values()):
        if number > 2:
            continue
        one = trial(mutator, case, number, mutant)
        assert one.caught or not mutator.number, (mutator.name, case.name, one.mutant.draft.headline)
        missed += [] if one.caught else [(mutator.name, case.name, one.mutant.draft.headline)]
        done.add((mutator.name, case.name, number))
    assert len(done) > 1000
    assert len(missed) * 100 <= len(done), missed


def test_a_refusal_tells_a_person_why_and_an_analyst_what_to_do():
    for s in samples()[:6]:
        draft = s.draft.model_copy(update={"headline": "Up by 5 because of Zed, the highest."})
        verdict = validate(s.question, s.plan, draft, s.ledger, s.policy)
        for check in verdict.checks:
            if not check.passed and check.fatal:
                assert check.reason.endswith(".")
                assert check.hint.endswith(".")
                assert f"[{check.name}]" in verdict.feedback


def test_a_rejected_draft_is_shown_without_its_figures():
    assert masked("It was 1,845.50 of {{1f2}} in 2026.") == "It was # of {{1f2}} in #."
