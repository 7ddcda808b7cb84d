"""`explain_change`: what a figure's change is made of, exactly: a bridge of drivers, then the groups behind it by dimension."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, ResultTable, Unit
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import difference, express
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import Span
from vendora_graph.tools.senior.decompose import residual_text
from vendora_graph.tools.senior.drill import drill_down, kind_of
from vendora_graph.tools.senior.gather import BY_DRIVER, Desk, Rows, fact_at, knowledge, of, together
from vendora_graph.tools.senior.sides import Fetched, Sides, fetch
from vendora_graph.tools.senior.to_target import explain_target

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

NAME = "explain_change"
RESIDUAL = "Residual"
ENDS = ("Now", "Before", "Change")


class ExplainChange(Contract):
    """Take the change of one metric between two periods apart, exactly.

    First a bridge of drivers (volume, price over cost, recon, hours per repair order ...) that adds up to the change with the residual
    shown, then the groups of the dimensions that carry it, with how much of it is their own rate and how much is mix. With `other_filters`
    one selection is set against another of the same period (store against store); with `against` "target" the figure against its budget.
    Only figures of these tables support words of cause.
    """

    metric: str
    period: Span
    compare: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)
    other_filters: tuple[Filter, ...] | None = Field(default=None, max_length=8, description="The other side, same period.")
    against: Literal["period", "target"] = "period"
    by: tuple[str, ...] = Field(default=(), max_length=4, description="Dimensions to drill into; chosen by the metric when empty.")
    most: int = Field(default=4, ge=0, le=4, description="How many dimensions to drill into.")

    @property
    def sides(self) -> Sides:
        """Return what is set against what."""
        return Sides(self.period, self.compare if self.other_filters is None else self.period, self.filters, self.other_filters)


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = ExplainChange.model_validate(arguments)
    if asked.metric not in services.catalog.metrics:
        raise QuestionError(f"There is no metric {asked.metric!r}. Look it up with find_metrics.")
    desk = Desk(services, scope)
    if asked.against == "target":
        return await explain_target(asked.metric, asked.period, asked.filters, asked.model_dump_json(), desk)
    request = asked.model_dump_json()
    base = Fetched()
    for query in asked.sides.queries((asked.metric,)):
        base.ledgers.append(await desk.ask(query))
    now, before = _ends(asked, base.ledgers)
    parts, bridge_rows, table = await _bridge(asked, now, before, request, desk)
    drilled = await drill_down(asked.metric, asked.sides, asked.by, asked.most, request, now, before, desk)
    base_rows = Rows()
    base_rows.add((), now, before, difference(now, before, label=f"Change in {now.label}"))
    ends = base_rows.table(NAME, request, now.label, ENDS, now.period, rank=9)
    tables = [t for t in (table, *drilled.tables, ends) if t is not None]
    words = " ".join(drilled.words)
    rows = [bridge_rows, *drilled.rows, base_rows]
    return ToolResult(together(scope.turn, [*base.ledgers, *parts, *drilled.ledgers], rows, tables), words)


def _ends(asked: ExplainChange, ledgers: list[Ledger]) -> tuple[Fact, Fact]:
    """Return the figure on both sides.

    Raises:
        QuestionError: One side has none.
    """
    now = fact_at(ledgers[0], asked.metric, days=of(asked.sides.period))
    before = fact_at(ledgers[-1], asked.metric, days=of(asked.sides.compare))
    if now is None or before is None or now.value is None or before.value is None:
        raise QuestionError("One of the two sides has no figure to compare. Ask query_metrics for what is held.")
    return now, before


async def _bridge(asked: ExplainChange, now: Fact, before: Fact, request: str, desk: Desk) -> tuple[list[Ledger], Rows, ResultTable | None]:
    """Return the base figures of the bridge, its rows and its table: each driver, the residual, the whole change."""
    entry = bridge_entry(asked.metric, desk)
    metrics = tuple(dict.fromkeys(entry["figures"].values()))
    if not _fits(metrics, asked.sides, desk):
        return [], Rows(), None
    found = await fetch(metrics, asked.sides, desk, only=entry.get("only", {}))
    if found is None:
        return [], Rows(), None
    whole = found.whole
    named = {alias + mark: whole[metric, mark] for alias, metric in entry["figures"].items() for mark in "10" if (metric, mark) in whole}
    rows, info = Rows(), desk.services.catalog.metrics[asked.metric]
    unit: Unit = "points" if info.unit == "rate" else info.unit
    steps = [
        express(
            step["text"], named, unit, label=step["driver"], metric=asked.metric, slice=_place(asked, step["driver"]), period=now.period
        )
        for step in entry["steps"]
    ]  # fmt: skip
    for fact in sorted(steps, key=lambda one: (-abs(one.value or Decimal(0)), one.label)):
        rows.add(((BY_DRIVER, fact.label),), fact)
    rows.add(((BY_DRIVER, RESIDUAL),), _residual(asked, now, before, steps))
    rows.add((), express("now - before", {"now": now, "before": before}, unit, label=f"Change in {info.label}", metric=asked.metric))
    table = rows.table(NAME, request, f"What moved {info.label}", ("Contribution",), now.period)
    return found.ledgers, rows, table


def _place(asked: ExplainChange, driver: str) -> tuple[tuple[str, str], ...]:
    fixed = {item.dimension: item.values[0] for item in asked.filters if item.op == "in" and len(item.values) == 1}
    return tuple(sorted({**fixed, BY_DRIVER: driver}.items()))


def _residual(asked: ExplainChange, now: Fact, before: Fact, steps: list[Fact]) -> Fact:
    names = [f"s{i}" for i in range(len(steps))]
    named = {"now": now, "before": before, **dict(zip(names, steps, strict=True))}
    text = residual_text("before", "now", names)
    unit = "points" if now.unit == "rate" else now.unit
    return express(text, named, unit, label=RESIDUAL, metric=asked.metric, slice=_place(asked, RESIDUAL), period=now.period)


def bridge_entry(metric: str, desk: Desk) -> dict[str, Any]:
    """Return the bridge of a metric: its own, or what its definition gives (numerator and denominator, or parts of its formula)."""
    known = knowledge("drivers")["bridges"].get(metric)
    if known is not None:
        return dict(known)
    info = desk.services.catalog.metrics[metric]
    kind, top, bottom = kind_of(metric, desk)
    if kind == "ratio" and bottom is not None:
        labels = [desk.services.catalog.metrics[m].label for m in (top, bottom)]
        steps = [
            {"driver": labels[0], "text": "(n1 - n0) / m0"},
            {"driver": labels[1], "text": "n1 / m1 - n1 / m0"},
        ]
        return {"figures": {"n": top, "m": bottom}, "steps": steps}
    return {"figures": {"x": info.name}, "steps": []} if bottom is None else _volume_steps(top, bottom, desk)


def _volume_steps(top: str, bottom: str, desk: Desk) -> dict[str, Any]:
    labels = [desk.services.catalog.metrics[m].label for m in (top, bottom)]
    steps = [
        {"driver": labels[1], "text": "n0 * (m1 - m0) / m0"},
        {"driver": f"{labels[0]} per unit", "text": "n1 - n0 * m1 / m0"},
    ]
    return {"figures": {"n": top, "m": bottom}, "steps": steps}


def _fits(metrics: tuple[str, ...], sides: Sides, desk: Desk) -> bool:
    """A bridge is drawn where every figure of it can be cut as the question cuts."""
    catalog = desk.services.catalog
    return all(m in catalog.metrics and sides.dimensions <= set(catalog.metrics[m].dimensions) for m in metrics)


TOOL = Tool(name=NAME, description=" ".join((ExplainChange.__doc__ or "").split()), arguments=ExplainChange, run=_run, senior=True)
