"""The one function that decides: read, check, scope, write, read again."""

from __future__ import annotations

from collections import Counter, OrderedDict
from threading import Lock

from sqlglot import exp

from vendora_graph.warehouse.guard.catalogue import check_relation
from vendora_graph.warehouse.guard.columns import check_columns
from vendora_graph.warehouse.guard.names import fold
from vendora_graph.warehouse.guard.nodes import canonical, check_nodes, check_root
from vendora_graph.warehouse.guard.opinion import check_postgres
from vendora_graph.warehouse.guard.parsing import generate, parse_one
from vendora_graph.warehouse.guard.rewrite import Scoper
from vendora_graph.warehouse.guard.rows import check_whole_rows
from vendora_graph.warehouse.guard.rules import Rules, rules_for
from vendora_graph.warehouse.guard.scopes import Resolver
from vendora_graph.warehouse.guard.types import AccessPolicy, Dialect, GuardDecision, RefusalError

DIALECTS: tuple[Dialect, ...] = ("duckdb", "postgres", "bigquery", "sqlite")
_SHAPES_KEPT = 512
_OWN_ROOM = 10


class GuardedShapes:
    """Decisions by (text, dialect, policy key): a compiled shape is examined once and costs microseconds afterwards.

    The policy's key holds everything but the tenants' values, which are parameters; they are filled in anew each time.
    """

    def __init__(self, size: int = _SHAPES_KEPT) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, str, str], GuardDecision] = OrderedDict()
        self._lock = Lock()

    def guard(self, sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
        """Decide, from memory where the same text was decided under the same policy."""
        shape = (sql, dialect, policy.key)
        with self._lock:
            kept = self._kept.get(shape)
            if kept is not None:
                self._kept.move_to_end(shape)
        if kept is None:
            kept = examine(sql, dialect, policy)
            self._keep(shape, kept)
        return _with_tenants(kept, policy)

    def _keep(self, shape: tuple[str, str, str], decision: GuardDecision) -> None:
        with self._lock:
            self._kept[shape] = decision
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _with_tenants(decision: GuardDecision, policy: AccessPolicy) -> GuardDecision:
    if not decision.params or tuple(value for _, value in decision.params) == policy.tenants:
        return decision
    params = tuple((name, value) for (name, _), value in zip(decision.params, policy.tenants, strict=True))
    return GuardDecision(
        decision.verdict, decision.rule, decision.reason, decision.sql, decision.dialect, params, decision.tables, decision.columns
    )


_SHAPES = GuardedShapes()


def guard(sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
    """Decide whether a statement may run, and write the statement that runs instead of it.

    Args:
        sql: One SELECT, compiled or written by a model.
        dialect: `duckdb`, `postgres`, `bigquery` or `sqlite` (checking only).
        policy: What the caller may read.

    Returns:
        The decision; a refusal says what to change. Nothing is raised.
    """
    return _SHAPES.guard(sql, dialect, policy)


def examine(sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
    """Decide without memory. See `guard`."""
    try:
        return _accept(sql, dialect, policy)
    except RefusalError as refusal:
        return GuardDecision("refuse", refusal.rule, refusal.reason, "", dialect)
    except RecursionError:
        return GuardDecision("refuse", "depth", "The statement nests too deeply; write it flatter, with WITH clauses.", "", dialect)


def _accept(sql: str, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
    if dialect not in DIALECTS:
        raise RefusalError("dialect", f"The dialect {dialect!r} is not known; use one of {', '.join(DIALECTS)}.")
    rules = rules_for(dialect)
    tree = parse_one(sql, dialect)
    check_root(tree, rules)
    check_nodes(tree, rules, policy.parameters)
    tree = canonical(tree, dialect)
    for relation in tree.find_all(exp.Table, exp.Lateral):
        check_relation(relation, dialect)
    decision = _any_table(tree, dialect) if policy.any_table else _scoped(tree, dialect, policy)
    _read_again(decision, tree, rules, policy)
    return decision


def _any_table(tree: exp.Expr, dialect: Dialect) -> GuardDecision:
    check_whole_rows(tree, dialect)
    names = {fold(cte.alias) for cte in tree.find_all(exp.CTE)}
    tables = {table.name for table in tree.find_all(exp.Table) if isinstance(table.this, exp.Identifier) and fold(table.name) not in names}
    return GuardDecision("accept", "ok", "", generate(tree, dialect), dialect, (), tuple(sorted(tables)))


def _scoped(tree: exp.Expr, dialect: Dialect, policy: AccessPolicy) -> GuardDecision:
    if not policy.tenants:
        raise RefusalError("tenant", "No store is in scope; ask as somebody who works at one.")
    resolver = Resolver(policy, dialect)
    resolver.resolve(tree)
    columns = check_columns(resolver.scopes, dialect)
    scoper = Scoper(policy, dialect, resolver.names)
    tables = scoper.rewrite(resolver.scopes)
    sql = generate(tree, dialect)
    used = scoper.params if scoper.used else ()
    return GuardDecision("accept", "ok", "", sql, dialect, used, tables, columns)


def _read_again(decision: GuardDecision, tree: exp.Expr, rules: Rules, policy: AccessPolicy) -> None:
    """Read the written text: it must be the validated tree, for the guard and for Postgres' own parser."""
    written = parse_one(decision.sql, decision.dialect, room=_OWN_ROOM)
    if written != tree and generate(written.copy(), decision.dialect) != decision.sql:
        raise RefusalError("round_trip", "The statement does not read the same when written out; use plainer SQL.")
    if written != tree:
        bound = tuple(name for name, _ in decision.params)
        check_root(written, rules)
        check_nodes(written, rules, (*policy.parameters, *bound))
    if decision.dialect == "postgres":
        counted = Counter((table.db, table.name) for table in map(_folded, written.find_all(exp.Table)) if table.name)
        check_postgres(decision.sql, counted, rules)


def _folded(table: exp.Table) -> exp.Table:
    for part in ("this", "db"):
        name = table.args.get(part)
        if isinstance(name, exp.Identifier) and not name.args.get("quoted"):
            name.set("this", fold(name.name))
    return table
