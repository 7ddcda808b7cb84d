"""What may be compiled, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from vendora_graph.contracts import Filter, Grain

Dialect = Literal["duckdb", "postgres", "bigquery"]
DIALECTS: tuple[Dialect, ...] = get_args(Dialect)


@dataclass(frozen=True)
class CompileRequest:
    """One statement over simple metrics and one explicit period.

    Attributes:
        metrics: Names of simple metrics (computed metrics and medians are refused: fetch their components or values).
        group_by: Concept names.
        grain: Also group by this grain of the metrics' own time, as column `period` (the grain's first day).
        filters: Conditions on concepts; all must hold.
        start: First day, inclusive; None for no lower end.
        end: Last day, inclusive.
        without: Spans of days inside that are left out, first and last day of each.
        limit: At most this many rows (after `order`).
        order: Columns of the result, `-` in front for descending; missing values come last. Then by the group columns.
        ordered: False leaves the rows in no order, which the database need not sort then; not with `limit`.
    """

    metrics: tuple[str, ...]
    group_by: tuple[str, ...] = ()
    grain: Grain | None = None
    filters: tuple[Filter, ...] = ()
    start: date | None = None
    end: date | None = None
    limit: int | None = None
    order: tuple[str, ...] = ()
    ordered: bool = True
    without: tuple[tuple[date, date], ...] = ()


@dataclass(frozen=True)
class CompiledQuery:
    """A statement with its parameters.

    Attributes:
        shape: Hash of everything but the values; one shape is guarded once.
        sql: The statement. Parameters are `$v1` (DuckDB), `@v1` (BigQuery), `$1` (Postgres).
        params: Value of each parameter by its name without the mark: `v1`, or `1` for Postgres.
        columns: Group concepts, then `period` if a grain was asked, then the metrics, as the statement returns them.
    """

    shape: str
    sql: str
    params: dict[str, object]
    columns: tuple[str, ...]
