"""`vendora sql check`: JSON lines in, one decision a line out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vendora_graph.warehouse.sql_check import sql_app


def run(*arguments: str, lines: str) -> list[dict[str, object]]:
    result = CliRunner().invoke(sql_app, ["check", *arguments], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def line(sql: object, **more: object) -> str:
    return json.dumps({"sql": sql, **more}) + "\n"


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "bigquery", "sqlite"])
def test_a_decision_a_line(dialect: str):
    text = line("SELECT * FROM anything", id="a") + "\n" + line("DROP TABLE anything") + "no json\n" + line(5)
    found = run("--dialect", dialect, "--any-table", lines=text)
    assert [one["verdict"] for one in found] == ["accept", "refuse", "refuse", "refuse"]
    assert [one["rule"] for one in found] == ["ok", "root", "input", "input"]
    assert found[0]["id"] == "a"
    assert found[0]["rewritten"] == "SELECT * FROM anything"
    assert found[1]["rewritten"] is None


def test_a_tenant_is_bound_and_never_written():
    [found] = run("--dialect", "postgres", "--tenant", "s7", lines=line("SELECT COUNT(*) FROM deal"))
    assert "s7" not in str(found["rewritten"])
    assert found["params"] == {"1": "s7"}
    assert found["tables"] == ["deal"]


def test_a_role_s_columns():
    [found] = run("--tenant", "s7", "--role", "bdc", lines=line("SELECT front_gross FROM deal"))
    assert found["rule"] == "column"
    assert "gross" in str(found["reason"])


def test_a_catalogue_stays_closed_for_any_table():
    [found] = run("--any-table", "--dialect", "sqlite", lines=line("SELECT * FROM sqlite_master"))
    assert found["rule"] == "catalogue"


def test_a_file_of_statements(tmp_path: Path):
    place = tmp_path / "statements.jsonl"
    place.write_text(line("SELECT 1 AS a"))
    result = CliRunner().invoke(sql_app, ["check", str(place), "--any-table"])
    assert json.loads(result.output)["verdict"] == "accept"


@pytest.mark.parametrize("wrong", [["--dialect", "oracle"], ["--tenant", "a", "--any-table"]])
def test_wrong_options_are_a_usage_error(wrong: list[str]):
    assert CliRunner().invoke(sql_app, ["check", *wrong], input="").exit_code == 2
