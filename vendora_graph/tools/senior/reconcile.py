"""`reconcile`: two bases of the same number, with the lines that lead from one to the other and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import express
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, filters_of, knowledge, together

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "reconcile"
RECORDS = 8


class Reconcile(Contract):
    """Reconcile a figure with its other basis.

    Deal recap against ledger, booked against delivered, unique leads against lead records. Gives both figures, the lines between them and
    what is left unexplained.
    """

    metric: str
    period: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = Reconcile.model_validate(arguments)
    known = knowledge("reconciliations")
    name = known["synonyms"].get(asked.metric, asked.metric)
    pair = known["pairs"].get(name)
    if pair is None:
        raise QuestionError(f"{asked.metric!r} has one basis only. Two are held for {', '.join(sorted(known['pairs']))}.")
    desk = Desk(services, scope)
    own, *also, other = await desk.ask_all(_queries(asked, name, pair, desk))
    left, right = fact_at(own, name), fact_at(other, pair["right"]["metric"])
    if left is None or right is None or left.value is None or right.value is None:
        raise QuestionError("One of the two bases has no figure in this period. Ask for a period both cover.")
    rows = _bridge(name, pair, own, left, right)
    title = f"{left.label}: {left.basis} against {right.basis}"
    table = rows.table(NAME, asked.model_dump_json(), title, ("Amount",), as_period(asked.period, scope))
    behind = [ledger for ledger in await desk.try_all(_records(asked, pair)) if ledger is not None]
    return ToolResult(together(scope.turn, [own, *also, other, *behind], [rows], [table]), f"{left.basis} against {right.basis}")


def _queries(asked: Reconcile, name: str, pair: dict[str, Any], desk: Desk) -> list[MetricQuery]:
    """Return the queries: the own basis with what leads to the other, the asked rate of it if it is one, and the other basis."""
    own = tuple(dict.fromkeys((name, *pair.get("figures", {}).values(), *pair.get("memo", ()))))
    asking = [MetricQuery(metrics=own, period=asked.period, filters=asked.filters)]
    if asked.metric != name and asked.metric in desk.services.catalog.metrics:
        asking.append(MetricQuery(metrics=(asked.metric,), period=asked.period, filters=asked.filters))
    conditions = filters_of(pair["right"].get("where", {}), asked.filters)
    return [*asking, MetricQuery(metrics=(pair["right"]["metric"],), period=asked.period, filters=conditions)]


def _bridge(name: str, pair: dict[str, Any], own: Ledger, left: Fact, right: Fact) -> Rows:
    """Return the rows from one basis to the other: the lines, what they leave, and figures for reference."""
    figures = {alias: fact for alias, metric in pair.get("figures", {}).items() if (fact := fact_at(own, metric)) is not None}
    lines = [_line(item["text"], figures, item["name"], left, name) for item in pair.get("lines", ())]
    named = {"l": left, "r": right, **{f"x{i}": fact for i, fact in enumerate(lines)}}
    rest = " ".join(["r - l", *(f"- x{i}" for i in range(len(lines)))])
    remainder = _line(rest, named, pair["remainder"], left, name)
    gap = _line("r - l", named, "Difference", left, name)
    memos = [fact for metric in pair.get("memo", ()) if (fact := fact_at(own, metric)) is not None]
    rows = Rows()
    for fact in (left, *lines, remainder, right, gap, *memos):
        rows.add(((BY_METRIC, fact.label),), fact)
    return rows


def _records(asked: Reconcile, pair: dict[str, Any]) -> list[MetricQuery]:
    """Return the queries of the records behind the lines, the largest first."""
    found = []
    for item in pair.get("records", ()):
        metrics = tuple(item["metrics"])
        order = OrderBy(by=metrics[0], direction=item.get("order", "desc"))
        found.append(
            MetricQuery(metrics=metrics, period=asked.period, filters=asked.filters, group_by=(item["by"],), order_by=order, limit=RECORDS)
        )
    return found


def _line(text: str, named: dict[str, Fact], label: str, left: Fact, metric: str) -> Fact:
    return express(text, named, left.unit, label=label, metric=metric, slice=((BY_METRIC, label),), period=left.period)


TOOL = Tool(name=NAME, description=" ".join((Reconcile.__doc__ or "").split()), arguments=Reconcile, run=_run, senior=True)
