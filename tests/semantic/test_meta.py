"""`config.meta`, `compute`, vocabulary files, semi-additive measures and windows: what a model may add to dbt's words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.semantic.test_loader import METRICS, MODEL, write
from vendora_graph.errors import SemanticModelError, UnknownMetricError
from vendora_graph.semantic.catalog import MetricInput
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import LoadedModel, load_catalog

COUNT = "  - {name: orders, type: simple, type_params: {measure: {name: order_count, fill_nulls_with: 0}}}\n"


def computed(tmp_path: Path, expr: str, inputs: str, more: str = "") -> LoadedModel:
    text = f"  - {{name: made, type: derived, config: {{meta: {{compute: {{expr: '{expr}', inputs: {inputs}}}}}}}}}\n"
    return load_catalog(write(tmp_path, MODEL, METRICS + COUNT + more + text))


def test_compute_says_what_dbt_cannot(tmp_path):
    loaded = computed(
        tmp_path,
        "stock / NULLIF(sold / 30, 0) + COALESCE(year, 0) * 0",
        "{stock: revenue, sold: {metric: orders, window_days: 30, filter: \"{{ Dimension(''order__status'') }} = ''x''\"}, "
        "year: {metric: orders, window_months: 12}}".replace("''", "'"),
    )
    info = loaded.catalog.metrics["made"]
    assert info.inputs == (
        MetricInput("stock", "revenue"),
        MetricInput("sold", "orders_filtered", window_days=30),
        MetricInput("year", "orders", window_months=12),
    )
    engine = SemanticEngine(loaded)
    assert engine.components("made") == info.inputs
    assert engine.components("orders") == (MetricInput("orders", "orders"),)
    assert engine.combine("orders", {"orders": Decimal(4)}) == 4
    assert engine.combine("made", {"stock": Decimal(10), "sold": Decimal(60), "year": None}) == 5


def test_a_window_reaches_the_parts_of_a_computed_input(tmp_path):
    nested = "  - {name: per_order, type: ratio, type_params: {numerator: revenue, denominator: orders}}\n"
    info = computed(tmp_path, "a", "{a: {metric: per_order, window_days: 7}}", nested).catalog.metrics["made"]
    assert info.formula_expr == "(a__numerator / a__denominator)"
    assert [item.window_days for item in info.inputs] == [7, 7]


@pytest.mark.parametrize(
    ("expr", "inputs", "words"),
    [
        ("a", "{}", "needs `inputs:`"),
        ("a", "{a: 3}", "must be a metric's name"),
        ("a", "{a: {metric: orders, window: 3}}", "unknown key 'window'"),
        ("a", "{a: {metric: orders, to_date: fortnight}}", "is not a grain"),
        ("a + b", "{a: orders}", "reads 'b'"),
        ("a", "{a: {metric: week, window_days: 3}}", "puts a window on a metric that has one"),
        ("a", "{a: nothing}", "is no metric"),
    ],
)
def test_a_wrong_compute_is_refused_with_its_place(tmp_path, expr, inputs, words):
    typed = "cumulative_type_params: {window: 1 week, period_agg: last}"
    week = f"  - {{name: week, type: cumulative, type_params: {{measure: order_total, {typed}}}}}\n"
    with pytest.raises(SemanticModelError, match=r"^m1\.yml:\d+") as caught:
        computed(tmp_path, expr, inputs, week)
    assert words in str(caught.value)


def test_meta_of_metrics_and_dimensions(tmp_path):
    meta = (
        "{unit: usd, good: up, bounds: [0, null], benchmarks: [B1], clarify: which, kpi: 3, access: gross, min_n: 5, count_metric: orders}"
    )
    model = MODEL.replace(
        "{name: status, type: categorical}",
        "{name: status, type: categorical, config: {meta: {concept: state, label: state, kind: category, "
        "values: {open: [new], true: yes, 3: []}, source: [orders_view, state], access: wide}}}",
    )
    loaded = load_catalog(
        write(tmp_path, model, METRICS + f"    config: {{meta: {meta}}}\n" + COUNT, "vocabulary: {clarifying: {which: Which?}}")
    )
    info = loaded.catalog.metrics["revenue"]
    assert (info.unit, info.good, info.low, info.high, info.kpi, info.min_n) == ("usd", "up", Decimal(0), None, 3, 5)
    assert (info.benchmarks, info.clarify, info.access, info.count_metric) == (("B1",), "which", "gross", "orders")
    assert loaded.catalog.clarifying == {"which": "Which?"}
    state = loaded.catalog.dimensions["state"]
    assert state.values == {"open": ("new",), "true": ("true",), "3": ()}
    assert (state.source, state.access, state.typed) == (("orders_view", "state"), "wide", True)


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        ("{kind: colour}", "use one of category"),
        ("{values: 3}", "must map stored values"),
        ("{source: orders}", "must be `[table, column]`"),
        ("{unit: euros}", "use one of usd"),
        ("{cardinality: some}", "use one of low"),
    ],
)
def test_wrong_meta_of_a_dimension(tmp_path, meta, words):
    model = MODEL.replace("{name: status, type: categorical}", f"{{name: status, type: categorical, config: {{meta: {meta}}}}}")
    with pytest.raises(SemanticModelError, match=r"^m0\.yml:9") as caught:
        load_catalog(write(tmp_path, model, METRICS))
    assert words in str(caught.value)


def test_vocabulary_files_add_up(tmp_path):
    (tmp_path / "vocabulary.yaml").write_text("people: [ann]\nclarifying: {a: A?}\n")
    extra = "vocabulary: {people: [bob], clarifying: {b: B?}, new: {x: 1}}\n"
    loaded = load_catalog(write(tmp_path, MODEL, METRICS, extra))
    assert set(loaded.vocabulary["people"]) == {"ann", "bob"}
    assert loaded.catalog.clarifying == {"a": "A?", "b": "B?"}
    assert loaded.vocabulary["new"] == {"x": 1}


@pytest.mark.parametrize(
    ("rule", "note"),
    [
        ("{name: ordered_at, window_choice: max, window_groupings: [order]}", "takes the last date of each order"),
        ("{name: ordered_at, window_choice: min}", "takes one date for all groups"),
    ],
)
def test_other_semi_additive_measures_are_noted(tmp_path, rule, note):
    model = MODEL.replace("expr: amount}", f"expr: amount, non_additive_dimension: {rule}}}")
    loaded = load_catalog(write(tmp_path, model, METRICS))
    assert any(note in line for line in loaded.notes)
    assert not loaded.catalog.metrics["revenue"].snapshot


def test_a_time_spine_may_be_declared_and_must_name_its_column(tmp_path):
    spine = "models: [{name: days, time_spine: {standard_granularity_column: day}, columns: [{name: day, granularity: day}]}]\n"
    assert load_catalog(write(tmp_path, MODEL, METRICS, spine)).manifest()["project_configuration"]["time_spines"][0]["primary_column"] == {
        "name": "day", "time_granularity": "day",
    }  # fmt: skip
    with pytest.raises(SemanticModelError, match="needs `standard_granularity_column:`"):
        load_catalog(write(tmp_path, MODEL, METRICS, spine.replace("{standard_granularity_column: day}", "{}")))


def test_parts_of_medians_and_simple_metrics_are_not_mixed_up(engine):
    with pytest.raises(UnknownMetricError, match="fetch its values"):
        engine.components("waiting_time")
    with pytest.raises(UnknownMetricError, match="is not a median"):
        engine.values_request("visits")


def test_a_computed_metric_over_a_median_is_noted_and_left_out(tmp_path):
    model = MODEL + "      - {name: middle, agg: percentile, expr: amount, agg_params: {percentile: 0.9, use_discrete_percentile: true}}\n"
    metrics = METRICS + (
        "  - {name: p90, type: simple, type_params: {measure: middle}}\n"
        "  - {name: r, type: ratio, type_params: {numerator: p90, denominator: revenue}}\n"
    )
    loaded = load_catalog(write(tmp_path, model, metrics))
    assert "r" not in loaded.catalog.metrics
    assert loaded.catalog.metrics["p90"].percentile == Decimal("0.9")
    assert any("needs a median" in note for note in loaded.notes)
    assert any("answered interpolated" in note for note in loaded.notes)
