"""The parts of several second paths, fetched together: one cut is few statements, and days that overlap are read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from vendora_graph.bundles import Bundles
from vendora_graph.tools.cells import Cells, Column, Cut, Key, Need, fetch_cells

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

class Together:
    """The fetches of proofs that begin at one moment.

    What they need first is fetched as one: the needs of one cut share a statement by table, and spans of days that overlap are one span.
    What they need later (keys counted again) has statements of its own.
    """

    def __init__(self, services: Services, scope: Scope) -> None:
        """Begin with nothing asked."""
        self.services, self.scope = services, scope
        self._bundles: Bundles[Need, Column] = Bundles()

    async def fetch(self, needs: Sequence[Need], cut: Cut) -> Cells:
        """Return the values of needs under a cut.

        Raises:
            WarehouseError: The database failed or the guard refused.
        """
        return Cells.of(await self._bundles.fetch(cut, needs, partial(self._fetch, cut)))

    async def _fetch(self, cut: Cut, needs: tuple[Need, ...]) -> dict[Need, Column]:
        wider = self._widened(needs) if cut.grain == "day" else {need: need for need in needs}
        found = await fetch_cells(tuple(wider.values()), cut, self.services, self.scope, purpose="second")
        return {need: (_of_days(need, whole, found.values[whole]), found.queries[whole]) for need, whole in wider.items()}

    def _widened(self, needs: Iterable[Need]) -> dict[Need, Need]:
        """Return each need over the days of all needs of its table that overlap it."""
        by_table: dict[object, list[Need]] = defaultdict(list)
        for need in needs:
            info = self.services.catalog.metrics[need.metric]
            by_table[info.tables, info.time_dimension].append(need)
        return {need: Need(need.metric, *span) for some in by_table.values() for need, span in _spans(some)}


def _spans(needs: Iterable[Need]) -> Iterable[tuple[Need, tuple[date | None, date]]]:
    """Yield each need with the span of the needs that overlap it; one without a beginning keeps its own."""
    begun: list[tuple[date, Need]] = []
    for need in needs:
        if need.start is None:
            yield need, (None, need.end)
        else:
            begun.append((need.start, need))
    spans: list[tuple[date, date]] = []
    for start, need in sorted(begun, key=lambda one: (one[0], one[1].end)):
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(spans[-1][1], need.end)
        else:
            spans.append((start, need.end))
    for start, need in begun:
        yield need, next(span for span in spans if span[0] <= start and need.end <= span[1])


def _of_days(need: Need, whole: Need, cells: dict[Key, Decimal | None]) -> dict[Key, Decimal | None]:
    """Return the cells, by day where a wider span was read, that lie in a need's own days."""
    if need == whole:
        return cells
    first, last = need.start.isoformat() if need.start else "", need.end.isoformat()
    return {key: value for key, value in cells.items() if first <= key[-1] <= last}
