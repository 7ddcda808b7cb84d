"""Questions with the plan they must be read as: each plan in `cases/` was checked by hand against the question when it was frozen."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from tests.offline.conftest import AS_OF, context
from tests.offline.plans import shown

CASES = [
    pytest.param(case, id=f"{path.stem}-{number}")
    for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for number, case in enumerate(yaml.safe_load(path.read_text()), 1)
]


def test_there_are_enough_cases():
    assert sum(1 + len(case.values[0].get("then", ())) for case in CASES) >= 300


@pytest.mark.parametrize("case", CASES)
def test_question_is_read_as_written(case, reader):
    previous = None
    for turn in [case, *case.get("then", ())]:
        ctx = context(
            reader.lexicon,
            role=case.get("role", "general_manager"),
            previous=previous,
            as_of=date.fromisoformat(str(case.get("as_of", AS_OF))),
            person=case.get("person", ""),
        )
        reading = reader.read(turn["q"], ctx)
        assert shown(reading) == turn["plan"], f"{turn['q']!r}: {reading.assumptions} {reading.reason}"
        assert list(reading.unused) == turn.get("unused", []), turn["q"]
        previous = reading.plan or previous
