"""The parts of several second paths, fetched together: one cut is few statements, and days that overlap are read once."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from vendora_graph.once import Once
from vendora_graph.tools.cells import Cells, Cut, Need, fetch_cells

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

STEPS = 8
"""Turns of the event loop in which the proofs of all results say what they need first; counted, so that it is the same every time."""


class Together:
    """The fetches of proofs that begin at one moment.

    What they need first is fetched as one: the needs of one cut share a statement by table, and spans of days that overlap are one span.
    What they need later (keys counted again) has statements of its own: when that is depends on the warehouse, and the same question
    always sends the same statements.
    """

    def __init__(self, services: Services, scope: Scope) -> None:
        """Begin with nothing asked."""
        self.services, self.scope = services, scope
        self._asked: dict[Cut, dict[Need, None]] = defaultdict(dict)
        self._first: Once[dict[Cut, Cells]] = Once()
        self._sent = False

    async def fetch(self, needs: Sequence[Need], cut: Cut) -> Cells:
        """Return the values of needs under a cut.

        Raises:
            WarehouseError: The database failed or the guard refused.
        """
        if self._sent:
            return await self._fetch(cut, needs)
        self._asked[cut].update(dict.fromkeys(needs))
        found = (await self._first.run("first", self._all))[cut]
        return Cells({need: found.values[need] for need in needs}, {need: found.queries[need] for need in needs})

    async def _all(self) -> dict[Cut, Cells]:
        for _ in range(STEPS):
            await asyncio.sleep(0)
        self._sent = True
        found = await asyncio.gather(*(self._fetch(cut, tuple(needs)) for cut, needs in self._asked.items()))
        return dict(zip(self._asked, found, strict=True))

    async def _fetch(self, cut: Cut, needs: Sequence[Need]) -> Cells:
        if cut.grain != "day":
            return await fetch_cells(needs, cut, self.services, self.scope, purpose="second")
        wider = self._widened(needs)
        found = await fetch_cells(tuple(wider.values()), cut, self.services, self.scope, purpose="second")
        values = {need: {key: v for key, v in found.values[whole].items() if _lies_in(key[-1], need)} for need, whole in wider.items()}
        return Cells(values, {need: found.queries[whole] for need, whole in wider.items()})

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


def _lies_in(day: str, need: Need) -> bool:
    return (need.start is None or need.start.isoformat() <= day) and day <= need.end.isoformat()
