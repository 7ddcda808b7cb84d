"""One evaluation of metrics over a span: what each needs, the components fetched, and the values combined in Decimal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Period, QueryRecord
from vendora_graph.semantic.windows import input_period
from vendora_graph.tools.cells import Cells, Cut, Key, Need, fetch_cells
from vendora_graph.tools.medians import fetch_medians
from vendora_graph.tools.requests import Span
from vendora_graph.warehouse.profile import snapshot_key

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


@dataclass(frozen=True, slots=True)
class Leg:
    """One evaluation of the query: a span of days, and the bucket it stands for (None: the whole period)."""

    span: Span
    period: Period
    bucket: Period | None = None


def needs_of(metric: str, span: Span, services: Services) -> dict[str, Need]:
    """Return the needs of a metric over a span, by component alias (windows end on the span's last day)."""
    needs = {}
    for part in services.engine.components(metric):
        start, end = input_period(part, span.start, span.end)
        info = services.catalog.metrics[part.metric]
        if info.snapshot:
            start = end = services.profile.snapshot_day(snapshot_key(info), end) or end
        needs[part.alias] = Need(part.metric, start, end)
    return needs


def plain(metric: str, services: Services) -> bool:
    """Whether a metric can be grouped by a grain in one statement: no snapshots, windows or medians in it."""
    info = services.catalog.metrics[metric]
    if info.value_dimension:
        return False
    parts = services.engine.components(metric)
    return not any(part.moved for part in parts) and not any(services.catalog.metrics[p.metric].snapshot for p in parts)


@dataclass(slots=True)
class Evaluation:
    """All metrics of one leg: value and n by metric and key."""

    leg: Leg
    records: dict[str, QueryRecord]
    keys: list[Key]
    values: dict[str, dict[Key, Decimal | None]]
    counts: dict[str, dict[Key, int | None]]
    query_ids: dict[str, str | None]


async def evaluate(metrics: Sequence[str], leg: Leg, cut: Cut, services: Services, scope: Scope, *, purpose: str = "primary") -> Evaluation:
    """Return the metrics over one leg under one cut."""
    medians = [name for name in metrics if services.catalog.metrics[name].value_dimension]
    needs = {name: needs_of(name, leg.span, services) for name in metrics if name not in medians}
    counters = {name: services.catalog.metrics[name].count_metric for name in metrics}
    for name in metrics:
        counter = counters[name]
        if counter is not None and counter not in needs and _cuts_alike(counter, cut, services):
            needs[counter] = needs_of(counter, leg.span, services)
    wanted = [need for by_alias in needs.values() for need in by_alias.values()]
    cells = await fetch_cells(wanted, cut, services, scope, purpose=purpose)
    found = {name: await fetch_medians(name, leg.span, cut, services, scope, purpose=purpose) for name in medians}
    keys = sorted({*cells.keys(), *(key for median in found.values() for key in median.values)})
    values = {name: {key: _value(name, key, needs[name], cells, services, scope) for key in keys} for name in needs}
    values |= {name: {key: median.values.get(key) for key in keys} for name, median in found.items()}
    counts = {name: {key: _count(values.get(counters[name] or "", {}).get(key)) for key in keys} for name in metrics}
    query_ids = {name: next((cells.queries[n].id for n in by_alias.values()), None) for name, by_alias in needs.items()}
    query_ids |= {name: median.record.id for name, median in found.items()}
    records = {**cells.records(), **{median.record.id: median.record for median in found.values()}}
    return Evaluation(leg, records, keys, {m: values[m] for m in metrics}, counts, query_ids)


def _cuts_alike(counter: str, cut: Cut, services: Services) -> bool:
    """A count is shown beside a figure only where it can be cut the same way."""
    info = services.catalog.metrics.get(counter)
    wanted = {*cut.group_by, *(item.dimension for item in cut.filters)}
    return info is not None and wanted <= set(info.dimensions)


def _count(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def _value(name: str, key: Key, needs: dict[str, Need], cells: Cells, services: Services, scope: Scope) -> Decimal | None:
    parts: dict[str, Decimal | None] = {}
    for alias, need in needs.items():
        column = cells.values[need]
        value = column.get(key)
        if not value:
            value = Decimal(0) if is_zero(need, services, scope) or (value is not None and covered(need, services, scope)) else None
        parts[alias] = value
    return services.engine.combine(name, parts)


def is_zero(need: Need, services: Services, scope: Scope) -> bool:
    """An absent count or sum is zero only where the data covers the days; before and after, it is unknown."""
    return services.catalog.metrics[need.metric].fill is not None and covered(need, services, scope)


def covered(need: Need, services: Services, scope: Scope) -> bool:
    """Whether the data covers some of a need's days: a snapshot those it was taken on, books kept by month those written so far."""
    info = services.catalog.metrics[need.metric]
    written = services.profile.books_end(info)
    if written is not None and need.start is not None and need.start.replace(day=1) > written:
        return False
    if info.snapshot and services.profile.snapshot_day(snapshot_key(info), need.end) != need.end:
        return False
    first, last = services.profile.covers(scope.principal.dealership_ids)
    return need.end >= first and (need.start is None or need.start <= last)
