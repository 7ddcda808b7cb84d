"""Mutants of golden answers that once got through, each by hand: what is refused now, and what of its kind still passes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.evidence.corpus import OCT, SEP, Refs, build, spec
from tests.evidence.test_checks import NAMED, fact, say
from tests.evidence.test_corners import failed, target
from tests.evidence.world import Request, ask, policy
from vendora_graph.contracts import Draft, Fact, Filter, Finding, Ledger, Plan, ResultTable, Second, TableSpec
from vendora_graph.evidence.arithmetic import calculate, express, is_change
from vendora_graph.evidence.ledger import add_facts, make_fact, number
from vendora_graph.evidence.validate import validate

MINE, GOAL, OTHER = fact("12"), target("10"), fact("7", slice=[("store", "A")])


def judged(made: Fact, *parts: Fact, text: str = "The change is KEY.", rules: Any = None, plan: Plan | None = None) -> set[str]:
    """Judge an answer of several facts; MADE, and P0, P1, ... in the text are the facts' references."""
    ledger = number(add_facts(Ledger(turn=1), (made, *parts)), 1)
    keys = {"KEY": made.id, **{f"P{i}": part.id for i, part in enumerate(parts)}}
    for word, identity in keys.items():
        key = next(k for k, v in ledger.numbers.items() if v == identity)
        text = text.replace(word, f"{{{{{key}}}}}")
    thing = NAMED["total 0"].policy.metric_info["front_gross"].model_copy(update={"label": "The thing", **(rules or {})})
    return failed(validate("q", plan, Draft(headline=text), ledger, policy(metric_info={"m": thing})))


def estimate(value: str = "30", second: str | None = "30", unit: Any = "usd", part: Fact | None = None, **more: Any) -> Fact:
    """Return an expected figure that no formula gives."""
    again = None if second is None else Second(value=Decimal(second), method="by ranks")
    base: dict[str, Any] = {"label": "Expected", "period": OCT, "grade": "forecast", "formula": "median of the past"}
    return make_fact("m", Decimal(value), unit, second=again, **{**base, "parts": ((part or MINE).id,), **more})


# --------------------------------------------------------------------------------------------------------- what it is made of


def test_a_formula_names_the_parts_its_figure_was_computed_from() -> None:
    before = fact("9", period=SEP)
    for made in (
        calculate("difference", (MINE, before)),
        calculate("change", (MINE, before)),
        calculate("mean", (MINE, before)),
        express("a / b", {"a": MINE, "b": before}, "rate", label="A part"),
    ):
        for parts, fails in (((MINE, before), False), ((before, MINE), True), ((MINE, OTHER), True)):
            moved = make_fact(
                "m", None if made.value is None else made.value, made.unit, label=made.label, period=OCT, grade="derived",
                formula=made.formula, parts=[part.id for part in parts],
            )  # fmt: skip
            assert ("arithmetic.told" in judged(moved, MINE, before, OTHER)) is fails, (made.formula, parts)


def test_the_days_of_a_part_may_be_told_by_another_of_their_names() -> None:
    before = fact("9", period=SEP)
    made = calculate("difference", (MINE, before))
    assert before.period is not None
    renamed = before.model_copy(update={"period": before.period.model_copy(update={"label": "1 to 30 September"})})
    ledger = number(add_facts(Ledger(turn=1), (made, MINE, renamed)), 1)
    named = ledger.model_copy(update={"periods": {**ledger.periods, "p9": SEP}})
    for evidence, fails in ((ledger, True), (named, False)):
        found = validate("q", None, Draft(headline=f"The change is {{{{{_key(evidence, made)}}}}}."), evidence, policy(metric_info={}))
        assert ("arithmetic.told" in failed(found)) is fails


def _key(ledger: Ledger, one: Fact) -> str:
    return next(key for key, identity in ledger.numbers.items() if identity == one.id)


def test_a_target_is_made_of_the_targets_of_its_own_days() -> None:
    october, september = fact("10", label="Target on file"), fact("10", label="Target on file", period=SEP)
    for filed, fails in ((october, False), (september, True), (fact("10", period=None), False)):
        assert ("arithmetic.sense" in judged(target("10", (filed.id,)), filed, text="The target is KEY.")) is fails


def test_a_gap_to_target_is_the_figure_less_its_target() -> None:
    spread = express("t * 1 / 2", {"t": GOAL}, "usd", label="Target for the thing, by selling days", metric="m")
    for parts, fails in (((MINE, spread), False), ((spread, MINE), True), ((MINE, fact("9")), True), ((MINE, GOAL), False)):
        gap = calculate("difference", parts, label="Gap to target in the thing")
        assert ("arithmetic.sense" in judged(gap, *parts, GOAL, text="The gap to the target is KEY.")) is fails, parts


def test_a_gap_is_between_the_figure_and_the_target_its_sentence_gives() -> None:
    filed = fact("10", label="Target on file")
    goal, other = target("10", (filed.id,)), fact("9")
    told = "The thing: P0, against the target of P1: ahead by KEY."
    assert "labels.base" not in judged(calculate("difference", (MINE, goal), label="Gap to target"), MINE, goal, filed, text=told)
    assert "labels.base" in judged(calculate("difference", (MINE, other), label="Change"), MINE, goal, filed, other, text=told)


def test_what_a_change_is_told_to_come_from_is_what_it_was_computed_from() -> None:
    before, hours = fact("9", period=SEP), fact("3", "hours", label="Hours")
    rise = calculate("difference", (MINE, before))
    assert "labels.base" not in judged(rise, MINE, before, text="The thing: P0, higher by KEY than P1.")
    assert "labels.base" in judged(rise, MINE, before, hours, text="The thing: P0, higher by KEY than P2.")
    assert "labels.base" not in judged(rise, MINE, before, hours, text="The thing: P0, higher by KEY, from P2 of work.")


def test_estimates_that_no_formula_gives_are_estimated_twice() -> None:
    told = "The thing: P0, against an expected KEY."
    assert not judged(estimate(), MINE, text=told) & {"proof.spoken", "proof.agrees"}
    assert "proof.agrees" in judged(estimate(second="31"), MINE, text=told)
    assert "proof.spoken" in judged(estimate(second=None), MINE, text=told)
    unproven = fact("12", second=None)
    assert "proof.spoken" in judged(estimate(part=unproven), unproven, text="The thing: an expected KEY.")


@pytest.mark.parametrize(
    ("unit", "formula", "fails"),
    [("usd", "median", False), ("units", "median", True), ("rate", "backtest: mean", False), ("points", "backtest: mean", True)],
)
def test_an_estimate_has_its_metric_s_unit_and_an_error_is_a_rate(unit: Any, formula: str, fails: bool) -> None:
    made = estimate(unit=unit, formula=formula)
    assert ("samples.unit" in judged(made, MINE, text="The thing: an expected KEY.")) is fails


# ------------------------------------------------------------------------------------------------------------- what it is called


def test_a_target_is_called_one_and_what_is_called_one_is() -> None:
    told = "The thing: P0, against the target of P1: ahead by KEY."
    gap = calculate("difference", (MINE, GOAL), label="Gap to target")
    assert not judged(gap, MINE, GOAL, text=told) & {"claims.called", "claims.estimates"}
    assert "claims.estimates" in judged(gap, MINE, GOAL, text=told.replace("P0", "P1"))
    assert "claims.called" in judged(gap, MINE, GOAL, text=told.replace("P1", "P0"))
    assert "claims.called" not in judged(gap, MINE, GOAL, text="The thing beat the target with P0: ahead by KEY.")


def test_both_ends_of_an_expected_range_are_expected() -> None:
    low, high = (estimate(value, value, label="Usual") for value in ("8", "14"))
    told = "The thing: the expected range in {{p1}} is P1 to KEY."
    assert "claims.called" not in judged(high, MINE, low, text=told)
    assert "claims.called" in judged(high, MINE, low, text=told.replace("P1", "P0"))
    assert "claims.called" in judged(high, MINE, low, text=told.replace("KEY", "P0"))


def test_what_is_measured_otherwise_says_so_and_nothing_else_does() -> None:
    need = express("(t - x) / 4", {"t": GOAL, "x": MINE}, "usd_per_day", label="The thing needed per selling day", metric="m")
    assert "labels.measured" not in judged(need, MINE, GOAL, text="An estimated KEY per selling day is needed to the target of P1.")
    assert "labels.measured" not in judged(need, MINE, GOAL, text="Per selling day: KEY.")
    assert "labels.measured" in judged(need, MINE, GOAL, text="An estimated KEY is needed to the target of P1.")
    assert "labels.measured" in judged(need, MINE, GOAL, text="The thing: P0 per selling day.")
    assert "labels.measured" in judged(need, MINE, GOAL, text="The thing: P0. In dollars a month: P0.")
    assert "labels.measured" not in judged(need, MINE, GOAL, text="In dollars a month, the table has it.")


def test_the_whole_is_no_row_of_it() -> None:
    for text, fails in (
        ("The whole of the same selection: {{1f3}}.", False), ("The whole of the same selection: {{1f1}}.", True),
        ("The total of {{n1}} is {{1f1}}.", False), ("In total, {{n1}} sold {{1f1}}.", False),
    ):  # fmt: skip
        assert ("labels.total" in say("breakdown 0", text)) is fails, text


def test_a_change_of_a_value_is_no_change() -> None:
    assert "labels.change" in say("compared 0", "A change of {{1f1}} from {{1f2}} in {{p2}}.")
    assert "labels.change" not in say("compared 0", "A change of {{1f3}} from {{1f2}} in {{p2}}.")


def test_an_effect_is_told_as_one_and_a_line_of_a_bridge_by_its_name() -> None:
    place = (("store", "A"),)
    now, before = fact("12", slice=place), fact("9", slice=place, period=SEP)
    effect = express("a - b", {"a": now, "b": before}, "usd", label="Effect on the thing", metric="m", slice=place, period=OCT)
    line = express("a - b", {"a": now, "b": before}, "usd", label="Expenses", metric="m", slice=(("driver", "Expenses"),), period=OCT)
    assert (is_change(effect), is_change(line), is_change(now)) == (True, False, False)
    told = "The main driver is {{n1}} with KEY: P0 in {{p1}}, from P1 in {{p2}}."
    assert "labels.change" not in judged(effect, now, before, text=told)
    assert "labels.change" in judged(effect, now, before, text=told.replace("KEY", "X").replace("P0", "KEY").replace("X", "P0"))
    assert "labels.change" in judged(effect, now, before, text=told.replace("KEY", "P1"))
    assert "labels.change" not in judged(line, now, before, text=told)


@pytest.mark.parametrize(
    ("good", "word", "value", "fails"),
    [("up", "ahead", "9", False), ("up", "ahead", "15", True), ("up", "behind", "15", False), ("up", "behind", "9", True),
     ("down", "behind", "9", False), ("down", "ahead", "15", False), ("band", "ahead", "9", True)],
)  # fmt: skip
def test_ahead_and_behind_by_something_follow_the_good_side(good: str, word: str, value: str, fails: bool) -> None:
    goal = target(value)
    gap = calculate("difference", (MINE, goal), label="Gap to target")
    found = judged(gap, MINE, goal, text=f"The thing: P0, against the target of P1: {word} by KEY.", rules={"good": good})
    assert ("directions.sign" in found) is fails


def test_a_number_of_the_question_ends_with_its_brackets() -> None:
    sample = NAMED["ranking 0"]
    asked = "{{n1}} (you asked for {{q1}}) had {{1f1}}"
    for text, fails in ((f"{asked}.", False), ("{{n1}} (you asked for a list) had {{q1}}.", True), (f"{asked} and {{{{q1}}}}.", True)):
        draft = sample.draft.model_copy(update={"findings": (Finding(text=text, kind="note"),)})
        assert ("references.quoted" in failed(validate(sample.question, sample.plan, draft, sample.ledger, sample.policy))) is fails, text


# ------------------------------------------------------------------------------------------------------- what was asked for it


def _under(senior: dict[str, Any], filters: tuple[tuple[str, str, tuple[str, ...]], ...]) -> set[str]:
    """Judge one figure that a filtered call fetched and a senior tool's result shows again."""
    result = ask("t1", Request(("units_retail",), OCT, filters=filters))
    (one,) = result.facts.values()
    shown = ResultTable(id="t2", tool="explain_change", request=json.dumps(senior), columns=("Now",), keys=((),), cells=((one.id,),))
    refs = build("units", result, tables=(shown,))
    named = "".join(f" {{{{{key}}}}}" for key in refs.ledger.names)
    draft = Draft(headline=f"Retail units in {{{{p1}}}}{named}: {refs.f(one)}.", tables=(spec(result), TableSpec(ref="t2", table="t2")))
    return failed(validate("units", None, draft, refs.ledger, policy()))


@pytest.mark.parametrize(
    ("said", "fetched", "fails"),
    [
        (("in", ["North"]), ("in", ("North",)), False), (("in", ["North"]), None, True), (("in", ["North"]), ("in", ("South",)), True),
        (("not_in", ["North"]), ("in", ("North",)), True), (("not_in", ["North"]), ("not_in", ("North",)), False),
    ],
)  # fmt: skip
def test_a_figure_is_under_the_conditions_of_every_call_that_shows_it(said: Any, fetched: Any, fails: bool) -> None:
    condition = {"dimension": "store", "op": said[0], "values": said[1]}
    filters = () if fetched is None else (("store", *fetched),)
    assert ("tables.request" in _under({"filters": [condition]}, filters)) is fails
    assert "tables.request" not in _under({"filters": [condition], "other_filters": [condition]}, filters)


def test_a_figure_of_elsewhere_does_not_answer_for_what_its_call_says() -> None:
    result = ask("t1", Request(("units_retail",), OCT, filters=(("store", "in", ("South",)),)))
    (one,) = result.facts.values()
    asked = json.dumps({"metrics": ["units_retail"], "filters": [{"dimension": "store", "op": "in", "values": ["North"]}]})
    shown = ResultTable(id="t2", tool="find_anomalies", request=asked, columns=("Figure",), keys=((),), cells=((one.id,),), period=OCT)
    refs: Refs = build("units", result, tables=(shown,))
    plan = Plan(metrics=("units_retail",), period=OCT, filters=(Filter(dimension="store", values=("North",)),))
    draft = Draft(headline=f"Retail units in {{{{p1}}}} at {refs.n('South')}: {refs.f(one)}.")
    assert "coverage.filters" in failed(validate("units", plan, draft, refs.ledger, policy()))
