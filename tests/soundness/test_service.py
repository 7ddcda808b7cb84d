"""Traps of service and parts: pay types, open orders, and money that stands in two tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.soundness.reading import Asker, Rows, by_label, close, figure, total, within

OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))


def closed_lines(rows: Rows, start: date, end: date) -> list[dict[str, object]]:
    orders = {r["ro_id"] for r in within(rows("repair_order"), "closed_date", start, end) if r["ro_status"] == "closed"}
    return [line for line in rows("ro_line") if line["ro_id"] in orders]


def test_elr_is_customer_pay_and_dollars_over_hours(ask: Asker, rows: Rows) -> None:
    lines = closed_lines(rows, *OCTOBER)
    customer = [line for line in lines if line["pay_type"] == "CP"]
    blended = total(lines, "labor_sale") / total(lines, "billed_hours")
    right = total(customer, "labor_sale") / total(customer, "billed_hours")
    timed = [line for line in customer if line["billed_hours"]]
    average = sum(line["labor_sale"] / line["billed_hours"] for line in timed) / len(timed)
    assert not close(blended, right)
    assert not close(average, right)
    assert close(figure(ask("ELR in October"), "elr"), right)


def test_lines_without_hours_keep_their_dollars(ask: Asker, rows: Rows) -> None:
    lines = closed_lines(rows, *OCTOBER)
    assert any(line["billed_hours"] == 0 and line["labor_sale"] > 0 for line in lines), "flat-price lines are planted"
    assert close(figure(ask("labor sales in October"), "labor_sales"), total(lines, "labor_sale"))


def test_an_order_of_several_pay_types_is_counted_once(ask: Asker, rows: Rows) -> None:
    lines = closed_lines(rows, *OCTOBER)
    by_type = {kind: len({line["ro_id"] for line in lines if line["pay_type"] == kind}) for kind in ("CP", "WARR", "INT")}
    orders = [r for r in within(rows("repair_order"), "closed_date", *OCTOBER) if r["ro_status"] == "closed"]
    assert sum(by_type.values()) > len(orders)
    assert close(figure(ask("how many ROs did we close in October"), "ro_count"), len(orders))
    found = by_label(ask("RO count by pay type in October"), "ro_count", "pay_type")
    for kind, number in by_type.items():
        assert close(found[kind], number), kind


def test_open_orders_are_work_in_progress_not_sales(ask: Asker, rows: Rows) -> None:
    orders = rows("repair_order")
    open_now = [r for r in orders if r["ro_status"] in ("open", "work_complete")]
    assert open_now
    last = [s for s in rows("open_ro_snapshot") if s["snapshot_date"] == date(2026, 11, 12)]
    assert {s["ro_id"] for s in last} == {r["ro_id"] for r in open_now}
    assert close(figure(ask("open repair orders"), "open_ros"), len(last))
    month = [r for r in within(orders, "closed_date", date(2026, 11, 1), date(2026, 11, 12)) if r["ro_status"] == "closed"]
    assert close(figure(ask("ROs closed this month"), "ro_count"), len(month))


def test_an_order_closed_near_midnight_belongs_to_the_store_day(ask: Asker, rows: Rows) -> None:
    store = "dealer_002"
    orders = [r for r in rows("repair_order", store) if r["ro_status"] == "closed"]
    shifted = [r for r in orders if r["closed_ts_utc"].date() != r["closed_date"]]
    assert shifted, "a western store closes orders after midnight UTC"
    day = max(r["closed_date"] for r in shifted if r["closed_date"] <= date(2026, 11, 11))
    local = [r for r in orders if r["closed_date"] == day]
    utc = [r for r in orders if r["closed_ts_utc"].date() == day]
    assert len(local) != len(utc) or {r["ro_id"] for r in local} != {r["ro_id"] for r in utc}
    answer = ask(f"ROs closed on {day:%B} {day.day}, {day.year}", dealership=store)
    assert close(figure(answer, "ro_count"), len(local))


def test_parts_on_repair_orders_are_taken_once(ask: Asker, rows: Rows) -> None:
    ledger = within(rows("parts_sale"), "sale_date", *OCTOBER)
    on_orders = [p for p in within(rows("ro_part"), "closed_date", *OCTOBER) if p["is_closed"]]
    assert total(on_orders, "sale") > 0
    assert any(p["ro_part_id"] is not None for p in ledger), "the same money stands in both tables"
    assert close(figure(ask("parts gross in October"), "parts_gross"), total(ledger, "sale") - total(ledger, "cost"))


def test_three_technician_ratios_are_three_metrics(ask: Asker, rows: Rows) -> None:
    time = within(rows("technician_time"), "work_date", *OCTOBER)
    attended, clocked, flagged = (total(time, column) for column in ("attended_hours", "clocked_hours", "flagged_hours"))
    productivity = figure(ask("technician productivity in October"), "tech_productivity")
    efficiency = figure(ask("technician efficiency in October"), "tech_efficiency")
    proficiency = figure(ask("technician proficiency in October"), "tech_proficiency")
    assert close(productivity, clocked / attended)
    assert close(efficiency, flagged / clocked)
    assert close(proficiency, flagged / attended)
    assert close(productivity * efficiency, proficiency)


def test_customer_value_counts_orders_with_a_customer_line(ask: Asker, rows: Rows) -> None:
    lines = [line for line in closed_lines(rows, *OCTOBER) if line["pay_type"] == "CP"]
    orders = {line["ro_id"] for line in lines}
    hours = total(lines, "billed_hours") / len(orders)
    assert close(figure(ask("CP hours per RO in October"), "cp_hpro"), hours)
    extra = [s for s in within(rows("ro_sublet_misc"), "closed_date", *OCTOBER) if s["is_closed"] and s["pay_type"] == "CP"]
    money = total(lines, "labor_sale") + total(lines, "parts_sale") + total(extra, "sale")
    assert close(figure(ask("CP dollars per RO in October"), "cp_ro_value"), money / len(orders))


def test_fill_rate_counts_requests_not_pieces(ask: Asker, rows: Rows) -> None:
    asked = within(rows("parts_demand"), "demand_date", *OCTOBER)
    missed = [d for d in asked if d["is_emergency_purchase"] or d["is_lost_sale"]]
    assert close(figure(ask("parts fill rate in October"), "fill_rate"), Decimal(len(asked) - len(missed)) / len(asked))
