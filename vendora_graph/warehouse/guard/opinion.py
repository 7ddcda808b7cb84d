"""The second opinion: Postgres' own parser reads the text that would run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from vendora_graph.warehouse.guard.nodes import unlisted
from vendora_graph.warehouse.guard.rules import Rules
from vendora_graph.warehouse.guard.types import RefusalError

_FORBIDDEN_KEYS = frozenset({"intoClause", "lockingClause"})


def check_postgres(sql: str, tables: Counter[tuple[str, str]], rules: Rules) -> None:
    """Compare what Postgres reads with what the guard validated.

    Args:
        sql: The text that would run.
        tables: How often each (schema, name) stands in it, WITH names included.
        rules: The allow-lists.

    Raises:
        RefusalError: Postgres' parser cannot read it, or sees another statement, table, function, type or clause.
    """
    seen: Counter[tuple[str, str]] = Counter()
    for tag, node in _nodes(_tree(sql)):
        if tag not in rules.engine_nodes:
            raise RefusalError("second_opinion", f"Postgres reads a {tag} in this statement; use plain SELECT clauses.")
        if tag == "RangeVar":
            seen[node.get("schemaname", ""), node["relname"]] += 1
        elif tag == "FuncCall":
            _check_function(node, rules)
        elif tag == "TypeCast":
            _check_type(node["typeName"], rules)
        if _FORBIDDEN_KEYS & node.keys() or (tag == "RangeVar" and "catalogname" in node):
            raise RefusalError("second_opinion", "Postgres reads a lock, an INTO or another database in this statement; leave it out.")
    if seen != tables:
        raise RefusalError("second_opinion", "Postgres reads other tables in this statement than the guard; write table names plainly.")


def _tree(sql: str) -> dict[str, Any]:
    from pglast.parser import ParseError, parse_sql_json

    try:
        tree: dict[str, Any] = json.loads(parse_sql_json(sql))
    except ParseError as error:
        raise RefusalError("second_opinion", "Postgres cannot read this statement; write plain Postgres SQL.") from error
    except RecursionError as error:
        raise RefusalError("depth", "The statement nests too deeply; write it flatter.") from error
    statements = tree.get("stmts", [])
    if len(statements) != 1 or set(statements[0].get("stmt", {})) != {"SelectStmt"}:
        raise RefusalError("second_opinion", "Postgres does not read this as one SELECT; send a single SELECT.")
    return tree


def _nodes(tree: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every tagged node; a SELECT that stands untagged in a field (a UNION's arm) is yielded too."""
    stack: list[Any] = [tree["stmts"][0]["stmt"]]
    while stack:
        part = stack.pop()
        if isinstance(part, list):
            stack.extend(part)
        elif isinstance(part, dict):
            for key, value in part.items():
                if key[:1].isupper() and isinstance(value, dict):
                    yield key, value
                elif key in ("larg", "rarg"):
                    yield "SelectStmt", value
            stack.extend(value for key, value in part.items() if isinstance(value, (dict, list)))


def _check_function(node: dict[str, Any], rules: Rules) -> None:
    path = [part["String"]["sval"] for part in node["funcname"]]
    own_schema = len(path) == 1 or path[0] == "pg_catalog"
    if not own_schema or path[-1] != path[-1].lower() or path[-1].upper() not in rules.engine:
        raise unlisted(".".join(path))


def _check_type(node: dict[str, Any], rules: Rules) -> None:
    path = [part["String"]["sval"] for part in node["names"]]
    if (len(path) > 1 and path[0] != "pg_catalog") or path[-1].upper() not in rules.engine_types:
        raise RefusalError("type", f"The type {path[-1]} is not on the list of types; cast to a number, text, date or timestamp.")
