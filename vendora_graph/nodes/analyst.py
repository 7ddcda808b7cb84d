"""L2: ask the tools for what the question needs, then hand in a draft. Two nodes, one way of working."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import RunnableConfig
from langgraph.runtime import Runtime

from vendora_graph.context import Context
from vendora_graph.contracts import Draft
from vendora_graph.errors import LimitExceededError, ModelError, ModelOutputError
from vendora_graph.models.ask import Meter, answered_by, ask, parse_call, repair
from vendora_graph.services import RoleModel, Services
from vendora_graph.state import Failure, State
from vendora_graph.tools.briefing import AnalystRequest, brief
from vendora_graph.tools.registry import SUBMIT

AnalystRole = Literal["data_analyst", "senior_analyst"]
Node = Callable[..., Awaitable[State]]


def make_data_analyst(services: Services) -> Node:
    """Return the data analyst's node: simple and standard questions."""

    async def data_analyst(state: State, config: RunnableConfig, runtime: Runtime[Context]) -> State:
        """Read the question and the work so far; write a draft, tool calls or a failure."""
        return await _work("data_analyst", services.model_for("data_analyst", runtime.context), state, config, services)

    return data_analyst


def make_senior_analyst(services: Services) -> Node:
    """Return the senior analyst's node: complex questions and revisions."""

    async def senior_analyst(state: State, config: RunnableConfig, runtime: Runtime[Context]) -> State:
        """Read the question, the work so far and the validator's feedback; write a draft, tool calls or a failure."""
        return await _work("senior_analyst", services.model_for("senior_analyst", runtime.context), state, config, services)

    return senior_analyst


async def _work(role: AnalystRole, model: RoleModel, state: State, config: RunnableConfig, services: Services) -> State:
    base = State(analyst=role, trace=[*state["trace"], role])
    messages = brief(request_of(role, state), role, list(state["messages"]), services)
    meter = Meter(state["usage"])
    try:
        reply = await ask(model, messages, meter, services.settings, config)
        draft, problem = _read(reply, state["messages"])
        if problem:
            first = reply
            reply = await ask(model, [*messages, *repair(first, problem)], meter, services.settings, config)
            draft, problem = _read(reply, state["messages"])
        if problem:
            raise ModelOutputError(problem)
    except ModelError as error:
        return State(**base, author=model.name, usage=meter.usage, failure=_failure(error), failure_reason=str(error), draft=None)
    return State(**base, author=answered_by(reply, model.name), messages=[reply], usage=meter.usage, failure=None, draft=draft)


def request_of(role: AnalystRole, state: State) -> AnalystRequest:
    """Return the question of this turn as typed content for an analyst."""
    return AnalystRequest(
        task="analyse",
        role=role,
        question=state["question"],
        turn=state["turn"],
        as_of=state["as_of"],
        data_through=state["data_through"],
        principal=state["principal"],
        previous=state.get("previous"),
        revision=state["revisions"],
    )


def _read(reply: AIMessage, before: Sequence[BaseMessage]) -> tuple[Draft | None, str]:
    """Return the draft handed in, if any, and what is wrong with the reply, if anything."""
    if any(call["name"] == SUBMIT for call in reply.tool_calls):
        try:
            return parse_call(reply, SUBMIT, Draft), ""
        except ModelOutputError as error:
            return None, str(error)
    if reply.tool_calls:
        return None, "These very calls were just made; their answers stand above." if _repeats(reply, before) else ""
    broken = reply.invalid_tool_calls
    return None, "The tool call is not valid JSON." if broken else f"Call a tool, or {SUBMIT}. Prose is not read."


def _repeats(reply: AIMessage, before: Sequence[BaseMessage]) -> bool:
    """Whether a reply makes the calls of the one before it once more: nothing new can come of them."""
    last = next((message for message in reversed(before) if isinstance(message, AIMessage)), None)
    return last is not None and _calls(last) == _calls(reply)


def _calls(message: AIMessage) -> list[tuple[str, dict[str, Any]]]:
    return [(call["name"], call["args"]) for call in message.tool_calls]


def _failure(error: ModelError) -> Failure:
    if isinstance(error, LimitExceededError):
        return "limit"
    return "model_output" if isinstance(error, ModelOutputError) else "model_unreachable"
