"""The factory that LangGraph's server calls for every run."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from vendora_graph import studio
from vendora_graph.settings import Settings


async def test_opens_once_however_many_ask(demo_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "_OPENED", {})
    monkeypatch.setattr(Settings, "load", classmethod(lambda cls, **_: cls(cache_dir=demo_cache)))
    graphs = await asyncio.gather(*(studio.make_graph() for _ in range(5)))
    assert len({id(graph) for graph in (*graphs, await studio.make_graph())}) == 1
    assert graphs[0].checkpointer is None
    assert set(graphs[0].get_graph().nodes) >= {"orchestrator", "data_analyst", "data_tools", "master_validator", "respond"}


async def test_errors_of_code_are_not_shown(demo_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studio, "_OPENED", {})
    monkeypatch.setattr(Settings, "load", classmethod(lambda cls, **_: cls(cache_dir=demo_cache)))
    graph = await studio.make_graph()
    with pytest.raises(studio.StudioError, match="technical reason"):
        await graph.ainvoke({"question": None, "secret": 1}, {"configurable": {"thread_id": ["not a name"]}, "recursion_limit": 0})
