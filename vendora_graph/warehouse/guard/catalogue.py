"""Tables that describe the database itself, and names an engine would read as a file."""

from __future__ import annotations

import re

from sqlglot import exp

from vendora_graph.warehouse.guard.rules import catalogues_for, rules_for
from vendora_graph.warehouse.guard.types import RefusalError

_PLAIN = re.compile(r"[^\W\d][\w $-]*\Z")
_CLOUD = re.compile(r"[\w $*.-]+\Z")


def check_relation(node: exp.Expr, dialect: str) -> None:
    """Refuse functions that may not stand for a table (some take a table's name as text), catalogue relations, names that look like files.

    Raises:
        RefusalError: The relation is no data table.
    """
    if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
        check_catalogue(node, dialect)
    elif not (isinstance(node, exp.Lateral) and isinstance(node.this, (exp.Subquery, exp.Unnest))):
        _check_function(node, dialect)


def _check_function(node: exp.Expr, dialect: str) -> None:
    inner = node.this
    rules = rules_for(dialect)
    name = str(inner.this).upper() if isinstance(inner, exp.Anonymous) else rules.functions.get(type(inner), "")
    if name not in rules.tables:
        raise RefusalError("function", "This function may not stand for a table; read a table, for dates the calendar.")


def check_catalogue(table: exp.Table, dialect: str) -> None:
    """Refuse catalogue relations and names that look like files.

    Raises:
        RefusalError: The relation is no data table.
    """
    lists = catalogues_for(dialect)
    path = [part for whole in (table.catalog, table.db, table.name) for part in whole.lower().split(".") if part]
    if not path:
        raise RefusalError("table", "A relation has no name; name a table.")
    schemas, name = path[:-1], path[-1]
    described = (
        any(part in lists.anywhere for part in path)
        or any(part in lists.schemas or part.startswith(lists.schema_prefixes) for part in schemas)
        or name in lists.names
        or name.startswith(lists.prefixes)
        or any(f"${part}" in name for part in lists.anywhere)
    )
    if described:
        raise RefusalError("catalogue", f"{'.'.join(path)} describes the database itself; only data tables are read.")
    if (schemas and name in lists.suffixes) or (name in lists.verbs and not table.this.args.get("quoted")):
        raise RefusalError("table", f"{'.'.join(path)} is not a table's name; files are not read and nothing but SELECT is run.")
    pattern = _CLOUD if dialect == "bigquery" else _PLAIN
    if dialect != "sqlite" and not all(pattern.match(part) for part in (table.catalog, table.db, table.name) if part):
        raise RefusalError("table", f"{table.name!r} is not a table's name; files and addresses are not read.")
