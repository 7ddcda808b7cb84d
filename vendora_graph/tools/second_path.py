"""The second path: compute every metric fact again from a finer partition, recombined in Decimal.

The partition is days where they are few, else the coarsest finer one of at most `MAX_GROUPS` groups: months, weeks or days inside the
period, else one more dimension. It proves aggregation, joins and rendering; a metric's definition is proven by its golden. Keys are
counted again only where the counts of the parts do not add up to the figure. A forecast is made again from its months' second values.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Filter, Ledger, QueryRecord, ResultTable
from vendora_graph.evidence.checks.proof import agrees
from vendora_graph.evidence.ledger import with_seconds
from vendora_graph.tools.cells import NONE_LABEL, Cells, Cut, Need
from vendora_graph.tools.evaluate import needs_of, plain
from vendora_graph.tools.medians import prove_median
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.second_fetch import Together
from vendora_graph.tools.second_parts import FEW_GROUPS, Again, Partition, Proven, Target, by_group, choose, is_distinct
from vendora_graph.tools.second_trend import prove_trend

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


async def prove(ledger: Ledger, services: Services, scope: Scope) -> Ledger:
    """Return the facts of `query_metrics` results with their second values, and the statements that gave them."""
    together = Together(services, scope)
    parts = await asyncio.gather(*(_proof_of(table, ledger, together) for table in _provable(ledger)))
    facts: dict[str, Fact] = {}
    queries: dict[str, QueryRecord] = {}
    for found, records in parts:
        facts.update(found)
        queries.update(records)
    if any(table.tool == "forecast" for table in ledger.tables.values()):
        from vendora_graph.tools.senior.forecast_again import foretold_again

        facts.update(foretold_again(with_seconds(ledger, facts)))
    return Ledger(turn=ledger.turn, facts=facts, queries=queries)


def begin_proofs(before: Ledger, ledger: Ledger, services: Services, scope: Scope) -> None:
    """Start the second path of the results that are new in a ledger: `prove` fetches it."""
    together = Together(services, scope)
    for table in _provable(ledger):
        if table.id not in before.tables:
            services.ahead.begin((scope.asked, table.id), _prove_table(table, ledger, together))


def _provable(ledger: Ledger) -> list[ResultTable]:
    return [table for table in ledger.tables.values() if table.tool == "query_metrics"]


async def _proof_of(table: ResultTable, ledger: Ledger, together: Together) -> Proven:
    begun = together.services.ahead.fetch((together.scope.asked, table.id))
    proven: Proven = await (begun if begun is not None else _prove_table(table, ledger, together))
    return proven


async def _prove_table(table: ResultTable, ledger: Ledger, together: Together) -> Proven:
    query = MetricQuery.model_validate(json.loads(table.request))
    facts: dict[str, Fact] = {}
    queries: dict[str, QueryRecord] = {}
    groups: dict[tuple[Span, tuple[str, ...]], list[Target]] = defaultdict(list)
    found = list(_targets(table, query, ledger))
    if query.grain and len(found) > 1 and all(plain(target.fact.metric, together.services) for target, _ in found):
        proven = await prove_trend(found, query, together)
        facts, queries = proven if proven is not None else ({}, {})
    for target, by in found:
        if target.fact.id not in facts:
            groups[target.span, by].append(target)
    whole = {span: groups.pop((span, ())) for span, by in list(groups) if by and (span, ()) in groups}
    batches = await asyncio.gather(
        *(_prove_rows(span, by, targets, whole.pop(span, []), query, together) for (span, by), targets in groups.items())
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
            if fact is None or _cut_short(fact, ledger):
                continue
            if fact.grade == "metric" and fact.second is None and fact.period is not None:
                yield Target(fact, key, Span(start=fact.period.start, end=fact.period.end)), by


def _cut_short(fact: Fact, ledger: Ledger) -> bool:
    """Whether the statement behind a figure lost rows to the limit: the first of those that are left may not be the first of all."""
    record = ledger.queries.get(fact.query_id or "")
    return record is not None and record.truncated


async def _prove_rows(
    span: Span, by: tuple[str, ...], rows: list[Target], totals: list[Target], query: MetricQuery, together: Together
) -> Proven:
    """Prove the rows of one span, and their totals by the same parts; a total they do not add up to has a statement of its own."""
    facts, records, again = await _prove_span(span, by, rows, query, together)
    left = totals
    if again is not None:
        summed = again.summed([t for t in totals if t.fact.metric in again.needs])
        facts.update({fact.id: fact for fact in summed.values() if agrees(fact)})
        left = [t for t in totals if t.fact.id not in facts]
    if left:
        own, more, _ = await _prove_span(span, (), left, query, together)
        facts, records = {**facts, **own}, {**records, **more}
    return facts, records


async def _prove_span(
    span: Span, by: tuple[str, ...], targets: list[Target], query: MetricQuery, together: Together
) -> tuple[dict[str, Fact], dict[str, QueryRecord], Again | None]:
    services, scope = together.services, together.scope
    medians = [t for t in targets if services.catalog.metrics[t.fact.metric].value_dimension]
    facts, records = await _prove_medians(span, by, medians, query, together)
    targets = [t for t in targets if t not in medians]
    if not targets:
        return facts, records, None
    needs = {name: needs_of(name, span, services) for name in sorted({target.fact.metric for target in targets})}
    rows = len({target.key for target in targets})
    wanted = dict.fromkeys(need for by_alias in needs.values() for need in by_alias.values())
    days = any(not is_distinct(need, services) for need in wanted)
    parts = {need: choose(need, by, query, rows, services, days=days) for need in wanted}
    shown = _shown_only(by, targets, query, services)
    cells = await _fetch(parts, by, shown, together)
    again = Again(needs, parts, {p: by_group(found, len(by)) for p, found in cells.items()}, cells, Cells(), services, scope)
    facts.update(again.proven(targets))
    open_ones = [t for t in targets if not agrees(facts[t.fact.id])]
    distinct = [n for t in open_ones for n in needs[t.fact.metric].values() if is_distinct(n, services) and parts[n] is not None]
    if distinct:
        whole = await together.fetch(distinct, Cut(by, None, query.where))
        facts.update(replace(again, whole=whole).proven(open_ones))
        records.update(whole.records())
    records.update({record.id: record for found in cells.values() for record in found.records().values()})
    return facts, records, again if shown is query else None


def _shown_only(by: tuple[str, ...], targets: list[Target], query: MetricQuery, services: Services) -> MetricQuery:
    """Of records (`which 5 parts lost the most sales`) the parts of those shown are read, not of all there are: a result may be cut."""
    at = next((i for i, name in enumerate(by) if services.catalog.dimensions[name].kind == "record"), -1)
    keys = tuple(sorted({target.key[at] for target in targets})) if at >= 0 else ()
    if not keys or len(keys) > FEW_GROUPS or NONE_LABEL in keys or any(item.dimension == by[at] for item in query.where):
        return query
    return query.model_copy(update={"filters": (*query.filters, Filter(dimension=by[at], values=keys))})


async def _prove_medians(
    span: Span, by: tuple[str, ...], targets: list[Target], query: MetricQuery, together: Together
) -> tuple[dict[str, Fact], dict[str, QueryRecord]]:
    facts: dict[str, Fact] = {}
    records: dict[str, QueryRecord] = {}
    for metric in sorted({target.fact.metric for target in targets}):
        mine = {target.key: target.fact for target in targets if target.fact.metric == metric}
        seconds, record = await prove_median(metric, span, Cut(by, None, query.where), mine, together.services, together.scope)
        records[record.id] = record
        for key, second in seconds.items():
            facts[mine[key].id] = mine[key].model_copy(update={"second": second})
    return facts, records


async def _fetch(
    parts: dict[Need, Partition | None], by: tuple[str, ...], query: MetricQuery, together: Together
) -> dict[Partition, Cells]:
    wanted: dict[Partition, list[Need]] = defaultdict(list)
    for need, partition in parts.items():
        if partition is not None:
            wanted[partition].append(need)
    cuts = [Cut((*by, *([p.dimension] if p.dimension else [])), p.grain, query.where) for p in wanted]
    found = await asyncio.gather(*(together.fetch(needs, cut) for needs, cut in zip(wanted.values(), cuts, strict=True)))
    return dict(zip(wanted, found, strict=True))
