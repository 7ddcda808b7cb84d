"""Ask a model once, count what it used, and turn every failure of a provider into one of ours."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from pydantic import BaseModel, ValidationError

from vendora_graph.errors import LimitExceededError, ModelError, ModelOutputError, VendoraError
from vendora_graph.state import Usage

if TYPE_CHECKING:
    from vendora_graph.services import RoleModel
    from vendora_graph.settings import Settings

S = TypeVar("S", bound=BaseModel)


async def ask(
    model: RoleModel, messages: list[BaseMessage], usage: Usage, settings: Settings, config: RunnableConfig
) -> tuple[AIMessage, Usage]:
    """Return the model's message and the usage including this call.

    Raises:
        LimitExceededError: The question has used its calls or tokens.
        ModelOutputError: The model gave nothing that is a message.
        ModelError: The provider failed; its own text is never shown.
    """
    if usage.model_calls >= settings.limit_model_calls:
        raise LimitExceededError(f"The question used its {settings.limit_model_calls} model calls.")
    if usage.tokens >= settings.limit_tokens:
        raise LimitExceededError(f"The question used its {settings.limit_tokens} tokens.")
    try:
        async with asyncio.timeout(settings.model_timeout_seconds * (1 + settings.model_max_retries)):
            reply = await model.runnable.ainvoke(messages, config)
    except (VendoraError, asyncio.CancelledError):
        raise
    except Exception as error:  # providers raise what they like; this is the adapter's edge
        if model.name == "offline":
            raise  # our own code: a bug must look like one
        raise ModelError(f"The model {model.name} could not be reached ({type(error).__name__}).") from error
    if not isinstance(reply, AIMessage):
        raise ModelOutputError(f"The model {model.name} gave no message.")
    return reply, count(usage, reply, model.name)


def count(usage: Usage, reply: AIMessage, asked: str) -> Usage:
    """Return the usage with one more call; the name is the model that answered, which may be a fallback."""
    tokens = (reply.usage_metadata or {}).get("total_tokens", 0)
    name = answered_by(reply, asked)
    return usage.model_copy(
        update={
            "model_calls": usage.model_calls + 1,
            "tokens": usage.tokens + int(tokens),
            "models": tuple(dict.fromkeys((*usage.models, name))),
        }
    )


def answered_by(reply: AIMessage, asked: str) -> str:
    """Return the model that answered, which may be a fallback of the one asked."""
    return str(reply.response_metadata.get("model_name") or asked)


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
    usage: Usage,
    settings: Settings,
    config: RunnableConfig,
) -> tuple[S, Usage]:
    """Return a structured reply after at most one repair with the exact error.

    Raises:
        ModelOutputError: The repaired reply does not fit either.
        ModelError: The provider failed.
    """
    reply, usage = await ask(model, messages, usage, settings, config)
    try:
        return parse_call(reply, schema.__name__, schema), usage
    except ModelOutputError as error:
        again, usage = await ask(model, [*messages, *repair(reply, str(error))], usage, settings, config)
        return parse_call(again, schema.__name__, schema), usage


def repair(reply: AIMessage, error: str) -> list[BaseMessage]:
    """Return the messages that tell a model what was wrong with its reply."""
    answers: list[BaseMessage] = [
        ToolMessage(content=f"Refused: {error}", tool_call_id=call["id"] or "", status="error") for call in reply.tool_calls
    ]
    return [reply, *answers] if answers else [reply, HumanMessage(content=f"Refused: {error}")]
