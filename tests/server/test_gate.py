"""The gate and the conversations, in this process: who leaves, who comes twice, and what breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from vendora_graph.api import Vendora
from vendora_graph.errors import ConversationBusyError, NotAllowedError
from vendora_graph.server.app import create_app
from vendora_graph.server.gate import Gate
from vendora_graph.settings import Settings
from vendora_graph.warehouse.duckdb import DuckDBWarehouse

Work = Callable[[], Any]


class Client:
    """An ASGI client that may leave."""

    def __init__(self, body: bytes = b"{}") -> None:
        self.sent: list[dict[str, Any]] = []
        self._body: bytes | None = body
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body}
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))


async def test_work_ends_when_the_client_leaves() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    client = Client()
    asked = asyncio.create_task(Gate(slow)({"type": "http", "headers": []}, client.receive, client.send))
    await begun.wait()
    client.left.set()
    await asyncio.wait_for(asked, 5)
    assert ended.is_set()
    assert client.sent == []


async def test_what_follows_a_complete_answer_is_not_cut_off() -> None:
    finished = asyncio.Event()

    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})
        await asyncio.sleep(0.05)
        finished.set()

    client = Client()
    client.left.set()
    await Gate(answers)({"type": "http", "headers": []}, client.receive, client.send)
    assert finished.is_set()


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """Statements wait for the second event; the first tells that one has come, or left by being cancelled."""
    reached, free = asyncio.Event(), asyncio.Event()
    real = DuckDBWarehouse.fetch

    async def fetch(self: DuckDBWarehouse, statement: Any, **kwargs: Any) -> Any:
        if "dealer_001" in str(statement.params):
            reached.set()
            await free.wait()
        return await real(self, statement, **kwargs)

    monkeypatch.setattr(DuckDBWarehouse, "fetch", fetch)
    return reached, free


@pytest.fixture
async def vendora(demo_cache: Path) -> AsyncIterator[Vendora]:
    async with Vendora(Settings(cache_dir=demo_cache)) as opened:
        yield opened


async def test_one_question_at_a_time_in_a_conversation(vendora: Vendora, stuck: tuple[asyncio.Event, asyncio.Event]) -> None:
    reached, free = stuck
    first = asyncio.create_task(vendora.aask("units last month", thread="busy"))
    await reached.wait()
    with pytest.raises(ConversationBusyError, match="still working"):
        await vendora.aask("units in August", thread="busy")
    free.set()
    assert (await first).status == "answered"
    assert (await vendora.aask("and in August?", thread="busy")).status == "answered"


async def test_a_cancelled_question_leaves_its_conversation_free(vendora: Vendora, stuck: tuple[asyncio.Event, asyncio.Event]) -> None:
    reached, free = stuck
    first = asyncio.create_task(vendora.aask("units last month", thread="left"))
    await reached.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    free.set()
    assert (await vendora.aask("units last month", thread="left")).status == "answered"


async def test_only_who_asked_resumes(vendora: Vendora, stuck: tuple[asyncio.Event, asyncio.Event]) -> None:
    reached, free = stuck
    first = asyncio.create_task(vendora.aask("units last month", thread="theirs"))
    await reached.wait()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    free.set()
    with pytest.raises(NotAllowedError, match="somebody else"):
        await vendora.aask(thread="theirs", resume=True, dealership="dealer_002")
    assert (await vendora.aask(thread="theirs", resume=True)).status == "answered"


async def test_busy_conversations_and_failures_over_http(demo_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(self: Vendora, question: str = "", **wishes: Any) -> Any:
        raise ConversationBusyError("This conversation is still working on a question.")

    async def broken(self: Vendora, question: str = "", **wishes: Any) -> Any:
        raise ZeroDivisionError("SELECT secret FROM there")

    transport = httpx.ASGITransport(create_app(Settings(cache_dir=demo_cache)), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        monkeypatch.setattr(Vendora, "aask", busy)
        conflict = await client.post("/api/v1/query", json={"question": "units"})
        monkeypatch.setattr(Vendora, "aask", broken)
        failure = await client.post("/api/v1/query", json={"question": "units"}, headers={"X-Request-Id": "r-7"})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "ConversationBusy")
    assert (failure.status_code, failure.json()["code"]) == (500, "Internal")
    assert failure.json()["request_id"] == failure.headers["X-Request-Id"] == "r-7"
    assert "secret" not in failure.text


async def test_an_unreadable_warehouse_names_no_path(tmp_path: Path) -> None:
    (tmp_path / "hidden-place").write_text("a file where the folder should be")
    app = create_app(Settings(cache_dir=tmp_path / "hidden-place"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        ready = await client.get("/health/ready")
        asked = await client.post("/api/v1/query", json={"question": "units"})
    assert (ready.status_code, asked.status_code) == (503, 500)
    assert "hidden-place" not in ready.text + asked.text
