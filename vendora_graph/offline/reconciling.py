"""Two bases of one number: call and draft. Pure and deterministic."""

from __future__ import annotations

from vendora_graph.contracts import Draft, Finding, TableSpec
from vendora_graph.offline.asked import Asked, Call, span
from vendora_graph.offline.intents import AT_CLOSE
from vendora_graph.offline.knowledge import data
from vendora_graph.offline.results import Cell, Result
from vendora_graph.offline.words import NUMERAL, filter_words, lowered, name_refs, period_words, say, spoken

TOOL = "reconcile"
METRIC = "metric"


def reconcile_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the reconciliation of the plan's first metric."""
    plan, at_close = asked.plan, asked.plan.topic == AT_CLOSE
    pairs = data("reconciliations")[AT_CLOSE if at_close else "pairs"]
    known = sorted((m for m in plan.metrics if m in asked.catalog.metrics), key=lambda name: name not in pairs)
    if plan.period is None or not known:
        return ()
    more = {"against": AT_CLOSE} if at_close else {}
    filters = [item.model_dump(mode="json") for item in plan.filters]
    return (Call(TOOL, {"metric": known[0], "period": span(plan.period), "filters": filters, **more}),)


def narrate_reconciliation(asked: Asked, results: list[Result]) -> Draft:
    """Return the draft: both figures, then each line between them."""
    (result,) = results
    table = next(t for t in result.tables if t.tool == TOOL)
    names = {**{k: v for t in result.tables for k, v in t.filter_names.items()}, **name_refs(tuple(result.tables))}
    where = filter_words(asked.plan.filters, asked.catalog, names, list(dict.fromkeys(NUMERAL.findall(asked.question))))
    cells = [(row, row.cells[0]) for row in table.rows if row.cells[0] is not None]
    left, right, *memos = [cell for _, cell in cells if cell.grade == "metric"]
    label = asked.catalog.metrics[left.metric].label
    *lines, gap = [(row.names[METRIC][0], cell) for row, cell in cells if cell.grade != "metric"]
    findings = [
        Finding(text=say("reconcile", "line", Label=label, name=name, amount=_said(cell)), kind="value")
        for name, cell in lines
        if cell.value
    ]
    for memo in memos:
        own = asked.catalog.metrics[memo.metric].label
        text = say("reconcile", "memo", Label=own, period=period_words(memo.period), amount=spoken(memo))
        findings.append(Finding(text=text, kind="note"))
    kind = AT_CLOSE if asked.plan.topic == AT_CLOSE else "headline"
    headline = _asked(asked, result, left, where) + say(
        "reconcile", kind, Label=label, period=period_words(left.period), where=where, value=spoken(left), other=spoken(right),
        other_label=lowered(asked.catalog.metrics[right.metric].label), of=_limits(asked, result, right),
    )  # fmt: skip
    findings.insert(0, Finding(text=say("reconcile", "gap", Label=label, name=gap[0], gap=_said(gap[1])), kind="comparison"))
    return Draft(
        headline=headline,
        findings=tuple(findings),
        tables=(TableSpec(ref="t1", table=table.id, title=say("reconcile", "title")), *_records(asked, result)),
        caveats=(say("reconcile", "basis", words=result.words),),
        author="offline",
    )


def _records(asked: Asked, result: Result) -> tuple[TableSpec, ...]:
    """Return the records behind the lines as tables."""
    specs: list[TableSpec] = []
    for other in result.tables:
        first = next((c for r in other.rows for c in r.cells if c is not None), None)
        if other.tool == "query_metrics" and first is not None and other.rows[0].names:
            title = say("reconcile", "records_title", label=lowered(asked.catalog.metrics[first.metric].label))
            specs.append(TableSpec(ref=f"t{len(specs) + 2}", table=other.id, title=title))
    return tuple(specs)


def _asked(asked: Asked, result: Result, left: Cell, where: str) -> str:
    """Return the asked figure where it is another than the one that is reconciled (a rate of it)."""
    name = asked.plan.metrics[0]
    rows = (row for t in result.tables if t.tool == "query_metrics" for row in t.rows if not row.names)
    own = next((cell for row in rows for cell in row.cells if cell is not None and cell.metric == name), None)
    if own is None or name == left.metric:
        return ""
    label = asked.catalog.metrics[name].label
    return say("reconcile", "asked", Label=label, period=period_words(own.period), where=where, value=spoken(own))


def _limits(asked: Asked, result: Result, right: Cell) -> str:
    """Return what the other basis is limited to besides the question's own filters."""
    fixed = {item.dimension for item in asked.plan.filters}
    for table in result.tables:
        if table.tool == "query_metrics" and any(c is not None and c.ref == right.ref for row in table.rows for c in row.cells):
            names = [ref for (dimension, _), ref in table.filter_names.items() if dimension not in fixed]
            return say("reconcile", "of", name=_listed(names)) if names else ""
    return ""


def _listed(names: list[str]) -> str:
    """Return names with commas and a last "and"."""
    first = say("joiners", "comma").join(names[:-1])
    return say("joiners", "and").join(part for part in (first, names[-1]) if part)


def _said(cell: Cell | None) -> str:
    return spoken(cell) if cell is not None else ""
