"""The notebooks are run; what they show is looked at, and none of it is stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

RUN = """
import json, sys, nbformat
from nbclient import NotebookClient

book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=150, kernel_name="python3").execute()
print(json.dumps(["".join(out.get("text", "") for out in cell.outputs) for cell in book.cells if cell.cell_type == "code"]))
"""


def home_with(demo_cache: Path, directory: Path) -> Path:
    """A new user's home where the demo is built already."""
    kept = directory / ".cache" / "vendora"
    kept.mkdir(parents=True)
    for built in demo_cache.glob("demo-*.duckdb"):
        (kept / built.name).symlink_to(built)
    return directory


@pytest.mark.slow
def test_first_question(demo_cache: Path, tmp_path: Path) -> None:
    book = NOTEBOOKS / "01_first_question.ipynb"
    environment = {"HOME": str(home_with(demo_cache, tmp_path)), "PATH": os.defpath, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(book)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=170
    )
    assert done.returncode == 0, done.stderr
    first, table, evidence, follow_up, refusals, steps, _ = json.loads(done.stdout.splitlines()[-1])
    assert first.startswith("answered | ")
    assert len(table.splitlines()) == 7
    assert evidence.count("second path:") == 3
    assert "August 2026" in follow_up
    assert [line.partition(" ")[0] for line in refusals.splitlines()] == ["refused", "refused"]
    assert steps.splitlines()[0] == "L1 orchestrator"
    assert "L3 master validator" in steps


def test_no_output_is_stored() -> None:
    for path in NOTEBOOKS.glob("*.ipynb"):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        assert [cell["outputs"] for cell in cells if cell.get("outputs")] == []
