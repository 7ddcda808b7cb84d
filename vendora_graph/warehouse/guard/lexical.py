"""Bounds before parsing: length, characters, tokens, depth. Linear in the text, so that no input can be slow."""

from __future__ import annotations

import re
from functools import cache

from sqlglot.dialects.dialect import Dialect as SqlglotDialect
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType

from vendora_graph.warehouse.guard.types import RefusalError

MAX_CHARS = 40_000
MAX_TOKENS = 3_000
MAX_DEPTH = 24
MAX_TYPE_DEPTH = 5
MAX_RUN = 24
"""Longest run of prefix words (`NOT NOT ...`, `- - ...`): each costs the parser a level of recursion."""

MAX_BRACKETS = 120
"""Square brackets in all: the parser copies the tree for each index behind another."""

MAX_CASTS = 200
"""Casts by `::` in all: BigQuery's parser reads a chain of them again for each link."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]")
_OPEN = {TokenType.L_PAREN, TokenType.L_BRACKET, TokenType.L_BRACE}
_CLOSE = {TokenType.R_PAREN, TokenType.R_BRACKET, TokenType.R_BRACE}
_PREFIX = {TokenType.NOT, TokenType.DASH, TokenType.TILDE, TokenType.INTERVAL, TokenType.DCOLON, TokenType.CASE, TokenType.PLUS}
_WORDS = {TokenType.VAR, TokenType.IDENTIFIER}


@cache
def dialect_of(name: str) -> SqlglotDialect:
    """Return the parser's dialect object, made once."""
    return SqlglotDialect.get_or_raise(name)


def tokenize(sql: str, dialect: str, *, room: int = 1) -> list[Token]:
    """Split the text into tokens within the bounds.

    Args:
        sql: The text.
        dialect: The dialect.
        room: How many times the bounds on length apply: what the guard itself wrote may be longer.

    Raises:
        RefusalError: Too long, unreadable characters, too many tokens, or nested too deeply.
    """
    _check_text(sql, MAX_CHARS * room)
    try:
        tokens = dialect_of(dialect).tokenize(sql)
    except TokenError as error:
        raise RefusalError("parse", "The statement cannot be read: an unterminated string, comment or identifier.") from error
    if not any(token.token_type != TokenType.SEMICOLON for token in tokens):
        raise RefusalError("empty", "There is no statement; send one SELECT.")
    if len(tokens) > MAX_TOKENS * room:
        raise RefusalError("length", f"The statement has {len(tokens)} tokens; at most {MAX_TOKENS} are read. Ask for less at once.")
    _check_depth(tokens)
    return tokens


def _check_text(sql: str, limit: int) -> None:
    if len(sql) > limit:
        raise RefusalError("length", f"The statement has {len(sql):,} characters; at most {MAX_CHARS:,} are read. Ask for less at once.")
    if _CONTROL.search(sql):
        raise RefusalError("characters", "The statement holds control or direction-changing characters; remove them.")
    try:
        sql.encode()
    except UnicodeEncodeError as error:
        raise RefusalError("characters", "The statement is not valid Unicode; remove the broken characters.") from error


def _check_depth(tokens: list[Token]) -> None:
    if sum(token.token_type == TokenType.L_BRACKET for token in tokens) > MAX_BRACKETS:
        raise RefusalError("depth", f"The statement has more than {MAX_BRACKETS} square brackets; write it flatter.")
    if sum(token.token_type == TokenType.DCOLON for token in tokens) > MAX_CASTS:
        raise RefusalError("depth", f"The statement casts with :: more than {MAX_CASTS} times; cast once, in a subquery.")
    depth = run = 0
    typed: list[bool] = []
    previous = TokenType.SEMICOLON
    for token in tokens:
        kind = token.token_type
        run = run + 1 if kind in _PREFIX else 0
        if kind in _OPEN:
            depth += 1
            typed.append(_type_like(previous, kind))
            run = 0
        elif kind in _CLOSE and typed:
            depth -= 1
            typed.pop()
        if depth > MAX_DEPTH or run > MAX_RUN or sum(typed) > MAX_TYPE_DEPTH:
            raise RefusalError("depth", f"The statement nests deeper than {MAX_DEPTH} levels; write it flatter, with WITH clauses.")
        previous = kind


def _type_like(before: TokenType, opening: TokenType) -> bool:
    """Say whether a bracket opens after a type's name: the parser tries such nests twice a level."""
    name = before.name
    if opening != TokenType.L_PAREN:
        return name in ("ARRAY", "MAP", "STRUCT", "LIST")
    return before not in _WORDS and name in _TYPE_TOKENS


_TYPE_TOKENS = frozenset(token.name for token in SqlglotDialect.parser_class.TYPE_TOKENS)
