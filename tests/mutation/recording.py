"""Approved answers of the golden questions: every one is asked of the demo, and what `validate` was given is kept."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from tests.mutation.nouns import Case
from vendora_graph import Vendora
from vendora_graph.contracts import Verdict
from vendora_graph.evaluation.cases import Case as Golden
from vendora_graph.evaluation.cases import load_cases
from vendora_graph.settings import Settings

GOLDEN = Path(__file__).parents[1] / "golden"
SENIOR = Path(__file__).parents[1] / "senior"


def golden_questions() -> list[Golden]:
    """Return every golden question, in the order of its files."""
    return list(load_cases(GOLDEN))


def complex_questions() -> list[Golden]:
    """Return the questions of the golden plans and of the planted stories: what the senior analyst is asked."""
    plans = _yaml("plans.yaml")["cases"]
    asked = [(case["ask"], case.get("store"), case.get("role")) for case in plans]
    asked += [(question, story["store"], None) for story in _yaml("stories.yaml").values() for question in story["questions"]]
    return [
        Golden(id=f"plan-{number}", question=question, dealership=store, role=role, expect="answered")
        for number, (question, store, role) in enumerate(asked, start=1)
    ]


def _yaml(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SENIOR / name).read_text(encoding="utf-8"))
    return found


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
