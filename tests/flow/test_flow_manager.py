"""The manager besides the roadmap's three tests: status, mistakes, and a seam that cannot make a figure true."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from vendora_graph import HierarchicalFlowManager
from vendora_graph.errors import ConfigError, InternalError, QuestionError
from vendora_graph.settings import Settings


@pytest.fixture
async def manager(demo_settings: Settings) -> AsyncIterator[HierarchicalFlowManager]:
    found = HierarchicalFlowManager(settings=demo_settings)
    await found.initialize()
    yield found
    await found.shutdown()


async def test_status_counts_questions(manager: HierarchicalFlowManager) -> None:
    await manager.process_user_query("units last month", "dealer_001")
    with pytest.raises(QuestionError, match="dealer_999"):
        await manager.process_user_query("units last month", "dealer_999")
    status = await manager.get_flow_status()
    assert status["initialized"] is True
    assert status["questions"] == 1
    assert status["warehouse"] == "duckdb"
    assert set(status["models"].values()) == {"offline"}


async def test_answers_are_plain_json(manager: HierarchicalFlowManager) -> None:
    body = await manager.process_user_query("units last month", "dealer_001", {"user_role": "general_manager", "user_id": "u1"})
    assert body["status"] == "answered"
    assert isinstance(body["evidence"][0]["value"], str)
    assert body["metadata"]["agent_path"] == ["L1_orchestrator", "L2_data_analyst"]


async def test_unknown_wishes_are_named(manager: HierarchicalFlowManager) -> None:
    with pytest.raises(ConfigError, match="dealership_ids"):
        await manager.process_user_query("units last month", "dealer_001", {"dealership_ids": ["dealer_002"]})


def test_key_selects_nothing(demo_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(demo_cache))
    found = HierarchicalFlowManager({"gemini_api_key": "k", "bigquery_project": "p"})
    assert found._vendora.settings.model == "offline"
    assert found._vendora.settings.warehouse == "demo"


def test_unknown_configuration_is_refused() -> None:
    with pytest.raises(ConfigError, match="api_token"):
        HierarchicalFlowManager({"api_token": "x"})


async def test_not_initialized_says_what_to_do() -> None:
    found = HierarchicalFlowManager(settings=Settings())
    with pytest.raises(InternalError, match="initialize"):
        await found.process_user_query("units", "dealer_001")


async def test_seam_cannot_approve_what_code_refuses(manager: HierarchicalFlowManager, monkeypatch: pytest.MonkeyPatch) -> None:
    """A seam that approves everything: a draft that types a figure is still not delivered as its own words."""
    from vendora_graph.contracts import Draft
    from vendora_graph.offline import model as offline

    def lie(asked: Any, done: Any) -> Draft:
        return Draft(headline="You sold 4,711 units.", author="offline")

    monkeypatch.setattr(offline, "narrate", lie)
    monkeypatch.setattr(manager.l3_validator, "validate_analysis", lambda **nouns: {"approved": True, "confidence": 1.0})
    body = await manager.process_user_query("units last month", "dealer_001")
    assert body["status"] in ("partial", "withheld")
    assert "4,711" not in body["summary"]
    assert all("4,711" not in finding for finding in body["analysis"]["findings"])
