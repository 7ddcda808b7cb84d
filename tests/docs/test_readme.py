"""The README is run, not believed."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from vendora_graph.cli import COMMANDS, LazyGroup, app
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import ensure_demo

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in BLOCKS if language == "python" and "http://" not in text]  # the others: test_pages.py
SHELL = [line.partition(" #")[0].strip() for language, text in BLOCKS if language == "sh" for line in text.splitlines()]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A new user's home, with the demo already built: no conversation of this machine is read or written."""
    directory = tmp_path_factory.mktemp("home")
    built = ensure_demo(Settings().cache_dir)
    kept = directory / ".cache" / "vendora" / built.name
    kept.parent.mkdir(parents=True)
    kept.symlink_to(built)
    return directory


@pytest.mark.parametrize("code", PYTHON, ids=lambda code: code.splitlines()[0])
def test_python_blocks_run(code, home):
    environment = {"HOME": str(home), "PATH": os.defpath}
    done = subprocess.run([sys.executable, "-c", code], cwd=home, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(("answered", "L1 orchestrator"))
    assert "clarify" not in done.stdout


@pytest.mark.parametrize("line", [line for line in SHELL if "vendora " in line])
def test_shown_commands_exist_with_their_options(line):
    words = shlex.split(line)[1:]
    group = get_command(app)
    assert isinstance(group, LazyGroup)
    command = group.get_command(None, words[0])
    assert words[0] in COMMANDS
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words[1:] if word.startswith("--")} <= known


@pytest.mark.parametrize("target", [line.split()[1] for line in SHELL if line.startswith("make ")])
def test_shown_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!https?:)[^)#]+)\)", README))))
def test_links_lead_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("place", sorted(set(re.findall(r"`((?:vendora_graph|tests|docs)/[\w./*]*)`", README))))
def test_the_map_is_true(place):
    assert list(ROOT.glob(place.rstrip("/")))
