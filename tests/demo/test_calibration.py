"""The demo lies where real stores lie (docs/demo.md, calibration), and its stories can be seen."""

from pathlib import Path

import duckdb
import pytest
import yaml

CASES = yaml.safe_load((Path(__file__).parent / "calibration.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["calibration"] + CASES["stories"], ids=lambda case: case["name"])
def test_lies_in_its_range(full: duckdb.DuckDBPyConnection, case: dict) -> None:
    (value,) = full.execute(case["sql"]).fetchone()
    assert case["low"] <= float(value) <= case["high"], f"{value} is outside {case['low']}..{case['high']}"


def test_split_credits_add_up_to_the_deals(full: duckdb.DuckDBPyConnection) -> None:
    (wrong,) = full.execute(
        """SELECT count(*) FROM (SELECT d.deal_id FROM deal d JOIN deal_salesperson s ON s.deal_id = d.deal_id
           GROUP BY d.deal_id, d.front_gross, d.back_gross
           HAVING SUM(s.split_pct) <> 1 OR SUM(s.front_gross_credit) <> d.front_gross OR SUM(s.back_gross_credit) <> d.back_gross) t"""
    ).fetchone()
    assert wrong == 0


def test_front_gross_follows_the_store_policy(full: duckdb.DuckDBPyConnection) -> None:
    (wrong,) = full.execute(
        """SELECT count(*) FROM deal d JOIN dealership s ON s.dealership_id = d.dealership_id WHERE d.front_gross <>
           d.sale_price + d.accessories_sale + CASE WHEN s.doc_fee_policy = 'in_gross' THEN d.doc_fee ELSE 0 END
           + CASE WHEN s.holdback_in_gross THEN d.holdback + d.incentive ELSE 0 END
           - d.vehicle_cost - d.recon_cost - d.pack - d.accessories_cost - d.over_allowance"""
    ).fetchone()
    assert wrong == 0


def test_back_gross_is_reserve_plus_products(full: duckdb.DuckDBPyConnection) -> None:
    (wrong,) = full.execute(
        """SELECT count(*) FROM deal d
           LEFT JOIN (SELECT deal_id, SUM(product_gross) AS g FROM fi_product_sale GROUP BY 1) p ON p.deal_id = d.deal_id
           LEFT JOIN deal_finance f ON f.deal_id = d.deal_id
           WHERE d.back_gross <> COALESCE(p.g, 0) + COALESCE(f.finance_reserve, 0)"""
    ).fetchone()
    assert wrong == 0


def test_the_ledger_lines_add_up_to_the_months(full: duckdb.DuckDBPyConnection) -> None:
    (wrong,) = full.execute(
        """SELECT count(*) FROM gl_month m FULL JOIN (SELECT dealership_id, account_no, accounting_month AS month_start, SUM(amount) AS a
           FROM gl_transaction GROUP BY 1, 2, 3) t USING (dealership_id, account_no, month_start)
           WHERE m.activity IS DISTINCT FROM t.a"""
    ).fetchone()
    assert wrong == 0


def test_views_keep_the_sums_of_their_tables(full: duckdb.DuckDBPyConnection) -> None:
    deal, view = full.execute("SELECT SUM(front_gross), (SELECT SUM(front_gross) FROM v_retail_deal) FROM deal WHERE is_retail").fetchone()
    assert deal == view
    credit, units = full.execute("SELECT SUM(unit_credit), (SELECT count(*) FROM v_retail_deal) FROM v_deal_credit").fetchone()
    assert credit == units
    line, paytype = full.execute(
        "SELECT SUM(labor_sale), (SELECT SUM(labor_sale) FROM v_ro_paytype) FROM ro_line WHERE is_closed"
    ).fetchone()
    assert line == paytype


def test_nothing_happens_after_the_data_end(full: duckdb.DuckDBPyConnection) -> None:
    facts = {"deal": "booked_date", "repair_order": "closed_date", "parts_sale": "sale_date", "lead": "created_date",
             "inventory_snapshot": "snapshot_date", "gl_transaction": "posted_date", "showroom_visit": "visit_date",
             "survey_response": "completed_date", "wholesale_disposal": "sold_date", "technician_time": "work_date"}  # fmt: skip
    for table, column in facts.items():
        (last,) = full.execute(f"SELECT max({column}) = (SELECT data_through FROM demo_build) FROM {table}").fetchone()
        assert last, table


def test_pace_is_answered_for_the_last_day(full: duckdb.DuckDBPyConnection) -> None:
    rows = full.execute(
        """SELECT pace_linear, pace_curve, target_value FROM v_pace WHERE pace_date = DATE '2026-11-12'
           AND metric_id = 'units_retail' AND dealership_id = 'dealer_001'"""
    ).fetchall()
    assert len(rows) == 2
    assert all(value is not None and value > 0 for row in rows for value in row)


def test_steps_of_reconditioning_run_forward(full: duckdb.DuckDBPyConnection) -> None:
    (backward,) = full.execute("SELECT count(*) FROM recon_work WHERE recon_end < recon_start").fetchone()
    (negative,) = full.execute("SELECT count(*) FROM inventory_unit WHERE days_to_frontline < 0").fetchone()
    assert (backward, negative) == (0, 0)
