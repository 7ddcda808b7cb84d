"""Corners of the checks that only targets, reconciliations, definitions and scorecards reach."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from tests.evidence.corpus import OCT, SEP, Sample, build, spec
from tests.evidence.test_checks import NAMED, fact, simple
from tests.evidence.world import Request, ask, month, period, policy
from vendora_graph.contracts import Draft, Fact, Filter, Finding, Ledger, Plan, ResultTable, Slice, TableSpec, Verdict
from vendora_graph.evidence.arithmetic import calculate
from vendora_graph.evidence.validate import validate

OWN, EARLIER = fact("12"), fact("9", period=SEP)


def failed(verdict: Verdict) -> set[str]:
    return {check.name for check in verdict.checks if not check.passed}


def target(value: str, parts: tuple[str, ...] = (), **more: Any) -> Fact:
    return fact(value, grade="target", label="Target of the thing", basis="plan", second=None, query_id=None, parts=parts, **more)


def test_a_definition_is_of_the_metric_that_was_asked_about() -> None:
    plan = Plan(intent="definition", metrics=("leads",))
    other = validate("what is a lead", plan, Draft(headline="What retail units count."), Ledger(turn=1), policy())
    assert "coverage.metrics" in other.fatal


@pytest.mark.parametrize(("value", "fails"), [("10", False), ("11", True)])
def test_a_target_is_the_sum_of_what_is_on_file(value: str, fails: bool) -> None:
    one, two = target("4"), target("6", period=SEP)
    whole = target(value, (one.id, two.id))
    assert ("arithmetic.recomputed" in failed(simple(whole, "The target is {{1f3}}.", others=(one, two), rules={}))) is fails


def test_a_target_of_parts_that_are_not_there_is_no_sum() -> None:
    whole = target("4", ("gone",))
    assert "arithmetic.recomputed" in failed(simple(whole, "The target is {{1f1}}.", rules={}))


@pytest.mark.parametrize(
    ("own", "of", "fails"),
    [(OCT, OCT, False), (SEP, OCT, True), (month(2026, 11, 12), month(2026, 11), False), (None, OCT, False), (OCT, None, False)],
)
def test_a_figure_is_set_against_the_target_of_its_own_days(own: Any, of: Any, fails: bool) -> None:
    mine, goal = fact("12", period=own), target("10", period=of)
    gap = calculate("difference", (mine, goal), label="Gap to target")
    assert ("arithmetic.sense" in failed(simple(gap, "The gap to the target is {{1f3}}.", others=(mine, goal), rules={}))) is fails
    turned = calculate("difference", (goal, mine), label="Gap to target")
    assert "arithmetic.sense" in failed(simple(turned, "The gap to the target is {{1f3}}.", others=(mine, goal), rules={}))


def test_a_target_is_of_the_same_place_and_a_percent_of_target_of_a_target() -> None:
    mine, goal, elsewhere = fact("12"), target("10"), target("9", slice=[("store", "A")])
    for label, parts, fails in (
        ("Gap to target", (mine, elsewhere), True),
        ("The difference of two targets", (target("11"), goal), False),
        ("The thing, percent of target", (mine, goal), False),
        ("The thing, percent of target", (mine, EARLIER), True),
    ):
        made = calculate("difference", parts, label=label)
        found = failed(simple(made, "It is up {{1f3}}.", others=parts, rules={}))
        assert ("arithmetic.sense" in found) is fails, (label, found)
    spread = fact("3", label="Target of a day", grade="derived", formula="sum: [x]", parts=(goal.id,), second=None, query_id=None)
    made = calculate("difference", (mine, spread), label="The thing, percent of target")
    assert "arithmetic.sense" not in failed(simple(made, "It is up {{1f4}}.", others=(mine, goal, spread), rules={}))


def _limited(name: str, condition: dict[str, Any], plan: Plan) -> set[str]:
    sample: Sample = NAMED[name]
    table = next(iter(sample.ledger.tables.values()))
    body = json.loads(table.request)
    changed = table.model_copy(update={"request": json.dumps({**body, "filters": [condition]})})
    ledger = sample.ledger.model_copy(update={"tables": {table.id: changed}})
    return failed(validate(sample.question, plan, sample.draft, ledger, sample.policy))


def test_records_behind_a_difference_are_chosen_by_the_figure_itself() -> None:
    plan = Plan(intent="reconcile", metrics=("units_retail",), period=OCT)
    of_itself = {"dimension": "units_retail", "op": "gt", "values": ["0"]}
    assert "coverage.unasked" not in _limited("total 0", of_itself, plan)
    assert "coverage.unasked" in _limited("total 0", of_itself, plan.model_copy(update={"intent": "value"}))
    assert "coverage.unasked" in _limited("total 0", {"dimension": "store", "op": "in", "values": ["South"]}, plan)


# ----------------------------------------------------------------------------------------------------------- scorecards


def _card(columns: tuple[str, ...], *facts: Fact, limit: int | None = None, **table: Any) -> set[str]:
    """Judge a scorecard: one row of one metric."""
    cells = (tuple(one.id for one in facts),)
    one_row: dict[str, Any] = {"keys": ((("metric", "m"),),), "cells": cells, "period": OCT, "total_rows": 1}
    made = ResultTable(id="t1", tool="scorecard", request="{}", columns=columns, **{**one_row, **table})
    draft = {"tables": (TableSpec(ref="t1", table="t1", limit=limit),)}
    return failed(simple(facts[0], rules={}, others=facts[1:], table=made, draft=draft))


def test_own_and_earlier_figures_stand_under_their_own_heads() -> None:
    assert "tables.columns" not in _card(("Own figure", "Year before"), OWN, EARLIER)
    assert "tables.columns" in _card(("Year before", "Own figure"), OWN, EARLIER)
    assert "tables.columns" not in _card(("Own figure", "Year before"), OWN, EARLIER, period=None) - {"tables.columns"}


def test_actuals_targets_and_benchmarks_stand_under_their_own_heads() -> None:
    mark = fact("7", grade="benchmark", basis="survey", label="The thing, benchmark", second=None)
    gap = calculate("difference", (OWN, EARLIER), label="Gap")
    share = calculate("ratio", (OWN, EARLIER), label="The thing, percent of target")
    for head, one, fails in (
        ("Actual", OWN, False), ("Actual", target("5"), True), ("Target", target("5"), False), ("Target", OWN, True),
        ("Benchmark", mark, False), ("Benchmark", OWN, True), ("Gap", gap, False), ("Gap", OWN, True),
        ("Percent of target", share, False), ("Percent of target", OWN, True),
    ):  # fmt: skip
        assert ("tables.columns" in _card((head,), one)) is fails, (head, one.label)


def test_a_bound_stands_under_its_own_head() -> None:
    low, high = (fact(value, label=f"The thing, usual {side}", grade="forecast") for value, side in (("8", "low"), ("16", "high")))
    assert "tables.columns" not in _card(("Figure", "Low", "High"), OWN, low, high)
    assert "tables.columns" in _card(("Figure", "High", "Low"), OWN, low, high)


def test_a_scorecard_has_all_its_rows() -> None:
    rows: tuple[Slice, ...] = ((("metric", "m"),), (("metric", "m"),))
    assert "tables.whole" not in _card(("Figure",), OWN)
    assert "tables.whole" in _card(("Figure",), OWN, total_rows=2)
    assert "tables.whole" not in _card(("Figure",), OWN, total_rows=2, note="truncated")
    assert "tables.whole" in _card(("Figure",), OWN, keys=rows, cells=((OWN.id,), (OWN.id,)), total_rows=2, limit=1)


def test_whoever_is_named_twice_stands_for_somebody_who_is_missing() -> None:
    result = ask("t1", Request(("closing_rate",), period(date(2026, 10, 1), date(2026, 10, 3), "early October"), group_by=("salesperson",)))
    refs = build("closing rate", result)
    one = next(iter(refs.ledger.names))
    name = f"{{{{{one}}}}}"
    for text, fails in ((f"Small numbers: {name} rests on few records.", False), (f"Small numbers: {name}, {name}.", True)):
        draft = Draft(headline="Closing rate.", findings=(Finding(text=text, kind="note"),), tables=(spec(result),))
        twice = [c for c in validate("closing rate", None, draft, refs.ledger, policy()).checks if c.name == "samples.named_small"]
        assert ("twice" in twice[0].reason) is fails


def test_what_is_called_a_forecast_or_a_target_is_one() -> None:
    assert "claims.called" in failed(simple(fact(), "The forecast for {{p1}} is {{1f1}}.", rules={}))
    assert "claims.called" in failed(simple(fact(), "The target for {{p1}} is {{1f1}}.", rules={}))
    assert "claims.called" not in failed(simple(target("10"), "The target for {{p1}} is {{1f1}}.", rules={}))
    ahead = fact("3", period=month(2027, 1))
    assert "claims.called" not in failed(simple(ahead, "Expected for {{p1}}: {{1f1}}.", rules={}))
    assert "claims.called" in failed(simple(ahead, "The benchmark for {{p1}} is {{1f1}}.", rules={}))


def test_words_of_the_trade_come_from_what_the_answer_is_made_of() -> None:
    sample = NAMED["filtered 0"]
    said = sample.draft.model_copy(update={"findings": (Finding(text="{{1f1}} used units in {{p1}}.", kind="note"),)})
    assert "words.plain" not in failed(validate(sample.question, sample.plan, said, sample.ledger, sample.policy))
    other = sample.draft.model_copy(update={"findings": (Finding(text="{{1f1}} fleet units in {{p1}}.", kind="note"),)})
    assert "words.plain" in failed(validate(sample.question, sample.plan, other, sample.ledger, sample.policy))
    fleet = sample.plan.model_copy(update={"filters": (Filter(dimension="fleet_type", op="in", values=("x",)),)}) if sample.plan else None
    labelled = sample.policy.model_copy(update={"dimension_labels": {**sample.policy.dimension_labels, "fleet_type": "Fleet"}})
    assert "words.plain" not in failed(validate(sample.question, fleet, other, sample.ledger, labelled))


def test_a_second_unit_of_a_change_may_stand_behind_it() -> None:
    sample = NAMED["compared 0"]

    def failing(text: str) -> set[str]:
        draft = sample.draft.model_copy(update={"headline": text})
        return failed(validate(sample.question, sample.plan, draft, sample.ledger, sample.policy))

    told = "Retail units rose from {{1f2}} in {{p2}} to {{1f1}} in {{p1}}, "
    assert not failing(told + "an increase of {{1f3}} or {{1f4}}.")
    assert "labels.change" in failing(told + "or {{1f4}}.")
    assert not failing("Retail units of {{1f1}} in {{p1}} beat {{1f2}} in {{p2}} by {{1f3}}.")
    assert "labels.bound" in failing("Retail units: more than {{1f1}} in {{p1}}, up {{1f3}} from {{1f2}} in {{p2}}.")


def test_a_row_is_not_called_the_whole() -> None:
    sample = NAMED["breakdown 0"]

    def failing(text: str) -> set[str]:
        draft = sample.draft.model_copy(update={"headline": text})
        return failed(validate(sample.question, sample.plan, draft, sample.ledger, sample.policy))

    assert "labels.total" not in failing("Retail units in {{p1}}: {{1f3}} in all.")
    assert "labels.total" in failing("Retail units in {{p1}}: {{1f1}} in all.")
    assert "labels.share" not in failing("{{n1}}: {{1f1}} of {{1f3}} retail units in {{p1}}.")
    assert "labels.share" in failing("{{n1}}: {{1f3}} of {{1f3}} retail units in {{p1}}.")
    assert "labels.share" in failing("{{n1}}: {{1f3}} of {{1f1}} retail units in {{p1}}.")


def test_the_first_line_gives_the_share_that_was_asked_for() -> None:
    sample = NAMED["breakdown 0"]
    draft = sample.draft.model_copy(update={"headline": "{{n1}}: a share of {{1f4}} of retail units in {{p1}}, {{1f1}} of {{1f3}}."})
    asked = Plan(metrics=("units_retail",), period=OCT, group_by=("vehicle_class",))
    assert "coverage.unasked" not in failed(validate(sample.question, asked, draft, sample.ledger, sample.policy))
    bare = asked.model_copy(update={"group_by": ()})
    assert "coverage.unasked" in failed(validate(sample.question, bare, draft, sample.ledger, sample.policy))


def test_a_list_that_found_fewer_than_its_limit_has_them_all() -> None:
    sample = NAMED["ranking 0"]
    (table,) = sample.ledger.tables.values()
    limit = json.loads(table.request)["limit"]
    for rows, total, fails in ((3, 9, False), (2, 9, True), (3, 3, False), (2, 3, True)):
        cut = table.model_copy(update={"keys": table.keys[:rows], "cells": table.cells[:rows], "total_rows": total})
        ledger = sample.ledger.model_copy(update={"tables": {table.id: cut}})
        found = failed(validate(sample.question, sample.plan, sample.draft, ledger, sample.policy))
        assert ("tables.whole" in found) is fails, (rows, total)
    assert limit == 3


def test_columns_of_months_hold_their_own_months() -> None:
    assert "tables.columns" not in _card((OCT.label, SEP.label), OWN, EARLIER)
    assert "tables.columns" in _card((SEP.label, OCT.label), OWN, EARLIER)
