from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from tests.cli.samples import with_status
from vendora_graph.errors import CorruptWarehouseError


@pytest.fixture(autouse=True)
def kept_model(models_cache, monkeypatch):
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(models_cache))


@pytest.fixture
def demo(monkeypatch):
    """The demo as the warehouse, and a generator that writes a small file."""
    import sys

    monkeypatch.setenv("VENDORA_WAREHOUSE", "demo")
    build = SimpleNamespace(build=lambda path, **_: path.write_bytes(b"rows"))
    monkeypatch.setitem(sys.modules, "vendora_graph.warehouse.demo.build", build)


def found(vendora, *arguments):
    ended = vendora("doctor", "--json", *arguments)
    return ended.code, {finding["name"]: finding for finding in json.loads(ended.out)}


def test_all_is_well(library, vendora, demo):
    library(with_status("answered", "You sold 142 units."))
    code, findings = found(vendora)
    assert code == 0
    assert {finding["outcome"] for finding in findings.values()} <= {"ok", "note"}
    assert findings["first question"]["said"] == "answered: You sold 142 units."
    assert "All is well." in vendora("doctor").out


def test_another_warehouse_needs_no_demo(library, vendora):
    library(with_status("answered"))
    code, findings = found(vendora)
    assert code == 0
    assert (findings["demo"]["outcome"], findings["first question"]["outcome"]) == ("note", "note")


def test_a_damaged_demo_is_said_with_its_code(library, vendora, demo):
    def damaged(*_args, **_wishes):
        raise CorruptWarehouseError("The file is damaged. Delete it.")

    library(damaged)
    code, findings = found(vendora)
    assert code == 7
    assert findings["first question"]["said"] == "The file is damaged. Delete it."


@pytest.mark.parametrize(
    ("model", "outcome", "said"),
    [("openai:gpt-5-mini", "wrong", "VENDORA_OPENAI_API_KEY"), ("oracle:x", "wrong", "no provider 'oracle'"), ("offline", "ok", "no key")],
)
def test_a_model_needs_its_key(library, vendora, monkeypatch, model, outcome, said):
    library(with_status("answered"))
    monkeypatch.setenv("VENDORA_MODEL", model)
    code, findings = found(vendora)
    assert code == (2 if outcome == "wrong" else 0)
    assert findings["language model"]["outcome"] == outcome
    assert said in findings["language model"]["said"]


def test_passwords_are_not_shown(library, vendora, monkeypatch):
    library(with_status("answered"))
    monkeypatch.setenv("VENDORA_WAREHOUSE", "postgresql://u:hunter2@h/db")
    monkeypatch.setenv("VENDORA_CHECKPOINT_URL", "postgresql://u:hunter2@127.0.0.1:1/db")
    ended = vendora("doctor")
    assert "hunter2" not in ended.out + ended.err
    assert "postgresql://u@127.0.0.1:1/db cannot be reached" in ended.out
    assert ended.code == 7


def test_a_cache_that_cannot_be_written_is_said(library, vendora, monkeypatch, tmp_path):
    library(with_status("answered"))
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(tmp_path / "file" / "cache"))
    code, findings = found(vendora)
    assert code == 2
    assert "VENDORA_CACHE_DIR" in findings["cache"]["said"]
