"""Read what the warehouse holds, in words: the statements are data (`profile.yaml`) or follow from the semantic model."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from vendora_graph.errors import QueryRefusedError, SemanticModelError, WarehouseError, WarehouseUnavailableError
from vendora_graph.semantic.catalog import Catalog, DimensionInfo
from vendora_graph.warehouse.profile import DataProfile, Person, Store, Value

Rows = Sequence[tuple[Any, ...]]
Fetch = Callable[[str], Awaitable[Rows]]
MANY_NUMBERS = 30
"""From so many different numbers on, a column whose kind the model does not tell is measured, not a row of groups."""
_YEARS = range(1900, 2101)


async def read_profile(
    catalog: Catalog, statements: Mapping[str, Any], fetch: Fetch, *, tenant_column: Callable[[str], str | None], as_of: date | None
) -> DataProfile:
    """Read the profile with the model's own statements.

    Args:
        catalog: Whose dimensions' values are read.
        statements: `span`, `stores`, `people`, `calendar`, `open_months` as SQL, and `values` by dimension; all optional.
        fetch: Runs one guarded statement over every store.
        tenant_column: Column that names the store in a table, None where rows belong to no store.
        as_of: The day to answer for; None takes it from the data.
    """

    async def rows(name: str) -> Rows:
        return await fetch(statements[name]) if name in statements else ()

    spans = {} if "span" in statements else await _spans(catalog, fetch)
    start, through, day = (*(await rows("span"))[0], None)[:3] if "span" in statements else (*_whole(spans), None)
    values, numbers = {}, []
    for info in sorted(catalog.dimensions.values(), key=lambda d: d.name):
        found = await _values(info, statements, fetch, tenant_column)
        if not info.typed and _measured(found):
            numbers.append(info.name)
        elif found:
            values[info.name] = _grouped(found)
    return DataProfile(
        data_start=start,
        data_through=through,
        as_of=as_of or day or through + timedelta(days=1),
        stores=tuple(Store(str(i), str(n), o, str(g), str(k)) for i, n, o, g, k in await rows("stores")),
        people=tuple(Person(*(str(x or "") for x in row)) for row in await rows("people")),
        values=values,
        days=tuple((str(s), d, bool(a), bool(b)) for s, d, a, b in await rows("calendar")),
        unclosed=tuple((str(s), f"{m:%Y-%m}") for s, m in await rows("open_months")),
        ends={key: last for key, (_, last) in spans.items()},
        numbers=tuple(numbers),
    )


async def _spans(catalog: Catalog, fetch: Fetch) -> dict[str, tuple[date, date]]:
    """Return the first and last day of every table the metrics are dated by, by table and time dimension."""
    dated = {(table, info.time_dimension) for info in catalog.metrics.values() for table in info.tables}
    spans: dict[str, tuple[date, date]] = {}
    for info in sorted(catalog.dimensions.values(), key=lambda d: d.name):
        names = {path.rpartition("__")[2] for path in info.paths}
        read = info.source or info.expression
        own = sorted(name for name in names if read is not None and (read[0], name) in dated)
        if read is None or not own:
            continue
        table, column = read
        try:
            found = await fetch(_select(f"MIN(CAST({column} AS DATE)), MAX(CAST({column} AS DATE))", table))
        except WarehouseUnavailableError:
            raise
        except WarehouseError as error:
            raise SemanticModelError(f"The time dimension {info.name!r} ({column} of {table}) cannot be read as dates: {error}") from error
        if found[0][0] is not None:
            spans.update({f"{table}:{name}": (found[0][0], found[0][1]) for name in own})
    if not spans:
        raise WarehouseError("The data has no dated rows the semantic model can count. Check the warehouse and the model's dates.")
    return spans


def _whole(spans: Mapping[str, tuple[date, date]]) -> tuple[date, date]:
    return min(first for first, _ in spans.values()), max(last for _, last in spans.values())


async def _values(
    info: DimensionInfo, statements: Mapping[str, Any], fetch: Fetch, tenant_column: Callable[[str], str | None]
) -> list[tuple[Any, Any, Any, Any]]:
    """Return (value, store, alias, count) of a dimension: by its own statement, by its column, or by the expression of a loaded model."""
    own: Mapping[str, str] = statements.get("values", {})
    if info.name in own:
        return [(v, s, a, c) for v, s, a, c in await fetch(own[info.name])]
    if info.cardinality == "high" or info.kind in ("numeric", "time", "record"):
        return []
    if info.source is None:
        return [] if statements or info.expression is None else await _expressed(*info.expression, fetch)
    table, column = info.source
    store = tenant_column(table)
    if store is None:
        found = await fetch(_select(f"{column}, COUNT(*)", table, column))
        return [(v, None, None, c) for v, c in found]
    sql = _select(f"{column}, {store}, COUNT(*)", table, f"{column}, {store}")
    return [(v, s, None, c) for v, s, c in await fetch(sql)]


def _select(columns: str, table: str, groups: str = "") -> str:
    grouped = f" GROUP BY {groups}" if groups else ""
    return f"SELECT {columns} FROM {table}{grouped}"  # noqa: S608 - names and expressions of the model


async def _expressed(table: str, expression: str, fetch: Fetch) -> list[tuple[Any, Any, Any, Any]]:
    """Return the values of an expression; none where it holds more than the guard lets through."""
    try:
        found = await fetch(_select(f"{expression} AS v, COUNT(*)", table, "1"))
    except QueryRefusedError:
        return []
    return [(v, None, None, c) for v, c in found]


def _measured(rows: Sequence[tuple[Any, ...]]) -> bool:
    """Tell whether the values are numbers of a measure: many, and no years."""
    held = {row[0] for row in rows if row[0] is not None}
    if len(held) <= MANY_NUMBERS or not all(isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in held):
        return False
    return any(v not in _YEARS for v in held)


def _grouped(rows: Iterable[tuple[Any, Any, Any, Any]]) -> tuple[Value, ...]:
    counts: dict[str, int] = {}
    stores: dict[str, set[str]] = {}
    aliases: dict[str, set[str]] = {}
    for value, store, alias, count in rows:
        if value is None:
            continue
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        counts[text] = counts.get(text, 0) + int(count)
        stores.setdefault(text, set()).update([str(store)] if store is not None else [])
        aliases.setdefault(text, set()).update([str(alias)] if alias else [])
    return tuple(
        Value(text, counts[text], tuple(sorted(stores[text])), tuple(sorted(aliases[text]))) for text in sorted(counts)
    )
