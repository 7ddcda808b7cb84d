"""The second path of free SQL, on the syntax tree: the same rows, one grain finer, to be put together again.

Only what adds up is decomposed: SUM, COUNT, MIN, MAX and AVG over one table with joins that cannot multiply its rows (on the whole
key of the joined table). Everything else stays unproven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

Keys = Mapping[str, frozenset[str]]
"""The key columns of each table; a table that is not there has no known key."""

_AGGREGATES: dict[type[exp.Expression], str] = {exp.Sum: "sum", exp.Count: "count", exp.Min: "min", exp.Max: "max", exp.Avg: "avg"}
_REFUSED = ("distinct", "qualify", "laterals", "with_", "windows", "pivots", "sample", "offset", "connect", "match")
_FINER = "finer"


@dataclass(frozen=True, slots=True)
class Part:
    """How one column is put together again: its law, and the columns of the finer result that hold its parts."""

    law: str
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finer:
    """The finer statement.

    Attributes:
        sql: What to run; guard it like any other.
        groups: Pairs (column of the first result, column of the finer one) of the labels.
        parts: By column of the first result.
        by: What it is cut by further.
    """

    sql: str
    groups: tuple[tuple[int, int], ...]
    parts: Mapping[int, Part]
    by: str


def labels_of(sql: str, dialect: str) -> frozenset[int] | None:
    """Return which columns of a statement are its groups; None where that cannot be told."""
    select = _plain_select(sql, dialect)
    if select is None or not select.args.get("group"):
        return None
    groups = _groups(select)
    return frozenset(i for i, one in enumerate(select.expressions) if one.unalias() in groups)


def table_of(sql: str, dialect: str) -> str | None:
    """Return the table a decomposable statement counts over."""
    select = _plain_select(sql, dialect)
    source = _source(select) if select is not None else None
    return source.name.lower() if source is not None else None


def finer(sql: str, dialect: str, keys: Keys, by: str) -> Finer | None:
    """Return a statement one grain finer, cut further by the column `by` of the table; None where it cannot be decomposed."""
    select = _plain_select(sql, dialect)
    source = _source(select) if select is not None else None
    if select is None or source is None or not all(_keeps_rows(join, keys) for join in select.args.get("joins") or ()):
        return None
    groups = _groups(select)
    cut = exp.column(by, table=source.alias_or_name)
    columns: list[exp.Expression] = [*groups, cut]
    labels, parts = _placed(select, groups, columns)
    asked = select.args["group"].expressions if select.args.get("group") else []
    if not parts or len(groups) != len(asked) or {at for _, at in labels} != set(range(len(groups))):
        return None
    again = exp.select(*(exp.alias_(column.copy(), f"{_FINER}_{i}") for i, column in enumerate(columns)))
    for name in ("from_", "where"):
        if select.args.get(name):
            again.set(name, select.args[name].copy())
    again.set("joins", [one.copy() for one in select.args.get("joins") or ()])
    again = again.group_by(*(column.copy() for column in (*groups, cut)))
    return Finer(again.sql(dialect=dialect), tuple(labels), parts, by)


def _placed(
    select: exp.Select, groups: list[exp.Expression], columns: list[exp.Expression]
) -> tuple[list[tuple[int, int]], dict[int, Part]]:
    """Return where labels and figures of the first result stand in the finer one; its columns are added."""
    labels: list[tuple[int, int]] = []
    parts: dict[int, Part] = {}
    for place, projected in enumerate(select.expressions):
        inner = projected.unalias()
        law = _law(inner)
        if inner in groups:
            labels.append((place, groups.index(inner)))
        elif law is not None:
            added = _parts(inner, law)
            parts[place] = Part(law, tuple(range(len(columns), len(columns) + len(added))))
            columns += added
    return labels, parts


def _plain_select(sql: str, dialect: str) -> exp.Select | None:
    try:
        tree = sqlglot.parse_one(sql, read=dialect)
    except SqlglotError:
        return None
    if not isinstance(tree, exp.Select) or len(list(tree.find_all(exp.Select))) > 1 or any(tree.args.get(name) for name in _REFUSED):
        return None
    group = tree.args.get("group")
    if tree.find(exp.Window) or (group and any(group.args.get(name) for name in ("cube", "rollup", "grouping_sets", "all", "totals"))):
        return None
    return tree


def _source(select: exp.Select) -> exp.Table | None:
    source = select.args.get("from_")
    table = source.this if isinstance(source, exp.From) else None
    return table if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier) else None


def _groups(select: exp.Select) -> list[exp.Expression]:
    """Return what the statement groups by, names and numbers of columns written out."""
    group = select.args.get("group")
    named = {one.alias.lower(): one.unalias() for one in select.expressions if one.alias}
    found: list[exp.Expression] = []
    for one in group.expressions if group else ():
        if isinstance(one, exp.Literal) and one.is_int and 1 <= int(one.name) <= len(select.expressions):
            found.append(select.expressions[int(one.name) - 1].unalias())
        elif isinstance(one, exp.Column) and not one.table and one.name.lower() in named:
            found.append(named[one.name.lower()])
        else:
            found.append(one)
    return [one for one in found if not one.find(exp.AggFunc)]


def _keeps_rows(join: exp.Join, keys: Keys) -> bool:
    """Say whether a join finds at most one row for each: equal on the whole key of the joined table."""
    table = join.this
    plain = (join.side or "").upper() in ("", "LEFT") and (join.kind or "").upper() in ("", "INNER", "OUTER") and not join.method
    if not plain or not isinstance(table, exp.Table) or table.name.lower() not in keys:
        return False
    named = {column.lower() for column in _equal_columns(join, table.alias_or_name)}
    return keys[table.name.lower()] <= named


def _equal_columns(join: exp.Join, alias: str) -> Iterator[str]:
    for one in join.args.get("using") or ():
        yield one.name
    condition = join.args.get("on")
    for equal in condition.flatten() if isinstance(condition, exp.And) else [condition]:
        if isinstance(equal, exp.EQ):
            sides = (equal.left, equal.right)
            own = [side for side in sides if isinstance(side, exp.Column) and side.table.lower() == alias.lower()]
            if len(own) == 1:
                yield own[0].name


def _law(inner: exp.Expression) -> str | None:
    law = _AGGREGATES.get(type(inner))
    if law is None or isinstance(inner.this, exp.Distinct) or inner.expressions:
        return None
    return law


def _parts(inner: exp.Expression, law: str) -> Sequence[exp.Expression]:
    if law != "avg":
        return (inner,)
    return (exp.Sum(this=inner.this.copy()), exp.Count(this=inner.this.copy()))
