"""Loading: what is read, and how a broken model says where and what."""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.semantic.conftest import CLINIC
from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.catalog import MetricInput
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.semantic.sources import Source, find_source

MODEL = """\
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: ordered_at}
    entities:
      - {name: order, type: primary, expr: order_id}
    dimensions:
      - {name: ordered_at, type: time, type_params: {time_granularity: day}}
      - {name: status, type: categorical}
    measures:
      - {name: order_total, agg: sum, expr: amount}
      - {name: order_count, agg: count, expr: order_id}
"""
METRICS = """\
metrics:
  - name: revenue
    label: Revenue
    description: Money.
    type: simple
    type_params: {measure: {name: order_total, fill_nulls_with: 0}}
"""


def write(directory: Path, *texts: str) -> Path:
    for number, text in enumerate(texts):
        (directory / f"m{number}.yml").write_text(text, encoding="utf-8")
    return directory


def test_a_dbt_project_is_read_with_its_own_words(loaded):
    catalog = loaded.catalog
    assert catalog.name == "pawprint_clinic"
    revenue = catalog.metrics["revenue"]
    assert (revenue.label, revenue.unit, revenue.good, revenue.additivity) == ("Revenue", "usd", "up", "additive")
    assert revenue.synonyms == ("turnover", "takings", "billings")
    assert (revenue.time_dimension, revenue.tables, revenue.fill) == ("visited_on", ("visits",), None)
    assert (catalog.metrics["visits"].unit, catalog.metrics["visits"].fill) == ("count", 0)
    assert catalog.metrics["animals_seen"].additivity == "distinct"
    assert catalog.metrics["weight_total"].label == "weight total"
    assert catalog.metrics["no_show_rate"].min_n == 20


def test_dimensions_are_concepts_and_colliding_names_are_qualified(loaded):
    catalog = loaded.catalog
    assert {"species", "animal_name", "vet_name", "reason", "emergency", "branch"} <= set(catalog.dimensions)
    assert "animal" in catalog.dimensions["animal_name"].synonyms
    assert catalog.dimensions["reason"].values["vaccination"] == ("jab", "shot", "vaccine")
    assert catalog.dimensions["emergency"].values == {"true": ("emergency", "emergencies")}
    assert catalog.dimensions["reason"].source == ("visits", "reason")
    assert catalog.path("visits", "reason") == "visit__visit_reason"
    assert catalog.path("visits", "species") == "animal__species"
    assert catalog.path("new_animals", "branch") is None
    assert catalog.metrics["new_animals"].dimensions == ("animal_name", "insured", "registered_on", "species")
    assert not [name for name in catalog.dimensions if name.startswith("value_of_")]


def test_computed_metrics_are_flattened_to_simple_parts(loaded):
    metrics = loaded.catalog.metrics
    kept = metrics["kept_rate_points"]
    assert kept.formula_expr == "1 - (missed_share__numerator / missed_share__denominator)"
    assert kept.inputs == (MetricInput("missed_share__numerator", "no_shows"), MetricInput("missed_share__denominator", "visits"))
    share = metrics["emergency_revenue_share"]
    assert share.inputs == (MetricInput("numerator", "revenue_filtered"), MetricInput("denominator", "revenue"))
    assert metrics["revenue_filtered"].hidden
    assert metrics["revenue_filtered"].unit == "usd"
    assert metrics["revenue_trailing_28"].inputs == (MetricInput("value", "revenue_trailing_28_base", window_days=28),)
    assert metrics["waiting_time"].value_metric == "waiting_time_n"
    assert metrics["waiting_time"].percentile == Decimal("0.5")
    assert all(not metrics[item.metric].inputs for info in metrics.values() for item in info.inputs)


def test_the_paths_of_a_computed_metric_are_common_to_its_parts(tmp_path):
    text = """\
  - name: weight_per_visit
    label: Weight per visit
    type: derived
    type_params: {expr: w / v, metrics: [{name: weight_total, alias: w}, {name: visits, alias: v}]}
"""
    shutil.copytree(CLINIC / "models", tmp_path / "models")
    path = tmp_path / "models" / "metrics.yml"
    path.write_text(path.read_text() + text)
    info = load_catalog(tmp_path).catalog.metrics["weight_per_visit"]
    assert info.dimensions == ("animal_name", "insured", "registered_on", "species")
    assert info.tables == ("animals", "visits")
    assert info.time_dimension == "registered_on, visited_on"


def test_dbts_compiled_manifest_loads_like_its_yaml(tmp_path, loaded):
    from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
    from metricflow_semantic_interfaces.transformations.semantic_manifest_transformer import PydanticSemanticManifestTransformer

    nodes: dict[str, list] = {"semantic_models": [], "metrics": []}
    for document in find_source(CLINIC).documents():
        nodes["semantic_models"].extend(document.get("semantic_models", []))
        nodes["metrics"].extend(document.get("metrics", []))
    for model in nodes["semantic_models"]:
        table = model.pop("model").split("'")[1]
        model["node_relation"] = {"alias": table, "schema_name": "main", "database": "clinic"}
    for metric in nodes["metrics"]:
        _as_dbt_writes(metric)
    spine = {"node_relation": {"alias": "days", "schema_name": "main"}, "primary_column": {"name": "day", "time_granularity": "day"}}
    manifest = PydanticSemanticManifest.parse_obj({**nodes, "project_configuration": {"time_spines": [spine]}})
    path = tmp_path / "target" / "semantic_manifest.json"
    path.parent.mkdir()
    path.write_text(PydanticSemanticManifestTransformer.transform(manifest).json())
    compiled = load_catalog(path)
    by_project = load_catalog(tmp_path)
    assert by_project.catalog == compiled.catalog
    assert compiled.schemas == ("main",)
    for name in (
        "visits",
        "no_show_rate",
        "kept_rate_points",
        "revenue_trailing_28",
        "waiting_time",
        "average_bill",
        "emergency_revenue_share",
    ):
        ours, theirs = loaded.catalog.metrics[name], compiled.catalog.metrics[name]
        assert (theirs.label, theirs.formula_expr, theirs.dimensions, theirs.unit if theirs.unit != "number" else ours.unit) == (
            ours.label, ours.formula_expr, ours.dimensions, ours.unit,
        )  # fmt: skip
        assert [item.window_days for item in theirs.inputs] == [item.window_days for item in ours.inputs]


def _as_dbt_writes(metric: dict) -> None:
    """Do what dbt's parser does to short forms before it builds the manifest."""
    params = metric["type_params"]
    if isinstance(params.get("measure"), str):
        params["measure"] = {"name": params["measure"]}
    for key in ("numerator", "denominator"):
        if isinstance(params.get(key), str):
            params[key] = {"name": params[key]}


def test_tables_are_named_as_the_project_names_them(tmp_path):
    text = """\
sources:
  - name: shop
    schema: raw_shop
    tables: [{name: orders, identifier: orders_v2}]
"""
    model = MODEL.replace("ref('orders')", "source('shop', 'orders')")
    assert load_catalog(write(tmp_path, model, METRICS, text)).catalog.metrics["revenue"].tables == ("raw_shop.orders_v2",)
    aliased = "models: [{name: orders, config: {alias: fct_orders}}]\n"
    assert load_catalog(write(tmp_path, MODEL, METRICS, aliased)).catalog.metrics["revenue"].tables == ("fct_orders",)
    model = MODEL.replace("ref('orders')", "other.orders")
    assert load_catalog(write(tmp_path, model, METRICS, "")).catalog.metrics["revenue"].tables == ("other.orders",)


@pytest.mark.parametrize(
    ("model", "metrics", "where", "words"),
    [
        (MODEL, METRICS.replace("order_total", "order_totl"), "m1.yml:2", "did you mean 'order_total'"),
        (MODEL, METRICS + METRICS.removeprefix("metrics:\n"), "m1.yml:7", "also defined at m1.yml:2"),
        (MODEL, METRICS.replace("simple", "sipmle"), "m1.yml:2", "use one of simple"),
        (MODEL, METRICS.replace("label: Revenue", "label: [", 1), "m1.yml:", "not valid YAML"),
        (MODEL, METRICS + "    label: Twice\n", "m1.yml:7", "written twice"),
        (MODEL.replace("agg: sum", "agg: total"), METRICS, "m0.yml:11", "use one of sum"),
        (MODEL.replace("ref('orders')", "select 1"), METRICS, "m0.yml:2", "is not a table"),
        (MODEL.replace("type: primary", "type: main"), METRICS, "m0.yml:6", "use one of primary"),
        (MODEL.replace(", type_params: {time_granularity: day}", ""), METRICS, "m0.yml:8", "no granularity"),
        (MODEL.replace("ordered_at}", "paid_at}"), METRICS, "m1.yml:2", "no time dimension of 'orders'"),
        (MODEL.replace("    defaults: {agg_time_dimension: ordered_at}\n", ""), METRICS, "m1.yml:2", "has no time dimension"),
        (MODEL.replace("primary", "foreign"), METRICS, "m0.yml:2", "no primary entity"),
        (MODEL, METRICS + "    filter: \"{{ Dimension('order__colour') }} = 'red'\"\n", "m1.yml:2", "cannot compile"),
        (MODEL, METRICS + "    filter: \"{{ Dimension('a__b__c__d') }} = 'red'\"\n", "m1.yml:2", "more than two joins"),
        (MODEL, METRICS + "    filter: \"{{ Dimension('a__b__c') }} = 'red'\"\n", "m1.yml:2", "write Dimension('b__c', entity_path=['a'])"),
        (MODEL, METRICS + "    config: {meta: {unit: dollars}}\n", "m1.yml:2", "use one of usd"),
        (MODEL, METRICS + "    config: {meta: {bounds: [5, 1]}}\n", "m1.yml:2", "low end is above"),
        (MODEL, METRICS + "    config: {meta: {count_metric: nothing}}\n", "m1.yml:2", "is no metric"),
        (MODEL, METRICS + "  - {name: r, type: ratio, type_params: {numerator: revenue}}\n", "m1.yml:7", "denominator"),
        (MODEL, METRICS + "  - {name: r, type: ratio, type_params: {numerator: revenue, denominator: x}}\n", "m1.yml:7", "'x', which is"),
        (
            MODEL,
            METRICS + "  - {name: d, type: derived, type_params: {expr: revenue + extra, metrics: [{name: revenue}]}}\n",
            "m1.yml:7",
            "reads 'extra'",
        ),
        (
            MODEL,
            METRICS + "  - {name: d, type: derived, type_params: {expr: CASE WHEN a THEN 1 END, metrics: [{name: revenue, alias: a}]}}\n",
            "m1.yml:7",
            "not arithmetic",
        ),
        (
            MODEL,
            METRICS
            + "  - {name: d, type: derived, type_params: {expr: e, metrics: [{name: e}]}}\n"
            + "  - {name: e, type: derived, type_params: {expr: d, metrics: [{name: d}]}}\n",
            "m1.yml:",
            "needs itself",
        ),
        ("- metrics: []\n- a list\n", MODEL + METRICS, "m0.yml:1", "must be a mapping"),
        (MODEL.replace("semantic_models", "semantic_model"), METRICS + "# semantic_models\n", "m0.yml:1", "unknown key 'semantic_model'"),
        ("semantic_models: []\n", "metrics: []\n", "", "has no metrics"),
    ],
)  # fmt: skip
def test_a_broken_model_says_where_and_what(tmp_path, model, metrics, where, words):
    with pytest.raises(SemanticModelError) as caught:
        load_catalog(write(tmp_path, model, metrics))
    assert str(caught.value).startswith(where)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("model", "metrics", "words"),
    [
        (MODEL, METRICS.replace("label", "lable"), "unknown key 'lable'"),
        (MODEL, METRICS + "    config: {meta: {synonym: [x]}}\n", "unknown key 'synonym' in config.meta"),
        (MODEL, METRICS.replace("    label: Revenue\n", ""), "needs a `label:`"),
        (MODEL.replace("expr: order_id}", "expr: order_id, description: x}", 1), METRICS, "which MetricFlow refuses"),
        (MODEL, METRICS + "    filter: \"{{ Dimension('status') }} = 'red'\"\n", "names the dimension 'status' shortly"),
        (
            MODEL,
            METRICS + "  - {name: c, label: c, description: c, type: cumulative, type_params: {measure: order_total, window: 7 days}}\n",
            "no `period_agg: last`",
        ),
        (
            MODEL.replace("expr: amount}", "expr: amount, non_additive_dimension: {name: ordered_at, window_choice: max}}"),
            METRICS,
            "write `snapshot: true`",
        ),
        (
            MODEL,
            METRICS.replace(", fill_nulls_with: 0", "")
            + "  - {name: r, label: r, description: r, type: ratio, type_params: {numerator: revenue, denominator: revenue}}\n",
            "has no `fill_nulls_with: 0`",
        ),
        (
            MODEL,
            METRICS
            + "  - {name: d, label: d, description: d, type: derived,\n"
            + "     type_params: {expr: a, metrics: [{name: revenue, alias: a, offset_window: 1 month}]}}\n",
            "uses an offset",
        ),
        (
            MODEL.replace("agg: sum", "agg: median"),
            METRICS.replace(", fill_nulls_with: 0", "")
            + "  - {name: r, label: r, description: r, type: ratio, type_params: {numerator: revenue, denominator: revenue}}\n",
            "medians cannot be parts",
        ),
    ],
)  # fmt: skip
def test_the_shipped_models_stricter_rules(tmp_path, model, metrics, words):
    from vendora_graph.semantic.assemble import assemble

    found = find_source(write(tmp_path, model, metrics))
    with pytest.raises(SemanticModelError, match=words):
        assemble(Source(found.name, True, found.files, found.digest))


def test_a_loaded_model_is_noted_where_ours_would_be_refused(tmp_path):
    metrics = METRICS + (
        "  - {name: c, type: cumulative, type_params: {measure: order_total, window: 7 days}}\n"
        "  - {name: v, type: conversion, type_params: {conversion_type_params: {entity: order}}}\n"
        "  - {name: m, type: derived, type_params: {expr: a, metrics: [{name: revenue, alias: a, offset_window: 1 month}]}}\n"
        "  - {name: stocked, type: simple, type_params: {measure: stock}}\n"
    )
    stock = "      - {name: stock, agg: sum, expr: qty, non_additive_dimension: {name: ordered_at, window_choice: max}}\n"
    loaded = load_catalog(write(tmp_path, MODEL + stock, metrics))
    assert any("first value of a period" in note for note in loaded.notes)
    assert any("conversion metric" in note for note in loaded.notes)
    assert "v" not in loaded.catalog.metrics
    assert loaded.catalog.metrics["stocked"].snapshot
    assert loaded.catalog.metrics["stocked"].additivity == "semi_additive"
    assert loaded.catalog.metrics["m"].inputs == (MetricInput("a", "revenue", shift_count=1, shift_grain="month"),)


def test_what_real_dbt_projects_hold_besides(tmp_path):
    (tmp_path / "ci.yml").write_text("- a list\n- of something else\n")
    (tmp_path / "jinja.yml").write_text("vars:\n  x: {{ broken\n")
    (tmp_path / "profiles.yml").write_text("outputs: {dev: {type: duckdb}}\n")
    (tmp_path / "dbt_packages").mkdir()
    (tmp_path / "dbt_packages" / "other.yml").write_text("semantic_models: [broken")
    metrics = METRICS.replace("fill_nulls_with: 0", "fill_nulls_with: 0, join_to_timespine: true") + (
        "    config: {group: finance, enabled: true}\n"
        "  - {name: all_orders, type: simple, type_params: {measure: ones}, filter: [\"{{Dimension('order__status')}} = 'done'\"]}\n"
        "  - {name: twice, type: derived, type_params: {expr: 2 * revenue, metrics: [revenue]}}\n"
        "  - {name: upper_share, type: ratio, type_params: {numerator: Revenue, denominator: {name: REVENUE}}}\n"
        "  - {name: so_far, type: cumulative, type_params: {measure: order_total, grain_to_date: month}}\n"
        "  - {name: ever, type: cumulative, type_params: {cumulative_type_params: {metric: {name: revenue}, period_agg: last}}}\n"
        "saved_queries: [{name: q, query_params: {metrics: [revenue]}}]\n"
        "groups: [{name: finance}]\n"
    )
    model = MODEL.replace("granularity: day", "granularity: hour") + "      - {name: ones, agg: sum, expr: 1, create_metric: true}\n"
    loaded = load_catalog(write(tmp_path, model, metrics))
    catalog = loaded.catalog
    assert catalog.metrics["twice"].additivity == "additive"
    assert catalog.metrics["upper_share"].additivity == "ratio"
    assert catalog.metrics["revenue"].time_grain == "day"
    assert catalog.metrics["so_far"].inputs[0].to_date == "month"
    assert catalog.metrics["ever"].inputs == (MetricInput("value", "revenue", all_time=True),)
    assert catalog.metrics["ones"].aggregation == "sum"
    for name in ("revenue", "all_orders"):
        sql = SemanticEngine(loaded).compile(CompileRequest((name,), (), "day", (), date(2026, 1, 1), date(2026, 1, 31)), "duckdb").sql
        assert sql.count("FROM orders") == 1
        assert "spine" not in sql


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(SemanticModelError, match="no such file"):
        load_catalog(tmp_path / "absent")
    with pytest.raises(SemanticModelError, match="run `dbt parse`"):
        load_catalog(tmp_path)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(SemanticModelError, match=r"semantic_manifest\.json"):
        load_catalog(tmp_path / "x.json")
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(SemanticModelError, match="not dbt's semantic manifest"):
        load_catalog(tmp_path / "x.json")
    (tmp_path / "latin.yml").write_bytes(b"semantic_models: \xff")
    with pytest.raises(SemanticModelError, match="not UTF-8"):
        load_catalog(tmp_path)


def test_a_file_named_like_a_schema_is_refused(tmp_path):
    loaded = load_catalog(write(tmp_path, MODEL.replace("ref('orders')", "shop.orders"), METRICS))
    loaded.check_file_stem("warehouse")
    with pytest.raises(SemanticModelError, match="rename the file"):
        loaded.check_file_stem("Shop")


def test_json_manifests_need_no_lines(tmp_path):
    path = tmp_path / "semantic_manifest.json"
    broken = {"semantic_models": [], "metrics": [{"name": "a", "type": "simple", "type_params": {"measure": {"name": "x"}}}]}
    path.write_text(json.dumps(broken))
    with pytest.raises(SemanticModelError, match=r"semantic_manifest\.json: the metric 'a' names the measure 'x'"):
        load_catalog(path)


def test_two_models_cannot_share_a_measure(tmp_path):
    other = MODEL.replace("name: orders", "name: again").replace("name: order,", "name: other,")
    with pytest.raises(SemanticModelError, match="also defined in 'orders'"):
        load_catalog(write(tmp_path, MODEL, other, METRICS))
