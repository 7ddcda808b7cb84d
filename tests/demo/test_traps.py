"""Every trap of the domain is in the data, as docs/demo.md says."""

from pathlib import Path

import duckdb
import pytest
import yaml

HERE = Path(__file__).parent
TRAPS = yaml.safe_load((HERE / "traps.yaml").read_text(encoding="utf-8"))
DOCUMENT = (HERE.parents[1] / "docs" / "demo.md").read_text(encoding="utf-8")


def test_every_trap_has_its_entry() -> None:
    assert [t["id"] for t in TRAPS] == list(range(1, 55))


@pytest.mark.parametrize("trap", TRAPS, ids=[f"{t['id']:02d}-{t['trap']}" for t in TRAPS])
def test_the_data_carry_the_trap(full: duckdb.DuckDBPyConnection, trap: dict) -> None:
    (value,) = full.execute(trap["sql"]).fetchone()
    assert trap["low"] <= float(value) <= trap["high"], f"{value} is outside {trap['low']}..{trap['high']}"


@pytest.mark.parametrize("trap", TRAPS, ids=[str(t["id"]) for t in TRAPS])
def test_the_document_shows_the_trap(trap: dict) -> None:
    assert trap["planted"] in DOCUMENT
    assert trap["sql"] in DOCUMENT
