"""`compare_to_benchmark`: own figures beside published ones, the gap, and the gap in dollars; else own past, target and sister stores."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, ResultTable
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.benchmarks import Benchmark, as_fact, choose, months_of
from vendora_graph.tools.senior.gather import BY_METRIC, STORE, Desk, Rows, knowledge, one_store, together
from vendora_graph.tools.senior.history import year_before
from vendora_graph.tools.senior.to_target import targets

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "compare_to_benchmark"
LEAST_DAYS = 7
"""Days below which a gap says nothing about a month: one bad day is no quarter of a million a month."""
COLUMNS = ("Own figure", "Benchmark", "Gap", "Gap in dollars a month")
OWN_COLUMNS = ("Own figure", "Year before", "Change", "Target", "Gap to target")
MOST_BY_STORE = 4
MONTHS = Decimal("0.0001")


class CompareToBenchmark(Contract):
    """Set rates and averages against published benchmarks of the same definition.

    Value, benchmark with source and period, gap, and the gap in dollars a month where it is worth money. Metrics without a comparable
    benchmark are set against their own year before and their target instead, and by store where the asker sees several.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=20)
    period: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


@dataclass(frozen=True, slots=True)
class Marked:
    """One metric, its own figure, and the published one it may be set against, if any."""

    name: str
    fact: Fact
    mark: Benchmark | None


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = CompareToBenchmark.model_validate(arguments)
    desk = Desk(services, scope)
    names = desk.allowed(desk.fitting(asked.metrics, asked.filters), asked.period)
    volumes = {m: v for m in names if (v := knowledge("scorecard")["gaps"].get(m, {}).get("volume"))}
    base, own = await desk.figures((*names, *volumes.values()), asked.period, asked.filters)
    first, store = asked.metrics[0], one_store(asked.filters, desk)
    whole = all(item.dimension == STORE for item in asked.filters)  # what is published is of whole stores
    known = [name for name in names if name in own and own[name].value is not None]
    held = [Marked(name, own[name], _mark(name, store, desk, undated=name == first) if whole else None) for name in known]
    rows, sources = Rows(), []
    for one in held:
        if one.mark is not None:
            _compare(one, one.mark, own.get(volumes.get(one.name, "")), _since_opened(asked.period, store, desk), rows, desk)
            sources.append(_source(one, one.mark, desk))
    without = [one for one in held if one.mark is None]
    more, own_rows = await _own_past(without, asked.period, asked.filters, desk)
    tables = _tables(rows, own_rows, "; ".join(sources), asked, desk)
    return ToolResult(together(scope.turn, [*base, *more], [rows, own_rows], tables), _words(held, desk))


def _since_opened(period: Span, store: str, desk: Desk) -> Span:
    """Return the days of a period on which a store was open for business: what a month brings is by those."""
    first, _ = desk.services.profile.covers((store,) if store else desk.scope.principal.dealership_ids)
    return Span(start=min(max(period.start, first), period.end), end=period.end)


def _words(held: list[Marked], desk: Desk) -> str:
    """Return what weakens a comparison, one clause a metric."""
    said = []
    for one in held:
        if one.mark is None:
            said.append(f"{one.fact.label}: no comparable benchmark")
        elif one.mark.comparable != "yes" or one.mark.is_old(desk.scope.as_of):
            said.append(f"{one.fact.label}: {'old' if one.mark.is_old(desk.scope.as_of) else 'partly comparable'} benchmark")
    return "; ".join(said)


def _mark(name: str, place: str, desk: Desk, *, undated: bool) -> Benchmark | None:
    profile = desk.services.profile
    store = profile.store(place or desk.scope.principal.home_dealership_id)
    segment = profile.segment(store.id) if store else None
    return choose(desk.services.catalog.metrics[name], desk.scope.as_of, segment, undated=undated)


def _compare(one: Marked, mark: Benchmark, volume: Fact | None, period: Span, rows: Rows, desk: Desk) -> None:
    info = desk.services.catalog.metrics[one.name]
    benchmark = as_fact(mark, info)
    gap = difference(one.fact, benchmark, label=f"Gap in {info.label}")
    money = None
    if volume is not None and (period.end - period.start).days + 1 >= LEAST_DAYS:
        months = months_of(period.start, period.end).quantize(MONTHS)
        named = {"gap": gap, "volume": volume}
        label = f"Gap in {info.label} in dollars a month"
        money = express(f"gap * volume / {months:f}", named, "usd", label=label, metric=one.name, period=one.fact.period)
    rows.add(((BY_METRIC, info.label),), one.fact, benchmark, gap, money)


def _source(one: Marked, mark: Benchmark, desk: Desk) -> str:
    age = ", older than 18 months" if mark.is_old(desk.scope.as_of) else ""
    reported = f", reported by {mark.reported_by}" if mark.reported_by else ""
    only = "" if mark.comparable == "yes" else ", partly comparable"
    return f"{one.fact.label}: {mark.name}{reported}{age}{only}. {mark.note}".rstrip()


async def _own_past(without: list[Marked], period: Span, filters: tuple[Filter, ...], desk: Desk) -> tuple[list[Ledger], Rows]:
    """Return the figures without a benchmark beside their own year before and, of the whole, their target, and by store."""
    rows = Rows()
    if not without:
        return [], rows
    names = tuple(one.name for one in without)
    before = Span(start=year_before(period.start), end=year_before(period.end))
    past, then = await desk.figures(names, before, filters)
    held, goals = await targets(names, period, desk) if not filters else ([], {})
    for one in without:
        earlier, goal = then.get(one.name), goals.get(one.name)
        known = earlier is not None and earlier.value is not None
        change = difference(one.fact, earlier, label=f"Change in {one.fact.label}") if earlier is not None and known else None
        gap = difference(one.fact, goal, label=f"Gap to target in {one.fact.label}") if goal is not None else None
        rows.add(((BY_METRIC, one.fact.label),), one.fact, earlier if change is not None else None, change, goal, gap)
    stores = await desk.try_all(_by_store(names, period, desk)) if not filters else []
    return [*past, *held, *(ledger for ledger in stores if ledger is not None)], rows


def _by_store(names: tuple[str, ...], period: Span, desk: Desk) -> list[MetricQuery]:
    """Return the query of the sister stores, where the asker sees several."""
    cut = tuple(name for name in names if STORE in desk.services.catalog.metrics[name].dimensions)[:MOST_BY_STORE]
    if len(desk.scope.principal.dealership_ids) < 2 or not cut:  # noqa: PLR2004 - one store has no sister
        return []
    return [MetricQuery(metrics=cut, period=period, group_by=(STORE,))]


def _tables(rows: Rows, own: Rows, note: str, asked: CompareToBenchmark, desk: Desk) -> list[ResultTable]:
    request, period = asked.model_dump_json(), as_period(asked.period, desk.scope)
    made = [(rows, "Against published benchmarks", COLUMNS, note), (own, "Without a comparable benchmark", OWN_COLUMNS, "")]
    return [
        part.table(NAME, request, title, columns, period, words, rank)
        for rank, (part, title, columns, words) in enumerate(made)
        if part.keys or rank == 0
    ]


TOOL = Tool(
    name=NAME,
    description=" ".join((CompareToBenchmark.__doc__ or "").split()),
    arguments=CompareToBenchmark,
    run=_run,
    senior=True,
)
