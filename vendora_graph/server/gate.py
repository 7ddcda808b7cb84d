"""What every request passes first: an id, a limit on the body, and an end to the work when the client has gone."""

from __future__ import annotations

import asyncio
import contextlib
import re
import uuid
from contextvars import ContextVar

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vendora_graph.server.contracts import Problem

MAX_BODY = 1_000_000
"""The most bytes a request may send; the longest question takes a tenth of it."""

HEADER = b"x-request-id"
REQUEST_ID: ContextVar[str] = ContextVar("vendora_request_id", default="")

_WELL_FORMED = re.compile(rb"[A-Za-z0-9._-]{1,64}")


def request_id() -> str:
    """Return the id of the request at work; a new one outside of any."""
    return REQUEST_ID.get() or uuid.uuid4().hex[:16]


class Gate:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identity = _identity(scope)
        REQUEST_ID.set(identity)
        reply = _Reply(send, identity)
        body = await _body(receive)
        if body is None:
            problem = Problem(error=f"The request is larger than {MAX_BODY:,} bytes.", code="TooLarge", request_id=identity)
            await JSONResponse(problem.model_dump(), status_code=413)(scope, receive, reply)
            return
        await self._answer(scope, body, receive, reply)

    async def _answer(self, scope: Scope, body: bytes, receive: Receive, reply: _Reply) -> None:
        """Run the service on the request; stop it when the client goes before the answer is out."""
        given = _Given(body)
        work = asyncio.ensure_future(self._app(scope, given, reply))
        watch = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            given.gone.set()
            if not work.done() and not reply.complete:
                work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        finally:
            for task in (watch, work):
                task.cancel()


class _Given:
    """The body, read already; then nothing until the client has gone."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.gone = asyncio.Event()

    async def __call__(self) -> Message:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}


class _Reply:
    """Sends, with the request's id among the headers."""

    def __init__(self, send: Send, identity: str) -> None:
        self._send, self._identity = send, identity
        self.complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            others = [(name, value) for name, value in message.get("headers", []) if name.lower() != HEADER]
            message = {**message, "headers": [*others, (HEADER, self._identity.encode())]}
        await self._send(message)
        self.complete = message["type"] == "http.response.body" and not message.get("more_body", False)


def _identity(scope: Scope) -> str:
    """Return the caller's id when it is harmless, else a new one."""
    given = next((value for name, value in scope["headers"] if name == HEADER), b"")
    return given.decode() if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex[:16]


async def _body(receive: Receive) -> bytes | None:
    """Return the whole body, or None when it is too large."""
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
