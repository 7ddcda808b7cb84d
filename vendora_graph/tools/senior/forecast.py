"""`forecast`: the months ahead with an interval, measured against the same months of last year in a rolling backtest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, Period
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.formula_words import written
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.senior.gather import Desk, Rows, fact_in, only_table, together
from vendora_graph.tools.senior.history import month_of, months_before
from vendora_graph.tools.spans import buckets, describe

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services
    from vendora_graph.tools.senior.forecasting import Forecasted

NAME = "forecast"
MONTHS_BACK = 48
MOST_AHEAD = 12
COLUMNS = ("Forecast", "Low", "High")
KINDS = {"value": "forecast", "low": "low", "high": "high"}
"""What a month ahead has, and the last word of its label."""
ERRORS = {"model_error": "the model", "naive_error": "same month last year"}
"""What the backtest brings, and the method it is the error of: the end of its label."""


class Forecast(Contract):
    """Forecast a metric one to twelve months ahead with an 80% interval.

    Seasonal decomposition with exponential smoothing, or the same months of last year where that was nearer in the rolling backtest; both
    errors are shown. Refuses a short or broken history.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=2)
    period: Span = Field(description="The months to forecast, whole months after the data ends.")
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)
    grain: str = Field(default="month", pattern="^month$")


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = Forecast.model_validate(arguments)
    desk = Desk(services, scope)
    first, _ = services.profile.covers(scope.principal.dealership_ids)
    whole_until = _last_whole(desk)
    past = [*(m for m in months_before(whole_until.end, MONTHS_BACK - 1) if m.start >= first), whole_until]
    wanted = [b for b in buckets(asked.period.start, asked.period.end, "month") if b.start > whole_until.end]
    if not wanted:
        raise QuestionError("A forecast is about months after the data ends. Ask for next month or the months after.")
    span = Span(start=past[0].start, end=past[-1].end)
    found = await desk.ask(MetricQuery(metrics=asked.metrics, period=span, filters=asked.filters, grain="month"))
    rows: list[Rows] = []
    tables, words = [], []
    for rank, name in enumerate(asked.metrics):
        history = [fact for cells in only_table(found).cells if (fact := fact_in(found, cells, name)) is not None]
        made, table_rows = _ahead(name, history, wanted, whole_until, desk)
        rows.append(table_rows)
        label = services.catalog.metrics[name].label
        tables.append(
            table_rows.table(NAME, asked.model_dump_json(), f"{label}, forecast", COLUMNS, wanted_period(wanted), made.method, rank)
        )
        errors = Rows()
        for fact in _errors(made, history, name, label):
            errors.add((("metric", fact.label),), fact)
        rows.append(errors)
        tables.append(
            errors.table(NAME, asked.model_dump_json(), f"{label}, backtest", ("Backtest error",), None, rank=rank + len(asked.metrics))
        )
        words.append(f"{label}: {made.method}.")
    return ToolResult(together(scope.turn, [found], rows, tables), " ".join(words))


def wanted_period(wanted: list[Period]) -> Period:
    """Return the months asked for as one period."""
    start, end = wanted[0].start, wanted[-1].end
    return Period(start=start, end=end, label=describe(start, end))


def _last_whole(desk: Desk) -> Span:
    through = desk.services.profile.data_through
    month = month_of(through)
    return month if month.end == through else months_before(through, 1)[0]


def _ahead(name: str, history: list[Fact], wanted: list[Period], last: Span, desk: Desk) -> tuple[Forecasted, Rows]:
    """Return the forecast of one metric and its rows: a month each, then the errors."""
    from vendora_graph.tools.senior.forecasting import forecast, refusal

    info = desk.services.catalog.metrics[name]
    values = [fact.value for fact in history]
    why = refusal(values)
    if why is not None:
        raise QuestionError(f"No forecast of {info.label}: {why} Ask for its pace or its trend.")
    known = [value for value in values if value is not None]
    skipped = sum(1 for b in buckets(last.end, wanted[0].start, "month")) - 2
    ahead = skipped + len(wanted)
    if ahead > MOST_AHEAD:
        raise QuestionError(f"A forecast reaches {MOST_AHEAD} months; {ahead} were asked for.")
    made = forecast(known, ahead, floor=Decimal(0) if min(known) >= 0 else None)
    parts = [fact.id for fact in history]
    rows = Rows()
    for month, point in zip(wanted, made.points[skipped:], strict=True):
        place = (("month", month.label),)
        period = Period(start=month.start, end=month.end, label=month.label, grain="month")
        cells = [
            make_fact(
                metric=name, value=getattr(point, kind), unit=info.unit, label=f"{info.label}, {words}", slice=place, period=period,
                grade="forecast", formula=f"{made.method} over {len(history)} months, {words}", parts=parts, basis=info.basis,
            )
            for kind, words in KINDS.items()
        ]  # fmt: skip
        rows.add(place, *cells)
    if info.additivity == "additive" and len(wanted) > 1:
        rows.add((), _sum(rows, name, info.label, wanted), None, None)
    return made, rows


def _sum(rows: Rows, name: str, label: str, wanted: list[Period]) -> Fact:
    facts = [rows.facts[cells[0]] for cells in rows.cells if cells[0]]
    total = sum((fact.value for fact in facts if fact.value is not None), Decimal(0))
    return make_fact(
        metric=name, value=total, unit=facts[0].unit, label=f"{label}, forecast", period=wanted_period(wanted), grade="forecast",
        formula=f"sum: {written('sum', facts)}", parts=[fact.id for fact in facts], basis=facts[0].basis,
    )  # fmt: skip


def _errors(made: Forecasted, history: list[Fact], name: str, label: str) -> list[Fact]:
    return [
        make_fact(
            metric=name, value=getattr(made, kind), unit="rate", label=f"{label}, backtest error of {method}", grade="forecast",
            formula=f"backtest: mean of |forecast - actual| / actual, one month ahead, {made.origins} months, {method}",
            parts=[fact.id for fact in history],
        )
        for kind, method in ERRORS.items()
    ]  # fmt: skip


TOOL = Tool(name=NAME, description=" ".join((Forecast.__doc__ or "").split()), arguments=Forecast, run=_run, senior=True)
