"""What would happen if: call and draft of a closed-form scenario. Pure and deterministic."""

from __future__ import annotations

import re
from decimal import Decimal

from vendora_graph.contracts import Draft, Finding, TableSpec
from vendora_graph.offline.asked import Asked, Call, span
from vendora_graph.offline.knowledge import data
from vendora_graph.offline.results import Cell, Result, Row, Table
from vendora_graph.offline.words import NUMERAL, filter_words, name_refs, period_words, say, spoken

TOOL = "what_if"
RESULT = "metric"
LEVEL, RATE, SHARE, ENDS = "=", "rate", "share", "ends"
"""Before the number of a scenario's topic that is a level, no change; after it, that it is points, a part of the figure itself, or that
both ends of the change were named."""
TOLD = 3
"""Units told in words."""
_CHANGE = re.compile(r"[+-]?\d+(?:\.\d+)?")
_BASIS_POINTS = re.compile(r"\b(?:basis points?|bps)\b", re.IGNORECASE)


def scenario_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the scenario of the plan's first metric; the others are shown as they are."""
    plan = asked.plan
    known = [m for m in plan.metrics if m in asked.catalog.metrics]
    if plan.period is None or not known:
        return ()
    args = {
        "metric": known[0],
        **_size(asked, known[0]),
        "period": span(plan.period),
        "filters": [item.model_dump(mode="json") for item in plan.filters],
        "by": plan.group_by[0] if plan.group_by else None,
        "also": known[1:4],
    }
    return (Call(TOOL, args),)


def scenario_of(metric: str) -> str:
    """Return what a metric's scenario changes by (`usd`, `rate`, `units`, `none` ...), empty where it has none."""
    known = data("scenarios")
    return str(known["scenarios"].get(known["synonyms"].get(metric, metric), {}).get("change", ""))


def of_rate(metric: str) -> bool:
    """Whether a metric's scenario is about a rate (points)."""
    return scenario_of(metric) == RATE


def sets_apart(metric: str) -> bool:
    """Whether a metric's scenario sets one course against another (keep or wholesale), without a size of change."""
    return scenario_of(metric) == "none"


def _size(asked: Asked, metric: str) -> dict[str, str]:
    """Return the change of the question as the tool's arguments: a level, a part of the figure itself, or a plain change."""
    level, share = level_of(asked, metric), share_of(asked)
    if level is not None:
        return {"to": str(level)}
    return {"share": str(share)} if share is not None else {"change": str(size_of(asked, metric))}


def share_of(asked: Asked) -> Decimal | None:
    """Return the part of the figure itself that the question names (`10% more`), None where it names another change."""
    topic = (asked.plan.topic or "").split()
    return Decimal(topic[0]) if len(topic) > 1 and topic[1] == SHARE else None


def size_of(asked: Asked, metric: str | None = None) -> Decimal:
    """Return the change the question names, in stored scale; 0 where it names none.

    Of a metric whose scenario is about a rate, a whole number is points: "one point on floorplan" is a hundredth.
    """
    topic = (asked.plan.topic or "").split()
    if not topic or not _CHANGE.fullmatch(topic[0]):
        return Decimal(0)
    return _in_scale(Decimal(topic[0]), asked, metric, said=RATE in topic)


def level_of(asked: Asked, metric: str | None = None) -> Decimal | None:
    """Return the level the question names (`went to 1.8`), in stored scale; None where it names a change."""
    topic = (asked.plan.topic or "").split()
    if not topic or not topic[0].startswith(LEVEL):
        return None
    return _in_scale(Decimal(topic[0].removeprefix(LEVEL)), asked, metric, said=RATE in topic)


def _in_scale(size: Decimal, asked: Asked, metric: str | None, *, said: bool = False) -> Decimal:
    if not of_rate(metric or "") or said:
        return size
    return size / (10_000 if _BASIS_POINTS.search(asked.question) else 100)


def narrate_scenario(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft: today's figure, what the change would bring, and the steps to it."""
    (result,) = results
    table, *units = [t for t in result.tables if t.tool == TOOL]
    names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
    quoted = list(dict.fromkeys(NUMERAL.findall(asked.question)))
    where = filter_words(asked.plan.filters, asked.catalog, names, quoted)
    own = _own(asked, result)
    if asked.plan.group_by:
        headline = _grouped(asked, table, result, where)
        findings: list[Finding] = []
    else:
        rows = [row for row in table.rows if row.cells[0] is not None]
        main = max(rows, key=lambda row: rows.index(row)) if rows else None
        headline = _headline(asked, own.get(asked.plan.metrics[0]), main, where, quoted)
        lines = [row for row in rows if row is not main]
        findings = [
            Finding(text=say("what_if", "line", name=row.names[RESULT][0], result=_said(row.cells[0])), kind="value") for row in lines
        ]
    for metric in asked.plan.metrics[1:]:
        cell = own.get(metric)
        if cell is not None and cell.value is not None and not asked.plan.group_by:
            label = asked.catalog.metrics[metric].label
            text = say("what_if", "also", Label=label, period=period_words(cell.period), where=where, value=spoken(cell))
            findings.append(Finding(text=text, kind="value"))
    findings += [finding for each in units for finding in _told_units(each)]
    caveat = say("what_if", "scenario", assumptions=result.words)
    specs = _specs(asked, result, [table, *units])
    return Draft(headline=headline, findings=tuple(findings), tables=specs, caveats=(caveat,), author="offline")


def _specs(asked: Asked, result: Result, tables: list[Table]) -> tuple[TableSpec, ...]:
    """Return the scenario's table, and beside it the rows of its units or its groups."""
    titles = (say("what_if", "title"), say("what_if", "each_title"))
    specs = [TableSpec(ref=f"t{i}", table=t.id, title=title) for i, (t, title) in enumerate(zip(tables, titles, strict=False), start=1)]
    if asked.plan.group_by:
        specs += [_rows(asked, t) for t in result.tables if t.tool == "query_metrics" and _holds(t, asked.plan.metrics[0])][-1:]
    return tuple(specs)


def _told_units(table: Table) -> list[Finding]:
    """Say the units that would bring the least kept: the table has every one."""
    lines = [(next(iter(row.names.values()))[0], row.cells[0]) for row in table.rows[:TOLD] if row.names]
    return [Finding(text=say("what_if", "each", unit=unit, result=_said(cell)), kind="value") for unit, cell in lines if cell is not None]


def _holds(table: Table, metric: str) -> bool:
    """Tell whether a table has rows of a metric by group."""
    return any(row.names and any(cell is not None and cell.metric == metric for cell in row.cells) for row in table.rows)


def _rows(asked: Asked, table: Table) -> TableSpec:
    return TableSpec(ref="t2", table=table.id, title=asked.catalog.metrics[asked.plan.metrics[0]].label)


def _own(asked: Asked, result: Result) -> dict[str, Cell]:
    """Return the asked metrics' own figures: of the whole, or of the first group."""
    found: dict[str, Cell] = {}
    rows = [row for table in result.tables if table.tool == "query_metrics" for row in table.rows]
    for row in sorted(rows, key=lambda one: bool(one.names)):
        for cell in row.cells:
            if cell is not None and cell.metric in asked.plan.metrics and cell.metric not in found:
                found[cell.metric] = cell
    return found


def _headline(asked: Asked, now: Cell | None, main: Row | None, where: str, quoted: list[str]) -> str:
    metric = asked.catalog.metrics[asked.plan.metrics[0]]
    extra = ""
    if main is not None:
        words = {"result": _said(main.cells[0]), "name": main.names[RESULT][0]}
        named = quoted and quoted[0] not in metric.label.split()  # the 90 of "units over 90 days" is no change
        extra = say("what_if", _told(asked) if named else "main_bare", asked="{{q1}}", end="{{q2}}", **words)
    period = period_words(now.period if now is not None else None, on=metric.snapshot)
    return say("what_if", "headline", Label=metric.label, period=period, where=where, value=_said(now), main=extra)


def _told(asked: Asked) -> str:
    """Return the text that says the change as it was asked for."""
    if level_of(asked) is not None:
        return "main_to"
    if ENDS in (asked.plan.topic or "").split():
        return "main_ends"
    if share_of(asked) is not None:
        return "main_share"
    points = RATE in (asked.plan.topic or "").split()
    return "main_points" if points and size_of(asked) else "main" if size_of(asked) else "main_bare"


def _of_group(metric: str, dimension: str, group: str, result: Result) -> Cell | None:
    """Return a metric's own figure in one group."""
    rows = [row for table in result.tables if table.tool == "query_metrics" for row in table.rows]
    mine = [row for row in rows if dimension in row.names and row.names[dimension][1] == group]
    return next((cell for row in mine for cell in row.cells if cell is not None and cell.metric == metric), None)


def _grouped(asked: Asked, table: Table, result: Result, where: str) -> str:
    metric = asked.catalog.metrics[asked.plan.metrics[0]]
    first = next(row for row in table.rows if row.cells[0] is not None)
    dimension = asked.plan.group_by[0]
    now = _of_group(metric.name, dimension, first.names[dimension][1], result)
    words = {"result": _said(first.cells[0]), "group": first.names[dimension][0], "value": _said(now)}
    return say("what_if", "grouped", Label=metric.label, period=period_words(now.period if now else None), where=where, **words)


def _said(cell: Cell | None) -> str:
    return spoken(cell) if cell is not None else ""
