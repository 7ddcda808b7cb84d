"""The tracked files of this repository, as the architecture tests read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "vendora_graph"
LINKS = ("nodes", "prompts", "server", "tools")
SKIPPED = {".venv", ".git", "__pycache__", "dist", "build", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache"}


@cache
def tracked() -> tuple[Path, ...]:
    """Every tracked file; in an unpacked source archive, every file there is."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in paths if path.is_file() and not path.is_symlink()))


def texts() -> Iterator[tuple[str, str]]:
    """(name, text) of every tracked text file."""
    for path in tracked():
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def modules(under: Path = ROOT) -> Iterator[tuple[str, ast.Module, str]]:
    """(name, tree, text) of every tracked Python file below a directory."""
    for path in tracked():
        if path.suffix == ".py" and path.is_relative_to(under):
            text = path.read_text(encoding="utf-8")
            yield str(path.relative_to(ROOT)), ast.parse(text), text
