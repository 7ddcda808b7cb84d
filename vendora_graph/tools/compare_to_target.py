"""`compare_to_target`: figures beside the targets on file for the same months, the gap, and how much of the target was reached."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Grain, Ledger, ResultTable, Slice
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.evidence.ledger import merge
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.access_gate import access_to
from vendora_graph.tools.query_metrics import check_names, within_access
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period, run_query, table_id
from vendora_graph.tools.spans import buckets
from vendora_graph.tools.targets import (
    SUMMABLE,
    Place,
    Source,
    Stretch,
    Targets,
    knowledge,
    months_around,
    months_of,
    stretch_of,
    target_fact,
)

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "compare_to_target"
COLUMNS = ("Actual", "Target", "Gap", "Percent of target")
SERVICE = ("service", "parts", "body")
STORE, LABEL = "store", "metric"
AT_ONCE = 12
"""Metrics of one query at most."""


class CompareToTarget(Contract):
    """Set figures against the targets on file: actual, target, gap (points for rates) and percent of target.

    Targets are set by month: the budgets of several whole months add up for sums and counts, rates have one a month and store. Of a
    period that still runs, the whole months are compared, and a single running month stands against its whole target (`pace` projects
    it). Days inside a month get their part of its target by selling days. Name no metric to compare every metric with a target.
    """

    metrics: tuple[str, ...] = Field(default=(), max_length=12)
    period: Span
    group_by: tuple[str, ...] = Field(default=(), max_length=2, description="The store, the salesperson, or new and used.")
    grain: Grain | None = Field(default=None, description="month, quarter or year")
    filters: tuple[Filter, ...] = Field(default=(), max_length=4)
    source: Source = "budget"


def against(actual: Fact, target: Fact) -> tuple[Fact | None, Fact]:
    """Return the gap of a figure to its target (points for rates; none while its month runs), and the figure as a fraction of it."""
    label = actual.label
    reached = express(
        "a / t", {"a": actual, "t": target}, "rate", label=f"{label}, percent of target", metric=actual.metric, period=actual.period
    )
    running = target.grade == "target" and target.period is not None and actual.period is not None and target.period.end > actual.period.end
    return (None if running else difference(actual, target, label=f"Gap to target in {label}")), reached


@dataclass(slots=True)
class _Found:
    """Rows as they are found, and what has to be said about them."""

    keys: list[Slice] = field(default_factory=list)
    cells: list[tuple[str | None, ...]] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    without: list[str] = field(default_factory=list)

    def columns(self) -> tuple[str, ...]:
        """Return the heads: of one metric, what each column's figures are called."""
        if any(LABEL in dict(key) for key in self.keys):
            return COLUMNS
        firsts = [next((self.facts[cell].label for row in self.cells if (cell := row[j])), head) for j, head in enumerate(COLUMNS)]
        return tuple(firsts)

    def order(self, start: int, sign: int) -> None:
        """Put the rows from `start` on in order, those furthest behind their target first, the whole last."""

        def place(at: int) -> tuple[bool, bool, Decimal]:
            reached = self.cells[at][-1]
            value = self.facts[reached].value if reached else None
            return not [name for name, _ in self.keys[at] if name != LABEL], value is None, sign * (value or Decimal(0))

        rows = sorted(range(start, len(self.keys)), key=place)
        self.keys[start:], self.cells[start:] = [self.keys[at] for at in rows], [self.cells[at] for at in rows]

    def add(self, key: Slice, *facts: Fact | None) -> None:
        self.keys.append(key)
        self.cells.append(tuple(None if fact is None else fact.id for fact in facts))
        self.facts.update({fact.id: fact for fact in facts if fact is not None})


@dataclass(frozen=True, slots=True)
class _Desk:
    """One call at work: what was asked, over which months, and with which targets."""

    asked: CompareToTarget
    services: Services
    scope: Scope
    place: Place
    stretch: Stretch | None

    @property
    def months(self) -> Span:
        """Return the months whose targets are needed."""
        return self.stretch.months if self.stretch is not None and self.asked.grain is None else months_around(self.asked.period)

    @property
    def one_store(self) -> bool:
        """Tell whether the figures are of one store."""
        limited = [item for item in self.asked.filters if item.dimension == STORE and item.op == "in" and len(item.values) == 1]
        return bool(limited) or len(self.scope.principal.dealership_ids) == 1

    def selling_days(self, span: Span, info: MetricInfo) -> int:
        """Return the selling days of the asker's home store in a span; of fixed operations, the days the drive is open."""
        home, place = self.scope.principal.home_dealership_id, 3 if info.department in SERVICE else 2
        return sum(1 for day in self.services.profile.days if day[0] == home and span.start <= day[1] <= span.end and day[place])

    async def ask(self, query: MetricQuery) -> Ledger:
        check_names(query, self.services.catalog)
        return await run_query(within_access(query, self.services, self.scope), self.services, self.scope)

    async def targets(self) -> Targets:
        """Return every target on file for these months and this place.

        Raises:
            QuestionError: The model holds no targets of this kind.
        """
        known = knowledge()["sources"][self.asked.source]
        measure = known.get("person") if self.place.person else known["metric"]
        if measure not in self.services.catalog.metrics:
            raise QuestionError("No targets of this kind are on file.")
        return Targets(await self.ask(self.place.query(measure, self.months, self.asked.metrics)), measure, self.asked.source)


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = _told_apart(CompareToTarget.model_validate(arguments), services, scope)
    place = Place(asked.group_by, asked.filters)
    odd = place.unknown()
    if asked.grain in ("day", "week"):
        raise QuestionError("Targets are set by month: they can be compared by month, quarter or year.")
    if odd:
        labels = ", ".join(services.catalog.dimensions[name].label.lower() for name in odd if name in services.catalog.dimensions)
        raise QuestionError(f"Targets are set by month, store and salesperson; none is kept by {labels or 'that'}.")
    desk = _Desk(asked, services, scope, place, stretch_of(asked.period, scope.data_through))
    targets = await desk.targets()
    metrics = _wanted(desk, targets)
    tables = await _actuals(desk, metrics)
    found = _Found()
    for name in metrics:
        _compare(name, tables, targets, desk, found)
    if not found.used:
        raise QuestionError(_nothing(desk, targets, metrics))
    request = asked.model_dump_json()
    table = ResultTable(
        id=table_id(NAME, request), tool=NAME, request=request, title="Against target", columns=found.columns(), keys=tuple(found.keys),
        cells=tuple(found.cells), period=as_period(asked.period, scope), total_rows=len(found.keys),
    )  # fmt: skip
    own = Ledger(turn=scope.turn, facts=found.facts, tables={table.id: table})
    for ledger in (*tables, targets.kept(found.used)):
        own = merge(own, ledger)
    missing = [f"No target is on file for {', '.join(dict.fromkeys(found.without))}."] if found.without else []
    return ToolResult(own, " ".join(missing))


def _told_apart(asked: CompareToTarget, services: Services, scope: Scope) -> CompareToTarget:
    """Return the call with rates told apart by store and month: their targets never add up."""
    known = [services.catalog.metrics[name] for name in asked.metrics if name in services.catalog.metrics]
    if not known or all(info.additivity in SUMMABLE for info in known):
        return asked
    stores = [item for item in asked.filters if item.dimension == STORE and item.op == "in" and len(item.values) == 1]
    apart = not asked.group_by and not stores and len(scope.principal.dealership_ids) > 1
    stretch = stretch_of(asked.period, scope.data_through)
    long = asked.grain is None and stretch is not None and len(months_of(stretch.months)) > 1
    return asked.model_copy(update={"group_by": (STORE,) if apart else asked.group_by, "grain": "month" if long else asked.grain})


def _wanted(desk: _Desk, targets: Targets) -> tuple[str, ...]:
    """Return the metrics to compare: those asked for, or all with a target that the asker may see."""
    if desk.asked.metrics:
        return desk.asked.metrics
    metrics, principal = desk.services.catalog.metrics, desk.scope.principal
    known = [name for name in targets.held() if name in metrics and set(desk.place.dimensions) <= set(metrics[name].dimensions)]
    seen = {name: access_to(metrics[name], desk.place.dimensions, principal, desk.services) for name in known}
    return tuple(name for name in known if seen[name].allowed and seen[name].scope != "own")


async def _actuals(desk: _Desk, metrics: Sequence[str]) -> list[Ledger]:
    """Return the figures over the asked period, and over its whole months where it holds more than those."""
    asked, spans = desk.asked, [desk.asked.period]
    if asked.grain is None and desk.stretch is not None and desk.stretch.rest:
        spans.append(desk.stretch.actual)
    lots = [tuple(metrics[start : start + AT_ONCE]) for start in range(0, len(metrics), AT_ONCE)]
    whole = bool(asked.group_by or asked.grain)
    queries = [
        MetricQuery(metrics=lot, period=span, group_by=asked.group_by, grain=asked.grain, filters=asked.filters, total=whole)
        for span in spans
        for lot in lots
    ]
    return list(await asyncio.gather(*(desk.ask(query) for query in queries)))


def _compare(name: str, tables: Sequence[Ledger], targets: Targets, desk: _Desk, found: _Found) -> None:
    """Add a metric's rows: every figure over the compared months with its target."""
    info = desk.services.catalog.metrics[name]
    several = len(desk.asked.metrics) != 1 or not (desk.asked.group_by or desk.asked.grain)
    held = bare = 0
    start = len(found.keys)
    for key, actual in _rows(name, tables, desk):
        whole = bool(desk.asked.group_by) and not key
        target, under = _target(actual, key, info, targets, desk) if not (whole and bare) else (None, [])
        bare += target is None
        gap, reached = against(actual, target) if target is not None else (None, None)
        held += target is not None
        found.used |= {fact.id for fact in under}
        found.facts.update({fact.id: fact for fact in under})
        found.add(((LABEL, info.label), *key) if several else key, actual, target, gap, reached)
    if desk.asked.group_by and desk.asked.grain is None:
        found.order(start, -1 if info.good == "down" else 1)
    if not held:
        found.without.append(info.label)


def _rows(name: str, tables: Sequence[Ledger], desk: _Desk) -> Iterator[tuple[Slice, Fact]]:
    """Yield the figures to compare with their rows; of a period that holds more than whole months, those of the whole months."""
    rest = desk.asked.grain is None and desk.stretch is not None and desk.stretch.rest
    wanted = desk.stretch.actual if rest and desk.stretch is not None else desk.asked.period
    for ledger in tables:
        for table in ledger.tables.values():
            for key, cells in zip(table.keys, table.cells, strict=True) if json.loads(table.request)["period"] == _dates(wanted) else ():
                yield from ((key, fact) for cell in cells if cell and (fact := ledger.facts[cell]).metric == name)


def _dates(span: Span) -> dict[str, str]:
    return {"start": span.start.isoformat(), "end": span.end.isoformat()}


def _target(actual: Fact, key: Slice, info: MetricInfo, targets: Targets, desk: _Desk) -> tuple[Fact | None, list[Fact]]:
    """Return the target of one figure, and the targets on file it is made of; None where there is none for all of its months."""
    if actual.period is None:
        return None, []
    span = Span(start=actual.period.start, end=actual.period.end)
    stretch = stretch_of(span, desk.scope.data_through)
    if desk.asked.grain is not None and (stretch is None or stretch.running or stretch.rest):
        return None, []
    months = stretch.months if stretch is not None else months_around(span)
    one_store = "store" in dict(key) or desk.one_store
    if info.additivity not in SUMMABLE and (len(months_of(months)) > 1 or not one_store):
        return None, []
    parts = targets.find(info.name, months_of(months), dict(key), desk.place)
    if not parts:
        return None, []
    if stretch is not None or info.additivity not in SUMMABLE:
        return target_fact(info, parts, actual.slice, as_period(months, desk.scope), targets.source), parts
    named, spread = _by_selling_days(actual, info, parts, targets.source, desk)
    return spread, [*parts, *named]


def _by_selling_days(actual: Fact, info: MetricInfo, parts: Sequence[Fact], source: Source, desk: _Desk) -> tuple[list[Fact], Fact]:
    """Return the months' targets, and the part of each month's target that falls on the selling days of the figure's own days."""
    assert actual.period is not None  # noqa: S101 - the caller looked
    named, terms = {}, []
    for number, bucket in enumerate(buckets(actual.period.start, actual.period.end, "month")):
        month = months_around(Span(start=bucket.start, end=bucket.end))
        mine = [part for part in parts if dict(part.slice)["month"] == bucket.label]
        named[f"t{number}"] = target_fact(info, mine, actual.slice, as_period(month, desk.scope), source)
        done, whole = (desk.selling_days(span, info) for span in (Span(start=bucket.start, end=bucket.end), month))
        terms.append(f"t{number} * {done} / {max(whole, 1)}")
    label = f"Target for {info.label}, by selling days"
    spread = express(" + ".join(terms), named, info.unit, label=label, metric=info.name, slice=actual.slice, period=actual.period)
    return list(named.values()), spread


def _nothing(desk: _Desk, targets: Targets, metrics: Sequence[str]) -> str:
    catalog, words = desk.services.catalog.metrics, as_period(desk.asked.period, desk.scope).label
    held = sorted(catalog[name].label for name in targets.held() if name in catalog)
    asked = ", ".join(catalog[name].label for name in metrics)
    if not held:
        return f"No such targets are on file for {words}."
    return f"No such target is on file for {asked or 'that'} in {words}. Targets of that kind are on file for {', '.join(held)}."


TOOL = Tool(name=NAME, description=" ".join((CompareToTarget.__doc__ or "").split()), arguments=CompareToTarget, run=_run)
