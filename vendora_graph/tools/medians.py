"""Exact medians: values are fetched with their counts and code takes the median; the second path counts above and below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Grain, QueryRecord, Second
from vendora_graph.semantic.arithmetic import median
from vendora_graph.tools.cells import Cut, Key, as_decimal, as_label
from vendora_graph.tools.fetch import fetch_rows
from vendora_graph.tools.requests import Span

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

Counts = dict[Key, list[tuple[Decimal, int]]]


@dataclass(frozen=True, slots=True)
class Medians:
    """Medians by group, and the statement that gave their values."""

    values: dict[Key, Decimal | None]
    record: QueryRecord


async def _counts(
    metric: str, span: Span, cut: Cut, grain: Grain | None, services: Services, scope: Scope, purpose: str
) -> tuple[Counts, QueryRecord]:
    request = services.engine.values_request(
        metric, group_by=cut.group_by, grain=grain, filters=cut.filters, start=span.start, end=span.end
    )
    rows, record = await fetch_rows(request, services, scope, purpose=purpose)
    width = len(cut.group_by)
    found: Counts = defaultdict(list)
    for row in rows:
        value, count = as_decimal(row[width]), as_decimal(row[-1])
        if value is not None and count is not None:
            found[tuple(as_label(v) for v in row[:width])].append((value, int(count)))
    return found, record


async def fetch_medians(
    metric: str, span: Span, cut: Cut, services: Services, scope: Scope, *, purpose: str = "primary"
) -> Medians:
    """Return the medians of a metric under a cut."""
    info = services.catalog.metrics[metric]
    counts, record = await _counts(metric, span, cut, None, services, scope, purpose)
    fraction = info.percentile if info.percentile is not None else Decimal("0.5")
    return Medians({key: median(pairs, fraction) for key, pairs in counts.items()}, record)


async def prove_median(
    metric: str, span: Span, cut: Cut, facts: Mapping[Key, Fact], services: Services, scope: Scope
) -> tuple[dict[Key, Second], QueryRecord]:
    """Return the second values: the median itself where no more values lie below and above than its rank leaves, else None.

    The values are read again, cut by day, so that another statement gives them.
    """
    info = services.catalog.metrics[metric]
    fraction = info.percentile if info.percentile is not None else Decimal("0.5")
    counts, record = await _counts(metric, span, cut, "day", services, scope, "second")
    seconds = {}
    for key, fact in facts.items():
        pairs = counts.get(key, [])
        agrees = fact.value is not None and bool(pairs) and _lies_between(fact.value, pairs, fraction)
        absent = fact.value is None and not pairs
        value = fact.value if agrees else None
        if agrees or absent:
            seconds[key] = Second(value=value, method="counted above and below, by day", query_id=record.id)
    return seconds, record


def _lies_between(value: Decimal, pairs: list[tuple[Decimal, int]], fraction: Decimal) -> bool:
    last = sum(count for _, count in pairs) - 1
    below = sum(count for v, count in pairs if v < value)
    above = sum(count for v, count in pairs if v > value)
    rank = fraction * last
    return below <= ceil(rank) and above <= last - floor(rank)
