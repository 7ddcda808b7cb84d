"""LangChain's own SQL tools and agent over our warehouse: unchanged, and behind the guard."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from langchain_community.agent_toolkits import SQLDatabaseToolkit, create_sql_agent
from langchain_core.messages import AIMessage

from vendora_graph.api import Vendora
from vendora_graph.community import GuardedSQLDatabase
from vendora_graph.errors import QueryRefusedError, QuestionError
from vendora_graph.settings import Settings
from vendora_graph.testing import ScriptedModel, call
from vendora_graph.warehouse.demo.build import build

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vendora, Path]]:
    home = tmp_path_factory.mktemp("community")
    build(home / "small.duckdb", months=15, rooftops=2)
    shutil.copy(home / "small.duckdb", home / "truth.duckdb")  # an engine opens one file one way only
    with Vendora(Settings(warehouse=f"duckdb:///{home / 'small.duckdb'}", cache_dir=home)) as vendora:
        yield vendora, home / "truth.duckdb"


def truth(path: Path, sql: str) -> Any:
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute(sql).fetchall()


def test_rows_are_those_of_the_principals_store_only(demo: tuple[Vendora, Path]) -> None:
    vendora, path = demo
    one = GuardedSQLDatabase(vendora, dealership="dealer_001", role="general_manager")
    two = GuardedSQLDatabase(vendora, dealership="dealer_002", role="general_manager")
    both = GuardedSQLDatabase(vendora, role="dealer_principal")
    counts = dict(truth(path, "SELECT dealership_id, COUNT(*) FROM deal GROUP BY 1"))
    assert one.run("SELECT COUNT(*) AS n FROM deal") == str([(counts["dealer_001"],)])
    assert two.run("SELECT COUNT(*) AS n FROM deal WHERE dealership_id = 'dealer_001'") == "[(0,)]"
    assert both.run("SELECT COUNT(*) AS n FROM deal", include_columns=True) == str([{"n": sum(counts.values())}])


def test_what_is_refused_is_an_error_the_agent_can_read(demo: tuple[Vendora, Path]) -> None:
    vendora, _ = demo
    db = GuardedSQLDatabase(vendora)
    for sql in ("DROP TABLE deal", "SELECT 1; SELECT 2", "SELECT * FROM duckdb_settings()", "COPY deal TO 'x.csv'", "PRAGMA version"):
        with pytest.raises(QueryRefusedError):
            db.run(sql)
        assert db.run_no_throw(sql).startswith("Error: The statement was refused")
    with pytest.raises(QuestionError):
        GuardedSQLDatabase(vendora, dealership="dealer_009")


def test_tables_and_columns_are_those_of_the_role(demo: tuple[Vendora, Path]) -> None:
    vendora, _ = demo
    manager = GuardedSQLDatabase(vendora, role="general_manager")
    clerk = GuardedSQLDatabase(vendora, role="salesperson", person=None)
    assert "deal" in list(manager.get_usable_table_names())
    assert "front_gross" in manager.get_table_info(["deal"])
    assert "front_gross" not in clerk.get_table_info(["deal"])
    assert "Error" in manager.get_table_info_no_throw(["nosuch"])
    assert manager.dialect == "duckdb"


def test_the_toolkit_works_unchanged(demo: tuple[Vendora, Path]) -> None:
    vendora, path = demo
    db = GuardedSQLDatabase(vendora, dealership="dealer_001")
    tools = {tool.name: tool for tool in SQLDatabaseToolkit(db=db, llm=ScriptedModel()).get_tools()}
    assert "deal" in tools["sql_db_list_tables"].invoke("")
    assert "CREATE TABLE deal (" in tools["sql_db_schema"].invoke("deal")
    sql = "SELECT COUNT(*) AS n FROM deal WHERE is_retail"
    expected = truth(path, f"{sql} AND dealership_id = 'dealer_001'")
    assert tools["sql_db_query"].invoke(sql) == str(expected)


def test_an_agent_somebody_has_runs_behind_the_guard(demo: tuple[Vendora, Path]) -> None:
    vendora, path = demo
    db = GuardedSQLDatabase(vendora, dealership="dealer_001")
    script = [
        call("sql_db_list_tables", tool_input=""),
        call("sql_db_query", query="DELETE FROM deal"),
        call("sql_db_query", query="SELECT COUNT(*) AS n FROM deal"),
        AIMessage("done"),
    ]
    model = ScriptedModel(script=script)
    agent = create_sql_agent(model, db=db, agent_type="tool-calling")
    assert agent.invoke({"input": "how many deals"})["output"] == "done"
    seen = [str(message.content) for message in model.prompts[-1] if message.type == "tool"]
    assert seen[1].startswith("Error: The statement was refused")
    assert seen[2] == str(truth(path, "SELECT COUNT(*) FROM deal WHERE dealership_id = 'dealer_001'"))
