# ruff: noqa: E501 - one case a line reads as a table
"""Figures, periods, names and tables as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.evidence.corpus import build, samples
from tests.evidence.world import DIMENSIONS, Request, ask, month
from vendora_graph.contracts import Draft, Finding, Ledger, Name, Period, RecommendationDraft, TableSpec
from vendora_graph.errors import InternalError
from vendora_graph.evidence.arithmetic import change, difference
from vendora_graph.evidence.formats import render_period, render_value
from vendora_graph.evidence.ledger import make_fact, number, quote_numbers
from vendora_graph.evidence.names import plain_name
from vendora_graph.evidence.references import key_of, references, sentences, tokens
from vendora_graph.evidence.render import fill_table, render_draft, render_text
from vendora_graph.evidence.wording import has_figures

OCT, SEP = month(2026, 10), month(2026, 9)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("1844.5", "usd", "$1,845"),
        ("-412.49", "usd", "($412)"),
        ("-0.4", "usd", "$0"),
        ("1840", "usd_per_unit", "$1,840"),
        ("142.5", "usd_per_hour", "$142.50"),
        ("-12.345", "usd_per_hour", "($12.35)"),
        ("0.4512", "rate", "45.1%"),
        ("-0.032", "rate", "-3.2%"),
        ("0.07", "points", "7.0 points"),
        ("-0.0004", "points", "0.0 points"),
        ("12.5", "units", "12.5"),
        ("1234", "count", "1,234"),
        ("12.33", "units", "12.3"),
        ("41.04", "days", "41"),
        ("1.256", "x", "1.26x"),
        ("25", "bps", "25 bps"),
        ("4.55", "stars", "4.6"),
        ("3.14159", "number", "3.14"),
        (None, "usd", "no data"),
    ],
)
def test_values(value, unit, text):
    assert render_value(None if value is None else Decimal(value), unit) == text


@pytest.mark.parametrize(
    ("value", "options", "text"),
    [
        ("412345", {"compact": True}, "$412k"),
        ("1240000", {"compact": True}, "$1.24M"),
        ("-3200000000", {"compact": True}, "($3.2B)"),
        ("950", {"compact": True}, "$950"),
        ("12", {"signed": True}, "+$12"),
        ("-12", {"signed": True}, "($12)"),
        ("12", {"bare": True}, "12"),
    ],
)
def test_options(value, options, text):
    assert render_value(Decimal(value), "usd", **options) == text


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (OCT, "October 2026"),
        (Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="2026-10", grain="month"), "October 2026"),
        (Period(start=date(2026, 7, 1), end=date(2026, 9, 30), label="2026-Q3", grain="quarter"), "Q3 2026"),
        (Period(start=date(2026, 11, 2), end=date(2026, 11, 8), label="2026-11-02", grain="week"), "week of November 2, 2026"),
        (Period(start=date(2026, 11, 2), end=date(2026, 11, 2), label="2026-11-02", grain="day"), "November 2, 2026"),
        (Period(start=date(2026, 11, 1), end=date(2026, 11, 12), label="November 2026", complete=False), "November 2026 to date"),
        (month(2026, 11, 12), "November 1-12, 2026"),
        (Period(start=date(2026, 11, 1), end=date(2026, 11, 12), label="this month so far", complete=False), "this month so far"),
    ],
)
def test_periods(period, text):
    assert render_period(period) == text


def test_names_are_one_visible_line_without_references():
    assert plain_name("Ana\u202e Ruiz\n\x00{{1f1}}\u200b") == "Ana Ruiz { {1f1} }"
    assert plain_name("x" * 300).endswith("…")
    assert len(plain_name("x" * 300)) == 120


@pytest.fixture
def refs():
    return build("top 5", ask("t1", Request(("units_retail", "finance_rate"), OCT, compare=SEP)))


def cells(refs, column: int):
    return refs.ledger.facts[refs.ledger.tables["t1"].cells[0][column]]


def test_a_change_behind_a_direction_word_shows_its_size(refs):
    move = difference(make_fact("u", Decimal(3), "units", label="U"), make_fact("u", Decimal(8), "units", label="U"))
    percent = change(make_fact("u", Decimal(3), "units", label="U"), make_fact("u", Decimal(8), "units", label="U"))
    ledger = number(Ledger(facts={f.id: f for f in (move, percent)}, names={"n9": Name(dimension="d", value="Zoe")}), 1)
    key = {identity: key for key, identity in ledger.numbers.items()}
    one, two = f"{{{{{key[move.id]}}}}}", f"{{{{{key[percent.id]}}}}}"
    assert render_text(f"down {one} ({two})", ledger) == "down 5 (62.5%)"
    assert render_text(f"{one} lower", ledger) == "5 lower"
    assert render_text(f"behind {{{{n9}}}} by {one}", ledger) == "behind Zoe by 5"
    assert render_text(f"The change is {one}.", ledger) == "The change is -5."
    assert render_text(one, ledger) == "-5"
    assert render_text(f"down in a very long way around {one}", ledger) == "down in a very long way around -5"


def test_a_unit_that_is_typed_is_not_written_twice(refs):
    rate = cells(refs, 4)
    money = make_fact("g", Decimal(10), "usd", label="G")
    none = make_fact("h", None, "usd", label="H")
    ledger = number(refs.ledger.model_copy(update={"facts": {**refs.ledger.facts, money.id: money, none.id: none}}), 1)
    key = {identity: f"{{{{{key}}}}}" for key, identity in ledger.numbers.items()}
    assert render_text(f"{key[rate.id]} percent", ledger).count("%") == 0
    assert render_text(f"${key[money.id]}", ledger) == "$10"
    assert render_text(f"$ {key[money.id]}", ledger) == "$ $10"
    assert render_text(f"{key[none.id]} percent", ledger) == "no data percent"


def test_every_kind_of_reference_is_told(refs):
    ledger = quote_numbers(refs.ledger, "top 5")
    text = render_text("You said {{q1}}: {{1f1}} in {{p1}}, {{t1}}.", ledger)
    assert text == f"You said 5: {render_value(cells(refs, 0).value, 'units')} in October 2026, the table."


def test_a_reference_to_nothing_is_our_mistake(refs):
    for text in ("{{1f99}}", "{{p9}}", "{{n9}}", "{{q9}}"):
        with pytest.raises(InternalError, match="points at nothing"):
            render_text(text, refs.ledger)


def test_what_is_withheld_says_so_everywhere(refs):
    fact = cells(refs, 0)
    draft = Draft(
        headline=f"{refs.f(fact)} units",
        findings=(Finding(text="nothing"),),
        tables=(TableSpec(ref="t1", table="t1"),),
        recommendations=(RecommendationDraft(action="Do it.", owner_role="gm", impact=refs.f(fact)), RecommendationDraft(action="Go.", owner_role="gm", impact="1f77")),
        caveats=("c",),
        assumptions=("a",),
    )
    shown = render_draft(draft, refs.ledger, withheld=[fact.id], labels=DIMENSIONS)
    assert shown.headline == "withheld units"
    assert shown.analysis.tables[0].rows[0][0] == "withheld"
    assert [item.impact for item in shown.recommendations] == [None, None]


def test_recommendations_show_impact_and_formula():
    sample = next(s for s in samples() if s.name == "benchmark 0")
    item = render_draft(sample.draft, sample.ledger).recommendations[0]
    assert item.impact is not None
    assert item.formula is not None
    assert item.formula.startswith("product: [F&I gross per unit against the benchmark")
    assert item.fact in sample.ledger.facts


def test_what_closing_a_gap_is_worth_has_no_sign():
    sample = next(s for s in samples() if s.name == "benchmark 0")
    fact = sample.ledger.facts[str(render_draft(sample.draft, sample.ledger).recommendations[0].fact)]
    shown = []
    for value in (Decimal("-1234.5"), Decimal("1234.5")):
        ledger = sample.ledger.model_copy(update={"facts": {**sample.ledger.facts, fact.id: fact.model_copy(update={"value": value})}})
        shown.append(render_draft(sample.draft, ledger).recommendations[0].impact)
    assert shown == ["$1,235", "$1,235"]


def test_tables_have_labels_totals_limits_and_notes():
    result = ask("t1", Request(("units_retail",), OCT, group_by=("salesperson",), order_by=("units_retail", "desc"), total=True))
    refs = build("q", result)
    shown = fill_table(TableSpec(ref="t1", table="t1", title="Board", columns=("Retail units",), limit=2), refs.ledger, labels=DIMENSIONS)
    assert shown.title == "Board"
    assert shown.columns == ("Salesperson", "Retail units")
    assert len(shown.rows) == len(shown.facts) == 2
    assert shown.note == "2 of 5 rows"
    assert shown.facts[0][0] is None
    assert refs.ledger.facts[shown.facts[0][1] or ""].value is not None
    whole = fill_table(TableSpec(ref="t1", table="t1"), refs.ledger)
    assert whole.columns[0] == "Salesperson"
    assert whole.rows[-1][0] == "Total"
    assert whole.note == ""


def test_cells_without_a_fact_are_empty_and_notes_are_kept():
    result = ask("t1", Request(("units_retail",), OCT))
    table = result.table.model_copy(update={"cells": ((None,),), "note": "as booked"})
    ledger = number(Ledger(tables={"t1": table}), 1)
    shown = fill_table(TableSpec(ref="t1", table="t1"), ledger)
    assert shown.rows == (("",),)
    assert shown.note == "as booked"
    cut = ledger.model_copy(update={"tables": {"t1": table.model_copy(update={"note": "truncated"})}})
    assert fill_table(TableSpec(ref="t1", table="t1"), cut).note == ""


def test_tables_that_do_not_exist_are_our_mistake(refs):
    with pytest.raises(InternalError, match="no result"):
        fill_table(TableSpec(ref="t1", table="t9"), refs.ledger)
    with pytest.raises(InternalError, match="no column 'Plan'"):
        fill_table(TableSpec(ref="t1", table="t1", columns=("Plan",)), refs.ledger)


def test_no_reference_is_left_in_any_approved_answer():
    for sample in samples():
        shown = render_draft(sample.draft, sample.ledger).model_dump_json()
        assert "{{" not in shown, sample.name


def test_texts_fall_into_tokens_and_sentences():
    kinds = [token.kind for token in tokens("F&I's {{1f2}}, {{ p1 }} {{x}} {n} 1,845.50!")]
    assert kinds == ["word", "f", "mark", "p", "bad", "bad", "word", "bad", "word", "mark"]
    assert len(list(sentences('One. "Two." three; four\nfive'))) == 5
    assert [len(run) for run in sentences("v1.2 is fine")] == [5]
    assert references("{{1f2}} and {{n3}} not {{x}}") == ("1f2", "n3")
    assert key_of(" {{1f2}} ") == key_of("1f2") == "1f2"


@pytest.mark.parametrize("text", ["We sold 5.", "about half", "Ⅻ", "二", "a dozen cars", "XII"])
def test_free_words_that_state_a_quantity_are_seen(text):
    assert has_figures(text)


def test_free_words_without_a_quantity_pass():
    assert not has_figures("Which store do you mean, or all of them?")
