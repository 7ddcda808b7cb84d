"""Traps of leads and of inventory: duplicates, robots, chains of appointments, snapshots."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from statistics import median

import pytest

from tests.soundness.reading import Asker, Rows, close, figure, figures, retail, total, within

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
LAST = date(2026, 11, 12)


def unique_leads(rows: Rows, start: date, end: date) -> list[dict[str, object]]:
    return [lead for lead in within(rows("lead"), "created_date", start, end) if not lead["is_duplicate"] and lead["lead_status"] != "bad"]


def test_duplicate_leads_are_one_lead(ask: Asker, rows: Rows) -> None:
    every = within(rows("lead"), "created_date", *OCTOBER)
    unique = unique_leads(rows, *OCTOBER)
    duplicates = [lead for lead in every if lead["is_duplicate"]]
    assert len(unique) + len(duplicates) <= len(every)
    assert duplicates
    assert close(figure(ask("leads in October"), "leads"), len(unique))
    assert close(figure(ask("duplicate lead rate in October"), "dup_lead_rate"), Decimal(len(duplicates)) / len(every))


def test_the_cohort_ratio_follows_the_leads_and_the_period_ratio_the_sales(ask: Asker, rows: Rows) -> None:
    start, end = date(2026, 7, 1), date(2026, 7, 31)
    cohort = unique_leads(rows, start, end)
    sold = [
        lead
        for lead in cohort
        if lead["sold_date"] is not None and lead["sold_date"] - lead["created_date"] <= timedelta(days=90)  # type: ignore[operator]
    ]
    assert close(figure(ask("lead closing ratio for leads created in July"), "lead_close"), Decimal(len(sold)) / len(cohort))


def test_an_automatic_reply_is_no_response_and_the_median_is_shown(ask: Asker, rows: Rows) -> None:
    internet = [lead for lead in unique_leads(rows, *OCTOBER) if lead["lead_channel"] == "internet"]
    automatic = [lead for lead in internet if lead["is_auto_response_first"]]
    assert automatic, "robots answer first"
    minutes = [
        int((lead["first_human_response_ts"] - lead["created_ts"]).total_seconds() // 60)  # type: ignore[operator]
        for lead in internet
        if lead["first_human_response_ts"] is not None
    ]
    value = figure(ask("median response time to internet leads in October"), "resp_time_med")
    assert abs(value - Decimal(median(minutes))) <= 1
    assert value < sum(minutes) / len(minutes), "the mean is far above: one slow lead must not dominate"


def test_a_rescheduled_appointment_is_due_once(ask: Asker, rows: Rows) -> None:
    booked = within(rows("appointment"), "scheduled_date", *OCTOBER)
    last_of_chain = [a for a in booked if a["rescheduled_to_id"] is None and not a["is_cancelled"]]
    assert len(last_of_chain) < len(booked)
    shown = [a for a in last_of_chain if a["is_shown"]]
    answer = ask("sales appointment show rate in October")
    assert close(figure(answer, "appt_show_rate"), Decimal(len(shown)) / len(last_of_chain))


def test_stock_is_one_day_and_leaves_transit_and_loaners_out(ask: Asker, rows: Rows) -> None:
    snapshot = [s for s in rows("inventory_snapshot") if s["snapshot_date"] == LAST]
    stock = [s for s in snapshot if s["unit_status"] != "in_transit" and s["vehicle_class"] not in ("demo", "loaner")]
    assert len(stock) < len(snapshot)
    assert close(figure(ask("how many units are in stock"), "inv_units"), len(stock))
    assert close(figure(ask("units in transit"), "in_transit"), len([s for s in snapshot if s["unit_status"] == "in_transit"]))
    month = ask("units in stock for the month of October")
    october = [
        s
        for s in rows("inventory_snapshot")
        if s["snapshot_date"] == OCTOBER[1] and s["unit_status"] != "in_transit" and s["vehicle_class"] not in ("demo", "loaner")
    ]
    assert figures(month, "inv_units") == {Decimal(len(october))}, "the last day of the month, never a sum over days"


def test_a_vehicle_stocked_twice_has_two_lives(ask: Asker, rows: Rows) -> None:
    units = rows("inventory_unit")
    assert len({u["vehicle_id"] for u in units}) < len(units), "some VINs come back"
    start, end = date(2026, 7, 1), date(2026, 9, 30)
    used = [d for d in retail(rows("deal"), start, end) if d["vehicle_class"] in ("used", "cpo")]
    recon = {u["inventory_unit_id"]: u["recon_actual"] for u in units}
    expected = sum((recon[d["inventory_unit_id"]] for d in used), Decimal(0)) / len(used)
    assert close(figure(ask("recon cost per used unit sold in Q3"), "recon_avg"), expected)


def test_days_supply_is_stock_over_thirty_days_of_sales(ask: Asker, rows: Rows) -> None:
    stock = [
        s
        for s in rows("inventory_snapshot")
        if s["snapshot_date"] == LAST and s["unit_status"] != "in_transit" and s["vehicle_class"] in ("used", "cpo")
    ]
    sold = [d for d in retail(rows("deal"), LAST - timedelta(days=29), LAST) if d["vehicle_class"] in ("used", "cpo")]
    answer = ask("days supply of used cars")
    assert close(figure(answer, "days_supply"), Decimal(len(stock)) / (Decimal(len(sold)) / 30))


def test_age_on_the_lot_and_age_at_sale_are_two_figures(ask: Asker, rows: Rows) -> None:
    stock = [
        s
        for s in rows("inventory_snapshot")
        if s["snapshot_date"] == LAST and s["unit_status"] != "in_transit" and s["vehicle_class"] in ("used", "cpo")
    ]
    sold = [d for d in retail(rows("deal"), *OCTOBER) if d["vehicle_class"] in ("used", "cpo")]
    assert close(figure(ask("average age of used units in stock"), "avg_age"), total(stock, "days_in_stock") / len(stock))
    answer = ask("average days in stock at sale for used in October")
    assert close(figure(answer, "avg_days_to_sale"), total(sold, "days_in_stock_at_sale") / len(sold))


def test_a_transferred_unit_stands_in_one_store(ask: Asker, rows: Rows) -> None:
    everywhere = [s for s in rows("inventory_snapshot", None) if s["snapshot_date"] == LAST]
    vehicle = {u["inventory_unit_id"]: u["vehicle_id"] for u in rows("inventory_unit", None)}
    seen = [vehicle[s["inventory_unit_id"]] for s in everywhere]
    assert len(seen) == len(set(seen)), "one active stocking a VIN"
    stock = [s for s in everywhere if s["unit_status"] != "in_transit" and s["vehicle_class"] not in ("demo", "loaner")]
    assert close(figure(ask("units in stock", role="dealer_principal"), "inv_units"), len(stock))


def test_parts_stock_is_one_day(ask: Asker, rows: Rows) -> None:
    shelf = [p for p in rows("parts_snapshot") if p["snapshot_date"] == LAST]
    assert close(figure(ask("parts inventory value"), "parts_inv"), total(shelf, "stock_value"))
    dead = [p for p in shelf if p["months_no_sale"] >= 12]
    answer = ask("parts obsolescence percent")
    assert close(figure(answer, "obsolete_pct"), total(dead, "stock_value") / total(shelf, "stock_value"))


@pytest.mark.parametrize(
    ("question", "aged"),
    [
        ("list used units over 60 days", "Days in stock"),
        ("our 3 oldest contracts in transit", "Days in transit"),
        ("5 oldest open ROs", "Days open"),
        ("last 5 deals", "Booked on"),
    ],
)
def test_the_ages_and_days_of_records_have_no_total(ask: Asker, question: str, aged: str) -> None:
    answer = ask(question)
    table = next(table for table in answer.analysis.tables if aged in table.columns)
    place = table.columns.index(aged)
    *records, whole = table.rows
    assert records
    assert all(row[place] for row in records)
    assert whole[0] == "Total"
    assert whole[place] == "", whole
