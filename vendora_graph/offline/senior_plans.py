"""Plans of the senior analyst: which tools a complex question needs. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from vendora_graph import yaml_text
from vendora_graph.contracts import Period
from vendora_graph.offline.asked import STORE, Asked, Call, span
from vendora_graph.offline.before import previous_period, same_last_year
from vendora_graph.offline.explanations import explain_calls
from vendora_graph.offline.oddities import anomaly_calls
from vendora_graph.offline.projections import forecast_calls, pace_calls
from vendora_graph.offline.reconciling import reconcile_calls
from vendora_graph.offline.results import Done
from vendora_graph.offline.scenarios import scenario_calls
from vendora_graph.semantic.catalog import MetricInfo

WHOLE = "The store"
COMPARED_WITH_BENCHMARKS = 20
MANY = 3
"""Departments from which a question is about the whole store."""
FIND = "find_anomalies"
BENCHMARK = "Benchmark"


@cache
def knowledge() -> Mapping[str, Any]:
    """Return what a scorecard holds and which gaps are worth money."""
    text = files("vendora_graph.tools.senior").joinpath("scorecard.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml_text.load(text)
    return loaded


def senior_calls(asked: Asked, done: Done) -> tuple[Call, ...] | None:
    """Return the calls of a complex question, or None when it is answered like a standard one; causes are asked for in a second round."""
    plan = asked.plan
    if plan.period is None:
        return None
    if plan.intent in _BY_INTENT:
        return _BY_INTENT[plan.intent](asked) or None
    if plan.intent == "scorecard" and any(item.dimension != STORE for item in plan.filters):
        return None  # of one person or model: its own figures beside their past, not the store's departments
    return _views(asked, plan.period, done)


def _views(asked: Asked, period: Period, done: Done) -> tuple[Call, ...] | None:
    """Return the calls of a view over several figures: against target, of the whole store, or against benchmarks."""
    plan = asked.plan
    if plan.intent == "scorecard" and plan.comparison is not None and plan.comparison.kind == "target" and not period.complete:
        return pace_calls(asked) or None
    if plan.intent in ("scorecard", "recommend", "report"):
        return _whole_view(asked, period, done)
    if plan.intent == "benchmark":
        return (*_asked_for(asked, period), *_benchmarks(asked, period))
    return None


def _whole_view(asked: Asked, period: Period, done: Done) -> tuple[Call, ...]:
    """Return scorecards and gaps, what is out of line where the plan asks for it, and the cause of the worst gap once it is known."""
    marks = _benchmarks(asked, period)
    first = (*_scorecards(asked, period), *marks)
    if FIND not in asked.plan.steps:
        return first
    ungrouped = asked.plan.model_copy(update={"group_by": ()})
    whole = replace(asked, reading=asked.reading.model_copy(update={"plan": ungrouped}))
    return (*first, *anomaly_calls(whole, _watched(asked)), *_causes(whole, marks, done))


_BY_INTENT: Mapping[str, Callable[[Asked], tuple[Call, ...]]] = {
    "explain": explain_calls,
    "pace": pace_calls,
    "forecast": forecast_calls,
    "what_if": scenario_calls,
    "anomalies": anomaly_calls,
    "reconcile": reconcile_calls,
}


def _watched(asked: Asked) -> tuple[str, ...]:
    """Return the metrics looked at for what is out of line: those of the question, else one a department."""
    parts = _departments(asked)
    watched = [m for m in knowledge()["watched"] if m in asked.catalog.metrics and asked.catalog.metrics[m].department in parts]
    usual = [d["metrics"][0] for d in parts.values()] + watched
    return tuple(dict.fromkeys(m for m in (*asked.plan.metrics, *usual) if m in asked.catalog.metrics))[:12]


def _causes(asked: Asked, marks: tuple[Call, ...], done: Done) -> tuple[Call, ...]:
    """Return the decomposition of the gap that costs most, once the gaps are known."""
    result = done.results.get(marks[0].id) if marks else None
    if result is None or result.error:
        return ()
    worst: tuple[Decimal, str] | None = None
    for table in result.tables:
        for row in table.rows if table.tool == "compare_to_benchmark" and BENCHMARK in table.columns else ():
            own, _, gap, money = row.cells
            if own is None or gap is None or money is None or not gap.value or not money.value:
                continue
            good = asked.catalog.metrics[own.metric].good
            loses = gap.value < 0 if good == "up" else gap.value > 0
            if loses and (worst is None or abs(money.value) > worst[0]):
                worst = (abs(money.value), own.metric)
    return explain_calls(asked, (worst[1],), most=1) if worst is not None else ()


def _departments(asked: Asked) -> dict[str, Any]:
    """Return the departments to show, by name: the one asked about, those of the figures named, or all where these are of many."""
    known = {str(d["department"]): d for d in knowledge()["departments"]}
    named = {info.department for name in asked.plan.metrics if (info := asked.catalog.metrics.get(name)) is not None}
    if asked.plan.topic in known:
        named = {str(asked.plan.topic)}
    shown = {name: card for name, card in known.items() if name in named}
    return known if len(named) >= MANY or not shown else shown


def _other_side(asked: Asked) -> set[str]:
    """Return the figures of new vehicles where only used ones are asked about, and the other way round."""
    sides = {name: set(metrics) for name, metrics in knowledge()["sides"].items()}
    mine = [name for name, metrics in sides.items() if set(asked.plan.metrics) <= metrics]
    return {m for name, metrics in sides.items() if mine and name not in mine for m in metrics}


def _scorecards(asked: Asked, period: Period) -> tuple[Call, ...]:
    calls = []
    covered: set[str] = set()
    other = _other_side(asked)
    departments = [(d["name"], tuple(m for m in d["metrics"] if m not in other), name) for name, d in _departments(asked).items()]
    for _, metrics, _ in departments:
        covered.update(metrics)
    rest = tuple(m for m in asked.plan.metrics if m not in covered)
    for name, metrics, department in ((WHOLE, rest, "sales"), *departments):
        known = [m for m in metrics if m in asked.catalog.metrics]
        kind = "service" if department in ("service", "parts") else "sales"
        before = previous_period(period, asked.calendar, kind)
        if not known or before is None:
            continue
        year = same_last_year(period, asked.calendar, kind)
        spans = {"period": span(period), "previous": span(before), "last_year": span(year)}
        calls.append(Call("scorecard", {"title": name, "metrics": known, **spans, **_where(asked)}))
    return tuple(calls)


def _asked_for(asked: Asked, period: Period) -> tuple[Call, ...]:
    """What was named in the question is shown, whether a benchmark exists for it or not."""
    before = previous_period(period, asked.calendar, "sales")
    known = [m for m in asked.plan.metrics if m in asked.catalog.metrics]
    if before is None or not known:
        return ()
    year = same_last_year(period, asked.calendar, "sales")
    args = {"title": WHOLE, "metrics": known, "period": span(period), "previous": span(before), "last_year": span(year), **_where(asked)}
    return (Call("scorecard", args),)


def _benchmarks(asked: Asked, period: Period) -> tuple[Call, ...]:
    """Return the comparison: of named figures these, or what stands for them; of a whole view what is worth money besides."""
    wanted = [m for name in asked.plan.metrics for m in _standing_for(name, asked)]
    parts, metrics = _departments(asked), asked.catalog.metrics
    other = _other_side(asked)
    gaps = [m for m in knowledge()["gaps"] if m in metrics and metrics[m].department in parts and m not in other]
    usual = [] if asked.plan.intent == "benchmark" and wanted else gaps
    names = list(dict.fromkeys(m for m in (*wanted, *usual) if _comparable(asked.catalog.metrics.get(m))))[:COMPARED_WITH_BENCHMARKS]
    if not names:  # their own past and target stand in for benchmarks
        names = [m for m in asked.plan.metrics if m in asked.catalog.metrics]
    return (Call("compare_to_benchmark", {"metrics": names, "period": span(period), **_where(asked)}),) if names else ()


def _where(asked: Asked) -> dict[str, Any]:
    return {"filters": [item.model_dump(mode="json") for item in asked.plan.filters]} if asked.plan.filters else {}


def _standing_for(name: str, asked: Asked) -> tuple[str, ...]:
    """Return a rate itself; for a sum, which depends on the size of a store, the rates that are published for it."""
    if _comparable(asked.catalog.metrics.get(name)):
        return (name,)
    return tuple(knowledge()["stands_for"].get(name, ()))


def _comparable(info: MetricInfo | None) -> bool:
    return info is not None and bool(info.benchmarks) and info.additivity in ("ratio", "average", "median")
