"""Laws over the whole vocabulary: limits, orders, comparisons and frames around every measure's name say the same of each."""

from __future__ import annotations

from functools import cache

import pytest

from tests.offline.conftest import context
from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline.reader import Reader

SHOWN_BY = ("salesperson", "advisor", "lender", "model", "store")
JUDGED = {"surveys_sales", "surveys_service", "reviews", "leads", "leads_internet", "ups", "appts"}
"""Counts of what people are judged by: `best` and `worst` rank them by how well it went, which is said."""
OCTOBER, SEPTEMBER = ("2026-10-01", "2026-10-31"), ("2026-09-01", "2026-09-30")
LIMITS = {
    "which {names} had {measure} over {low} last month": "gt",
    "which {names} had {measure} under {low} last month": "lt",
    "which {names} had {measure} between {low} and {high} last month": "between",
}
ORDERS = {
    "top 3 {names} by {measure} last month": "desc",
    "{names} with the most {measure} last month": "desc",
    "which {name} had the lowest {measure} last month": "asc",
}
NUMBERS = {"rate": ("10%", "20%", ["0.1", "0.2"]), "usd": ("$5,000", "$9,000", ["5000", "9000"])}
PLAIN = ("110", "210", ["110", "210"])
AGES = {"avg_days_to_sale"}
"""Averages of a column that a number of days limits, each record by itself."""


def _read(reader: Reader, question: str) -> Reading:
    return reader.read(question, context(reader.lexicon, role="dealer_principal"))


@cache
def _sure(reader: Reader, question: str) -> Plan | None:
    """The plan of a question that is answered as it is; None where something is asked back or left unread."""
    reading = _read(reader, question)
    return reading.plan if reading.status == "plan" and not reading.unused else None


def _measures(reader: Reader) -> dict[str, str]:
    return {name: info.label.lower() for name, info in reader.lexicon.catalog.metrics.items() if not info.hidden}


def _family(reader: Reader, *names: str) -> set[str]:
    """Measures with the ones that stand in for them where they are cut by a dimension."""
    known = reader.lexicon.catalog.metrics
    return {*names, *(other for name in names for _, other in known[name].variants)}


def _cuts(reader: Reader, every: int) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every so many of the pairs of a measure and a dimension it is shown by, with the measures its plain breakdown has."""
    catalog = reader.lexicon.catalog
    pairs = [(m, d) for d in SHOWN_BY for m in _measures(reader) if d in catalog.metrics[m].dimensions][::every]
    plans = {(m, d): _sure(reader, f"{_measures(reader)[m]} by {catalog.dimensions[d].label.lower()} last month") for m, d in pairs}
    return [(m, d, plan.metrics) for (m, d), plan in plans.items() if plan is not None and plan.group_by]


def _words(reader: Reader, dimension: str) -> tuple[str, str]:
    info = reader.lexicon.catalog.dimensions[dimension]
    return info.label.lower(), (info.plural or f"{info.label}s").lower()


@pytest.mark.parametrize("frame", LIMITS)
def test_a_limit_holds_for_the_measure_beside_it(reader, frame):
    wrong, read = {}, 0
    for measure, dimension, own in _cuts(reader, 6):
        info = reader.lexicon.catalog.metrics[measure]
        low, high, values = NUMBERS.get(info.unit, PLAIN)
        question = frame.format(names=_words(reader, dimension)[1], measure=info.label.lower(), low=low, high=high)
        plan = _sure(reader, question)
        if plan is None or measure in AGES:
            continue
        read += 1
        said = [f for f in plan.filters if f.op not in {"in", "not_in"}]
        right = said and said[-1].dimension in _family(reader, measure, *own) and dimension in plan.group_by
        told = [(f.op, [float(v) for v in f.values]) for f in said]
        if not right or (LIMITS[frame], [float(v) for v in values][: len(said[-1].values)]) not in told:
            wrong[question] = told, plan.metrics
    assert wrong == {}
    assert read > 50


@pytest.mark.parametrize("frame", ORDERS)
def test_an_order_is_by_the_measure_named(reader, frame):
    wrong, read = {}, 0
    for measure, dimension, own in _cuts(reader, 6):
        name, names = _words(reader, dimension)
        question = frame.format(name=name, names=names, measure=_measures(reader)[measure])
        plan = _sure(reader, question)
        if plan is None:
            continue
        read += 1
        order = plan.ranking
        kept = order is not None and order.by in _family(reader, measure, *own) and order.direction == ORDERS[frame]
        if not kept or dimension not in plan.group_by or ("3" in frame) != (order.limit == 3):
            wrong[question] = plan.group_by, order
    assert wrong == {}
    assert read > 50


@pytest.mark.parametrize("word", ["best", "worst"])
def test_best_and_worst_follow_the_good_side(reader, word):
    known, read = reader.lexicon.catalog.metrics, 0
    for measure, dimension, own in _cuts(reader, 8):
        info = known[measure]
        plan = _sure(reader, f"{word} {_words(reader, dimension)[1]} by {info.label.lower()} last month")
        if plan is None or info.good not in {"up", "down"} or measure in JUDGED:
            continue
        read += 1
        assert plan.ranking.by in _family(reader, measure, *own), (word, measure, dimension)
        assert plan.ranking.direction == ("desc" if (info.good == "up") == (word == "best") else "asc"), (word, measure, dimension)
    assert read > 20


@pytest.mark.parametrize(
    "frame",
    [
        "{measure} october vs september",
        "difference in {measure} between september and october",
    ],
)
def test_two_months_are_both_read(reader, frame):
    read = 0
    for name, label in _measures(reader).items():
        plan, alone = _sure(reader, frame.format(measure=label)), _sure(reader, label)
        if plan is None or plan.comparison is None or alone is None:
            continue
        read += 1
        days = [(str(p.start), str(p.end)) for p in (plan.period, plan.comparison.period)]
        assert plan.metrics == alone.metrics, name
        assert days[0] in {OCTOBER, (OCTOBER[1], OCTOBER[1])}, name
        assert days[1] in {SEPTEMBER, (SEPTEMBER[1], SEPTEMBER[1])}, name
    assert read > len(_measures(reader)) / 2


@pytest.mark.parametrize(
    ("frame", "intent"),
    [
        ("why did {measure} drop last month", "explain"),
        ("is {measure} up or down", "compare"),
        ("trend of {measure} last 6 months", "trend"),
        ("anything unusual in {measure} last month", "anomalies"),
    ],
)
def test_a_frame_keeps_the_measure_and_has_its_intent(reader, frame, intent):
    wrong, read = {}, 0
    for name, label in _measures(reader).items():
        plan, alone = _sure(reader, frame.format(measure=label)), _sure(reader, label)
        if plan is None or alone is None:
            continue
        read += 1
        if plan.intent != intent or not set(alone.metrics) <= set(plan.metrics):
            wrong[name] = plan.intent, plan.metrics
    assert wrong == {}
    assert read > len(_measures(reader)) / 2


def test_an_average_month_of_a_count_is_no_rate(reader):
    known = reader.lexicon.catalog.metrics
    counts = {name: label for name, label in _measures(reader).items() if known[name].unit in {"units", "count"}}
    plans = {name: _read(reader, f"average monthly {label} this year").plan for name, label in counts.items()}
    rates = {name: plan.metrics for name, plan in plans.items() if plan is not None and any(known[m].unit == "rate" for m in plan.metrics)}
    assert rates == {}
    assert len(counts) > 20
