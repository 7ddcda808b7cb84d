"""The demo into a server: the same rows as in the DuckDB file, through Postgres' COPY or BigQuery's load jobs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from importlib.resources import files
from typing import TYPE_CHECKING

import pyarrow as pa
import sqlglot
from sqlglot import exp

from vendora_graph.errors import ConfigError, WarehouseError, WarehouseUnavailableError
from vendora_graph.warehouse.demo.generate import schema_sql, table_count

if TYPE_CHECKING:
    import psycopg
    from google.cloud import bigquery

    from vendora_graph.settings import Settings

Progress = Callable[[str, float], None]
Tables = Iterable[tuple[str, pa.Table]]


def load(url: str, tables: Tables, settings: Settings, progress: Progress | None = None) -> dict[str, int]:
    """Make the tables and views of the data contract in an empty database or dataset and fill them.

    Args:
        url: `postgresql://...` with an account that may create tables, or `bigquery://PROJECT/DATASET`.
        tables: Name and rows of each table (see `vendora_graph.warehouse.demo.generate`).
        settings: For BigQuery's address and location.
        progress: Called after each table.

    Returns:
        Rows by table.

    Raises:
        ConfigError: The URL is of another engine.
        WarehouseError: A table is there already, or the server refuses; on Postgres nothing is kept then.
    """
    scheme = url.partition("://")[0].partition("+")[0]
    if scheme in ("postgresql", "postgres"):
        return _postgres(url, tables, progress)
    if scheme == "bigquery":
        return _bigquery(url, tables, settings, progress)
    raise ConfigError("The demo loads into postgresql://USER@HOST/DATABASE or bigquery://PROJECT/DATASET; DuckDB: `warehouse build`.")


def views_sql() -> str:
    """Return the statements that make the reporting views."""
    return files("vendora_graph.warehouse").joinpath("views.sql").read_text(encoding="utf-8")


def _counted(tables: Tables, rows: dict[str, int], progress: Progress | None) -> Iterator[tuple[str, pa.Table]]:
    for name, table in tables:
        yield name, _plain(table)
        rows[name] = table.num_rows
        if progress is not None:
            progress(name, len(rows) / table_count())


def _plain(table: pa.Table) -> pa.Table:
    """Write coded texts out: neither CSV nor BigQuery knows them."""
    fields = [pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema]
    return table.cast(pa.schema(fields))


# --------------------------------------------------------------------------------------------------- Postgres


def _postgres(url: str, tables: Tables, progress: Progress | None) -> dict[str, int]:
    import psycopg
    from sqlalchemy.engine import make_url

    rows: dict[str, int] = {}
    place = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(place) as connection:
            connection.execute(schema_sql().encode())
            for name, table in _counted(tables, rows, progress):
                _copy(connection, name, table)
            connection.execute(views_sql().encode())
            connection.commit()
            connection.autocommit = True
            connection.execute("ANALYZE")
    except psycopg.errors.DuplicateTable as error:
        raise WarehouseError("The database has such a table already. Load into an empty database.") from error
    except psycopg.OperationalError as error:
        raise WarehouseUnavailableError("Postgres cannot be reached; check that the server runs and the URL is right.") from error
    except psycopg.Error as error:
        raise WarehouseError(f"Postgres refused the demo ({type(error).__name__}); nothing was kept.") from error
    return rows


def _copy(connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    """CSV keeps missing (nothing) and empty ("") apart, as COPY reads them."""
    from psycopg import sql
    from pyarrow import csv

    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH (FORMAT csv)").format(
        sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for batch in table.to_batches(max_chunksize=50_000):
            buffer = io.BytesIO()
            csv.write_csv(batch, buffer, csv.WriteOptions(include_header=False))
            copy.write(buffer.getvalue())


# --------------------------------------------------------------------------------------------------- BigQuery


def _bigquery(url: str, tables: Tables, settings: Settings, progress: Progress | None) -> dict[str, int]:
    from vendora_graph.warehouse.bigquery import address, client_of

    from google.api_core import exceptions as gcp  # isort: skip  (after the adapter, which silences its warnings)
    from google.auth.exceptions import GoogleAuthError  # isort: skip
    from google.cloud import bigquery  # isort: skip
    from requests import exceptions as http  # isort: skip

    project, name = address(url)
    rows: dict[str, int] = {}
    try:
        client = client_of(settings.bigquery_project or project, settings.bigquery_location, settings.bigquery_base_url)
        with client:
            dataset = bigquery.DatasetReference(project, name)
            client.create_dataset(dataset, exists_ok=True)
            for table, content in _counted(tables, rows, progress):
                _upload(client, dataset.table(table), content)
            for statement in _views(project, name):
                client.query(statement).result()
    except (http.ConnectionError, GoogleAuthError, gcp.RetryError, gcp.ServiceUnavailable) as error:
        raise WarehouseUnavailableError("BigQuery cannot be reached; check the network and the credentials.") from error
    except gcp.GoogleAPICallError as error:
        raise WarehouseError(f"BigQuery refused the demo ({type(error).__name__}). Load into an empty dataset you may write to.") from error
    return rows


def _upload(client: bigquery.Client, place: bigquery.TableReference, table: pa.Table) -> None:
    from google.cloud import bigquery
    from pyarrow import parquet

    buffer = io.BytesIO()
    parquet.write_table(table, buffer)
    config = bigquery.LoadJobConfig(
        source_format=bigquery.SourceFormat.PARQUET,
        write_disposition=bigquery.WriteDisposition.WRITE_EMPTY,
        schema=list(_fields(table.schema)),
    )
    client.load_table_from_file(buffer, place, rewind=True, job_config=config).result()


def _fields(schema: pa.Schema) -> Iterator[bigquery.SchemaField]:
    """Times are store-local: DATETIME, which Parquet alone would make TIMESTAMP."""
    from google.cloud import bigquery

    for field in schema:
        kind = next(word for test, word in _KINDS if test(field.type))
        yield bigquery.SchemaField(field.name, kind)


_KINDS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_boolean, "BOOL"),
    (pa.types.is_integer, "INT64"),
    (pa.types.is_decimal, "NUMERIC"),
    (pa.types.is_floating, "FLOAT64"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "DATETIME"),
    (pa.types.is_string, "STRING"),
)


def _views(project: str, dataset: str) -> Iterator[str]:
    """Yield the views in BigQuery's words, every table under its full name."""
    for tree in sqlglot.parse(views_sql(), read="duckdb"):
        if tree is None:
            continue
        local = {cte.alias for cte in tree.find_all(exp.CTE)}
        for table in tree.find_all(exp.Table):
            if table.name not in local:
                table.set("db", exp.to_identifier(dataset, quoted=True))
                table.set("catalog", exp.to_identifier(project, quoted=True))
        yield tree.sql(dialect="bigquery")
