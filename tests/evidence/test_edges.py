# ruff: noqa: E501 - one case a line reads as a table
"""The corners of the checks that whole answers rarely reach."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence.corpus import AUG, HALF, OCT, SEP, Sample, build, samples, spec
from tests.evidence.test_checks import NAMED, fact, failing, say
from tests.evidence.world import Request, ask, period, policy
from vendora_graph.contracts import Draft, Finding, Ledger, MetricRules, Plan, RecommendationDraft, ResultTable, TableSpec
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence.arithmetic import calculate, derived_unit, express, recompute
from vendora_graph.evidence.case import Case
from vendora_graph.evidence.checks.proof import agrees
from vendora_graph.evidence.expression import evaluate, is_expression, lettered, unit_in, write
from vendora_graph.evidence.formats import render_value
from vendora_graph.evidence.ledger import add_facts, make_fact, number
from vendora_graph.evidence.render import render_draft
from vendora_graph.evidence.repair import repair
from vendora_graph.evidence.validate import validate
from vendora_graph.evidence.wording import has_figures

EARLY = period(date(2026, 10, 1), date(2026, 10, 9), "early October")


def of(sample: Sample) -> Case:
    return Case(sample.question, sample.plan, sample.draft, sample.ledger, sample.policy)


def judged(name: str, **nouns: Any) -> set[str]:
    sample = NAMED[name]
    known = {"question": sample.question, "plan": sample.plan, "draft": sample.draft, "ledger": sample.ledger, "policy": sample.policy}
    found = validate(**{**known, **nouns})
    return {check.name for check in found.checks if not check.passed}


def test_an_unread_question_still_binds_by_its_own_words():
    assert judged("unread") == {"coverage.read"}
    assert "coverage.question" in judged("unread", question="closing rate last month")
    assert "coverage.question" in judged("unread", question="total gross last week")
    assert "coverage.headline" in judged("unread", draft=NAMED["unread"].draft.model_copy(update={"headline": "See below."}))
    filtered = NAMED["filtered 0"]
    silent = filtered.draft.model_copy(update={"headline": "Retail units: {{1f1}} in {{p1}}."})
    assert "coverage.question" in judged("filtered 0", plan=None, draft=silent)
    assert "labels.row" in judged("filtered 0", plan=None, draft=silent)
    assert judged("filtered 0", plan=None) == {"coverage.read"}
    assert judged("filtered 3", plan=None) == {"coverage.read"}
    said = silent.model_copy(update={"assumptions": ("Read as {{n1}} only.",)})
    assert "labels.row" not in judged("filtered 0", plan=None, draft=said)


def test_a_reading_without_a_period_binds_no_period():
    plan = Plan(metrics=("units_retail",))
    assert judged("total 0", plan=plan) == set()


def test_a_list_says_what_it_lists():
    result = ask("t1", Request(("units_retail",), OCT, group_by=("model",)))
    refs = build("q", result)
    plan = Plan(intent="list", metrics=("units_retail",), period=OCT, group_by=("model",))
    for headline, fails in (("Retail units in {{p1}}, one row each in the table.", False), ("See the table.", True)):
        found = validate("list", plan, Draft(headline=headline, tables=(spec(result),)), refs.ledger, policy())
        assert ("coverage.headline" in found.fatal) == fails


def test_a_definition_needs_no_figure():
    found = validate("what is it", Plan(intent="definition", metrics=("leads",)), Draft(headline="What sales leads count."), Ledger(turn=1), policy())
    assert found.approved


def test_sides_without_a_side():
    assert "directions.sign" in say("total 9", "Units in stock improved.")
    sample = NAMED["compared 0"]
    info = {**sample.policy.metric_info, "units_retail": MetricRules(label="Retail units", unit="units")}
    better = sample.draft.model_copy(update={"findings": (Finding(text="Retail units improved by {{1f3}}."),)})
    assert "directions.sign" in judged("compared 0", draft=better, policy=sample.policy.model_copy(update={"metric_info": info}))


def test_rising_to_one_value_from_another():
    assert not say("compared 0", "Retail units rose to {{1f1}} in {{p1}} from {{1f2}} in {{p2}}.")
    assert "directions.sign" in say("compared 0", "Retail units fell to {{1f1}} in {{p1}} from {{1f2}} in {{p2}}.")
    assert "directions.sign" in say("several 0", "Retail units were {{1f1}}, up from total gross {{1f2}}.")


def test_ranks_of_a_cut_list_and_of_rows_without_a_side():
    sample = NAMED["ranking 0"]
    assert "directions.rank" in say("ranking 0", "{{n3}} has the lowest Retail units: {{1f3}}.")
    for name in ("ranking 0", "ranking 4"):
        assert "directions.rank" not in say(name, "{{n1}} is the best: {{1f1}}.")
    worst = next(key for key, name in NAMED["ranking 2"].ledger.names.items() if name.value)
    assert "directions.rank" not in say("ranking 2", f"{{{{{worst}}}}} is the worst: {{{{1f1}}}}.")
    assert "directions.rank" in say("total 9", "The best stock is {{1f1}}.")
    odd = {**sample.policy.metric_info, "units_retail": MetricRules(label="Retail units", unit="units")}
    leader = sample.draft.model_copy(update={"findings": (Finding(text="{{n1}} is the best: {{1f1}}."),)})
    assert "directions.rank" in judged("ranking 0", draft=leader, policy=sample.policy.model_copy(update={"metric_info": odd}))


def test_several_periods_before_fewer_figures_may_be_any_of_them():
    assert "labels.period" in say("compared 0", "In {{p2}} and {{p1}}, Retail units reached {{1f1}}.")


def test_words_for_periods_inside_metric_names_claim_nothing():
    sample = NAMED["total 0"]
    info = {**sample.policy.metric_info, "ly": MetricRules(label="Gross last year", unit="usd")}
    text = sample.draft.model_copy(update={"caveats": ("Gross last year is another metric.",), "findings": (Finding(text="Gross last year is not shown."),)})
    assert "labels.relative_period" not in judged("total 0", draft=text, policy=sample.policy.model_copy(update={"metric_info": info}))


def test_small_rows_are_named_rightly():
    assert "samples.named_small" in say("breakdown 3", "Small numbers: {{n1}} rest on few records.")


def test_a_result_with_more_labels_than_rows():
    sample = NAMED["breakdown 0"]
    table = sample.ledger.tables["t1"]
    broken = table.model_copy(update={"keys": (*table.keys, ())})
    assert "tables.rows" in judged("breakdown 0", ledger=sample.ledger.model_copy(update={"tables": {**sample.ledger.tables, "t1": broken}}))


def scorecard(keys: tuple[str, ...], *, grain: str | None = None) -> set[str]:
    """Judge a table whose rows are metrics."""
    result = ask("t1", Request(("units_retail", "total_gross"), OCT))
    cells = result.table.cells[0]
    table = ResultTable(
        id="t2", tool="scorecard", request="{}", columns=("This month",), keys=tuple((("metric", k),) for k in keys), cells=tuple((c,) for c in cells), period=OCT
    )
    refs = build("q", result, tables=(table,))
    draft = Draft(headline="Retail units: {{1f1}} in {{p1}}.", tables=(TableSpec(ref="t1", table="t2"),))
    found = validate("q", Plan(intent="scorecard", metrics=("units_retail",), period=OCT), draft, refs.ledger, policy())
    return set(found.fatal)


def test_rows_of_a_scorecard_are_metrics():
    assert scorecard(("Retail units", "Total gross")) == set()
    assert "tables.rows" in scorecard(("Total gross", "Retail units"))


def test_a_trend_beside_its_comparison_and_rows_named_by_days():
    days = ask("t1", Request(("units_retail",), OCT))
    plain = days.table.model_copy(update={"keys": ((("day", "October 2026"),),)})
    assert not set(_with_table(plain, days.facts)) & {"tables.rows"}
    moved = days.table.model_copy(update={"keys": ((("day", "May 2020"),),)})
    assert "tables.rows" in _with_table(moved, days.facts)


def _with_table(table: ResultTable, facts: dict[str, Any]) -> set[str]:
    ledger = number(add_facts(Ledger(turn=1), tuple(facts.values()), table), 1)
    draft = Draft(headline="Retail units: {{1f1}} in {{p1}}.", tables=(TableSpec(ref="t1", table=table.id),))
    return set(validate("q", Plan(metrics=("units_retail",), period=OCT), draft, ledger, policy()).fatal)


def test_an_empty_table_and_a_ranking_with_gaps():
    result = ask("t1", Request(("front_pvr",), OCT, group_by=("salesperson",), order_by=("front_pvr", "desc")))
    gone = result.table.model_copy(update={"cells": tuple((None,) for _ in result.table.cells), "columns": ("Front gross per unit",)})
    ledger = number(add_facts(Ledger(turn=1), (), gone), 1)
    draft = Draft(headline="Nothing to show.", tables=(TableSpec(ref="t1", table="t1"),))
    assert "tables.order" not in validate("q", None, draft, ledger, policy()).fatal


def test_advice_without_impact_renders_without_a_figure():
    sample = NAMED["benchmark 0"]
    item = RecommendationDraft(action="Coach daily.", owner_role="gm", because=("1f1",))
    shown = render_draft(sample.draft.model_copy(update={"recommendations": (item,)}), sample.ledger)
    assert shown.recommendations[0].impact is None


def test_a_cell_that_is_in_no_ledger_is_not_shown():
    sample = NAMED["breakdown 0"]
    table = sample.ledger.tables["t1"]
    holes = table.model_copy(update={"cells": ((None,), ("gone",), *table.cells[2:])})
    case = of(sample)
    changed = Case(case.question, case.plan, case.draft, case.ledger.model_copy(update={"tables": {"t1": holes}}), case.policy)
    assert len(changed.shown) == 1


def test_expressions_are_computed_again_from_their_formula():
    one, two = fact("10"), fact("4", "units")
    made = express("a * (b + 1)", {"a": one, "b": two}, "usd", label="Made")
    assert made.value == Decimal(50)
    assert recompute(made, {one.id: one, two.id: two}) == Decimal(50)
    with pytest.raises(ModelOutputError):
        express("a + z", {"a": one}, "usd", label="Made")
    with pytest.raises(ModelOutputError):
        express("1 + 2", {}, "usd", label="Made")


@pytest.mark.parametrize(
    "text", ["a +", "a ** b", "a + 'x'", "True + a", "f(a)", "a + missing"], ids=["half", "power", "text", "truth", "call", "stranger"]
)
def test_formulas_hold_plain_arithmetic_only(text):
    with pytest.raises(ModelOutputError):
        evaluate(text, {"a": Decimal(1), "b": Decimal(2)})


def test_formulas_without_a_value_and_with_a_sign():
    assert evaluate("-a", {"a": Decimal(2)}) == Decimal(-2)
    assert evaluate("-a", {"a": None}) is None
    assert evaluate("a / b", {"a": Decimal(2), "b": Decimal(0)}) is None
    assert evaluate("a * 1.5", {"a": Decimal(2)}) == Decimal("3.0")


def test_formulas_have_a_unit_and_at_most_a_letter_a_part():
    with pytest.raises(ModelOutputError, match="no unit"):
        unit_in("expression furlongs: a | a = x")
    names = [f"n{i}" for i in range(27)]
    with pytest.raises(ModelOutputError, match="at most"):
        lettered(" + ".join(names))
    with pytest.raises(ModelOutputError, match="at most"):
        write("usd", "a", names)
    assert is_expression(write("usd", "a + b", ["x", "y"]))
    assert not is_expression(None)
    with pytest.raises(ModelOutputError, match="no formula that can"):
        derived_unit(fact("1"), {})


def test_an_expression_s_unit_stands_in_its_formula():
    made = express("a / b", {"a": fact("10"), "b": fact("4", "units")}, "usd_per_unit", label="Made")
    assert derived_unit(made, {}) == "usd_per_unit"
    assert not is_expression("difference: a - b")
    assert not is_expression("")
    with pytest.raises(ModelOutputError, match="no unit"):
        unit_in("")


def test_a_change_whose_parts_are_gone_stands_under_no_period():
    one, two = fact("10"), fact("9", period=SEP)
    move = calculate("difference", (one, two))
    ledger = number(Ledger(turn=1, facts={move.id: move}), 1)
    draft = Draft(headline="The change in {{p1}} is {{1f1}} in {{p1}}.")
    assert "labels.period" in validate("q", None, draft, ledger, policy()).fatal


def test_equal_days_are_claimed_only_of_what_is_shown():
    one, two, three = fact("10"), fact("9", period=SEP), fact("8", period=AUG)
    inner, shown = calculate("difference", (one, three)), calculate("difference", (one, two))
    outer = calculate("sum", (inner, shown), label="Both")
    ledger = number(add_facts(Ledger(turn=1), (one, two, three, inner, shown, outer)), 1)
    key = {v: k for k, v in ledger.numbers.items()}
    text = f"The change is {{{{{key[shown.id]}}}}} and {{{{{key[outer.id]}}}}}, the same number of selling days."
    days = {"2026-10-01/2026-10-31": 27, "2026-09-01/2026-09-30": 27, "2026-08-01/2026-08-31": 26}
    info = {"m": MetricRules(label="The thing", unit="usd")}
    assert "periods.same_days" not in validate("q", None, Draft(headline=text), ledger, policy(metric_info=info, selling_days=days)).fatal


def test_small_hours_keep_two_places():
    assert render_value(Decimal("1.256"), "hours") == "1.26"
    assert render_value(Decimal("12.56"), "hours") == "12.6"


def test_a_number_word_inside_a_metric_name_is_no_number():
    sample = NAMED["total 0"]
    info = {**sample.policy.metric_info, "two": MetricRules(label="Two car garages", unit="count")}
    text = sample.draft.model_copy(update={"caveats": ("Two car garages are left out.",)})
    assert not judged("total 0", draft=text, policy=sample.policy.model_copy(update={"metric_info": info}))


def test_a_metric_name_keeps_its_own_marks():
    sample = NAMED["total 0"]
    info = {**sample.policy.metric_info, "csi": MetricRules(label="Sales CSI, top box", unit="rate"), "": MetricRules(label="--")}
    marked = sample.policy.model_copy(update={"metric_info": info})
    text = sample.draft.model_copy(update={"caveats": ("Sales CSI, top box is left out.",)})
    assert not judged("total 0", draft=text, policy=marked)
    text = sample.draft.model_copy(update={"findings": (Finding(text="Sales CSI, top row: {{1f1}}."),)})
    assert "directions.rank" in judged("total 0", draft=text, policy=marked)


def test_comparisons_with_equal_days_are_all_looked_at():
    one, two, three = fact("10"), fact("9", period=SEP), fact("8", period=AUG)
    moves = [calculate("difference", pair) for pair in ((one, two), (one, three))]
    ledger = number(add_facts(Ledger(turn=1), (one, two, three, *moves)), 1)
    keys = {v: k for k, v in ledger.numbers.items()}
    text = " ".join(f"The change is {{{{{keys[move.id]}}}}}." for move in moves) + " All have the same number of selling days."
    days = {"2026-10-01/2026-10-31": 27, "2026-09-01/2026-09-30": 27, "2026-08-01/2026-08-31": 26}
    info = {"m": MetricRules(label="The thing", unit="usd")}
    found = validate("q", None, Draft(headline=text), ledger, policy(metric_info=info, selling_days=days))
    assert "periods.same_days" in found.fatal


def test_a_figure_of_a_day_inside_the_call_but_not_its_end():
    result = ask("t1", Request(("units_retail",), OCT))
    first = next(iter(result.facts.values()))
    early = make_fact(first.metric, first.value, first.unit, label=first.label, period=EARLY, query_id=first.query_id, second=first.second)
    assert "tables.request" in _with_table(result.table.model_copy(update={"cells": ((early.id,),)}), {early.id: early})
    timeless = make_fact(first.metric, first.value, first.unit, label=first.label, query_id=first.query_id, second=first.second)
    dated = result.table.model_copy(update={"cells": ((timeless.id,),), "keys": ((("day", "x"),),)})
    assert "tables.rows" not in _with_table(dated, {timeless.id: timeless})


def test_agreement_needs_a_second_value():
    assert not agrees(fact("1", second=None))


def test_marks_in_free_words_are_no_figures():
    assert not has_figures("{ } ?")


def test_a_trend_of_part_of_a_running_month_needs_no_words_for_each_bucket():
    result = ask("t1", Request(("units_retail",), HALF, grain="month"))
    facts = {
        key: f.model_copy(update={"period": f.period.model_copy(update={"complete": False, "label": "cut"})}) if f.period and f.period.start.month == 7 else f
        for key, f in result.facts.items()
    }
    draft = Draft(headline="Retail units in {{p1}}.", tables=(TableSpec(ref="t1", table="t1"),))
    ledger = number(add_facts(Ledger(turn=1), tuple(facts.values()), result.table), 1)
    assert "periods.partial" not in validate("q", None, draft, ledger, policy()).fatal


def test_typed_figures_in_a_sentence_of_two_rows():
    sample = NAMED["two sides 0"]
    typed = sample.draft.model_copy(update={"headline": "Retail units in {{p1}}: {{n1}} 35, {{n2}} 46."})
    assert repair(typed, sample.ledger, sample.policy)[0].headline == sample.draft.headline


def test_changes_told_with_of_and_in_parentheses():
    assert "labels.change" not in say("compared 0", "Retail units had a rise of {{1f3}} ({{1f4}}).")
    assert "labels.change" in say("compared 0", "Retail units had a rise of {{1f1}}.")
    assert "labels.change" in say("compared 0", "Retail units rose {{1f3}} ({{1f1}}).")


def test_what_stands_in_titles_actions_and_measures_is_checked_too():
    sample = NAMED["benchmark 0"]
    item = sample.draft.recommendations[0]
    assert "numerals.digits" in failing(sample, recommendations=(item.model_copy(update={"measure": "Reach 9."}),))
    assert "numerals.plain_text" in failing(sample, recommendations=(item.model_copy(update={"action": "See http://x.example"}),))
    table = sample.draft.tables[0].model_copy(update={"title": "Top 9"})
    assert "numerals.digits" in failing(sample, tables=(table,))


def test_a_circle_of_parts_ends():
    ring = fact("1", grade="derived", formula="sum: x", second=None)
    ring = ring.model_copy(update={"parts": (ring.id,)})
    case = Case("", None, Draft(headline="x"), Ledger(facts={ring.id: ring}), policy())
    assert case.closure(ring) == (ring,)


def test_a_sum_of_one_metric_over_rows_is_plain_arithmetic():
    rows = [fact(str(i), "count", slice=(("a", str(i)),)) for i in (1, 2, 3)]
    assert calculate("sum", rows).value == Decimal(6)


PIECES = ["{{1f1}}", "{{1f2}}", "{{1f3}}", "{{0f1}}", "{{1f99}}", "{{p1}}", "{{p2}}", "{{p9}}", "{{n1}}", "{{n2}}", "{{q1}}", "{{t1}}", "{{x}}", "{", "}}", "up", "down", "rose", "fell", "from", "to", "in", "by", "than", "against", "above", "more", "highest", "leads", "with", "without", "because", "average", "share", "of", "not", "Retail", "units", "Total", "gross", "last", "year", "October", "Ana", "5", "half", "½", "一", "Ⅳ", "two", "most", "of", ",", ";", ".", "(", ")", ":", "%", "$", "\u200b", "<b>", "none", "is", "was", "the"]


@given(st.sampled_from(sorted(NAMED)), st.lists(st.sampled_from(PIECES), max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_no_draft_and_no_broken_ledger_makes_it_fail(name, pieces, chance):
    sample = NAMED[name]
    facts = {key: one for key, one in sample.ledger.facts.items() if chance.random() < 0.9}
    tables = {
        key: table.model_copy(update={"cells": tuple(row[: chance.randint(0, 5)] for row in table.cells), "request": chance.choice([table.request, "", "[]"])})
        if chance.random() < 0.3
        else table
        for key, table in sample.ledger.tables.items()
    }
    ledger = sample.ledger.model_copy(update={"facts": facts, "tables": tables})
    text = " ".join(pieces)
    draft = sample.draft.model_copy(update={"headline": text, "findings": (Finding(text=text), *sample.draft.findings)})
    assert validate(sample.question, sample.plan, draft, ledger, sample.policy).score >= 0
    repaired, _ = repair(draft, sample.ledger, sample.policy)
    assert validate(sample.question, None, repaired, ledger, sample.policy).score >= 0


def test_names_in_the_corpus_are_unique():
    assert len(NAMED) == len(samples())
