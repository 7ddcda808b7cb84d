"""A branch that fails is a caveat: the rest of the view is delivered, and says what was left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vendora_graph import Vendora
from vendora_graph.errors import QuestionError
from vendora_graph.tools import rounds
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.tools.senior.find_anomalies import TOOL as FIND

QUESTION = "Analyze our Q3 performance across all departments, compare with industry benchmarks, and provide strategic recommendations"


def test_a_failed_branch_is_named_and_the_rest_stands(vendora: Vendora, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise QuestionError("There is no past to judge by.")

    monkeypatch.setattr(rounds, "tools_for", lambda *asked: tuple(_broken(tool, broken) for tool in tools_for(*asked)))
    answer = vendora.ask(QUESTION)
    assert answer.status == "answered"
    assert answer.recommendations
    assert any("left out: what is out of line" in caveat for caveat in answer.caveats)


def _broken(tool: Any, run: Any) -> Any:
    return replace(tool, run=run) if tool.name == FIND.name else tool


def test_the_owners_question_keeps_its_limits(vendora: Vendora) -> None:
    vendora.ask(QUESTION)
    answer = vendora.ask(QUESTION)
    assert answer.status == "answered"
    assert answer.quality_score is not None
    assert answer.quality_score >= 0.85
    assert sum(1 for query in answer.queries if query.purpose == "primary") <= 40
    assert len(answer.recommendations) <= 3
