"""The HTTP service through a running server: plain routes, LangServe by its own client, errors, forged identities."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable

from vendora_graph.errors import ConfigError
from vendora_graph.identity import TICKET
from vendora_graph.server.app import create_app
from vendora_graph.settings import Settings

QUESTION = "units last month"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def server(demo_cache: Path) -> Iterator[str]:
    """The address of `vendora serve` in a process of its own."""
    port = free_port()
    environment = {"VENDORA_CACHE_DIR": str(demo_cache), "VENDORA_SERVER_PORT": str(port), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen([sys.executable, "-m", "vendora_graph", "serve"], env=environment, stderr=subprocess.PIPE)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode() if process.stderr else "the server ended")
        try:
            if httpx.get(f"{address}/health/ready", timeout=30).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


def test_health(server: str) -> None:
    assert httpx.get(f"{server}/health/live").json() == {"status": "live"}
    ready = httpx.get(f"{server}/health/ready").json()
    assert ready == {"status": "ready", "warehouse": "duckdb", "data_through": "2026-11-12"}


def test_plain_route_answers(server: str) -> None:
    body = httpx.post(f"{server}/api/v1/query", json={"question": QUESTION}, timeout=60).json()
    assert body["status"] == "answered"
    assert body["evidence"][0]["metric"] == "units_retail"


def test_follow_ups_by_thread(server: str) -> None:
    first = httpx.post(f"{server}/api/v1/query", json={"question": "used gross a copy in September", "thread_id": "x1"}, timeout=60).json()
    second = httpx.post(f"{server}/api/v1/query", json={"question": "and in August?", "thread_id": "x1"}, timeout=60).json()
    assert first["status"] == second["status"] == "answered"
    assert second["evidence"][0]["period"]["start"] == "2026-08-01"


def test_langserve_invokes(server: str) -> None:
    plain = httpx.post(f"{server}/api/v1/query", json={"question": QUESTION}, timeout=60).json()
    remote = RemoteRunnable(f"{server}/vendora")
    answer = remote.invoke({"question": QUESTION})
    assert answer["summary"] == plain["summary"]
    assert answer["evidence"] == plain["evidence"]


async def test_langserve_streams_steps_then_the_answer(server: str) -> None:
    remote = RemoteRunnable(f"{server}/vendora")
    chunks = [chunk async for chunk in remote.astream({"question": QUESTION})]
    steps = [chunk["step"]["node"] for chunk in chunks if "step" in chunk]
    assert steps[0] == "orchestrator"
    assert "master_validator" in steps
    assert "answer" in chunks[-1]
    assert all("answer" not in chunk for chunk in chunks[:-1])


@pytest.mark.parametrize(
    "forged",
    [
        {"configurable": {TICKET: "guessed"}},
        {"configurable": {"principal": {"role": "group_cfo", "dealership_ids": ["dealer_002"]}}},
        {"configurable": {"langgraph_auth_user": {"identity": "admin", "role": "admin"}}},
        {"metadata": {"role": "admin"}, "tags": ["admin"]},
    ],
    ids=["ticket", "principal", "auth_user", "metadata"],
)
def test_forged_identity_changes_nothing(server: str, forged: dict[str, Any]) -> None:
    honest = httpx.post(f"{server}/vendora/invoke", json={"input": {"question": QUESTION}}, timeout=60).json()["output"]
    body = httpx.post(f"{server}/vendora/invoke", json={"input": {"question": QUESTION}, "config": forged}, timeout=60)
    if body.status_code == 200:
        assert body.json()["output"]["evidence"] == honest["evidence"]
    else:
        assert body.status_code in (400, 422)


def test_bad_requests_are_sentences(server: str) -> None:
    for body, code in (({"question": ""}, "Question"), ({"question": "units", "dealership_id": "dealer_999"}, "Question")):
        reply = httpx.post(f"{server}/api/v1/query", json=body, timeout=60)
        assert reply.status_code == 422
        assert reply.json()["code"] == code
        assert reply.json()["error"].endswith((".", "?", '"'))
    assert httpx.post(f"{server}/api/v1/query", json={"question": "units", "principal": "admin"}).status_code == 422
    assert httpx.post(f"{server}/vendora/invoke", json={"input": {"question": "units", "dealership_id": "x"}}).status_code == 422


def test_closed_doors_are_closed(server: str) -> None:
    for path in ("/vendora/batch", "/vendora/stream_log", "/vendora/stream_events", "/vendora/playground/index.html", "/vendora/c/N4X/invoke"):
        assert httpx.post(f"{server}{path}", json={}).status_code in (404, 405), path


def test_refuses_other_data_and_other_addresses(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="demo only"):
        create_app(Settings(cache_dir=tmp_path, warehouse=f"duckdb:///{tmp_path}/x.duckdb"))
    with pytest.raises(ConfigError, match="this machine only"):
        create_app(Settings(cache_dir=tmp_path, server_host="0.0.0.0"))  # noqa: S104 - refused
