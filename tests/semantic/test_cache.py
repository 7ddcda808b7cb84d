"""Caches on disk: a warm start reads neither YAML nor MetricFlow, processes share templates, damage is repaired."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from tests.semantic.conftest import CLINIC
from vendora_graph.contracts import Filter
from vendora_graph.semantic import store
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import DIALECTS, CompileRequest

REQUEST = CompileRequest(
    ("visits", "revenue"), ("species",), "month", (Filter(dimension="branch", values=("Hill",)),), date(2026, 1, 1), date(2026, 3, 31), 10
)
SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from vendora_graph.contracts import Filter
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import CompileRequest
model, cache = Path(sys.argv[1]), Path(sys.argv[2])
engine = SemanticEngine(load_catalog(model, cache), cache)
request = CompileRequest(("visits", "revenue"), ("species",), "month", (Filter(dimension="branch", values=("Harbour",)),),
                         date(2025, 1, 1), date(2025, 3, 31), 7)
query = engine.compile(request, "duckdb")
heavy = ("metricflow", "metricflow_semantics", "sqlglot", "jinja2")
print(query.shape, sorted(query.params), [name for name in heavy if name in sys.modules])
"""


@pytest.fixture
def warm(tmp_path: Path) -> Path:
    engine = SemanticEngine(load_catalog(CLINIC, tmp_path), tmp_path)
    for dialect in DIALECTS:
        engine.compile(REQUEST, dialect)
    return tmp_path


def start(cache: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(CLINIC), str(cache)], stdout=subprocess.PIPE, text=True)


def test_a_cached_shape_imports_neither_metricflow_nor_a_parser(warm):
    process = start(warm)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert output.strip().endswith("['v1', 'v2', 'v3'] []")


def test_processes_share_one_cold_cache(tmp_path):
    processes = [start(tmp_path) for _ in range(3)]
    outputs = {process.communicate(timeout=120)[0].split("[")[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(outputs) == 1
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_revived_model_equals_the_built_one(warm, loaded):
    revived = load_catalog(CLINIC, warm)
    assert revived.catalog == loaded.catalog
    assert (revived.vocabulary, revived.notes, revived.keys, revived.schemas) == (
        loaded.vocabulary, loaded.notes, loaded.keys, loaded.schemas,
    )  # fmt: skip
    assert revived.manifest() == loaded.manifest()
    assert list(revived.catalog.metrics) == list(loaded.catalog.metrics)


def test_templates_from_disk_equal_compiled_ones(warm):
    fresh = SemanticEngine(load_catalog(CLINIC))
    kept = SemanticEngine(load_catalog(CLINIC, warm), warm)
    for dialect in DIALECTS:
        assert kept.compile(REQUEST, dialect) == fresh.compile(REQUEST, dialect)


@pytest.mark.parametrize("damage", ["", "{", '{"shape": "x"}', "[]"])
def test_a_damaged_cache_is_made_anew(warm, damage):
    wanted = SemanticEngine(load_catalog(CLINIC)).compile(REQUEST, "duckdb")
    files = list(warm.rglob("*.json"))
    assert len(files) == 5
    for path in files:
        path.write_text(damage)
    engine = SemanticEngine(load_catalog(CLINIC, warm), warm)
    assert engine.compile(REQUEST, "duckdb") == wanted


def test_a_changed_model_reads_no_old_cache(warm, tmp_path_factory):
    import shutil

    copy = tmp_path_factory.mktemp("changed") / "model"
    shutil.copytree(CLINIC, copy)
    path = copy / "models" / "metrics.yml"
    path.write_text(path.read_text().replace("label: Revenue\n", "label: Income\n"))
    changed = load_catalog(copy, warm)
    assert changed.catalog.metrics["revenue"].label == "Income"
    assert changed.catalog.version != load_catalog(CLINIC, warm).catalog.version


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    engine = SemanticEngine(load_catalog(CLINIC, blocked), blocked)
    assert engine.compile(REQUEST, "duckdb").columns == ("species", "period", "visits", "revenue")


def test_a_failed_rename_leaves_nothing_behind(tmp_path, monkeypatch):
    def refuse(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    store.write_json(tmp_path / "a.json", {"x": 1})
    assert list(tmp_path.iterdir()) == []


def test_threads_compile_one_engine(cache_dir):
    engine = SemanticEngine(load_catalog(CLINIC, cache_dir))
    requests = [CompileRequest(("visits",), (group,), grain) for group in ("species", "branch", "reason") for grain in (None, "month")]
    with ThreadPoolExecutor(4) as pool:
        queries = list(pool.map(lambda item: engine.compile(item, "duckdb"), requests * 3))
    alone = SemanticEngine(load_catalog(CLINIC, cache_dir))
    assert queries == [alone.compile(item, "duckdb") for item in requests * 3]
