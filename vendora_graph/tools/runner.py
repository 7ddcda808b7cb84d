"""Run a metric query: evaluate its legs, and put every figure in the ledger as a fact."""

from __future__ import annotations

import asyncio
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Ledger, Period, QueryRecord, ResultTable, Slice
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.cells import Cut, Key
from vendora_graph.tools.changes import change_facts
from vendora_graph.tools.conditions import fixed_values, meets
from vendora_graph.tools.evaluate import Evaluation, Leg, evaluate, is_zero, needs_of, plain
from vendora_graph.tools.ranked_buckets import MAX_BUCKETS, ranked, ranks_buckets
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.spans import buckets, describe

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NEVER_SUMMED = ("days", "minutes", "months", "score", "stars", "bps", "date")
OF_RECORDS = ("additive", "semi_additive", "maximum", "minimum")
"""Units whose sum over records means nothing; a column of such a unit has no total where it is of single records, no rate or average."""

MAX_ROWS = 200
"""Rows of one result that become facts; more are counted and said."""


def table_id(tool: str, request: str) -> str:
    """Return the id of a result: the same request gives the same id."""
    return "t" + hashlib.sha256(f"{tool}|{request}".encode()).hexdigest()[:12]


def as_period(span: Span, scope: Scope) -> Period:
    """Return a span as a period with its words."""
    known = [p for p in _periods_of(scope) if (p.start, p.end) == (span.start, span.end)]
    if known:
        return known[0]
    running = span.start <= scope.data_through < span.end
    return Period(
        start=span.start,
        end=span.end,
        label=describe(span.start, span.end),
        complete=not running,
        full_end=span.end if running else None,
    )


def _periods_of(scope: Scope) -> list[Period]:
    plan = scope.reading.plan if scope.reading else None
    if plan is None:
        return []
    against = plan.comparison.period if plan.comparison else None
    return [p for p in (plan.period, against) if p is not None]


async def run_query(query: MetricQuery, services: Services, scope: Scope, *, tool: str = "query_metrics") -> Ledger:
    """Return the part of the ledger this query adds: facts, one table, statements, periods.

    Raises:
        QuestionError: An unknown metric or dimension, or a metric that cannot be cut that way.
        NotAllowedError: The asker may not see a metric, or not by person.
        WarehouseError: The database failed.
    """
    request = query.canonical()
    identity = table_id(tool, request)
    grouped = bool(query.group_by or query.grain)
    main, other, totals = await asyncio.gather(
        _legs(query, query.period, services, scope),
        _legs(query, query.compare, services, scope),
        _totals(query, services, scope) if query.total and grouped else _nothing(),
    )
    builder = _Builder(query, identity, services, scope)
    builder.add(main, other)
    builder.rank_buckets()
    if grouped and (totals or not builder.rows):
        builder.add_total(*(totals or await _totals(query, services, scope)))
    return builder.ledger(tool, request)


Totals = tuple[Evaluation, Evaluation | None]


async def _totals(query: MetricQuery, services: Services, scope: Scope) -> Totals:
    """Return the whole of the period and, where one is compared, of the other."""
    if query.compare is None:
        return await _whole(query, query.period, services, scope), None
    now, before = await asyncio.gather(*(_whole(query, span, services, scope) for span in (query.period, query.compare)))
    return now, before


async def _nothing() -> Totals | None:
    return None


async def _whole(query: MetricQuery, span: Span, services: Services, scope: Scope) -> Evaluation:
    leg = Leg(span, as_period(span, scope))
    return await evaluate(query.metrics, leg, Cut(filters=query.where), services, scope)


async def _legs(query: MetricQuery, span: Span | None, services: Services, scope: Scope) -> list[Evaluation]:
    if span is None:
        return []
    period = as_period(span, scope)
    if query.grain is None:
        leg = Leg(span, period)
        return [await evaluate(query.metrics, leg, Cut(query.group_by, None, query.where), services, scope)]
    if all(plain(name, services) for name in query.metrics):
        leg = Leg(span, period)
        cut = Cut(query.group_by, query.grain, query.where)
        found = await evaluate(query.metrics, leg, cut, services, scope)
        return [part for part in _split(found, query, span) if part.keys or not _days_left_out(query, services)]
    legs = [Leg(Span(start=b.start, end=b.end), b, b) for b in buckets(span.start, span.end, query.grain)]
    cut = Cut(query.group_by, None, query.where)
    parts = await asyncio.gather(*(evaluate(query.metrics, leg, cut, services, scope) for leg in legs))
    told = (any(value is not None for column in part.values.values() for value in column.values()) for part in parts)
    return [part for part, has in zip(parts, told, strict=True) if has or not _days_left_out(query, services)]


def _days_left_out(query: MetricQuery, services: Services) -> bool:
    """Whether a condition leaves whole days out (`by day on Mondays`): of those there is no zero to show."""
    known = services.catalog.dimensions
    return query.grain == "day" and any(item.dimension in known and known[item.dimension].of_day for item in query.where)


def _split(found: Evaluation, query: MetricQuery, span: Span) -> list[Evaluation]:
    """Cut one evaluation with a bucket in its keys into one evaluation a bucket, in time order, empty ones included."""
    assert query.grain is not None  # noqa: S101 - the caller asked for a grain
    parts = []
    for bucket in buckets(span.start, span.end, query.grain):
        keys = [key for key in found.keys if key[-1] == bucket.label]
        short = {key: key[:-1] for key in keys}
        parts.append(
            Evaluation(
                Leg(Span(start=bucket.start, end=bucket.end), bucket, bucket),
                found.records,
                [short[key] for key in keys],
                {m: {short[k]: column[k] for k in keys} for m, column in found.values.items()},
                {m: {short[k]: column[k] for k in keys} for m, column in found.counts.items()},
                found.query_ids,
            )
        )
    return parts


class _Builder:
    """Collects facts and rows of one result."""

    def __init__(self, query: MetricQuery, identity: str, services: Services, scope: Scope) -> None:
        self.query, self.identity, self.services, self.scope = query, identity, services, scope
        self.facts: dict[str, Fact] = {}
        self.queries: dict[str, QueryRecord] = {}
        self.rows: list[tuple[Slice, list[str | None]]] = []
        self.total_rows = 0
        self.note = ""

    def add(self, main: list[Evaluation], other: list[Evaluation]) -> None:
        """Add the rows of the main legs; a comparison leg is matched by position and key."""
        for index, found in enumerate(main):
            against = other[index] if index < len(other) else None
            self._remember(found, against)
            keys = self._ordered(found, against)
            self.total_rows += len(keys)
            if self.query.limit and not self.query.grain:
                keys = keys[: self.query.limit]
            room = MAX_BUCKETS if ranks_buckets(self.query) else MAX_ROWS - len(self.rows)
            if len(keys) > room:
                self.note = "truncated"
            for key in keys[:room]:
                self.rows.append(self._row(key, found, against))

    def rank_buckets(self) -> None:
        """Put the rows of a trend in the order asked for, and cut them there."""
        if ranks_buckets(self.query):
            found = len(self.rows)
            self.rows, self.facts = ranked(self.rows, self.facts, self.query, MAX_ROWS)
            self.note = "truncated" if len(self.rows) < found and not self.query.limit else self.note

    def add_total(self, whole: Evaluation, against: Evaluation | None) -> None:
        """Add the total as the last row, under the empty slice."""
        self._remember(whole, against)
        self.rows.append(self._row((), whole, against))

    def _remember(self, *evaluations: Evaluation | None) -> None:
        for found in evaluations:
            if found is not None:
                self.queries.update(found.records)

    def _ordered(self, found: Evaluation, against: Evaluation | None) -> list[Key]:
        keys = sorted(set(found.keys) | set(against.keys if against else ()))
        if not keys and not self.query.group_by:
            keys = [()]
        keys = [key for key in keys if all(meets(found.values[item.dimension].get(key), item) for item in self.query.having)]
        order = self.query.order_by
        if order is None:
            return keys
        column = self._column(order.by, keys, found)
        if order.change and against is not None:
            pairs = zip(keys, column.values(), self._column(order.by, keys, against).values(), strict=True)
            column = {key: None if now is None or before is None else now - before for key, now, before in pairs}
        known = [key for key in keys if column.get(key) is not None]
        unknown = [key for key in keys if column.get(key) is None]
        sign = -1 if order.direction == "desc" else 1
        return sorted(known, key=lambda key: (sign * (column[key] or Decimal(0)), key)) + unknown

    def _column(self, metric: str, keys: list[Key], found: Evaluation) -> dict[Key, Decimal | None]:
        """Return a metric's figures; a group of the other period only is worth what a missing row is."""
        absent, held = self._absent(self.services.catalog.metrics[metric], found), set(found.keys)
        return {key: found.values[metric].get(key) if key in held else absent for key in keys}

    def _slice(self, key: Key, leg: Leg) -> Slice:
        pairs = list(zip(self.query.group_by, key, strict=False))
        if leg.bucket is not None and self.query.grain:
            pairs.append((self.query.grain, leg.bucket.label))
        return tuple(sorted(pairs))

    def _row(self, key: Key, found: Evaluation, against: Evaluation | None) -> tuple[Slice, list[str | None]]:
        place = self._slice(key, found.leg)
        cells: list[str | None] = []
        for name in self.query.metrics:
            info = self.services.catalog.metrics[name]
            if not key and self.query.group_by and info.unit in NEVER_SUMMED and info.additivity in OF_RECORDS:
                cells += [None] * (len(self._columns_of(info)))
                continue
            now = self._fact(info, key, place, found)
            cells.append(now.id)
            if against is None:
                continue
            before = self._fact(info, key, self._slice(key, against.leg), against)
            cells.append(before.id)
            for fact in change_facts(now, before, self.services.catalog.metrics[name].label):
                self.facts[fact.id] = fact
                cells.append(fact.id)
        return place, cells

    def _fact(self, info: MetricInfo, key: Key, place: Slice, found: Evaluation) -> Fact:
        value = found.values[info.name].get(key)
        if value is None and key not in found.keys:
            value = self._absent(info, found)
        fact = make_fact(
            value=value,
            unit=info.unit,
            metric=info.name,
            label=info.label,
            slice=tuple(sorted({**dict(fixed_values(self.query.where)), **dict(place)}.items())),
            period=found.leg.period,
            basis=info.basis,
            query_id=found.query_ids[info.name],
            formula=info.formula_expr,
            n=found.counts[info.name].get(key),
        )
        self.facts[fact.id] = fact
        return fact

    def _absent(self, info: MetricInfo, found: Evaluation) -> Decimal | None:
        if info.value_dimension:
            return None
        needs = needs_of(info.name, found.leg.span, self.services)
        zero = {a: Decimal(0) if is_zero(n, self.services, self.scope) else None for a, n in needs.items()}
        return self.services.engine.combine(info.name, zero)

    def ledger(self, tool: str, request: str) -> Ledger:
        """Return what was collected as a part of the turn's ledger."""
        period = as_period(self.query.period, self.scope)
        table = ResultTable(
            id=self.identity,
            tool=tool,
            request=request,
            columns=self._columns(),
            keys=tuple(place for place, _ in self.rows),
            cells=tuple(tuple(cells) for _, cells in self.rows),
            period=period,
            ordered=self.query.order_by is not None,
            total_rows=self.total_rows,
            note=self.note,
        )
        return Ledger(turn=self.scope.turn, facts=self.facts, tables={table.id: table}, queries=self.queries)

    def _columns(self) -> tuple[str, ...]:
        columns: list[str] = []
        for name in self.query.metrics:
            info = self.services.catalog.metrics[name]
            columns += self._columns_of(info)
        return tuple(columns)

    def _columns_of(self, info: MetricInfo) -> list[str]:
        columns = [info.label]
        if self.query.compare is not None:
            other = as_period(self.query.compare, self.scope).label
            columns += [f"{info.label}, {other}", f"Change in {info.label}"]
            if info.unit not in ("rate", "points"):
                columns.append(f"% change in {info.label}")
        return columns
