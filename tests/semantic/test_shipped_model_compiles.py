"""The shipped model against its own data contract: every metric and a spread of ways compile and run on the empty schema."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import pytest

from vendora_graph.contracts import Filter
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import CompileRequest

EVERY = 40
TOGETHER = 12
PERIOD = {"start": date(2026, 1, 1), "end": date(2026, 6, 30)}
SAMPLE = {"numeric": "1", "flag": "true", "time": "2026-01-01"}


@pytest.fixture(scope="module")
def dealership(cache_dir: Path) -> SemanticEngine:
    return SemanticEngine(load_catalog(None, cache_dir), cache_dir)


@pytest.fixture(scope="module")
def schema() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    for name in ("schema.sql", "views.sql"):
        connection.execute((resources.files("vendora_graph.warehouse") / name).read_text(encoding="utf-8"))
    yield connection
    connection.close()


def simple(engine: SemanticEngine) -> list[str]:
    return [info.name for info in engine.catalog.metrics.values() if not info.inputs and not info.value_dimension]


def test_every_simple_metric_runs(dealership, schema):
    names = simple(dealership)
    assert len(names) > 100
    alike: dict[tuple[object, ...], list[str]] = {}
    for name in names:
        info = dealership.catalog.metrics[name]
        alike.setdefault((info.tables, info.time_dimension, info.time_grain), []).append(name)
    for group in alike.values():
        for first in range(0, len(group), TOGETHER):
            query = dealership.compile(CompileRequest(tuple(group[first : first + TOGETHER]), **PERIOD), "duckdb")
            schema.execute(query.sql, query.params).fetchall()


def test_ways_to_dimensions_run_grouped_and_filtered(dealership, schema):
    catalog = dealership.catalog
    ways: dict[tuple[tuple[str, ...], str | None], tuple[str, str]] = {}
    for name in simple(dealership):
        for concept in catalog.metrics[name].dimensions:
            ways.setdefault((catalog.metrics[name].tables, catalog.path(name, concept)), (name, concept))
    assert len(ways) > 500
    assert any((catalog.path(*way) or "").count("__") == 2 for way in list(ways.values())[::EVERY])
    for name, concept in list(ways.values())[::EVERY]:
        value = SAMPLE.get(catalog.dimensions[concept].kind, "x")
        request = CompileRequest((name,), (concept,), filters=(Filter(dimension=concept, values=(value,)),), **PERIOD)
        query = dealership.compile(request, "duckdb")
        schema.execute(query.sql, query.params).fetchall()


def test_computed_metrics_stand_on_simple_ones_and_evaluate(dealership):
    catalog = dealership.catalog
    computed = [info for info in catalog.metrics.values() if info.inputs]
    assert computed
    for info in computed:
        assert all(not catalog.metrics[item.metric].inputs for item in info.inputs)
        value = dealership.combine(info.name, dict.fromkeys((item.alias for item in info.inputs), None))
        assert value is None or "COALESCE" in (info.formula_expr or "")


def test_every_shown_metric_has_words_and_dimensions(dealership):
    shown = [info for info in dealership.catalog.metrics.values() if not info.hidden]
    assert len(shown) >= 110
    assert not [info.name for info in shown if not (info.label and info.description and info.dimensions and info.time_dimension)]
    assert all(concept in dealership.catalog.dimensions for info in shown for concept in info.dimensions)
