"""When the last resort fails too: the question ends, nothing unproven is shown, a broken map is an internal error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from vendora_graph.api import Vendora
from vendora_graph.errors import InternalError, ModelOutputError
from vendora_graph.nodes.master_validator import make_master_validator
from vendora_graph.services import RoleModel
from vendora_graph.testing import UnreliableModel

QUESTION = "how many visits in May 2026"
Behaviour = Callable[[list[BaseMessage], int], Any]


def prose(messages: list[BaseMessage], number: int) -> Any:
    return AIMessage(content="You had 4,711 visits.")


def refuses(messages: list[BaseMessage], number: int) -> Any:
    raise ModelOutputError("No target is on file.")


def never_hands_in(messages: list[BaseMessage], number: int) -> Any:
    return AIMessage(content="", tool_calls=[ToolCall(name="find_metrics", args={"words": f"visits {number}"}, id=f"f{number}")])


async def _asked(vendora: Vendora, rescuer: Behaviour, monkeypatch: pytest.MonkeyPatch) -> Any:
    models: Any = (await vendora.aopen()).services.rescue_models
    for role in list(models):
        monkeypatch.setitem(models, role, RoleModel("offline", UnreliableModel(behave=rescuer)))  # type: ignore[arg-type]
    return await vendora.aask(QUESTION)


async def test_a_rescue_without_a_draft_says_its_own_reason(
    open_practice: Callable[..., Vendora], monkeypatch: pytest.MonkeyPatch
) -> None:
    analysts = {role: UnreliableModel(behave=prose) for role in ("data_analyst", "senior_analyst")}
    async with open_practice(analysts, model_max_retries=0) as vendora:
        answer = await _asked(vendora, refuses, monkeypatch)
    assert (answer.status, answer.summary) == ("not_held", "No target is on file.")
    assert answer.evidence == ()
    assert "4,711" not in answer.model_dump_json()


async def test_a_rescue_that_never_ends_is_an_internal_error(
    open_practice: Callable[..., Vendora], monkeypatch: pytest.MonkeyPatch
) -> None:
    analysts = {role: UnreliableModel(behave=prose) for role in ("data_analyst", "senior_analyst")}
    async with open_practice(analysts, model_max_retries=0) as vendora:
        with pytest.raises(InternalError, match="did not finish"):
            await _asked(vendora, never_hands_in, monkeypatch)


async def test_a_validator_without_a_draft_is_an_internal_error(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        validator: Any = make_master_validator((await vendora.aopen()).services)
        with pytest.raises(InternalError, match="without a draft"):
            await validator({"draft": None}, {})
