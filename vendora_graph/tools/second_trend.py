"""The second path of a trend: one finer cut over all its days, put together bucket by bucket."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Grain, Second
from vendora_graph.evidence.checks.proof import agrees
from vendora_graph.tools.cells import Cells, Cut, Key, Need
from vendora_graph.tools.evaluate import is_zero, needs_of
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.second_fetch import Together
from vendora_graph.tools.second_parts import BOUNDED, MAX_GROUPS, Proven, Target, is_distinct
from vendora_graph.tools.spans import bucket_label, bucket_start, buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

FINER: dict[Grain, tuple[Grain, ...]] = {"year": ("month",), "quarter": ("month",), "month": ("day",), "week": ("day",), "day": ()}
"""Grains that nest inside a grain, coarsest first."""

Found = list[tuple[Target, tuple[str, ...]]]
"""Figures to prove, each with the dimensions of its row (none for a total)."""


async def prove_trend(found: Found, query: MetricQuery, together: Together) -> Proven | None:
    """Return the facts with their second values, or None where no finer grain nests or there would be too many groups.

    A whole line of buckets is one statement a span (the asked one, the compared one), and one more where keys stand in two parts. A total
    that the line does not add up to is left to a statement of its own.
    """
    assert query.grain is not None  # noqa: S101 - the caller asked for a trend
    targets = [target for target, by in found if by == query.group_by and is_bucket(target.span, query.grain)]
    spans = [query.period, *([query.compare] if query.compare else [])]
    rows = len({target.key for target in targets})
    cut = _finer(query.grain, query, spans, rows, together.services)
    if cut is None:
        return None
    found_lines = await asyncio.gather(*(_line(span, query, query.grain, cut, together) for span in spans))
    lines = await asyncio.gather(*(_recounted(line, targets, query, together) for line in found_lines))
    facts = {t.fact.id: line.proven(t) for line in lines for t in targets if line.holds(t)}
    totals = [target for target, _ in found if target.fact.id not in facts]
    summed = [line.proven(t) for line in found_lines for t in totals if line.span == t.span]
    facts.update({fact.id: fact for fact in summed if agrees(fact)})
    return facts, {record.id: record for line in lines for record in (*line.cells.records().values(), *line.whole.records().values())}


def is_bucket(span: Span, grain: Grain) -> bool:
    """Whether a span lies within one bucket of a grain."""
    return bucket_start(span.start, grain) == bucket_start(span.end, grain)


def _finer(coarse: Grain, query: MetricQuery, spans: list[Span], rows: int, services: Services) -> Cut | None:
    """Return the cut one step finer: a grain inside the buckets, else one more dimension that every metric has."""
    for grain in FINER[coarse]:
        if _groups(spans, grain) * rows <= MAX_GROUPS:
            return Cut(query.group_by, grain, query.where)
    room = MAX_GROUPS // (max(rows, 1) * _groups(spans, coarse))
    fixed = {*query.group_by, *(item.dimension for item in query.where)}
    parts = [services.catalog.metrics[part.metric] for name in query.metrics for part in services.engine.components(name)]
    shared = set.intersection(*(set(part.dimensions) for part in parts)) - fixed
    sized = sorted((services.profile.size(dimension), dimension) for dimension in shared)
    return next((Cut((*query.group_by, d), coarse, query.where) for size, d in sized if 1 < size <= room), None)


async def _line(span: Span, query: MetricQuery, grain: Grain, cut: Cut, together: Together) -> _Line:
    needs = {name: needs_of(name, span, together.services) for name in query.metrics}
    wanted = [need for by_alias in needs.values() for need in by_alias.values()]
    cells = await together.fetch(wanted, cut)
    return _Line(span, grain, cut, needs, cells, Cells(), together.services, together.scope)


async def _recounted(line: _Line, targets: list[Target], query: MetricQuery, together: Together) -> _Line:
    """Return a line with its keys counted once more, bucket by bucket, where the parts of some bucket do not add up to its figure."""
    services = line.services
    open_ones = [t for t in targets if line.holds(t) and not agrees(line.proven(t))]
    distinct = dict.fromkeys(need for t in open_ones for need in line.needs[t.fact.metric].values() if is_distinct(need, services))
    if not distinct:
        return line
    cut = Cut(query.group_by, line.grain, query.where)
    return replace(line, whole=await together.fetch(tuple(distinct), cut))


@dataclass(frozen=True, slots=True)
class _Line:
    """One span: its cells one step finer, and the counts of keys bucket by bucket."""

    span: Span
    grain: Grain
    cut: Cut
    needs: dict[str, dict[str, Need]]
    cells: Cells
    whole: Cells
    services: Services
    scope: Scope
    _rows: dict[tuple[Need, int], dict[Key, list[tuple[str, Decimal]]]] = field(default_factory=dict, compare=False)

    def holds(self, target: Target) -> bool:
        """Tell whether a figure's days lie in this span."""
        return self.span.start <= target.span.start and target.span.end <= self.span.end

    def proven(self, target: Target) -> Fact:
        """Return a figure with its second value."""
        return target.fact.model_copy(update={"second": self.second(target)})

    def second(self, target: Target) -> Second:
        """Return the second value of one bucket's figure."""
        values: dict[str, Decimal | None] = {}
        words = [self._words()]
        for alias, need in self.needs[target.fact.metric].items():
            parts = self._parts(need, target)
            inside = Need(need.metric, target.span.start, target.span.end)
            zero = Decimal(0) if is_zero(inside, self.services, self.scope) else None
            values[alias] = _put_together(parts, self.services.catalog.metrics[need.metric].aggregation) if parts else zero
            label = bucket_label(bucket_start(target.span.start, self.grain), self.grain)
            counted = self.whole.values.get(need, {}).get((*target.key, label))
            if parts and counted is not None and counted != values[alias]:
                values[alias] = counted if max(parts) <= counted <= sum(parts) else None
                words.append(BOUNDED)
        query_id = next(iter(self.cells.queries.values())).id if self.cells.queries else None
        value = self.services.engine.combine(target.fact.metric, values)
        return Second(value=value, method="; ".join(dict.fromkeys(words)), query_id=query_id)

    def _words(self) -> str:
        finer = self.cut.grain if self.cut.grain != self.grain else self.cut.group_by[-1]
        return f"by {finer}, summed again"

    def _parts(self, need: Need, target: Target) -> list[Decimal]:
        """Return the finer cells of a figure's group and bucket (every bucket is the total's)."""
        row = self._row(need, target.key)
        if target.span == self.span:
            return [value for _, value in row]
        if self.cut.grain == self.grain:
            bucket = bucket_label(bucket_start(target.span.start, self.grain), self.grain)
            return [value for label, value in row if label == bucket]
        first, last, rest = target.span.start.isoformat(), target.span.end.isoformat(), "" if self.cut.grain == "day" else "-01"
        begun = self.span.start.isoformat()
        return [value for label, value in row if first <= max(label + rest, begun) <= last]

    def _row(self, need: Need, row: Key) -> list[tuple[str, Decimal]]:
        """Return the finer cells of one group, each with its label: sorted by groups once, as a figure asks for its own only."""
        width = len(row)
        if (need, width) not in self._rows:
            rows = self._rows[need, width] = defaultdict(list)
            for key, value in self.cells.values[need].items():
                if value is not None:
                    rows[key[:width]].append((key[-1], value))
        return self._rows[need, width].get(row, [])


def _groups(spans: list[Span], grain: Grain) -> int:
    return max(len(buckets(span.start, span.end, grain)) for span in spans)


def _put_together(parts: list[Decimal], aggregation: str) -> Decimal:
    if aggregation == "max":
        return max(parts)
    return min(parts) if aggregation == "min" else sum(parts, Decimal(0))
