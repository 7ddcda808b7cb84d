"""The demo as a DuckDB file: built beside its place, then renamed, with the reporting views."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa

from vendora_graph.errors import CorruptWarehouseError, DemoDataError
from vendora_graph.warehouse.demo.config import Config, make_config
from vendora_graph.warehouse.demo.generate import DEFAULT_AS_OF, DEFAULT_SEED, schema_sql, table_count, tables_of

Progress = Callable[[str, float], None]
"""Told the table just loaded and the share done, 0 to 1."""


@dataclass(frozen=True)
class BuildReport:
    """What was built.

    Attributes:
        path: The file.
        rows: Row count of each table.
        seconds: Wall time of the build.
        size_bytes: Size of the file.
        data_through: Last day with data.
        stories: Active stories.
    """

    path: Path
    rows: dict[str, int]
    seconds: float
    size_bytes: int
    data_through: date
    stories: tuple[str, ...]

    @property
    def total_rows(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


def build(
    path: Path,
    *,
    seed: int = DEFAULT_SEED,
    as_of: date = DEFAULT_AS_OF,
    months: int | None = None,
    rooftops: int = 4,
    without_stories: Collection[str] = (),
    progress: Progress | None = None,
) -> BuildReport:
    """Build the demo dealership as a DuckDB file, replacing the one at `path`.

    Args:
        path: The file to write.
        seed: Seed of all randomness.
        as_of: The demo's today; data end the day before.
        months: Calendar months begun, counted back from the data end; None for the whole history.
        rooftops: Stores to build, 1 to 4.
        without_stories: Planted stories to leave out.
        progress: Called after each table.

    Raises:
        DemoDataError: A wish cannot be met, or the file cannot be written; nothing half-written stays.
    """
    config = make_config(seed, as_of, months, rooftops, frozenset(without_stories))
    started = time.perf_counter()
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = _write(unfinished, config, progress)
        os.replace(unfinished, path)
    except (OSError, duckdb.Error) as error:
        said = error.strerror if isinstance(error, OSError) else str(error).partition("\n")[0]
        raise DemoDataError(f"The demo dealership cannot be built at {path}: {said}. Free some space or name another folder.") from error
    finally:
        for leftover in (unfinished, unfinished.with_name(unfinished.name + ".wal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)
    return BuildReport(
        path=path,
        rows=rows,
        seconds=time.perf_counter() - started,
        size_bytes=path.stat().st_size,
        data_through=date.fromordinal(as_of.toordinal() - 1),
        stories=tuple(sorted(config.stories)),
    )


def _write(path: Path, config: Config, progress: Progress | None) -> dict[str, int]:
    rows: dict[str, int] = {}
    with duckdb.connect(str(path)) as connection:
        connection.execute(schema_sql())
        for name, table in tables_of(config):
            load_table(connection, name, table)
            rows[name] = table.num_rows
            if progress is not None:
                progress(name, len(rows) / table_count())
        connection.execute(resources.files("vendora_graph.warehouse").joinpath("views.sql").read_text(encoding="utf-8"))
        connection.execute("CHECKPOINT")
    return rows


def load_table(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    """Insert the rows of one table, column by name."""
    connection.register("incoming", table)
    connection.execute(f'INSERT INTO "{name}" BY NAME SELECT * FROM incoming')  # noqa: S608  (a name of the contract)
    connection.unregister("incoming")


def checksums(path: Path) -> dict[str, str]:
    """Content checksum of every table: independent of row order, engine order and file bytes.

    Raises:
        CorruptWarehouseError: The file is damaged, locked or of another version.
    """
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            names = connection.execute(
                "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' ORDER BY table_name"
            ).fetchall()
            return {name: _checksum(connection, name) for (name,) in names}
    except duckdb.Error as error:
        said = str(error).partition("\n")[0]
        raise CorruptWarehouseError(
            f"The demo file {path} cannot be read: {said} Build it again with `vendora warehouse build`."
        ) from error


def _checksum(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    row = connection.execute(f'SELECT count(*), sum(hash(t)), bit_xor(hash(t)) FROM "{name}" AS t').fetchone()  # noqa: S608
    count, total, mixed = row if row is not None else (0, 0, 0)
    return f"{count}:{int(total or 0):x}:{int(mixed or 0):x}"
