from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import PACKAGE, ROOT, tracked

HEAVY = ("langgraph", "langchain_core", "metricflow", "duckdb", "google", "openai", "rich", "yaml", "fastapi", "sqlglot", "numpy")


def test_imports_point_one_way():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = directory.glob("*.whl")
    return set(zipfile.ZipFile(path).namelist())


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    assert {name.partition("/")[0].partition("-")[0] for name in wheel} == {"vendora_graph"}


def test_the_wheel_holds_every_data_file(wheel):
    wanted = {str(path.relative_to(ROOT)) for path in tracked() if path.is_relative_to(PACKAGE)}
    assert wanted - wheel == set()


@pytest.mark.parametrize("module", ["vendora_graph", "vendora_graph.cli", "vendora_graph.commands.ask", "vendora_graph.settings"])
def test_what_starts_the_command_line_is_light(module):
    code = f"import sys, {module}; print(' '.join(sorted(set({HEAVY!r}) & set(sys.modules))))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_imports_no_graph():
    code = "import sys; from vendora_graph.cli import main\ntry: main(['ask', '--help'])\nfinally: print('langgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
