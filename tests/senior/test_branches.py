"""A branch that fails is a caveat: the rest of the view is delivered, and says what was left out."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from vendora_graph import Vendora
from vendora_graph.errors import InternalError, QueryTimeoutError, QuestionError, WarehouseError
from vendora_graph.nodes import tools as tools_node
from vendora_graph.settings import Settings
from vendora_graph.tools import rounds
from vendora_graph.tools.catalogue import tools_for
from vendora_graph.tools.senior.find_anomalies import TOOL as FIND

OTHERS = 7  # branches of its first round, beside the one that breaks
QUESTION = "Analyze our Q3 performance across all departments, compare with industry benchmarks, and provide strategic recommendations"


@pytest.mark.parametrize(
    "error",
    [QuestionError("There is no past to judge by."), QueryTimeoutError("The query ran longer than 30 s and was stopped.")],
    ids=["refused", "too slow"],
)
def test_a_failed_branch_is_named_and_the_rest_stands(vendora: Vendora, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    async def broken(*_: Any) -> Any:
        raise error

    monkeypatch.setattr(rounds, "tools_for", lambda *asked: tuple(_broken(tool, broken) for tool in tools_for(*asked)))
    answer = vendora.ask(QUESTION)
    assert answer.status == "answered"
    assert answer.recommendations
    assert any("left out: what is out of line" in caveat for caveat in answer.caveats)


def test_where_no_branch_had_time_the_question_fails(vendora: Vendora, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slow(*_: Any) -> Any:
        raise QueryTimeoutError("The query ran longer than 30 s and was stopped.")

    monkeypatch.setattr(rounds, "tools_for", lambda *asked: tuple(replace(tool, run=slow) for tool in tools_for(*asked)))
    with pytest.raises(QueryTimeoutError):
        vendora.ask(QUESTION)


def test_branches_that_ended_are_not_run_again(vendora: Vendora, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database dies in one branch; the question is resumed, and only that branch runs again."""
    run, runs, ended, others = tools_node.run_call, Counter[str](), [], asyncio.Event()

    async def once_broken(call: Any, place: int, *rest: Any) -> Any:
        runs[f"{call['name']} {call['args']}"] += 1
        if call["name"] == FIND.name and not others.is_set():
            await others.wait()
            await asyncio.sleep(0.5)  # what they found is kept
            raise WarehouseError("The database is gone.")
        found = await run(call, place, *rest)
        ended.append(call["name"])
        if len(ended) == OTHERS:
            others.set()
        return found

    monkeypatch.setattr(tools_node, "run_call", once_broken)
    thread = uuid4().hex
    with pytest.raises((WarehouseError, InternalError)):
        vendora.ask(QUESTION, thread=thread)
    broken = dict(runs)
    assert len(broken) == OTHERS + 1
    answer = vendora.ask("", thread=thread, resume=True)
    assert answer.status == "answered"
    again = {call for call, count in broken.items() if runs[call] > count}
    assert [call.partition(" ")[0] for call in again] == [FIND.name]


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


async def test_the_warehouse_is_asked_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Branches of the owner's question need the same figures: each statement of it runs once."""
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        warehouse = (await vendora.aopen()).services.warehouse
        plain, ran = warehouse.fetch, Counter[str]()

        async def fetch(statement: Any, **limits: Any) -> Any:
            ran[f"{statement.sql} {sorted(dict(statement.params).items())}"] += 1
            return await plain(statement, **limits)

        monkeypatch.setattr(warehouse, "fetch", fetch)
        await vendora.aask(QUESTION)
    assert len(ran) > OTHERS
    assert [sql for sql, runs in ran.items() if runs > 1] == []
