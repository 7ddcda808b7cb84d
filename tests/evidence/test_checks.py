# ruff: noqa: E501 - one case a line reads as a table
"""Each check by hand: what it refuses, what it lets pass. Mutants prove the whole; these prove the parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.evidence.corpus import OCT, OCT_12, SEP, Sample, samples
from tests.evidence.world import month, period, policy
from vendora_graph.contracts import (
    ChartSpec,
    Draft,
    Fact,
    Filter,
    Finding,
    Ledger,
    MetricRules,
    Period,
    Plan,
    RecommendationDraft,
    ResultTable,
    Second,
    TableSpec,
    Verdict,
)
from vendora_graph.evidence.arithmetic import calculate
from vendora_graph.evidence.asks import ask_of
from vendora_graph.evidence.calendar import back, first_day, last_day
from vendora_graph.evidence.checks import ALL
from vendora_graph.evidence.ledger import add_facts, make_fact, number
from vendora_graph.evidence.scoring import level_of
from vendora_graph.evidence.validate import validate

NAMED = {sample.name: sample for sample in samples()}


def verdict(sample: Sample, **draft: Any) -> Verdict:
    changed = sample.draft.model_copy(update=draft)
    return validate(sample.question, sample.plan, changed, sample.ledger, sample.policy)


def failing(sample: Sample, **draft: Any) -> set[str]:
    return {check.name for check in verdict(sample, **draft).checks if not check.passed}


def say(name: str, text: str) -> set[str]:
    """Return the checks that fail when a sentence is added to an approved answer."""
    sample = NAMED[name]
    return failing(sample, findings=(*sample.draft.findings, Finding(text=text, kind="note")))


def head(name: str, text: str) -> set[str]:
    return failing(NAMED[name], headline=text, findings=())


SAID: list[tuple[str, str, str]] = [
    ("total 0", "The {{1f1}} in {{p1}} are the highest.", "directions.rank"),
    ("total 0", "It was a record of {{1f1} units.", "references.well_formed"),
    ("total 0", "The {{q7}} is there.", "references.exist"),
    ("total 0", "The {{p9}} and {{n9}}.", "references.exist"),
    ("total 0", "That is {{0f1}}.", "references.this_turn"),
    ("ranking 0", "The list has {{q1}} rows.", "references.quoted"),
    ("total 0", "Sales are up.", "directions.sign"),
    ("total 0", "Sales did not rise.", "directions.sign"),
    ("total 6", "The median response time was better than {{1f1}}.", "directions.sign"),
    ("total 0", "The average is {{1f1}}.", "labels.aggregate"),
    ("total 0", "The median is {{1f1}}.", "labels.aggregate"),
    ("total 0", "A share of {{1f1}}.", "labels.share"),
    ("breakdown 0", "It is {{1f4}}.", "labels.share"),
    ("total 0", "An increase of {{1f1}} in {{p1}}.", "labels.change"),
    ("total 0", "It moved by {{1f1}}, higher by {{1f1}}.", "labels.change"),
    ("total 0", "It was {{1f1}} below plan.", "labels.change"),
    ("compared 0", "Retail units went from {{1f3}} up.", "labels.change"),
    ("total 0", "Total gross was {{1f1}} in {{p1}}.", "labels.metric"),
    ("total 0", "It was {{1f1}} dollars.", "labels.unit"),
    ("total 0", "It was €{{1f1}}.", "labels.unit"),
    ("total 0", "Last year it was {{1f1}}.", "labels.relative_period"),
    ("total 0", "It was {{1f1}} in early March.", "numerals.calendar"),
    ("total 0", "It was {{1f1}} without {{p1}}.", "labels.excluded"),
    ("filtered 0", "Retail units without {{n1}}: {{1f1}}.", "labels.excluded"),
    ("filtered 3", "Sales leads of {{n1}}: {{1f1}}.", "labels.excluded"),
    ("total 0", "Hello\u200b there.", "numerals.plain_text"),
    ("total 0", "Hello\x07 there.", "numerals.plain_text"),
    ("total 0", "See <b>this</b>.", "numerals.plain_text"),
    ("total 0", "It was 五 cars.", "numerals.digits"),
    ("total 0", "It was пять cars.", "numerals.script"),
    ("total 0", "Most of it came late.", "numerals.parts"),
    ("breakdown 3", "Most of it is a share of {{1f7}}.", "numerals.parts"),
    ("total 0", "Ask Zed about it.", "numerals.names"),
    ("total 0", "It is so because {{1f1}}.", "causes.supported"),
    ("total 0", "Nobody sold any.", "samples.zero"),
    ("two sides 0", "{{n2}} is ahead of {{n1}} by {{1f3}}.", "labels.row"),
    ("two sides 0", "{{n1}} was asked for.", ""),
    ("total 0", "You said {{q1}} rows.", "references.exist"),
    ("breakdown 0", "{{n1}} leads with {{1f2}}.", "directions.rank"),
    ("breakdown 0", "{{n2}} ranks first with {{1f2}}.", "directions.rank"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "check"), SAID, ids=[f"{check or 'fine'}-{i}" for i, (_, _, check) in enumerate(SAID)])
def test_sentences_that_are_refused(name, text, check):
    found = say(name, text)
    assert (check in found) if check else not found, found


FINE = [
    ("breakdown 0", "{{n1}} has the most, {{1f1}}."),
    ("breakdown 0", "{{n2}} is second with {{1f2}}, it ranks second."),
    ("breakdown 0", "{{n2}} has the lowest Retail units: {{1f2}}."),
    ("breakdown 0", "{{n1}} leads with {{1f1}}."),
    ("filtered 3", "The leads are counted."),
    ("breakdown 0", "{{n1}} is more than half of it: a share of {{1f4}}."),
    ("total 0", "Follow up on it, set up a list, and see below."),
    ("total 5", "The average is {{1f1}}."),
    ("total 6", "The median is {{1f1}} minutes."),
    ("total 2", "It was ${{1f1}} in {{p1}}."),
    ("compared 3", "Finance penetration moved {{1f3}} points."),
    ("compared 0", "Retail units in {{p1}} were {{1f1}}, more than {{1f2}} in {{p2}}."),
    ("compared 0", "In {{p2}} and {{p1}} Retail units were {{1f2}} and {{1f1}}."),
    ("compared 0", "Retail units did not fall, they rose {{1f3}}."),
    ("compared 0", "Retail units are up to {{1f1}} in {{p1}} from {{1f2}} in {{p2}}."),
    ("compared 0", "Last month Retail units were {{1f1}}."),
    ("two sides 0", "{{n1}} and {{n2}} sold {{1f1}} and {{1f2}}."),
    ("explained 0", "Because of {{n1}}, Total gross fell {{1f7}}."),
    ("to date 0", "The month is still running."),
    ("total 0", "Retail units in DMS data: {{1f1}}."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), FINE)
def test_sentences_that_pass(name, text):
    if name == "explained 0":
        sample = NAMED[name]
        wanted = next(k for k, v in sample.ledger.numbers.items() if (f := sample.ledger.facts[v]).formula and f.formula.startswith("difference") and f.slice and (f.value or 0) < 0)
        value = sample.ledger.facts[sample.ledger.numbers[wanted]].slice[0][1]
        label = next(k for k, n in sample.ledger.names.items() if n.value == value)
        text = text.replace("1f7", wanted).replace("n1", label)
    assert not say(name, text)


def simple(fact: Fact, headline: str = "It is {{1f1}} in {{p1}}.", **more: Any) -> Verdict:
    """Judge a one-fact answer that nobody asked for in particular."""
    ledger = number(add_facts(Ledger(turn=1), (fact, *more.pop("others", ())), more.pop("table", None)), 1)
    rules = more.pop("rules", None)
    info = {"m": MetricRules(label="The thing", unit=fact.unit, **rules)} if rules is not None else {}
    return validate("what is it", None, Draft(headline=headline, **more.pop("draft", {})), ledger, policy(metric_info=info, **more))


def fact(value: str | None = "10", unit: str = "usd", **more: Any) -> Fact:
    amount = None if value is None else Decimal(value)
    base: dict[str, Any] = {"label": "The thing", "period": OCT, "query_id": "q1", "second": Second(value=amount, method="by day")}
    return make_fact("m", amount, unit, **{**base, **more})  # type: ignore[arg-type]


def names(found: Verdict) -> set[str]:
    return {check.name for check in found.checks if not check.passed} - {"coverage.read"}


RULES: list[tuple[str, Callable[[], Verdict], str]] = [
    ("clean", lambda: simple(fact(), rules={}), ""),
    ("unknown metric", lambda: simple(fact(), rules=None, history={}), ""),
    ("not allowed", lambda: simple(fact(), rules={"access": "pay"}, allowed_classes=("sales",)), "access.allowed"),
    ("allowed", lambda: simple(fact(), rules={"access": "pay"}, allowed_classes=("pay",)), ""),
    ("beyond bounds", lambda: simple(fact("99"), rules={"low": Decimal(0), "high": Decimal(20)}), "samples.impossible"),
    ("below bounds", lambda: simple(fact("-5"), rules={"low": Decimal(10)}), "samples.implausible"),
    ("odd", lambda: simple(fact("25"), rules={"low": Decimal(0), "high": Decimal(20)}), "samples.implausible"),
    ("odd and small", lambda: simple(fact("25", n=2), rules={"low": Decimal(0), "high": Decimal(20), "min_n": 5}, draft={"caveats": ("Small sample.",)}), ""),
    ("a part of few records", lambda: simple(fact("0.5", "rate", n=2), rules={"high": Decimal("0.1"), "min_n": 5}, draft={"caveats": ("Small sample.",)}), ""),
    ("a part of many records", lambda: simple(fact("0.5", "rate", n=9), rules={"high": Decimal("0.1"), "min_n": 5}), "samples.impossible"),
    ("more than a whole", lambda: simple(fact("1.5", "rate", n=2), rules={"high": Decimal("0.1"), "min_n": 5}), "samples.impossible"),
    ("a rate above all bounds", lambda: simple(fact("2", "rate"), rules={"low": Decimal(0), "high": Decimal(1)}), "samples.impossible"),
    ("outside its past", lambda: simple(fact("25"), rules={"additivity": "ratio"}, history={"m": (Decimal(1), Decimal(9))}), "samples.history"),
    ("inside its past", lambda: simple(fact("5"), rules={"additivity": "ratio"}, history={"m": (Decimal(1), Decimal(9))}), ""),
    ("a sum outside its past", lambda: simple(fact("25"), rules={}, history={"m": (Decimal(1), Decimal(9))}), "samples.history"),
    ("a running month has no past", lambda: simple(fact("25", period=OCT_12), "It is {{1f1}} to date in {{p1}}.", rules={}, history={"m": (Decimal(1), Decimal(9))}), ""),
    ("a year old month has no past", lambda: simple(fact("25", period=month(2025, 1)), rules={}, history={"m": (Decimal(1), Decimal(9))}), ""),
    ("no period, no past", lambda: simple(fact("25", period=None), "It is {{1f1}}.", rules={}, history={"m": (Decimal(1), Decimal(9))}), ""),
    ("a row has no past", lambda: simple(fact("25", slice=[("store", "A")]), "{{n1}}: {{1f1}} in {{p1}}.", rules={}, history={"m": (Decimal(1), Decimal(9))}), ""),
    ("few records have no past", lambda: simple(fact("25", n=2), rules={"min_n": 5}, history={"m": (Decimal(1), Decimal(9))}, draft={"caveats": ("Small sample.",)}), ""),
    ("small", lambda: simple(fact(n=2), rules={"min_n": 5}), "samples.small"),
    ("best of few", lambda: simple(fact(n=2), "The best is {{1f1}} in {{p1}}.", rules={"min_n": 5}), "samples.small_rank"),
    ("no data", lambda: simple(fact(None), rules={}), ""),
    ("claim of no data", lambda: simple(fact(None), "It rose to {{1f1}} in {{p1}}.", rules={}), "samples.missing"),
    ("sum of no rows", lambda: simple(fact("0", n=0), rules={}), "samples.zero"),
    ("no rows of days to come", lambda: simple(fact("0", "units", n=0, period=month(2027, 1)), "Expected: {{1f1}} in {{p1}}.", rules={}), "samples.zero"),
    ("no sale at all", lambda: simple(fact("0", "units", n=0), "Nobody sold: {{1f1}} in {{p1}}.", rules={}), ""),
    ("not proven", lambda: simple(fact(second=None), rules={}), "proof.spoken"),
    ("free sql", lambda: simple(fact(grade="sql"), rules={}), "proof.free_sql"),
    ("within tolerance", lambda: simple(fact("0.3333333333333", "rate", second=Second(value=Decimal("0.3333333333334"), method="x")), rules={}), ""),
    ("money is exact", lambda: simple(fact("0.3333333333333", second=Second(value=Decimal("0.3333333333334"), method="x")), rules={}), "proof.agrees"),
    ("a value against none", lambda: simple(fact(second=Second(value=None, method="x")), rules={}), "proof.agrees"),
    ("days to come", lambda: simple(fact(period=month(2027, 1)), rules={}), "periods.future"),
    ("days to come, said", lambda: simple(fact(period=month(2027, 1)), "Expected: {{1f1}} in {{p1}}.", rules={}), ""),
    ("after the data", lambda: simple(fact(period=period(date(2026, 11, 1), date(2026, 11, 20), "the month")), rules={}), "periods.complete"),
    ("cut week called complete", lambda: simple(fact(period=period(date(2026, 11, 2), date(2026, 11, 6), "the week", grain="week")), rules={}), "periods.complete"),
    ("running", lambda: simple(fact(period=period(date(2026, 11, 1), date(2026, 11, 12), "the month", complete=False)), "It is {{1f1}}.", rules={}), "periods.partial"),
    ("open month", lambda: simple(fact(period=month(2026, 10)), rules={"ledger_month": True}, open_months=("2026-10",)), "periods.open_said"),
    ("target without query", lambda: simple(fact(grade="target", query_id=None, second=None, basis="plan"), "The target is {{1f1}} in {{p1}}.", rules={}), ""),
    ("target without basis", lambda: simple(fact(grade="target", query_id=None, second=None), rules={}), "proof.spoken"),
    ("no period", lambda: simple(fact(period=None), "It is {{1f1}}.", rules={}), ""),
    ("benchmark alone", lambda: simple(fact(grade="benchmark", basis="b", second=None), rules={}), "benchmarks.definition"),
    ("unit of another", lambda: simple(fact(unit="count"), rules={}), ""),
]  # fmt: skip


@pytest.mark.parametrize(("made", "check"), [(made, check) for _, made, check in RULES], ids=[name for name, _, _ in RULES])
def test_facts_by_rule(made, check):
    found = names(made())
    assert (check in found) if check else not found, found


def test_a_metric_nobody_knows():
    other = policy(metric_info={"z": MetricRules(label="Z")})
    ledger = number(add_facts(Ledger(turn=1), (fact(),)), 1)
    found = validate("q", None, Draft(headline="It is {{1f1}} in {{p1}}."), ledger, other)
    assert "access.known" in names(found)


def derived(name: str, *parts: Fact, **more: Any) -> set[str]:
    made = calculate(name, parts) if "fact" not in more else more["fact"]
    ledger = number(add_facts(Ledger(turn=1), (made, *parts)), 1)
    key = next(k for k, v in ledger.numbers.items() if v == made.id)
    info = more.get("info") or {"m": MetricRules(label="The thing", unit=parts[0].unit, **more.get("rules", {}))}
    draft = Draft(headline=more.get("text", "The change is KEY.").replace("KEY", f"{{{{{key}}}}}"))
    return names(validate("q", more.get("plan"), draft, ledger, policy(metric_info=info, **more.get("policy", {}))))


def test_a_share_is_of_what_the_question_says_it_is_of():
    """`what percent of new is North`: of new, not of everything."""
    conditions = (Filter(dimension="class", values=("new",)), Filter(dimension="store", values=("North",)))
    plan = Plan(metrics=("m",), filters=conditions, period=OCT, topic="share")
    part = fact("1", slice=(("class", "new"), ("store", "North")))
    assert "coverage.unasked" not in derived("share", part, fact("4", slice=(("class", "new"),)), text="A share of KEY.", plan=plan)
    assert "coverage.unasked" in derived("share", part, fact("9"), text="A share of KEY.", plan=plan)


def test_sums_of_what_does_not_add_up():
    one, two = fact("1", "count", slice=(("a", "x"),)), fact("2", "count", slice=(("a", "y"),))
    assert "arithmetic.sense" in derived("sum", one, two, rules={"additivity": "distinct"})
    assert "arithmetic.sense" in derived("sum", one, two, rules={"additivity": "ratio"})
    later = fact("2", "count", period=SEP)
    assert "arithmetic.sense" in derived("sum", fact("1", "count"), later, rules={"additivity": "semi_additive"})
    assert "arithmetic.sense" in derived("sum", one, one)
    assert "arithmetic.sense" not in derived("sum", one, two)


def test_a_mean_is_of_whole_buckets_that_follow_one_another():
    def bucket(period: Period, value: str = "2", **more: Any) -> Fact:
        return fact(value, "count", period=period, **more)

    aug, sep, running = month(2026, 8), month(2026, 9), month(2026, 10, until=12)
    north, south = {"slice": (("store", "North"),)}, {"slice": (("store", "South"),)}
    whole = bucket(aug), bucket(sep, "4"), bucket(month(2026, 10))
    assert "arithmetic.sense" not in derived("mean", *whole)
    assert "arithmetic.sense" not in derived("mean", *reversed(whole))
    for wrong in (
        (bucket(aug), bucket(month(2026, 10))),  # a month between is left out
        (bucket(sep), bucket(running)),
        (bucket(sep), bucket(sep)),
        (bucket(sep, **north), bucket(month(2026, 10), **south)),
        (bucket(sep, **north), bucket(sep, "3", **south)),  # two groups, and whether they are all is not known
        (bucket(sep), bucket(Period(start=OCT.start, end=OCT.start, label="October 1, 2026", grain="day"))),
    ):
        assert "arithmetic.sense" in derived("mean", *wrong), wrong


def test_shares_and_changes_of_strangers():
    north, all_ = fact("1", slice=(("store", "North"),)), fact("4")
    assert "arithmetic.sense" not in derived("share", north, all_, text="A share of KEY.")
    assert "arithmetic.sense" in derived("share", all_, north)
    assert "arithmetic.sense" in derived("share", north, fact("4", period=SEP))
    assert "arithmetic.sense" in derived("difference", north, all_)
    stranger = make_fact("z", Decimal(3), "usd", label="Z", period=OCT, second=Second(value=Decimal(3), method="x"), query_id="q")
    info = {"m": MetricRules(label="M", unit="usd", family="f"), "z": MetricRules(label="Z", unit="usd", family="f")}
    assert "arithmetic.sense" not in derived("difference", fact("4"), stranger, info=info)
    assert "arithmetic.sense" not in derived("share", fact("4"), stranger, info=info)
    assert "arithmetic.sense" in derived("share", fact("4"), stranger)
    assert "arithmetic.sense" in derived("difference", fact("4"), stranger)


def test_derived_facts_that_cannot_be_computed_again():
    one, two = fact("1"), fact("2")
    orphan = make_fact("m", Decimal(1), "usd", label="O", grade="derived", formula="difference: x", parts=("gone", one.id))
    assert "arithmetic.recomputed" in derived("x", one, two, fact=orphan)
    wordless = make_fact("m", Decimal(1), "usd", label="O", grade="derived", formula="magic: x", parts=(one.id, two.id))
    assert "arithmetic.recomputed" in derived("x", one, two, fact=wordless)
    misfit = make_fact("m", Decimal(1), "usd", label="O", grade="derived", formula="points: x", parts=(one.id, two.id))
    assert "arithmetic.recomputed" in derived("x", one, two, fact=misfit)
    circle = make_fact("m", Decimal(1), "usd", label="O", grade="derived", formula="sum: x", parts=(one.id,))
    ring = circle.model_copy(update={"parts": (circle.id,)})
    assert "proof.spoken" in derived("x", one, fact=ring)


def test_forecasts_are_called_what_they_are():
    now = fact("10")
    again = Second(value=Decimal(30), method="the curve again")
    pace = make_fact("m", Decimal(30), "usd", label="Pace", grade="forecast", formula="curve: x", parts=(now.id,), period=OCT, second=again)
    assert "claims.estimates" in derived("x", now, fact=pace, text="It is KEY.")
    assert derived("x", now, fact=pace, text="On pace for KEY.") == set()


def test_periods_of_unequal_length_and_selling_days():
    long, short = fact("10"), fact("4", period=OCT_12)
    assert "periods.aligned" in derived("difference", short, long)
    assert "periods.aligned" not in derived("difference", short, long, rules={"additivity": "ratio"})
    september = fact("9", period=SEP)
    days = {"2026-10-01/2026-10-31": 27, "2026-09-01/2026-09-30": 25}
    assert "periods.selling_days" in derived("difference", long, september, policy={"selling_days": days})
    assert "periods.selling_days" not in derived("difference", long, september, rules={"additivity": "ratio"}, policy={"selling_days": days})
    said = "The change is KEY, over another number of selling days."
    assert "periods.selling_days" not in derived("difference", long, september, text=said, policy={"selling_days": days})
    same = "The change is KEY, with the same number of selling days."
    assert "periods.same_days" in derived("difference", long, september, text=same, policy={"selling_days": days})
    equal = {**days, "2026-09-01/2026-09-30": 27}
    assert "periods.same_days" not in derived("difference", long, september, text=same, policy={"selling_days": equal})
    assert "periods.same_days" in derived("difference", long, september, text=same, policy={"selling_days": {"2026-10-01/2026-10-31": 27}})
    assert "periods.same_days" not in derived("difference", long, september, text=same)


def test_old_and_incomparable_benchmarks():
    own = fact("10")
    old = fact("12", grade="benchmark", basis="survey", period=month(2020, 1), second=None)
    assert "benchmarks.age" in derived("difference", own, old)
    apart = fact("12", grade="benchmark", basis="survey, not comparable", second=None)
    ledger = number(add_facts(Ledger(turn=1), (own, apart)), 1)
    key = {v: k for k, v in ledger.numbers.items()}
    for words, wrong in (("", True), (" It is not comparable.", False)):
        draft = Draft(headline=f"It is {{{{{key[own.id]}}}}}, the benchmark {{{{{key[apart.id]}}}}} in {{{{p1}}}}.{words}")
        found = names(validate("q", None, draft, ledger, policy(metric_info={"m": MetricRules(label="M", unit="usd")})))
        assert ("benchmarks.definition" in found) == wrong
    assert "benchmarks.definition" in derived("product", fact("3", "units"), fact("2", "usd_per_unit", grade="benchmark", basis="x, not comparable", second=None))


def test_a_table_cell_that_is_not_proven_is_withheld():
    sample = NAMED["breakdown 3"]
    last = sample.ledger.tables["t1"].cells[3][0] or ""
    facts = {**sample.ledger.facts, last: sample.ledger.facts[last].model_copy(update={"second": None})}
    found = validate(sample.question, sample.plan, sample.draft, sample.ledger.model_copy(update={"facts": facts}), sample.policy)
    assert found.approved
    assert found.level == "Moderate"
    assert found.withheld == (last,)
    chart = sample.draft.model_copy(update={"chart": ChartSpec(table="t1", kind="bar", x="salesperson", y=("Front gross",))})
    drawn = validate(sample.question, sample.plan, chart, sample.ledger.model_copy(update={"facts": facts}), sample.policy)
    assert drawn.fatal == ("proof.spoken",)


def test_tables_and_charts_of_nothing():
    sample = NAMED["total 0"]
    assert "references.tables" in failing(sample, tables=(TableSpec(ref="t1", table="t8"),))
    assert "references.tables" in failing(sample, chart=ChartSpec(table="t8", kind="bar", x="a", y=("b",)))
    assert "references.tables" in failing(sample, chart=ChartSpec(table="t1", kind="bar", x="a", y=("b",)))
    assert not failing(sample, headline=sample.draft.headline + " See {{t1}}.")


def test_unused_words_and_assumptions_cost_score_each():
    sample = NAMED["total 0"]
    costs = sample.policy.model_copy(update={"unused": ("shiny", "blue"), "stated_assumptions": ("a",)})
    found = validate(sample.question, sample.plan, sample.draft, sample.ledger, costs)
    assert found.score == Decimal("0.88")
    assert found.level == "Moderate"
    assert found.approved
    more = costs.model_copy(update={"unused": ("shiny", "blue", "fast")})
    rejected = validate(sample.question, sample.plan, sample.draft, sample.ledger, more)
    assert (rejected.approved, rejected.level, rejected.fatal) == (False, "Low", ())
    assert level_of(Decimal("0.2")) == "Low"


def test_agreement_earns_only_when_it_is_independent():
    sample = NAMED["total 0"]
    for changes, score in (({}, "1.00"), ({"independent": False}, "0.97"), ({"analyst_is_offline": True}, "0.97")):
        found = validate(sample.question, sample.plan, sample.draft, sample.ledger, sample.policy.model_copy(update=changes))
        assert found.score == Decimal(score)
        note = next(check for check in found.checks if check.name == "coverage.independent")
        assert note.passed
        assert ("not independent" in note.reason) == bool(changes)


def test_feedback_names_check_reason_and_hint_and_counts_the_rest():
    text = "It was 5, 6, 7, 8 and 9."
    found = verdict(NAMED["total 0"], findings=(Finding(text=text),))
    line = found.feedback.splitlines()[0]
    assert line.startswith("[numerals.digits] A numeral is typed: '5'")
    assert "2 more" in line
    assert line.endswith("derive others with calculate.")


def test_more_than_three_recommendations_and_ungrounded_ones():
    sample = NAMED["benchmark 0"]
    item = sample.draft.recommendations[0]
    assert "recommendations.count" in failing(sample, recommendations=(item,) * 4)
    assert not failing(sample, recommendations=(item.model_copy(update={"impact": None}),))
    stray = item.model_copy(update={"because": ("1f2",)})
    assert "recommendations.impact" not in failing(sample, recommendations=(stray,))
    foreign = RecommendationDraft(action="Do.", owner_role="gm", impact=item.impact, because=("p1",))
    assert "recommendations.grounded" in failing(sample, recommendations=(foreign,))


def test_reading_of_tool_calls():
    def table(request: str, tool: str = "query_metrics") -> ResultTable:
        return ResultTable(id="t", tool=tool, request=request)

    assert ask_of(table("no json")).metrics == ()
    assert ask_of(table("[]")).filters == frozenset()
    assert ask_of(table('{"metric":"m"}')).metrics == ("m",)
    read = ask_of(table('{"filters":[{"dimension":"age","op":"gt","values":["60.0"]},{"dimension":"age","op":"lt","values":["old"]},3]}'))
    assert read.filters == {("age", "gt", ("60",)), ("age", "lt", ("old",))}


def test_calendar():
    day = date(2026, 11, 12)
    assert (first_day(day, "day"), last_day(day, "day")) == (day, day)
    assert (first_day(day, "week"), last_day(day, "week")) == (date(2026, 11, 9), date(2026, 11, 15))
    assert last_day(day, "month") == date(2026, 11, 30)
    assert (first_day(day, "quarter"), last_day(day, "quarter")) == (date(2026, 10, 1), date(2026, 12, 31))
    assert (first_day(day, "year"), last_day(day, "year")) == (date(2026, 1, 1), date(2026, 12, 31))
    assert back(day, "quarter", 1).start == date(2026, 7, 1)


def test_every_check_stands_in_the_rubric_once_and_the_other_way_round():
    from vendora_graph.evidence.resources import resource

    names = [rule.name for rule in ALL]
    assert len(names) == len(set(names))
    assert set(names) == set(resource("rubric")["checks"])


def test_a_verdict_is_the_same_every_time_and_leaves_its_nouns_alone():
    for sample in samples():
        before = sample.ledger.model_dump_json()
        one = validate(sample.question, sample.plan, sample.draft, sample.ledger, sample.policy)
        assert one == validate(sample.question, sample.plan, sample.draft, sample.ledger, sample.policy)
        assert sample.ledger.model_dump_json() == before

