"""Joins over two tables, roles, ambiguous ways, dates kept by month, split requests: on a small shop."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from vendora_graph.contracts import Filter
from vendora_graph.errors import SemanticModelError, UnknownMetricError
from vendora_graph.semantic.assemble import assemble
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.semantic.sources import Source, find_source

MODEL = """\
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: ordered_on}
    entities:
      - {name: order, type: primary, expr: order_id}
      - {name: buyer, type: foreign, expr: buyer_id}
    dimensions:
      - {name: ordered_on, type: time, type_params: {time_granularity: day}}
      - {name: channel, type: categorical, config: {meta: {concept: channel}}}
    measures:
      - {name: order_total, agg: sum, expr: amount}
  - name: buyers
    model: ref('buyers')
    entities:
      - {name: buyer, type: primary, expr: buyer_id}
      - {name: region, type: foreign, expr: region_id}
    dimensions:
      - {name: tier, type: categorical}
      - {name: vip, type: categorical}
  - name: regions
    model: ref('regions')
    entities:
      - {name: region, type: primary, expr: region_id}
    dimensions:
      - {name: region_name, type: categorical}
      - {name: opened_on, type: time, type_params: {time_granularity: month}}
  - name: budgets
    model: ref('budgets')
    defaults: {agg_time_dimension: budget_month}
    entities:
      - {name: budget, type: primary, expr: budget_id}
      - {name: region, type: foreign, expr: region_id}
    dimensions:
      - {name: budget_month, type: time, expr: month, type_params: {time_granularity: month}}
      - {name: budget_channel, type: categorical, expr: channel, config: {meta: {concept: channel}}}
    measures:
      - {name: budget_total, agg: sum, expr: amount}
      - {name: budget_peak, agg: max, expr: amount}
metrics:
  - {name: sales, type: simple, type_params: {measure: order_total}}
  - {name: web_sales, type: simple, type_params: {measure: order_total},
     filter: "{{ Dimension('region__region_name', entity_path=['buyer']) }} = 'North'"}
  - {name: budget, type: simple, type_params: {measure: budget_total}}
  - {name: largest_budget, type: simple, type_params: {measure: budget_peak}}
"""
DATA = """
CREATE TABLE regions AS FROM (VALUES (1, 'North', DATE '2020-01-15'), (2, 'South', DATE '2021-06-02')) t(region_id, region_name, opened_on);
CREATE TABLE buyers AS FROM (VALUES (1, 1, 'gold', TRUE), (2, 2, 'gold', FALSE), (3, NULL, 'iron', NULL)) t(buyer_id, region_id, tier, vip);
CREATE TABLE orders AS FROM (VALUES (1, 1, 10.10::DECIMAL(9,2), DATE '2026-01-05', 'web'), (2, 1, 5.05, DATE '2026-01-31', 'shop'),
  (3, 2, 7.00, DATE '2026-02-01', 'web'), (4, 3, 1.00, DATE '2026-02-02', NULL), (5, NULL, 2.00, DATE '2026-02-03', 'web'))
  t(order_id, buyer_id, amount, ordered_on, channel);
CREATE TABLE budgets AS FROM (VALUES (1, 1, 20::DECIMAL(9,2), DATE '2026-01-01', 'web'), (2, 2, 9, DATE '2026-02-01', 'web'),
  (3, 2, 4, DATE '2026-02-01', 'shop')) t(budget_id, region_id, amount, month, channel);
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    directory = tmp_path_factory.mktemp("shop")
    (directory / "m.yml").write_text(MODEL)
    connection = duckdb.connect()
    connection.execute(DATA)
    engine = SemanticEngine(load_catalog(directory))

    def ask(request: CompileRequest) -> list[tuple[object, ...]]:
        query = engine.compile(request, "duckdb")
        return [
            tuple(None if value is None else str(value) for value in row) for row in connection.execute(query.sql, query.params).fetchall()
        ]

    return engine, ask


def test_two_joins_group_and_filter(shop):
    _, ask = shop
    assert ask(CompileRequest(("sales",), ("region_name",))) == [("North", "15.15"), ("South", "7.00"), (None, "3.00")]
    north = Filter(dimension="region_name", values=("North",))
    assert ask(CompileRequest(("sales",), ("tier",), filters=(north,))) == [("gold", "15.15")]
    south = Filter(dimension="region_name", op="not_in", values=("North",))
    assert ask(CompileRequest(("sales",), filters=(south,))) == [("10.00",)]
    assert ask(CompileRequest(("web_sales",))) == [("15.15",)]


def test_a_truth_value_of_an_undeclared_kind_is_found_as_it_is_shown(shop):
    engine, ask = shop
    sold = [
        ask(CompileRequest(("sales",), filters=(Filter(dimension="vip", op=op, values=(value,)),)))
        for op, value in (("in", "yes"), ("in", "no"), ("not_in", "yes"), ("in", "true"))
    ]
    assert sold == [[("15.15",)], [("7.00",)], [("10.00",)], [("15.15",)]]
    both = CompileRequest(("sales",), filters=(Filter(dimension="vip", values=("yes", "no")),))
    assert ask(both) == [("22.15",)]
    tiers = [CompileRequest(("sales",), filters=(Filter(dimension="tier", values=(value,)),)) for value in ("iron", "yes")]
    plain, shown = (engine.compile(tier, "duckdb") for tier in tiers)
    assert (len(plain.params), len(shown.params)) == (1, 2)


def test_two_joins_to_a_date(shop):
    _, ask = shop
    late = Filter(dimension="opened_on", op="ge", values=("2021-01-01",))
    assert ask(CompileRequest(("sales",), ("opened_on",), filters=(late,))) == [("2021-06-01", "7.00")]


def test_dates_kept_by_month(shop):
    engine, ask = shop
    assert ask(CompileRequest(("budget",), grain="month", start=date(2026, 1, 1), end=date(2026, 2, 28))) == [
        ("2026-01-01", "20.00"), ("2026-02-01", "13.00"),
    ]  # fmt: skip
    with pytest.raises(UnknownMetricError, match="different grains"):
        engine.compile(CompileRequest(("sales", "budget"), start=date(2026, 2, 3)), "duckdb")
    assert [part.metrics for part in engine.split(CompileRequest(("sales", "budget"), start=date(2026, 2, 3)))] == [("sales",), ("budget",)]
    with pytest.raises(UnknownMetricError, match="kept by month"):
        engine.compile(CompileRequest(("budget",), grain="day"), "duckdb")


def test_metrics_with_different_ways_are_split(shop):
    engine, ask = shop
    request = CompileRequest(("sales", "budget", "largest_budget"), ("channel",))
    assert engine.catalog.path("sales", "channel") != engine.catalog.path("budget", "channel")
    with pytest.raises(UnknownMetricError, match=r"different (ways|grains)"):
        engine.compile(request, "duckdb")
    first, second = engine.split(request)
    assert (first.metrics, second.metrics) == (("sales",), ("budget", "largest_budget"))
    assert ask(first) == [("shop", "5.05"), ("web", "19.10"), (None, "1.00")]
    assert ask(second) == [("shop", "4.00", "4.00"), ("web", "29.00", "20.00")]
    both = CompileRequest(("budget", "largest_budget"), ("region_name",))
    assert engine.split(both) == (both,)
    assert ask(both) == [("North", "20.00", "20.00"), ("South", "13.00", "9.00")]


def test_largest_and_smallest_have_their_own_additivity(shop):
    engine, _ = shop
    assert engine.catalog.metrics["largest_budget"].additivity == "maximum"


def test_two_ways_of_one_length_are_refused_in_our_model_and_noted_in_another(tmp_path: Path):
    text = MODEL.replace("{name: buyer, type: foreign, expr: buyer_id}\n    dim", "{name: buyer, type: foreign, expr: buyer_id}\n"
                         "      - {name: payer, type: foreign, expr: payer_id}\n    dim")  # fmt: skip
    text = text.replace("{name: tier, type: categorical}", "{name: tier, type: categorical, config: {meta: {concept: tier}}}", 1)
    text = text.replace("metrics:\n", """\
  - name: payers
    model: ref('buyers')
    entities:
      - {name: payer, type: primary, expr: buyer_id}
    dimensions:
      - {name: payer_tier, type: categorical, expr: tier, config: {meta: {concept: tier}}}
metrics:
""")  # fmt: skip
    (tmp_path / "m.yml").write_text(text)
    loaded = load_catalog(tmp_path)
    assert loaded.catalog.path("sales", "tier") == "buyer__tier"
    assert any("two ways of one length" in note for note in loaded.notes)
    found = find_source(tmp_path)
    strict = text.replace("type: simple", "label: x, description: x, type: simple")
    (tmp_path / "m.yml").write_text(strict)
    with pytest.raises(SemanticModelError, match="give one of the two dimensions another `concept:`"):
        assemble(Source(found.name, True, found.files, found.digest))
