"""A value without a row, and a list without rows, are excused only by a result that holds every row of what was asked."""

from __future__ import annotations

from tests.evidence.corpus import OCT, SEP, Refs, build, spec
from tests.evidence.test_corners import failed
from tests.evidence.world import Request, ask, policy
from vendora_graph.contracts import Comparison, Draft, Filter, Period, Plan, TableSpec
from vendora_graph.evidence.validate import validate

SIDES = ("new", "used", "none such")


def _sides(values: tuple[str, ...], *, tables: bool, period: Period = OCT) -> set[str]:
    """The failed checks of an answer to `new vs used vs none such` that names the figures of some of them."""
    result = ask("t1", Request(("units_retail",), OCT, group_by=("vehicle_class",), filters=(("vehicle_class", "in", SIDES),)))
    refs = build("q", result)
    facts = {fact.slice[0][1]: fact for fact in result.facts.values() if fact.slice}
    told = ", ".join(f"{refs.n(value)} {refs.f(facts[value])}" for value in values)
    shown: tuple[TableSpec, ...] = (spec(result),) if tables else ()
    plan = Plan(
        intent="compare", metrics=("units_retail",), period=period, group_by=("vehicle_class",),
        filters=(Filter(dimension="vehicle_class", values=SIDES),), comparison=Comparison(kind="values"),
    )  # fmt: skip
    draft = Draft(headline=f"Retail units in {refs.p(OCT)}: {told}.", tables=shown)
    return failed(validate("new vs used vs none such", plan, draft, refs.ledger, policy()))


def test_a_value_of_which_there_are_no_records_needs_no_row() -> None:
    assert "coverage.values" not in _sides(("new", "used"), tables=True)


def test_a_value_that_has_a_row_must_be_told() -> None:
    assert "coverage.values" in _sides(("new",), tables=False)


def test_the_rows_of_another_period_excuse_nothing() -> None:
    assert "coverage.values" in _sides(("new", "used"), tables=True, period=SEP)


def _empty(asked: Period, *, period: Period = OCT) -> set[str]:
    """The failed checks of an answer without figures, from a result without rows of one period to a question about another."""
    place = (("model", "in", ("none such",)),)
    result = ask("t1", Request(("units_retail",), period, group_by=("salesperson",), filters=place))
    refs: Refs = build("q", result)
    other = (Filter(dimension="model", values=("none such",)),)
    plan = Plan(metrics=("units_retail",), period=asked, group_by=("salesperson",), filters=other)
    return failed(validate("none such", plan, Draft(headline="No records were found."), refs.ledger, policy()))


def test_a_result_without_rows_delivers_its_measures_for_its_own_period_only() -> None:
    assert "coverage.metrics" not in _empty(OCT)
    assert "coverage.metrics" in _empty(SEP)
