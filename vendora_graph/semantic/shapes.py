"""The shape of a request (all but its values), its filters as SQL with sentinels, and the values to bind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import get_args

from vendora_graph.contracts import Filter, Grain
from vendora_graph.errors import UnknownMetricError
from vendora_graph.semantic.catalog import Catalog, DimensionInfo, coarse_grain
from vendora_graph.semantic.request import CompileRequest

LIMIT_SENTINEL = 987654321
_TRUE = frozenset({"true", "t", "1", "yes"})
_FALSE = frozenset({"false", "f", "0", "no"})
_OPERATORS = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}

Shape = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Slots:
    """The values of one request in slot order, and their kinds (`date`, `number`, `flag`, `text`)."""

    values: tuple[object, ...]
    kinds: tuple[str, ...]


def sentinel(number: int) -> str:
    """Return the literal that stands for slot `number` (from 1) in MetricFlow's SQL."""
    return f"__v{number}__"


def shape_of(request: CompileRequest) -> Shape:
    """Return everything that decides the SQL text: names and structure, no value."""
    return (
        request.metrics,
        request.group_by,
        request.grain,
        tuple((item.dimension, item.op, len(item.values), sum(value in _STORED_AS for value in item.values)) for item in request.filters),
        request.start is not None,
        request.end is not None,
        request.limit is not None,
        request.order,
        request.ordered,
        *([len(request.without)] if request.without else []),
    )


def slots_of(request: CompileRequest, catalog: Catalog) -> Slots:
    """Return the typed values of a request: start, end, the days left out, then each filter's values.

    Raises:
        UnknownMetricError: A filter value is not of its dimension's kind.
    """
    values: list[object] = []
    kinds: list[str] = []
    for day in (request.start, request.end, *chain.from_iterable(request.without)):
        if day is not None:
            values.append(day)
            kinds.append("date")
    for item in request.filters:
        dimension = catalog.dimensions.get(item.dimension)
        kind = slot_kind(dimension)
        bound = _bound(item, dimension)
        values.extend(_typed(value, kind, item.dimension) for value in bound)
        kinds.extend([kind] * len(bound))
    return Slots(tuple(values), tuple(kinds))


_STORED_AS = {"yes": "true", "no": "false"}
"""How a database writes as text what a reader is shown of a truth value."""


def _bound(item: Filter, dimension: DimensionInfo | None) -> tuple[str, ...]:
    """Return the values a filter is compared with: a column whose type the model does not tell may hold truth values."""
    if dimension is None or dimension.typed or item.op not in {"in", "not_in"}:
        return item.values
    return (*item.values, *(_STORED_AS[value] for value in item.values if value in _STORED_AS))


def slot_kind(dimension: DimensionInfo | None) -> str:
    """Return how values of a dimension are bound."""
    kinds = {"numeric": "number", "flag": "flag", "time": "date"}
    return kinds.get(dimension.kind, "text") if dimension else "number"


def where_of(request: CompileRequest, paths: Mapping[str, str], catalog: Catalog, dialect: str) -> list[str]:
    """Return MetricFlow's where clauses for a request, every value a sentinel.

    Args:
        request: What is asked.
        paths: Concept -> MetricFlow path.
        catalog: For the kinds of the dimensions.
        dialect: For the name of the text type.
    """
    clauses: list[str] = []
    number = 0
    kept = max((catalog.metrics[name].time_grain for name in request.metrics), key=get_args(Grain).index)
    own_time = f"{{{{ TimeDimension('metric_time', '{kept}') }}}}"
    for day, operator in ((request.start, ">="), (request.end, "<=")):
        if day is not None:
            number += 1
            clauses.append(f"{own_time} {operator} '{sentinel(number)}'")
    for _ in request.without:
        clauses.append(f"({own_time} < '{sentinel(number + 1)}' OR {own_time} > '{sentinel(number + 2)}')")
        number += 2
    for item in request.filters:
        bound = _bound(item, catalog.dimensions.get(item.dimension))
        marks = [f"'{sentinel(number + index)}'" for index in range(1, len(bound) + 1)]
        number += len(marks)
        clauses.append(_condition(item, _operand(item, paths, catalog.dimensions.get(item.dimension), dialect), marks))
    return clauses


def _operand(item: Filter, paths: Mapping[str, str], dimension: DimensionInfo | None, dialect: str) -> str:
    *before, entity, name = paths[item.dimension].split("__")
    way = f", entity_path={before!r}" if before else ""
    if dimension is not None and dimension.kind == "time":
        return f"{{{{ TimeDimension('{entity}__{name}', '{coarse_grain(dimension.granularity)}'{way}) }}}}"
    if dimension is None or dimension.typed:
        return f"{{{{ Dimension('{entity}__{name}'{way}) }}}}"
    text = "STRING" if dialect == "bigquery" else "VARCHAR"
    return f"CAST({{{{ Dimension('{entity}__{name}'{way}) }}}} AS {text})"


def _condition(item: Filter, operand: str, marks: list[str]) -> str:
    """Exclusions are null-safe: a row without a value is not one of the excluded values."""
    if item.op == "in":
        return f"{operand} IN ({', '.join(marks)})" if len(marks) > 1 else f"{operand} = {marks[0]}"
    if item.op == "not_in":
        return " AND ".join(f"{operand} IS DISTINCT FROM {mark}" for mark in marks)
    if item.op == "between":
        return f"{operand} >= {marks[0]} AND {operand} <= {marks[1]}"
    return f"{operand} {_OPERATORS[item.op]} {marks[0]}"


def check_filter(item: Filter, catalog: Catalog) -> None:
    """Refuse a filter that cannot be compiled: wrong count of values, or an order on something without one.

    Raises:
        UnknownMetricError: Says what to change.
    """
    count = {"in": None, "not_in": None, "between": 2}.get(item.op, 1)
    if not item.values or (count is not None and len(item.values) != count):
        wanted = "at least one value" if count is None else f"{count} value{'s' if count > 1 else ''}"
        raise UnknownMetricError(f"The filter {item.op!r} on {item.dimension!r} needs {wanted}, not {len(item.values)}.")
    dimension = catalog.dimensions.get(item.dimension)
    if dimension and item.op not in {"in", "not_in"} and slot_kind(dimension) not in {"number", "date"}:
        raise UnknownMetricError(f"{dimension.label.capitalize()} has no order, so {item.op!r} cannot be asked of it; name its values.")


def _typed(value: str, kind: str, name: str) -> object:
    if kind == "text":
        return value
    if kind == "flag":
        word = value.strip().lower()
        if word not in _TRUE | _FALSE:
            raise UnknownMetricError(f"{value!r} is not a value of {name!r}; use true or false.")
        return word in _TRUE
    try:
        return Decimal(value) if kind == "number" else date.fromisoformat(value[:10])
    except (InvalidOperation, ValueError) as error:
        wanted = "number" if kind == "number" else "date such as 2026-11-13"
        raise UnknownMetricError(f"{value!r} is not a value of {name!r}; use a {wanted}.") from error
