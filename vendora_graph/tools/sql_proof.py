"""Run the finer statement of free SQL and put its parts together in Decimal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from vendora_graph.contracts import Second
from vendora_graph.errors import QueryRefusedError, WarehouseError, WarehouseUnavailableError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from vendora_graph.services import Services
    from vendora_graph.tools.sql_shape import Finer, Keys
    from vendora_graph.warehouse.guard import AccessPolicy
    from vendora_graph.warehouse.port import ResultSet

MAX_PARTS = 5_000
MAX_TRIES = 4
PLACES = Decimal("0.000001")
"""Averages and binary fractions are kept to six places on both paths."""

Row = Sequence[Any]
Labels = tuple[str, ...]
Seconds = dict[tuple[Labels, int], Second]
Run = "Callable[[str], Awaitable[tuple[ResultSet, str]]]"


def figure(value: object) -> Decimal | None:
    """Return a cell as a number; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Decimal(value)
    return Decimal(repr(value)).quantize(PLACES) if isinstance(value, float) else None


async def prove_sql(
    sql: str, services: Services, policy: AccessPolicy, run: Callable[[str], Awaitable[tuple[ResultSet, str]]]
) -> Seconds:
    """Return the second values by (labels of the row, column); empty where the statement cannot be decomposed or cut further.

    Args:
        sql: The statement that gave the first values.
        services: For the dialect and the model.
        policy: What the asker may read.
        run: Guards and runs a statement; gives its rows and its query id.
    """
    from vendora_graph.tools.sql_shape import finer, table_of  # the parser is slow to load, and most questions need none

    dialect = services.warehouse.dialect
    table = table_of(sql, dialect)
    for column in _cuts(table, services, policy)[:MAX_TRIES] if table else ():
        again = finer(sql, dialect, known_keys(services), column)
        if again is None:
            return {}
        try:
            result, query_id = await run(again.sql)
        except WarehouseUnavailableError:
            raise
        except (QueryRefusedError, WarehouseError):
            continue
        found = None if result.truncated else _combine(again, result.rows, query_id)
        if found is not None:
            return found
    return {}


def _cuts(table: str, services: Services, policy: AccessPolicy) -> list[str]:
    """Return the columns a table may be cut by further: days first, keys of few values next."""
    rule = policy.tables.get(table)
    modelled = {d.source[1] for d in services.catalog.dimensions.values() if d.source is not None and d.source[0].lower() == table}
    columns = [c for c in rule.columns if c not in rule.masked] if rule is not None else sorted(modelled)
    days = [c for c in columns if c.endswith(("_date", "_day", "_on")) or c == "date"]
    return [*days, *(c for c in columns if c in modelled and c not in days), *(c for c in columns if c.endswith(("_type", "_id")))]


def _combine(again: Finer, rows: Sequence[Row], query_id: str) -> Seconds | None:
    """Return the parts put together; None where no group has two parts: that would be the same computation once more."""
    groups: dict[Labels, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(str(row[at]) for _, at in again.groups)].append(row)
    if not any(parts[1:] for parts in groups.values()):
        return None
    seconds: Seconds = {}
    for labels, parts in groups.items():
        for column, part in again.parts.items():
            value = _LAWS[part.law]([[figure(row[place]) for row in parts] for place in part.places])
            seconds[labels, column] = Second(value=value, method=f"by {again.by}, put together again", query_id=query_id)
    return seconds


Columns = list[list[Decimal | None]]


def _held(column: list[Decimal | None]) -> list[Decimal]:
    return [value for value in column if value is not None]


def _sum(columns: Columns) -> Decimal | None:
    held = _held(columns[0])
    return sum(held, Decimal(0)) if held else None


def _average(columns: Columns) -> Decimal | None:
    total, count = _sum([columns[0]]), sum(_held(columns[1]), Decimal(0))
    return (total / count).quantize(PLACES) if total is not None and count else None


_LAWS: dict[str, Callable[[Columns], Decimal | None]] = {
    "sum": _sum,
    "count": lambda columns: sum(_held(columns[0]), Decimal(0)),
    "min": lambda columns: min(_held(columns[0]), default=None),
    "max": lambda columns: max(_held(columns[0]), default=None),
    "avg": _average,
}


def known_keys(services: Services) -> Keys:
    """Return the keys of the dealership's tables; another database's are not known."""
    return {} if services.tenancy.unrestricted else _dealership_keys()


@cache
def _dealership_keys() -> Keys:
    """Read the keys written beside each table of the data contract."""
    keys: dict[str, frozenset[str]] = {}
    waiting: frozenset[str] = frozenset()
    for line in files("vendora_graph.warehouse").joinpath("schema.sql").read_text(encoding="utf-8").splitlines():
        if line.startswith("-- grain:") and " key: " in line:
            waiting = frozenset(name.strip() for name in line.partition(" key: ")[2].partition(".")[0].split(","))
        elif line.startswith("CREATE TABLE ") and waiting:
            keys[line.split()[2].lower()], waiting = waiting, frozenset()
    return keys
