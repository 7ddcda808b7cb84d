from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import vendora_graph
from tests.cli.samples import FakeVendora
from vendora_graph.cli import main
from vendora_graph.contracts import Answer

FIXED = "duckdb:////nowhere/fixed.duckdb"


@dataclass
class Ended:
    code: int
    out: str
    err: str


class Typed(io.StringIO):
    """Standard input of a pipe, or of a keyboard."""

    def __init__(self, text: str, keyboard: bool = False) -> None:
        super().__init__(text)
        self.keyboard = keyboard

    def isatty(self) -> bool:
        return self.keyboard


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine, no demo, and an own cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("VENDORA_WAREHOUSE", FIXED)


@pytest.fixture(scope="session")
def models_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache that lives as long as the session: reading the semantic model from YAML takes seconds."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeVendora]:
    def install(reply: Callable[..., Answer] | Answer, **more: object) -> FakeVendora:
        fake = FakeVendora(reply if callable(reply) else lambda *_args, **_wishes: reply, **more)
        monkeypatch.setitem(vars(vendora_graph), "Vendora", fake)
        return fake

    return install


@pytest.fixture
def vendora(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    def run(*arguments: str, typed: str = "") -> Ended:
        monkeypatch.setattr(sys, "stdin", Typed(typed))
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    return run
