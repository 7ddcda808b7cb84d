"""The second path of a trend: one finer cut over the whole span, put together bucket by bucket."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Grain, QueryRecord, Second
from vendora_graph.tools.cells import Cells, Cut, Key, Need, fetch_cells
from vendora_graph.tools.evaluate import is_zero, needs_of
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.second_path import MAX_GROUPS, Target
from vendora_graph.tools.spans import buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

FINER: dict[Grain, tuple[Grain, ...]] = {"year": ("month",), "quarter": ("month",), "month": ("day",), "week": ("day",), "day": ()}
"""Grains that nest inside a grain, coarsest first."""


async def prove_trend(
    targets: list[Target], query: MetricQuery, services: Services, scope: Scope
) -> tuple[dict[str, Fact], dict[str, QueryRecord]] | None:
    """Return the facts with their second values, or None where no finer grain nests or there would be too many groups.

    A whole line of buckets is one statement a span (the asked one, the compared one).
    """
    assert query.grain is not None  # noqa: S101 - the caller asked for a trend
    spans = [query.period, *([query.compare] if query.compare else [])]
    rows = len({target.key for target in targets})
    grain = next((g for g in FINER[query.grain] if _groups(spans, g) * rows <= MAX_GROUPS), None)
    if grain is None or any(_has_distinct(t.fact.metric, services) for t in targets):
        return None
    facts: dict[str, Fact] = {}
    records: dict[str, QueryRecord] = {}
    for span in spans:
        mine = [t for t in targets if span.start <= t.span.start and t.span.end <= span.end]
        metrics = sorted({t.fact.metric for t in mine})
        needs = {name: needs_of(name, span, services) for name in metrics}
        wanted = [need for by_alias in needs.values() for need in by_alias.values()]
        cells = await fetch_cells(wanted, Cut(query.group_by, grain, query.where), services, scope, purpose="second")
        records |= cells.records()
        for target in mine:
            second = _second(target, needs[target.fact.metric], cells, grain, services, scope)
            facts[target.fact.id] = target.fact.model_copy(update={"second": second})
    return facts, records


def _has_distinct(metric: str, services: Services) -> bool:
    parts = services.engine.components(metric)
    return any(services.catalog.metrics[part.metric].additivity == "distinct" for part in parts)


def _groups(spans: list[Span], grain: Grain) -> int:
    return max(sum(1 for _ in buckets(span.start, span.end, grain)) for span in spans)


def _second(
    target: Target, needs: dict[str, Need], cells: Cells, grain: Grain, services: Services, scope: Scope
) -> Second:
    values: dict[str, Decimal | None] = {}
    for alias, need in needs.items():
        parts = [v for key, v in cells.values[need].items() if _inside(key, target, grain) and v is not None]
        inside = Need(need.metric, target.span.start, target.span.end)
        zero = Decimal(0) if is_zero(inside, services, scope) else None
        values[alias] = _put_together(parts, services.catalog.metrics[need.metric].aggregation) if parts else zero
    query_id = next(iter(cells.queries.values())).id if cells.queries else None
    return Second(value=services.engine.combine(target.fact.metric, values), method=f"by {grain}, summed again", query_id=query_id)


def _put_together(parts: list[Decimal], aggregation: str) -> Decimal:
    if aggregation == "max":
        return max(parts)
    return min(parts) if aggregation == "min" else sum(parts, Decimal(0))


def _inside(key: Key, target: Target, grain: Grain) -> bool:
    """Whether a finer cell belongs to the target's group and bucket."""
    *groups, label = key
    day = date.fromisoformat(label if grain == "day" else f"{label}-01")
    return tuple(groups) == target.key and target.span.start <= day <= target.span.end


