"""Free SQL as a tool of the analysts: guarded, proven where it can be put together again, else shown as not proven."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from vendora_graph.api import Vendora
from vendora_graph.contracts import Ledger
from vendora_graph.errors import QueryRefusedError, QuestionError
from vendora_graph.services import Scope
from vendora_graph.testing import UnreliableModel
from vendora_graph.tools.run_sql import FIND_TABLES, RUN_SQL, FindTables, RunSql
from vendora_graph.tools.sql_shape import finer

KEYS = {"vets": frozenset({"vet_id"})}


async def ledger_of(vendora: Vendora, sql: str) -> Ledger:
    opened = await vendora.aopen()
    principal = opened.identities.principal()
    scope = Scope(principal, opened.services.profile.as_of, opened.services.profile.data_through, 1)
    return (await RUN_SQL.run(RunSql(sql=sql), opened.services, scope, Ledger(turn=1))).ledger


PROVEN = [
    "SELECT COUNT(*) AS n FROM visits",
    "SELECT reason, SUM(bill) AS total, AVG(bill) AS mean, MIN(wait_minutes) AS least, MAX(bill) AS most FROM visits GROUP BY reason",
    "SELECT reason AS r, COUNT(bill) AS n FROM visits WHERE NOT no_show GROUP BY 1 HAVING COUNT(*) > 300 ORDER BY n DESC LIMIT 3",
    "SELECT v.is_emergency, SUM(v.bill * 2 - 1) AS odd FROM visits v WHERE v.visited_on >= DATE '2026-01-01' GROUP BY v.is_emergency",
    "SELECT SUM(bill) AS nothing FROM visits WHERE reason = 'nosuch'",
]


@pytest.mark.parametrize("sql", PROVEN)
async def test_what_adds_up_is_computed_twice(open_practice: Callable[..., Vendora], practice_file: Any, sql: str) -> None:
    async with open_practice() as vendora:
        ledger = await ledger_of(vendora, sql)
    with duckdb.connect(str(practice_file), read_only=True) as db:
        rows = db.execute(sql).fetchall()
    [table] = ledger.tables.values()
    assert len(table.cells) == len(rows)
    width = len(table.keys[0])
    by_label = {tuple(str(label) for label in row[:width]): row for row in rows}  # without ORDER BY an engine may give them in any order
    for cells, key in zip(table.cells, table.keys, strict=True):
        numbers = by_label[tuple(str(label) for _, label in key)][width:]
        assert len(numbers) == len(cells)
        for value, cell in zip(numbers, cells, strict=True):
            fact = ledger.facts[str(cell)]
            expected = (
                None
                if value is None
                else Decimal(str(value))
                if not isinstance(value, float)
                else Decimal(repr(value)).quantize(Decimal("0.000001"))
            )
            assert fact.value == expected
            assert fact.grade == "sql"
            if value is not None:
                assert fact.second is not None
                assert fact.second.value == fact.value
    if rows[0][-1] is not None:
        assert table.note == ""
        assert {record.purpose for record in ledger.queries.values()} == {"primary", "second"}


NOT_PROVEN = [
    "SELECT COUNT(DISTINCT animal_id) AS n FROM visits",
    "SELECT SUM(bill) / COUNT(*) AS mean FROM visits",
    "SELECT reason, SUM(bill) AS b FROM visits WHERE bill > (SELECT AVG(bill) FROM visits) GROUP BY reason",
    "SELECT reason, SUM(SUM(bill)) OVER () AS b FROM visits GROUP BY reason",
    "WITH v AS (SELECT * FROM visits) SELECT COUNT(*) AS n FROM v",
    "SELECT a.species, SUM(v.bill) AS b FROM visits v JOIN animals a ON a.animal_id = v.animal_id GROUP BY a.species",  # no key is known
    "SELECT bill FROM visits LIMIT 3",
    "SELECT MEDIAN(bill) AS b FROM visits",
]


@pytest.mark.parametrize("sql", NOT_PROVEN)
async def test_what_does_not_is_said_to_be_unproven(open_practice: Callable[..., Vendora], sql: str) -> None:
    async with open_practice() as vendora:
        ledger = await ledger_of(vendora, sql)
    [table] = ledger.tables.values()
    assert table.note.startswith("query result, not proven")
    assert all(fact.second is None for fact in ledger.facts.values())


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP TABLE visits", "refused"),
        ("SELECT 1; SELECT 2", "refused"),
        ("SELECT * FROM read_csv('x.csv')", "refused"),
        ("SELECT nosuch FROM visits", "nosuch"),
    ],
)
async def test_what_the_guard_or_the_engine_refuses_can_be_mended(open_practice: Callable[..., Vendora], sql: str, said: str) -> None:
    async with open_practice() as vendora:
        with pytest.raises((QueryRefusedError, QuestionError), match=said):
            await ledger_of(vendora, sql)


async def test_tables_can_be_found(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        opened = await vendora.aopen()
        scope = Scope(opened.identities.principal(), opened.services.profile.as_of, opened.services.profile.data_through, 1)
        found = await FIND_TABLES.run(FindTables(words="visits of animals"), opened.services, scope, Ledger(turn=1))
    assert '"visits"' in found.words


JOINS = [
    ("JOIN vets b ON b.vet_id = v.vet_id", True),
    ("LEFT JOIN vets b ON v.vet_id = b.vet_id AND b.branch = 'Hill'", True),
    ("JOIN vets b USING (vet_id)", True),
    ("JOIN vets b ON b.branch = v.reason", False),
    ("JOIN vets b ON b.vet_id > v.vet_id", False),
    ("JOIN vets b ON b.vet_id = v.vet_id OR b.vet_id = 1", False),
    ("CROSS JOIN vets b", False),
    ("FULL JOIN vets b ON b.vet_id = v.vet_id", False),
    ("JOIN animals b ON b.animal_id = v.animal_id", False),
    ("JOIN (SELECT 1 AS vet_id) b ON b.vet_id = v.vet_id", False),
]


@pytest.mark.parametrize(("join", "kept"), JOINS)
def test_a_join_that_may_multiply_rows_is_not_decomposed(join: str, kept: bool) -> None:
    found = finer(f"SELECT SUM(v.bill) AS b FROM visits v {join}", "duckdb", KEYS, "reason")
    assert (found is not None) is kept


class Analyst:
    """Asks for one statement, then hands in a draft of a kind."""

    def __init__(self, sql: str, kind: str) -> None:
        self.sql, self.kind = sql, kind

    def __call__(self, messages: list[BaseMessage], number: int) -> Any:
        import json

        tools = [json.loads(str(m.content)) for m in messages if m.type == "tool"]
        tables = [t for one in tools for t in one.get("tables", [])]
        if number == 1 and not tables:
            return _call("run_sql", {"sql": self.sql}, number)
        if self.kind == "spoken":
            ref = tables[0]["rows"][0]["cells"][0]["ref"]
            return _call("submit_draft", {"headline": f"The figure is {ref}."}, number)
        return _call(
            "submit_draft",
            {"headline": "This is a query result, not proven: {{t1}}.", "tables": [{"ref": "t1", "table": tables[0]["table"]}]},
            number,
        )


def _call(name: str, args: dict[str, Any], number: int) -> AIMessage:
    return AIMessage(content="", tool_calls=[ToolCall(name=name, args=args, id=f"s{number}")])


def _route(messages: list[BaseMessage], number: int) -> Any:
    return _call("RouteChoice", {"decision": "answer", "complexity": "simple"}, number)


UNREAD = "surgery kennels"


async def _asked(open_practice: Callable[..., Vendora], sql: str, kind: str) -> Any:
    models = {"orchestrator": UnreliableModel(behave=_route), "data_analyst": UnreliableModel(behave=Analyst(sql, kind))}
    models["senior_analyst"] = models["data_analyst"]
    async with open_practice(models) as vendora:
        return await vendora.aask(UNREAD)


async def test_a_proven_figure_may_be_spoken_at_moderate_level(open_practice: Callable[..., Vendora]) -> None:
    answer = await _asked(open_practice, "SELECT COUNT(*) AS n FROM visits WHERE reason = 'surgery'", "spoken")
    assert answer.status == "answered", [r.reasons for r in answer.rejected]
    assert answer.confidence_level == "Moderate"
    assert [f.grade for f in answer.evidence] == ["sql"]


async def test_an_unproven_figure_is_never_spoken(open_practice: Callable[..., Vendora]) -> None:
    answer = await _asked(open_practice, "SELECT COUNT(DISTINCT animal_id) AS n FROM visits", "spoken")
    assert answer.status in ("withheld", "not_held")
    assert not answer.evidence


async def test_an_unproven_figure_may_be_shown_in_a_table_that_says_so(open_practice: Callable[..., Vendora], practice_file: Any) -> None:
    sql = "SELECT COUNT(DISTINCT animal_id) AS n FROM visits"
    answer = await _asked(open_practice, sql, "table")
    with duckdb.connect(str(practice_file), read_only=True) as db:
        [(count,)] = db.execute(sql).fetchall()
    [table] = answer.analysis.tables
    assert (table.rows, table.note) == (((str(count),),), "query result, not proven")
    assert str(count) not in answer.summary
    assert answer.confidence_level in ("Moderate", "Low")
