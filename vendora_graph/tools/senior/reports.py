"""Standing reports: sections of tool calls, every figure proven a second time, ready to be rendered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from vendora_graph.contracts import ChartSpec, Draft, Fact, Filter, Ledger, RenderedTable, ResultTable, TableSpec
from vendora_graph.errors import NotAllowedError, QuestionError
from vendora_graph.evidence.ledger import merge, number, with_seconds
from vendora_graph.evidence.tables import fill_table
from vendora_graph.evidence.validate import validate
from vendora_graph.services import Scope
from vendora_graph.tools.charts import chart_spec
from vendora_graph.tools.policy import policy_of
from vendora_graph.tools.query_metrics import near_miss
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.second_path import prove
from vendora_graph.tools.senior.compare_to_benchmark import TOOL as BENCHMARKS
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, knowledge, only_table
from vendora_graph.tools.senior.history import is_service, month_of, months_before, selling_days
from vendora_graph.tools.senior.pace import TOOL as PACE
from vendora_graph.tools.senior.scorecard import TOOL as SCORECARD
from vendora_graph.tools.spans import describe

if TYPE_CHECKING:
    from vendora_graph.contracts import Principal, Reading
    from vendora_graph.services import Services

ONE_DAY = timedelta(days=1)
CONTROL = ("Day", "Month to date", "Last year, same selling days", "Pace", "Target", "Gap to target")


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report with its chart; `lights` has a letter a row where the section has targets."""

    table: RenderedTable
    chart: dict[str, Any] | None = None
    lights: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A rendered report; `withheld` counts figures that could not be proven, `left_out` names sections the reader may not see."""

    name: str
    title: str
    store: str
    as_of: date
    data_through: date
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    withheld: int = 0
    left_out: tuple[str, ...] = ()
    one_page: bool = False


@dataclass(slots=True)
class _Built:
    """A section before rendering: its ledger and the table to show."""

    title: str
    ledger: Ledger
    table: str
    chart: ChartSpec | None = None
    lit: bool = field(default=False)


def report_names() -> list[str]:
    """Return the names of the standing reports."""
    return sorted(knowledge("reports")["reports"])


async def run_report(name: str, services: Services, principal: Principal, as_of: date, reading: Reading) -> Report:
    """Return a standing report for somebody, every figure computed twice.

    Raises:
        QuestionError: There is no report of this name; says which there are.
        NotAllowedError: The reader may see none of its sections.
    """
    known = knowledge("reports")
    entry = known["reports"].get(name)
    if entry is None:
        raise QuestionError(f"There is no report {name!r}.{near_miss(name, report_names())} There are {', '.join(report_names())}.")
    scope = Scope(principal, as_of, services.profile.data_through, 1, reading)
    desk = Desk(services, scope)
    built = await asyncio.gather(*(_section(item, desk) for item in entry["sections"]))
    kept = [one for one in built if isinstance(one, _Built)]
    left_out = tuple(one for one in built if isinstance(one, str))
    if not kept:
        raise NotAllowedError(f"Your role does not see the report {entry['title']}.")
    ledger = Ledger(turn=1)
    for one in kept:
        ledger = merge(ledger, one.ledger)
    numbered = number(ledger, 1)
    proven = with_seconds(numbered, (await prove(numbered, services, scope)).facts)
    unproven = _unproven(entry["title"], kept, proven, reading, desk)
    sections = tuple(_render(one, proven, unproven, desk) for one in kept)
    shown = {i for section in sections for row in section.table.facts for i in row if i}
    store = services.profile.store(principal.home_dealership_id)
    notes = [known["notes"]["rule"]] if any(one.lit for one in kept) else []
    notes += [known["notes"]["unproven"]] if unproven & shown else []
    return Report(
        name=name, title=entry["title"], store=store.name if store else "", as_of=as_of, data_through=services.profile.data_through,
        sections=sections, notes=tuple(notes), facts=tuple(proven.facts[i] for i in sorted(shown)), withheld=len(unproven & shown),
        left_out=left_out, one_page=bool(entry.get("one_page")),
    )  # fmt: skip


def _unproven(title: str, kept: list[_Built], ledger: Ledger, reading: Reading, desk: Desk) -> set[str]:
    """Return the figures of the tables that no second path agrees with, by the validator's own rule."""
    draft = Draft(headline=title, tables=tuple(TableSpec(ref=f"t{n}", table=one.table) for n, one in enumerate(kept, start=1)))
    scope = desk.scope
    policy = policy_of(
        ledger, reading, as_of=scope.as_of, data_through=scope.data_through, principal=scope.principal, offline=True, services=desk.services
    )
    return set(validate(title, None, draft, ledger, policy).withheld)


async def _section(item: dict[str, Any], desk: Desk) -> _Built | str:
    """Return a section's figures, or its title when the reader may not see them."""
    makers = {"query": _query, "control": _control, "scorecard": _scorecard, "benchmarks": _benchmarks}
    try:
        return await makers[item["kind"]](item, desk)
    except NotAllowedError:
        return str(item["title"])


def spans(desk: Desk, *, service: bool) -> dict[str, Span]:
    """Return the days a report speaks of, by name; earlier periods have the same number of selling days."""
    through = desk.scope.data_through
    month = Span(start=through.replace(day=1), end=through)
    open_days = selling_days(desk, service=service)
    done = sum(1 for day in open_days if month.start <= day <= through)
    quarter = _quarter(through)
    first = Span(start=quarter.start.replace(year=quarter.start.year - 1), end=quarter.end)
    before = _quarter(quarter.start)
    twelve = months_before(through, 12)
    return {
        "day": Span(start=through, end=through),
        "month": month,
        "same_days_before": _first_days(months_before(through, 1)[0], done, open_days),
        "year_ago": _first_days(month_of(month.start.replace(year=month.start.year - 1)), done, open_days),
        "quarter": quarter,
        "quarter_before": before,
        "quarter_year_ago": Span(start=first.start, end=_quarter_end(first.start)),
        "year": Span(start=twelve[0].start, end=twelve[-1].end),
    }


def _quarter(day: date) -> Span:
    """Return the last whole quarter before a day."""
    end = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1) - ONE_DAY
    return Span(start=date(end.year, end.month - 2, 1), end=end)


def _quarter_end(start: date) -> date:
    return month_of(date(start.year, start.month + 2, 1)).end


def _first_days(month: Span, count: int, open_days: frozenset[date]) -> Span:
    inside = [day for day in sorted(open_days) if month.start <= day <= month.end]
    return Span(start=month.start, end=inside[count - 1] if 0 < count <= len(inside) else month.end)


async def _query(item: dict[str, Any], desk: Desk) -> _Built:
    held = spans(desk, service=is_service(item["metrics"][0], desk))
    query = MetricQuery(
        metrics=tuple(item["metrics"]), period=held[item["span"]], group_by=tuple(item.get("by", ())), grain=item.get("grain"),
        filters=tuple(Filter(dimension=d, values=tuple(v)) for d, v in item.get("filters", {}).items()),
        compare=held[item["compare"]] if "compare" in item else None,
        order_by=OrderBy(by=item["order"]) if "order" in item else None, limit=item.get("limit"), total=bool(item.get("total")),
    )  # fmt: skip
    ledger = await desk.ask(query)
    table = only_table(ledger)
    chart = None
    if "chart" in item:
        label = desk.services.catalog.metrics[item["chart"]].label
        x = item["grain"] if item.get("grain") else item["by"][0]
        chart = ChartSpec(table=table.id, kind="line" if item.get("line") else "bar", x=x, y=(label,), title=label)
    return _Built(_titled(item, query.period), ledger, table.id, chart)


def _titled(item: dict[str, Any], span: Span) -> str:
    return f"{item['title']}, {describe(span.start, span.end)}"


async def _scorecard(item: dict[str, Any], desk: Desk) -> _Built:
    held = spans(desk, service=False)
    quarter = item["span"] == "quarter"
    before, year = ("quarter_before", "quarter_year_ago") if quarter else ("same_days_before", "year_ago")
    args = {
        "title": item["title"],
        "metrics": item["metrics"],
        "period": held[item["span"]],
        "previous": held[before],
        "last_year": held[year],
    }
    return await _call(SCORECARD.name, SCORECARD.arguments.model_validate(args), item, held[item["span"]], desk)


async def _benchmarks(item: dict[str, Any], desk: Desk) -> _Built:
    span = spans(desk, service=False)[item["span"]]
    return await _call(BENCHMARKS.name, BENCHMARKS.arguments.model_validate({"metrics": item["metrics"], "period": span}), item, span, desk)


async def _call(tool: str, arguments: BaseModel, item: dict[str, Any], span: Span, desk: Desk) -> _Built:
    run = {SCORECARD.name: SCORECARD.run, BENCHMARKS.name: BENCHMARKS.run}[tool]
    result = await run(arguments, desk.services, desk.scope, Ledger(turn=1))
    table = next(t for t in result.ledger.tables.values() if t.tool == tool)
    return _Built(_titled(item, span), result.ledger, table.id)


async def _control(item: dict[str, Any], desk: Desk) -> _Built:
    """Return one row a metric: the day, the month so far, the same selling days of last year, pace, target and the gap."""
    metrics = tuple(m for m in item["metrics"] if m in desk.services.catalog.metrics)
    kinds = [spans(desk, service=flag) for flag in (False, True)]
    held = {m: kinds[int(is_service(m, desk))] for m in metrics}
    through = kinds[0]
    paced = PACE.run(
        PACE.arguments.model_validate({"metrics": metrics, "period": through["month"]}), desk.services, desk.scope, Ledger(turn=1)
    )
    day = desk.ask(MetricQuery(metrics=metrics, period=through["day"]))
    years = [desk.ask(MetricQuery(metrics=(m,), period=held[m]["year_ago"])) for m in metrics]
    (pace, today), last = await asyncio.gather(asyncio.gather(paced, day), asyncio.gather(*years))
    table = next(t for t in pace.ledger.tables.values() if t.tool == PACE.name)
    by_label = {dict(key)[BY_METRIC]: cells for key, cells in zip(table.keys, table.cells, strict=True)}
    rows = Rows()
    for name, year in zip(metrics, last, strict=True):
        label = desk.services.catalog.metrics[name].label
        cells = by_label.get(label)
        if cells is None:
            continue
        now, target, line, _, gap, *_ = (pace.ledger.facts[c] if c else None for c in cells)
        rows.add(((BY_METRIC, label),), fact_at(today, name), now, fact_at(year, name), line, target, gap)
    made = rows.table("scorecard", f'{{"report":"{item["title"]}"}}', item["title"], CONTROL, table.period)
    ledger = Ledger(turn=1, facts=rows.facts, tables={made.id: made})
    for part in (pace.ledger, today, *last):
        ledger = merge(ledger, part)
    return _Built(_titled(item, through["month"]), ledger, made.id, lit=True)


def _render(one: _Built, ledger: Ledger, unproven: set[str], desk: Desk) -> Section:
    labels = {d.name: d.label for d in desk.services.catalog.dimensions.values()}
    table = fill_table(TableSpec(ref="t1", table=one.table, title=one.title), ledger, withheld=unproven, labels=labels)
    chart = chart_spec(one.chart, ledger, desk.services.catalog) if one.chart is not None else None
    return Section(table, chart, _lights(ledger.tables[one.table], ledger, desk) if one.lit else ())


def _lights(table: ResultTable, ledger: Ledger, desk: Desk) -> tuple[str, ...]:
    """Return G, A or R for each row with a target: the projected gap as a part of it, on the metric's good side."""
    limits = knowledge("reports")["lights"]
    letters = []
    for cells in table.cells:
        target, gap = (ledger.facts[c] if c else None for c in cells[-2:])
        if target is None or gap is None or not target.value or gap.value is None:
            letters.append("")
            continue
        sign = -1 if desk.services.catalog.metrics[target.metric].good == "down" else 1
        ratio = sign * gap.value / abs(target.value)
        letters.append("G" if ratio >= Decimal(limits["green"]) else "A" if ratio >= Decimal(limits["amber"]) else "R")
    return tuple(letters)
