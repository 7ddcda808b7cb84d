"""From a reading to tool calls: what the offline analyst asks for, in rounds. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vendora_graph.contracts import Period, Plan
from vendora_graph.offline.asked import Asked, Call, limited, part_of, share_filter, span
from vendora_graph.offline.before import previous_period
from vendora_graph.offline.results import Cell, Done, Row, Table
from vendora_graph.offline.senior_plans import senior_calls
from vendora_graph.offline.targets import target_calls
from vendora_graph.semantic.catalog import Catalog

MAX_ROWS = 200
FIXED = ("service", "parts", "SVC", "PARTS", "BODY")
"""Departments that keep the service calendar."""
SUMS = ("additive", "distinct")
UNEQUAL = 5
"""Sums over periods that differ by more than one part in so many of the longer one are not subtracted."""


def calls_for(asked: Asked, done: Done) -> tuple[Call, ...]:
    """Return every call the question needs so far; those already answered in `done` need not be made again."""
    plan = asked.plan
    if plan.intent == "definition":
        return (Call("find_metrics", {"words": " ".join(plan.metrics) or asked.reading.restated, "limit": 3}),)
    targets = target_calls(asked)
    if targets:
        beside = _query(asked) if plan.ranking is not None else None
        return (*targets, beside) if beside is not None else targets
    complex_calls = senior_calls(asked, done)
    if complex_calls is not None:
        beside = _query(asked) if _wants_rows(plan) or _lacks_rows(plan, complex_calls, done) else None
        return (*complex_calls, beside) if beside is not None and beside not in complex_calls else complex_calls
    first = _query(asked)
    if first is None:
        return ()
    calls: tuple[Call, ...] = (first,)
    answer = done.results.get(first.id)
    if plan.grain is not None and plan.ranking is None and not limited(plan) and answer is not None and answer.tables:
        calls += _means(answer.main) if plan.averaged else _trend_changes(answer.main)
    if asks_share(plan):
        calls += _share_calls(asked, first, done)
    other = apart(asked)
    if other is not None:
        calls += (Call("query_metrics", {**first.args, "period": span(other)}),)
    return calls


def asks_share(plan: Plan) -> bool:
    """Return whether one part's share of a whole is asked for, as a single figure."""
    return plan.topic == "share" and plan.intent == "value" and share_filter(plan) is not None


def _share_calls(asked: Asked, first: Call, done: Done) -> tuple[Call, ...]:
    """The whole (the same question without the part's filter), then the share, once both figures are there."""
    part = share_filter(asked.plan)
    rest = [item.model_dump(mode="json") for item in asked.plan.filters if item is not part and item != part]
    whole = Call("query_metrics", {**first.args, "filters": rest, "compare": None})
    figures = [_single(done, call) for call in (first, whole)]
    if not all(figures):
        return (whole,)
    refs = [figure.ref.strip("{}") for figure in figures if figure is not None]
    return (whole, Call("calculate", {"operation": "share", "of": refs, "label": ""}))


def _single(done: Done, call: Call) -> Cell | None:
    answer = done.results.get(call.id)
    cell = answer.tables[0].rows[0].cells[0] if answer is not None and answer.tables and answer.tables[0].rows else None
    return cell if cell is not None and cell.value else None


def _wants_rows(plan: Plan) -> bool:
    """A complex question that also asks for rows (each month, by lender) or a comparison gets them beside its analysis."""
    rows = plan.grain is not None or bool(plan.group_by and plan.intent in ("scorecard", "recommend", "report", "anomalies", "pace"))
    return rows or (plan.intent in ("reconcile", "anomalies") and plan.comparison is not None)


def _lacks_rows(plan: Plan, calls: Sequence[Call], done: Done) -> bool:
    """Whether groups are asked for that the analysis, once it is there, does not show."""
    if not plan.group_by or plan.intent not in ("explain", "benchmark"):
        return False
    answers = [done.results.get(call.id) for call in calls]
    if any(answer is None for answer in answers):
        return False
    rows = [row for answer in answers if answer is not None for table in answer.tables for row in table.rows]
    return not any(set(plan.group_by) <= set(row.names) for row in rows)


def apart(asked: Asked) -> Period | None:
    """Return the other period of a comparison of sums over days of very different number: both are told, not their difference."""
    plan = asked.plan
    against = plan.comparison.period if plan.comparison is not None and plan.comparison.kind != "values" else None
    sums = any(asked.catalog.metrics[m].additivity in SUMS for m in plan.metrics if m in asked.catalog.metrics)
    if against is None or plan.period is None or plan.grain is not None or not sums:
        return None
    one, two = ((period.end - period.start).days + 1 for period in (plan.period, against))
    return against if abs(one - two) * UNEQUAL > max(one, two) else None


def compared(asked: Asked) -> Period | None:
    """Return the period to compare with: the one asked for, or for a plain figure the one before, aligned."""
    plan = asked.plan
    if plan.comparison is not None:
        return plan.comparison.period if plan.comparison.kind != "values" and apart(asked) is None else None
    single = plan.intent == "value" or (plan.intent == "scorecard" and plan.filters)
    if not single or asks_share(plan) or plan.group_by or plan.grain or plan.period is None or _snapshot(asked):
        return None
    if asked.data_through is not None and plan.period.end > asked.data_through:
        return None
    if not plan.period.complete and any(asked.catalog.metrics[m].ledger_month for m in plan.metrics if m in asked.catalog.metrics):
        return None  # a ledger month stands whole or not at all: a part of one has no equal
    earlier = previous_period(plan.period, asked.calendar, selling_kind(asked))
    return earlier if earlier is not None and earlier.start >= asked.data_start else None


def selling_kind(asked: Asked) -> str:
    """Return whose selling days count: sales, or service where every metric is of fixed operations."""
    infos = [asked.catalog.metrics[name] for name in asked.plan.metrics if name in asked.catalog.metrics]
    return "service" if infos and all(info.department in FIXED for info in infos) else "sales"


def _snapshot(asked: Asked) -> bool:
    return any(asked.catalog.metrics[m].snapshot for m in asked.plan.metrics if m in asked.catalog.metrics)


def _query(asked: Asked) -> Call | None:
    plan = asked.plan
    if not plan.metrics or plan.period is None:
        return None
    against = compared(asked)
    grouped = bool(plan.group_by)
    order = _order(plan, grouped)
    args: dict[str, Any] = {
        "metrics": list(_metrics(asked)),
        "period": span(plan.period),
        "group_by": list(plan.group_by),
        "grain": plan.grain,
        "filters": [item.model_dump(mode="json") for item in plan.filters],
        "compare": span(against) if against is not None else None,
        "order_by": order,
        "limit": _limit(plan, grouped),
        "total": grouped and plan.grain is None and not any(item.dimension in plan.metrics for item in plan.filters),
    }
    whole = _whole_of_shares(plan)
    return Call("query_metrics", args if whole is None else {**args, "share_of": whole})


def _whole_of_shares(plan: Plan) -> list[dict[str, Any]] | None:
    """Return the conditions on the whole that rows are shares of: of groups the same selection, of a part in each period the rest."""
    if plan.topic != "share" or not (plan.group_by or plan.grain) or plan.intent == "list":
        return None
    part = None if plan.group_by else part_of(plan)
    if not plan.group_by and part is None:
        return None
    return [item.model_dump(mode="json") for item in plan.filters if item is not part and item.dimension not in plan.metrics]


def _metrics(asked: Asked) -> tuple[str, ...]:
    """A list of records shows the record's own columns beside what was asked."""
    plan = asked.plan
    names = list(plan.metrics)
    if plan.intent == "list":
        for dimension in plan.group_by:
            for extra in asked.catalog.dimensions[dimension].record_metrics:
                fits = extra in asked.catalog.metrics and set(plan.group_by) <= set(asked.catalog.metrics[extra].dimensions)
                same = extra in asked.catalog.metrics and _one_table(plan.metrics[0], extra, asked.catalog)
                if extra not in names and fits and same and _filters_fit(plan, extra, asked.catalog):
                    names.append(extra)
    return tuple(names[:8])


def _one_table(metric: str, other: str, catalog: Catalog) -> bool:
    """A record's own columns come from the table that was asked about; another table would show zeros."""
    return catalog.metrics[metric].tables == catalog.metrics[other].tables


def _filters_fit(plan: Plan, metric: str, catalog: Catalog) -> bool:
    return {item.dimension for item in plan.filters if item.dimension not in plan.metrics} <= set(catalog.metrics[metric].dimensions)


def _order(plan: Plan, grouped: bool) -> dict[str, Any] | None:
    if plan.ranking is None and (not grouped or plan.grain is not None):
        return None
    if plan.ranking is not None:
        by = plan.ranking.by if plan.ranking.by in plan.metrics else plan.metrics[0]
        return {"by": by, "direction": plan.ranking.direction, **({"change": True} if plan.ranking.change else {})}
    return {"by": plan.metrics[0], "direction": "desc"}


def _limit(plan: Plan, grouped: bool) -> int | None:
    if not grouped and plan.grain is None:
        return None
    if plan.grain is not None and (plan.ranking is None or _may_run(plan)):
        return None
    if plan.ranking is not None and plan.ranking.limit is not None:
        return plan.ranking.limit
    return MAX_ROWS if plan.intent == "list" else None


def _may_run(plan: Plan) -> bool:
    """Whether the least of ranked buckets may be one that is still running: the next must be at hand to be told."""
    return plan.ranking is not None and plan.ranking.direction == "asc" and plan.period is not None and not plan.period.complete


def _trend_changes(table: Table) -> tuple[Call, ...]:
    """First against last point, for each metric, when there are two points and one row a bucket."""
    rows = [row for row in table.body if row.cells]
    if len(rows) < 2 or several_groups(rows):  # noqa: PLR2004
        return ()
    calls = []
    for column in range(len(rows[0].cells)):
        points = ends(rows, column)
        if points is None:
            continue
        first, last = points
        calls.append(Call("calculate", {"operation": "difference", "of": [last.ref.strip("{}"), first.ref.strip("{}")], "label": ""}))
    return tuple(calls)


def _means(table: Table) -> tuple[Call, ...]:
    """The mean of the complete buckets, for each metric: `average units a month`."""
    rows = [row for row in table.body if row.cells]
    calls = []
    for column in range(len(rows[0].cells) if rows else 0):
        cells = [row.cells[column] for row in rows]
        whole = [cell.ref.strip("{}") for cell in cells if cell is not None and cell.value is not None and not cell.partial]
        if whole:
            calls.append(Call("calculate", {"operation": "mean", "of": whole, "label": ""}))
    return tuple(calls)


def ends(rows: Sequence[Row], column: int) -> tuple[Cell, Cell] | None:
    """Return the first and the last complete point of a line; None when there are not two."""
    cells = [row.cells[column] for row in rows]
    whole = [cell for cell in cells if cell is not None and cell.value is not None and not cell.partial]
    return (whole[0], whole[-1]) if len(whole) > 1 else None


def several_groups(rows: Sequence[Row]) -> bool:
    """Return whether each bucket has several rows."""
    return any(len(row.names) > 1 for row in rows)


def arguments(calls: tuple[Call, ...]) -> Mapping[str, dict[str, Any]]:
    """Return the arguments by call id."""
    return {call.id: call.args for call in calls}
