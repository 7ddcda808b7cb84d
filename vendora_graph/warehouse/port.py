"""What every warehouse adapter is: it runs guarded statements, within limits, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from vendora_graph.errors import WarehouseError
from vendora_graph.warehouse.guard.data import read_yaml
from vendora_graph.warehouse.guard.types import Dialect, GuardedStatement

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one statement may return, enforced while it streams.

    Attributes:
        rows: Rows kept; more are cut and the result says so.
        bytes: Bytes of all cells kept, roughly; the row that passes it is the last.
        columns: Columns; more are an error, because a cut row would be a wrong row.
        cell: Characters of one text cell; a longer one is cut and the result says so.
    """

    rows: int = 10_000
    bytes: int = 32_000_000
    columns: int = 200
    cell: int = 20_000


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class ResultSet:
    """What a statement returned.

    Attributes:
        columns: Column names in order.
        rows: The rows, as Python values (`Decimal` for money).
        truncated: Whether a limit cut rows or cells; an answer must say so.
        ms: Wall-clock milliseconds, waiting for a free worker included.
        bytes: Bytes the engine read or billed, where it tells.
    """

    columns: tuple[str, ...]
    rows: list[Row]
    truncated: bool
    ms: float
    bytes: int | None = None


class Warehouse(Protocol):
    """The port. An adapter takes only what the guard returned."""

    @property
    def dialect(self) -> Dialect:
        """The SQL dialect statements must be guarded for."""
        ...

    async def fetch(self, statement: GuardedStatement, *, deadline_s: float, limits: Limits = DEFAULT_LIMITS) -> ResultSet:
        """Run a guarded statement.

        Raises:
            QueryTimeoutError: It ran past the deadline and was stopped.
            WarehouseUnavailableError: The database cannot be reached just now.
            WarehouseError: The database refused it.
        """
        ...

    async def probe(self) -> None:
        """Try a dozen forbidden statements.

        Raises:
            WarehouseError: One of them worked; the adapter must not be used.
        """
        ...

    async def close(self) -> None:
        """Stop what runs and let go of the database."""
        ...


def check_statement(statement: object, dialect: Dialect) -> None:
    """Refuse anything the guard did not seal for this dialect.

    Raises:
        WarehouseError: It is something else.
    """
    if not isinstance(statement, GuardedStatement) or statement.dialect != dialect:
        raise WarehouseError(f"Only a statement guarded for {dialect} may run here; call guard() and bind() first.")


def collect(columns: Sequence[str], batches: Iterable[Sequence[Row]], limits: Limits) -> tuple[list[Row], bool]:
    """Keep rows within the limits; stop reading as soon as one is passed.

    Returns:
        The rows, and whether anything was cut.

    Raises:
        WarehouseError: There are too many columns.
    """
    if len(columns) > limits.columns:
        raise WarehouseError(f"The statement returns {len(columns)} columns; at most {limits.columns} are read. Name the columns you need.")
    kept: list[Row] = []
    size = 0
    cut = False
    for row in _rows(batches):
        if len(kept) == limits.rows or size > limits.bytes:
            return kept, True
        weight = sum([len(cell) if type(cell) in _SIZED else 8 for cell in row])
        if weight > limits.cell:
            row, shortened = _shorten(row, limits.cell)
            cut |= shortened
        size += weight
        kept.append(row)
    return kept, cut


_SIZED = frozenset({str, bytes, list, dict, tuple})


def _rows(batches: Iterable[Sequence[Row]]) -> Iterator[Row]:
    for batch in batches:
        yield from batch


def _shorten(row: Row, limit: int) -> tuple[Row, bool]:
    cells = tuple(cell[:limit] if isinstance(cell, (str, bytes)) else cell for cell in row)
    return cells, cells != row


def forbidden(engine: str) -> tuple[str, ...]:
    """Return the statements an engine must refuse by itself (`probes.yaml`)."""
    return tuple(read_yaml("probes.yaml")[engine].splitlines())
