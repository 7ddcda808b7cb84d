"""The shipped model: what it holds, and that its words do not contradict each other."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from tests.semantic.golden_cases import cases
from vendora_graph.semantic.catalog import Catalog
from vendora_graph.semantic.loader import load_catalog

MODEL = Path(__file__).parents[2] / "vendora_graph" / "semantic" / "dealership"
WORDS = ("label", "description", "synonyms", "basis", "formula", "filter_text", "family", "department")
ACCESS = {
    "units", "gross", "gross_by_person", "fi", "cost", "inventory", "leads", "fixed", "productivity_by_name", "pay", "department_pnl",
    "store_pnl", "csi",
}  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog().catalog


def test_at_least_130_entries_of_the_dictionary_ship(catalog: Catalog) -> None:
    shipped = {info.kpi for info in catalog.metrics.values() if info.kpi and not info.hidden}
    assert len(shipped) >= 130
    assert shipped <= set(range(1, 145))


def test_every_metric_that_can_be_asked_has_a_golden(catalog: Catalog) -> None:
    golden = {case.metric for case in cases()}
    assert {name for name, info in catalog.metrics.items() if not info.hidden} - golden == set()
    assert golden - set(catalog.metrics) == set()
    assert sum(1 for case in cases() if case.by) >= len(golden) / 3


def test_every_metric_is_described_for_a_reader(catalog: Catalog) -> None:
    for name, info in catalog.metrics.items():
        if info.hidden:
            continue
        missing = [key for key in WORDS if not getattr(info, key)]
        assert not missing, f"{name} has no {missing}"
        assert info.access in ACCESS, name


def test_hidden_components_carry_an_access_class_too(catalog: Catalog) -> None:
    files = sorted((MODEL / "metrics").glob("*.yaml"))
    written = {metric["name"] for path in files for metric in yaml.safe_load(path.read_text(encoding="utf-8"))["metrics"]}
    assert [name for name in sorted(written) if catalog.metrics[name].access not in ACCESS] == []


def test_no_two_metrics_answer_to_one_word(catalog: Catalog) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for name, info in catalog.metrics.items():
        if not info.hidden:
            for word in (info.label, *info.synonyms):
                owners[word.lower()].add(name)
    assert {word: sorted(found) for word, found in owners.items() if len(found) > 1} == {}


def test_variants_take_the_concept_they_stand_for(catalog: Catalog) -> None:
    for name, info in catalog.metrics.items():
        for concept, metric in info.variants:
            assert catalog.path(metric, concept), f"{name} -> {metric} by {concept}"


def test_snapshots_have_one_date_and_rates_lie_between_their_bounds(catalog: Catalog) -> None:
    for name, info in catalog.metrics.items():
        if info.snapshot and not info.inputs:
            assert info.time_dimension in {"snapshot_date", "month_start"}, name
        if info.unit == "rate" and not info.hidden:
            assert info.low is not None, name
            assert info.high is not None, name


def test_benchmark_ids_exist_and_only_comparable_ones_are_named(catalog: Catalog) -> None:
    with (MODEL / "benchmarks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["benchmark_id"]: row for row in csv.DictReader(file)}
    for name, info in catalog.metrics.items():
        for wanted in info.benchmarks:
            assert wanted in rows, f"{name} names {wanted}"
            assert rows[wanted]["comparable"] in {"yes", "partly"}, f"{name} names {wanted}"
            assert rows[wanted]["metric_id"] == name, f"{name} names {wanted}, which is of {rows[wanted]['metric_id']}"


def test_the_page_of_metrics_lists_them_all(catalog: Catalog) -> None:
    page = (MODEL.parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    shown = {name for name, info in catalog.metrics.items() if not info.hidden}
    assert [name for name in sorted(shown) if f"| `{name}` |" not in page] == []
    assert f"\n{len(shown)} metrics can be asked" in page
