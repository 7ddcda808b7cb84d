"""Whole-row references where the columns are not known: a relation's alias that stands alone is all of its columns."""

from __future__ import annotations

from sqlglot import exp

from vendora_graph.warehouse.guard.names import folded
from vendora_graph.warehouse.guard.types import RefusalError

_TAKES_ROWS = frozenset(
    {"ROW_TO_JSON", "TO_JSON", "TO_JSONB", "JSON_AGG", "JSONB_AGG", "JSON_GROUP_ARRAY", "JSON_BUILD_ARRAY", "JSON_FORMAT"}
)
_KINDS = ("JSONArrayAgg", "JSONArray")


def check_whole_rows(tree: exp.Expr, dialect: str) -> None:
    """Refuse an alias of a table that is read like a column, and a table's own name where a function turns rows into text.

    A column may have its table's name (`SELECT country FROM country`), so elsewhere the bare name is taken for a column.

    Raises:
        RefusalError: A whole row is read.
    """
    if dialect == "sqlite":  # knows no rows as values
        return
    aliases, names = _relations(tree, dialect)
    for column in tree.find_all(exp.Column):
        if column.args.get("table") is not None or isinstance(column.this, exp.Star):
            continue
        name = folded(column.this, dialect)
        if name in aliases and _reaches(column, name, dialect, aliased=True):
            raise RefusalError("whole_row", f"{name} alone stands for a whole row; name its columns.")
        if name in names and _turns_rows_into_text(column) and _reaches(column, name, dialect, aliased=False):
            raise RefusalError("whole_row", f"{name} alone stands for a whole row; name its columns.")


def _relations(tree: exp.Expr, dialect: str) -> tuple[set[str], set[str]]:
    aliases: set[str] = set()
    names: set[str] = set()
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            continue
        name = folded(table.this, dialect)
        names.add(name)
        if table.alias and folded(table.args["alias"].this, dialect) != name:
            aliases.add(folded(table.args["alias"].this, dialect))
    return aliases, names


def _turns_rows_into_text(column: exp.Column) -> bool:
    parent = column.parent
    if not isinstance(parent, exp.Func):
        return False
    name = str(parent.this) if isinstance(parent, exp.Anonymous) else parent.sql_name()
    return name.upper() in _TAKES_ROWS or type(parent).__name__ in _KINDS


def _reaches(column: exp.Column, name: str, dialect: str, *, aliased: bool) -> bool:
    """Say whether some SELECT around the column reads a physical table under this name; a result of the same name hides it."""
    select = column.find_ancestor(exp.Select)
    while isinstance(select, exp.Select):
        if any(isinstance(item, exp.Alias) and folded(item.args["alias"], dialect) == name for item in select.expressions):
            return False
        relations = [part.this for part in (select.args.get("from_"), *(select.args.get("joins") or ())) if part is not None]
        around = {folded(relation.args["alias"].this, dialect) for relation in relations if relation.args.get("alias")}
        for relation in relations:
            if _is_named(relation, name, dialect, aliased=aliased):
                return folded(relation.args.get("db"), dialect) not in around  # BigQuery: `t.items AS item` is an array's element
        select = select.find_ancestor(exp.Select)
    return False


def _is_named(relation: exp.Expr, name: str, dialect: str, *, aliased: bool) -> bool:
    if not isinstance(relation, exp.Table) or not isinstance(relation.this, exp.Identifier):
        return False
    alias = relation.args.get("alias")
    if aliased:
        return alias is not None and folded(alias.this, dialect) == name
    return folded(relation.this, dialect) == name
