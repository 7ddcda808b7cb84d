"""Conditions of a query: in words for the facts that stand under them, and whether a group's figure meets one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from vendora_graph.contracts import Filter

_SIGNS = {"in": "", "not_in": "not ", "gt": "> ", "ge": ">= ", "lt": "< ", "le": "<= ", "between": "between "}
_TESTS: Mapping[str, Callable[[Decimal, list[Decimal]], bool]] = {
    "gt": lambda value, bounds: value > bounds[0],
    "ge": lambda value, bounds: value >= bounds[0],
    "lt": lambda value, bounds: value < bounds[0],
    "le": lambda value, bounds: value <= bounds[0],
    "between": lambda value, bounds: bounds[0] <= value <= bounds[1],
    "in": lambda value, bounds: value in bounds,
    "not_in": lambda value, bounds: value not in bounds,
}


def fixed_values(filters: tuple[Filter, ...]) -> list[tuple[str, str]]:
    """Return what a fact is about by its conditions: the one value where there is one, else the condition's words."""
    return [(item.dimension, item.values[0] if item.op == "in" and len(item.values) == 1 else _words(item)) for item in filters]


def _words(item: Filter) -> str:
    return _SIGNS[item.op] + (" and " if item.op == "between" else " or ").join(item.values)


def meets(value: Decimal | None, item: Filter) -> bool:
    """Whether a group's figure meets a condition; a missing one meets none."""
    return value is not None and _TESTS[item.op](value, [Decimal(text) for text in item.values])
