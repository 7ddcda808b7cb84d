"""What is right: hand-written SQL, run on the raw warehouse, not through the semantic model.

Gold SQL is trusted input of a developer. It still runs read-only, so that a slip cannot change the data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from vendora_graph.errors import ConfigError, WarehouseError

Raw = tuple[list[str], list[tuple[object, ...]]]
Runner = Callable[[str], "Gold"]


@dataclass(frozen=True, slots=True)
class GoldRow:
    """One row: the label texts and the figures, each under its column's name."""

    labels: tuple[str, ...]
    figures: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class Gold:
    """The result of one gold statement.

    Attributes:
        rows: In the statement's order.
        order: The columns it is ordered by where they are columns of the result; None without ORDER BY.
        limited: It has a LIMIT, so an answer may rightly know of more groups.
    """

    rows: tuple[GoldRow, ...]
    order: tuple[str, ...] | None = None
    limited: bool = False


def shape(columns: Sequence[str], rows: Sequence[Sequence[object]], sql: str = "") -> Gold:
    """Return raw rows as gold: numbers are figures, everything else (text, dates, flags) is a label."""
    figure = [any(_is_number(row[index]) for row in rows) for index in range(len(columns))]
    empty = [all(row[index] is None for row in rows) for index in range(len(columns))]
    shaped = tuple(
        GoldRow(
            labels=tuple(_label(value) for value, number, none in zip(row, figure, empty, strict=True) if not number and not none),
            figures=tuple(
                (name, _decimal(value)) for name, value, number, none in zip(columns, row, figure, empty, strict=True) if number or none
            ),
        )
        for row in rows
    )
    order, limited = _order_and_limit(sql, columns) if sql else (None, False)
    return Gold(shaped, order, limited)


@contextmanager
def gold_runner(warehouse: str) -> Iterator[Runner]:
    """Open the raw warehouse read-only and yield a function from SQL to gold.

    Args:
        warehouse: A path of a DuckDB file, `duckdb:///FILE` or `postgresql://...`.

    Raises:
        ConfigError: Another kind of warehouse.
        WarehouseError: It cannot be opened, or a statement fails (the message carries the statement's first line).
    """
    if warehouse.startswith(("postgresql://", "postgres://")):
        with _postgres(warehouse) as run:
            yield run
    elif "://" not in warehouse or warehouse.startswith("duckdb:///"):
        with _duckdb(Path(warehouse.removeprefix("duckdb:///"))) as run:
            yield run
    else:
        raise ConfigError(f"Gold SQL runs on DuckDB and Postgres, not on {warehouse.partition(':')[0]}.")


@contextmanager
def _duckdb(path: Path) -> Iterator[Runner]:
    import duckdb

    if not path.is_file():
        raise WarehouseError(f"There is no DuckDB file at {path}. `vendora warehouse path` builds the demo's and prints where it is.")
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error as error:
        raise WarehouseError(f"{path} cannot be opened: {error}") from error

    def run(sql: str) -> Gold:
        try:
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or ()]
            return shape(columns, cursor.fetchall(), sql)
        except duckdb.Error as error:
            raise WarehouseError(f"Gold SQL fails: {error}\n{sql.strip()}") from error

    try:
        yield run
    finally:
        connection.close()


@contextmanager
def _postgres(url: str) -> Iterator[Runner]:
    import psycopg

    try:
        connection = psycopg.connect(url, autocommit=True)
        connection.read_only = True
    except psycopg.Error as error:
        raise WarehouseError(f"The warehouse cannot be reached: {error}") from error

    def run(sql: str) -> Gold:
        try:
            cursor = connection.execute(sql.encode())
            columns = [column.name for column in cursor.description or ()]
            return shape(columns, cursor.fetchall(), sql)
        except psycopg.Error as error:
            raise WarehouseError(f"Gold SQL fails: {error}\n{sql.strip()}") from error

    with connection:
        yield run


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _label(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _order_and_limit(sql: str, columns: Sequence[str]) -> tuple[tuple[str, ...] | None, bool]:
    import sqlglot

    statement = sqlglot.parse_one(sql, dialect="duckdb")
    order = statement.args.get("order")
    limited = statement.args.get("limit") is not None
    if order is None:
        return None, limited
    return tuple(name for key in order.expressions if (name := _column(key.this, columns))), limited


def _column(key: object, columns: Sequence[str]) -> str | None:
    from sqlglot.expressions import Column, Literal

    if isinstance(key, Literal) and not key.is_string:
        return columns[int(key.this) - 1]
    return key.name if isinstance(key, Column) and key.name in columns else None
