"""Figures of the senior tools against hand-written SQL over the raw tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Fact
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import demo_path

CENT = Decimal("0.01")
RETAIL = "dealership_id = ? AND is_retail AND booked_date BETWEEN ? AND ?"


@pytest.fixture(scope="module")
def raw(vendora: Vendora, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's raw tables, in a copy: one process opens a file in one way only."""
    vendora.ask("units sold this month")
    copy = tmp_path_factory.mktemp("raw") / "demo.duckdb"
    shutil.copyfile(demo_path(Settings().cache_dir), copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection
    copy.unlink()


def one(raw: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> Decimal:
    row = raw.execute(sql, values).fetchone()
    assert row is not None
    return Decimal(row[0])


def fact(answer: Answer, label: str, **place: str) -> Decimal:
    found = [f for f in answer.evidence if f.label == label and place.items() <= dict(f.slice).items()]
    assert found, [f.label for f in answer.evidence]
    assert found[0].value is not None
    return found[0].value


def near(value: Decimal, golden: Decimal) -> bool:
    return abs(value - golden) < CENT


def test_the_trade_ins_carry_the_drop_of_used_gross(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("why is used gross down in October", dealership="dealer_002")
    used = f"{RETAIL} AND vehicle_class <> 'new'"
    months = {"1": ("dealer_002", "2026-10-01", "2026-10-31"), "0": ("dealer_002", "2026-09-01", "2026-09-30")}
    got: dict[str, Decimal] = {}
    for mark, span in months.items():
        got[f"N{mark}"] = one(raw, f"SELECT SUM(front_gross) FROM deal WHERE {used}", *span)
        got[f"D{mark}"] = one(raw, f"SELECT COUNT(*) FROM deal WHERE {used}", *span)
        traded = f"{used} AND inventory_unit_id IN (SELECT inventory_unit_id FROM inventory_unit WHERE acquisition_source = 'trade')"
        got[f"n{mark}"] = one(raw, f"SELECT SUM(front_gross) FROM deal WHERE {traded}", *span)
        got[f"d{mark}"] = one(raw, f"SELECT COUNT(*) FROM deal WHERE {traded}", *span)
        got[f"o{mark}"] = one(raw, f"SELECT SUM(over_allowance) FROM deal WHERE {used}", *span)
    base = got["N0"] / got["D0"]
    effect = got["d1"] / got["D1"] * (got["n1"] / got["d1"] - base) - got["d0"] / got["D0"] * (got["n0"] / got["d0"] - base)
    assert near(fact(answer, "Effect on Used front gross per unit", acquisition_source="trade"), effect)
    over = got["o0"] / got["D0"] - got["o1"] / got["D1"]
    assert near(fact(answer, "Over-allowance", driver="Over-allowance"), over)
    assert near(fact(answer, "Change in Used front gross per unit"), got["N1"] / got["D1"] - base)


def test_a_bridge_adds_up_in_the_answer(vendora: Vendora) -> None:
    answer = vendora.ask("why is service gross down in September vs July", dealership="dealer_001")
    drivers = [f for f in answer.evidence if "driver" in dict(f.slice)]
    total = sum((f.value for f in drivers if f.value is not None), Decimal(0))
    assert len(drivers) == 6
    assert near(total, fact(answer, "Change in Service gross"))
    assert abs(fact(answer, "Residual")) < CENT


def test_linear_pace_is_a_rule_of_three_over_selling_days(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("how many used units will we finish with", dealership="dealer_001")
    sold = one(raw, f"SELECT COUNT(*) FROM deal WHERE {RETAIL} AND vehicle_class <> 'new'", "dealer_001", "2026-11-01", "2026-11-12")
    days = "SELECT COUNT(*) FROM store_calendar WHERE dealership_id = ? AND is_selling_day_sales AND calendar_date BETWEEN ? AND ?"
    done, whole = (one(raw, days, "dealer_001", "2026-11-01", end) for end in ("2026-11-12", "2026-11-30"))
    assert near(fact(answer, "Used units, projected"), sold / done * whole)
    target = one(
        raw,
        "SELECT SUM(target_value) FROM target WHERE dealership_id = ? AND metric_id = 'units_used' AND month_start = '2026-11-01'"
        " AND is_current AND employee_id IS NULL AND target_source = 'budget'",
        "dealer_001",
    )
    assert near(fact(answer, "Target for Used units"), target)
    assert near(fact(answer, "Used units needed per selling day"), (target - sold) / (whole - done))


def test_what_if_is_arithmetic(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("what if we raised fi pvr by $100 in October", dealership="dealer_001")
    units = one(raw, f"SELECT COUNT(*) FROM deal WHERE {RETAIL}", "dealer_001", "2026-10-01", "2026-10-31")
    assert fact(answer, "Extra F&I gross") == 100 * units


def test_recap_and_ledger_meet(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("reconcile used gross for September", dealership="dealer_001")
    ledger = one(
        raw,
        "SELECT SUM(CASE WHEN account_type = 'sales' THEN amount ELSE -amount END) FROM gl_month WHERE dealership_id = ? AND"
        " department_id = 'USED' AND month_start = '2026-09-01' AND account_type IN ('sales', 'cos')",
        "dealer_001",
    )
    lines = ("Used front gross", "Wholesale result, in the ledger only", "Month-end entries and timing")
    assert near(sum((fact(answer, label) for label in lines), Decimal(0)), ledger)


def test_every_derived_figure_names_its_parts(vendora: Vendora) -> None:
    answer = vendora.ask("what would 0.3 more hrs per cp ro do to the bottom line", dealership="dealer_001")
    known: dict[str, Fact] = {f.id: f for f in answer.evidence}
    derived = [f for f in answer.evidence if f.grade == "derived"]
    assert derived
    assert all(f.formula and f.parts and set(f.parts) <= known.keys() for f in derived)


def test_a_day_is_not_scaled_to_dollars_a_month(vendora: Vendora) -> None:
    day, month = (vendora.ask(f"how do our grosses compare with the industry {when}") for when in ("yesterday", "in October"))
    assert [f.label for f in day.evidence if f.label.startswith("Gap in")]
    assert not [f.label for f in day.evidence if "dollars a month" in f.label]
    assert [f.label for f in month.evidence if "dollars a month" in f.label]


def test_the_days_in_a_measure_s_name_are_no_change(vendora: Vendora) -> None:
    told = vendora.ask("used units over 90 days should we wholesale")
    assert told.status == "answered"
    assert "you asked for" not in told.summary
    assert "with the change you asked for, 200" in vendora.ask("what would $200 more per copy in F&I be worth in October").summary
