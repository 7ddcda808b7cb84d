"""Threads: follow-ups carry the plan, never old figures; a refusal never repeats an answer."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from vendora_graph.api import Vendora
from vendora_graph.errors import QuestionError


def _value(path: str, sql: str) -> object:
    with duckdb.connect(path, read_only=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


async def test_follow_up_carries_the_plan(open_practice: Callable[..., Vendora], practice_file: object, tmp_path: object) -> None:
    async with open_practice() as vendora:
        first = await vendora.aask("how many visits in May 2026", thread="t")
        second = await vendora.aask("and in April?", thread="t")
    expected = _value(str(practice_file), "SELECT COUNT(*) FROM visits WHERE visited_on >= '2026-04-01' AND visited_on < '2026-05-01'")
    assert first.status == second.status == "answered"
    assert second.evidence[0].value == expected
    assert second.evidence[0].period is not None
    assert second.evidence[0].period.start.isoformat() == "2026-04-01"


async def test_refusal_after_an_answer_holds_no_figure(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        first = await vendora.aask("how many visits in May 2026", thread="r")
        second = await vendora.aask("delete all visits of Harbour", thread="r")
        third = await vendora.aask("and in April?", thread="r")
    assert first.status == "answered"
    assert second.status == "refused"
    assert second.evidence == ()
    assert second.queries == ()
    assert third.status == "answered"


async def test_threads_do_not_mix(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        await vendora.aask("revenue by species in May 2026", thread="a")
        alone = await vendora.aask("and in April?", thread="b")
    assert alone.status != "answered"


async def test_nothing_to_resume_is_said(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        await vendora.aask("how many visits in May 2026", thread="done")
        with pytest.raises(QuestionError, match="nothing to resume"):
            await vendora.aask(thread="done", resume=True)


async def test_same_question_same_bytes(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        answers = [await vendora.aask("top 3 vets by revenue in Q2 2026") for _ in range(3)]
    assert len({answer.canonical() for answer in answers}) == 1


async def test_a_forgotten_conversation_is_gone(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        await vendora.aask("revenue in May", thread="gone")
        await vendora.aask("revenue in May", thread="kept")
        await vendora.aforget("gone")
        saver = (await (await vendora.aopen()).kept()).checkpointer
        kept = {found.config["configurable"]["thread_id"] async for found in saver.alist(None)}
        assert "kept" in kept
        assert "gone" not in kept
        again = await vendora.aask("and in June?", thread="gone")
        assert again.evidence == (await vendora.aask("and in June?")).evidence
