"""What stands out: calls and draft over figures judged by their own past. Pure and deterministic."""

from __future__ import annotations

from vendora_graph.contracts import Draft, Finding, TableSpec
from vendora_graph.errors import ModelOutputError
from vendora_graph.offline.asked import Asked, Call, span
from vendora_graph.offline.results import Cell, Result, Row
from vendora_graph.offline.words import NUMERAL, filter_words, lowered, name_refs, period_words, say, spoken

TOOL = "find_anomalies"
MOST_METRICS = 12
TOLD = 4


def anomaly_calls(asked: Asked, metrics: tuple[str, ...] | None = None) -> tuple[Call, ...]:
    """Return the search over the plan's metrics."""
    plan = asked.plan
    known = [m for m in metrics or plan.metrics if m in asked.catalog.metrics][:MOST_METRICS]
    if plan.period is None or not known:
        return ()
    filters = [item.model_dump(mode="json") for item in plan.filters]
    return (Call(TOOL, {"metrics": known, "period": span(plan.period), "filters": filters}),)


def narrate_anomalies(asked: Asked, results: list[Result], *, whole: bool = True) -> Draft:
    """Return the draft: figures out of line first, each with its expected range and the records behind.

    `whole` is False where this is one branch of a larger answer.
    """
    (result,) = results
    table = next(t for t in result.tables if t.tool == TOOL)
    names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
    where = filter_words(asked.plan.filters, asked.catalog, names, list(dict.fromkeys(NUMERAL.findall(asked.question))))
    rows = [row for row in table.rows if row.cells[0] is not None]
    if not rows:
        labels = say("joiners", "comma").join(asked.catalog.metrics[m].label for m in asked.plan.metrics)
        raise ModelOutputError(say("anomalies", "none", labels=labels))
    out = [row for row in rows if is_out(row)]
    told = (out or rows[:1])[: TOLD if whole else 2]
    findings = [*_range(told[0], asked)]
    for row in told[1:TOLD]:
        findings += [Finding(text=_line(row, asked, where), kind="comparison"), *_range(row, asked)]
    specs = [TableSpec(ref="t1", table=table.id, title=say("anomalies", "title"))]
    for other in result.tables:
        first = next((c for r in other.rows for c in r.cells if c is not None), None)
        if other.tool == "query_metrics" and first is not None and other.rows[0].names:
            title = say("anomalies", "records_title", label=lowered(asked.catalog.metrics[first.metric].label))
            specs.append(TableSpec(ref=f"t{len(specs) + 1}", table=other.id, title=title))
    caveats = [say("anomalies", "method" if asked.calendar.held else "method_days")]
    bare = [asked.catalog.metrics[row.cells[0].metric].label for row in rows if row.cells[0] is not None and row.cells[1] is None]
    if bare:
        caveats.append(say("anomalies", "short", labels=say("joiners", "comma").join(bare)))
    if not table.period_complete and table.period:
        caveats.append(say("notes", "running", period=table.period))
    return Draft(
        headline=_line(told[0], asked, where), findings=tuple(findings), tables=tuple(specs), caveats=tuple(caveats), author="offline"
    )


def is_out(row: Row) -> bool:
    """Tell whether a figure lies outside its usual range."""
    now, _, low, high, _ = row.cells
    if now is None or now.value is None:
        return False
    return (low is not None and low.value is not None and now.value < low.value) or (
        high is not None and high.value is not None and now.value > high.value
    )


def _line(row: Row, asked: Asked, where: str) -> str:
    now, expected = row.cells[0], row.cells[1]
    label = asked.catalog.metrics[now.metric].label if now is not None else ""
    words = {"Label": label, "period": period_words(now.period if now is not None else None), "where": where, "value": _said(now)}
    if expected is None:
        return say("anomalies", "bare", **words)
    return say("anomalies", "out" if is_out(row) else "within", expected=_said(expected), **words)


def _range(row: Row, asked: Asked) -> list[Finding]:
    now, _, low, high, _ = row.cells
    if now is None or low is None or high is None:
        return []
    label = asked.catalog.metrics[now.metric].label
    text = say("anomalies", "range", Label=label, period=period_words(now.period), low=_said(low), high=_said(high))
    return [Finding(text=text, kind="comparison")]


def _said(cell: Cell | None) -> str:
    return spoken(cell) if cell is not None else ""
