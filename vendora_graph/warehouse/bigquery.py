"""BigQuery through the official client: costed by a dry run first, SELECT only, byte-limited, labelled, cancelled at the deadline."""

from __future__ import annotations

import asyncio
import hashlib
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from threading import Event
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from vendora_graph.errors import ConfigError, QueryTimeoutError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.bigquery_errors import translating
from vendora_graph.warehouse.bigquery_views import Beneath
from vendora_graph.warehouse.guard.types import Dialect, GuardedStatement
from vendora_graph.warehouse.port import DEFAULT_LIMITS, Limits, ResultSet, Row, check_statement, collect

with warnings.catch_warnings():  # about ciphers of a transport that is not used here
    warnings.simplefilter("ignore", FutureWarning)
    from google.api_core import exceptions as gcp
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import AnonymousCredentials
    from google.auth.exceptions import GoogleAuthError
    from google.cloud import bigquery
    from google.cloud.bigquery.retry import DEFAULT_RETRY

if TYPE_CHECKING:
    from google.cloud.bigquery.table import RowIterator

    from vendora_graph.settings import Settings

LABELS = {"app": "vendora"}
_PAGE = 1000
_WINDOW_S = 600
"""Within these seconds the same statement has the same job id: a retry finds the job that ran and pays nothing."""
_OVERLAP_S = 60
"""So long after a window begins, the job of the one before is looked for: a retry may fall on the border."""
_ATTEMPTS = 5
"""Ids tried in one window: a job that failed or was cancelled keeps its own."""
_POLL_S = 0.05
_PROBE_S = 10.0


class BigQueryWarehouse:
    """A dataset of BigQuery. The account should hold `bigquery.dataViewer` on it and `bigquery.jobUser`, nothing else."""

    dialect: Dialect = "bigquery"

    def __init__(
        self,
        project: str,
        dataset: str,
        *,
        max_bytes: int,
        payer: str = "",
        location: str | None = None,
        api_endpoint: str | None = None,
        workers: int = 4,
    ) -> None:
        """Make the client; nothing is connected yet.

        Args:
            project: Where the dataset is.
            dataset: The dataset with the tables.
            payer: The project that pays; the dataset's own unless given.
            location: The dataset's location.
            api_endpoint: Another address (an emulator); no credentials are sent to it.
            max_bytes: The most one statement may read.
            workers: Statements that run at once.

        Raises:
            ConfigError: No credentials are found.
        """
        self._client = client_of(payer or project, location, api_endpoint)
        self._beneath = Beneath(self._client)
        self._dataset = bigquery.DatasetReference(project, dataset)
        self._max_bytes = max_bytes
        self._pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="bigquery")

    @classmethod
    async def open(cls, url: str, settings: Settings) -> BigQueryWarehouse:
        """Return the warehouse of a URL `bigquery://PROJECT/DATASET`.

        Raises:
            ConfigError: The URL is not complete, or there are no credentials.
        """
        project, dataset = address(url)
        return cls(
            project,
            dataset,
            payer=settings.bigquery_project or "",
            location=settings.bigquery_location,
            api_endpoint=settings.bigquery_base_url,
            max_bytes=settings.query_max_bytes,
        )

    async def fetch(self, statement: GuardedStatement, *, deadline_s: float, limits: Limits = DEFAULT_LIMITS) -> ResultSet:
        """Run a guarded statement. See `Warehouse.fetch`."""
        check_statement(statement, self.dialect)
        started = perf_counter()
        stopped = Event()
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._pool, partial(self._fetch, statement, deadline_s, limits, stopped))
        try:
            columns, rows, cut, size = await asyncio.shield(work)
        except asyncio.CancelledError:
            stopped.set()
            raise
        return ResultSet(columns, rows, cut, (perf_counter() - started) * 1000, size)

    def _fetch(
        self, statement: GuardedStatement, deadline_s: float, limits: Limits, stopped: Event
    ) -> tuple[tuple[str, ...], list[Row], bool, int]:
        """Run in a worker thread: cost, check, run, stream."""
        until = time.monotonic() + deadline_s

        def check() -> None:
            if stopped.is_set() or time.monotonic() > until:
                raise _late(deadline_s)

        parameters = [_parameter(name, value) for name, value in statement.params.items()]
        size = translating(lambda: self._cost(statement, parameters, deadline_s))
        job = translating(lambda: self._start(statement, parameters, deadline_s))
        try:
            while not translating(lambda: job.done(timeout=deadline_s)):
                check()
                time.sleep(_POLL_S)
            check()
            found = translating(lambda: job.result(page_size=_PAGE, max_results=limits.rows + 1, timeout=deadline_s))
            columns = tuple(str(one.name) for one in found.schema)
            rows, cut = translating(lambda: collect(columns, _batches(found, check), limits))
        except QueryTimeoutError:
            translating(lambda: job.cancel(timeout=deadline_s))
            raise
        return columns, rows, cut, size

    def _cost(self, statement: GuardedStatement, parameters: Sequence[bigquery.ScalarQueryParameter], deadline_s: float) -> int:
        """Ask what the statement is and reads, before it runs.

        Raises:
            WarehouseError: It is no SELECT, reads another table than the guard saw, or too many bytes.
        """
        config = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False, default_dataset=self._dataset, query_parameters=parameters)
        again = DEFAULT_RETRY.with_timeout(deadline_s)
        job = self._client.query(statement.sql, job_config=config, job_retry=None, retry=again, timeout=deadline_s)
        if job.statement_type != "SELECT":
            raise WarehouseError(f"BigQuery reads this as {job.statement_type or 'no statement'}, not as SELECT; it was not run.")
        allowed = {(self._dataset.project, self._dataset.dataset_id, table) for table in statement.tables}
        others = {(t.project, t.dataset_id, t.table_id) for t in job.referenced_tables} - allowed
        if others and others - self._beneath.of(allowed, deadline_s):
            raise WarehouseError("BigQuery would read a table that was not checked; it was not run. Name tables of the dataset only.")
        size = int(job.total_bytes_processed or 0)
        if size > self._max_bytes:
            raise WarehouseError(
                f"The query would read {size / 1e9:.2f} GB; at most {self._max_bytes / 1e9:.2f} are allowed. Ask for a shorter period."
            )
        return size

    def _start(
        self, statement: GuardedStatement, parameters: Sequence[bigquery.ScalarQueryParameter], deadline_s: float
    ) -> bigquery.QueryJob:
        config = bigquery.QueryJobConfig(
            default_dataset=self._dataset,
            query_parameters=parameters,
            maximum_bytes_billed=self._max_bytes,
            labels=LABELS,
            job_timeout_ms=max(1000, round(deadline_s * 1000)),
        )
        again = DEFAULT_RETRY.with_timeout(deadline_s)
        now = time.time()
        job = self._running(job_id(statement, now - _WINDOW_S), deadline_s) if now % _WINDOW_S < _OVERLAP_S else None
        for attempt in range(_ATTEMPTS):
            if job is not None and job.error_result is None:
                break
            identity = job_id(statement, now, attempt)
            try:
                return self._client.query(
                    statement.sql, job_config=config, job_id=identity, job_retry=None, retry=again, timeout=deadline_s
                )
            except gcp.Conflict:
                job = self._running(identity, deadline_s)
        if job is None:
            raise WarehouseUnavailableError("BigQuery lost the query's job; try again.")
        return job

    def _running(self, identity: str, deadline_s: float) -> bigquery.QueryJob | None:
        """Return the job of an id that runs or ran, if there is one."""
        try:
            return cast("bigquery.QueryJob", self._client.get_job(identity, timeout=deadline_s))
        except gcp.NotFound:
            return None

    async def probe(self) -> None:
        """Ask for the price of a constant: reachable, and allowed to run queries.

        Raises:
            WarehouseUnavailableError: It cannot be reached.
            WarehouseError: The account may not run queries there.
        """
        config = bigquery.QueryJobConfig(dry_run=True, use_query_cache=False, default_dataset=self._dataset)
        again = DEFAULT_RETRY.with_timeout(_PROBE_S)
        loop = asyncio.get_running_loop()
        ask = partial(self._client.query, "SELECT 1", job_config=config, job_retry=None, retry=again)
        await loop.run_in_executor(self._pool, lambda: translating(ask))

    async def close(self) -> None:
        """Close the client's connections."""
        self._pool.shutdown(wait=True)
        client: Any = self._client  # its `close` is not typed
        client.close()


def client_of(payer: str, location: str | None, api_endpoint: str | None) -> bigquery.Client:
    """Return a client; to another address than Google's no credentials are sent.

    Raises:
        ConfigError: No credentials are found.
    """
    options = ClientOptions(api_endpoint=api_endpoint) if api_endpoint else None
    anonymous: Any = AnonymousCredentials
    credentials = anonymous() if api_endpoint else None
    try:
        return bigquery.Client(project=payer, credentials=credentials, location=location, client_options=options)
    except GoogleAuthError as error:
        raise ConfigError("BigQuery finds no credentials. Run `gcloud auth application-default login`, or name a key file.") from error


def address(url: str) -> tuple[str, str]:
    """Return project and dataset of `bigquery://PROJECT/DATASET`.

    Raises:
        ConfigError: One of them is missing.
    """
    project, _, dataset = url.removeprefix("bigquery://").strip("/").partition("/")
    if not project or not dataset or "/" in dataset:
        raise ConfigError("The warehouse URL is not complete; write bigquery://PROJECT/DATASET.")
    return project, dataset


def job_id(statement: GuardedStatement, now: float, attempt: int = 0) -> str:
    """Return the id of a statement's job: the same for the same statement, values, ten minutes and attempt."""
    body = f"{statement.sql}|{sorted((k, repr(v)) for k, v in statement.params.items())}|{int(now // _WINDOW_S)}"
    return f"vendora_{hashlib.sha256(body.encode()).hexdigest()[:32]}{f'_{attempt}' if attempt else ''}"


_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "BOOL"), (int, "INT64"), (float, "FLOAT64"), (Decimal, "NUMERIC"), (datetime, "DATETIME"), (date, "DATE"), (str, "STRING"),
)  # fmt: skip


def _parameter(name: str, value: object) -> bigquery.ScalarQueryParameter:
    kind = next((word for python, word in _TYPES if isinstance(value, python)), None)
    if kind is None:
        raise WarehouseError(f"A value of type {type(value).__name__} cannot be sent to BigQuery.")
    return bigquery.ScalarQueryParameter(name, kind, cast("Any", value))


def _batches(found: RowIterator, check: Callable[[], None]) -> Iterator[Sequence[Row]]:
    for page in found.pages:
        check()
        yield [tuple(row.values()) for row in page]


def _late(deadline_s: float) -> QueryTimeoutError:
    return QueryTimeoutError(f"The query ran longer than {deadline_s:g} s and was stopped; ask for a shorter period or fewer groups.")
