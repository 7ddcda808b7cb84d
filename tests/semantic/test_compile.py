"""Compiled statements against SQL written by hand, on the second model's data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from vendora_graph.contracts import Filter
from vendora_graph.errors import UnknownMetricError
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.request import CompileRequest

SPRING = {"start": date(2026, 3, 3), "end": date(2026, 5, 9)}
IN_SPRING = "CAST(v.visited_on AS DATE) BETWEEN DATE '2026-03-03' AND DATE '2026-05-09'"
JOINED = "visits v LEFT JOIN animals a ON a.animal_id = v.animal_id LEFT JOIN vets t ON t.vet_id = v.vet_id"


def test_a_period_counts_both_its_days_to_the_last_minute(ask, hand):
    rows = ask(CompileRequest(("visits", "revenue"), **SPRING))
    assert rows == hand(f"SELECT COUNT(*), SUM(bill) FROM visits v WHERE {IN_SPRING}")
    late = hand("SELECT COUNT(*) FROM visits v WHERE CAST(v.visited_on AS DATE) = DATE '2026-05-09'")
    assert late[0][0] > 0


def test_days_left_out_are_not_counted_and_their_neighbours_are(ask, hand):
    gaps = ((date(2026, 3, 20), date(2026, 4, 2)), (date(2026, 4, 30), date(2026, 4, 30)))
    rows = ask(CompileRequest(("visits", "revenue"), ("reason",), "day", **SPRING, without=gaps))
    out = " AND ".join(f"NOT CAST(v.visited_on AS DATE) BETWEEN DATE '{first}' AND DATE '{last}'" for first, last in gaps)
    columns = "reason, CAST(v.visited_on AS DATE)"
    order = "ORDER BY 2, 1"
    assert rows == hand(f"SELECT {columns}, COUNT(*), SUM(bill) FROM visits v WHERE {IN_SPRING} AND {out} GROUP BY 1, 2 {order}")
    days = {row[1] for row in rows}
    every = {day for (day, _) in ask(CompileRequest(("visits",), grain="day", **SPRING))}
    assert days == {day for day in every if not any(first <= day <= last for first, last in gaps)}


def test_money_stays_decimal(ask):
    ((revenue,),) = ask(CompileRequest(("revenue",), **SPRING))
    assert isinstance(revenue, Decimal)
    assert revenue.as_tuple().exponent == -2


def test_an_open_period_reads_everything(ask, hand):
    assert ask(CompileRequest(("visits",))) == hand("SELECT COUNT(*) FROM visits")
    rows = ask(CompileRequest(("visits",), end=date(2025, 12, 31)))
    assert rows == hand("SELECT COUNT(*) FROM visits WHERE visited_on < TIMESTAMP '2026-01-01'")


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
def test_grains_start_on_their_first_day_and_keep_partial_ends(ask, hand, grain):
    rows = ask(CompileRequest(("visits", "revenue"), grain=grain, **SPRING))
    expected = hand(
        f"SELECT CAST(DATE_TRUNC('{grain}', v.visited_on) AS DATE), COUNT(*), SUM(bill) FROM visits v "
        f"WHERE {IN_SPRING} GROUP BY 1 ORDER BY 1"
    )
    assert rows == expected
    assert all(isinstance(row[0], date) for row in rows)


def test_groups_across_joins_keep_rows_without_a_match(ask, hand):
    rows = ask(CompileRequest(("visits", "revenue"), ("branch", "species"), **SPRING))
    expected = hand(f"SELECT t.branch, a.species, COUNT(*), SUM(bill) FROM {JOINED} WHERE {IN_SPRING} GROUP BY 1, 2 ORDER BY 1, 2")
    assert rows == expected
    assert any(row[0] is None for row in rows)
    assert any(row[1] is None for row in rows)


def test_columns_are_groups_then_period_then_metrics(engine):
    query = engine.compile(CompileRequest(("revenue", "visits"), ("species", "branch"), "month", **SPRING), "duckdb")
    assert query.columns == ("species", "branch", "period", "revenue", "visits")


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (Filter(dimension="species", values=("dog",)), "a.species = 'dog'"),
        (Filter(dimension="species", values=("dog", "cat")), "a.species IN ('dog', 'cat')"),
        (Filter(dimension="species", op="not_in", values=("dog",)), "(a.species IS NULL OR a.species <> 'dog')"),
        (Filter(dimension="species", op="not_in", values=("dog", "cat")), "(a.species IS NULL OR a.species NOT IN ('dog', 'cat'))"),
        (Filter(dimension="emergency", values=("true",)), "v.is_emergency"),
        (Filter(dimension="emergency", op="not_in", values=("true",)), "v.is_emergency IS DISTINCT FROM TRUE"),
        (Filter(dimension="insured", values=("true",)), "a.insured"),
        (Filter(dimension="bill_amount", op="gt", values=("100.50",)), "v.bill > 100.50"),
        (Filter(dimension="bill_amount", op="ge", values=("100",)), "v.bill >= 100"),
        (Filter(dimension="bill_amount", op="lt", values=("60",)), "v.bill < 60"),
        (Filter(dimension="bill_amount", op="le", values=("60",)), "v.bill <= 60"),
        (Filter(dimension="bill_amount", op="between", values=("60", "90.25")), "v.bill BETWEEN 60 AND 90.25"),
        (Filter(dimension="hired_on", op="ge", values=("2020-01-01",)), "t.hired_on >= DATE '2020-01-01'"),
        (Filter(dimension="visited_on", values=("2026-04-02",)), "CAST(v.visited_on AS DATE) = DATE '2026-04-02'"),
        (Filter(dimension="vet_name", values=("O'Hara; DROP TABLE visits; --",)), "FALSE"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.dimension} {value.op}",
)  # fmt: skip
def test_filters(ask, hand, condition, sql):
    rows = ask(CompileRequest(("visits",), filters=(condition,), **SPRING))
    expected = hand(f"SELECT COUNT(*) FROM {JOINED} WHERE {IN_SPRING} AND ({sql})")
    assert (rows or [(0,)]) == expected or (rows == [(0,)] and expected == [(0,)])


def test_several_filters_all_hold(ask, hand):
    filters = (Filter(dimension="species", op="not_in", values=("dog",)), Filter(dimension="branch", values=("Hill",)))
    rows = ask(CompileRequest(("visits",), ("reason",), filters=filters, **SPRING))
    where = "(a.species IS NULL OR a.species <> 'dog') AND t.branch = 'Hill'"
    assert rows == hand(f"SELECT v.reason, COUNT(*) FROM {JOINED} WHERE {IN_SPRING} AND {where} GROUP BY 1 ORDER BY 1")


def test_distinct_counts_do_not_add_up_over_groups(ask, hand):
    rows = ask(CompileRequest(("animals_seen",), ("reason",), **SPRING))
    assert rows == hand(f"SELECT reason, COUNT(DISTINCT animal_id) FROM visits v WHERE {IN_SPRING} GROUP BY 1 ORDER BY 1")
    total = ask(CompileRequest(("animals_seen",), **SPRING))
    assert total == hand(f"SELECT COUNT(DISTINCT animal_id) FROM visits v WHERE {IN_SPRING}")
    assert sum(row[1] for row in rows) > total[0][0]


def test_two_facts_keep_missing_keys_and_one_sided_groups(ask, hand):
    day = {"start": date(2026, 6, 1), "end": date(2026, 6, 3)}
    rows = ask(CompileRequest(("visits", "new_animals"), ("species",), **day))
    seen = dict(hand(
        f"SELECT a.species, COUNT(*) FROM {JOINED} WHERE CAST(v.visited_on AS DATE) BETWEEN '2026-06-01' AND '2026-06-03' GROUP BY 1"
    ))  # fmt: skip
    new = dict(hand("SELECT species, COUNT(*) FROM animals WHERE registered_on BETWEEN '2026-06-01' AND '2026-06-03' GROUP BY 1"))
    assert set(seen) != set(new), "the planted one-sided group is gone; choose other days"
    assert {row[0]: row[1:] for row in rows} == {key: (seen.get(key, 0), new.get(key)) for key in {*seen, *new}}


def test_a_metric_with_a_filter_of_its_own_stands_beside_one_without(ask, hand):
    rows = ask(CompileRequest(("visits", "emergency_visits"), ("branch",), **SPRING))
    sql = f"SELECT t.branch, COUNT(*), COUNT(*) FILTER (v.is_emergency) FROM {JOINED} WHERE {IN_SPRING} GROUP BY 1 ORDER BY 1"
    assert rows == hand(sql)


def test_booleans_are_summed(ask, hand):
    assert ask(CompileRequest(("no_shows",), **SPRING)) == hand(f"SELECT COUNT(*) FILTER (no_show) FROM visits v WHERE {IN_SPRING}")


def test_order_and_limit(ask, hand):
    rows = ask(CompileRequest(("revenue",), ("vet_name",), order=("-revenue",), limit=2, **SPRING))
    sql = f"SELECT t.name, SUM(bill) FROM {JOINED} WHERE {IN_SPRING} GROUP BY 1 ORDER BY 2 DESC NULLS LAST, 1 LIMIT 2"
    assert rows == hand(sql)


def test_records_are_groups(ask, hand):
    rows = ask(CompileRequest(("revenue",), ("visit_no", "visited_on"), order=("-revenue",), limit=5, **SPRING))
    sql = f"SELECT visit_no, CAST(visited_on AS DATE), bill FROM visits v WHERE {IN_SPRING} ORDER BY 3 DESC NULLS LAST, 1 LIMIT 5"
    assert rows == hand(sql)


def test_medians_are_exact_by_group(engine, ask, hand):
    request = engine.values_request("waiting_time", group_by=("branch",), **SPRING)
    histograms: dict[object, list[tuple[Decimal | None, int]]] = {}
    for branch, value, count in ask(request):
        histograms.setdefault(branch, []).append((None if value is None else Decimal(value), count))
    medians = {branch: arithmetic.median(pairs) for branch, pairs in histograms.items()}
    expected = dict(hand(f"SELECT t.branch, MEDIAN(v.wait_minutes) FROM {JOINED} WHERE {IN_SPRING} GROUP BY 1"))
    assert {key: float(value) for key, value in medians.items()} == expected


def test_averages_are_sums_over_counts(engine, ask, hand):
    parts = engine.components("average_bill")
    rows = ask(CompileRequest(tuple(item.metric for item in parts), ("reason",), **SPRING))
    averages = {row[0]: engine.combine("average_bill", dict(zip([item.alias for item in parts], row[1:], strict=True))) for row in rows}
    expected = hand(f"SELECT reason, SUM(bill), COUNT(bill) FROM visits v WHERE {IN_SPRING} GROUP BY 1")
    assert {key: round(value, 12) for key, value in averages.items()} == {key: round(total / n, 12) for key, total, n in expected}


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (CompileRequest(("visitz",)), "nearest are 'visits'"),
        (CompileRequest(("visits",), ("colour",)), "cannot be cut by 'colour'"),
        (CompileRequest(("new_animals",), ("branch",)), "cannot be cut by 'branch'"),
        (CompileRequest(("no_show_rate",)), "not compiled"),
        (CompileRequest(("waiting_time",)), "is a median"),
        (CompileRequest(()), "at least one metric"),
        (CompileRequest(("visits", "visits")), "each named once"),
        (CompileRequest(("visits",), filters=(Filter(dimension="emergency", values=("perhaps",)),)), "use true or false"),
        (CompileRequest(("visits",), filters=(Filter(dimension="bill_amount", op="gt", values=("lots",)),)), "use a number"),
        (CompileRequest(("visits",), filters=(Filter(dimension="bill_amount", op="between", values=("1",)),)), "needs 2 values"),
        (CompileRequest(("visits",), filters=(Filter(dimension="species", values=()),)), "at least one value"),
        (CompileRequest(("visits",), filters=(Filter(dimension="species", op="gt", values=("dog",)),)), "has no order"),
        (CompileRequest(("visits",), order=("price",)), "cannot be ordered by 'price'"),
        (CompileRequest(("visits",), limit=0), "not possible"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_says_what_to_change(engine, request_, words):
    with pytest.raises(UnknownMetricError, match=words):
        engine.compile(request_, "duckdb")
