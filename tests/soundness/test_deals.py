"""Traps of vehicle sales: what counts as sold, when, and for whom."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from tests.soundness.reading import Asker, Rows, asked, by_label, close, figure, retail, total, within

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
THIRD_QUARTER = (date(2026, 7, 1), date(2026, 9, 30))
YEAR = (date(2026, 1, 1), date(2026, 11, 12))


def test_an_unwound_deal_is_not_sold(ask: Asker, rows: Rows) -> None:
    deals = rows("deal")
    sold = retail(deals, *YEAR)
    booked = [d for d in within(deals, "booked_date", *YEAR) if d["deal_type"] in ("retail", "lease")]
    unwound = [d for d in booked if d["deal_status"] == "unwound"]
    assert unwound, "the demo plants unwound deals"
    assert close(figure(ask("retail units year to date"), "units_retail"), len(sold))
    assert close(figure(ask("unwind rate year to date"), "unwind_rate"), Decimal(len(unwound)) / len(booked))


def test_an_unwind_is_dated_by_the_day_it_was_unwound(ask: Asker, rows: Rows) -> None:
    unwound = [d for d in rows("deal") if d["deal_status"] == "unwound"]
    crossing = [d for d in unwound if d["booked_date"].replace(day=1) != d["unwound_date"].replace(day=1)]
    assert crossing, "some cross a month end"
    expected = len(within(unwound, "unwound_date", *THIRD_QUARTER))
    assert expected != len(within(unwound, "booked_date", *THIRD_QUARTER)), "the two dates must give different counts here"
    assert close(figure(ask("unwound deals in Q3"), "unwinds"), expected)


def test_wholesale_and_fleet_stay_out_of_units_and_average_gross(ask: Asker, rows: Rows) -> None:
    deals = rows("deal")
    sold = retail(deals, *OCTOBER)
    booked = [d for d in within(deals, "booked_date", *OCTOBER) if d["deal_status"] in ("booked", "finalized")]
    assert len(booked) > len(sold), "fleet or wholesale deals are booked too"
    assert close(figure(ask("front gross per unit in October"), "front_pvr"), total(sold, "front_gross") / len(sold))
    gone = within(rows("wholesale_disposal"), "sold_date", *OCTOBER)
    assert close(figure(ask("wholesale units in October"), "units_wholesale"), len(gone))


def test_a_split_deal_is_one_unit_for_the_store_and_shares_for_people(ask: Asker, rows: Rows) -> None:
    sold = {d["deal_id"] for d in retail(rows("deal"), *OCTOBER)}
    credits_ = [c for c in rows("deal_salesperson") if c["deal_id"] in sold]
    assert len(credits_) > len(sold), "some deals are split"
    names = {e["employee_id"]: e["full_name"] for e in rows("employee", None)}
    expected: defaultdict[str, Decimal] = defaultdict(Decimal)
    for credit in credits_:
        expected[names[credit["employee_id"]]] += credit["split_pct"]
    answer = ask("units by salesperson in October")
    metric = next(f.metric for f in answer.evidence if "salesperson" in dict(f.slice))
    found = by_label(answer, metric, "salesperson")
    for person, value in found.items():
        assert close(value, expected[person]), person
    assert set(found) >= {p for p in expected if "ouse" not in p}
    assert sum(expected.values()) == len(sold)
    assert close(figure(ask("how many units did we sell in October"), "units_retail"), len(sold))


def test_joining_products_does_not_multiply_gross(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *OCTOBER)
    products = [p for p in rows("fi_product_sale") if p["deal_id"] in {d["deal_id"] for d in sold}]
    assert len(products) > len(sold)
    answer = ask("front gross, F&I gross and products per deal in October")
    assert close(figure(answer, "front_gross"), total(sold, "front_gross"))
    assert close(figure(answer, "fi_gross"), total(sold, "back_gross"))
    assert close(figure(answer, "ppd"), Decimal(len(products)) / len(sold))


def test_pvr_divides_by_all_retail_units_not_by_financed_ones(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *OCTOBER)
    financed = [d for d in sold if d["finance_type"] in ("finance", "lease")]
    assert 0 < len(financed) < len(sold)
    assert close(figure(ask("F&I PVR in October"), "fi_pvr"), total(sold, "back_gross") / len(sold))


def test_a_ratio_over_people_is_the_ratio_of_sums_not_an_average_of_averages(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *OCTOBER)
    by_manager: defaultdict[str, list[Decimal]] = defaultdict(list)
    for deal in sold:
        by_manager[deal["fi_manager_id"]].append(deal["back_gross"])
    averages = [sum(values) / len(values) for values in by_manager.values()]
    naive = sum(averages) / len(averages)
    right = total(sold, "back_gross") / len(sold)
    assert not close(naive, right), "the two must differ here"
    assert close(figure(ask("what was F&I gross per retail unit in October"), "fi_pvr"), right)


def test_house_deals_count_for_the_store_and_never_in_a_ranking(ask: Asker, rows: Rows) -> None:
    sold = retail(rows("deal"), *THIRD_QUARTER)
    house = [d for d in sold if d["is_house"]]
    assert house, "the demo plants house deals"
    assert close(figure(ask("units in Q3"), "units_retail"), len(sold))
    answer = ask("top 30 salespeople by units in Q3")
    people = {dict(f.slice)["salesperson"] for f in answer.evidence if "salesperson" in dict(f.slice)}
    pseudo = {e["full_name"] for e in rows("employee", None) if e["is_house"]}
    assert people
    assert not people & pseudo


def test_the_default_date_is_the_booked_date(ask: Asker, rows: Rows) -> None:
    deals = rows("deal")
    booked = retail(deals, *OCTOBER)
    by_contract = [d for d in retail(deals, date(2025, 9, 1), date(2026, 11, 12)) if OCTOBER[0] <= d["contract_date"] <= OCTOBER[1]]
    assert {d["deal_id"] for d in booked} != {d["deal_id"] for d in by_contract}, "deals straddle month ends"
    answer = ask("front gross in October")
    assert close(figure(answer, "front_gross"), total(booked, "front_gross"))
    assert "book" in answer.basis.casefold() or any("book" in fact.basis.casefold() for fact in answer.evidence)


def test_negative_gross_is_kept(ask: Asker, rows: Rows) -> None:
    new = [d for d in retail(rows("deal"), *THIRD_QUARTER) if d["vehicle_class"] == "new"]
    losers = [d for d in new if d["front_gross"] < 0]
    assert losers, "the demo plants deals with a loss"
    answer = ask("share of new deals with negative front gross in Q3")
    assert close(figure(answer, "neg_gross_share"), Decimal(len(losers)) / len(new))
    whole = ask("front gross on new in Q3")
    values = {f.value for f in whole.evidence if f.grade == "metric"}
    assert any(close(value, total(new, "front_gross")) for value in values)


def test_a_running_month_is_compared_on_the_same_number_of_selling_days(ask: Asker, rows: Rows) -> None:
    days = sorted((c for c in rows("store_calendar", "dealer_002")), key=lambda c: c["calendar_date"])
    this = [c for c in days if date(2026, 11, 1) <= c["calendar_date"] <= date(2026, 11, 12)]
    elapsed = sum(c["is_selling_day_sales"] for c in this)
    seen, end = 0, date(2026, 10, 1)
    for day in (c for c in days if c["calendar_date"] >= date(2026, 10, 1)):
        seen += day["is_selling_day_sales"]
        if seen == elapsed:
            end = day["calendar_date"]
            break
    now = retail(rows("deal", "dealer_002"), date(2026, 11, 1), date(2026, 11, 12))
    before = retail(rows("deal", "dealer_002"), date(2026, 10, 1), end)
    answer = ask("units this month vs last month", dealership="dealer_002")
    values = {(f.period.start, f.value) for f in answer.evidence if f.metric == "units_retail" and f.period and f.grade == "metric"}
    assert (date(2026, 11, 1), Decimal(len(now))) in values
    assert (date(2026, 10, 1), Decimal(len(before))) in values


def test_a_change_of_a_rate_is_in_points(ask: Asker, rows: Rows) -> None:
    def penetration(start: date, end: date) -> Decimal:
        sold = retail(rows("deal"), start, end)
        covered = {p["deal_id"] for p in rows("fi_product_sale") if p["product_code"] == "VSC"}
        return Decimal(sum(d["deal_id"] in covered for d in sold)) / len(sold)

    now, before = penetration(*OCTOBER), penetration(date(2026, 8, 1), date(2026, 8, 31))
    answer = ask("VSC penetration in October vs August")
    changes = [f for f in answer.evidence if f.grade == "derived" and len(f.parts) == 2]
    assert any(close(f.value, now - before) and f.unit == "points" for f in changes)
    assert not any(close(f.value, (now - before) / before) for f in changes), "no percent change of a percentage"


def test_a_negative_equity_trade_is_counted_per_trade(ask: Asker, rows: Rows) -> None:
    sold = {d["deal_id"]: d for d in retail(rows("deal"), *THIRD_QUARTER)}
    trades = [t for t in rows("trade_in") if t["deal_id"] in sold]
    assert any(sold[t["deal_id"]]["trade_count"] > 1 for t in trades), "some deals have two trades"
    buried = [t for t in trades if t["payoff"] > t["acv"]]
    assert close(figure(ask("negative equity trades in Q3, percent"), "neg_equity_rate"), Decimal(len(buried)) / len(trades))
    with_trade = [d for d in sold.values() if d["trade_count"] >= 1]
    assert close(figure(ask("trade-in rate in Q3"), "trade_rate"), Decimal(len(with_trade)) / len(sold))


def test_people_who_left_keep_their_history(ask: Asker, rows: Rows) -> None:
    left = next(e for e in rows("employee", None) if e["full_name"] == "Patricia Lindqvist")
    assert not left["is_active"]
    hers = [d for d in retail(rows("deal"), date(2026, 8, 1), date(2026, 8, 31)) if d["fi_manager_id"] == left["employee_id"]]
    assert hers
    answer = ask("F&I PVR by finance manager in August")
    metric = next(f.metric for f in answer.evidence if "fi_manager" in dict(f.slice))
    assert close(by_label(answer, metric, "fi_manager")["Patricia Lindqvist"], total(hers, "back_gross") / len(hers))


def test_two_people_of_one_name_are_asked_about(ask: Asker, rows: Rows) -> None:
    mikes = {a["employee_id"] for a in rows("employee_alias", None) if a["alias"].casefold().startswith("mike")}
    assert mikes, "the demo plants nicknames"
    answer = ask("how many units did Mike sell last month")
    assert answer.status == "clarify"
    assert answer.clarification is not None
    offered = " ".join(answer.clarification.options)
    assert "Michael Torres" in offered
    assert "Mike Brandt" in offered


def test_of_rows_that_stand_equal_none_is_first(ask: Asker) -> None:
    answer = ask("who hasn't sold a car in the last 7 days")
    assert answer.status == "answered", answer.summary
    assert {fact.value for fact in asked(answer) if fact.metric == "sp_units" and fact.slice} == {Decimal(0)}
    assert "first" not in answer.summary.split("\n")[0]
