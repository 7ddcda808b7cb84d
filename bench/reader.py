"""How long one reading takes: `python bench/reader.py` prints medians over the questions of `tests/offline/cases`."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.offline.conftest import context, stored_values  # noqa: E402
from vendora_graph.offline.lexicon import Lexicon  # noqa: E402
from vendora_graph.offline.reader import Reader  # noqa: E402
from vendora_graph.semantic.loader import load_catalog  # noqa: E402

WARM_UP = 5


def main() -> None:
    """Print the time to build and to load a lexicon, and the median, p95 and worst time of a reading."""
    with tempfile.TemporaryDirectory() as folder:
        loaded_model = load_catalog(None, Path(folder))
        catalog, vocabulary, values = loaded_model.catalog, loaded_model.vocabulary, stored_values()
        start = time.perf_counter()
        Lexicon.cached(catalog, vocabulary, values, Path(folder))
        built = time.perf_counter()
        reader = Reader(Lexicon.cached(catalog, vocabulary, values, Path(folder)))
        loaded = time.perf_counter()
    questions = [case["q"] for path in sorted((ROOT / "tests/offline/cases").glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
    ctx = context(reader.lexicon)
    times = []
    for number, question in enumerate([*questions[:WARM_UP], *questions]):
        begin = time.perf_counter()
        reader.read(question, ctx)
        if number >= WARM_UP:
            times.append((time.perf_counter() - begin) * 1000)
    times.sort()
    print(f"build {1000 * (built - start):.0f} ms, load {1000 * (loaded - built):.0f} ms, {len(times)} questions")
    print(f"read: median {statistics.median(times):.2f} ms, p95 {times[int(len(times) * 0.95)]:.2f} ms, worst {times[-1]:.2f} ms")


if __name__ == "__main__":
    main()
