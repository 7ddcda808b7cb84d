"""A process killed in the middle of a question resumes it, from a real Postgres and from SQLite."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vendora_graph.api import Vendora
from vendora_graph.settings import Settings

CHILD = """
import asyncio, sys
from pathlib import Path
from vendora_graph.api import Vendora
from vendora_graph.settings import Settings
from vendora_graph.warehouse.duckdb import DuckDBWarehouse

marker, cache, url, place = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] or None, sys.argv[4]
count = 0
real = DuckDBWarehouse.fetch

async def slow(self, statement, **kwargs):
    global count
    if "dealer_001" in str(statement.params):
        count += 1
        if count == int(place):
            marker.write_text("now")
            await asyncio.sleep(600)
    return await real(self, statement, **kwargs)

DuckDBWarehouse.fetch = slow
vendora = Vendora(Settings(cache_dir=cache, checkpoint_url=url))
asyncio.run(vendora.aask("used front gross per unit by make in September 2026", thread="killed"))
"""


@pytest.mark.parametrize("store", ["postgres", "sqlite"])
@pytest.mark.parametrize("place", [1, 3], ids=["in the tools", "in the validator"])
async def test_killed_question_is_resumed(
    demo_cache: Path, tmp_path: Path, postgres_url: str, store: str, place: int
) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    for found in demo_cache.iterdir():
        if not found.name.startswith("conversations"):
            os.symlink(found, cache / found.name)
    url = postgres_url if store == "postgres" else ""
    marker = tmp_path / "marker"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(marker), str(cache), url, str(place)])
    try:
        for _ in range(600):
            if marker.exists() or child.poll() is not None:
                break
            time.sleep(0.1)
        assert marker.exists(), "the child did not reach the statement"
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        child.wait(timeout=10)
    async with Vendora(Settings(cache_dir=cache, checkpoint_url=url or None)) as vendora:
        resumed = await vendora.aask(thread="killed", resume=True)
        fresh = await vendora.aask("used front gross per unit by make in September 2026")
    assert resumed.status == "answered"
    assert resumed.canonical() == fresh.canonical()
    assert resumed.metadata.trace == fresh.metadata.trace
