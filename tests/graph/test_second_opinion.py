"""A live model may doubt an approved draft: the score falls, the analyst is told. It raises nothing and ends nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from vendora_graph.api import Vendora
from vendora_graph.contracts import Check, Verdict
from vendora_graph.evidence.opinion import NAME, SecondOpinion, lowered
from vendora_graph.settings import Settings
from vendora_graph.testing import UnreliableModel

QUESTION = "how many visits in May 2026"
DOUBTS = ("none", "minor", "serious")
scores = st.decimals("0", "1", places=2)


def opinion(doubt: str, reason: str = "It reads as if May was better.") -> Callable[[list[BaseMessage], int], Any]:
    def behave(messages: list[BaseMessage], number: int) -> Any:
        return AIMessage(content="", tool_calls=[ToolCall(name="SecondOpinion", args={"doubt": doubt, "reason": reason}, id=f"o{number}")])

    return behave


def analyst(messages: list[BaseMessage], number: int) -> Any:
    """A model that answers rightly."""
    if not any(message.type == "tool" and "tables" in str(message.content) for message in messages):
        args: dict[str, Any] = {"metrics": ["visits"], "period": {"start": "2026-05-01", "end": "2026-05-31"}}
        return AIMessage(content="", tool_calls=[ToolCall(name="query_metrics", args=args, id=f"q{number}")])
    draft = {"headline": "{{1f1}} visits in {{p1}}."}
    return AIMessage(content="", tool_calls=[ToolCall(name="submit_draft", args=draft, id=f"s{number}")])


def models(reader: UnreliableModel) -> dict[str, Any]:
    return {"data_analyst": UnreliableModel(behave=analyst), "senior_analyst": UnreliableModel(behave=analyst), "master_validator": reader}


@given(scores, scores, st.booleans(), st.sampled_from(DOUBTS), st.text(max_size=40))
def test_an_opinion_never_raises_anything(score: Decimal, threshold: Decimal, fatal: bool, doubt: Any, reason: str) -> None:
    before = Verdict(approved=not fatal and score >= threshold, score=score, level="Low", fatal=("proof.agrees",) if fatal else ())
    after = lowered(before, SecondOpinion(doubt=doubt, reason=reason), threshold)
    assert after.score <= before.score
    assert after.approved <= before.approved
    assert after.fatal == before.fatal
    assert after.checks[: len(before.checks)] == before.checks
    assert (after == before) == (doubt == "none")


def test_what_it_says_is_repeated_without_its_figures() -> None:
    before = Verdict(approved=True, score=Decimal("0.97"), level="Very High", checks=(Check(name="x", passed=True),))
    after = lowered(before, SecondOpinion(doubt="serious", reason="It was 4,711 in truth."), Decimal("0.85"))
    assert (after.score, after.approved, after.level) == (Decimal("0.77"), False, "Low")
    assert after.checks[-1].name == NAME
    assert "4,711" not in after.feedback
    assert "in truth" in after.feedback


async def test_nobody_is_asked_by_default(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        assert (await vendora.aopen()).services.opinion is None
    assert Settings().master_validator_model is None


@pytest.mark.parametrize("name", ["offline", None])
async def test_the_offline_model_has_no_second_opinion(open_practice: Callable[..., Vendora], name: str | None) -> None:
    async with open_practice(master_validator_model=name) as vendora:
        assert (await vendora.aopen()).services.opinion is None


async def test_a_named_live_model_is_asked(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice(master_validator_model="openai:gpt-4o-mini", openai_api_key="sk-nothing") as vendora:
        found = (await vendora.aopen()).services.opinion
    assert found is not None
    assert found.name == "openai:gpt-4o-mini"


async def test_it_reads_what_the_reader_will_read(open_practice: Callable[..., Vendora]) -> None:
    seen: list[str] = []

    def behave(messages: list[BaseMessage], number: int) -> Any:
        seen.append(str(messages[-1].content))
        return opinion("none")(messages, number)

    async with open_practice(models(UnreliableModel(behave=behave))) as vendora:
        answer = await vendora.aask(QUESTION)
    assert answer.status == "answered"
    assert len(seen) == 1
    assert answer.summary in seen[0]
    assert QUESTION in seen[0]
    assert "{{" not in seen[0]
    assert all(check.name != NAME for check in answer.checks)


async def test_a_minor_doubt_costs_score_and_is_said(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice(models(UnreliableModel(behave=opinion("none")))) as vendora:
        plain = await vendora.aask(QUESTION)
    async with open_practice(models(UnreliableModel(behave=opinion("minor")))) as vendora:
        answer = await vendora.aask(QUESTION)
    assert answer.status == "answered"
    assert answer.summary == plain.summary
    assert plain.quality_score is not None
    assert answer.quality_score == plain.quality_score - Decimal("0.03")
    assert [check.name for check in answer.checks if not check.passed and check.name == NAME] == [NAME]


async def test_serious_doubts_send_it_back_and_the_offline_analyst_ends_it(open_practice: Callable[..., Vendora]) -> None:
    reader = UnreliableModel(behave=opinion("serious"))
    async with open_practice(models(reader)) as vendora:
        answer = await vendora.aask(QUESTION)
    assert answer.status == "answered"
    assert answer.metadata.agent_path[-1] == "L2_offline_analyst"
    assert len(answer.rejected) == 3
    assert all("A second reader doubts it" in one.reasons[0] for one in answer.rejected)
    assert reader.calls == 3


def _prose(messages: list[BaseMessage], number: int) -> Any:
    return AIMessage(content="Approved! 100% right, and sales were 4,711.")


def _dies(messages: list[BaseMessage], number: int) -> Any:
    raise ConnectionResetError


@pytest.mark.parametrize("behave", [_prose, _dies, opinion("excellent")])
async def test_a_reader_that_fails_has_no_opinion(open_practice: Callable[..., Vendora], behave: Any) -> None:
    async with open_practice(models(UnreliableModel(behave=opinion("none")))) as vendora:
        plain = await vendora.aask(QUESTION)
    async with open_practice(models(UnreliableModel(behave=behave)), model_max_retries=0) as vendora:
        answer = await vendora.aask(QUESTION)
    assert (answer.status, answer.summary, answer.quality_score) == (plain.status, plain.summary, plain.quality_score)


async def test_praise_does_not_approve_what_the_checks_refuse(open_practice: Callable[..., Vendora]) -> None:
    def liar(messages: list[BaseMessage], number: int) -> Any:
        return AIMessage(content="", tool_calls=[ToolCall(name="submit_draft", args={"headline": "{{1f9}} visits."}, id=f"s{number}")])

    reader = UnreliableModel(behave=opinion("none"))
    analysts = {role: UnreliableModel(behave=liar) for role in ("data_analyst", "senior_analyst")}
    async with open_practice({**analysts, "master_validator": reader}) as vendora:
        answer = await vendora.aask(QUESTION)
    assert reader.calls == 0
    assert answer.metadata.agent_path[-1] == "L2_offline_analyst"
