"""The LangServe mount at `/vendora`: invoke and stream, identity from the request only, JSON-safe data out.

LangServe is frozen upstream; everything it needs stands in this file. A client's `config` is not read: the one key that says who
asks is set here and wins over anything a client sends.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from langchain_core.runnables import Runnable, RunnableConfig
from langserve import add_routes
from pydantic import BaseModel, ValidationError
from typing_extensions import override

from vendora_graph.api import Vendora
from vendora_graph.contracts import Answer
from vendora_graph.errors import NotAllowedError, VendoraError
from vendora_graph.events import StepEvent
from vendora_graph.identity import TICKET
from vendora_graph.questions import readable
from vendora_graph.server.contracts import Ask
from vendora_graph.server.problems import problem

PATH = "/vendora"
ENDPOINTS: tuple[Literal["invoke", "stream", "input_schema", "output_schema"], ...] = ("invoke", "stream", "input_schema", "output_schema")


class VendoraRunnable(Runnable[Any, dict[str, Any]]):
    """The graph as LangServe wants it: a question in, an answer in JSON form out; steps while streaming."""

    def __init__(self, vendora: Vendora) -> None:
        self._vendora = vendora

    @override
    def invoke(self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Not offered: a server asks asynchronously."""
        raise NotAllowedError("Ask asynchronously.")

    @override
    async def ainvoke(self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any) -> dict[str, Any]:
        """Return the answer.

        Raises:
            HTTPException: It failed, with a `Problem` as detail.
        """
        answer: dict[str, Any] = {}
        try:
            async for event in self._events(input, config):
                answer = event.get("answer", answer)
        except VendoraError as error:
            status, body = problem(error)
            raise HTTPException(status, body.model_dump()) from error
        return answer

    @override
    async def astream(
        self, input: dict[str, Any], config: RunnableConfig | None = None, **kwargs: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield `{"step": ...}` as agents begin, then `{"answer": ...}`, or `{"error": Problem}` when there is none."""
        try:
            async for event in self._events(input, config):
                yield event
        except VendoraError as error:
            yield {"error": problem(error)[1].model_dump()}

    async def _events(self, given: dict[str, Any], config: RunnableConfig | None) -> AsyncIterator[dict[str, Any]]:
        ask = Ask.model_validate(given)
        ticket = ((config or {}).get("configurable") or {}).get(TICKET)
        async for event in self._vendora.astream_ticket(ask.question, ticket, thread=ask.thread_id):
            if isinstance(event, StepEvent):
                yield {"step": {"node": event.node, "label": event.label, "detail": event.detail}}
            else:
                yield {"answer": as_json(event.answer)}


def as_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as JSON data (a Decimal would be an error here)."""
    body: dict[str, Any] = json.loads(answer.model_dump_json())
    return body


def _asked(body: bytes) -> Ask:
    """Return the question of a request before LangServe reads it: who asks stands beside it."""
    try:
        return _Invocation.model_validate_json(body).input
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False, include_input=False, include_context=False)) from error


class _Invocation(BaseModel):
    """LangServe's envelope; what else stands in it is ignored."""

    input: Ask


def mount(app: FastAPI, vendora: Vendora) -> None:
    """Add the LangServe routes."""

    async def identify(config: dict[str, Any], request: Request) -> dict[str, Any]:
        wishes = _asked(await request.body())
        readable(wishes.question, vendora.settings.question_max_chars)
        ticket = await vendora.ticket(dealership=wishes.dealership_id, role=wishes.role, person=wishes.person_id, as_of=wishes.as_of)
        return {**config, "configurable": {TICKET: ticket}}

    add_routes(
        app,
        VendoraRunnable(vendora).with_types(input_type=Ask, output_type=dict),
        path=PATH,
        config_keys=[],
        per_req_config_modifier=identify,
        enabled_endpoints=ENDPOINTS,
    )
