"""Approved answers to mutate: recorded from real runs where a file is given, made by hand otherwise.

A record is one JSON object a line: `name`, `question`, `plan` (or null), `draft`, `ledger`, `policy`, each in the JSON form of its
contract. `record` writes one.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.evidence.corpus import samples
from tests.mutation.nouns import Case
from vendora_graph.contracts import Draft, Ledger, Plan, ValidationPolicy

RECORDED = Path(__file__).with_name("recorded.jsonl")


def record(case: Case) -> str:
    """Return a case as one line."""
    nouns = {"plan": case.plan, "draft": case.draft, "ledger": case.ledger, "policy": case.policy}
    body = {key: None if noun is None else noun.model_dump(mode="json") for key, noun in nouns.items()}
    return json.dumps({"name": case.name, "question": case.question, **body}, sort_keys=True, ensure_ascii=False)


def load(path: Path) -> list[Case]:
    """Return the cases of a file of records."""
    cases = []
    for line in path.read_text(encoding="utf-8").splitlines():
        body = json.loads(line)
        cases.append(
            Case(
                body["name"],
                body["question"],
                None if body["plan"] is None else Plan.model_validate(body["plan"]),
                Draft.model_validate(body["draft"]),
                Ledger.model_validate(body["ledger"]),
                ValidationPolicy.model_validate(body["policy"]),
            )
        )
    return cases


def cases(path: Path | None = None) -> list[Case]:
    """Return the corpus: hand-made answers, and recorded ones where there are any."""
    made = [Case(s.name, s.question, s.plan, s.draft, s.ledger, s.policy) for s in samples()]
    recorded = path or (RECORDED if RECORDED.exists() else None)
    return made + (load(recorded) if recorded else [])
