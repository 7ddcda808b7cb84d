"""A figure against its budget: the gap, and where the budget has both, how much of it is volume and how much is what each unit brings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from vendora_graph.contracts import Fact, Filter, Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.evidence.ledger import add_facts, make_fact
from vendora_graph.tools.registry import ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import BY_DRIVER, BY_METRIC, Desk, Rows, fact_at, knowledge, together
from vendora_graph.tools.senior.history import month_of, selling_days

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME = "explain_change"
RESIDUAL = "Residual"
ENDS = ("To date", "Target", "Gap to target")


async def explain_target(metric: str, period: Span, filters: Sequence[Filter], request: str, desk: Desk) -> ToolResult:
    """Return the figure, its target over the same selling days, the gap, and the bridge of the gap where the budget gives one.

    Raises:
        QuestionError: No target of a whole store is held for the metric and period, or the question is about a part of it.
    """
    info = desk.services.catalog.metrics[metric]
    if filters:
        raise QuestionError("Targets are of whole stores. Ask without the condition.")
    entry = knowledge("drivers")["against_target"].get(metric, {})
    names = (metric, *entry.values())
    base, own = await desk.figures(names, period)
    held, budget = await targets(names, period, desk)
    now, target = own.get(metric), budget.get(metric)
    if now is None or now.value is None or target is None:
        raise QuestionError(f"No target is held for {info.label} in this period. Ask for its change or its trend.")
    rows, ends = Rows(), Rows()
    gap = difference(now, target, label=f"Gap to target in {info.label}")
    ends.add(((BY_METRIC, info.label),), now, target, gap)
    ends.keep(*budget.values())
    tables = [ends.table(NAME, request, info.label, ENDS, now.period, rank=9)]
    if entry and all(name in own and name in budget for name in entry.values()):
        named = {"u1": own[entry["volume"]], "u0": budget[entry["volume"]], "p0": budget[entry["rate"]], "g1": now, "g0": target}
        for text, label in STEPS:
            place = ((BY_DRIVER, label),)
            rows.add(place, express(text, named, info.unit, label=label, metric=metric, slice=place, period=now.period))
        rows.add((), express("g1 - g0", named, info.unit, label=f"Gap to target in {info.label}", metric=metric))
        tables.insert(0, rows.table(NAME, request, f"What moved {info.label}", ("Contribution",), now.period))
    return ToolResult(together(desk.scope.turn, [*base, *held], [ends, rows], tables))


STEPS = (
    ("(u1 - u0) * p0", "Units"),
    ("g1 - u1 * p0", "Gross per unit"),
    ("u0 * p0 - g0", RESIDUAL),
)
"""The gap g1 - g0 of a sum: units at the budgeted gross, gross per unit at the units sold, and what the budget's own parts leave."""


async def targets(names: Sequence[str], period: Span, desk: Desk) -> tuple[list[Ledger], dict[str, Fact]]:
    """Return the targets that are held over a period, by metric, and the queries they come from."""
    asked = tuple(dict.fromkeys(names))
    held = await desk.try_all([_query(name, period) for name in asked])
    found = [(name, ledger) for name, ledger in zip(asked, held, strict=True) if ledger is not None]
    made = {name: facts for name, ledger in found if (facts := _prorated(name, ledger, period, desk))}
    under = [add_facts(ledger, made[name]) for name, ledger in found if name in made]
    return under, {name: facts[0] for name, facts in made.items()}


def _query(metric: str, period: Span) -> MetricQuery:
    months = Span(start=month_of(period.start).start, end=month_of(period.end).end)
    only = (Filter(dimension="target_metric", values=(metric,)), Filter(dimension="target_source", values=("budget",)))
    return MetricQuery(metrics=("target_value",), period=months, filters=only)


def _prorated(metric: str, found: Ledger, period: Span, desk: Desk) -> tuple[Fact, ...]:
    """Return the target as a figure of the metric over the period: a sum by its part of the selling days, a rate as it is.

    Behind a part stands the target of the whole months it is a part of; empty where there is none for all of the period.
    """
    info = desk.services.catalog.metrics[metric]
    whole = fact_at(found, "target_value")
    several = len(desk.scope.principal.dealership_ids) > 1 or month_of(period.start) != month_of(period.end)
    if whole is None or not whole.value or (several and info.additivity != "additive"):
        return ()
    done, all_days = _days(period, desk) if info.additivity == "additive" else (1, 1)
    part = done != all_days
    days = Span(start=month_of(period.start).start, end=month_of(period.end).end) if part else period
    target = make_fact(
        metric=metric, value=whole.value, unit=info.unit, label=f"Target for {info.label}", period=as_period(days, desk.scope),
        basis="current budget", grade="target", formula=f"the store's budget for {info.label}", parts=[whole.id],
    )  # fmt: skip
    if not part:
        return (target,)
    text, label = f"t * {done} / {all_days}", f"Target for {info.label}, by selling days"
    spread = express(text, {"t": target}, info.unit, label=label, metric=metric, period=as_period(period, desk.scope))
    return spread, target


def _days(period: Span, desk: Desk) -> tuple[int, int]:
    """Return the selling days of the period and of the months it lies in."""
    days = selling_days(desk, service=False)
    whole = _count(days, month_of(period.start).start, month_of(period.end).end)
    done = _count(days, period.start, period.end)
    return (done, whole) if done and whole else (1, 1)


def _count(days: frozenset[date], start: date, end: date) -> int:
    return sum(1 for day in days if start <= day <= end)
