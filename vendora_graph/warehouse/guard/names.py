"""How an engine folds names: only ASCII is folded, so that no other letter can pass for a table's name."""

from __future__ import annotations

from sqlglot import exp

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FOLD = str.maketrans(_UPPER, _UPPER.lower())


def fold(name: str) -> str:
    """Return the name in ASCII lower case."""
    return name.translate(_FOLD)


def folded(identifier: exp.Expr | str | None, dialect: str) -> str:
    """Return an identifier as the engine compares it: Postgres keeps the case of quoted ones."""
    if identifier is None:
        return ""
    if isinstance(identifier, str):
        return fold(identifier)
    keeps = dialect == "postgres" and bool(identifier.args.get("quoted"))
    return identifier.name if keeps else fold(identifier.name)
