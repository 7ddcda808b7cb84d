"""Approved answers of the golden questions: every one is asked of the demo, and what `validate` was given is kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.mutation.nouns import Case
from vendora_graph import Vendora
from vendora_graph.contracts import Verdict
from vendora_graph.evaluation.cases import Case as Golden
from vendora_graph.evaluation.cases import load_cases
from vendora_graph.settings import Settings

GOLDEN = Path(__file__).parents[1] / "golden"


def golden_questions() -> list[Golden]:
    """Return every golden question, in the order of its files."""
    return list(load_cases(GOLDEN))


def spread(questions: list[Golden], most: int) -> list[Golden]:
    """Return at most so many of them, evenly spaced over all files."""
    step = max(1, -(-len(questions) // most))
    return questions[::step]


async def record_answers(settings: Settings, questions: Iterable[Golden]) -> list[Case]:
    """Ask the questions and their follow-ups; return the nouns of every draft that was approved, named after its question."""
    kept: list[Case] = []
    asking = [""]
    async with Vendora(settings) as vendora:
        validator = (await vendora.aopen()).services.validator
        plain = validator.validate_analysis

        def listen(**nouns: Any) -> Verdict:
            verdict: Verdict = plain(**nouns)
            if verdict.approved:
                kept.append(Case(asking[0], **nouns))
            return verdict

        validator.validate_analysis = listen
        for golden in questions:
            thread = uuid4().hex
            for name, _, turn in golden.turns():
                asking[0] = name
                who = {"dealership": golden.dealership, "role": golden.role, "person": golden.person, "as_of": golden.as_of}
                await vendora.aask(turn.question, thread=thread if golden.then else None, **who)
    return kept
