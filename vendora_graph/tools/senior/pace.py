"""`pace`: where the running month will land by selling days, against target, with the error of the past months beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, Second, Unit
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.tools.evaluate import plain
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.drill import kind_of
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, together
from vendora_graph.tools.senior.history import is_service, month_of, past_months, selling_days
from vendora_graph.tools.senior.pacing import Errors, Month, backtest, backtest_again, curve_share
from vendora_graph.tools.spans import describe
from vendora_graph.tools.whole_books import is_kept_by_month

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vendora_graph.services import Scope, Services

NAME = "pace"
MONTHS_BACK = 12
COLUMNS = ("To date", "Target", "Pace, linear", "Pace, own curve", "Gap to target", "Needed per selling day", "Error linear", "Error curve")
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
            f"No month-end projection for {', '.join(skipped) or 'these metrics'}: a stock, a median or a book kept by month "
            "does not add up by days."
        )
    sides = {name: _sides(name, desk) for name in usable}
    simple = tuple(dict.fromkeys(m for pair in sides.values() for m in pair))
    (base, found), targets = await asyncio.gather(
        desk.figures((*usable, *simple), asked.period, asked.filters),
        desk.ask_all([_target_query(name, asked.period.end) for name in usable]),
    )
    past = await past_months(simple, asked.period.end, MONTHS_BACK, asked.filters, desk)
    for name, target in zip(usable, targets, strict=True):
        clock = _clock(asked.period.end, name, desk)
        _project(name, sides[name], found, _target(name, target, asked, desk), clock, past.months, rows, asked, desk)
        if clock.whole == clock.done:
            words.append(f"{services.catalog.metrics[name].label}: the month is over.")
    if skipped:
        words.append(f"No pace for {', '.join(skipped)}.")
    table = rows.table(NAME, asked.model_dump_json(), "Month-end pace", COLUMNS, as_period(asked.period, scope))
    held = [t for t, name in zip(targets, usable, strict=True) if _target(name, t, asked, desk) is not None]
    return ToolResult(together(scope.turn, [*base, *held, past.ledger(scope.turn)], [rows], [table]), " ".join(words))


def _can_pace(metric: str, desk: Desk) -> bool:
    info = desk.services.catalog.metrics.get(metric)
    return (
        info is not None
        and plain(metric, desk.services)
        and not is_kept_by_month(metric, desk.services)
        and info.additivity in ("additive", "ratio", "average", "distinct")
        and (info.additivity == "additive" or kind_of(metric, desk)[0] == "ratio")
    )


def _sides(metric: str, desk: Desk) -> tuple[str, ...]:
    kind, top, bottom = kind_of(metric, desk)
    return (top, bottom) if kind == "ratio" and bottom is not None else (metric,)


def _clock(day: date, metric: str, desk: Desk) -> Clock:
    month = month_of(day)
    open_days = selling_days(desk, service=is_service(metric, desk))
    inside = [d for d in sorted(open_days) if month.start <= d <= month.end]
    return Clock(sum(1 for d in inside if d <= day), len(inside))


def _target_query(metric: str, day: date) -> MetricQuery:
    return MetricQuery(metrics=("target_value",), period=month_of(day), filters=(Filter(dimension="target_metric", values=(metric,)),))


def _target(metric: str, found: Ledger, asked: Pace, desk: Desk) -> Fact | None:
    """Return the month's target as a figure of the metric; only for a whole store, and rates only of one store."""
    info = desk.services.catalog.metrics[metric]
    whole, month = fact_at(found, "target_value"), month_of(asked.period.end)
    several = len(desk.scope.principal.dealership_ids) > 1 and info.additivity != "additive"
    if whole is None or not whole.value or asked.filters or several:
        return None
    return make_fact(
        metric=metric, value=whole.value, unit=info.unit, label=f"Target for {info.label}", period=whole.period,
        basis=f"current budget, {describe(month.start, month.end)}", grade="target", formula=f"the store's budget for {info.label}",
        parts=[whole.id],
    )  # fmt: skip


def _project(
    name: str, sides: tuple[str, ...], found: dict[str, Fact], target: Fact | None, clock: Clock, past: Mapping[str, list[Month]],
    rows: Rows, asked: Pace, desk: Desk,
) -> None:  # fmt: skip
    """Add one metric's row."""
    info = desk.services.catalog.metrics[name]
    so_far = found.get(name)
    month = as_period(month_of(asked.period.end), desk.scope)
    parts = {side: found[side] for side in sides if side in found}
    if so_far is None or so_far.value is None or len(parts) < len(sides) or clock.done == 0:
        rows.add(((BY_METRIC, info.label),), so_far, target, None, None, None, None, None, None)
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
    left = clock.whole - clock.done
    need = None
    if target is not None and left > 0 and len(sides) == 1:
        text = f"(t - x) / {left}"
        unit = PER_DAY.get(info.unit, info.unit)
        need = express(
            text,
            {"t": target, "x": so_far},
            unit,
            label=f"{info.label} needed per selling day",
            metric=name,
            period=month,
            grade="forecast",
        )
    rows.add(((BY_METRIC, info.label),), so_far, target, by_line, by_curve, gap, need, *_error_facts(errors, so_far, name, info.label))


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
        second=Second(value=again, method="the same past, each month as a part of its whole"),
    )  # fmt: skip


TOOL = Tool(name=NAME, description=" ".join((Pace.__doc__ or "").split()), arguments=Pace, run=_run, senior=True)
