"""The demo dealership for tests that ask it questions: built once a session, kept beside pytest's other files."""

from __future__ import annotations

from pathlib import Path

import pytest

from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import ensure_demo


@pytest.fixture(scope="session")
def demo_cache(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A cache directory with the full demo in it, shared by all workers of one run."""
    root = tmp_path_factory.getbasetemp()
    shared = (root if worker_id == "master" else root.parent) / "demo-cache"
    ensure_demo(shared)
    return shared


@pytest.fixture
def demo_settings(demo_cache: Path) -> Settings:
    """Settings over the demo, offline."""
    return Settings(cache_dir=demo_cache)
