"""Arithmetic of computed metrics: exact, in Decimal, with SQL's idea of NULL.

A *canonical* formula is plain arithmetic over names: `+ - * /`, parentheses, numbers, `NULLIF(a, b)`, `COALESCE(a, ...)`. A missing
operand makes the result missing; a division by zero does too. What a person wrote is made canonical by `semantic.formula`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from functools import lru_cache

from vendora_graph.errors import InternalError

Values = Mapping[str, Decimal | None]
_Evaluator = Callable[[Values], Decimal | None]
_CONTEXT = Context(prec=38, traps=[InvalidOperation, DivisionByZero, Overflow])


def evaluate(expr: str, values: Values) -> Decimal | None:
    """Evaluate a canonical formula over named values.

    Args:
        expr: A canonical formula, for example `front / NULLIF(units, 0)`.
        values: A value (or None: missing) for each name in it.

    Returns:
        The result, or None where an operand is missing or a denominator is zero.

    Raises:
        InternalError: The formula is not canonical, or a name has no entry in `values`.
    """
    with localcontext(_CONTEXT):
        return _compiled(expr)(values)


def names(expr: str) -> tuple[str, ...]:
    """Return the names a canonical formula reads, in order of first use."""
    tree = _tree(expr)
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in functions]
    return tuple(dict.fromkeys(node.id for node in sorted(found, key=lambda node: node.col_offset)))


def is_linear(expr: str) -> bool:
    """Say whether a canonical formula is a sum of names, each times a number: such a metric of additive parts is additive."""
    return _degree(_tree(expr)) == 1


def _degree(node: ast.expr) -> int | None:
    """Return 0 for a constant, 1 for a linear form without a constant term, None for anything else."""
    if isinstance(node, ast.Name | ast.Constant):
        return int(isinstance(node, ast.Name))
    if isinstance(node, ast.UnaryOp):
        return _degree(node.operand)
    if not isinstance(node, ast.BinOp):
        return None
    left, right = _degree(node.left), _degree(node.right)
    if left is None or right is None:
        return None
    if isinstance(node.op, ast.Mult):
        return left + right if left + right <= 1 else None
    fits = left == right if isinstance(node.op, ast.Add | ast.Sub) else right == 0
    return left if fits else None


def median(histogram: Iterable[tuple[Decimal | None, int]], fraction: Decimal = Decimal("0.5")) -> Decimal | None:
    """Return the exact continuous percentile of values given as (value, how often) pairs.

    Args:
        histogram: Values with their counts, in any order; missing values are ignored.
        fraction: 0.5 for the median.

    Returns:
        The interpolated value, as SQL's `PERCENTILE_CONT` defines it, or None when there is no value.
    """
    counts: dict[Decimal, int] = {}
    for value, count in histogram:
        if value is not None and count > 0:
            counts[value] = counts.get(value, 0) + count
    total = sum(counts.values())
    if not total:
        return None
    with localcontext(_CONTEXT):
        rank = fraction * (total - 1)
        low = int(rank)
        below = _nth(counts, low)
        return below + (_nth(counts, min(low + 1, total - 1)) - below) * (rank - low)


def _nth(counts: Mapping[Decimal, int], index: int) -> Decimal:
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if index < seen:
            return value
    raise InternalError(f"Rank {index} lies outside a histogram of {seen} values.")


@lru_cache(maxsize=1024)
def _compiled(expr: str) -> _Evaluator:
    return _build(_tree(expr), expr)


@lru_cache(maxsize=1024)
def _tree(expr: str) -> ast.expr:
    try:
        return ast.parse(expr, mode="eval").body
    except SyntaxError as error:
        raise InternalError(f"The formula {expr!r} is not canonical arithmetic.") from error


def _build(node: ast.expr, expr: str) -> _Evaluator:
    if isinstance(node, ast.Name):
        return _lookup(node.id, expr)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        number = Decimal(ast.get_source_segment(expr, node) or str(node.value))
        return lambda _values: number
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _build(node.operand, expr)
        return lambda values: None if (value := inner(values)) is None else -value
    if isinstance(node, ast.BinOp):
        return _binary(node, expr)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _function(node.func.id, [_build(argument, expr) for argument in node.args], expr)
    raise InternalError(f"The formula {expr!r} holds something other than arithmetic.")


def _lookup(name: str, expr: str) -> _Evaluator:
    def look(values: Values) -> Decimal | None:
        if name not in values:
            raise InternalError(f"The formula {expr!r} needs a value for {name!r}.")
        return values[name]

    return look


def _binary(node: ast.BinOp, expr: str) -> _Evaluator:
    left, right = _build(node.left, expr), _build(node.right, expr)
    operation = _OPERATIONS.get(type(node.op))
    if operation is None:
        raise InternalError(f"The formula {expr!r} uses an operator other than + - * /.")

    def apply(values: Values) -> Decimal | None:
        first, second = left(values), right(values)
        return None if first is None or second is None else operation(first, second)

    return apply


def _function(name: str, arguments: list[_Evaluator], expr: str) -> _Evaluator:
    if name == "NULLIF" and arguments:
        first, second = arguments
        return lambda values: None if (value := first(values)) == second(values) else value
    if name == "COALESCE" and arguments:
        return lambda values: next((found for part in arguments if (found := part(values)) is not None), None)
    raise InternalError(f"The formula {expr!r} calls {name}, which is neither NULLIF nor COALESCE.")


def _divide(first: Decimal, second: Decimal) -> Decimal | None:
    return None if second == 0 else first / second


_OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal | None]] = {
    ast.Add: lambda first, second: first + second,
    ast.Sub: lambda first, second: first - second,
    ast.Mult: lambda first, second: first * second,
    ast.Div: _divide,
}
