"""What the pages show is run: plain blocks alone, blocks that speak to a server against a running one. Links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.served import langgraph_dev, vendora_serve

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = [ROOT / "README.md", ROOT / "docs" / "library.md", ROOT / "docs" / "senior.md"]
BLOCKS = [(page.name, text) for page in RUN for text in re.findall(r"^```python\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)]
SERVE, DEV = "http://localhost:8000", "http://localhost:2024"


@pytest.fixture(scope="module")
def serve(demo_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with vendora_serve(demo_cache, tmp_path_factory.mktemp("serve")) as address:
        yield address


@pytest.fixture(scope="module")
def dev(demo_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with langgraph_dev(demo_cache, tmp_path_factory.mktemp("dev")) as address:
        yield address


def _run(code: str, home: Path, demo_cache: Path) -> str:
    kept = home / ".cache" / "vendora"
    kept.mkdir(parents=True)
    for built in demo_cache.glob("demo-*.duckdb"):
        (kept / built.name).symlink_to(built)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"HOME": str(home), "PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("code", [text for page, text in BLOCKS if page in ("library.md", "senior.md") and "http://" not in text])
def test_blocks_run(code: str, tmp_path: Path, demo_cache: Path) -> None:
    assert _run(code, tmp_path, demo_cache).startswith("answered")


@pytest.mark.slow
@pytest.mark.parametrize("code", [text for _, text in BLOCKS if SERVE in text])
def test_blocks_that_speak_to_the_service(code: str, tmp_path: Path, demo_cache: Path, serve: str) -> None:
    assert "retail units in October 2026" in _run(code.replace(SERVE, serve), tmp_path, demo_cache)


@pytest.mark.slow
@pytest.mark.parametrize("code", [text for _, text in BLOCKS if DEV in text])
def test_blocks_that_speak_to_langgraph(code: str, tmp_path: Path, demo_cache: Path, dev: str) -> None:
    assert "retail units in October 2026" in _run(code.replace(DEV, dev), tmp_path, demo_cache)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(((?!https?:)[^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["architecture.md", "threat-model.md", "library.md"])
def test_named_tests_exist(name: str) -> None:
    named = re.findall(r"`(tests/[\w./]+)`", (ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert [place for place in named if not (ROOT / place).exists()] == []


def test_the_architecture_names_every_part() -> None:
    """A module that is in no row of the page has no owner."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    parts = {path.name for path in (ROOT / "vendora_graph").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {name for name in parts if f"`{name}/`" not in page} == set()


def test_decisions_have_a_number_of_their_own_options_and_a_decision() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert len({path.name[:4] for path in decisions}) == len(decisions)
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]}")
        assert "Decision" in text
        assert "Options" in text or "Why" in text
