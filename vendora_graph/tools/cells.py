"""Fetch components of metrics: the one way from a request to numbers, used by the first and by the second path.

A *need* is a simple metric over one span of days. Needs of one fact table and one span share a statement.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from vendora_graph.contracts import Filter, Grain, QueryRecord
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.tools.fetch import fetch_rows
from vendora_graph.tools.spans import bucket_label

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

Key = tuple[str, ...]
"""Group values in the order of the request's dimensions, then the bucket label when a grain was asked."""

NONE_LABEL = "(none)"
"""How a missing group value is named: it is a group of its own, never dropped."""


Column = tuple[dict[Key, Decimal | None], QueryRecord]
"""A need's values by key, and the statement that gave them."""


@dataclass(frozen=True, slots=True)
class Need:
    """A simple metric over a closed span of days, without the spans inside that are left out."""

    metric: str
    start: date | None
    end: date
    without: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """How needs are cut: by which dimensions, at which grain, under which filters."""

    group_by: tuple[str, ...] = ()
    grain: Grain | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(slots=True)
class Cells:
    """Values by need and key, with the statements that gave them."""

    values: dict[Need, dict[Key, Decimal | None]] = field(default_factory=dict)
    queries: dict[Need, QueryRecord] = field(default_factory=dict)

    @classmethod
    def of(cls, columns: Mapping[Need, Column]) -> Cells:
        """Return the cells of columns."""
        return cls({need: values for need, (values, _) in columns.items()}, {need: record for need, (_, record) in columns.items()})

    def keys(self) -> list[Key]:
        """Return every key that any need has, sorted."""
        return sorted({key for column in self.values.values() for key in column})

    def records(self) -> dict[str, QueryRecord]:
        """Return the statements by id."""
        return {record.id: record for record in self.queries.values()}


def as_decimal(value: Any) -> Decimal | None:
    """Return a driver's number as Decimal; None stays None."""
    if value is None:
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, float):
        return None if value != value else Decimal(repr(value))  # NaN is no number
    return Decimal(value)


def as_label(value: Any) -> str:
    """Return a group value as the text facts carry."""
    if value is None:
        return NONE_LABEL
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


async def fetch_cells(
    needs: Sequence[Need], cut: Cut, services: Services, scope: Scope, *, purpose: str = "primary"
) -> Cells:
    """Return the values of all needs under one cut; statements run side by side.

    The figures of one question that are asked for at one moment share their statements, and one that is there is not asked for again.

    Raises:
        WarehouseError: The database failed or the guard refused.
    """
    bundles: dict[tuple[object, ...], list[Need]] = defaultdict(list)
    for need in dict.fromkeys(needs):
        info = services.catalog.metrics[need.metric]
        bundles[info.tables, info.time_dimension, need.start, need.end, need.without].append(need)
    fetch = partial(_fetch_bundle, cut=cut, services=services, scope=scope, purpose=purpose)
    if purpose == "primary" and scope.asked:
        asker = (scope.asked, scope.principal, cut)
        found = await asyncio.gather(*(services.bundles.fetch((asker, key), some, fetch) for key, some in bundles.items()))
    else:
        found = await asyncio.gather(*(fetch(tuple(some)) for some in bundles.values()))
    return Cells.of({need: column for columns in found for need, column in columns.items()})


async def _fetch_bundle(bundle: tuple[Need, ...], *, cut: Cut, services: Services, scope: Scope, purpose: str) -> dict[Need, Column]:
    request = CompileRequest(
        metrics=tuple(sorted(need.metric for need in bundle)),
        group_by=cut.group_by,
        grain=cut.grain,
        filters=cut.filters,
        start=bundle[0].start,
        end=bundle[0].end,
        without=bundle[0].without,
    )
    by_name = {need.metric: need for need in bundle}
    parts = services.engine.split(request)
    found = await asyncio.gather(*(fetch_rows(part, services, scope, purpose=purpose) for part in parts))
    columns: dict[Need, Column] = {}
    for part, (rows, record) in zip(parts, found, strict=True):
        for name, values in zip(part.metrics, _columns(rows, cut, len(part.metrics)), strict=True):
            columns[by_name[name]] = values, record
    return columns


def _columns(rows: Sequence[tuple[Any, ...]], cut: Cut, count: int) -> list[dict[Key, Decimal | None]]:
    width = len(cut.group_by)
    columns: list[dict[Key, Decimal | None]] = [{} for _ in range(count)]
    offset = width + (1 if cut.grain else 0)
    for row in rows:
        key = tuple(as_label(value) for value in row[:width])
        if cut.grain:
            key += (bucket_label(row[width], cut.grain),)
        for column, value in zip(columns, row[offset:], strict=True):
            column[key] = as_decimal(value)
    return columns
