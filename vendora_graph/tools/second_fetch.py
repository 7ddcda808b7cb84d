"""The parts of several second paths, fetched together: one cut of a table is one statement, and no day is read twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from vendora_graph.bundles import Bundles
from vendora_graph.contracts import Grain
from vendora_graph.tools.cells import Cells, Column, Cut, Key, Need, fetch_cells
from vendora_graph.tools.spans import ONE_DAY, bucket_start, buckets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


class Together:
    """The fetches of proofs that begin at one moment.

    What they need first is fetched as one: the needs of one cut share a statement by table, over the days of all of them.
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
        wider = self._joined(needs, cut.grain) if cut.grain else {need: need for need in needs}
        found = await fetch_cells(tuple(wider.values()), cut, self.services, self.scope, purpose="second")
        return {need: (_own(need, whole, cut.grain, found.values[whole]), found.queries[whole]) for need, whole in wider.items()}

    def _joined(self, needs: Iterable[Need], grain: Grain) -> dict[Need, Need]:
        """Return each need over the days of all needs of its table: one statement reads them, and no day between."""
        by_table: dict[object, list[Need]] = defaultdict(list)
        for need in needs:
            info = self.services.catalog.metrics[need.metric]
            by_table[info.tables, info.time_dimension].append(need)
        return {need: whole for some in by_table.values() for need, whole in _over_all(some, grain)}


def _over_all(needs: Sequence[Need], grain: Grain) -> Iterable[tuple[Need, Need]]:
    """Yield each need with the one over the days of all; one without a beginning, or whose buckets two spans share, stays as it is."""
    spans = _apart([(need.start, need.end) for need in needs if need.start is not None], grain)
    gaps = tuple((last + ONE_DAY, first - ONE_DAY) for (_, last), (first, _) in pairwise(spans))
    for need in needs:
        whole = need if need.start is None or not spans else Need(need.metric, spans[0][0], spans[-1][1], gaps)
        yield need, whole


def _apart(spans: Iterable[tuple[date, date]], grain: Grain) -> list[tuple[date, date]]:
    """Return spans in order, those that touch put together; none where spans of a coarser grain than days share a bucket."""
    found: list[tuple[date, date]] = []
    for start, end in sorted(set(spans)):
        if found and grain != "day" and bucket_start(start, grain) <= found[-1][1]:
            return []
        if found and start <= found[-1][1] + ONE_DAY:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _own(need: Need, whole: Need, grain: Grain | None, cells: dict[Key, Decimal | None]) -> dict[Key, Decimal | None]:
    """Return the cells, by bucket where more days were read, that are a need's own."""
    if need == whole or grain is None or need.start is None:
        return cells
    own = {bucket.label for bucket in buckets(need.start, need.end, grain)}
    return {key: value for key, value in cells.items() if key[-1] in own}
