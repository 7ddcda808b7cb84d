"""A Vendora over the veterinary practice: another business, no stores, a few thousand rows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vendora_graph.api import Vendora
from vendora_graph.settings import Settings

FIXTURE = Path(__file__).parents[1] / "fixtures" / "second_model"


@pytest.fixture(scope="session")
def practice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("practice") / "practice.duckdb"
    subprocess.run([sys.executable, str(FIXTURE / "build.py"), str(path)], check=True, capture_output=True)
    return path


@pytest.fixture(scope="session")
def practice_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def open_practice(practice_file: Path, practice_cache: Path, tmp_path: Path) -> Callable[..., Vendora]:
    """Return a maker of a Vendora over the practice; conversations go to a file of their own."""

    def make(models: dict[str, Any] | None = None, **settings: Any) -> Vendora:
        chosen = Settings(cache_dir=settings.pop("cache_dir", practice_cache), warehouse=f"duckdb:///{practice_file}", **settings)
        return Vendora(chosen, model_dir=FIXTURE, models=models)

    return make
