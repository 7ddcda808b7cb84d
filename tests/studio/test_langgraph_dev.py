"""`langgraph dev` as a person would start it: no key, no browser, asked through langgraph-sdk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk import get_sync_client

from tests.served import langgraph_dev
from vendora_graph.identity import TICKET

QUESTION = {"question": "units last month"}
STEPS = ["orchestrator", "data_analyst", "data_tools", "data_analyst", "master_validator", "respond"]
LEAKS = re.compile(r"Traceback|\.py|SELECT|/(?:root|tmp|home|usr)/|hidden-place")


@pytest.fixture(scope="module")
def studio(demo_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with langgraph_dev(demo_cache, tmp_path_factory.mktemp("studio")) as address:
        yield address


@pytest.fixture
def client(studio: str) -> Iterator[Any]:
    with get_sync_client(url=studio) as opened:
        yield opened


def _answer(client: Any, thread: str | None = None, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.runs.wait(thread, "vendora", input=more.pop("input", QUESTION), **more)
    return found["answer"]


def _failed(client: Any, **more: Any) -> str:
    with pytest.raises(Exception, match="Error") as caught:
        client.runs.wait(None, "vendora", **{"input": QUESTION, **more})
    assert not LEAKS.search(str(caught.value))
    return str(caught.value)


@pytest.mark.slow
def test_answers_and_follows_up_step_by_step(client: Any) -> None:
    thread = client.threads.create()["thread_id"]
    first = _answer(client, thread)
    assert (first["status"], first["evidence"][0]["metric"]) == ("answered", "units_retail")
    parts = list(client.runs.stream(thread, "vendora", input={"question": "and in August?"}, stream_mode="updates"))
    updates = [part.data for part in parts if part.event == "updates"]
    assert [name for update in updates for name in update] == STEPS
    answer = updates[-1]["respond"]["answer"]
    assert answer["status"] == "answered"
    assert answer["period"]["start"] == "2026-08-01"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"config": {"configurable": {TICKET: "guessed"}}}, "Sign in"),
        ({"context": {"dealership_id": "dealer_002"}}, "may not see"),
        ({"context": {"as_of": "yesterday"}}, "is not a day"),
        ({"input": {"question": " "}}, "empty"),
    ],
    ids=["ticket", "store of another", "day", "nothing asked"],
)
def test_what_is_refused_is_said(client: Any, more: dict[str, Any], words: str) -> None:
    assert words in _failed(client, **more)


@pytest.mark.slow
@pytest.mark.parametrize(
    "more",
    [
        {"config": {"configurable": {"principal": {"role": "group_cfo", "dealership_ids": ["dealer_002"]}}}},
        {"config": {"configurable": {"langgraph_auth_user": {"identity": "admin", "role": "admin"}, "langgraph_auth_permissions": ["*"]}}},
        {"context": {"principal": {"role": "group_cfo"}, "role": "group_cfo"}},
        {"input": {**QUESTION, "principal": {"role": "group_cfo"}, "as_of": "2025-01-01", "ledger": {}, "previous": {}}},
        {"metadata": {"role": "admin"}},
    ],
    ids=["principal", "auth user", "context", "state", "metadata"],
)
def test_forged_identity_changes_nothing(client: Any, more: dict[str, Any]) -> None:
    honest, forged = _answer(client), _answer(client, **more)
    assert forged["status"] == "answered"
    assert forged["evidence"] == honest["evidence"]


@pytest.mark.slow
@pytest.mark.parametrize("warehouse", ["demo", "duckdb:///hidden-place/dealer.duckdb"])
def test_what_cannot_be_opened_names_no_path(tmp_path: Path, warehouse: str) -> None:
    blocked = tmp_path / "hidden-place"
    blocked.write_text("a file where the folder should be")
    with langgraph_dev(blocked, tmp_path, VENDORA_WAREHOUSE=warehouse) as address, get_sync_client(url=address) as opened:
        assert "the log of the server says why" in _failed(opened)
    assert "hidden-place" in (tmp_path / "log").read_text() or warehouse != "demo"


@pytest.mark.slow
def test_a_complex_question_goes_to_the_senior_analyst(client: Any) -> None:
    """Nothing of it may block the server's loop: `langgraph dev` would end the run."""
    answer = _answer(client, input={"question": "Analyze our Q3 performance across all departments, compare with industry benchmarks"})
    assert answer["status"] in ("answered", "partial")
    assert answer["metadata"]["agent_path"] == ["L1_orchestrator", "L2_senior_analyst"]
