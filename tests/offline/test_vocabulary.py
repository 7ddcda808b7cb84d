"""Every name in the dealership's vocabulary is a name of the model."""

from __future__ import annotations

from collections.abc import Iterator

from tests.offline.conftest import vocabulary_path
from vendora_graph.offline.lexicon import load_vocabulary


def named_metrics(raw: dict) -> Iterator[str]:
    yield from raw["metrics"]
    for entry in raw["named_slices"].values():
        yield entry["base"]
    yield from raw["named_slices"]
    for entry in raw["modifiers"].values():
        for mapping in (entry.get("map") or {}, entry.get("count_map") or {}):
            yield from mapping
            yield from mapping.values()
    for entry in raw["shares"]:
        yield entry["to"]
        yield from entry["of"]
    for entry in raw["combinations"]:
        yield entry["to"]
        yield from entry["metrics"]
    for section in ("rules", "topics", "reports", "departments"):
        for entry in raw[section].values():
            yield from entry.get("metrics") or ()
            for key in ("by_role", "by_department", "by_dimension"):
                for names in (entry.get(key) or {}).values():
                    yield from names
    for key in ("dimension_metrics", "numeric_metrics", "list_columns"):
        yield from raw[key].values()
    yield from (hint["metric"] for hint in raw["hints"])
    yield from raw["generic_metrics"]
    yield from raw["scorecard"]


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


def test_every_metric_named_exists(catalog):
    raw = load_vocabulary(vocabulary_path())
    assert sorted({name for name in named_metrics(raw) if name not in catalog.metrics}) == []


def test_every_dimension_named_exists(catalog):
    raw = load_vocabulary(vocabulary_path())
    assert sorted({name for name in named_dimensions(raw) if name not in catalog.dimensions}) == []


def test_every_visible_metric_is_found_by_its_own_label(catalog, lexicon):
    not_names = load_vocabulary(vocabulary_path())["not_names"]
    missing = [
        n
        for n, m in catalog.metrics.items()
        if not m.hidden and n not in not_names and not any(s.key == n for s in lexicon.senses(lexicon.normaliser.key(m.label)))
    ]
    assert missing == []


def test_no_python_file_of_the_reader_knows_the_dealership():
    words = ("gross", "salesperson", "dealer", "vehicle", "repair order", "units_retail", "warranty")
    names = "calendar compare context cover english follow frame judge lexicon measures normalise period_math periods reader resolve restate rules slots spans thresholds variants"
    from pathlib import Path

    import vendora_graph.offline.reader as module

    for name in names.split():
        code = [line.split("#")[0] for line in (Path(module.__file__).parent / f"{name}.py").read_text().splitlines()]
        body = "\n".join(code)
        strings = [part for i, part in enumerate(body.replace('"""', "\0").split("\0")) if i % 2 == 0]
        literals = [piece for chunk in strings for i, piece in enumerate(chunk.split('"')) if i % 2]
        assert not [lit for lit in literals for word in words if word in lit.lower().replace("dealership_ids", "")], name
