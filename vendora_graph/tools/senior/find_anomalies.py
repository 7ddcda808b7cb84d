"""`find_anomalies`: figures against the store's own past at the same point and against hard bounds, with the records behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, Second
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.evaluate import plain
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.drill import dimensions_for
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, of, together
from vendora_graph.tools.senior.history import Months, is_service, past_months, selling_days
from vendora_graph.tools.senior.outliers import Verdict, judge, usual
from vendora_graph.tools.senior.stretch import Stretch, months_in
from vendora_graph.tools.whole_books import runs

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "find_anomalies"
MONTHS_BACK = 12
SHOWN_BEHIND = 2
RECORDS = 5
COLUMNS = ("Figure", "Expected", "Low", "High", "Difference")


class FindAnomalies(Contract):
    """Find figures that are out of line.

    Against the median of the store's own past months up to the same selling day (three robust deviations), and against hard bounds. The
    largest are listed first, with the records behind the first two. Expected values are estimates.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=12)
    period: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


@dataclass(frozen=True, slots=True)
class Judged:
    """One metric's figure and what its past says of it."""

    info: MetricInfo
    fact: Fact
    verdict: Verdict
    again: tuple[Decimal | None, Decimal | None, Decimal | None]

    @property
    def weight(self) -> Decimal:
        """Return how far out it is; beyond a hard bound before everything."""
        return Decimal(10**6) if self.verdict.why == "bound" else abs(self.verdict.distance or Decimal(0))


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = FindAnomalies.model_validate(arguments)
    desk = Desk(services, scope)
    usable = tuple(m for m in asked.metrics if m in services.catalog.metrics and plain(m, services) and not runs(m, asked.period, services))
    if not usable:
        raise QuestionError("None of these metrics has a daily past to be judged by. Ask find_metrics for others.")
    sides = {m: _sides(m, desk) for m in usable}
    simple = tuple(dict.fromkeys(side for made in sides.values() for side in made.values()))
    found = await desk.ask(MetricQuery(metrics=usable, period=asked.period, filters=asked.filters))
    past = await past_months(simple, asked.period.end, MONTHS_BACK + months_in(asked.period) - 1, asked.filters, desk)
    judged = []
    for name in usable:
        fact, info = fact_at(found, name, days=of(asked.period)), services.catalog.metrics[name]
        if fact is not None and fact.value is not None:
            history = _history(name, sides[name], past.months, asked.period, desk)
            verdict, again = judge(fact.value, history, low=info.low, high=info.high), usual(history, low=info.low, high=info.high)
            judged.append(Judged(info, fact, verdict, again))
    judged.sort(key=lambda one: (-one.weight, one.info.name))
    rows = Rows()
    for one in judged:
        _add(one, rows)
    table = rows.table(NAME, asked.model_dump_json(), "Against the store's own past", COLUMNS, as_period(asked.period, scope))
    behind = await _records([one for one in judged if one.verdict.why is not None][:SHOWN_BEHIND], asked, desk)
    out = [one.info.name for one in judged if one.verdict.why is not None]
    whole = together(scope.turn, [found, *behind, past.ledger(scope.turn)], [rows], [table])
    return ToolResult(whole, f"Out of line: {', '.join(out) or 'none'}.")


def _sides(metric: str, desk: Desk) -> dict[str, str]:
    """Return the sums a metric is made of, by their names in its formula; a sum is made of itself."""
    if desk.services.catalog.metrics[metric].additivity == "additive":
        return {"": metric}
    return {part.alias: part.metric for part in desk.services.engine.components(metric)}


def _history(metric: str, sides: dict[str, str], past: Months, period: Span, desk: Desk) -> list[Decimal]:
    """Return the metric over the same stretch of selling days ending in each earlier month."""
    open_days = selling_days(desk, service=is_service(metric, desk))
    clock = Stretch.of(period, open_days)
    columns = {alias: clock.ending_each_month(past.get(side, [])) for alias, side in sides.items()}
    if not all(columns.values()):  # a part whose days do not add up to its months has no past
        return []
    if list(sides) == [""]:
        return [value for value in columns[""] if value is not None]
    combined = [
        desk.services.engine.combine(metric, dict(zip(sides, values, strict=True))) for values in zip(*columns.values(), strict=True)
    ]
    return [value for value in combined if value is not None]


def _add(one: Judged, rows: Rows) -> None:
    info, verdict = one.info, one.verdict
    words = f"median of the same stretch of selling days ending in each of the last {MONTHS_BACK} months"
    middle, least, most = one.again
    expected = _estimate(verdict.middle, middle, one.fact, f"{info.label}, expected", words)
    low = _estimate(verdict.low, least, one.fact, f"{info.label}, usual low", f"{words}, less three robust deviations")
    high = _estimate(verdict.high, most, one.fact, f"{info.label}, usual high", f"{words}, plus three robust deviations")
    gap = difference(one.fact, expected, label=f"Difference from expected {info.label}") if expected is not None else None
    rows.add(((BY_METRIC, info.label),), one.fact, expected, low, high, gap)


def _estimate(value: Decimal | None, again: Decimal | None, fact: Fact, label: str, words: str) -> Fact | None:
    if value is None:
        return None
    return make_fact(
        metric=fact.metric,
        slice=fact.slice,
        value=value,
        unit=fact.unit,
        label=label,
        period=fact.period,
        grade="forecast",
        formula=words,
        parts=[fact.id],
        second=Second(value=again, method="the same past by ranks"),
    )


async def _records(judged: Sequence[Judged], asked: FindAnomalies, desk: Desk) -> list[Ledger]:
    """Return the records that weigh most in each figure that stands out."""
    queries = []
    for one in judged:
        by = _behind(one, asked, desk)
        if by is None:
            continue
        above = (one.verdict.distance or Decimal(1)) > 0
        order = OrderBy(by=one.info.name, direction="desc" if above else "asc")
        queries.append(
            MetricQuery(metrics=(one.info.name,), period=asked.period, filters=asked.filters, group_by=(by,), order_by=order, limit=RECORDS)
        )
    return [ledger for ledger in await desk.try_all(queries) if ledger is not None]


def _behind(one: Judged, asked: FindAnomalies, desk: Desk) -> str | None:
    """Return what a figure is broken down by: its records when it is high, the people or kinds behind it when it is low."""
    kinds = desk.services.catalog.dimensions
    records = [d for d in one.info.dimensions if kinds[d].kind == "record" and d in RECORD_NAMES]
    groups = dimensions_for(one.info.name, asked.filters, (), desk)
    low = one.verdict.distance is not None and one.verdict.distance < 0
    return next(iter([*groups, *records] if low else [*records, *groups]), None)


RECORD_NAMES = ("deal_number", "ro_number", "stock_number")
TOOL = Tool(name=NAME, description=" ".join((FindAnomalies.__doc__ or "").split()), arguments=FindAnomalies, run=_run, senior=True)
