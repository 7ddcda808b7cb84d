"""Traps of the finance office and of the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.soundness.reading import Asker, Rows, close, figure, retail, total, within

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = date(2026, 9, 1)
THIRD_QUARTER = (date(2026, 7, 1), date(2026, 9, 30))


def test_chargebacks_stand_in_the_month_they_post(ask: Asker, rows: Rows) -> None:
    products = within(rows("fi_product_sale"), "chargeback_post_date", *OCTOBER)
    reserves = within(rows("deal_finance"), "chargeback_post_date", *OCTOBER)
    expected = total(products, "chargeback_amount") + total(reserves, "reserve_chargeback")
    by_booking = total(within(rows("fi_product_sale"), "booked_date", *OCTOBER), "chargeback_amount")
    assert expected != by_booking, "posting and booking must differ here"
    assert close(figure(ask("chargebacks in October"), "chargebacks"), expected)
    sold = retail(rows("deal"), *OCTOBER)
    assert close(figure(ask("net F&I PVR in October"), "fi_pvr_net"), (total(sold, "back_gross") - expected) / len(sold))


def test_penetration_counts_products_as_sold_at_booking(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *THIRD_QUARTER)
    products = [p for p in rows("fi_product_sale") if p["product_code"] == "VSC"]
    ids = {d["deal_id"] for d in sold}
    covered = {p["deal_id"] for p in products} & ids
    surviving = {p["deal_id"] for p in products if p["cancelled_date"] is None} & ids
    assert len(surviving) < len(covered), "some contracts were cancelled later"
    assert close(figure(ask("service contract penetration in Q3"), "vsc_pen"), Decimal(len(covered)) / len(sold))


def test_gap_divides_by_the_deals_that_may_buy_it(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *THIRD_QUARTER)
    eligible = {d["deal_id"] for d in sold if d["finance_type"] in ("finance", "lease")}
    with_gap = {p["deal_id"] for p in rows("fi_product_sale") if p["product_code"] == "GAP"} & eligible
    assert len(eligible) < len(sold)
    assert close(figure(ask("GAP penetration in Q3"), "gap_pen"), Decimal(len(with_gap)) / len(eligible))


def test_contracts_in_transit_are_one_day_not_a_sum_of_days(ask: Asker, rows: Rows) -> None:
    last = max(c["snapshot_date"] for c in rows("contract_in_transit"))
    today = [c for c in rows("contract_in_transit") if c["snapshot_date"] == last]
    assert last == date(2026, 11, 12)
    assert close(figure(ask("contracts in transit balance"), "cit_balance"), total(today, "amount"))


def test_ledger_signs_are_turned_once(ask: Asker, rows: Rows) -> None:
    """Stored activity is credit-negative; net is sales and income less cost, expense and deductions."""
    month = [g for g in rows("gl_month") if g["month_start"] == SEPTEMBER]
    assert any(g["activity"] < 0 for g in month if g["account_type"] == "sales")
    statement = [g for g in month if g["account_type"] in ("sales", "other_income", "cos", "expense", "deduction")]
    net = -total(statement, "activity")
    gross = -total([g for g in month if g["account_type"] in ("sales", "cos")], "activity")
    expense = total([g for g in month if g["account_type"] == "expense"], "activity")
    assert close(figure(ask("net profit in September"), "net_profit"), net)
    assert close(figure(ask("total expense in September"), "total_expense"), expense)
    assert close(figure(ask("net to gross in September"), "net_to_gross"), net / gross)


def test_an_open_month_says_that_it_is_preliminary(ask: Asker, rows: Rows) -> None:
    not_closed = [c["month_start"] for c in rows("month_close") if c["close_status"] != "closed" and c["month_start"] <= date(2026, 11, 12)]
    assert not_closed == [date(2026, 11, 1)]
    answer = ask("net profit this month")
    words = " ".join((answer.summary, answer.basis, *answer.caveats, *answer.assumptions)).casefold()
    assert "preliminary" in words or "not closed" in words
    assert answer.confidence_level in ("Moderate", "Low")


def test_net_floorplan_takes_assistance_off(ask: Asker, rows: Rows) -> None:
    month = [f for f in rows("floorplan_interest") if f["month_start"] == date(2026, 10, 1)]
    assert total(month, "oem_assistance") > 0
    assert close(figure(ask("floorplan interest in October"), "floorplan_exp"), total(month, "interest_expense"))
    net = total(month, "interest_expense") - total(month, "oem_assistance")
    assert close(figure(ask("net floorplan in October"), "floorplan_net"), net)


def test_absorption_leaves_variable_selling_expense_out(ask: Asker, rows: Rows) -> None:
    month = [g for g in rows("gl_month") if g["month_start"] == SEPTEMBER]
    fixed = [g for g in month if g["department_id"] in ("SVC", "PARTS", "BODY")]
    gross = total([g for g in fixed if g["account_type"] == "sales"], "amount") - total(
        [g for g in fixed if g["account_type"] == "cos"], "amount"
    )
    overhead = total([g for g in month if g["account_type"] == "expense" and g["expense_class"] != "variable_selling"], "amount")
    assert close(figure(ask("fixed absorption in September"), "fixed_absorption"), gross / overhead)


def test_an_asked_zero_and_a_missing_period_do_not_look_alike(ask: Asker, rows: Rows) -> None:
    sunday = date(2026, 11, 8)
    assert not retail(rows("deal"), sunday, sunday)
    zero = ask("units sold on November 8")
    assert zero.status == "answered"
    assert close(figure(zero, "units_retail"), 0)
    missing = ask("units sold in June 2019")
    assert missing.status == "empty"
    assert not any(f.value for f in missing.evidence)
