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


@dataclass(frozen=True, slots=True)
class Need:
    """A simple metric over a closed span of days."""

    metric: str
    start: date | None
    end: date


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

    Raises:
        WarehouseError: The database failed or the guard refused.
    """
    bundles: dict[tuple[object, ...], list[Need]] = defaultdict(list)
    for need in dict.fromkeys(needs):
        info = services.catalog.metrics[need.metric]
        bundles[info.tables, info.time_dimension, need.start, need.end].append(need)
    cells = Cells()
    await asyncio.gather(*(_fetch_bundle(bundle, cut, services, scope, cells, purpose) for bundle in bundles.values()))
    return cells


async def _fetch_bundle(
    bundle: list[Need], cut: Cut, services: Services, scope: Scope, cells: Cells, purpose: str
) -> None:
    metrics = tuple(sorted(need.metric for need in bundle))
    request = CompileRequest(
        metrics=metrics,
        group_by=cut.group_by,
        grain=cut.grain,
        filters=cut.filters,
        start=bundle[0].start,
        end=bundle[0].end,
    )
    by_name = {need.metric: need for need in bundle}
    parts = services.engine.split(request)
    found = await asyncio.gather(*(fetch_rows(part, services, scope, purpose=purpose) for part in parts))
    for part, (rows, record) in zip(parts, found, strict=True):
        _store(rows, record, by_name, cut, part.metrics, cells)


def _store(
    rows: Sequence[tuple[Any, ...]],
    record: QueryRecord,
    needs: Mapping[str, Need],
    cut: Cut,
    metrics: tuple[str, ...],
    cells: Cells,
) -> None:
    width = len(cut.group_by)
    columns: list[dict[Key, Decimal | None]] = [{} for _ in metrics]
    offset = width + (1 if cut.grain else 0)
    for row in rows:
        key = tuple(as_label(value) for value in row[:width])
        if cut.grain:
            key += (bucket_label(row[width], cut.grain),)
        for column, value in zip(columns, row[offset:], strict=True):
            column[key] = as_decimal(value)
    for name, column in zip(metrics, columns, strict=True):
        cells.values[needs[name]] = column
        cells.queries[needs[name]] = record
