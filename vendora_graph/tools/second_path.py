"""The second path: compute every metric fact again from a finer partition, recombined in Decimal.

The partition is the coarsest finer one of at most `MAX_GROUPS` groups: months, weeks or days inside the period, else one more
dimension. It proves aggregation, joins and rendering; a metric's definition is proven by its golden.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Grain, Ledger, QueryRecord, ResultTable, Second
from vendora_graph.tools.cells import Cells, Cut, Key, Need, fetch_cells
from vendora_graph.tools.evaluate import is_zero, needs_of, plain
from vendora_graph.tools.medians import prove_median
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.spans import buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

MAX_GROUPS = 2_000
TIME_GRAINS: tuple[Grain, ...] = ("month", "week", "day")


@dataclass(frozen=True, slots=True)
class Partition:
    """How a need is cut finer: by a grain of time or by one more dimension."""

    grain: Grain | None = None
    dimension: str | None = None

    @property
    def words(self) -> str:
        """Return the partition in words."""
        return f"by {self.grain or self.dimension}, summed again"


async def prove(ledger: Ledger, services: Services, scope: Scope) -> Ledger:
    """Return the facts of `query_metrics` results with their second values, and the statements that gave them."""
    parts = await asyncio.gather(*(_proof_of(table, ledger, services, scope) for table in _provable(ledger)))
    facts: dict[str, Fact] = {}
    queries: dict[str, QueryRecord] = {}
    for found, records in parts:
        facts.update(found)
        queries.update(records)
    return Ledger(turn=ledger.turn, facts=facts, queries=queries)


def begin_proofs(before: Ledger, ledger: Ledger, services: Services, scope: Scope) -> None:
    """Start the second path of the results that are new in a ledger: `prove` fetches it."""
    for table in _provable(ledger):
        if table.id not in before.tables:
            services.ahead.begin((scope.asked, table.id), _prove_table(table, ledger, services, scope))


def _provable(ledger: Ledger) -> list[ResultTable]:
    return [table for table in ledger.tables.values() if table.tool == "query_metrics"]


Proven = tuple[dict[str, Fact], dict[str, QueryRecord]]


async def _proof_of(table: ResultTable, ledger: Ledger, services: Services, scope: Scope) -> Proven:
    begun = services.ahead.fetch((scope.asked, table.id))
    proven: Proven = await (begun if begun is not None else _prove_table(table, ledger, services, scope))
    return proven


@dataclass(frozen=True, slots=True)
class Target:
    """One fact to prove: its metric, its key among the request's groups, and its span."""

    fact: Fact
    key: Key
    span: Span


async def _prove_table(table: ResultTable, ledger: Ledger, services: Services, scope: Scope) -> Proven:
    query = MetricQuery.model_validate(json.loads(table.request))
    facts: dict[str, Fact] = {}
    queries: dict[str, QueryRecord] = {}
    groups: dict[tuple[Span, tuple[str, ...]], list[Target]] = defaultdict(list)
    found = list(_targets(table, query, ledger))
    if len(found) > 1 and all(plain(target.fact.metric, services) for target, _ in found):
        from vendora_graph.tools.second_trend import is_bucket, prove_pair, prove_trend

        line = [(t, by) for t, by in found if by == query.group_by and is_bucket(t.span, query.grain)] if query.grain else found
        proven = await (prove_trend if query.grain else prove_pair)(line, query, services, scope)
        if proven is not None:
            facts, queries = proven
            found = [item for item in found if item not in line]  # a trend's total, whose days are those of the whole line
    for target, by in found:
        groups[target.span, by].append(target)
    batches = await asyncio.gather(
        *(_prove_span(span, by, targets, query, services, scope) for (span, by), targets in groups.items())
    )
    for checked, records in batches:
        facts.update(checked)
        queries.update(records)
    return facts, queries


def _targets(table: ResultTable, query: MetricQuery, ledger: Ledger) -> Iterable[tuple[Target, tuple[str, ...]]]:
    for place, cells in zip(table.keys, table.cells, strict=True):
        named = dict(place)
        by = query.group_by if place and set(query.group_by) <= set(named) else ()
        key = tuple(named[dimension] for dimension in by)
        for fact_id in cells:
            fact = ledger.facts[fact_id] if fact_id else None
            if fact is not None and fact.grade == "metric" and fact.second is None and fact.period is not None:
                yield Target(fact, key, Span(start=fact.period.start, end=fact.period.end)), by


async def _prove_span(
    span: Span, by: tuple[str, ...], targets: list[Target], query: MetricQuery, services: Services, scope: Scope
) -> tuple[dict[str, Fact], dict[str, QueryRecord]]:
    medians = [t for t in targets if services.catalog.metrics[t.fact.metric].value_dimension]
    facts, records = await _prove_medians(span, by, medians, query, services, scope)
    targets = [t for t in targets if t not in medians]
    metrics = sorted({target.fact.metric for target in targets})
    needs = {name: needs_of(name, span, services) for name in metrics}
    rows = len({target.key for target in targets})
    parts: dict[Need, Partition | None] = {}
    for need in (n for by_alias in needs.values() for n in by_alias.values()):
        parts[need] = choose(need, by, query, rows, services)
    cells = await _fetch(parts, by, query, services, scope)
    distinct = [n for n in parts if services.catalog.metrics[n.metric].additivity == "distinct" and parts[n] is not None]
    whole = await fetch_cells(distinct, Cut(by, None, query.where), services, scope, purpose="second") if distinct else Cells()
    again = _Again(parts, {p: _by_group(found, len(by)) for p, found in cells.items()}, cells, whole, services, scope)
    for target in targets:
        proven = again.second(target, needs[target.fact.metric])
        facts[target.fact.id] = target.fact.model_copy(update={"second": proven})
    records.update({record.id: record for found in (*cells.values(), whole) for record in found.records().values()})
    return facts, records


async def _prove_medians(
    span: Span, by: tuple[str, ...], targets: list[Target], query: MetricQuery, services: Services, scope: Scope
) -> tuple[dict[str, Fact], dict[str, QueryRecord]]:
    facts: dict[str, Fact] = {}
    records: dict[str, QueryRecord] = {}
    for metric in sorted({target.fact.metric for target in targets}):
        mine = {target.key: target.fact for target in targets if target.fact.metric == metric}
        seconds, record = await prove_median(metric, span, Cut(by, None, query.where), mine, services, scope)
        records[record.id] = record
        for key, second in seconds.items():
            facts[mine[key].id] = mine[key].model_copy(update={"second": second})
    return facts, records


async def _fetch(
    parts: dict[Need, Partition | None], by: tuple[str, ...], query: MetricQuery, services: Services, scope: Scope
) -> dict[Partition, Cells]:
    wanted: dict[Partition, list[Need]] = defaultdict(list)
    for need, partition in parts.items():
        if partition is not None:
            wanted[partition].append(need)
    found = await asyncio.gather(
        *(
            fetch_cells(
                needs,
                Cut((*by, *([p.dimension] if p.dimension else [])), p.grain, query.where),
                services,
                scope,
                purpose="second",
            )
            for p, needs in wanted.items()
        )
    )
    return dict(zip(wanted, found, strict=True))


def choose(need: Need, by: tuple[str, ...], query: MetricQuery, rows: int, services: Services) -> Partition | None:
    """Return the coarsest finer partition of a need, or None where the model offers none."""
    info = services.catalog.metrics[need.metric]
    if not info.snapshot and need.start is not None:
        for grain in TIME_GRAINS:
            count = len(buckets(need.start, need.end, grain))
            if 1 < count <= MAX_GROUPS // max(rows, 1):
                return Partition(grain=grain)
    fixed = {*by, *(item.dimension for item in query.where)}
    room = MAX_GROUPS // max(rows, 1)
    sized = sorted((services.profile.size(d), d) for d in info.dimensions if d not in fixed)
    enough = [(size, d) for size, d in sized if 1 < size <= room]
    if enough and info.additivity != "distinct":
        return Partition(dimension=enough[0][1])
    return Partition(grain="day") if need.start is not None and need.start != need.end else _record_partition(info.dimensions, services)


def _record_partition(dimensions: tuple[str, ...], services: Services) -> Partition | None:
    records = [d for d in dimensions if services.catalog.dimensions[d].kind == "record"]
    return Partition(dimension=min(records)) if records else None


Grouped = dict[Need, dict[Key, list[Decimal]]]


def _by_group(found: Cells, width: int) -> Grouped:
    """Return the parts of each group: the cells whose key begins with the group's."""
    grouped: Grouped = {}
    for need, column in found.values.items():
        parts: dict[Key, list[Decimal]] = defaultdict(list)
        for key, value in column.items():
            if value is not None:
                parts[key[:width]].append(value)
        grouped[need] = parts
    return grouped


@dataclass(frozen=True, slots=True)
class _Again:
    """The parts of one span, ready to be put together again."""

    parts: dict[Need, Partition | None]
    grouped: dict[Partition, Grouped]
    cells: dict[Partition, Cells]
    whole: Cells
    services: Services
    scope: Scope

    def second(self, target: Target, needs: dict[str, Need]) -> Second | None:
        """Return the second value of a fact; None where the model offers no other way to compute it."""
        values: dict[str, Decimal | None] = {}
        words: list[str] = []
        query_id = None
        for alias, need in needs.items():
            partition = self.parts[need]
            if partition is None:
                return None
            values[alias], how = self._value(need, target.key, partition)
            words.append(how)
            query_id = query_id or self.cells[partition].queries[need].id
        value = self.services.engine.combine(target.fact.metric, values)
        return Second(value=value, method="; ".join(dict.fromkeys(words)), query_id=query_id)

    def _value(self, need: Need, key: Key, partition: Partition) -> tuple[Decimal | None, str]:
        """Put the parts of one group together by the metric's own law: sums add up, extremes compare."""
        parts = self.grouped[partition][need].get(key)
        if not parts:
            return (Decimal(0) if is_zero(need, self.services, self.scope) else None), partition.words
        info = self.services.catalog.metrics[need.metric]
        if info.aggregation in ("max", "min"):
            return (max(parts) if info.aggregation == "max" else min(parts)), partition.words
        total = sum(parts, Decimal(0))
        counted = self.whole.values.get(need, {}).get(key)
        if info.additivity == "distinct" and counted is not None and counted != total:
            return (counted if max(parts) <= counted <= total else None), BOUNDED
        return total, partition.words


BOUNDED = "distinct count: between the largest part and the sum of the parts"
