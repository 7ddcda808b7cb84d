"""Formulas and medians: exact, with SQL's NULL, against plain Python."""

from __future__ import annotations

import statistics
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendora_graph.errors import InternalError, SemanticModelError
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.catalog import MetricInput
from vendora_graph.semantic.formula import canonical, substitute
from vendora_graph.semantic.windows import add_months, grain_start, input_period
from vendora_graph.semantic.yaml_source import Place

HERE = Place("m.yml", 3)
MONEY = st.decimals(min_value=-(10**9), max_value=10**9, places=2)


@pytest.mark.parametrize(
    ("written", "formula"),
    [
        ("a/b", "a / b"),
        ("CAST(a AS DOUBLE) / NULLIF(b, 0)", "a / NULLIF(b, 0)"),
        ("a::numeric(12,2) * 1.0 / (b - c)", "a * 1.0 / (b - c)"),
        ("cast(a + b as float) * c", "(a + b) * c"),
        ("a - (b - c)", "a - (b - c)"),
        ("Coalesce(A, 0) - 0.10", "COALESCE(a, 0) - 0.10"),
        ("-(a + b)", "-(a + b)"),
        ("((a)) + ((b))", "a + b"),
    ],
)
def test_formulas_become_canonical(written, formula):
    assert canonical(written, HERE) == formula
    assert canonical(formula, HERE) == formula


@pytest.mark.parametrize(
    "written",
    ["a % b", "a // b", "CASE WHEN a THEN 1 END", "SUM(a)", "t.a", "'x'", "CAST(a AS DATE)", "a b c", "(SELECT 1)", "a; DROP TABLE b"],
)
def test_everything_but_arithmetic_is_refused_with_its_place(written):
    with pytest.raises(SemanticModelError, match=r"^m\.yml:3: "):
        canonical(written, HERE)


def test_missing_operands_and_zero_denominators_give_nothing():
    values = {"a": Decimal(3), "b": Decimal(0), "c": None}
    assert arithmetic.evaluate("a / b", values) is None
    assert arithmetic.evaluate("a / NULLIF(b, 0)", values) is None
    assert arithmetic.evaluate("a + c", values) is None
    assert arithmetic.evaluate("COALESCE(c, 2) * a", values) == 6
    assert arithmetic.evaluate("COALESCE(c, a / b)", values) is None
    assert arithmetic.evaluate("NULLIF(a, c)", values) == 3
    assert arithmetic.evaluate("-(a - 0.1)", values) == Decimal("-2.9")


def test_a_formula_outside_the_canon_never_runs():
    for formula in ("__import__('os')", "a if b else c", "a ** b", "a and b", "a.b", "True", "f(a)"):
        with pytest.raises(InternalError):
            arithmetic.evaluate(formula, {"a": Decimal(1), "b": Decimal(1), "c": Decimal(1)})
    with pytest.raises(InternalError, match="needs a value for 'b'"):
        arithmetic.evaluate("a + b", {"a": Decimal(1)})


@given(a=MONEY, b=MONEY, c=MONEY)
def test_ratios_are_exact_to_thirty_digits(a, b, c):
    value = arithmetic.evaluate("(a - b) / NULLIF(c, 0)", {"a": a, "b": b, "c": c})
    if c == 0:
        assert value is None
        return
    assert value is not None
    exact = (Fraction(a) - Fraction(b)) / Fraction(c)
    assert abs(Fraction(value) - exact) <= abs(exact) * Fraction(1, 10**30)


@pytest.mark.parametrize(
    ("formula", "linear"),
    [
        ("a - b", True), ("2 * a + b / 4", True), ("-(a - b) * 3", True), ("a", True), ("a / b", False), ("a * b", False), ("1 - a", False),
        ("a + 1", False), ("3", False), ("4 / a", False), ("COALESCE(a, 0) - b", False), ("(a + b) * (c - c)", False),
    ],
)  # fmt: skip
def test_linear_formulas(formula, linear):
    assert arithmetic.is_linear(formula) is linear


def test_names_and_substitution():
    assert arithmetic.names("b + a / NULLIF(b, 0)") == ("b", "a")
    assert substitute("1 - m", {"m": "p / q"}) == "1 - (p / q)"
    assert substitute("a / b", {"a": "x - y", "b": "z"}) == "(x - y) / z"
    assert arithmetic.evaluate(substitute("a / b", {"b": "c / d"}), {"a": Decimal(8), "c": Decimal(4), "d": Decimal(2)}) == 4


@settings(max_examples=200)
@given(values=st.lists(st.integers(-1000, 1000).map(Decimal), min_size=1, max_size=60))
def test_the_median_of_counted_values_is_the_median(values):
    pairs = [(value, values.count(value)) for value in set(values)]
    assert arithmetic.median([*pairs, (None, 7)]) == statistics.median(values)


def test_percentiles_interpolate_like_sql(clinic):
    values = [Decimal(number) for number in (1, 2, 4, 8, 16, 99)]
    for fraction in ("0", "0.1", "0.25", "0.9", "1"):
        ((expected,),) = clinic.execute(
            f"SELECT quantile_cont(x::DOUBLE, {fraction}) FROM unnest([{', '.join(map(str, values))}]) t(x)"
        ).fetchall()
        assert float(arithmetic.median([(value, 1) for value in values], Decimal(fraction))) == pytest.approx(expected, rel=1e-12)
    assert arithmetic.median([]) is None
    assert arithmetic.median([(None, 3), (Decimal(1), 0)]) is None


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (MetricInput("a", "m"), (date(2026, 11, 1), date(2026, 11, 12))),
        (MetricInput("a", "m", window_days=30), (date(2026, 10, 14), date(2026, 11, 12))),
        (MetricInput("a", "m", window_months=12), (date(2025, 11, 13), date(2026, 11, 12))),
        (MetricInput("a", "m", to_date="quarter"), (date(2026, 10, 1), date(2026, 11, 12))),
        (MetricInput("a", "m", to_date="week"), (date(2026, 11, 9), date(2026, 11, 12))),
        (MetricInput("a", "m", all_time=True), (None, date(2026, 11, 12))),
        (MetricInput("a", "m", shift_count=1, shift_grain="month"), (date(2026, 10, 1), date(2026, 10, 12))),
        (MetricInput("a", "m", shift_count=2, shift_grain="week"), (date(2026, 10, 18), date(2026, 10, 29))),
        (MetricInput("a", "m", shift_to="month"), (date(2026, 11, 1), date(2026, 11, 1))),
        (MetricInput("a", "m", window_days=7, shift_count=1, shift_grain="year"), (date(2025, 11, 6), date(2025, 11, 12))),
    ],
)
def test_windows_end_with_the_asked_period(item, expected):
    assert input_period(item, date(2026, 11, 1), date(2026, 11, 12)) == expected


def test_month_ends_stay_month_ends():
    item = MetricInput("a", "m", shift_count=1, shift_grain="month")
    assert input_period(item, date(2026, 2, 1), date(2026, 2, 28)) == (date(2026, 1, 1), date(2026, 1, 31))
    assert input_period(item, date(2026, 3, 1), date(2026, 3, 31)) == (date(2026, 2, 1), date(2026, 2, 28))
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 1, 31), -2) == date(2023, 11, 30)
    assert [grain_start(date(2026, 8, 17), grain) for grain in ("day", "week", "month", "quarter", "year")] == [
        date(2026, 8, 17), date(2026, 8, 17), date(2026, 8, 1), date(2026, 7, 1), date(2026, 1, 1),
    ]  # fmt: skip
