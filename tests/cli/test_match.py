"""The matcher of `vendora eval` against hand-made answers: what is right, and every way of being wrong."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.cli.samples import NOVEMBER, OCTOBER, PEOPLE, SEPTEMBER, answered, fact, table_of, with_status
from vendora_graph.contracts import Analysis, Fact, Period
from vendora_graph.evaluation.gold import Gold, shape
from vendora_graph.evaluation.match import agrees, mismatches, period_names, pin_of

METRICS = frozenset({"front_gross", "back_gross", "units_retail"})
BY_PERSON = "SELECT who, SUM(g) AS front_gross FROM t GROUP BY 1 ORDER BY 2 DESC"


def people(sql: str = BY_PERSON) -> Gold:
    return shape(["who", "front_gross"], [(name, float(value)) for name, value in PEOPLE], sql)


def by_person(order: tuple[int, ...] = (0, 1, 2), extra: tuple[Fact, ...] = ()) -> object:
    facts = [fact(value, salesperson=name) for name, value in PEOPLE]
    return answered([*facts, *extra], analysis=Analysis(tables=(table_of([facts[index] for index in order]),)))


def one(value: object, name: str = "front_gross") -> Gold:
    return shape([name], [(value,)])


def test_one_figure_is_found():
    assert mismatches(answered([fact("89940.75")]), one(Decimal("89940.75")), METRICS) == []


def test_a_wrong_figure_is_said_with_both_values():
    (problem,) = mismatches(answered([fact("89940.74")]), one(Decimal("89950.75")), METRICS)
    assert "89950.75" in problem
    assert "89940.74" in problem


def test_the_right_figure_of_another_metric_is_wrong():
    assert mismatches(answered([fact("42", metric="back_gross")]), one(42), METRICS)


def test_a_free_column_name_pins_no_metric():
    assert mismatches(answered([fact("42", metric="back_gross")]), one(42, "n"), METRICS) == []


@pytest.mark.parametrize("status", ["partial", "withheld", "clarify", "empty", "not_held"])
def test_only_answered_is_right(status):
    answer = with_status(status, evidence=(fact("42"),))
    assert mismatches(answer, one(42), METRICS)


@pytest.mark.parametrize("rows", [[], [(None,)]])
def test_an_empty_gold_wants_an_empty_answer(rows):
    gold = shape(["front_gross"], rows)
    assert mismatches(with_status("empty"), gold, METRICS) == []
    assert mismatches(answered([fact("0")]), gold, METRICS)


def test_zero_is_not_empty():
    assert mismatches(answered([fact("0")]), one(0), METRICS) == []
    assert mismatches(with_status("empty"), one(0), METRICS)


@pytest.mark.parametrize(
    ("held", "unit", "gold", "right"),
    [
        ("100.00", "usd", "100.00001", True),
        ("100.00", "usd", "100.004", True),
        ("100.00", "usd", "100.006", False),
        ("142", "units", "142.3", False),
        ("0.4512", "rate", "0.45123456", True),
        ("0.45", "rate", "0.4512", False),
        ("12.5", "hours", "12.46", False),
        ("1E+2", "usd", "100.4", False),
        ("1000000", "usd", "1000000.5", True),
        ("1000000", "usd", "1000002", False),
        ("0", "usd", "0", True),
    ],
)
def test_tolerance_is_a_millionth_or_the_facts_own_scale(held, unit, gold, right):
    assert agrees(fact(held, unit=unit), Decimal(gold)) is right


def test_a_fact_without_a_value_agrees_with_nothing():
    assert not agrees(fact(None), Decimal(0))


def test_a_breakdown_is_right_in_its_order():
    assert mismatches(by_person(), people(), METRICS) == []


def test_labels_ignore_case():
    gold = shape(["who", "front_gross"], [("ANA RUIZ", Decimal("48210.50"))], "SELECT who, x AS front_gross FROM t LIMIT 1")
    assert mismatches(by_person(), gold, METRICS) == []


def test_swapped_labels_are_wrong():
    gold = shape(["who", "front_gross"], [("Dee", 48210.50), ("Ana Ruiz", 11230.00), ("Chidi Okafor", 30500.25)])
    assert len(mismatches(by_person(), gold, METRICS)) == 2


def test_a_wrong_order_is_wrong_only_where_gold_is_ordered():
    assert mismatches(by_person((1, 0, 2)), people(), METRICS) == ["the order is wrong: Chidi Okafor, Ana Ruiz, Dee"]
    assert mismatches(by_person((1, 0, 2)), people("SELECT who, g AS front_gross FROM t"), METRICS) == []


def test_ties_may_stand_either_way():
    facts = [fact("10", salesperson=name) for name in ("Bo", "Al")]
    answer = answered(facts, analysis=Analysis(tables=(table_of(facts),)))
    gold = shape(["who", "front_gross"], [("Al", 10), ("Bo", 10)], BY_PERSON)
    assert mismatches(answer, gold, METRICS) == []


def test_without_a_table_the_evidence_has_the_order():
    facts = [fact(value, salesperson=name) for name, value in PEOPLE]
    assert mismatches(answered(facts), people(), METRICS) == []
    assert mismatches(answered(facts[::-1]), people(), METRICS)


def test_a_group_too_many_is_wrong_unless_gold_is_limited():
    extra = (fact("5", salesperson="Walk In"),)
    (problem,) = mismatches(by_person(extra=extra), people(), METRICS)
    assert "Walk In" in problem
    assert mismatches(by_person(extra=extra), people(BY_PERSON + " LIMIT 3"), METRICS) == []


def test_an_extra_group_of_zero_or_of_another_metric_is_fine():
    extra = (
        fact("0", salesperson="Walk In"),
        fact("9", metric="units_retail", salesperson="Zed"),
        fact("7", period=SEPTEMBER, salesperson="Zed"),
    )
    assert mismatches(by_person(extra=extra), people(), METRICS) == []


def test_a_missing_group_is_wrong():
    gold = shape(["who", "front_gross"], [*((name, float(value)) for name, value in PEOPLE), ("Eve", 1.0)])
    (problem,) = mismatches(by_person(), gold, METRICS)
    assert "Eve" in problem


def test_one_group_is_not_the_total():
    """An answer cut by salesperson does not answer for all, even when one part happens to equal the total."""
    assert mismatches(by_person(), one(Decimal("48210.50")), METRICS)


def test_a_condition_in_the_slice_is_fine():
    assert mismatches(answered([fact("42", vehicle_class="used")]), one(42), METRICS) == []


def test_a_total_beside_its_parts_is_found():
    facts = [fact("100"), fact("60", vehicle_class="new"), fact("40", vehicle_class="used")]
    assert mismatches(answered(facts), one(100), METRICS) == []


def test_two_labels_must_both_fit():
    facts = [fact("5", salesperson="Ana", vehicle_class="new"), fact("7", salesperson="Ana", vehicle_class="used")]
    columns, sql = ["who", "class", "front_gross"], "SELECT who, class, g AS front_gross FROM t"
    right = shape(columns, [("Ana", "new", 5), ("Ana", "used", 7)], sql)
    wrong = shape(columns, [("Ana", "new", 7), ("Ana", "used", 5)], sql)
    assert mismatches(answered(facts), right, METRICS) == []
    assert len(mismatches(answered(facts), wrong, METRICS)) == 2


def test_months_are_labels():
    facts = [fact("5", period=SEPTEMBER), fact("7", period=OCTOBER)]
    sql = "SELECT month, g AS front_gross FROM t ORDER BY 1"
    gold = shape(["month", "front_gross"], [("2026-09", 5), ("2026-10", 7)], sql)
    answer = answered(facts, analysis=Analysis(tables=(table_of(facts, columns=("Month", "Front gross")),)))
    backwards = answered(facts, analysis=Analysis(tables=(table_of(facts[::-1], columns=("Month", "Front gross")),)))
    assert mismatches(answer, gold, METRICS) == []
    assert mismatches(backwards, gold, METRICS)


@pytest.mark.parametrize(
    ("period", "name"),
    [
        (OCTOBER, "2026-10"),
        (OCTOBER, "october 2026"),
        (OCTOBER, "2026-10-01"),
        (Period(start=date(2026, 7, 1), end=date(2026, 9, 30), label="Q3 2026"), "2026-q3"),
        (Period(start=date(2026, 1, 1), end=date(2026, 11, 12), label="2026 so far", grain="year"), "2026"),
        (Period(start=date(2026, 11, 2), end=date(2026, 11, 8), label="last week", grain="week"), "2026-11-02"),
        (Period(start=date(2026, 10, 31), end=date(2026, 10, 31), label="31 October"), "2026-10"),
        (Period(start=date(2026, 11, 1), end=date(2026, 11, 12), label="mtd", full_end=date(2026, 11, 30)), "2026-11"),
    ],
)
def test_periods_have_these_names(period, name):
    assert name in period_names(period)


def test_a_week_is_not_its_month():
    assert "2026-11" not in period_names(Period(start=date(2026, 11, 2), end=date(2026, 11, 8), label="last week", grain="week"))


def comparison(prior_period: Period = SEPTEMBER, change: str = "20") -> object:
    now, before = fact("100"), fact("80", period=prior_period)
    delta = Fact(
        id="d",
        value=Decimal(change),
        unit="usd",
        metric="front_gross",
        label="Change",
        grade="derived",
        formula="a - b",
        parts=(now.id, before.id),
    )
    return answered([now, before, delta])


COMPARED = shape(["front_gross", "front_gross_prior", "front_gross_change"], [(100, 80, 20)])


def test_a_comparison_is_right():
    assert mismatches(comparison(), COMPARED, METRICS) == []


def test_a_comparison_with_the_wrong_change_is_wrong():
    assert mismatches(comparison(change="25"), COMPARED, METRICS)


def test_a_prior_figure_must_be_of_an_earlier_period():
    assert mismatches(comparison(prior_period=NOVEMBER), COMPARED, METRICS)


def test_a_change_must_be_computed_from_the_metric():
    facts = [fact("100"), fact("80", period=SEPTEMBER), fact("20", metric="units_retail")]
    assert mismatches(answered(facts), COMPARED, METRICS)


def test_pins():
    assert (pin_of("front_gross", METRICS).metric, pin_of("front_gross", METRICS).side) == ("front_gross", "")
    assert (pin_of("front_gross_prior", METRICS).metric, pin_of("front_gross_prior", METRICS).side) == ("front_gross", "prior")
    assert pin_of("anything", METRICS).metric is None


def test_gold_rows_split_labels_from_figures():
    at = datetime.fromisoformat("2026-01-02T03:00")
    gold = shape(["day", "at", "sure", "n", "g"], [(at.date(), at, True, 1, Decimal("2.50"))])
    assert gold.rows[0].labels == ("2026-01-02", "2026-01-02", "True")
    assert gold.rows[0].figures == (("n", Decimal(1)), ("g", Decimal("2.50")))


@pytest.mark.parametrize(
    ("sql", "order", "limited"),
    [
        ("SELECT who, g FROM t", None, False),
        ("SELECT who, g FROM t ORDER BY g DESC, who LIMIT 5", ("g", "who"), True),
        ("SELECT who, g FROM t ORDER BY 2", ("g",), False),
        ("WITH a AS (SELECT 1 AS g, 'x' AS who ORDER BY 1 LIMIT 1) SELECT who, g FROM a", None, False),
        ("SELECT who, g FROM t ORDER BY g / 2", (), False),
    ],
)
def test_order_and_limit_are_read_from_the_outer_statement(sql, order, limited):
    gold = shape(["who", "g"], [("a", 1)], sql)
    assert (gold.order, gold.limited) == (order, limited)
