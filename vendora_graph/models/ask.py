"""Ask a model once, within the question's limits, and count what it used."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ValidationError

from vendora_graph.errors import LimitExceededError, ModelOutputError
from vendora_graph.models.edge import CACHED, STAMP, UnusableReplyError
from vendora_graph.models.money import cost, price_of
from vendora_graph.models.names import OFFLINE
from vendora_graph.state import Usage

if TYPE_CHECKING:
    from vendora_graph.services import RoleModel
    from vendora_graph.settings import Settings

S = TypeVar("S", bound=BaseModel)

MODELS_SHARE = 0.8
"""The part of a question's seconds that models may use; the rest is the offline analyst's and the validator's."""


@dataclass
class Meter:
    """What the question has used; `ask` keeps it, whatever a call ends in: a reply nobody can use is paid all the same."""

    usage: Usage


async def ask(
    model: RoleModel, messages: list[BaseMessage], meter: Meter, settings: Settings, config: RunnableConfig
) -> AIMessage:
    """Return the model's message; the meter counts the call.

    Raises:
        LimitExceededError: The question has used its calls, tokens, seconds or money; the graph goes on offline.
        ModelOutputError: The model gave nothing that is a whole answer.
        ModelError: The provider failed; its own text is never shown.
    """
    if model.name == OFFLINE:
        reply = await model.runnable.ainvoke(messages, config)
        meter.usage = count(meter.usage, reply, model.name, settings)
        return reply
    if not meter.usage.started:
        meter.usage = meter.usage.model_copy(update={"started": time.time()})
    _check_limits(meter.usage, settings)
    await _check_purse(model, _dealership(messages))
    left = settings.limit_seconds * MODELS_SHARE - (time.time() - meter.usage.started)
    reply = await _within(left, model, messages, meter, settings, config)
    await _pay(reply, model, messages, meter, settings)
    return reply


async def _within(
    seconds: float, model: RoleModel, messages: list[BaseMessage], meter: Meter, settings: Settings, config: RunnableConfig
) -> AIMessage:
    try:
        async with asyncio.timeout(seconds):
            return await model.runnable.ainvoke(messages, config)
    except TimeoutError as error:
        raise LimitExceededError(f"The question used the models' part of its {settings.limit_seconds:g} seconds.") from error
    except UnusableReplyError as error:
        await _pay(error.reply, model, messages, meter, settings)
        raise


async def _pay(reply: AIMessage, model: RoleModel, messages: list[BaseMessage], meter: Meter, settings: Settings) -> None:
    before = meter.usage.cost_usd
    meter.usage = count(meter.usage, reply, model.name, settings)
    if model.purse is not None:
        await model.purse.spend(_dealership(messages), meter.usage.cost_usd - before)


def _check_limits(usage: Usage, settings: Settings) -> None:
    if usage.model_calls >= settings.limit_model_calls:
        raise LimitExceededError(f"The question used its {settings.limit_model_calls} model calls.")
    if usage.tokens >= settings.limit_tokens:
        raise LimitExceededError(f"The question used its {settings.limit_tokens} tokens.")
    if usage.cost_usd >= settings.limit_cost_usd > 0 or usage.cost_usd > settings.limit_cost_usd:
        raise LimitExceededError(f"The question used its {settings.limit_cost_usd} dollars.")
    if time.time() - usage.started >= settings.limit_seconds * MODELS_SHARE:
        raise LimitExceededError(f"The question used the models' part of its {settings.limit_seconds:g} seconds.")


async def _check_purse(model: RoleModel, dealership: str) -> None:
    if model.purse is not None and await model.purse.left(dealership) <= 0:
        raise LimitExceededError(f"This dealership used its {model.purse.per_day} dollars for models today.")


def _dealership(messages: list[BaseMessage]) -> str:
    """Return the home store of the typed question; empty where there is none."""
    for message in reversed(messages):
        request = message.additional_kwargs.get("vendora")
        if isinstance(request, dict):
            return str(request["principal"]["home_dealership_id"])
    return ""


def count(usage: Usage, reply: AIMessage, asked: str, settings: Settings) -> Usage:
    """Return the usage with one more call; a kept reply is no call and costs nothing."""
    name = answered_by(reply, asked)
    models = tuple(dict.fromkeys((*usage.models, name)))
    if reply.response_metadata.get(CACHED):
        return usage.model_copy(update={"cached_calls": usage.cached_calls + 1, "models": models})
    used = reply.usage_metadata
    tokens = used["total_tokens"] if used is not None else 0
    return usage.model_copy(
        update={
            "model_calls": usage.model_calls + 1,
            "tokens": usage.tokens + tokens,
            "cost_usd": usage.cost_usd + cost(reply, price_of(name, asked, settings.model_prices)),
            "models": models,
        }
    )


def answered_by(reply: AIMessage, asked: str) -> str:
    """Return the model that answered, which may be a fallback: as code stamped it, never as a provider says."""
    return str(reply.response_metadata.get(STAMP) or asked)


def parse_call(reply: AIMessage, name: str, schema: type[S]) -> S:
    """Return the arguments of the call `name` in a model's message as the schema.

    Raises:
        ModelOutputError: There is no such call, or its arguments do not fit; the message says exactly why.
    """
    for call in reply.tool_calls:
        if call["name"] == name:
            try:
                return schema.model_validate(call["args"])
            except ValidationError as error:
                first = error.errors(include_url=False, include_input=False)[0]
                place = ".".join(str(part) for part in first["loc"]) or "the call"
                raise ModelOutputError(f"{name}: {place}: {first['msg']}.") from error
    raise ModelOutputError(f"Call {name}. Prose is not read.")


async def ask_model(
    model: RoleModel,
    messages: list[BaseMessage],
    schema: type[S],
    meter: Meter,
    settings: Settings,
    config: RunnableConfig,
) -> S:
    """Return a structured reply after at most one repair with the exact error.

    Raises:
        ModelOutputError: The repaired reply does not fit either.
        ModelError: The provider failed.
    """
    reply = await ask(model, messages, meter, settings, config)
    try:
        return parse_call(reply, schema.__name__, schema)
    except ModelOutputError as error:
        again = await ask(model, [*messages, *repair(reply, str(error))], meter, settings, config)
        return parse_call(again, schema.__name__, schema)


def repair(reply: AIMessage, error: str) -> list[BaseMessage]:
    """Return the messages that tell a model what was wrong with its reply."""
    answers: list[BaseMessage] = [
        ToolMessage(content=f"Refused: {error}", tool_call_id=call["id"] or "", status="error") for call in reply.tool_calls
    ]
    return [reply, *answers] if answers else [reply, HumanMessage(content=f"Refused: {error}")]
