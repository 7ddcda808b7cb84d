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
from vendora_graph.contracts import Answer
from vendora_graph.settings import Settings

QUESTION = "used front gross per unit by make in September 2026"

CHILD = """
import asyncio, sys, time
from pathlib import Path
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from vendora_graph.api import Vendora
from vendora_graph.events import StepEvent
from vendora_graph.settings import Settings
from vendora_graph.warehouse.duckdb import DuckDBWarehouse

marker, cache, url, kind, place, question = sys.argv[1:]
count = 0
real = DuckDBWarehouse.fetch

def stop(what):
    global count
    if kind == what:
        count += 1
        if count == int(place):
            Path(marker).write_text("now")
            time.sleep(600)

async def fetch(self, statement, **kwargs):
    if "dealer_001" in str(statement.params):
        stop("statement")
    return await real(self, statement, **kwargs)

async def main():
    async for event in Vendora(Settings(cache_dir=cache, checkpoint_url=url or None)).astream(question, thread="killed"):
        if isinstance(event, StepEvent):
            stop(event.node)

def stop_when_written(saver):
    written = saver.aput_writes

    async def aput_writes(self, config, writes, *rest):
        await written(self, config, writes, *rest)
        if any(channel == "ledger" for channel, _ in writes):
            stop("written")

    saver.aput_writes = aput_writes

DuckDBWarehouse.fetch = fetch
stop_when_written(AsyncPostgresSaver if url else AsyncSqliteSaver)
asyncio.run(main())
"""


@pytest.fixture(scope="module")
def undisturbed(demo_cache: Path) -> Answer:
    """The answer of a process that nobody kills; it also leaves compiled statements in the cache, which makes the others quick."""
    with Vendora(Settings(cache_dir=demo_cache)) as vendora:
        vendora.ask("used front gross per unit by make in August 2026")
        return vendora.ask(QUESTION)


def own_cache(demo_cache: Path, place: Path) -> Path:
    """A cache with the demo of all tests and conversations of its own."""
    place.mkdir()
    for found in demo_cache.iterdir():
        if not found.name.startswith("conversations"):
            os.symlink(found, place / found.name)
    return place


def kill_in_the_middle(marker: Path, *arguments: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(marker), *arguments])
    try:
        for _ in range(1200):
            if marker.exists() or child.poll() is not None:
                break
            time.sleep(0.05)
        assert marker.exists(), "the child did not come to the place"
        child.send_signal(signal.SIGKILL)
    finally:
        child.kill()
        assert child.wait(timeout=10) == -signal.SIGKILL


@pytest.mark.slow
@pytest.mark.parametrize("store", ["postgres", "sqlite"])
@pytest.mark.parametrize(
    ("kind", "place"),
    [("data_tools", 1), ("statement", 1), ("written", 2), ("master_validator", 1), ("statement", 3), ("respond", 1)],
    ids=["before the tools", "in the tools", "behind the tools", "before the validator", "in a second path", "before the answer"],
)
def test_killed_question_is_resumed(
    demo_cache: Path, tmp_path: Path, postgres_url: str, undisturbed: Answer, store: str, kind: str, place: int
) -> None:
    cache = own_cache(demo_cache, tmp_path / "cache")
    url = postgres_url if store == "postgres" else ""
    kill_in_the_middle(tmp_path / "marker", str(cache), url, kind, str(place), QUESTION)
    with Vendora(Settings(cache_dir=cache, checkpoint_url=url or None)) as vendora:
        resumed = vendora.ask("", thread="killed", resume=True)
        following = vendora.ask("and in August?", thread="killed")
    assert resumed.status == "answered"
    assert resumed.canonical() == undisturbed.canonical()
    assert resumed.metadata.trace == undisturbed.metadata.trace
    assert following.period is not None
    assert following.period.start.isoformat() == "2026-08-01"
