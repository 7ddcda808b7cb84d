"""Time the semantic engine: load, compile cold, template hits. Run: `python bench/semantic.py`.

Prints a table of medians and 95th percentiles; uses a temporary cache, so nothing of an earlier run helps.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from importlib import resources
from pathlib import Path

from vendora_graph.contracts import Grain
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import DIALECTS, CompileRequest

COLD = """
import sys, time
from pathlib import Path
begun = time.perf_counter()
from datetime import date
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.semantic.request import CompileRequest
imported = time.perf_counter()
cache = Path(sys.argv[1])
engine = SemanticEngine(load_catalog(Path(sys.argv[3]), cache), cache)
engine.compile(CompileRequest((sys.argv[2],), (), "month", (), date(2026, 1, 1), date(2026, 6, 30)), "duckdb")
done = time.perf_counter()
assert "metricflow" not in sys.modules
print((imported - begun) * 1000, (done - imported) * 1000)
"""
START = date(2026, 1, 1)
GRAINS: tuple[Grain | None, ...] = (None, "month")


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def row(name: str, times: list[float]) -> None:
    """Print one line of the table."""
    ordered = sorted(times)
    print(f"{name:<44}{statistics.median(ordered):>12.4f}{ordered[int(0.95 * (len(ordered) - 1))]:>12.4f}{len(ordered):>7}")


def timed(engine: SemanticEngine, requests: list[CompileRequest], dialect: str) -> list[float]:
    """Return how long each compilation takes."""
    return [milliseconds(partial(engine.compile, request, dialect)) for request in requests]


def shapes(engine: SemanticEngine) -> list[CompileRequest]:
    """Choose sixty shapes: simple metrics by up to two of their concepts, with and without a grain."""
    chosen: list[CompileRequest] = []
    simple = [info for info in engine.catalog.metrics.values() if not info.inputs and not info.value_dimension and info.dimensions]
    for index, info in enumerate(simple[:60]):
        group_by = info.dimensions[index % len(info.dimensions) :][: index % 3]
        chosen.append(CompileRequest((info.name,), group_by, GRAINS[index % 2], (), START, START + timedelta(days=90)))
    return chosen


def main() -> None:
    """Run and print."""
    with tempfile.TemporaryDirectory() as name:
        cache, model = Path(name), Path(name) / "model"
        shutil.copytree(Path(str(resources.files("vendora_graph.semantic") / "dealership")), model)
        print(f"{'milliseconds':<44}{'median':>12}{'p95':>12}{'n':>7}")
        row("load the model from YAML (with imports)", [milliseconds(lambda: load_catalog(model, cache))])
        row("load the model from its cache", [milliseconds(lambda: load_catalog(model, cache)) for _ in range(20)])
        engine = SemanticEngine(load_catalog(model, cache), cache)
        requests = shapes(engine)
        engine.compile(CompileRequest(requests[0].metrics), "duckdb")
        for dialect in DIALECTS:
            row(f"compile a new shape, {dialect}", timed(engine, requests, dialect))
        fresh = SemanticEngine(load_catalog(model, cache), cache)
        row("first use of a shape kept on disk", timed(fresh, requests, "duckdb"))
        row("template hit", timed(fresh, requests * 20, "duckdb"))
        metric = requests[0].metrics[0]
        engine.compile(CompileRequest((metric,), (), "month", (), START, START + timedelta(days=1)), "duckdb")
        imports, answers = [], []
        for _ in range(5):
            command = [sys.executable, "-c", COLD, name, metric, str(model)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # ourselves
            imported, answered = map(float, output.split())
            imports.append(imported)
            answers.append(answered)
        row("new process: imports", imports)
        row("new process: model and statement, cached", answers)


if __name__ == "__main__":
    main()
