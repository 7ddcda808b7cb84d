"""What was shown is remembered for every worker and across restarts: two answers never isolate one person."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from pydantic import SecretStr

from vendora_graph.errors import CheckpointError
from vendora_graph.settings import Settings
from vendora_graph.shown import FILE, ShownGroups

KEY = ("asker", "general_manager", "payroll", "2026-10")
TEAM = frozenset(f"person {number}" for number in range(8))
WITHOUT_ONE = TEAM - {"person 3"}


@pytest.fixture(params=["file", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "file":
        return Settings(cache_dir=tmp_path)
    return Settings(cache_dir=tmp_path, warehouse=f"duckdb:///{tmp_path}", checkpoint_url=request.getfixturevalue("module_postgres_url"))


async def test_another_worker_knows_what_was_shown(settings: Settings):
    assert await ShownGroups(settings).show(KEY, [TEAM], 5)
    restarted = ShownGroups(settings)
    assert not await restarted.show(KEY, [WITHOUT_ONE], 5)
    assert await restarted.show(KEY, [TEAM], 5)  # the same again tells nothing new


async def test_askers_months_and_warehouses_stand_for_themselves(settings: Settings):
    assert await ShownGroups(settings).show(KEY, [TEAM], 5)
    assert await ShownGroups(settings).show(("other", *KEY[1:]), [WITHOUT_ONE], 5)
    assert await ShownGroups(settings).show((*KEY[:3], "2026-09"), [WITHOUT_ONE], 5)
    assert await ShownGroups(settings.model_copy(update={"warehouse": "another"})).show(KEY, [WITHOUT_ONE], 5)


async def test_a_refused_answer_leaves_no_trace(settings: Settings):
    alone = frozenset({"person 1"})
    assert not await ShownGroups(settings).show(KEY, [WITHOUT_ONE, alone], 5)
    assert await ShownGroups(settings).show(KEY, [TEAM], 5)


async def test_of_two_asked_at_once_only_one_is_shown(settings: Settings):
    workers = [ShownGroups(settings) for _ in range(6)]
    groups = [TEAM if number % 2 else WITHOUT_ONE for number in range(6)]
    shown = await asyncio.gather(*(worker.show(KEY, [group], 5) for worker, group in zip(workers, groups, strict=True)))
    assert {group for group, said in zip(groups, shown, strict=True) if said} in ({TEAM}, {WITHOUT_ONE})


async def test_no_name_is_kept(tmp_path: Path):
    await ShownGroups(Settings(cache_dir=tmp_path)).show(KEY, [TEAM], 5)
    kept = (tmp_path / FILE).read_bytes()
    assert b"person" not in kept
    assert b"asker" not in kept.replace(b"asker TEXT", b"").replace(b"(asker,", b"")


async def test_without_a_memory_nothing_is_shown(tmp_path: Path):
    (tmp_path / FILE).write_bytes(b"no database" * 500)
    with pytest.raises(CheckpointError, match="nothing is shown"):
        await ShownGroups(Settings(cache_dir=tmp_path)).show(KEY, [TEAM], 5)
    gone = Settings(cache_dir=tmp_path, checkpoint_url=SecretStr("postgresql://nobody@127.0.0.1:1/none"), connect_timeout_seconds=1)
    with pytest.raises(CheckpointError, match="CHECKPOINT_URL"):
        await ShownGroups(gone).show(KEY, [TEAM], 5)
