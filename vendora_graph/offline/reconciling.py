"""Two bases of one number: call and draft. Pure and deterministic."""

from __future__ import annotations

from vendora_graph.contracts import Draft, Finding, TableSpec
from vendora_graph.offline.asked import Asked, Call, span
from vendora_graph.offline.results import Cell, Result
from vendora_graph.offline.words import NUMERAL, filter_words, lowered, name_refs, period_words, say, spoken

TOOL = "reconcile"
METRIC = "metric"


def reconcile_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the reconciliation of the plan's first metric."""
    plan = asked.plan
    known = [m for m in plan.metrics if m in asked.catalog.metrics]
    if plan.period is None or not known:
        return ()
    filters = [item.model_dump(mode="json") for item in plan.filters]
    return (Call(TOOL, {"metric": known[0], "period": span(plan.period), "filters": filters}),)


def narrate_reconciliation(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft: both figures, then each line between them."""
    (result,) = results
    table = next(t for t in result.tables if t.tool == TOOL)
    names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
    where = filter_words(asked.plan.filters, asked.catalog, names, list(dict.fromkeys(NUMERAL.findall(asked.question))))
    plain = [row.cells[0] for row in table.rows if row.cells[0] is not None and row.cells[0].grade == "metric"]
    left, right, *memos = plain
    lines = [row for row in table.rows if row.cells[0] is not None and row.cells[0].grade != "metric"]
    label = asked.catalog.metrics[left.metric].label
    findings = [
        Finding(text=say("reconcile", "line", Label=label, name=row.names[METRIC][0], amount=_said(row.cells[0])), kind="value")
        for row in lines
    ]
    for memo in memos:
        text = say(
            "reconcile", "memo", Label=asked.catalog.metrics[memo.metric].label, period=period_words(memo.period), amount=spoken(memo)
        )
        findings.append(Finding(text=text, kind="note"))
    first = _asked(asked, result, left, where)
    headline = first + say(
        "reconcile", "headline", Label=asked.catalog.metrics[left.metric].label, period=period_words(left.period), where=where,
        value=spoken(left), other=spoken(right), other_label=lowered(asked.catalog.metrics[right.metric].label),
        of=_limits(asked, result, right),
    )  # fmt: skip
    spec = TableSpec(ref="t1", table=table.id, title=say("reconcile", "title"))
    return Draft(
        headline=headline,
        findings=tuple(findings),
        tables=(spec,),
        caveats=(say("reconcile", "basis", words=result.words),),
        author="offline",
    )


def _asked(asked: Asked, result: Result, left: Cell, where: str) -> str:
    """Return the asked figure where it is another than the one that is reconciled (a rate of it)."""
    name = asked.plan.metrics[0]
    cells = (cell for t in result.tables if t.tool == "query_metrics" for row in t.rows for cell in row.cells)
    own = next((cell for cell in cells if cell is not None and cell.metric == name), None)
    if own is None or name == left.metric:
        return ""
    label = asked.catalog.metrics[name].label
    return say("reconcile", "asked", Label=label, period=period_words(own.period), where=where, value=spoken(own))


def _limits(asked: Asked, result: Result, right: Cell) -> str:
    """Return what the other basis is limited to besides the question's own filters."""
    fixed = {item.dimension for item in asked.plan.filters}
    for table in result.tables:
        if table.tool == "query_metrics" and any(c is not None and c.metric == right.metric for row in table.rows for c in row.cells):
            names = [ref for (dimension, _), ref in table.filter_names.items() if dimension not in fixed]
            return say("reconcile", "of", name=names[0]) if names else ""
    return ""


def _said(cell: Cell | None) -> str:
    return spoken(cell) if cell is not None else ""
