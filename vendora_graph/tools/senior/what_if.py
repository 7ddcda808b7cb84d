"""`what_if`: what a change of one figure would bring, in closed form, with formula and assumptions. Never a forecast."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Filter, Ledger, Slice
from vendora_graph.errors import QuestionError
from vendora_graph.evidence.arithmetic import express
from vendora_graph.evidence.ledger import merge
from vendora_graph.offline.scenarios import LEVEL, RATE, SHARE
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import BY_METRIC, Desk, Rows, fact_in, knowledge, only_table, together
from vendora_graph.tools.senior.history import months_before
from vendora_graph.tools.senior.unit_choices import counted_only, each_query, each_rows

if TYPE_CHECKING:
    from vendora_graph.semantic.catalog import MetricInfo
    from vendora_graph.services import Scope, Services

NAME = "what_if"
MOST_RATE, MOST_SHARE = Decimal("0.5"), Decimal(1)
_SIZE = re.compile(r"([=+-])(\d+(?:\.\d+)?)")
_SCALES = (1, 100, 10_000)
"""A plain number, points, basis points."""
OWN = "own"
"""The alias of the changed metric's own figure, where a level or a part of it is asked for."""


class WhatIf(Contract):
    """Say what a change of one figure would bring, all else unchanged.

    Hours per repair order, closing ratio, gross per unit, labor rate, product penetration, units, floorplan rate, aged units retailed or
    wholesaled. The result is arithmetic over the period's own figures with its assumptions stated; never call it a forecast. `change` is
    in stored scale: 0.3 hours, 0.02 for two points, 100 dollars; `share` is a part of the figure itself instead ("10% more": 0.1), `to` the
    level instead of the change ("if it went to 1.8"). Give one of the three.
    """

    metric: str
    change: Decimal = Decimal(0)
    share: Decimal | None = Field(default=None, description="The change as a part of the figure itself: -0.1 is 10% less.")
    to: Decimal | None = Field(default=None, description="The level it would have, in stored scale; `change` is left out then.")
    period: Span
    filters: tuple[Filter, ...] = Field(default=(), max_length=8)
    by: str | None = Field(default=None, description="Compute it for each store, or another dimension every figure has.")
    also: tuple[str, ...] = Field(default=(), max_length=4, description="Other metrics of the question, shown as they are.")


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    asked = WhatIf.model_validate(arguments)
    _check_size(asked, scope)
    scenario = _scenario(asked, services)
    desk = Desk(services, scope)
    ledgers = await desk.ask_all(_queries(asked, scenario, desk))
    rows = Rows()
    if asked.by:
        main = next(item for item in scenario["results"] if item.get("main"))
        for place, named in _groups(ledgers, _aliases(asked, scenario), asked.by):
            rows.add(place, _result(main, named, asked, place))
        columns: tuple[str, ...] = (main["name"],)
    else:
        named = _figures(ledgers, _aliases(asked, scenario))
        for item in sorted(scenario["results"], key=lambda one: bool(one.get("main"))):
            own: Slice = ((BY_METRIC, item["name"]),)
            rows.add(own, _result(item, named, asked, own))
        columns = ("Result",)
    ordered = _sorted(rows) if asked.by else rows
    table = ordered.table(NAME, asked.model_dump_json(), "What it would bring", columns, as_period(asked.period, scope))
    ledger = together(scope.turn, ledgers, [rows], [table])
    if "each" in scenario and not asked.by:
        ledger = await _unit_by_unit(asked, scenario["each"], ledger, ledgers, scenario, desk)
    return ToolResult(ledger, " ".join(scenario["assumptions"]))


def _check_size(asked: WhatIf, scope: Scope) -> None:
    """The size of a scenario is the one the question names, in whatever scale: a model may choose no other."""
    plan = scope.reading.plan if scope.reading is not None else None
    said = _SIZE.match(plan.topic or "") if plan is not None and plan.intent == NAME else None
    if said is None:
        return
    part = SHARE in (plan.topic or "").split() if plan is not None else False
    size = next(size for size in (asked.to, asked.share, asked.change) if size is not None)
    kind = LEVEL if asked.to is not None else SHARE if asked.share is not None else ""
    known = {Decimal(f"{said[1].strip(LEVEL)}{said[2]}") / scale for scale in _SCALES}
    if kind != (SHARE if part else said[1].strip("+-")) or size not in known:
        raise QuestionError(f"The question names {said[0]}, and the scenario was asked for with another size. Use that of the question.")


def _scenario(asked: WhatIf, services: Services) -> dict[str, Any]:
    known = knowledge("scenarios")
    scenario: dict[str, Any] | None = known["scenarios"].get(known["synonyms"].get(asked.metric, asked.metric))
    if scenario is None:
        metrics = services.catalog.metrics
        labels = ", ".join(metrics[name].label for name in sorted(known["scenarios"]) if name in metrics)
        label = metrics[asked.metric].label if asked.metric in metrics else asked.metric
        raise QuestionError(f"There is no closed-form scenario for {label}.{f' There is one for {labels}.' if labels else ''}")
    if asked.to is not None:
        _check_level(asked, asked.to, scenario, services)
    elif not (asked.change or asked.share) and scenario["change"] != "none":
        raise QuestionError("The scenario needs the size of the change: say by how much.")
    if asked.share is not None or asked.to is not None:
        _check_own(asked, scenario, services)
    if asked.share is not None and scenario["change"] == RATE:
        return _of_amount(services.catalog.metrics[_own(asked)])
    if scenario["change"] == RATE and abs(asked.change) > MOST_RATE:
        raise QuestionError(f"A change of {asked.change} is no change of a rate: 0.02 is two points.")
    return scenario


def _check_own(asked: WhatIf, scenario: dict[str, Any], services: Services) -> None:
    """A level or a part of a figure is worked out of the figure itself."""
    if _own(asked) != asked.metric:
        own = services.catalog.metrics[_own(asked)].label
        raise QuestionError(f"A level or a percentage is worked out of {own} itself. Ask for that, or name the change in its own unit.")
    if asked.share is not None and scenario["change"] == "none":
        raise QuestionError("That scenario sets keeping against wholesaling; it works out no change by a percentage.")
    if asked.share is not None and abs(asked.share) > MOST_SHARE:
        raise QuestionError(f"A change by {asked.share} of the figure is too large for a scenario: 0.1 is 10%.")


def _check_level(asked: WhatIf, level: Decimal, scenario: dict[str, Any], services: Services) -> None:
    """A level can be held against the metric's own figure only where that is what changes."""
    info = services.catalog.metrics[_own(asked)]
    if scenario["change"] == "none" or (scenario["change"] == RATE) != (info.unit == "rate"):
        raise QuestionError(f"The scenario of {info.label} works out a change, not a level: say by how much.")
    if info.unit == "rate" and not 0 <= level <= 1:
        raise QuestionError(f"{level} is no level of a rate: 0.25 is 25%.")


def _of_amount(info: MetricInfo) -> dict[str, Any]:
    """Return the scenario of an amount that changes by a part of itself, where its own scenario is about a rate (floorplan interest)."""
    if info.unit == RATE:
        raise QuestionError(f"A change of {info.label} is named in points: 0.02 is two points.")
    result = {"name": f"Extra {info.label.lower()}", "unit": info.unit, "main": True, "text": "change"}
    return {"change": SHARE, "figures": {}, "results": [result], "assumptions": ["What it is a part of stays as it was."]}


def _own(asked: WhatIf) -> str:
    return str(knowledge("scenarios")["synonyms"].get(asked.metric, asked.metric))


def _aliases(asked: WhatIf, scenario: dict[str, Any]) -> dict[str, str]:
    """Return the scenario's figures by alias; where a level or a part of it is asked, the changed figure as well."""
    return {**scenario["figures"], **({OWN: _own(asked)} if asked.to is not None or asked.share is not None else {})}


async def _unit_by_unit(
    asked: WhatIf, each: dict[str, Any], ledger: Ledger, ledgers: list[Ledger], scenario: dict[str, Any], desk: Desk
) -> Ledger:
    """Return the ledger with the scenario record by record, for who may see the records' figures."""
    (found,) = await desk.try_all([each_query(each, asked.filters, asked.period)])
    found = counted_only(each, found) if found is not None else None
    if found is None or not only_table(found).keys:
        return ledger
    rows = each_rows(each, found, _figures(ledgers, scenario["figures"]), asked.metric)
    labels = [desk.services.catalog.metrics[each["figures"][alias]].label for alias in each["shown"]]
    columns = (each["name"], *labels)
    table = rows.table(NAME, asked.model_dump_json(), "Unit by unit", columns, as_period(asked.period, desk.scope), rank=1)
    return merge(ledger, together(desk.scope.turn, [found], [rows], [table]))


def _queries(asked: WhatIf, scenario: dict[str, Any], desk: Desk) -> list[MetricQuery]:
    """Return the queries of the scenario's figures: stocks on the last day, others over the period or the months before it."""
    catalog = desk.services.catalog
    figures = tuple(dict.fromkeys(_aliases(asked, scenario).values()))
    span = asked.period
    if "window_months" in scenario:
        months = months_before(asked.period.end, scenario["window_months"])
        span = Span(start=months[0].start, end=months[-1].end)
    group = (asked.by,) if asked.by else ()
    stocks = tuple(m for m in figures if catalog.metrics[m].snapshot)
    flows = tuple(m for m in figures if not catalog.metrics[m].snapshot)
    queries = [
        MetricQuery(metrics=metrics, period=over, filters=asked.filters, group_by=group)
        for metrics, over in ((stocks, asked.period), (flows, span))
        if metrics
    ]
    shown = tuple(m for m in dict.fromkeys((asked.metric, *asked.also)) if m in catalog.metrics)
    order = OrderBy(by=shown[0], direction="desc") if group and shown else None
    queries.append(MetricQuery(metrics=shown, period=asked.period, filters=asked.filters, group_by=group, order_by=order))
    return queries


def _figures(ledgers: list[Ledger], aliases: dict[str, str]) -> dict[str, Fact]:
    named: dict[str, Fact] = {}
    for ledger in ledgers:
        cells = only_table(ledger).cells
        for alias, metric in aliases.items():
            fact = fact_in(ledger, cells[-1], metric) if cells else None
            if fact is not None:
                named.setdefault(alias, fact)
    return named


def _groups(ledgers: list[Ledger], aliases: dict[str, str], by: str) -> list[tuple[Slice, dict[str, Fact]]]:
    found: dict[Slice, dict[str, Fact]] = {}
    for ledger in ledgers:
        table = only_table(ledger)
        for place, cells in zip(table.keys, table.cells, strict=True):
            for alias, metric in aliases.items():
                fact = fact_in(ledger, cells, metric)
                if fact is not None and by in dict(place):
                    found.setdefault(place, {}).setdefault(alias, fact)
    return sorted(found.items())


def _result(item: dict[str, Any], named: dict[str, Fact], asked: WhatIf, place: Slice) -> Fact | None:
    share = f"( {asked.share} * {OWN} )" if asked.share is not None else str(asked.change)
    change = share if asked.to is None else f"( {asked.to} - {OWN} )"
    own = named.get(OWN)
    if asked.share is not None and own is not None and own.value is not None and own.value < 0:
        raise QuestionError(f"{own.label} is below zero here: a percentage of it says no direction. Name the change in its own unit.")
    text = " ".join(change if word == "change" else word for word in item["text"].replace("(", "( ").replace(")", " )").split())
    try:
        return express(
            text, named, item["unit"], label=item["name"], metric=asked.metric, slice=place,
            basis="scenario, all else unchanged",
        )  # fmt: skip
    except KeyError as error:
        raise QuestionError(f"The scenario lacks {error}.") from error


def _sorted(rows: Rows) -> Rows:
    def size(cells: tuple[str | None, ...]) -> Decimal:
        fact = rows.facts[cells[0]] if cells[0] else None
        return fact.value if fact is not None and fact.value is not None else Decimal(0)

    pairs = sorted(zip(rows.keys, rows.cells, strict=True), key=lambda pair: (-size(pair[1]), pair[0]))
    return Rows([key for key, _ in pairs], [cells for _, cells in pairs], rows.facts)


TOOL = Tool(name=NAME, description=" ".join((WhatIf.__doc__ or "").split()), arguments=WhatIf, run=_run, senior=True)
