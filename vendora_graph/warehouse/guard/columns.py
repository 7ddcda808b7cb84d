"""Column rules: every reference is known, allowed, and never a whole row."""

from __future__ import annotations

from difflib import get_close_matches

from sqlglot import exp

from vendora_graph.warehouse.guard.names import folded
from vendora_graph.warehouse.guard.scopes import Scope, Source, walk_outward
from vendora_graph.warehouse.guard.types import RefusalError


def check_columns(scopes: list[Scope], dialect: str) -> tuple[str, ...]:
    """Check every column reference and mark the relations a `*` reads.

    Returns:
        What is read, `table.column` where it is certain, sorted.

    Raises:
        RefusalError: A column is unknown, not allowed, or stands for a whole row.
    """
    read: set[str] = set()
    for scope in scopes:
        _check_joins(scope)
        _check_stars(scope)
        for column in scope.columns:
            read.add(_check_column(column, scope, dialect))
    return tuple(sorted(name for name in read if name))


def _check_joins(scope: Scope) -> None:
    for join in scope.select.args.get("joins") or ():
        if str(join.args.get("method") or "").upper() == "NATURAL":
            raise RefusalError("join", "NATURAL JOIN depends on columns you do not see; write ON.")


def _check_stars(scope: Scope) -> None:
    for item in scope.select.expressions:
        if isinstance(item, exp.Star):
            for source in scope.sources.values():
                _star(source)


def _star(source: Source) -> None:
    source.starred = True
    if source.rule is not None and (source.rule.blocked or source.rule.masked):
        kept = ", ".join(source.rule.columns[:6])
        raise RefusalError("star", f"{source.rule.name} has columns you may not read, so * is refused; name columns, for example {kept}.")


def _check_column(column: exp.Column, scope: Scope, dialect: str) -> str:
    if column.args.get("db") or column.args.get("catalog"):
        raise RefusalError("qualified_column", f"Write {column.name} behind a table's alias, without schema.")
    name = folded(column.this, dialect)
    table = folded(column.args.get("table"), dialect)
    if table:
        return _qualified(column, name, table, scope)
    return _bare(name, scope)


def _qualified(column: exp.Column, name: str, table: str, scope: Scope) -> str:
    source = next((level.sources[table] for level in walk_outward(scope) if table in level.sources), None)
    if source is None:
        raise RefusalError("alias", f"No relation here is called {table}; use an alias of the FROM clause.")
    if isinstance(column.this, exp.Star):
        _star(source)
        return ""
    if source.rule is None:
        return ""
    _known(name, source)
    return f"{source.rule.name}.{name}"


def _known(name: str, source: Source) -> None:
    rule = source.rule
    if rule is None or name in rule.columns:
        return
    blocked = dict(rule.blocked)
    if name in blocked:
        need = blocked[name]
        raise RefusalError("column", f"{rule.name}.{name} needs the access class {need}, which your role does not have; leave it out.")
    near = get_close_matches(name, rule.columns, n=1, cutoff=0.6)
    raise RefusalError("unknown_column", f"{rule.name} has no column {name}{f'; did you mean {near[0]}' if near else ''}.")


def _bare(name: str, scope: Scope) -> str:
    for level in walk_outward(scope):
        owners = [source for source in level.sources.values() if source.columns is not None and name in source.columns]
        if owners:
            rule = owners[0].rule
            return f"{rule.name}.{name}" if rule and len(owners) == 1 else name
        if level is scope and name in level.aliases:
            return ""
        _refuse_blocked(name, level)
        if name in level.sources:
            if _is_value(level.sources[name]):
                return name
            raise RefusalError("whole_row", f"{name} alone stands for a whole row; name its columns.")
        if any(source.columns is None for source in level.sources.values()):
            return name
    if scope.sources:
        raise RefusalError("unknown_column", f"No relation here has a column {name}.")
    raise RefusalError("unknown_column", f"{name} is read from no table; write text values in single quotes.")


def _is_value(source: Source) -> bool:
    """Say whether a relation's name stands for its one value: an array's elements, a function's results."""
    return source.rule is None and (isinstance(source.node, exp.Unnest) or isinstance(source.node.this, exp.Func))


def _refuse_blocked(name: str, level: Scope) -> None:
    for source in level.sources.values():
        if source.rule is not None and name in dict(source.rule.blocked):
            _known(name, source)
