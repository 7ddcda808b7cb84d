"""Where things are heading: calls and drafts of pace and forecast. Pure and deterministic."""

from __future__ import annotations

from decimal import Decimal

from vendora_graph.contracts import ChartSpec, Draft, Finding, Plan, TableSpec
from vendora_graph.errors import ModelOutputError
from vendora_graph.offline.asked import STORE, Asked, Call, span
from vendora_graph.offline.results import Cell, Result, Row, Table
from vendora_graph.offline.target_words import compares
from vendora_graph.offline.words import NUMERAL, filter_words, lowered, name_refs, period_words, say, spoken

MOST_METRICS = 8
TOLD = 3
MOST_FORECAST = 2
_LEFT = 8  # the last column of a pace


def pace_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the projection of the plan's metrics."""
    plan = asked.plan
    known = [m for m in plan.metrics if m in asked.catalog.metrics][:MOST_METRICS]
    if plan.period is None or not known:
        return ()
    filters = [item.model_dump(mode="json") for item in plan.filters]
    args = {"metrics": known, "period": span(plan.period), "filters": filters, "by_store": STORE in plan.group_by}
    return (Call("pace", args), *_held_against(plan, known, filters))


def _held_against(plan: Plan, metrics: list[str], filters: list[dict[str, object]]) -> tuple[Call, ...]:
    """Return the query of the whole period a projection is held against."""
    other = plan.comparison.period if plan.comparison is not None and plan.comparison.kind != "values" else None
    return (Call("query_metrics", {"metrics": metrics, "period": span(other), "filters": filters}),) if other else ()


def told_beside(asked: Asked, table: Table) -> list[Finding]:
    """Say the figures of the period a projection is held against."""
    cells = [cell for row in table.rows[:1] for cell in row.cells[:TOLD] if cell is not None and cell.value is not None]
    words = [(asked.catalog.metrics[cell.metric].label, period_words(cell.period), spoken(cell)) for cell in cells]
    return [Finding(text=say("pace", "held", Label=label, other=other, value=value), kind="value") for label, other, value in words]


def narrate_pace(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft over the projection table."""
    result = results[0]
    table = next(t for t in result.tables if t.tool == "pace")
    where = _where(asked, result)
    rows = [row for row in table.rows if row.cells[0] is not None and _best(row)[0] is not None]
    if not rows:
        return _not_projected(table, where, asked)
    stores = [row for row in rows if STORE in row.names]
    rows = [row for row in rows if STORE not in row.names] or rows
    findings = [finding for row in rows[:TOLD] for finding in _told_pace(row, asked, first=row is rows[0], where=where)]
    findings += [Finding(text=text, kind="pace") for text in _by_store(stores, rows[0], asked)]
    headline = _pace_line("headline", rows[0], asked, where)
    if compares(asked.plan) and rows[0].cells[1] is not None and rows[0].cells[4] is not None:
        headline, findings = f"{headline} {findings[0].text}", findings[1:]
    missing = _without_target(rows, stores, asked)
    columns = _filled(table, rows, aimed=len(missing) < len(rows))
    return Draft(
        headline=headline,
        findings=tuple(findings),
        tables=(TableSpec(ref="t1", table=table.id, title=say("pace", "title"), columns=columns),),
        caveats=_pace_caveats(table, missing, asked),
        author="offline",
    )


def _not_projected(table: Table, where: str, asked: Asked) -> Draft:
    """Return the draft of figures that cannot be projected: there are none, or no selling day of the month is over."""
    if all(row.cells[0] is not None and row.cells[0].value is not None for row in table.rows):
        raise ModelOutputError(say("pace", "not_begun", labels=say("joiners", "comma").join(_label(row, asked) for row in table.rows)))
    cell, label = table.rows[0].cells[0], next(iter(table.rows[0].names.values()))[1]
    words = {"value": spoken(cell) if cell is not None else "", "period": period_words(table.period), "where": where}
    return Draft(headline=say("empty", "headline", Label=label, **words), author="offline")


def _without_target(rows: list[Row], stores: list[Row], asked: Asked) -> list[str]:
    """Return the labels of which no row has a target.

    Raises:
        ModelOutputError: The question is about targets, and there is none.
    """
    targeted = {_label(row, asked) for row in (*rows, *stores) if row.cells[1] is not None}
    missing = [label for row in rows if (label := _label(row, asked)) not in targeted]
    if compares(asked.plan) and len(missing) == len(rows):
        raise ModelOutputError(say("pace", "no_target", labels=_listed(missing)))
    return missing


def _pace_caveats(table: Table, missing: list[str], asked: Asked) -> tuple[str, ...]:
    caveats = [say("pace", "method" if asked.calendar.held else "method_days")]
    if not table.period_complete and table.period:
        caveats.append(say("notes", "running", period=table.period))
    if missing:
        sliced = any(item.dimension != STORE for item in asked.plan.filters)
        caveats.append(say("pace", "untargeted" if sliced else "no_target", labels=_listed(missing)))
    return tuple(caveats)


def _listed(labels: list[str]) -> str:
    return say("joiners", "comma").join(lowered(label) for label in labels)


def _by_store(rows: list[Row], whole: Row, asked: Asked) -> list[str]:
    """Tell each store's projection of the first figure, the one furthest behind its target first."""
    mine = [row for row in rows if _label(row, asked) == _label(whole, asked)]
    lines = []
    for row in sorted(mine, key=lambda one: (one.cells[4] is None, _value(one.cells[4]))):
        target, gap = row.cells[1], row.cells[4]
        lines.append(_pace_line("at_store", row, asked, row.names[STORE][0]))
        if target is not None and gap is not None:
            month = period_words(gap.period)
            words = {"where": row.names[STORE][0], "target": spoken(target), "gap": spoken(gap), "month": month}
            lines.append(say("pace", "at_target", Label=_label(row, asked), **words))
    return lines


def _filled(table: Table, rows: list[Row], *, aimed: bool) -> tuple[str, ...]:
    """Return the columns in which a row has a figure, where there is no target at all; every column (none named) otherwise."""
    if aimed:
        return ()
    width, names = len(rows[0].cells), len(table.columns)
    empty = {names - width + i for i in range(width) if all(row.cells[i] is None for row in rows)}
    return tuple(name for i, name in enumerate(table.columns) if i not in empty)


def _where(asked: Asked, result: Result) -> str:
    names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
    return filter_words(asked.plan.filters, asked.catalog, names, list(dict.fromkeys(NUMERAL.findall(asked.question))))


def _label(row: Row, asked: Asked) -> str:
    cell = row.cells[0]
    return asked.catalog.metrics[cell.metric].label if cell is not None else next(iter(row.names.values()))[1]


def _best(row: Row) -> tuple[Cell | None, Cell | None]:
    """Return the projection to tell and its past error: the one that was nearer, linear when they cannot be told apart."""
    straight, curve, off_line, off_curve = row.cells[2], row.cells[3], row.cells[6], row.cells[7]
    nearer = curve is not None and off_curve is not None and off_line is not None and _value(off_curve) < _value(off_line)
    return (curve, off_curve) if nearer else (straight, off_line)


def _value(cell: Cell | None) -> Decimal:
    return cell.value if cell is not None and cell.value is not None else Decimal(0)


def _pace_line(pattern: str, row: Row, asked: Asked, where: str) -> str:
    now, (best, _) = row.cells[0], _best(row)
    assert now is not None and best is not None  # noqa: PT018, S101 - such rows are left out before
    words = {"value": spoken(now), "projected": spoken(best), "period": period_words(now.period), "month": period_words(best.period)}
    return say("pace", pattern, Label=_label(row, asked), where=where, **words)


def _told_pace(row: Row, asked: Asked, *, first: bool, where: str) -> list[Finding]:
    found = []
    target, gap, need = row.cells[1], row.cells[4], row.cells[5]
    best, error = _best(row)
    words = {"Label": _label(row, asked), "month": period_words(best.period) if best is not None else ""}
    if not first:
        found.append(Finding(text=_pace_line("other", row, asked, where), kind="pace"))
    if target is not None and gap is not None:
        found.append(Finding(text=say("pace", "behind", target=spoken(target), gap=spoken(gap), **words), kind="pace"))
    left = row.cells[_LEFT]
    if target is not None and left is not None and left.value is not None:
        found.append(Finding(text=say("pace", "left", target=spoken(target), left=spoken(left), **words), kind="pace"))
    if target is not None and need is not None and _value(need) > 0:
        found.append(Finding(text=say("pace", "needed", target=spoken(target), need=spoken(need), **words), kind="pace"))
    if error is not None and first:
        found.append(Finding(text=say("pace", "error", error=spoken(error), **words), kind="pace"))
    return found


def forecast_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the forecast of the plan's metrics over the months asked for."""
    plan = asked.plan
    known = [m for m in plan.metrics if m in asked.catalog.metrics][:MOST_FORECAST]
    if plan.period is None or not known:
        return ()
    filters = [item.model_dump(mode="json") for item in plan.filters]
    return (Call("forecast", {"metrics": known, "period": span(plan.period), "filters": filters}),)


def narrate_forecast(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft: what is forecast in all or for the first month, each month, and the errors of the past."""
    (result,) = results
    tables = [t for t in result.tables if t.tool == "forecast"]
    ahead = [t for t in tables if len(t.columns) > 1]
    where = _where(asked, result)
    errors = tables[len(ahead) :]
    lines = [line for table in ahead for line in _lines(table, asked, where)]
    findings = [Finding(text=text, kind="pace") for text in lines[1:]]
    specs: list[TableSpec] = []
    for table, tested in zip(ahead, errors, strict=True):
        label = _table_label(table, asked)
        for one, pattern in ((table, "title"), (tested, "errors_title")):
            specs.append(TableSpec(ref=f"t{len(specs) + 1}", table=one.id, title=say("forecast", pattern, label=lowered(label))))
    chart = ChartSpec(
        table=ahead[0].id,
        kind="line",
        x="month",
        y=(ahead[0].columns[0],),
        title=say("forecast", "title", label=lowered(_table_label(ahead[0], asked))),
    )
    caveat = say("forecast", "method", words=result.words)
    return Draft(headline=lines[0], findings=tuple(findings), tables=tuple(specs), caveats=(caveat,), chart=chart, author="offline")


def _table_label(table: Table, asked: Asked) -> str:
    cell = next(cell for row in table.rows for cell in row.cells if cell is not None)
    return asked.catalog.metrics[cell.metric].label


def _lines(table: Table, asked: Asked, where: str) -> list[str]:
    label = _table_label(table, asked)
    lines = []
    for row in (*([table.total] if table.total is not None else []), *table.body):
        value, low, high = row.cells
        if value is None:
            continue
        words = {"Label": label, "where": where, "value": spoken(value), "period": period_words(value.period)}
        if low is None or high is None:
            lines.append(say("forecast", "total", **words))
        else:
            lines.append(say("forecast", "month", low=spoken(low), high=spoken(high), **words))
    return lines
