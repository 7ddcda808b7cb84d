"""Turn MetricFlow's SQL into a statement with parameters: sentinels become parameters on the syntax tree."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import sqlglot
from sqlglot import exp

from vendora_graph.errors import InternalError, SemanticModelError
from vendora_graph.semantic.manifest import OWN_SCHEMA, SPINE_TABLE
from vendora_graph.semantic.shapes import LIMIT_SENTINEL

_SENTINEL = re.compile(r"^__v(\d+)__$")
_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_DATE_KINDS = frozenset({"date"})
_COARSE = frozenset({"DAY", "WEEK", "ISOWEEK", "MONTH", "QUARTER", "YEAR", "ISOYEAR"})
_TRUNCATIONS = (exp.TimestampTrunc, exp.DateTrunc, exp.DatetimeTrunc)


class UnboundError(InternalError):
    """A sentinel vanished or a date appeared: this shape cannot be kept as a template."""


def parameter_name(number: int, dialect: str) -> str:
    """Return the name of slot `number` in `CompiledQuery.params`."""
    return str(number) if dialect == "postgres" else f"v{number}"


def bind(sql: str, kinds: Sequence[str], columns: Mapping[str, str], dialect: str, *, explained: str) -> exp.Expr:
    """Return the statement's tree with parameters for sentinels, plain dates, and columns named as asked.

    Args:
        sql: MetricFlow's SQL.
        kinds: The kind of each slot.
        columns: MetricFlow's output column -> delivered column, in delivered order.
        dialect: Of the SQL.
        explained: Text of the model; date literals that stand in it are its own.

    Raises:
        UnboundError: A sentinel does not occur, or a date literal is unexplained.
        SemanticModelError: The statement needs a time spine and the model has none.
    """
    tree = sqlglot.parse_one(sql, dialect=dialect)
    tree = tree.transform(_days, dialect=dialect)
    found: set[int] = set()

    def place(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Literal) or not node.is_string:
            return node
        match = _SENTINEL.match(node.this)
        if match is None:
            if _DATE.match(node.this) and node.this not in explained:
                raise UnboundError(f"MetricFlow wrote the date {node.this!r}, which nothing explains.")
            return node
        number = int(match[1])
        found.add(number)
        return _parameter(number, kinds[number - 1], dialect)

    tree = tree.transform(place)
    missing = sorted(set(range(1, len(kinds) + 1)) - found)
    if missing:
        raise UnboundError(f"The values {missing} do not occur in MetricFlow's SQL.")
    _relocate(tree)
    _group_by_position(tree)
    return _wrap(tree, columns)


def finish(tree: exp.Expr, group: Sequence[str], order: Sequence[str], dialect: str, *, limited: bool) -> str:
    """Order the rows (missing values last, then by the group columns) and render."""
    if not isinstance(tree, exp.Select):
        raise InternalError("MetricFlow's statement is not one SELECT.")
    keys = [(name.removeprefix("-"), name.startswith("-")) for name in order]
    keys += [(name, False) for name in group if name not in {key for key, _ in keys}]
    if keys:
        tree = tree.order_by(
            *(exp.Ordered(this=exp.column(name, quoted=True), desc=desc, nulls_first=False) for name, desc in keys), copy=False
        )
    if limited:
        tree = tree.limit(LIMIT_SENTINEL, copy=False)
    return tree.sql(dialect=dialect, pretty=True, comments=False)


def _parameter(number: int, kind: str, dialect: str) -> exp.Expr:
    name = parameter_name(number, dialect)
    mark: exp.Expr = exp.Parameter(this=exp.Literal.number(name) if dialect == "postgres" else exp.Var(this=name))
    if dialect == "duckdb":
        mark = exp.Placeholder(this=name)
    return exp.cast(mark, "DATE") if kind in _DATE_KINDS else mark


def _days(node: exp.Expr, dialect: str) -> exp.Expr:
    """Read every time as a store-local day: `CAST(x AS DATE)`, truncated to a coarser grain where one was asked, still a DATE."""
    if not isinstance(node, _TRUNCATIONS):
        return node
    unit = (node.text("unit") or node.args["unit"].sql()).upper().strip("'")
    if unit not in _COARSE:
        return node
    day = exp.cast(node.this.copy(), "DATE")
    if unit == "DAY":
        return day
    if dialect == "bigquery":
        return exp.cast(exp.func("DATE_TRUNC", day, exp.Var(this=unit), dialect=dialect), "DATE")
    return exp.cast(exp.TimestampTrunc(this=day, unit=exp.Var(this=unit)), "DATE")


def _relocate(tree: exp.Expr) -> None:
    for table in tree.find_all(exp.Table):
        if table.name == SPINE_TABLE:
            raise SemanticModelError("This metric needs a time spine (a table with one row a day) and the model declares none.")
        if table.db == OWN_SCHEMA:
            table.set("db", None)


def _group_by_position(tree: exp.Expr) -> None:
    """Where MetricFlow groups by the alias of a computed column (BigQuery), use its position: a joined table may have that name too."""
    for select in tree.find_all(exp.Select):
        group = select.args.get("group")
        if group is None:
            continue
        computed = {
            item.alias: index for index, item in enumerate(select.expressions, 1) if item.alias and not isinstance(item.this, exp.Column)
        }
        for column in list(group.expressions):
            if isinstance(column, exp.Column) and not column.table and column.name in computed:
                column.replace(exp.Literal.number(computed[column.name]))


def _wrap(tree: exp.Expr, columns: Mapping[str, str]) -> exp.Expr:
    """Name the columns as asked, in the order asked; common table expressions stay at the root."""
    if not isinstance(tree, exp.Select):
        raise InternalError("MetricFlow's statement is not one SELECT.")
    given = {name.lower() for name in tree.named_selects}
    lost = sorted(set(columns) - given)
    if lost:
        raise InternalError(f"MetricFlow's statement has no column {lost[0]!r}.")
    with_ = tree.args.pop("with_", None) or tree.args.pop("with", None)
    selected = [exp.alias_(exp.column(inner, table="result"), outer, quoted=True) for inner, outer in columns.items()]
    wrapped = exp.select(*selected).from_(tree.subquery("result", copy=False))
    if with_ is not None:
        wrapped.set("with_", with_)
    return wrapped
