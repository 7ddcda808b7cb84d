"""The HTTP service through a running server: plain routes, LangServe by its own client, errors, forged identities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langserve import RemoteRunnable

from tests.served import vendora_serve
from vendora_graph.errors import ConfigError
from vendora_graph.identity import TICKET
from vendora_graph.server.app import create_app
from vendora_graph.server.gate import MAX_BODY
from vendora_graph.settings import Settings

QUESTION = "units last month"


@pytest.fixture(scope="module")
def server(demo_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `vendora serve` in a process of its own."""
    with vendora_serve(demo_cache, tmp_path_factory.mktemp("server")) as address:
        yield address


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


BAD: list[tuple[str, bytes, int, str]] = [
    ("/api/v1/query", b'{"question": ""}', 422, "Question"),
    ("/api/v1/query", b'{"question": "units", "dealership_id": "dealer_999"}', 422, "Question"),
    ("/api/v1/query", b'{"question": "units", "role": "astronaut"}', 422, "Question"),
    ("/api/v1/query", b'{"question": "units", "as_of": "1999-01-01"}', 422, "Question"),
    ("/api/v1/query", b'{"question": "units", "principal": "admin"}', 422, "Request"),
    ("/api/v1/query", b'{"question": "units", "thread_id": "../../etc"}', 422, "Request"),
    ("/api/v1/query", b"{}", 422, "Request"),
    ("/api/v1/query", b"SELECT", 422, "Request"),
    ("/api/v1/nothing", b"{}", 404, "NotFound"),
    ("/vendora/invoke", b'{"input": {"question": "units", "dealership_id": "x"}}', 422, "Question"),
    ("/vendora/invoke", b'{"input": {"question": " "}}', 422, "Question"),
    ("/vendora/invoke", b'{"input": {"question": "units", "principal": {}}}', 422, "Request"),
    ("/vendora/invoke", b"not json", 422, "Request"),
    ("/vendora/stream", b'{"input": {"question": ""}}', 422, "Question"),
    ("/vendora/stream", b'{"input": 7}', 422, "Request"),
]
LEAKS = re.compile(r"Traceback|File \"|SELECT|\.py|/(?:root|tmp|home|usr)/|duckdb")


@pytest.mark.parametrize(("path", "body", "status", "code"), BAD)
def test_bad_requests_are_problems(server: str, path: str, body: bytes, status: int, code: str) -> None:
    reply = httpx.post(f"{server}{path}", content=body, headers={"content-type": "application/json", "X-Request-Id": "mine-1"}, timeout=60)
    assert reply.status_code == status
    problem = reply.json()
    assert set(problem) == {"error", "code", "request_id"}
    assert problem["code"] == code
    assert problem["error"].endswith((".", "?", '"'))
    assert problem["request_id"] == reply.headers["X-Request-Id"] == "mine-1"
    assert not LEAKS.search(reply.text)


def test_request_ids_are_given_and_never_echoed_raw(server: str) -> None:
    made = httpx.get(f"{server}/health/live").headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{16}", made)
    strange = httpx.get(f"{server}/health/live", headers={"X-Request-Id": "a b;<script>"}).headers["X-Request-Id"]
    assert re.fullmatch(r"[0-9a-f]{16}", strange)


def test_large_bodies_are_refused_however_they_come(server: str) -> None:
    whole = httpx.post(f"{server}/api/v1/query", content=b"x" * (MAX_BODY + 1), timeout=60)
    pieces = httpx.post(f"{server}/vendora/invoke", content=(b"x" * 100_000 for _ in range(12)), timeout=60)
    assert (whole.status_code, whole.json()["code"]) == (413, "TooLarge")
    assert (pieces.status_code, pieces.json()["code"]) == (413, "TooLarge")


def test_closed_doors_are_closed(server: str) -> None:
    for name in ("batch", "stream_log", "stream_events", "playground/index.html", "c/N4X/invoke"):
        path = f"/vendora/{name}"
        assert httpx.post(f"{server}{path}", json={}).status_code in (404, 405), path


def test_refuses_other_data_and_other_addresses(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="demo only"):
        create_app(Settings(cache_dir=tmp_path, warehouse=f"duckdb:///{tmp_path}/x.duckdb"))
    with pytest.raises(ConfigError, match="this machine only"):
        create_app(Settings(cache_dir=tmp_path, server_host="0.0.0.0"))  # noqa: S104 - refused
