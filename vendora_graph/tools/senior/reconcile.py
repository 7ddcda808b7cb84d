"""`reconcile`: two bases of the same number, with the lines that lead from one to the other and what is left."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import express
from vendora_graph.evidence.asks import LISTS
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, filters_of, knowledge, only_table, together

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "reconcile"
RECORDS = 8
SIDES = {"other_basis": "pairs", "at_close": "at_close"}
ADVICE = {"other_basis": "Ask for a period both cover.", "at_close": "Ask for a month whose books are closed."}


class Reconcile(Contract):
    """Reconcile a figure with its other basis.

    Deal recap against ledger, booked against delivered, unique leads against lead records, a closed month as it stands now against how it
    was closed. Gives both figures, the lines between them and what is left unexplained.
    """

    metric: str
    period: Span
    against: Literal["other_basis", "at_close"] = "other_basis"
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = Reconcile.model_validate(arguments)
    known = knowledge("reconciliations")
    pairs = known[SIDES[asked.against]]
    name = asked.metric if asked.metric in pairs else known["synonyms"].get(asked.metric, asked.metric)
    pair = pairs.get(name)
    desk = Desk(services, scope)
    if pair is None:
        held = ", ".join(sorted(_label(other, services) for other in pairs if other in services.catalog.metrics))
        raise QuestionError(f"{_label(asked.metric, services)} has one basis only.{f' Two are held for {held}.' if held else ''}")
    own, *also, other = await desk.ask_all(_queries(asked, name, pair, desk))
    left, right = fact_at(own, name), fact_at(other, pair["right"]["metric"])
    if left is None or right is None or left.value is None or right.value is None:
        raise QuestionError(f"One of the two bases has no figure in this period. {ADVICE[asked.against]}")
    rows = _bridge(name, pair, own, other, left, right)
    title = f"{left.label}: {left.basis} against {right.basis}"
    behind = [ledger for ledger in await desk.try_all(_records(asked, pair)) if ledger is not None]
    table = rows.table(NAME, _request(asked, behind), title, ("Amount",), as_period(asked.period, scope))
    return ToolResult(together(scope.turn, [own, *also, other, *behind], [rows], [table]), f"{left.basis} against {right.basis}")


def _request(asked: Reconcile, behind: list[Ledger]) -> str:
    """Return the call with those of the lists behind its lines, which the validator holds them to."""
    lists = [json.loads(only_table(ledger).request) for ledger in behind]
    return json.dumps({**asked.model_dump(mode="json"), LISTS: lists})


def _label(metric: str, services: Services) -> str:
    info = services.catalog.metrics.get(metric)
    return info.label if info is not None else repr(metric)


def _queries(asked: Reconcile, name: str, pair: dict[str, Any], desk: Desk) -> list[MetricQuery]:
    """Return the queries: the own basis with what leads to the other, the asked rate of it if it is one, and the other basis."""
    own = tuple(dict.fromkeys((name, *pair.get("figures", {}).values(), *pair.get("memo", ()))))
    asking = [MetricQuery(metrics=own, period=asked.period, filters=asked.filters)]
    if asked.metric != name and asked.metric in desk.services.catalog.metrics:
        asking.append(MetricQuery(metrics=(asked.metric,), period=asked.period, filters=asked.filters))
    conditions = filters_of(pair["right"].get("where", {}), asked.filters)
    others = tuple(dict.fromkeys((pair["right"]["metric"], *pair.get("beside", {}).values())))
    return [*asking, MetricQuery(metrics=others, period=asked.period, filters=conditions)]


def _bridge(name: str, pair: dict[str, Any], own: Ledger, other: Ledger, left: Fact, right: Fact) -> Rows:
    """Return the rows from one basis to the other: the lines, what they leave, and figures for reference."""
    sources = [(own, pair.get("figures", {})), (other, pair.get("beside", {}))]
    figures = {alias: fact for ledger, named in sources for alias, metric in named.items() if (fact := fact_at(ledger, metric)) is not None}
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
    """Return the queries of the records behind the lines, the largest first; of figures `beside` the other basis those that moved it."""
    found = []
    for item in pair.get("records", ()):
        metrics = tuple(item["metrics"])
        order = OrderBy(by=metrics[0], direction=item.get("order", "desc"))
        filters = filters_of(pair["right"].get("where", {}), asked.filters) if "beside" in pair else asked.filters
        conditions = (*filters, Filter(dimension=metrics[0], op="gt", values=("0",))) if "beside" in pair else filters
        found.append(
            MetricQuery(metrics=metrics, period=asked.period, filters=conditions, group_by=(item["by"],), order_by=order, limit=RECORDS)
        )
    return found


def _line(text: str, named: dict[str, Fact], label: str, left: Fact, metric: str) -> Fact:
    return express(text, named, left.unit, label=label, metric=metric, slice=((BY_METRIC, label),), period=left.period)


TOOL = Tool(name=NAME, description=" ".join((Reconcile.__doc__ or "").split()), arguments=Reconcile, run=_run, senior=True)
