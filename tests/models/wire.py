"""A local server that speaks two providers' real protocols: OpenAI chat completions and Gemini generateContent, plain and streamed.

What it answers is decided by a function of the conversation it was sent, so a test drives the graph through the real client packages.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal["reset", "hang", "truncated", "empty_choices", "garbage"]


@dataclass(frozen=True)
class Turn:
    """What the model says: text, calls, or both; `finish` in OpenAI's words."""

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    finish: str = ""
    raw_arguments: str | None = None


@dataclass(frozen=True)
class Status:
    """A refusal of the provider."""

    code: int
    headers: tuple[tuple[str, str], ...] = ()


Reply = Turn | Status | Fault


@dataclass
class Seen:
    """One request, in one shape for both protocols."""

    protocol: str
    model: str
    tools: list[str]
    system: str
    results: list[Any]
    streamed: bool
    headers: dict[str, str]
    body: dict[str, Any]


Behave = Callable[[Seen, int], Reply]


@dataclass
class Wire:
    """The server: where it listens, what it was asked, and how often."""

    behave: Behave
    seen: list[Seen] = field(default_factory=list)
    billed: int = 0
    """Whole replies sent: what a provider charges for."""
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def openai(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def gemini(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> int:
        return len(self.seen)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await _request(reader)
                if request is None:
                    break
                path, headers, body = request
                seen = _seen(path, headers, body)
                self.seen.append(seen)
                reply = self.behave(seen, len(self.seen))
                if reply == "reset":
                    writer.transport.abort()
                    return
                if reply == "hang":
                    await asyncio.sleep(30)
                    return
                self.billed += isinstance(reply, Turn)
                writer.write(_response(seen, reply))
                await writer.drain()
                if reply == "truncated":
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], dict[str, Any]] | None:
    line = await reader.readline()
    if not line:
        return None
    path = line.split()[1].decode()
    headers: dict[str, str] = {}
    while (raw := (await reader.readline()).strip()) != b"":
        name, _, value = raw.decode().partition(":")
        headers[name.lower()] = value.strip()
    return path, headers, json.loads(await reader.readexactly(int(headers.get("content-length", 0))) or b"{}")


def _seen(path: str, headers: dict[str, str], body: dict[str, Any]) -> Seen:
    return _seen_openai(headers, body) if path.endswith("/chat/completions") else _seen_gemini(path, headers, body)


def _seen_openai(headers: dict[str, str], body: dict[str, Any]) -> Seen:
    results = [json.loads(m["content"]) if m["content"].startswith("{") else m["content"] for m in body["messages"] if m["role"] == "tool"]
    return Seen(
        "openai",
        body["model"],
        [tool["function"]["name"] for tool in body.get("tools", [])],
        "".join(str(m["content"]) for m in body["messages"] if m["role"] == "system"),
        results,
        bool(body.get("stream")),
        headers,
        body,
    )


def _seen_gemini(path: str, headers: dict[str, str], body: dict[str, Any]) -> Seen:
    parts = [part for content in body["contents"] for part in content["parts"]]
    results = [part["functionResponse"]["response"] for part in parts if "functionResponse" in part]
    return Seen(
        "gemini",
        path.partition("/models/")[2].partition(":")[0],
        [one["name"] for tool in body.get("tools", []) for one in tool.get("functionDeclarations", [])],
        "".join(part.get("text", "") for part in body.get("systemInstruction", {}).get("parts", [])),
        [result.get("output", result) for result in results],
        "stream" in path,
        headers,
        body,
    )


def _response(seen: Seen, reply: Reply) -> bytes:
    if isinstance(reply, Status):
        error = {"error": {"code": reply.code, "message": "key sk-secret is wrong", "status": "X", "type": "x"}}
        return _http(reply.code, json.dumps(error).encode(), reply.headers)
    if reply == "garbage":
        return _http(200, b"<html>a proxy's page</html>", kind="text/html")
    gemini = seen.protocol == "gemini"
    if reply == "empty_choices":
        empty: dict[str, Any] = {"candidates": []} if gemini else {**_head(seen, "chat.completion"), "choices": [], "usage": None}
        return _sse([empty], gemini) if seen.streamed else _http(200, json.dumps(empty).encode())
    turn = reply if isinstance(reply, Turn) else Turn("half of a", ())
    whole = _gemini(seen, turn) if gemini else _openai(seen, turn)
    if not seen.streamed:
        body = json.dumps(whole).encode()
        return _http(200, body[: len(body) // 2], length=len(body)) if reply == "truncated" else _http(200, body)
    chunks = _gemini_chunks(whole) if gemini else _openai_chunks(seen, whole)
    if reply == "truncated":
        return _sse(chunks[:1], gemini, whole=False)
    return _sse(chunks, gemini)


def _http(
    code: int, body: bytes, more: tuple[tuple[str, str], ...] = (), length: int | None = None, kind: str = "application/json"
) -> bytes:
    lines = [f"HTTP/1.1 {code} X", f"content-type: {kind}", f"content-length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in more), "", ""]).encode() + body


def _sse(chunks: list[dict[str, Any]], gemini: bool, *, whole: bool = True) -> bytes:
    lines = [f"data: {json.dumps(chunk)}\r\n\r\n" for chunk in chunks]
    if whole and not gemini:
        lines.append("data: [DONE]\r\n\r\n")
    body = "".join(lines).encode()
    if whole:
        return _http(200, body, kind="text/event-stream")
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"  # ends with the connection, like a proxy's
    return head + body


def _head(seen: Seen, kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": f"{seen.model}-2026-01-01"}


def _openai(seen: Seen, turn: Turn) -> dict[str, Any]:
    number = len(seen.results)
    calls = [
        {
            "id": f"call_{number}_{index}",
            "type": "function",
            "function": {"name": name, "arguments": turn.raw_arguments if turn.raw_arguments is not None else json.dumps(args)},
        }
        for index, (name, args) in enumerate(turn.calls)
    ]
    message = {"role": "assistant", "content": turn.text or None, **({"tool_calls": calls} if calls else {})}
    finish = turn.finish or ("tool_calls" if calls else "stop")
    return {
        **_head(seen, "chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100},
    }


def _openai_chunks(seen: Seen, whole: dict[str, Any]) -> list[dict[str, Any]]:
    """The arguments of each call arrive in two pieces, the usage last and alone."""
    choice = whole["choices"][0]
    head = _head(seen, "chat.completion.chunk")
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": choice["message"]["content"] or ""}]
    for index, call in enumerate(choice["message"].get("tool_calls", [])):
        text = call["function"]["arguments"]
        half = len(text) // 2
        deltas.append({"tool_calls": [{**call, "index": index, "function": {"name": call["function"]["name"], "arguments": text[:half]}}]})
        deltas.append({"tool_calls": [{"index": index, "function": {"arguments": text[half:]}}]})
    chunks = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    return [*chunks, {**head, "choices": [], "usage": whole["usage"]}]


_GEMINI_FINISH = {"length": "MAX_TOKENS", "content_filter": "SAFETY", "": "STOP"}


def _gemini(seen: Seen, turn: Turn) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"text": turn.text}] if turn.text else []
    parts += [{"functionCall": {"name": name, "args": args}} for name, args in turn.calls]
    finish = "MALFORMED_FUNCTION_CALL" if turn.raw_arguments is not None else _GEMINI_FINISH[turn.finish]
    content = {"role": "model", "parts": [] if turn.raw_arguments is not None else parts}
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "usageMetadata": {"promptTokenCount": 1000, "candidatesTokenCount": 100, "totalTokenCount": 1100},
        "modelVersion": f"{seen.model}-001",
        "responseId": "r1",
    }


def _gemini_chunks(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """One chunk a part; only the last says how it ended."""
    candidate = whole["candidates"][0]
    parts = candidate["content"]["parts"] or [{"text": ""}]
    chunks = [{**whole, "candidates": [{"content": {"role": "model", "parts": [part]}, "index": 0}]} for part in parts]
    last = {"content": {"role": "model", "parts": [{"text": ""}]}, "finishReason": candidate["finishReason"], "index": 0}
    return [*chunks, {**whole, "candidates": [last]}]
