"""Turn what a person wrote as a metric's formula (SQL) into canonical arithmetic."""

from __future__ import annotations

import sqlglot
from sqlglot import exp

from vendora_graph.semantic.yaml_source import Place, fail

_SYMBOLS: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}


def canonical(text: str, place: Place) -> str:
    """Return the canonical formula of an SQL expression: casts dropped, everything but arithmetic refused.

    Casts to numeric types are dropped because code evaluates in Decimal, where they would only lose digits.

    Raises:
        SemanticModelError: The text is not an expression, or holds more than arithmetic.
    """
    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except sqlglot.errors.SqlglotError as error:
        raise fail(place, f"the formula {text!r} cannot be read as an expression; use names, numbers, + - * / and parentheses.") from error
    return _render(tree, text, place)


def substitute(expr: str, replacements: dict[str, str]) -> str:
    """Replace names of a canonical formula by other canonical formulas (in parentheses where needed)."""
    tree = sqlglot.parse_one(expr, dialect="duckdb")
    place = Place("<formula>")

    def swap(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name in replacements:
            return exp.Paren(this=sqlglot.parse_one(replacements[node.name], dialect="duckdb"))
        return node

    return _render(tree.transform(swap), expr, place)


def _render(node: exp.Expr, text: str, place: Place) -> str:
    if isinstance(node, exp.Cast | exp.Paren):
        return _unwrapped(node, text, place)
    if isinstance(node, exp.Column) and not node.table:
        return node.name.lower()
    if isinstance(node, exp.Literal) and not node.is_string:
        return str(node.this)
    if isinstance(node, exp.Neg):
        return f"-{_render(node.this, text, place)}"
    symbol = _SYMBOLS.get(type(node))
    if symbol:
        return f"{_render(node.left, text, place)} {symbol} {_render(node.right, text, place)}"  # type: ignore[attr-defined]  # binary
    return _call(node, text, place)


def _unwrapped(node: exp.Cast | exp.Paren, text: str, place: Place) -> str:
    """Drop a cast to a number; keep parentheses around what needs them."""
    inner = node.this
    if isinstance(node, exp.Cast):
        if not node.to.is_type(*exp.DataType.NUMERIC_TYPES):
            raise fail(place, f"the formula {text!r} casts to {node.to.sql()}; a formula may only cast to numbers.")
        return _unwrapped(exp.Paren(this=inner), text, place)
    while isinstance(inner, exp.Paren):
        inner = inner.this
    body = _render(inner, text, place)
    simple = isinstance(inner, exp.Column | exp.Literal | exp.Nullif | exp.Coalesce)
    return body if simple else f"({body})"


def _call(node: exp.Expr, text: str, place: Place) -> str:
    if isinstance(node, exp.Nullif):
        return f"NULLIF({_render(node.this, text, place)}, {_render(node.expression, text, place)})"
    if isinstance(node, exp.Coalesce):
        parts = [node.this, *node.expressions]
        return f"COALESCE({', '.join(_render(part, text, place) for part in parts)})"
    raise fail(
        place,
        f"the formula {text!r} holds {type(node).__name__}, which is not arithmetic; "
        "use names, numbers, + - * /, parentheses, NULLIF and COALESCE, and put conditions into the measures.",
    )
