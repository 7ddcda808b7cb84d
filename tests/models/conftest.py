"""Models over the veterinary practice, and no way to the network but the loopback."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.graph.conftest import open_practice, practice_cache, practice_file
from tests.models.wire import Seen, Turn, Wire
from vendora_graph.api import Vendora
from vendora_graph.contracts import Answer

__all__ = ["open_practice", "practice_cache", "practice_file"]

QUESTION = "how many visits in May 2026"
MAY = {"start": "2026-05-01", "end": "2026-05-31"}
ASK = ("query_metrics", {"metrics": ["visits"], "period": MAY})
DRAFT = ("submit_draft", {"headline": "{{1f1}} visits in {{p1}}."})

PROVIDERS = ["google_genai:gemini-x", "openai:gpt-x", "openrouter:acme/model-x"]
ANSWERED = {
    "google_genai:gemini-x": "google_genai:gemini-x-001",
    "openai:gpt-x": "openai:gpt-x-2026-01-01",
    "openrouter:acme/model-x": "openrouter:acme/model-x-2026-01-01",
}
VISITS = Decimal(176)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that leaves this machine fails."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"a test tried to reach {address[0]}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(scope="session", autouse=True)
def no_proxy() -> Iterator[None]:
    """Clients must go to the loopback straight."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
        yield


def right(seen: Seen, number: int) -> Turn:
    """A good model: routes, asks once, hands in."""
    if "RouteChoice" in seen.tools:
        return Turn(calls=(("RouteChoice", {"decision": "answer", "complexity": "simple"}),))
    return Turn(calls=(DRAFT,)) if seen.results else Turn(calls=(ASK,))


def visits(answer: Answer) -> Decimal | None:
    assert answer.summary == "176 visits in May 2026."
    [fact] = [
        fact
        for fact in answer.evidence
        if fact.metric == "visits" and fact.grade == "metric" and not fact.slice and fact.period and fact.period.label == "May 2026"
    ]
    assert fact.second is not None
    assert fact.second.value == fact.value
    return fact.value


OpenWire = Callable[..., Vendora]


@pytest.fixture
def open_wire(open_practice: Callable[..., Vendora], tmp_path: Any) -> OpenWire:
    """Return a maker of a Vendora whose models are on local servers."""

    def make(wire: Wire, model: str, *, second: Wire | None = None, **more: Any) -> Vendora:
        other = second or wire
        provider = model.partition(":")[0]
        keys = {"gemini_api_key": "g", "openai_api_key": "o", "openrouter_api_key": "r"}
        urls = {
            "gemini_base_url": (wire if "g" in provider[:1] else other).gemini,
            "openai_base_url": (wire if provider == "openai" else other).openai,
            "openrouter_base_url": (wire if provider == "openrouter" else other).openai,
        }
        chosen: dict[str, Any] = {"model_max_retries": 0, "model_timeout_seconds": 5, **keys, **urls, **more}
        return open_practice(None, model=model, **chosen)

    return make
