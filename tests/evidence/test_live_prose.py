"""Prose of live models: honest sentences pass, dishonest ones are refused (`live_prose.yaml`)."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.evidence.corpus import samples
from vendora_graph.contracts import Finding, Verdict
from vendora_graph.evidence.validate import validate

NAMED = {sample.name: sample for sample in samples()}
PROSE = yaml.safe_load(Path(__file__).with_name("live_prose.yaml").read_text(encoding="utf-8"))
HONEST, DISHONEST = (
    [(name, text) for name, texts in PROSE[kind].items() for text in texts] for kind in ("honest", "dishonest")
)  # fmt: skip
AS_HEADLINE = "H "


def judged(name: str, text: str) -> Verdict:
    """Judge a hand-made answer with one more sentence, or with another headline."""
    sample = NAMED[name]
    if text.startswith(AS_HEADLINE):
        changed = sample.draft.model_copy(update={"headline": text.removeprefix(AS_HEADLINE)})
    else:
        changed = sample.draft.model_copy(update={"findings": (*sample.draft.findings, Finding(text=text, kind="note"))})
    return validate(sample.question, sample.plan, changed, sample.ledger, sample.policy)


@pytest.mark.parametrize(("name", "text"), HONEST)
def test_honest_sentences_pass(name: str, text: str) -> None:
    found = judged(name, text)
    assert found.approved, found.feedback


@pytest.mark.parametrize(("name", "text"), DISHONEST)
def test_dishonest_sentences_are_refused(name: str, text: str) -> None:
    assert not judged(name, text).approved


def test_there_are_enough_of_both() -> None:
    assert len(HONEST) >= 55
    assert len(DISHONEST) >= 140
