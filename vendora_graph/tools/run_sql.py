"""`run_sql`: free SQL where no metric covers the question. Guarded, scoped to the asker, and proven or shown as not proven."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field
from rapidfuzz import fuzz, process, utils

from vendora_graph.contracts import Contract, Fact, Ledger, QueryRecord, ResultTable, Second, Slice
from vendora_graph.errors import QuestionError, WarehouseError, WarehouseUnavailableError
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.tools.present import as_json
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.runner import table_id
from vendora_graph.tools.sayings import say
from vendora_graph.tools.sql_proof import MAX_PARTS, Seconds, figure, prove_sql
from vendora_graph.warehouse.port import Limits

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services
    from vendora_graph.warehouse.guard import AccessPolicy
    from vendora_graph.warehouse.port import ResultSet

MAX_ROWS = 200
"""Rows of free SQL that become facts; more are cut, and the table says so."""


class RunSql(Contract):
    """Run one SELECT where no metric covers the question; prefer query_metrics. Stores are scoped by code: never filter for access.

    Figures are proven when they are SUM, COUNT, MIN, MAX or AVG over one table and joins on whole keys; others may be shown in a
    table only. Find tables and columns with find_tables.
    """

    sql: str = Field(min_length=1, max_length=8000)


class FindTables(Contract):
    """Find tables by words; returns their columns as you may read them."""

    words: str = Field(max_length=200)
    limit: int = Field(default=4, ge=1, le=10)


def sql_policy(services: Services, scope: Scope) -> AccessPolicy:
    """Return what the asker's own SQL may read: the classes the role holds in full, no other."""
    role = scope.principal.role
    return services.tenancy.policy(
        scope.principal.dealership_ids, classes=services.access.sql_classes(role), masked=services.access.masked_classes(role)
    )


async def _run(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = RunSql.model_validate(arguments)
    work = _Work(services, sql_policy(services, scope))
    try:
        result, query_id = await work.run(asked.sql, MAX_ROWS)
        seconds = {} if result.truncated else await prove_sql(asked.sql, services, work.policy, work.run_second)
    except WarehouseUnavailableError:
        raise
    except WarehouseError as error:
        raise QuestionError(str(error)) from error
    table, facts = _tabled(asked, result, query_id, seconds, services.warehouse.dialect)
    return ToolResult(Ledger(turn=scope.turn, facts=facts, tables={table.id: table}, queries=work.queries))


class _Work:
    """The statements of one call."""

    def __init__(self, services: Services, policy: AccessPolicy) -> None:
        self.services, self.policy = services, policy
        self.queries: dict[str, QueryRecord] = {}

    async def run_second(self, sql: str) -> tuple[ResultSet, str]:
        return await self.run(sql, MAX_PARTS, second=True)

    async def run(self, sql: str, rows: int, *, second: bool = False) -> tuple[ResultSet, str]:
        """Guard, bind and run a statement; note it down."""
        warehouse, settings = self.services.warehouse, self.services.settings
        statement = self.services.guard(sql, self.policy).bind()
        limits = Limits(rows=min(rows, settings.query_max_rows))
        result = await warehouse.fetch(statement, deadline_s=settings.query_timeout_seconds, limits=limits)
        body = f"{statement.sql}|{sorted(statement.params.items())}"
        identity = "q" + hashlib.sha256(body.encode()).hexdigest()[:12]
        self.queries[identity] = QueryRecord(
            id=identity,
            sql=statement.sql,
            dialect=warehouse.dialect,
            rows=len(result.rows),
            ms=round(result.ms, 3),
            bytes=result.bytes,
            purpose="second" if second else "primary",
            request="run_sql",
            truncated=result.truncated,
        )
        return result, identity


def _tabled(
    asked: RunSql, result: ResultSet, query_id: str, seconds: Seconds, dialect: str
) -> tuple[ResultTable, dict[str, Fact]]:
    labels = _labels(asked.sql, result, dialect)
    figures = [i for i in range(len(result.columns)) if i not in labels]
    keys = _keys(result, labels)
    facts: dict[str, Fact] = {}
    cells: list[tuple[str | None, ...]] = []
    for row, key in zip(result.rows, keys, strict=True):
        own = tuple(str(row[i]) for i in labels)
        made = [_fact(result.columns[i], row[i], key, query_id, seconds.get((own, i))) for i in figures]
        facts.update({fact.id: fact for fact in made})
        cells.append(tuple(fact.id for fact in made))
    proven = bool(facts) and all(fact.second is not None and fact.second.value == fact.value for fact in facts.values())
    words = [] if proven else [say("sql_unproven")]
    table = ResultTable(
        id=table_id("run_sql", f"{query_id}"),
        tool="run_sql",
        request=as_json({"sql": asked.sql}),
        columns=tuple(_label(result.columns[i]) for i in figures),
        keys=tuple(keys),
        cells=tuple(cells),
        total_rows=len(result.rows),
        note="; ".join([*words, *(["truncated"] if result.truncated else [])]),
    )
    return table, facts


def _labels(sql: str, result: ResultSet, dialect: str) -> tuple[int, ...]:
    """Return the columns that label rows: the groups, else whatever holds no figures."""
    from vendora_graph.tools.sql_shape import labels_of

    groups = labels_of(sql, dialect) or frozenset()
    named = [i for i in range(len(result.columns)) if i in groups or any(_is_text(row[i]) for row in result.rows)]
    return tuple(named)


def _is_text(value: object) -> bool:
    return value is not None and figure(value) is None


def _keys(result: ResultSet, labels: tuple[int, ...]) -> list[Slice]:
    """Return the slices of the rows; equal ones are told apart by their row."""
    plain = [tuple(sorted((result.columns[i], str(row[i])) for i in labels)) for row in result.rows]
    twice = {key for key, times in Counter(plain).items() if times > 1}
    return [tuple(sorted((*key, ("row", str(n))))) if key in twice else key for n, key in enumerate(plain, start=1)]


def _fact(column: str, value: object, key: Slice, query_id: str, second: Second | None) -> Fact:
    return make_fact(
        metric=f"sql:{column}",
        value=figure(value),
        unit="number",
        label=_label(column),
        slice=key,
        basis=say("sql_basis"),
        grade="sql",
        query_id=query_id,
        second=second,
    )


def _label(column: str) -> str:
    return column.replace("_", " ").strip().capitalize() or "Value"


async def _find(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = FindTables.model_validate(arguments)
    tables = readable(services, scope)
    choices = {name: f"{name.replace('_', ' ')} {' '.join(columns).replace('_', ' ')}" for name, columns in tables.items()}
    found = process.extract(asked.words, choices, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=None)
    best = sorted(found, key=lambda item: (-item[1], item[2]))[: asked.limit]
    return ToolResult(Ledger(turn=scope.turn), as_json([{"table": name, "columns": list(tables[name])} for _, _, name in best]))


def readable(services: Services, scope: Scope) -> dict[str, tuple[str, ...]]:
    """Return the tables the asker's own SQL may read, with their columns; of a foreign database those its model names."""
    policy = sql_policy(services, scope)
    if not policy.any_table:
        return {name: rule.columns for name, rule in policy.tables.items() if rule.kind != "hidden" and not rule.closed}
    named: dict[str, set[str]] = {table: set() for info in services.catalog.metrics.values() for table in info.tables}
    for dimension in services.catalog.dimensions.values():
        if dimension.source is not None:
            named.setdefault(dimension.source[0], set()).add(dimension.source[1])
    return {table: tuple(sorted(columns)) for table, columns in sorted(named.items())}


RUN_SQL = Tool("run_sql", RunSql.__doc__ or "", RunSql, _run)
FIND_TABLES = Tool("find_tables", FindTables.__doc__ or "", FindTables, _find)
