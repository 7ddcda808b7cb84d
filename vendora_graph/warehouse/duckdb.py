"""DuckDB: read-only, locked, a cursor a query on a small pool of threads, interrupted at the deadline."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from time import perf_counter
from typing import Any

import duckdb

from vendora_graph.errors import CorruptWarehouseError, QueryTimeoutError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.guard.types import Dialect, GuardedStatement
from vendora_graph.warehouse.port import DEFAULT_LIMITS, Limits, ResultSet, Row, check_statement, collect, forbidden

FLAGS: dict[str, str] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "allow_community_extensions": "false",
    "allow_unsigned_extensions": "false",
}
"""Set at start, locked, and read back: each must stand as written."""

_BATCH = 1000
_REFIRE_S = 0.02
_MOST_PARSED = 256


@dataclass(slots=True)
class _Job:
    """One running statement: its cursor, and whether it was told to stop."""

    cursor: duckdb.DuckDBPyConnection
    stopped: Event

    def stop(self) -> None:
        """Tell the statement to stop; lost when it has not started, hence called again until it ends."""
        self.stopped.set()
        with suppress(duckdb.ConnectionException):  # it has just ended by itself and closed its cursor
            self.cursor.interrupt()


class _Parsed:
    """Statements as DuckDB parsed them, by their text: a text is read by the engine once, which is a third of a small query."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, duckdb.Statement] = OrderedDict()
        self._lock = Lock()

    def statement(self, sql: str, cursor: duckdb.DuckDBPyConnection) -> duckdb.Statement:
        """Return the one statement of a text.

        Raises:
            WarehouseError: DuckDB finds more than one in it, or none.
        """
        with self._lock:
            found = self._kept.get(sql)
            if found is not None:
                self._kept.move_to_end(sql)
                return found
        statements = cursor.extract_statements(sql)
        if len(statements) != 1:
            raise WarehouseError(f"DuckDB reads {len(statements)} statements where one was checked; it is not run.")
        with self._lock:
            self._kept[sql] = statements[0]
            while len(self._kept) > _MOST_PARSED:
                self._kept.popitem(last=False)
        return statements[0]


class DuckDBWarehouse:
    """A DuckDB file, opened for reading only."""

    dialect: Dialect = "duckdb"

    def __init__(self, path: Path | str, *, workers: int = 4, memory_limit: str = "2GB") -> None:
        """Open the file and lock the engine.

        Args:
            path: The database file.
            workers: Statements that run at once.
            memory_limit: What the engine may use, as DuckDB writes it.

        Raises:
            CorruptWarehouseError: The file is missing, damaged, locked by a writer, or of another version.
            WarehouseError: A protective setting did not take.
        """
        self.path = Path(path)
        self._connection = _open(self.path, memory_limit)
        _check_flags(self._connection)
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="duckdb")
        self._parsed = _Parsed()
        self._running: set[asyncio.Future[Any]] = set()
        self._closed = False

    async def fetch(self, statement: GuardedStatement, *, deadline_s: float, limits: Limits = DEFAULT_LIMITS) -> ResultSet:
        """Run a guarded statement. See `Warehouse.fetch`."""
        check_statement(statement, self.dialect)
        if self._closed:
            raise WarehouseUnavailableError("The warehouse is closed; open it again.")
        job = _Job(self._connection.cursor(), Event())
        started = perf_counter()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._pool, _run, job, self._parsed, statement, limits)
        self._running.add(work)
        work.add_done_callback(self._ended)
        columns, rows, cut = await _until(work, job, deadline_s)
        return ResultSet(columns, rows, cut, (perf_counter() - started) * 1000)

    def _ended(self, work: asyncio.Future[Any]) -> None:
        self._running.discard(work)
        if not work.cancelled():
            work.exception()  # taken note of: who asked may have gone away

    async def probe(self) -> None:
        """Try the forbidden statements of `probes.yaml`. See `Warehouse.probe`."""
        loop = asyncio.get_running_loop()
        worked = await loop.run_in_executor(self._pool, _first_that_works, self._connection)
        if worked is not None:
            await self.close()
            raise WarehouseError(f"DuckDB did not refuse {worked!r}; the sandbox does not hold with this version, so it is not used.")

    async def close(self) -> None:
        """Wait for what runs (each has a deadline), then close the file."""
        self._closed = True
        if self._running:
            await asyncio.wait(set(self._running))
        self._pool.shutdown(wait=True)
        self._parsed = _Parsed()
        self._connection.close()


async def _until(work: asyncio.Future[Any], job: _Job, deadline_s: float) -> tuple[tuple[str, ...], list[Row], bool]:
    """Wait for the result; at the deadline or when the caller goes away, stop the engine and wait until it has."""
    try:
        done, _ = await asyncio.wait({work}, timeout=deadline_s)
    except asyncio.CancelledError:
        await _stop(work, job)
        raise
    if not done:
        await _stop(work, job)
        raise QueryTimeoutError(f"The query ran longer than {deadline_s:g} s and was stopped; ask for a shorter period or fewer groups.")
    result: tuple[tuple[str, ...], list[Row], bool] = work.result()
    return result


async def _stop(work: asyncio.Future[Any], job: _Job) -> None:
    while not work.done():
        job.stop()
        await asyncio.wait({work}, timeout=_REFIRE_S)


def _open(path: Path, memory_limit: str) -> duckdb.DuckDBPyConnection:
    if not path.is_file():
        raise CorruptWarehouseError(f"There is no warehouse at {path}. Run `vendora warehouse build`, or set VENDORA_WAREHOUSE.")
    threads = max(1, (os.cpu_count() or 1) // 2)  # statements run side by side: threads of one get in the way of the others
    config: dict[str, str | bool | int | float | list[str]] = {**FLAGS, "memory_limit": memory_limit, "threads": threads}
    config["lock_configuration"] = "true"
    try:
        return duckdb.connect(str(path), read_only=True, config=config)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise CorruptWarehouseError(f"{path} is being written by another process. Try again when it has finished.") from error
        raise CorruptWarehouseError(f"{path} cannot be read as a DuckDB file. Delete it and run `vendora warehouse build`.") from error
    except duckdb.Error as error:
        raise CorruptWarehouseError(f"{path} is no DuckDB file of this version. Delete it and run `vendora warehouse build`.") from error


def _check_flags(connection: duckdb.DuckDBPyConnection) -> None:
    wanted = {**FLAGS, "lock_configuration": "true", "access_mode": "read_only"}
    for name, value in wanted.items():
        row = connection.execute("SELECT current_setting($name)", {"name": name}).fetchone()
        if row is None or str(row[0]).lower() != value:
            connection.close()
            raise WarehouseError(f"DuckDB's setting {name} is {row and row[0]!r} and not {value}; it is not safe to use.")


def _first_that_works(connection: duckdb.DuckDBPyConnection) -> str | None:
    for sql in forbidden("duckdb"):
        cursor = connection.cursor()
        try:
            cursor.execute(sql).fetchall()
        except duckdb.Error:
            continue
        finally:
            cursor.close()
        return sql
    return None


def _run(job: _Job, parsed: _Parsed, statement: GuardedStatement, limits: Limits) -> tuple[tuple[str, ...], list[Row], bool]:
    """Run in a worker thread: execute, stream within the limits, close the cursor."""
    try:
        if job.stopped.is_set():
            raise QueryTimeoutError("The query was stopped before it started.")
        job.cursor.execute(parsed.statement(statement.sql, job.cursor), dict(statement.params) or None)
        columns = tuple(str(item[0]) for item in job.cursor.description or ())
        rows, cut = collect(columns, _batches(job.cursor), limits)
    except duckdb.Error as error:
        raise _translated(error) from error
    finally:
        job.cursor.close()
    return columns, rows, cut


def _batches(cursor: duckdb.DuckDBPyConnection) -> Iterator[Sequence[Row]]:
    while batch := cursor.fetchmany(_BATCH):
        yield batch


def _translated(error: duckdb.Error) -> WarehouseError:
    """Say what went wrong without the engine's words: those may hold values of rows."""
    if isinstance(error, duckdb.InterruptException):
        return QueryTimeoutError("The query was stopped.")
    if isinstance(error, duckdb.OutOfMemoryException):
        return WarehouseError("The query needs more memory than it may use; ask for a shorter period or fewer groups.")
    if isinstance(error, (duckdb.CatalogException, duckdb.BinderException, duckdb.ParserException)):
        return WarehouseError(f"DuckDB cannot run the query: {str(error).splitlines()[0]}")
    if isinstance(error, duckdb.IOException):
        return WarehouseUnavailableError("The warehouse file cannot be read just now; try again.")
    if isinstance(error, (duckdb.ConversionException, duckdb.OutOfRangeException, duckdb.InvalidInputException)):
        return WarehouseError("A value cannot be converted or is out of range in this query; use TRY_CAST or filter the rows.")
    return WarehouseError(f"DuckDB failed on the query ({type(error).__name__}).")
