"""Every name in the dealership's vocabulary is a name of the model."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from vendora_graph.offline import reader


def named_metrics(raw: dict) -> Iterator[str]:
    yield from (*raw["metrics"], *raw["named_slices"], *raw["generic_metrics"], *raw["scorecard"])
    yield from (entry["base"] for entry in raw["named_slices"].values())
    yield from (hint["metric"] for hint in raw["hints"])
    for key in ("dimension_metrics", "numeric_metrics", "list_columns"):
        yield from raw[key].values()
    for entry in raw["shares"]:
        yield from (entry["to"], *entry["of"])
    for entry in raw["combinations"]:
        yield from (entry["to"], *entry["metrics"])
    yield from mapped_metrics(raw)


def mapped_metrics(raw: dict) -> Iterator[str]:
    for entry in raw["modifiers"].values():
        for mapping in (entry.get("map") or {}, entry.get("count_map") or {}):
            yield from (*mapping, *mapping.values())
    for entry in (e for section in ("rules", "topics", "reports", "departments") for e in raw[section].values()):
        yield from entry.get("metrics") or ()
        for key in ("by_role", "by_department", "by_dimension"):
            yield from (name for names in (entry.get(key) or {}).values() for name in names)


def named_dimensions(raw: dict) -> Iterator[str]:
    yield from raw["dimensions"]
    yield from raw["dimension_metrics"]
    yield from raw["numeric_metrics"]
    yield from (entry["dimension"] for entry in raw["value_sets"])
    yield from (f["dimension"] for entry in raw["named_slices"].values() for f in entry["filters"])
    yield from (entry["filter"]["dimension"] for entry in raw["shares"] if entry.get("filter"))
    yield from (name for names in raw["stand_ins"].values() for name in names)
    yield from raw["stand_ins"]
    yield from raw["people"]
    yield from raw["measure_columns"].values()
    yield from (name for columns in raw["threshold_columns"].values() for name in columns.values())
    yield from raw["default_periods"]
    yield from raw["family_records"].values()


def test_every_metric_named_exists(loaded, catalog):
    raw = loaded.vocabulary
    assert sorted({name for name in named_metrics(raw) if name not in catalog.metrics}) == []


def test_every_dimension_named_exists(loaded, catalog):
    raw = loaded.vocabulary
    assert sorted({name for name in named_dimensions(raw) if name not in catalog.dimensions}) == []


def test_every_visible_metric_is_found_by_its_own_label(loaded, catalog, lexicon):
    not_names = loaded.vocabulary["not_names"]
    missing = [
        n
        for n, m in catalog.metrics.items()
        if not m.hidden and n not in not_names and not any(s.key == n for s in lexicon.senses(lexicon.normaliser.key(m.label)))
    ]
    assert missing == []


STEPS = [
    "answer_period",
    "calendar",
    "compare",
    "context",
    "cover",
    "english",
    "follow",
    "frame",
    "intents",
    "judge",
    "lexicon",
    "measures",
    "modifiers",
    "normalise",
    "outcome",
    "period_math",
    "period_ops",
    "periods",
    "ranking",
    "reader",
    "records",
    "resolve",
    "restate",
    "rules",
    "senses",
    "slots",
    "spans",
    "thresholds",
    "variants",
]
BUSINESS = ("gross", "salesperson", "dealer", "vehicle", "repair order", "units_retail", "warranty")


@pytest.mark.parametrize("name", STEPS)
def test_no_step_of_the_reader_knows_the_dealership(name):
    tree = ast.parse((Path(reader.__file__).parent / f"{name}.py").read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs]
    assert [text for text in texts if any(word in text.lower() for word in BUSINESS)] == []
