"""Tool calls as the evidence keeps them, read back for comparison with the question's reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from vendora_graph.contracts import Filter, ResultTable

LISTS = "lists"
"""Where a call keeps those of the lists it brought beside its own result."""

Condition = tuple[str, str, tuple[str, ...]]
Days = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """What one tool call asked for; None where the call does not say. `moved` is an order by how much a metric changed."""

    tool: str
    metrics: tuple[str, ...]
    group_by: tuple[str, ...]
    grain: str | None
    filters: frozenset[Condition]
    period: Days | None
    compare: Days | None
    order: tuple[str, str] | None
    limit: int | None
    two_sided: bool = False
    moved: tuple[str, str] | None = None

    @property
    def named(self) -> frozenset[tuple[str, str]]:
        """Return the dimension values the call was limited to."""
        return frozenset((d, value) for d, op, values in self.filters if op == "in" for value in values)

    @property
    def excluded(self) -> frozenset[tuple[str, str]]:
        """Return the dimension values the call left out."""
        return frozenset((d, value) for d, op, values in self.filters if op == "not_in" for value in values)


def ask_of(table: ResultTable) -> Ask:
    """Return what a result's tool call asked for."""
    return _ask(table.tool, table.request)


def lists_of(table: ResultTable) -> list[Ask]:
    """Return the calls of the lists that a result brought with it."""
    if f'"{LISTS}"' not in table.request:
        return []
    return [_ask("query_metrics", json.dumps(body)) for body in json.loads(table.request).get(LISTS, ())]


@lru_cache(maxsize=512)
def _ask(tool: str, request: str) -> Ask:
    try:
        loaded = json.loads(request)
    except ValueError:
        loaded = {}
    body: dict[str, Any] = loaded if isinstance(loaded, dict) else {}
    metrics = body.get("metrics") or ([body["metric"]] if isinstance(body.get("metric"), str) else [])
    order = body.get("order_by")
    ordered = (str(order.get("by")), str(order.get("direction", "desc"))) if isinstance(order, dict) else None
    by_change = isinstance(order, dict) and bool(order.get("change"))
    return Ask(
        tool=tool,
        metrics=tuple(str(name) for name in metrics),
        group_by=tuple(str(name) for name in body.get("group_by") or ()),
        grain=body.get("grain"),
        filters=frozenset(_conditions(body.get("filters"))),
        period=_days(body.get("period")),
        compare=_days(body.get("compare")),
        order=None if by_change else ordered,
        limit=body.get("limit"),
        two_sided=bool(body.get("other_filters")),
        moved=ordered if by_change else None,
    )


def condition(item: Filter) -> Condition:
    """Return a filter in the form two equal filters share."""
    return _normal(item.dimension, item.op, item.values)


def _conditions(filters: object) -> list[Condition]:
    if not isinstance(filters, list):
        return []
    known = [f for f in filters if isinstance(f, Mapping) and "dimension" in f]
    return [_normal(str(f["dimension"]), str(f.get("op", "in")), tuple(str(v) for v in f.get("values") or ())) for f in known]


def _normal(dimension: str, op: str, values: tuple[str, ...]) -> Condition:
    if op in ("in", "not_in"):
        return (dimension, op, tuple(sorted(set(values))))
    return (dimension, op, tuple(_plain(value) for value in values))


def _plain(value: str) -> str:
    try:
        return format(Decimal(value).normalize(), "f")
    except InvalidOperation:
        return value


def _days(body: object) -> Days | None:
    if isinstance(body, Mapping) and "start" in body and "end" in body:
        return (str(body["start"]), str(body["end"]))
    return None
