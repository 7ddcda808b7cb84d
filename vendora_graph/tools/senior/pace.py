"""`pace`: where the running month will land by selling days, against target, with the error of the past months beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, Period, Second, Slice, Unit
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.tools.evaluate import plain
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.drill import kind_of
from vendora_graph.tools.senior.gather import BY_METRIC, STORE, Desk, Rows, fact_at, in_turn, knowledge, one_store, only_table, together
from vendora_graph.tools.senior.history import Past, is_service, month_of, past_months, selling_days
from vendora_graph.tools.senior.pacing import Errors, Month, backtest, backtest_again, curve_share
from vendora_graph.tools.spans import describe
from vendora_graph.tools.whole_books import is_kept_by_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vendora_graph.semantic.catalog import MetricInfo
    from vendora_graph.services import Scope, Services

NAME = "pace"
TARGET = "target_value"
MONTHS_BACK = 12
COLUMNS = (
    "To date", "Target", "Pace, linear", "Pace, own curve", "Gap to target", "Needed per selling day", "Error linear", "Error curve",
    "Left to target",
)  # fmt: skip
PER_DAY: dict[str, Unit] = {"usd": "usd_per_day"}


class Pace(Contract):
    """Project the running month to its end by selling days.

    Linear and by the store's own curve of past months, beside the target, what each remaining selling day must bring, and how far off
    each method was at this point of the last twelve months. Ratios are projected as numerator over denominator. Forecasts are estimates:
    call them projected or on pace.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=8)
    period: Span = Field(description="The running month to date: its first day and the last day with data.")
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)
    by_store: bool = Field(default=False, description="A projection for each store, beside that of the whole.")


@dataclass(frozen=True, slots=True)
class Place:
    """What is projected: the whole (no name), or a store by its name and id, with its own selling days, past and targets.

    `row` is True where its rows name it.
    """

    filters: tuple[Filter, ...]
    name: str = ""
    store: str = ""
    row: bool = False

    @property
    def slice(self) -> Slice:
        """The place of its figures."""
        return ((STORE, self.name),) if self.name else ()

    @property
    def key(self) -> Slice:
        """What its rows are named by beside the metric."""
        return self.slice if self.row else ()

    @property
    def targeted(self) -> bool:
        """Whether targets are kept of it: of stores, not of a slice."""
        return all(item.dimension == STORE for item in self.filters)


@dataclass(frozen=True, slots=True)
class Clock:
    """Selling days of a month: done by the last day with data, and in all."""

    done: int
    whole: int


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = Pace.model_validate(arguments)
    desk, rows, words = Desk(services, scope), Rows(), []
    usable = [m for m in desk.allowed(asked.metrics, asked.period) if _can_pace(m, desk)]
    skipped = [services.catalog.metrics[m].label for m in asked.metrics if m in services.catalog.metrics and m not in usable]
    if not usable:
        raise QuestionError(
            f"No month-end projection for {', '.join(skipped) or 'these metrics'}: a stock, a median, a book kept by month or a count that "
            "goes on growing after its month does not add up by days."
        )
    sides = {name: _sides(name, desk) for name in usable}
    simple = tuple(dict.fromkeys(m for pair in sides.values() for m in pair))
    base, found = await desk.figures((*usable, *simple), asked.period, asked.filters)
    cut = await _cut((*usable, *simple), asked, desk) if asked.by_store else []
    whole = _whole(asked.filters, desk)
    parts = [(whole, found), *_stores(cut, whole, desk)]
    ledgers = [*base, *cut]
    behind = await asyncio.gather(*(_behind(place, usable, simple, asked, desk) for place, _ in parts))
    for (place, named), (targets, past) in zip(parts, behind, strict=True):
        told = [_target(name, target, asked, place, desk) for name, target in zip(usable, targets, strict=True)]
        for name, target in zip(usable, told, strict=True):
            clock = _clock(asked.period.end, name, place, desk)
            _project(name, sides[name], named, target, clock, past.months, rows, asked, place, desk)
            if clock.whole == clock.done:
                words.append(f"{services.catalog.metrics[name].label}: the month is over.")
        ledgers += [*(t for t, target in zip(targets, told, strict=True) if target is not None), past.ledger(scope.turn)]
    if skipped:
        words.append(f"No pace for {', '.join(skipped)}.")
    table = rows.table(NAME, asked.model_dump_json(), "Month-end pace", COLUMNS, as_period(asked.period, scope))
    return ToolResult(together(scope.turn, ledgers, [rows], [table]), " ".join(dict.fromkeys(words)))


async def _behind(place: Place, metrics: Sequence[str], simple: tuple[str, ...], asked: Pace, desk: Desk) -> tuple[list[Ledger], Past]:
    """Return the targets of a place and its past months."""
    wanted = [_target_query(name, asked.period.end, place) for name in metrics] if TARGET in desk.services.catalog.metrics else []
    held, past = await asyncio.gather(
        desk.ask_all(wanted),
        past_months(simple, asked.period.end, MONTHS_BACK, place.filters, desk, store=place.store),
    )
    return held or [Ledger()] * len(metrics), past


async def _cut(metrics: tuple[str, ...], asked: Pace, desk: Desk) -> list[Ledger]:
    """Return the figures to date by store."""
    queries = [MetricQuery(metrics=some, period=asked.period, filters=asked.filters, group_by=(STORE,)) for some in in_turn(metrics)]
    return await desk.ask_all(queries)


def _whole(filters: tuple[Filter, ...], desk: Desk) -> Place:
    """Return the place the filters leave: a store where they name one."""
    store = desk.services.profile.store(one_store(filters, desk))
    return Place(filters, store.name, store.id) if store is not None else Place(filters)


def _stores(cut: Sequence[Ledger], whole: Place, desk: Desk) -> list[tuple[Place, dict[str, Fact]]]:
    """Return each store of a result by store, with its figures by metric."""
    found: dict[str, dict[str, Fact]] = {}
    for ledger in cut:
        table = only_table(ledger)
        for key, cells in zip(table.keys, table.cells, strict=True):
            facts = [ledger.facts[cell] for cell in cells if cell and not ledger.facts[cell].parts]
            if STORE in dict(key):
                found.setdefault(dict(key)[STORE], {}).update({fact.metric: fact for fact in facts})
    ids = {s.name: s.id for s in desk.services.profile.stores}
    rest = tuple(item for item in whole.filters if item.dimension != STORE)
    return [
        (Place((*rest, Filter(dimension=STORE, values=(name,))), name, ids.get(name, ""), row=True), named)
        for name, named in sorted(found.items())
    ]


def _can_pace(metric: str, desk: Desk) -> bool:
    info = desk.services.catalog.metrics.get(metric)
    return (
        info is not None
        and plain(metric, desk.services)
        and not is_kept_by_month(metric, desk.services)
        and not {metric, *(part.metric for part in info.inputs)} & set(knowledge("drivers")["maturing"])
        and info.additivity in ("additive", "ratio", "average", "distinct")
        and (info.additivity == "additive" or info.adds_by_day or kind_of(metric, desk)[0] == "ratio")
    )


def _sides(metric: str, desk: Desk) -> tuple[str, ...]:
    kind, top, bottom = kind_of(metric, desk)
    return (top, bottom) if kind == "ratio" and bottom is not None else (metric,)


def _clock(day: date, metric: str, place: Place, desk: Desk) -> Clock:
    month = month_of(day)
    open_days = selling_days(desk, service=is_service(metric, desk), store=place.store)
    inside = [d for d in sorted(open_days) if month.start <= d <= month.end]
    return Clock(sum(1 for d in inside if d <= day), len(inside))


def _target_query(metric: str, day: date, place: Place) -> MetricQuery:
    where = (*(place.filters if place.targeted else ()), Filter(dimension="target_metric", values=(metric,)))
    return MetricQuery(metrics=(TARGET,), period=month_of(day), filters=where)


def _target(metric: str, found: Ledger, asked: Pace, place: Place, desk: Desk) -> Fact | None:
    """Return the month's target as a figure of the metric; only for a whole store, and rates only of one store."""
    info = desk.services.catalog.metrics[metric]
    whole, month = fact_at(found, TARGET) if found.tables else None, month_of(asked.period.end)
    sums = info.additivity == "additive" or info.adds_by_day
    several = not place.store and len(desk.scope.principal.dealership_ids) > 1 and not sums
    if whole is None or not whole.value or not place.targeted or several:
        return None
    return make_fact(
        metric=metric, value=whole.value, unit=info.unit, label=f"Target for {info.label}", period=whole.period,
        basis=f"current budget, {describe(month.start, month.end)}", grade="target", formula=f"the store's budget for {info.label}",
        parts=[whole.id], slice=tuple(pair for pair in whole.slice if pair[0] == STORE),
    )  # fmt: skip


def _project(
    name: str, sides: tuple[str, ...], found: dict[str, Fact], target: Fact | None, clock: Clock, past: Mapping[str, list[Month]],
    rows: Rows, asked: Pace, place: Place, desk: Desk,
) -> None:  # fmt: skip
    """Add one metric's row."""
    info = desk.services.catalog.metrics[name]
    key: Slice = ((BY_METRIC, info.label), *place.key)
    so_far = found.get(name)
    month = as_period(month_of(asked.period.end), desk.scope)
    parts = {side: found[side] for side in sides if side in found}
    if so_far is None or so_far.value is None or len(parts) < len(sides) or clock.done == 0:
        rows.add(key, so_far, target, None, None, None, None, None, None, None)
        return
    named = {f"x{i}": parts[side] for i, side in enumerate(sides)}
    straight = " / ".join(f"(x{i} / {clock.done} * {clock.whole})" for i in range(len(sides)))
    by_line = express(straight, named, info.unit, label=f"{info.label}, projected", metric=name, period=month, grade="forecast")
    shares = [curve_share(past.get(side, []), clock.done, clock.whole) for side in sides]
    by_curve = None
    if all(share is not None for share in shares):
        text = " / ".join(f"(x{i} / {share})" for i, share in enumerate(shares))
        by_curve = express(text, named, info.unit, label=f"{info.label}, projected by curve", metric=name, period=month, grade="forecast")
    errors = _backtests(past.get(sides[0], []), clock)
    best = by_curve if by_curve is not None and errors[0].better == "curve" else by_line
    gap = difference(best, target, label=f"Projected gap to target in {info.label}") if target is not None else None
    need = _needed(info, so_far, target, clock.whole - clock.done, month) if len(sides) == 1 else None
    left = _left(info, so_far, target, month) if len(sides) == 1 else None
    rows.add(key, so_far, target, by_line, by_curve, gap, need, *_error_facts(errors, so_far, name, info.label), left)


def _needed(info: MetricInfo, so_far: Fact, target: Fact | None, left: int, month: Period) -> Fact | None:
    """Return what each selling day left must bring to the target."""
    if target is None or left <= 0:
        return None
    named, unit = {"t": target, "x": so_far}, PER_DAY.get(info.unit, info.unit)
    label = f"{info.label} needed per selling day"
    return express(f"(t - x) / {left}", named, unit, label=label, metric=info.name, period=month, grade="forecast")


def _left(info: MetricInfo, so_far: Fact, target: Fact | None, month: Period) -> Fact | None:
    """Return what the rest of the month must bring to the target."""
    if target is None or target.value is None or so_far.value is None or so_far.value >= target.value:
        return None
    named, label = {"t": target, "x": so_far}, f"{info.label} left to target"
    return express("t - x", named, info.unit, label=label, metric=info.name, period=month, grade="forecast")


def _backtests(months: Sequence[Month], clock: Clock) -> tuple[Errors, Errors]:
    return backtest(months, clock.done, clock.whole), backtest_again(months, clock.done, clock.whole)


def _error_facts(errors: tuple[Errors, Errors], so_far: Fact, metric: str, label: str) -> list[Fact | None]:
    """Return the mean absolute error of each method at this point of past months, as estimates."""
    made: list[Fact | None] = []
    first, again = errors
    for method, value, second in (("linear", first.linear, again.linear), ("curve", first.curve, again.curve)):
        words = f"backtest: mean of |projected - actual| / actual over {first.months} months, {method}"
        made.append(_error(value, second, so_far, metric, f"{label}, error of past projections ({method})", words))
    return made


def _error(value: Decimal | None, again: Decimal | None, so_far: Fact, metric: str, label: str, words: str) -> Fact | None:
    if value is None:
        return None
    return make_fact(
        metric=metric, value=value, unit="rate", label=label, period=so_far.period, grade="forecast", formula=words, parts=[so_far.id],
        slice=so_far.slice,
        second=Second(value=again, method="the same past, each month as a part of its whole"),
    )  # fmt: skip


TOOL = Tool(name=NAME, description=" ".join((Pace.__doc__ or "").split()), arguments=Pace, run=_run, senior=True)
