"""A small BigQuery over REST for tests: DuckDB and sqlglot behind the jobs API, with dry runs, byte limits, errors and cancellation.

Unqualified tables are those of the default dataset, as at Google's. Prices are made up: ten bytes a row of every table read.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import duckdb
import sqlglot
from pyarrow import parquet
from sqlglot import exp

BYTES_A_ROW = 10


@dataclass
class Job:
    """One job as the API tells of it."""

    id: str
    config: dict[str, Any]
    statistics: dict[str, Any]
    error: dict[str, str] | None = None
    state: str = "DONE"
    columns: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[Any, ...]] = field(default_factory=list)


class BigQueryFake:
    """The server; `jobs` are those that ran, `dry` the dry runs, in order."""

    def __init__(self, project: str = "proj", dataset: str = "ds") -> None:
        self.project, self.dataset = project, dataset
        self.db = duckdb.connect()
        self.lock = threading.Lock()
        self.views: dict[str, tuple[str, set[str]]] = {}
        self.jobs: dict[str, Job] = {}
        self.inserts: list[str] = []
        self.dry: list[Job] = []
        self.cancelled: list[str] = []
        self.uploads: dict[str, tuple[dict[str, Any], bytearray]] = {}
        self.slow = False
        self.fault: Callable[[str, str], tuple[int, str] | None] = lambda method, path: None
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                return

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                if self.path.startswith("/upload/"):
                    code, reply, more = fake.upload(self.path, body, self.headers.get("content-range"))
                else:
                    (code, reply), more = fake.handle(self.command, self.path, body), {}
                text = json.dumps(reply).encode()
                self.send_response(code)
                for name, value in more.items():
                    self.send_header(name, value)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = _answer  # noqa: N815

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> BigQueryFake:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        self.db.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    # ------------------------------------------------------------------------------------------------ the API

    def handle(self, method: str, path: str, body: bytes) -> tuple[int, Any]:  # noqa: PLR0911 - one line a route
        where = path.partition("?")[0]
        fault = self.fault(method, where)
        if fault is not None:
            return _error(*fault)
        if method == "POST" and where.endswith("/jobs"):
            return self._insert(json.loads(body))
        if method == "POST" and where.endswith("/datasets"):
            return 200, json.loads(body)
        if match := re.search(r"/tables/([^/]+)$", where):
            return self._table(match[1])
        if match := re.search(r"/jobs/([^/]+)/cancel$", where):
            job = self.jobs[match[1]]
            self.cancelled.append(job.id)
            job.state, job.error = "DONE", {"reason": "stopped", "message": "Job execution was cancelled"}
            return 200, {"job": self._job(job)}
        if match := re.search(r"/jobs/([^/]+)$", where):
            return (200, self._job(self.jobs[match[1]])) if match[1] in self.jobs else _error(404, "notFound")
        if match := re.search(r"/queries/([^/]+)$", where):
            return self._results(self.jobs[match[1]], path)
        return _error(404, "notFound")

    def _insert(self, request: dict[str, Any]) -> tuple[int, Any]:
        config = request["configuration"]
        identity = request.get("jobReference", {}).get("jobId", f"dry{len(self.dry)}")
        if identity in self.jobs:
            return _error(409, "duplicate")
        query = config["query"]
        try:
            tree = sqlglot.parse_one(query["query"], dialect="bigquery")
            tables = self._tables(tree)
            size = sum(self.db.cursor().execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables) * BYTES_A_ROW  # type: ignore[index]
        except (duckdb.Error, sqlglot.errors.SqlglotError) as error:
            return _error(400, "invalidQuery", str(error).splitlines()[0])
        kind = {"Select": "SELECT", "Union": "SELECT", "Create": "CREATE_VIEW"}.get(type(tree).__name__, type(tree).__name__.upper())
        references = [{"projectId": self.project, "datasetId": self.dataset, "tableId": table} for table in sorted(tables)]
        query_statistics = {"statementType": kind, "totalBytesProcessed": str(size), "referencedTables": references}
        statistics = {"totalBytesProcessed": str(size), "query": query_statistics}
        job = Job(identity, config, statistics)
        if config.get("dryRun"):
            self.dry.append(job)
            return 200, self._job(job)
        self.jobs[identity] = job
        self.inserts.append(identity)
        if size > int(query.get("maximumBytesBilled") or size):
            job.error = {"reason": "bytesBilledLimitExceeded", "message": "Query exceeded limit for bytes billed"}
        elif self.slow:
            job.state = "RUNNING"
        else:
            self._execute(job, tree, query)
        return 200, self._job(job)

    def _tables(self, tree: exp.Expression) -> set[str]:
        """Return the tables a statement reads; of a view those that it reads, as Google tells them."""
        local = {cte.alias for cte in tree.find_all(exp.CTE)}
        made = tree.this if isinstance(tree, exp.Create) else None
        named = {t.name for t in tree.find_all(exp.Table) if t.name not in local and t is not made and isinstance(t.this, exp.Identifier)}
        read = {beneath for name in named for beneath in (self.views[name][1] if name in self.views else {name})}
        if isinstance(made, exp.Table):
            self.views[made.name] = (tree.expression.sql(dialect="bigquery"), read)
        return read

    def _table(self, name: str) -> tuple[int, Any]:
        known = {row[0] for row in self.db.cursor().execute("SELECT table_name FROM information_schema.tables").fetchall()}
        if name not in known:
            return _error(404, "notFound")
        reference = {"projectId": self.project, "datasetId": self.dataset, "tableId": name}
        view = {"type": "VIEW", "view": {"query": self.views[name][0]}} if name in self.views else {"type": "TABLE"}
        return 200, {"kind": "bigquery#table", "tableReference": reference, **view}

    def _execute(self, job: Job, tree: exp.Expression, query: dict[str, Any]) -> None:
        def plain(node: exp.Expression) -> exp.Expression:
            if isinstance(node, exp.Parameter):
                return exp.Placeholder(this=node.this.name)
            if isinstance(node, exp.Table):
                node.set("db", None)
                node.set("catalog", None)
            return node

        sql = tree.transform(plain).sql(dialect="duckdb")
        values = {p["name"]: _value(p) for p in query.get("queryParameters", [])}
        try:
            cursor = self.db.cursor().execute(sql, values or None)
            job.columns = [(str(one[0]), str(one[1])) for one in cursor.description or ()]
            job.rows = cursor.fetchall()
        except duckdb.Error as error:
            job.error = {"reason": "invalidQuery", "message": str(error).splitlines()[0]}

    def upload(self, path: str, body: bytes, span: str | None) -> tuple[int, Any, dict[str, str]]:
        """Take a resumable upload: the request first, then the content in one piece or several."""
        if span is None:
            request = json.loads(body)
            self.uploads[request["jobReference"]["jobId"]] = (request, bytearray())
            return 200, {}, {"location": f"{self.url}/upload/{request['jobReference']['jobId']}"}
        request, content = self.uploads[path.rpartition("/")[2]]
        content += body
        if int(span.rpartition("/")[2]) > len(content):
            return 308, {}, {"range": f"bytes=0-{len(content) - 1}"}
        return 200, self._load(request, bytes(content)), {}

    def _load(self, request: dict[str, Any], content: bytes) -> Any:
        name = request["configuration"]["load"]["destinationTable"]["tableId"]
        rows = parquet.read_table(BytesIO(content))  # noqa: F841 - DuckDB reads it by name
        with self.lock:
            self.db.execute(f'CREATE TABLE "{name}" AS SELECT * FROM rows')
        identity = request["jobReference"]["jobId"]
        job = self.jobs[identity] = Job(identity, request["configuration"], {})
        return self._job(job)

    def _job(self, job: Job) -> dict[str, Any]:
        status: dict[str, Any] = {"state": job.state}
        if job.error:
            status |= {"errorResult": job.error, "errors": [job.error]}
        kind = "LOAD" if "load" in job.config else "QUERY"
        config = {**job.config, "jobType": kind}
        return {
            "kind": "bigquery#job",
            "jobReference": {"projectId": self.project, "jobId": job.id, "location": "US"},
            "configuration": config,
            "statistics": job.statistics,
            "status": status,
        }

    def _results(self, job: Job, path: str) -> tuple[int, Any]:
        if job.error:
            return _error(400, job.error["reason"], job.error["message"])
        at = int(_wish(path, "startIndex") or _wish(path, "pageToken") or 0)
        wanted = _wish(path, "maxResults")
        rows = job.rows[at : at + int(wanted)] if wanted is not None else job.rows[at:]
        reply: dict[str, Any] = {
            "kind": "bigquery#getQueryResultsResponse",
            "jobReference": {"projectId": self.project, "jobId": job.id, "location": "US"},
            "jobComplete": job.state == "DONE",
            "totalRows": str(len(job.rows)),
            "schema": {"fields": [{"name": name, "type": _type(kind), "mode": "NULLABLE"} for name, kind in job.columns]},
            "rows": [{"f": [{"v": _cell(value)} for value in row]} for row in rows],
        }
        if wanted is not None and rows and at + len(rows) < len(job.rows):
            reply["pageToken"] = str(at + len(rows))
        return 200, reply


def _error(code: int, reason: str, message: str = "no") -> tuple[int, Any]:
    return code, {"error": {"code": code, "message": message, "errors": [{"reason": reason, "message": message}]}}


def _wish(path: str, name: str) -> str | None:
    found = re.search(rf"[?&]{name}=([^&]*)", path)
    return found[1] if found else None


_CASTS: dict[str, Callable[[str], Any]] = {
    "STRING": str, "INT64": int, "FLOAT64": float, "NUMERIC": Decimal, "DATE": date.fromisoformat, "DATETIME": datetime.fromisoformat,
    "BOOL": lambda text: text == "true",
}  # fmt: skip


def _value(parameter: dict[str, Any]) -> Any:
    text = parameter["parameterValue"].get("value")
    return None if text is None else _CASTS[parameter["parameterType"]["type"]](text)


_TYPES = (
    ("DECIMAL", "NUMERIC"), ("HUGEINT", "NUMERIC"), ("TIMESTAMP", "DATETIME"), ("DATE", "DATE"), ("BOOL", "BOOLEAN"), ("DOUBLE", "FLOAT"),
    ("FLOAT", "FLOAT"), ("VARCHAR", "STRING"), ("BIGINT", "INTEGER"), ("INT", "INTEGER"), ("TINYINT", "INTEGER"), ("SMALLINT", "INTEGER"),
)  # fmt: skip


def _type(kind: str) -> str:
    return next((word for begins, word in _TYPES if kind.startswith(begins)), "STRING")


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
