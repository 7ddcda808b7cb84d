"""Approved answers to mutate: those of the golden questions, recorded from the graph, and hand-made ones of every kind of claim.

A file of records holds one JSON object a line: `name`, `question`, `plan` (or null), `draft`, `ledger`, `policy`, each in the JSON
form of its contract.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from tests.evidence.corpus import samples
from tests.mutation.nouns import Case
from tests.mutation.recording import complex_questions, golden_questions, record_answers, spread
from vendora_graph.contracts import Draft, Ledger, Plan, ValidationPolicy
from vendora_graph.settings import Settings


def record(case: Case) -> str:
    """Return a case as one line."""
    nouns = {"plan": case.plan, "draft": case.draft, "ledger": case.ledger, "policy": case.policy}
    body = {key: None if noun is None else noun.model_dump(mode="json") for key, noun in nouns.items()}
    return json.dumps({"name": case.name, "question": case.question, **body}, sort_keys=True, ensure_ascii=False)


def load(path: Path) -> list[Case]:
    """Return the cases of a file of records."""
    return [_case(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _case(body: dict[str, object]) -> Case:
    return Case(
        str(body["name"]),
        str(body["question"]),
        None if body["plan"] is None else Plan.model_validate(body["plan"]),
        Draft.model_validate(body["draft"]),
        Ledger.model_validate(body["ledger"]),
        ValidationPolicy.model_validate(body["policy"]),
    )


def made() -> list[Case]:
    """Return the hand-made answers."""
    return [Case(s.name, s.question, s.plan, s.draft, s.ledger, s.policy) for s in samples()]


def golden(cache_dir: Path, most: int | None = None, *, complex_too: bool = False) -> list[Case]:
    """Ask the golden questions of the demo (at most so many, evenly spread) and return their approved answers.

    `complex_too` adds the questions of the golden plans.
    """
    questions = [*golden_questions(), *(complex_questions() if complex_too else ())]
    settings = Settings(cache_dir=cache_dir, warehouse="demo", model="offline")
    return asyncio.run(record_answers(settings, questions if most is None else spread(questions, most)))
