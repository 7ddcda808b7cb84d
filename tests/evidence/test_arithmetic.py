"""Derived figures: what code computes, what it refuses, and that it can do it again."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.evidence.world import month
from vendora_graph.contracts import Fact
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence.arithmetic import calculate, change, difference, operation_of, recompute
from vendora_graph.evidence.ledger import make_fact

OCT, SEP = month(2026, 10), month(2026, 9)


def fact(value: str | None, unit: str = "usd", **more) -> Fact:
    return make_fact(more.pop("metric", "gross"), None if value is None else Decimal(value), unit, label="Gross", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operation", "facts", "value", "unit"),
    [
        ("difference", (fact("5"), fact("8")), "-3", "usd"),
        ("difference", (fact("0.45", "rate"), fact("0.38", "rate")), "0.07", "points"),
        ("points", (fact("0.45", "rate"), fact("0.38", "rate")), "0.07", "points"),
        ("change", (fact("120"), fact("100")), "0.2", "rate"),
        ("change_pct", (fact("80"), fact("100")), "-0.2", "rate"),
        ("percent_change", (fact("80"), fact("0")), None, "rate"),
        ("change", (fact("80"), fact("-5")), None, "rate"),
        ("share", (fact("25"), fact("100")), "0.25", "rate"),
        ("share", (fact("25"), fact("0")), None, "rate"),
        ("per_unit", (fact("300"), fact("2", "units")), "150", "usd_per_unit"),
        ("per_unit", (fact("300"), fact("2", "hours")), "150", "usd_per_hour"),
        ("per_unit", (fact("300", "score"), fact("2", "hours")), "150", "number"),
        ("ratio", (fact("30", "units"), fact("20", "units")), "1.5", "x"),
        ("sum", (fact("1"), fact("2"), fact("3")), "6", "usd"),
        ("product", (fact("100", "usd_per_unit"), fact("3", "units")), "300", "usd"),
        ("product", (fact("3", "units"), fact("100", "usd_per_unit")), "300", "usd"),
        ("product", (fact("3", "score"), fact("2", "days")), "6", "number"),
        ("mean", (fact("1"), fact("4")), "2.5", "usd"),
        ("average", (fact("1"), fact(None)), None, "usd"),
    ],
)
def test_operations(operation, facts, value, unit):
    made = calculate(operation, facts)
    assert made.value == (None if value is None else Decimal(value))
    assert made.unit == unit
    assert made.grade == "derived"
    assert made.parts == tuple(part.id for part in facts)
    assert recompute(made, {part.id: part for part in facts}) == made.value


@pytest.mark.parametrize(
    ("operation", "facts", "words"),
    [
        ("guess", (fact("1"),), "no operation"),
        ("difference", (fact("1"),), "two facts"),
        ("sum", (), "at least one"),
        ("difference", (fact("1"), fact("1", "units")), "one unit"),
        ("points", (fact("1"), fact("2")), "two rates"),
        ("sum", (fact("0.1", "rate"), fact("0.2", "rate")), "do not add up"),
        ("mean", (fact("0.1", "rate"), fact("0.2", "rate")), "misleads"),
    ],
)
def test_what_makes_no_sense_is_refused_with_advice(operation, facts, words):
    with pytest.raises(ModelOutputError, match=words):
        calculate(operation, facts)


def test_a_change_stands_where_both_sides_stand_and_now():
    now = fact("5", slice=(("month", "2026-10"), ("store", "North")), period=OCT, basis="booked", n=9)
    before = fact("4", slice=(("month", "2026-09"), ("store", "North")), period=SEP, basis="booked", n=7)
    move = difference(now, before, label="Change in Gross")
    assert move.slice == (("store", "North"),)
    assert move.period == OCT
    assert move.basis == "booked"
    assert move.n == 7
    assert move.label == "Change in Gross"
    assert move.formula == "difference: [Gross, 2026-10, North, October 2026] - [Gross, 2026-09, North, September 2026]"
    assert change(now, before).formula.startswith("change: ([Gross")  # type: ignore[union-attr]


def test_a_share_stands_at_its_part_and_other_pairs_name_both_metrics():
    part, whole = fact("5", slice=(("store", "North"),)), fact("9", basis="x")
    share = calculate("share", (part, whole))
    assert share.slice == part.slice
    assert share.basis == ""
    assert share.label == "Share of Gross"
    assert calculate("per_unit", (part, fact("2", "units", metric="units"))).metric == "gross/units"


def test_only_derived_facts_have_an_operation():
    assert operation_of(fact("1", formula="a / b")) is None
    assert operation_of(fact("1").model_copy(update={"grade": "forecast", "formula": "pace: curve", "parts": ("x",)})) is None
    with pytest.raises(ModelOutputError, match="no formula"):
        recompute(fact("1"), {})
