"""Parsing with fuel: exactly one statement, in bounded time, and generating the text that runs."""

from __future__ import annotations

import logging

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError
from sqlglot.tokenizer_core import Token

from vendora_graph.warehouse.guard.lexical import dialect_of, tokenize
from vendora_graph.warehouse.guard.types import RefusalError

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it logs statements it half understands: refused here, and not for logs

_NODES_PER_TOKEN = 8
_NODES_AT_LEAST = 1_000
"""Fuel: nodes the parser may make, thrown away ones included, so that it cannot go back and forth for ever."""

_TOO_DEEP = "The statement nests too deeply to be read; write it flatter, with WITH clauses."


def parse_one(sql: str, dialect: str, *, room: int = 1) -> exp.Expr:
    """Read the text as exactly one statement; `room` widens the bounds on length.

    Raises:
        RefusalError: It is not one statement this dialect's grammar knows, or it costs too much to read.
    """
    tokens = tokenize(sql, dialect, room=room)
    try:
        statements = _parse(tokens, sql, dialect)
    except ParseError as error:
        raise RefusalError("parse", f"The statement is not valid {dialect} SQL{_where(error)}; send one plain SELECT.") from error
    except RecursionError as error:
        raise RefusalError("depth", _TOO_DEEP) from error
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise RefusalError("parse", f"The statement is not valid {dialect} SQL; send one plain SELECT.") from error
    found = [statement for statement in statements if statement is not None and not isinstance(statement, exp.Semicolon)]
    if not found:
        raise RefusalError("empty", "There is no statement; send one SELECT.")
    if len(found) > 1:
        raise RefusalError("one_statement", "Only one statement is run; send a single SELECT without a second one behind a semicolon.")
    return found[0]


def _parse(tokens: list[Token], sql: str, dialect: str) -> list[exp.Expr | None]:
    fuel = max(_NODES_AT_LEAST, _NODES_PER_TOKEN * len(tokens))
    parser = dialect_of(dialect).parser(max_nodes=fuel, error_level=ErrorLevel.IMMEDIATE)
    statements: list[exp.Expr | None] = parser.parse(tokens, sql)
    return statements


def _where(error: ParseError) -> str:
    first = error.errors[0] if error.errors else {}
    return f" (line {first['line']}, column {first['col']})" if first.get("line") else ""


def generate(tree: exp.Expr, dialect: str) -> str:
    """Write the tree as one line of SQL, without comments or hints.

    Raises:
        RefusalError: The tree cannot be written in this dialect.
    """
    try:
        return dialect_of(dialect).generate(tree, copy=False, comments=False, unsupported_level=ErrorLevel.RAISE)
    except RecursionError as error:
        raise RefusalError("depth", _TOO_DEEP) from error
    except (SqlglotError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise RefusalError("generate", f"A clause of this statement cannot be written in {dialect}; use plainer SQL.") from error
