"""Formulas of derived figures that no single operation names: + - * / and parentheses over parts and plain numbers.

A formula reads `expression usd: a - b * c / d | a = [...]; b = [...]`: the unit of the result, the arithmetic over letters, and what
each letter stands for, in the order of the fact's parts.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache
from string import ascii_lowercase
from typing import cast, get_args

from vendora_graph.contracts import Unit
from vendora_graph.errors import ModelOutputError

NAME = "expression"
LETTERS = ascii_lowercase
_STEPS: Mapping[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def write(unit: Unit, text: str, words: Sequence[str]) -> str:
    """Return the formula of a fact: unit, arithmetic over letters, and the words of each letter.

    Raises:
        ModelOutputError: More parts than letters.
    """
    if len(words) > len(LETTERS):
        raise ModelOutputError(f"A formula takes at most {len(LETTERS)} parts, got {len(words)}.")
    named = "; ".join(f"{letter} = {word}" for letter, word in zip(LETTERS, words, strict=False))
    return f"{NAME} {unit}: {text} | {named}"


def is_expression(formula: str | None) -> bool:
    """Tell whether a formula is one of these."""
    return formula is not None and formula.startswith(f"{NAME} ")


def unit_in(formula: str) -> Unit:
    """Return the unit a formula gives.

    Raises:
        ModelOutputError: It names none.
    """
    unit = formula.partition(":")[0].removeprefix(f"{NAME} ")
    if unit not in get_args(Unit):
        raise ModelOutputError(f"There is no unit {unit!r}.")
    return cast("Unit", unit)


def arithmetic_in(formula: str) -> str:
    """Return the arithmetic of a formula, without its unit and words."""
    return formula.partition(":")[2].partition("|")[0].strip()


def evaluate(text: str, values: Mapping[str, Decimal | None]) -> Decimal | None:
    """Return what the arithmetic gives; None where a value is missing or a denominator is zero.

    Raises:
        ModelOutputError: The text is no such arithmetic, or names something that is not there.
    """
    return _value(_tree(text), values)


@cache
def _tree(text: str) -> ast.expr:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise ModelOutputError(f"{text!r} is no formula.") from error


def _value(node: ast.expr, values: Mapping[str, Decimal | None]) -> Decimal | None:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Decimal(str(number))
        case ast.Name(id=name) if name in values:
            return values[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            below = _value(inner, values)
            return None if below is None else -below
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _STEPS:
            first, second = _value(left, values), _value(right, values)
            if first is None or second is None or (isinstance(op, ast.Div) and second == 0):
                return None
            return _STEPS[type(op)](first, second)
        case _:
            raise ModelOutputError(f"{ast.unparse(node)!r} is no part of a formula here.")


def names_in(text: str) -> tuple[str, ...]:
    """Return the names a formula uses, in the order they first occur.

    Raises:
        ModelOutputError: The text is no formula.
    """
    found = [node for node in ast.walk(_tree(text)) if isinstance(node, ast.Name)]
    found.sort(key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.id for node in found))


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:  # the visitor's own spelling
        return ast.Name(id=self._names[node.id], ctx=node.ctx)


def lettered(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a formula over letters and the names the letters stand for.

    Raises:
        ModelOutputError: The text is no formula, or names too much.
    """
    names = names_in(text)
    if len(names) > len(LETTERS):
        raise ModelOutputError(f"A formula takes at most {len(LETTERS)} parts, got {len(names)}.")
    letters = dict(zip(names, LETTERS, strict=False))
    return ast.unparse(_Renamed(letters).visit(ast.parse(text, mode="eval").body)), names
