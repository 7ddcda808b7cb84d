"""Postgres: read-only transactions, a named cursor a query (so never two statements), time-outs on the server and here."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from itertools import count
from time import perf_counter
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import errors as pg
from sqlalchemy import exc
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from vendora_graph.errors import ConfigError, QueryTimeoutError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.guard.types import Dialect, GuardedStatement
from vendora_graph.warehouse.port import DEFAULT_LIMITS, Limits, ResultSet, Row, check_statement, collect, forbidden

if TYPE_CHECKING:
    from vendora_graph.settings import Settings

_BATCH = 1000
_LOCK_MS = 2000
_GRACE_S = 1.0
_names = count(1)


class PostgresWarehouse:
    """A Postgres database, read through a small pool."""

    dialect: Dialect = "postgres"

    def __init__(self, url: str, *, pool_size: int = 5, connect_timeout_s: float = 10.0, role: str | None = None) -> None:
        """Prepare the pool; nothing is connected yet.

        Args:
            url: `postgresql://user:password@host/database`.
            pool_size: Statements that run at once.
            connect_timeout_s: After which a connection attempt is given up.
            role: Step down to this role inside every transaction (row-level security with a role per tenant).

        Raises:
            ConfigError: The URL is not one of Postgres.
        """
        self._engine = _engine(url, pool_size, connect_timeout_s)
        self._role = role

    @classmethod
    async def open(cls, url: str, settings: Settings | None = None, *, probe: bool = True) -> PostgresWarehouse:
        """Open the database and make sure that it refuses by itself what the guard refuses.

        Raises:
            ConfigError: The URL is not one of Postgres.
            WarehouseUnavailableError: The server cannot be reached.
            WarehouseError: The account may do more than read; run `vendora warehouse harden`.
        """
        timeout = settings.connect_timeout_seconds if settings is not None else 10.0
        warehouse = cls(url, connect_timeout_s=timeout)
        try:
            if probe:
                await warehouse.probe()
        except WarehouseError:
            await warehouse.close()
            raise
        return warehouse

    async def fetch(self, statement: GuardedStatement, *, deadline_s: float, limits: Limits = DEFAULT_LIMITS) -> ResultSet:
        """Run a guarded statement. See `Warehouse.fetch`."""
        check_statement(statement, self.dialect)
        started = perf_counter()
        try:
            async with asyncio.timeout(deadline_s + _GRACE_S), self._engine.connect() as connection:
                columns, rows, cut = await self._read(connection, statement, deadline_s, limits)
        except TimeoutError as error:
            raise _late(deadline_s) from error
        except (psycopg.Error, exc.SQLAlchemyError) as error:
            raise _translated(error, deadline_s) from error
        return ResultSet(columns, rows, cut, (perf_counter() - started) * 1000)

    async def _read(
        self, connection: AsyncConnection, statement: GuardedStatement, deadline_s: float, limits: Limits
    ) -> tuple[tuple[str, ...], list[Row], bool]:
        driver = await _driver(connection)
        finished = False
        try:
            await driver.execute(self._begin(deadline_s))
            name = f"vendora_{next(_names)}"
            async with psycopg.AsyncRawServerCursor(driver, name) as cursor:
                await cursor.execute(statement.sql, _numbered(statement.params))
                columns = tuple(item.name for item in cursor.description or ())
                rows, cut = await _collect(cursor, columns, limits)
            await driver.rollback()
            finished = True
        except psycopg.Error:
            await driver.rollback()
            finished = True
            raise
        finally:
            if not finished:  # cancelled in the middle: nobody may get this connection again
                await driver.close()
                await connection.invalidate()
        return columns, rows, cut

    def _begin(self, deadline_s: float) -> str:
        """Return the settings of one transaction; LOCAL, so that nothing of it outlives the transaction."""
        lines = [
            "SET TRANSACTION READ ONLY",
            f"SET LOCAL statement_timeout = {max(1, round(deadline_s * 1000))}",
            f"SET LOCAL lock_timeout = {_LOCK_MS}",
            "SET LOCAL timezone = 'UTC'",
            "SET LOCAL search_path = public",
        ]
        if self._role is not None:
            lines.append(f"SET LOCAL ROLE {psycopg.sql.Identifier(self._role).as_string()}")
        return "; ".join(lines)

    async def probe(self) -> None:
        """Try the forbidden statements of `probes.yaml`. See `Warehouse.probe`."""
        try:
            async with self._engine.connect() as connection:
                driver = await _driver(connection)
                for sql in forbidden("postgres"):
                    if await _works(driver, sql):
                        raise WarehouseError(
                            f"The Postgres account may run {sql!r}. Make a reading account with `vendora warehouse harden URL`, and use it."
                        )
        except (psycopg.OperationalError, exc.SQLAlchemyError) as error:
            raise _translated(error, 0) from error

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()


def _engine(url: str, pool_size: int, connect_timeout_s: float) -> AsyncEngine:
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ConfigError("The warehouse URL is not valid; write postgresql://USER:PASSWORD@HOST/DATABASE.") from error
    if parsed.get_backend_name() not in ("postgresql", "postgres"):
        raise ConfigError("The warehouse URL is not one of Postgres; write postgresql://USER:PASSWORD@HOST/DATABASE.")
    arguments = {
        "connect_timeout": max(1, round(connect_timeout_s)),
        "options": "-c default_transaction_read_only=on -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
        "application_name": "vendora",
    }
    driver = parsed.set(drivername="postgresql+psycopg")
    return create_async_engine(driver, pool_size=pool_size, max_overflow=0, pool_pre_ping=False, connect_args=arguments)


async def _driver(connection: AsyncConnection) -> psycopg.AsyncConnection[Any]:
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if not isinstance(driver, psycopg.AsyncConnection):
        raise WarehouseError("The Postgres driver is not psycopg; install vendora-graph's own dependencies.")
    return driver


def _numbered(params: Mapping[str, object]) -> list[object] | None:
    return [params[name] for name in sorted(params, key=int)] or None


async def _collect(cursor: psycopg.AsyncRawServerCursor[Any], columns: tuple[str, ...], limits: Limits) -> tuple[list[Row], bool]:
    """Fetch in batches and stop as soon as a limit is passed."""
    kept: list[Row] = []
    while batch := await cursor.fetchmany(_BATCH):
        kept.extend(batch)
        if len(kept) > limits.rows:
            break
    return collect(columns, [kept], limits)


async def _works(driver: psycopg.AsyncConnection[Any], sql: str) -> bool:
    """Say whether a forbidden statement runs in a transaction that may write; nothing of it is kept."""
    await driver.execute("SET TRANSACTION READ WRITE")
    try:
        await psycopg.AsyncRawCursor(driver).execute(sql, prepare=True)
    except psycopg.Error:
        return False
    finally:
        await driver.rollback()
    return True


def _late(deadline_s: float) -> QueryTimeoutError:
    return QueryTimeoutError(f"The query ran longer than {deadline_s:g} s and was stopped; ask for a shorter period or fewer groups.")


def _translated(error: psycopg.Error | exc.SQLAlchemyError, deadline_s: float) -> WarehouseError:
    """Say what went wrong without the server's words: those may hold values of rows, hosts or passwords."""
    if isinstance(error, exc.DBAPIError) and isinstance(error.orig, psycopg.Error):
        error = error.orig
    if isinstance(error, pg.QueryCanceled):
        return _late(deadline_s)
    if isinstance(
        error, (pg.UndefinedTable, pg.UndefinedColumn, pg.UndefinedFunction, pg.SyntaxError, pg.GroupingError, pg.AmbiguousColumn)
    ):
        return WarehouseError(f"Postgres cannot run the query: {error.diag.message_primary}.")
    if isinstance(error, pg.InsufficientPrivilege):
        return WarehouseError("The Postgres account may not read a table of this query; run `vendora warehouse harden URL` again.")
    if isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, exc.TimeoutError)):
        return WarehouseUnavailableError("Postgres cannot be reached just now; check that the server runs and the URL is right.")
    if isinstance(error, psycopg.DataError):
        return WarehouseError("A value cannot be converted or is out of range in this query; filter the rows or use NULLIF.")
    return WarehouseError(f"Postgres failed on the query ({type(error).__name__}).")
