# ruff: noqa: E501, SIM905
"""A dealership of two stores in a few rows a table, and what store s1 alone would hold: written by hand, not from tenancy.yaml."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

SQL = Path(__file__).parents[2] / "vendora_graph" / "warehouse"
STORES = ("s1", "s2")
CANARY = "CANARY"

OWN = """
appraisal appointment advisor_day business_event contract_in_transit deal deal_event deal_finance deal_salesperson dealer_trade dealership
door_rate employee_alias employee_history fi_product_sale floorplan_interest gl_month gl_transaction headcount_month inventory_snapshot lead
lead_activity lead_source_cost lender_decision month_close mpi open_ro_snapshot part parts_demand parts_sale parts_snapshot pay_plan payroll
price_change receivable_aging recon_work repair_order review ro_line ro_line_tech ro_part ro_sublet_misc schedule_balance service_appointment
service_retention showroom_visit store_calendar survey_response target technician_time trade_in warranty_claim wholesale_disposal
""".split()
SHARED = "benchmark calendar demo_build department fi_product gl_account lead_source lender op_code".split()

ONLY_S1 = (
    "".join(f"DELETE FROM {table} WHERE dealership_id <> 's1';\n" for table in OWN)
    + """
DELETE FROM inventory_unit WHERE dealership_id <> 's1' AND inventory_unit_id NOT IN (
  SELECT inventory_unit_id FROM deal UNION SELECT inventory_unit_id FROM trade_in WHERE inventory_unit_id IS NOT NULL
  UNION SELECT inventory_unit_id FROM wholesale_disposal UNION SELECT out_unit_id FROM dealer_trade
  UNION SELECT in_unit_id FROM dealer_trade WHERE in_unit_id IS NOT NULL UNION SELECT inventory_unit_id FROM price_change
  UNION SELECT inventory_unit_id FROM inventory_snapshot UNION SELECT inventory_unit_id FROM floorplan_interest
  UNION SELECT inventory_unit_id FROM recon_work);
DELETE FROM vehicle WHERE vehicle_id NOT IN (
  SELECT vehicle_id FROM inventory_unit UNION SELECT vehicle_id FROM deal UNION SELECT vehicle_id FROM trade_in
  UNION SELECT vehicle_id FROM appraisal UNION SELECT vehicle_id FROM repair_order UNION SELECT vehicle_id FROM service_retention);
DELETE FROM customer WHERE customer_id NOT IN (
  SELECT customer_id FROM deal UNION SELECT co_buyer_id FROM deal WHERE co_buyer_id IS NOT NULL UNION SELECT customer_id FROM lead
  UNION SELECT customer_id FROM appraisal UNION SELECT customer_id FROM repair_order UNION SELECT customer_id FROM service_appointment
  UNION SELECT customer_id FROM service_retention);
DELETE FROM employee WHERE employee_id NOT IN (SELECT id FROM (
  SELECT employee_id AS id FROM deal_salesperson UNION SELECT desk_manager_id FROM deal UNION SELECT fi_manager_id FROM deal
  UNION SELECT fi_manager_id FROM fi_product_sale UNION SELECT fi_manager_id FROM deal_finance UNION SELECT employee_id FROM trade_in
  UNION SELECT appraiser_id FROM appraisal UNION SELECT source_employee_id FROM wholesale_disposal UNION SELECT changed_by FROM price_change
  UNION SELECT assigned_to FROM lead UNION SELECT bdc_rep_id FROM lead UNION SELECT employee_id FROM lead_activity
  UNION SELECT set_by FROM appointment UNION SELECT salesperson_id FROM showroom_visit UNION SELECT advisor_id FROM repair_order
  UNION SELECT advisor_id FROM ro_line UNION SELECT employee_id FROM ro_line_tech UNION SELECT employee_id FROM technician_time
  UNION SELECT employee_id FROM advisor_day UNION SELECT advisor_id FROM mpi UNION SELECT employee_id FROM mpi
  UNION SELECT counter_person_id FROM parts_sale UNION SELECT employee_id FROM survey_response UNION SELECT employee_id FROM payroll
  UNION SELECT employee_id FROM target UNION SELECT employee_id FROM employee_alias UNION SELECT employee_id FROM employee_history)
  WHERE id IS NOT NULL);
DELETE FROM dealer_group WHERE group_id NOT IN (SELECT group_id FROM dealership);
"""
)

PEOPLE = {
    "employee_id", "desk_manager_id", "fi_manager_id", "appraiser_id", "source_employee_id", "changed_by", "assigned_to", "bdc_rep_id", "set_by",
    "salesperson_id", "advisor_id", "counter_person_id",
}  # fmt: skip
POOLED = {"customer_id", "co_buyer_id", "vehicle_id", "inventory_unit_id", "out_unit_id", "in_unit_id"}
MET = {"s1": (1, 40), "s2": (21, 60), "shared": (1, 60)}
"""Which customers and cars the facts of a store refer to: 21 to 40 are met by both."""
STAFF = {"s1": (1, 12), "s2": (9, 20), "shared": (1, 60)}
"""Who is on a store's payroll: e9 to e12 work at both."""
STOCK = {"s1": (1, 20), "s2": (21, 40), "shared": (1, 60)}
"""The units a store stocks; unit n is car n."""
BOUGHT = {"s1": (1, 3), "s2": (41, 43), "shared": (1, 3)}
"""Customers with a deal for certain."""
DIMENSIONS = {"employee": "employee_id", "customer": "customer_id", "vehicle": "vehicle_id", "inventory_unit": "inventory_unit_id"}
NAMES = {"employee": "full_name", "customer": "customer_name", "vehicle": "make", "inventory_unit": "make"}
ROWS = 6


def both_stores() -> duckdb.DuckDBPyConnection:
    """Return a database with both stores. Every text of s2, and of a person or car that s1 never met, holds the canary."""
    connection = duckdb.connect()
    for name in ("schema.sql", "views.sql"):
        connection.execute((SQL / name).read_text())
    columns: dict[str, list[tuple[str, str, str]]] = {}
    listed = "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns ORDER BY table_name, ordinal_position"
    for table, *column in connection.execute(listed).fetchall():
        columns.setdefault(table, []).append(tuple(column))
    dice = random.Random(7)  # noqa: S311 - test data
    for table in OWN:
        rows = 12 if table == "payroll" else ROWS
        _insert(connection, table, [_row(table, columns[table], store, row, dice) for store in STORES for row in range(rows)])
    for table in SHARED:
        _insert(connection, table, [_row(table, columns[table], "shared", row, dice) for row in range(4)])
    for table in DIMENSIONS:
        _insert(connection, table, [_row(table, columns[table], _home(table, row, dice), row, dice, dimension=True) for row in range(60)])
    connection.execute("INSERT INTO dealer_group VALUES ('gs1', 'One'), ('gs2', 'CANARY')")
    connection.execute("UPDATE dealership SET group_id = 'g' || dealership_id")
    _mark(connection)
    return connection


def only_s1() -> duckdb.DuckDBPyConnection:
    """Return the database store s1 would have alone."""
    connection = both_stores()
    connection.execute(ONLY_S1)
    return connection


def _mark(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the canary into the rows of the dimensions that s1 may not see."""
    connection.execute("BEGIN")
    connection.execute(ONLY_S1)
    seen = {table: [one for (one,) in connection.execute(f"SELECT {key} FROM {table}").fetchall()] for table, key in DIMENSIONS.items()}
    connection.execute("ROLLBACK")
    for table, key in DIMENSIONS.items():
        connection.execute(f"UPDATE {table} SET {NAMES[table]} = 'Ok ' || {key}")
        connection.execute(f"UPDATE {table} SET {NAMES[table]} = 'CANARY ' || {key} WHERE NOT list_contains(?, {key})", [seen[table]])


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[list[object]]) -> None:
    place = f"({', '.join('?' * len(rows[0]))})"
    connection.execute(f"INSERT INTO {table} VALUES {', '.join([place] * len(rows))}", [cell for row in rows for cell in row])


def _home(table: str, row: int, dice: random.Random) -> str:
    return ("s1" if row < 20 else "s2") if table == "inventory_unit" else dice.choice(STORES)


def _row(
    table: str, columns: list[tuple[str, str, str]], store: str, number: int, dice: random.Random, *, dimension: bool = False
) -> list[object]:
    row: list[object] = []
    for place, (name, kind, nullable) in enumerate(columns):
        cell = _reference(table, name, store, number, dice)
        if (table, name) == ("month_close", "month_start"):  # the other days of these rows lie in three months
            cell = date(2026, 1 + number % 3, 1)
        if name == "is_retail_ever_booked":  # so that both stores have deals in closed months
            cell = True
        if dimension and place == 0:
            cell = number + 1 if kind == "BIGINT" else f"e{number + 1}"
        elif cell is None:
            cell = _cell(name, kind, store, number, place == 0, dice, dimension)
        row.append(None if nullable == "YES" and dice.random() < 0.2 else cell)
    return row


def _reference(table: str, name: str, store: str, number: int, dice: random.Random) -> object:
    """Return a reference to a person, a customer, a car or a unit, as a dealership would hold it; None for another column."""
    if name in PEOPLE:
        return f"e{STAFF[store][0] + number if table == 'payroll' else dice.randint(*STAFF[store])}"
    if name == "customer_id" and (table == "service_retention" or (table == "deal" and number < 3)):
        return BOUGHT[store][0] + number % 3
    if name == "vehicle_id" and table == "inventory_unit":
        return number + 1
    if name == "inventory_unit_id" or (name == "vehicle_id" and table in ("deal", "service_retention")):
        return dice.randint(*STOCK[store])
    return dice.randint(*MET[store]) if name in POOLED else None


def _cell(name: str, kind: str, store: str, number: int, first: bool, dice: random.Random, dimension: bool) -> object:
    if name == "dealership_id":
        return store
    offset = 1000 * (STORES.index(store) if store in STORES else 2)
    if kind in ("BIGINT", "INTEGER"):
        return offset + number if first else offset + dice.randrange(ROWS) if name.endswith("_id") else dice.randint(0, 9)
    return _text(name, "s1" if dimension else store, number, first, dice) if kind == "VARCHAR" else _value(kind, dice)


def _text(name: str, store: str, number: int, first: bool, dice: random.Random) -> str:
    if first:
        return "ABCDEF"[number] if store == "shared" else f"{store[:1]}{number}"
    mark = CANARY if store == "s2" else "Ok"
    short = {"vehicle_class": ("new", "used", "cpo"), "pay_type": ("CP", "WARR", "INT")}.get(name)
    if short:
        return dice.choice(short)
    if name.endswith(("_id", "_no")) or name in ("state", "op_code", "department_id", "product_code"):
        return dice.choice("ABC")
    return f"{mark}{dice.randint(1, 3)}"


def _value(kind: str, dice: random.Random) -> object:
    if kind == "BOOLEAN":
        return dice.random() < 0.7
    if kind == "DATE":
        return date(2026, 1, 1) + timedelta(days=dice.randint(0, 60))
    if kind == "TIMESTAMP":
        return datetime(2026, 1, 1) + timedelta(hours=dice.randint(0, 2000))  # noqa: DTZ001 - store-local
    return Decimal(dice.randint(-500, 500)) / 10 if "(12" in kind or "(14,2" in kind else Decimal(dice.randint(0, 9)) / 10
