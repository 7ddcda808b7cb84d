"""The parts of a second path: how a figure is cut finer, and how the parts are put together again in Decimal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Grain, QueryRecord, Second
from vendora_graph.tools.cells import Cells, Key, Need
from vendora_graph.tools.evaluate import is_zero
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.spans import buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

MAX_GROUPS = 2_000
FEW_GROUPS = 100
BOUNDED = "distinct count: between the largest part and the sum of the parts"
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


@dataclass(frozen=True, slots=True)
class Target:
    """One fact to prove: its metric, its key among the request's groups, and its span."""

    fact: Fact
    key: Key
    span: Span


Proven = tuple[dict[str, Fact], dict[str, QueryRecord]]
"""Facts with their second values, and the statements that gave them."""


def choose(need: Need, by: tuple[str, ...], query: MetricQuery, rows: int, services: Services, *, days: bool) -> Partition | None:
    """Return the finer partition of a need, or None where the model offers none.

    A few days are taken as they are (a warehouse has them at hand, where a month must be worked out row by row), else the coarsest grain.
    Counts of keys alone are cut as coarsely as can be: the fewer the parts, the closer they hold the count.
    """
    info = services.catalog.metrics[need.metric]
    if not info.snapshot and need.start is not None:
        room = MAX_GROUPS // max(rows, 1)
        counts = {grain: len(buckets(need.start, need.end, grain)) for grain in TIME_GRAINS}
        if days and 1 < counts["day"] <= FEW_GROUPS // max(rows, 1):
            return Partition(grain="day")
        for grain in TIME_GRAINS:
            if 1 < counts[grain] <= room:
                return Partition(grain=grain)
    fixed = {*by, *(item.dimension for item in query.where)}
    room = MAX_GROUPS // max(rows, 1)
    sized = sorted((services.profile.size(d), d) for d in info.dimensions if d not in fixed)
    enough = [(size, d) for size, d in sized if 1 < size <= room]
    if enough and info.additivity != "distinct":
        return Partition(dimension=enough[0][1])
    if need.start is not None and need.start != need.end:
        return Partition(grain="day")
    records = [d for d in info.dimensions if services.catalog.dimensions[d].kind == "record" and d not in fixed]
    left = [min(records)] if records else [d for _, d in enough]  # listed record by record: by anything else it has
    return Partition(dimension=left[0]) if left else None


def is_distinct(need: Need, services: Services) -> bool:
    """Whether a need counts keys: those that stand in two parts are counted once, so its parts may add up to more."""
    return services.catalog.metrics[need.metric].additivity == "distinct"


Grouped = dict[Need, dict[Key, list[Decimal]]]


def by_group(found: Cells, width: int) -> Grouped:
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
class Again:
    """The parts of one span, ready to be put together again. `needs` is by metric and alias."""

    needs: dict[str, dict[str, Need]]
    parts: dict[Need, Partition | None]
    grouped: dict[Partition, Grouped]
    cells: dict[Partition, Cells]
    whole: Cells
    services: Services
    scope: Scope

    def proven(self, targets: Iterable[Target]) -> dict[str, Fact]:
        """Return facts with their second values."""
        return {t.fact.id: t.fact.model_copy(update={"second": self.second(t)}) for t in targets}

    def summed(self, totals: Iterable[Target]) -> dict[str, Fact]:
        """Return totals with their second values: the parts of all groups put together."""
        whole = {partition: by_group(found, 0) for partition, found in self.cells.items()}
        return replace(self, grouped=whole).proven(totals)

    def second(self, target: Target) -> Second | None:
        """Return the second value of a fact; None where the model offers no other way to compute it."""
        values: dict[str, Decimal | None] = {}
        words: list[str] = []
        query_id = None
        for alias, need in self.needs[target.fact.metric].items():
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
