# ruff: noqa: E501, E731 - one metric a line reads as a table, laws are expressions
"""A dealership small enough to count by hand: rows made by arithmetic, figures made by plain Python.

`ask` answers like the metric tool: facts with a second path (the days summed up again), a table, statements.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Any

from vendora_graph.contracts import Fact, Ledger, MetricRules, Period, QueryRecord, ResultTable, Second, ValidationPolicy
from vendora_graph.evidence.arithmetic import change, difference
from vendora_graph.evidence.ledger import make_fact

AS_OF = date(2026, 11, 13)
THROUGH = date(2026, 11, 12)
FIRST = date(2025, 8, 1)
PEOPLE = ("Ana Ruiz", "Bo Lindqvist", "Carla Mensah", "Deshawn Price", "Eli Novak")
MODELS = ("Accord", "Civic", "Pilot", "CR-V")
SOURCES = ("website", "walk_in", "third_party")
STORES = ("North", "South")


@dataclass(frozen=True)
class Deal:
    """One retail deal."""

    day: date
    salesperson: str
    model: str
    vehicle_class: str
    store: str
    front: Decimal
    back: Decimal
    financed: int


@dataclass(frozen=True)
class Lead:
    """One sales lead."""

    day: date
    lead_source: str
    salesperson: str
    sold: int
    minutes: int


@lru_cache(maxsize=1)
def deals() -> tuple[Deal, ...]:
    out, state = [], 7
    day = FIRST
    while day <= THROUGH:
        for slot in range(2 + day.toordinal() % 3 if day.weekday() < 6 else 0):
            state = (state * 1103515245 + 12345) % 2**31
            roll = state >> 8
            used = roll % 5 < 3
            out.append(
                Deal(
                    day=day,
                    salesperson=PEOPLE[min((roll // 5) % 7, 6) % 5],
                    model=MODELS[(roll // 35) % 4],
                    vehicle_class="used" if used else "new",
                    store=STORES[(roll // 140) % 3 % 2],
                    front=Decimal(roll % 3200 - 400) + Decimal(slot) / 4 + (400 if used else 0),
                    back=Decimal((roll // 3) % 2600) + Decimal(day.month) * 10,
                    financed=int(roll % 100 < 82),
                )
            )
        day += timedelta(days=1)
    return tuple(out)


@lru_cache(maxsize=1)
def leads() -> tuple[Lead, ...]:
    out, state = [], 99
    day = FIRST
    while day <= THROUGH:
        for _ in range(6 + day.toordinal() % 5):
            state = (state * 1103515245 + 12345) % 2**31
            roll = state >> 8
            out.append(Lead(day, SOURCES[roll % 7 % 3], PEOPLE[(roll // 7) % 5], int(roll % 100 < 13 + day.month), roll % 240))
        day += timedelta(days=1)
    return tuple(out)


def stock(day: date) -> list[tuple[str, str, int]]:
    """Return the units on the lot on a day: class, model, age in days."""
    count = 90 + day.toordinal() % 17
    return [(("used", "new")[i % 2], MODELS[i % 4], (i * 37 + day.toordinal()) % 140) for i in range(count)]


Rows = Sequence[Any]
Law = Callable[[Rows], Decimal | None]


def _over(top: Decimal, below: Decimal) -> Decimal | None:
    return None if below == 0 else top / below


def _sum(rows: Rows, read: Callable[[Any], Decimal]) -> Decimal:
    return sum((read(row) for row in rows), Decimal(0))


@dataclass(frozen=True)
class Metric:
    """A metric of this world: how its rows are read and what the checks know of it."""

    name: str
    label: str
    source: str
    law: Law
    rules: MetricRules
    again: Law | None = None
    formula: str | None = None


def _m(name: str, label: str, source: str, law: Law, again: Law | None = None, formula: str | None = None, **rules: Any) -> Metric:
    return Metric(name, label, source, law, MetricRules(label=label, **rules), again, formula)


def _by_day(law: Law) -> Law:
    """Sum the law over days: the second path of what adds up."""

    def again(rows: Rows) -> Decimal | None:
        days: dict[date, list[Any]] = {}
        for row in rows:
            days.setdefault(row.day, []).append(row)
        return sum((law(part) or Decimal(0) for part in days.values()), Decimal(0))

    return again


def _class_count(rows: Rows, wanted: str) -> Decimal:
    return Decimal(sum(row.vehicle_class == wanted for row in rows))


_units: Law = lambda rows: Decimal(len(rows))
_front: Law = lambda rows: _sum(rows, lambda r: r.front)
_back: Law = lambda rows: _sum(rows, lambda r: r.back)
_total: Law = lambda rows: _sum(rows, lambda r: r.front + r.back)
_financed: Law = lambda rows: Decimal(sum(r.financed for r in rows))
_leads: Law = lambda rows: Decimal(len(rows))
_sold: Law = lambda rows: Decimal(sum(r.sold for r in rows))


def _ratio(top: Law, below: Law) -> tuple[Law, Law]:
    plain: Law = lambda rows: _over(top(rows) or Decimal(0), below(rows) or Decimal(0))
    again: Law = lambda rows: _over(_by_day(top)(rows) or Decimal(0), _by_day(below)(rows) or Decimal(0))
    return plain, again


def _ratio_metric(name: str, label: str, source: str, top: Law, below: Law, **rules: Any) -> Metric:
    plain, again = _ratio(top, below)
    return _m(name, label, source, plain, again, "top / below", additivity="ratio", **rules)


D = Decimal
METRICS = {
    metric.name: metric
    for metric in (
        _m("units_retail", "Retail units", "deals", _units, unit="units", good="up", family="units", synonyms=("units", "cars out", "retail sales"), low=D(0), high=D(400)),
        _m("units_new", "New units", "deals", lambda r: _class_count(r, "new"), unit="units", good="up", family="units", synonyms=("new cars",), low=D(0), high=D(300)),
        _m("units_used", "Used units", "deals", lambda r: _class_count(r, "used"), unit="units", good="up", family="units", synonyms=("used cars", "pre-owned"), low=D(0), high=D(300)),
        _m("front_gross", "Front gross", "deals", _front, unit="usd", good="up", family="gross", synonyms=("front end",)),
        _m("back_gross", "F&I gross", "deals", _back, unit="usd", good="up", family="gross", synonyms=("back end", "back gross")),
        _m("total_gross", "Total gross", "deals", _total, unit="usd", good="up", family="gross", synonyms=("gross",)),
        _ratio_metric("front_pvr", "Front gross per unit", "deals", _front, _units, unit="usd_per_unit", good="up", family="pvr", synonyms=("front PVR",), low=D(-500), high=D(5000), min_n=5),
        _ratio_metric("back_pvr", "F&I gross per unit", "deals", _back, _units, unit="usd_per_unit", good="up", family="pvr", synonyms=("F&I PVR", "PVR"), low=D(0), high=D(4000), min_n=5),
        _ratio_metric("total_pvr", "Total gross per unit", "deals", _total, _units, unit="usd_per_unit", good="up", family="pvr", synonyms=("total PVR",), low=D(0), high=D(8000), min_n=5),
        _ratio_metric("finance_rate", "Finance penetration", "deals", _financed, _units, unit="rate", good="up", family="fi", low=D(0), high=D(1), min_n=5),
        _m("leads", "Sales leads", "leads", _leads, unit="count", good="up", family="leads", synonyms=("leads",)),
        _ratio_metric("closing_rate", "Closing rate", "leads", _sold, _leads, unit="rate", good="up", family="leads", synonyms=("close rate",), low=D(0), high=D(1), min_n=20),
        _m("response_median", "Median response time", "leads", lambda r: D(str(median(x.minutes for x in r))) if r else None, lambda r: D(str(median(sorted((x.minutes for x in r), reverse=True)))) if r else None, unit="minutes", good="down", family="leads", additivity="median", low=D(0), high=D(1440)),
        _m("inventory_units", "Units in stock", "stock", lambda r: D(len(r)), unit="units", good="band", family="inventory", additivity="semi_additive", synonyms=("inventory", "stock")),
        _m("aged_units", "Units over 60 days", "stock", lambda r: D(sum(age > 60 for _, _, age in r)), unit="units", good="down", family="inventory", additivity="semi_additive", synonyms=("aged units",)),
        _m("net_profit", "Net profit", "deals", lambda r: _total(r) - 1000 * len(r) if r else None, unit="usd", good="up", family="pl", ledger_month=True, access="store_pl"),
        _ratio_metric("labor_rate", "Effective labor rate", "leads", lambda r: _sum(r, lambda x: D(x.minutes)) * 2, _leads, unit="usd_per_hour", good="up", family="service", synonyms=("ELR",), low=D(0), high=D(600)),
    )
}  # fmt: skip
DIMENSIONS = {"salesperson": "Salesperson", "model": "Model", "vehicle_class": "Class", "store": "Store", "lead_source": "Lead source"}


def policy(**changes: Any) -> ValidationPolicy:
    """Return the policy of a general manager's question on the day of this world."""
    info = {name: metric.rules.model_copy(update={"basis": "booked date"}) for name, metric in METRICS.items()}
    base: dict[str, Any] = {"as_of": AS_OF, "data_through": THROUGH, "metric_info": info, "dimension_labels": DIMENSIONS}
    return ValidationPolicy(**{**base, **changes})


def period(start: date, end: date, label: str, **more: Any) -> Period:
    return Period(start=start, end=end, label=label, **more)


def month(year: int, number: int, until: int | None = None) -> Period:
    """Return a calendar month, or its first days when it is still running."""
    start = date(year, number, 1)
    end = date(year + number // 12, number % 12 + 1, 1) - timedelta(days=1)
    if until is None:
        return Period(start=start, end=end, label=f"{start:%B %Y}", grain="month")
    cut = start.replace(day=until)
    return Period(start=start, end=cut, label=f"{start:%B} 1-{until}, {year}", grain="month", complete=False, full_end=end)


@dataclass(frozen=True)
class Request:
    """A call of the metric tool."""

    metrics: tuple[str, ...]
    period: Period
    group_by: tuple[str, ...] = ()
    grain: str | None = None
    filters: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    compare: Period | None = None
    order_by: tuple[str, str] | None = None
    limit: int | None = None
    total: bool = False

    def canonical(self) -> str:
        body = {
            "metrics": list(self.metrics),
            "group_by": list(self.group_by),
            "grain": self.grain,
            "filters": [{"dimension": d, "op": op, "values": list(v)} for d, op, v in self.filters],
            "period": _span(self.period),
            "compare": _span(self.compare) if self.compare else None,
            "order_by": {"by": self.order_by[0], "direction": self.order_by[1]} if self.order_by else None,
            "limit": self.limit,
            "total": self.total,
        }
        return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _span(one: Period) -> dict[str, str]:
    return {"start": one.start.isoformat(), "end": one.end.isoformat()}


def _rows(metric: Metric, days: Period) -> Rows:
    if metric.source == "stock":
        return stock(days.end)
    rows: Iterable[Any] = deals() if metric.source == "deals" else leads()
    return [row for row in rows if days.start <= row.day <= days.end]


def _read(row: Any, dimension: str) -> str:
    if isinstance(row, tuple):
        return str(row[{"vehicle_class": 0, "model": 1}[dimension]])
    return str(getattr(row, dimension))


def _kept(rows: Rows, filters: Sequence[tuple[str, str, tuple[str, ...]]]) -> Rows:
    for dimension, op, values in filters:
        rows = [row for row in rows if (_read(row, dimension) in values) == (op == "in")]
    return rows


@dataclass
class Result:
    """What a call gave, on its way into a ledger."""

    table: ResultTable
    facts: dict[str, Fact] = field(default_factory=dict)

    def ledger(self, turn: int = 1) -> Ledger:
        record = QueryRecord(id=f"q{self.table.id}", sql="SELECT 1", dialect="duckdb", rows=len(self.table.keys))
        return Ledger(turn=turn, facts=self.facts, tables={self.table.id: self.table}, queries={record.id: record})


def ask(identity: str, request: Request) -> Result:
    """Return the result of one call."""
    result = Result(ResultTable(id=identity, tool="query_metrics", request=request.canonical()))
    keys: list[tuple[tuple[str, str], ...]] = []
    cells: list[tuple[str | None, ...]] = []
    places = _places(request)
    for place, days, other in places[: request.limit] if request.limit else places:
        row: list[str | None] = []
        for name in request.metrics:
            row += _cells(result, METRICS[name], request, place, days, other)
        keys.append(place)
        cells.append(tuple(row))
    if request.total:
        row = []
        for name in request.metrics:
            row += _cells(result, METRICS[name], request, (), request.period, request.compare)
        keys.append(())
        cells.append(tuple(row))
    result.table = result.table.model_copy(
        update={
            "columns": _columns(request),
            "keys": tuple(keys),
            "cells": tuple(cells),
            "period": request.period,
            "ordered": request.order_by is not None,
            "total_rows": len(places),
        }
    )
    return result


def _columns(request: Request) -> tuple[str, ...]:
    out: list[str] = []
    for name in request.metrics:
        label = METRICS[name].label
        out.append(label)
        if request.compare is not None:
            out += [f"{label}, {request.compare.label}", f"Change in {label}"]
            out += [] if METRICS[name].rules.unit == "rate" else [f"% change in {label}"]
    return tuple(out)


def _places(request: Request) -> list[tuple[tuple[tuple[str, str], ...], Period, Period | None]]:
    if request.grain == "month":
        return [((("month", f"{b.start:%Y-%m}"),), b, None) for b in _months(request.period)]
    if not request.group_by:
        return [((), request.period, request.compare)]
    first = METRICS[request.metrics[0]]
    seen = {tuple((d, _read(row, d)) for d in request.group_by) for row in _kept(_rows(first, request.period), request.filters)}
    ordered = sorted(seen)
    if request.order_by:
        metric, sign = METRICS[request.order_by[0]], -1 if request.order_by[1] == "desc" else 1
        ordered.sort(key=lambda place: sign * (_value(metric, request, place, request.period)[0] or Decimal(0)))
    return [(place, request.period, request.compare) for place in ordered]


def _months(days: Period) -> list[Period]:
    out, start = [], days.start
    while start <= days.end:
        end = min(date(start.year + start.month // 12, start.month % 12 + 1, 1) - timedelta(days=1), days.end)
        out.append(Period(start=start, end=end, label=f"{start:%Y-%m}", grain="month"))
        start = end + timedelta(days=1)
    return out


def _value(metric: Metric, request: Request, place: Sequence[tuple[str, str]], days: Period) -> tuple[Decimal | None, Decimal | None, int]:
    filters = [*request.filters, *((d, "in", (v,)) for d, v in place if d != "month")]
    rows = _kept(_rows(metric, days), filters)
    again = metric.again or (_by_day(metric.law) if metric.source != "stock" else metric.law)
    return metric.law(rows), again(rows), len(rows)


def _cells(result: Result, metric: Metric, request: Request, place: tuple[tuple[str, str], ...], days: Period, other: Period | None) -> list[str | None]:
    now = _fact(result, metric, request, place, days)
    if other is None:
        return [now.id]
    before = _fact(result, metric, request, place, other)
    made = [difference(now, before, label=f"Change in {metric.label}")]
    if metric.rules.unit != "rate":
        made.append(change(now, before, label=f"% change in {metric.label}"))
    result.facts.update({fact.id: fact for fact in made})
    return [now.id, before.id, *(fact.id for fact in made)]


def _fact(result: Result, metric: Metric, request: Request, place: tuple[tuple[str, str], ...], days: Period) -> Fact:
    value, again, n = _value(metric, request, place, days)
    fixed = {d: v[0] if op == "in" and len(v) == 1 else ("not " if op == "not_in" else "") + " or ".join(v) for d, op, v in request.filters}
    fact = make_fact(
        metric.name,
        value,
        metric.rules.unit,
        label=metric.label,
        slice=tuple({**fixed, **dict(place)}.items()),
        period=days,
        basis="booked date",
        query_id=f"q{result.table.id}",
        formula=metric.formula,
        second=Second(value=again, method="by day, summed again"),
        n=n,
    )
    result.facts[fact.id] = fact
    return fact
