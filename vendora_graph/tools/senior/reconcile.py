"""`reconcile`: two bases of the same number, with the lines that lead from one to the other and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import express
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_at, filters_of, knowledge, together

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "reconcile"


class Reconcile(Contract):
    """Reconcile a figure with its other basis: deal recap against ledger, booked against delivered, unique leads against lead records. Gives
    both figures, the lines between them and what is left unexplained.
    """

    metric: str
    period: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)


async def _run(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = Reconcile.model_validate(arguments)
    known = knowledge("reconciliations")
    name = known["synonyms"].get(asked.metric, asked.metric)
    pair = known["pairs"].get(name)
    if pair is None:
        raise QuestionError(f"{asked.metric!r} has one basis only. Two are held for {', '.join(sorted(known['pairs']))}.")
    desk, rows = Desk(services, scope), Rows()
    own = tuple(dict.fromkeys((name, *pair.get("figures", {}).values(), *pair.get("memo", ()))))
    asking = [MetricQuery(metrics=own, period=asked.period, filters=asked.filters)]
    if asked.metric != name and asked.metric in services.catalog.metrics:
        asking.append(MetricQuery(metrics=(asked.metric,), period=asked.period, filters=asked.filters))
    conditions = filters_of(pair["right"].get("where", {}), asked.filters)
    asking.append(MetricQuery(metrics=(pair["right"]["metric"],), period=asked.period, filters=conditions))
    ledgers = await desk.ask_all(asking)
    left, right = fact_at(ledgers[0], name), fact_at(ledgers[-1], pair["right"]["metric"])
    if left is None or right is None or left.value is None or right.value is None:
        raise QuestionError("One of the two bases has no figure in this period. Ask for a period both cover.")
    figures = {alias: fact for alias, metric in pair.get("figures", {}).items() if (fact := fact_at(ledgers[0], metric)) is not None}
    lines = [_line(item["text"], figures, item["name"], left, name) for item in pair.get("lines", ())]
    rows.add(((BY_METRIC, left.label),), left)
    for fact in lines:
        rows.add(((BY_METRIC, fact.label),), fact)
    named = {"l": left, "r": right, **{f"x{i}": fact for i, fact in enumerate(lines)}}
    rest = " ".join(["r - l", *(f"- x{i}" for i in range(len(lines)))])
    remainder = _line(rest, named, pair["remainder"], left, name)
    rows.add(((BY_METRIC, remainder.label),), remainder)
    rows.add(((BY_METRIC, right.label),), right)
    for metric in pair.get("memo", ()):
        memo = fact_at(ledgers[0], metric)
        if memo is not None:
            rows.add(((BY_METRIC, memo.label),), memo)
    title = f"{left.label}: {left.basis} against {right.basis}"
    table = rows.table(NAME, asked.model_dump_json(), title, ("Amount",), as_period(asked.period, scope))
    return ToolResult(together(scope.turn, ledgers, [rows], [table]), f"{left.basis} against {right.basis}")


def _line(text: str, named: dict[str, Fact], label: str, left: Fact, metric: str) -> Fact:
    return express(text, named, left.unit, label=label, metric=metric, slice=((BY_METRIC, label),), period=left.period)


TOOL = Tool(name=NAME, description=" ".join((Reconcile.__doc__ or "").split()), arguments=Reconcile, run=_run, senior=True)
