"""Where the demo dealership lies on disk, and how it gets there: built beside, then renamed, once for all processes.

The file's name is keyed by the generator's own sources and by the parameters, so a new release builds a new file and
never reads a stale one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from json import dumps
from pathlib import Path
from tempfile import gettempdir

from vendora_graph.errors import DemoDataError

try:
    import fcntl
except ImportError:  # pragma: no cover  # no such locks on Windows: two first runs may both build, the last one wins
    fcntl = None  # type: ignore[assignment]

DEMO = "demo"
"""The value of `VENDORA_WAREHOUSE` that means this file."""

Progress = Callable[[str, float], None]
"""Told the step's name and the share done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class DemoParameters:
    """What may differ between two demo dealerships; `months` None is the whole history."""

    seed: int = 20_231_101
    as_of: date = date(2026, 11, 13)
    months: int | None = None
    rooftops: int = 4
    without_stories: tuple[str, ...] = ()


def demo_path(cache_dir: Path, parameters: DemoParameters | None = None) -> Path:
    """Return where the demo with these parameters is kept, whether it is there or not."""
    text = dumps(asdict(parameters or DemoParameters()), sort_keys=True, default=str)
    key = sha256(f"{_generator_version()}:{text}".encode()).hexdigest()[:16]
    return cache_dir / f"demo-{key}.duckdb"


def ensure_demo(cache_dir: Path, parameters: DemoParameters | None = None, progress: Progress | None = None) -> Path:
    """Return the path of the demo, building it first when it is not there.

    Raises:
        DemoDataError: It cannot be built; nothing half-written is left.
    """
    path = demo_path(cache_dir, parameters)
    if not path.exists():
        build_beside(path, parameters or DemoParameters(), progress)
    return path


def build_beside(path: Path, parameters: DemoParameters, progress: Progress | None = None, *, replace: bool = False) -> None:
    """Build a demo under another name in the same directory, then rename it; a file that is there stays unless `replace`.

    Raises:
        DemoDataError: The directory cannot be written, the disk is full, or the generator failed.
    """
    unfinished = path.with_name(f".{path.name}.building")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _only_builder(path):
            if path.exists() and not replace:
                return
            _remove(unfinished)
            try:
                _build(unfinished, parameters, progress)
                os.replace(unfinished, path)
            finally:
                _remove(unfinished)
    except DemoDataError as error:
        raise DemoDataError(str(error).replace(str(unfinished), str(path))) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        advice = "Free some space or set VENDORA_CACHE_DIR."
        raise DemoDataError(f"The demo dealership cannot be built at {path}: {reason}. {advice}") from error


def _build(path: Path, parameters: DemoParameters, progress: Progress | None) -> None:
    import duckdb

    from vendora_graph.warehouse.demo.build import build

    try:
        build(path, **{**asdict(parameters), "without_stories": frozenset(parameters.without_stories)}, progress=progress)
    except (duckdb.Error, MemoryError) as error:
        said = str(error).partition("\n")[0] or "not enough memory"
        raise DemoDataError(f"The demo dealership cannot be built: {said}. Free some space or set VENDORA_CACHE_DIR.") from error


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(f"{path.name}.wal"), path.with_name(f"{path.name}.tmp")):
        if leftover.is_file():
            leftover.unlink()


@contextmanager
def _only_builder(path: Path) -> Iterator[None]:
    """Let one process build and the others wait for it; the lock lies elsewhere, so that nothing stays beside the file."""
    key = sha256(str(path.resolve()).encode()).hexdigest()[:16]
    owner = os.getuid() if hasattr(os, "getuid") else 0
    with (Path(gettempdir()) / f"vendora-{owner}-{key}.lock").open("a") as lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=1)
def _generator_version() -> str:
    """Return a hash of everything the generated rows depend on in this package."""
    here = Path(__file__).parent
    sources = [here / "schema.sql", here / "views.sql", *(path for path in (here / "demo").rglob("*") if path.is_file())]
    digest = sha256()
    for source in sorted(path for path in sources if path.suffix != ".pyc"):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    return digest.hexdigest()
