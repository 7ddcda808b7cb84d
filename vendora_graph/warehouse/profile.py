"""What the warehouse holds, in words: stores, people, values, selling days, closed months. Read once, cached on disk.

The statements are data (`profile.yaml` beside a semantic model); values of a dimension come from its `source` column. Everything
that names a person or a record carries the stores that may see it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from rapidfuzz import fuzz, process, utils

from vendora_graph.errors import WarehouseError
from vendora_graph.semantic.catalog import Catalog, DimensionInfo, MetricInfo

Rows = Sequence[tuple[Any, ...]]
Fetch = Callable[[str], Awaitable[Rows]]
SNAPSHOT_AGE = 40
"""Days after which a snapshot says nothing any more about a later day: a monthly one lasts until the next."""


def snapshot_key(info: MetricInfo) -> str:
    """Return which snapshot a metric is read from: its tables and their date."""
    return f"{'+'.join(info.tables)}:{info.time_dimension}"


def is_monthly(info: MetricInfo) -> bool:
    """Tell whether a metric's records are written once a month: what is missing at their end is not written yet."""
    return not info.snapshot and (info.ledger_month or info.time_grain == "month")


@dataclass(frozen=True, slots=True)
class Store:
    """A rooftop."""

    id: str
    name: str
    opened: date
    group: str
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An employee."""

    id: str
    name: str
    role: str
    store: str
    department: str


@dataclass(frozen=True, slots=True)
class Value:
    """A stored value of a dimension, how often it occurs, and which stores have it (empty: all may see it)."""

    value: str
    count: int
    stores: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class DataProfile:
    """Everything the grammar and the tools know about the data besides figures."""

    data_start: date
    data_through: date
    as_of: date
    stores: tuple[Store, ...] = ()
    people: tuple[Person, ...] = ()
    values: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    days: tuple[tuple[str, date, bool, bool], ...] = ()
    unclosed: tuple[tuple[str, str], ...] = ()
    snapshots: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    written: Mapping[str, date] = field(default_factory=dict)

    def store(self, store_id: str) -> Store | None:
        """Return a store by id."""
        return next((store for store in self.stores if store.id == store_id), None)

    def segment(self, store_id: str) -> str | None:
        """Return the kind of franchise of a store (domestic, import, luxury), as benchmarks are cut."""
        store = self.store(store_id)
        return store.segment if store and store.segment else None

    def person(self, person_id: str) -> Person | None:
        """Return an employee by id."""
        return next((person for person in self.people if person.id == person_id), None)

    def covers(self, tenants: Iterable[str]) -> tuple[date, date]:
        """Return the first and last day the data of these stores covers."""
        opened = [store.opened for store in self.stores if store.id in set(tenants)]
        return max(self.data_start, min(opened, default=self.data_start)), self.data_through

    def snapshot_day(self, key: str, day: date) -> date | None:
        """Return the last day not after `day` on which a snapshot was taken; None when there is none within its usual interval.

        Args:
            key: Which snapshot (see `snapshot_key`).
            day: The day asked for.
        """
        days = self.snapshots.get(key)
        if days is None:
            return min(day, self.data_through)
        at = bisect_right(days, day) - 1
        return days[at] if at >= 0 and (day - days[at]).days <= SNAPSHOT_AGE else None

    def books_end(self, info: MetricInfo) -> date | None:
        """Return the first day of the last month that is in the books of a simple metric; None where they are not kept by month."""
        return self.written.get(snapshot_key(info)) if is_monthly(info) else None

    def last_months(self, catalog: Catalog) -> dict[str, str]:
        """Return the last month (2026-10) in the books of every metric kept by month; of a computed one, the earliest of its parts'."""
        found: dict[str, str] = {}
        for info in catalog.metrics.values():
            parts = [catalog.metrics[part.metric] for part in info.inputs] or [info]
            ends = [end for part in parts if (end := self.books_end(part)) is not None]
            if ends:
                found[info.name] = f"{min(ends):%Y-%m}"
        return found

    def size(self, dimension: str) -> int:
        """Return how many values a dimension has; 0 when they are not held."""
        return len(self.values.get(dimension, ()))

    def open_months(self, tenants: Sequence[str]) -> tuple[str, ...]:
        """Return the months (2026-10) whose ledger is not closed at one of the stores, sorted."""
        return tuple(sorted({month for store, month in self.unclosed if store in tenants}))

    def visible(self, dimension: str, tenants: Sequence[str]) -> list[Value]:
        """Return the values of a dimension these stores may see."""
        return [v for v in self.values.get(dimension, ()) if not v.stores or set(v.stores) & set(tenants)]

    def search(self, words: str, dimension: str | None, tenants: Sequence[str], limit: int) -> list[tuple[str, str]]:
        """Return (dimension, value) pairs nearest to the words among what the stores may see."""
        dimensions = [dimension] if dimension else sorted(self.values)
        choices = {(d, v.value): v.value for d in dimensions for v in self.visible(d, tenants)}
        found = process.extract(words, choices, scorer=fuzz.WRatio, processor=utils.default_process, limit=limit)
        return [key for _, score, key in found if score >= 60]  # noqa: PLR2004

    @cached_property
    def selling(self) -> dict[str, frozenset[date]]:
        """Return the sales selling days by store."""
        by_store: dict[str, set[date]] = {}
        for store, day, sells, _ in self.days:
            if sells:
                by_store.setdefault(store, set()).add(day)
        return {store: frozenset(days) for store, days in by_store.items()}

    def selling_days(self, start: date, end: date, store: str) -> int | None:
        """Return the selling days of a store in a closed span; None where the calendar is not held."""
        held = self.selling.get(store)
        if held is None:
            return None
        return sum(1 for n in range((end - start).days + 1) if start + timedelta(days=n) in held)

    # ------------------------------------------------------------------------------------------------- storing

    def dump(self) -> str:
        """Return the profile as JSON."""
        body = {
            "span": [self.data_start.isoformat(), self.data_through.isoformat(), self.as_of.isoformat()],
            "stores": [[s.id, s.name, s.opened.isoformat(), s.group, s.segment] for s in self.stores],
            "people": [[p.id, p.name, p.role, p.store, p.department] for p in self.people],
            "values": {d: [[v.value, v.count, v.stores, v.aliases] for v in vs] for d, vs in self.values.items()},
            "days": [[store, day.isoformat(), int(a), int(b)] for store, day, a, b in self.days],
            "unclosed": list(self.unclosed),
            "snapshots": {key: [day.isoformat() for day in days] for key, days in self.snapshots.items()},
            "written": {key: day.isoformat() for key, day in self.written.items()},
        }
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> DataProfile:
        """Return the profile that `dump` wrote."""
        body = json.loads(text)
        start, through, as_of = (date.fromisoformat(day) for day in body["span"])
        return cls(
            data_start=start,
            data_through=through,
            as_of=as_of,
            stores=tuple(Store(i, n, date.fromisoformat(o), g, k) for i, n, o, g, k in body["stores"]),
            people=tuple(Person(*row) for row in body["people"]),
            values={d: tuple(Value(v, c, tuple(s), tuple(a)) for v, c, s, a in vs) for d, vs in body["values"].items()},
            days=tuple((s, date.fromisoformat(d), bool(a), bool(b)) for s, d, a, b in body["days"]),
            unclosed=tuple((s, m) for s, m in body["unclosed"]),
            snapshots={key: tuple(date.fromisoformat(day) for day in days) for key, days in body["snapshots"].items()},
            written={key: date.fromisoformat(day) for key, day in body["written"].items()},
        )


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

    start, through, day = await _span(catalog, await rows("span"), fetch)
    values = {}
    for info in sorted(catalog.dimensions.values(), key=lambda d: d.name):
        found = await _values(info, statements.get("values", {}), fetch, tenant_column)
        if found:
            values[info.name] = found
    return DataProfile(
        data_start=start,
        data_through=through,
        as_of=as_of or day or through + timedelta(days=1),
        stores=tuple(Store(str(i), str(n), o, str(g), str(k)) for i, n, o, g, k in await rows("stores")),
        people=tuple(Person(*(str(x or "") for x in row)) for row in await rows("people")),
        values=values,
        days=tuple((str(s), d, bool(a), bool(b)) for s, d, a, b in await rows("calendar")),
        unclosed=tuple((str(s), f"{m:%Y-%m}") for s, m in await rows("open_months")),
    )


async def _span(catalog: Catalog, own: Rows, fetch: Fetch) -> tuple[date, date, date | None]:
    """Return the first and last day of the data and the day to answer for; without a statement, from the metrics' own dates."""
    if own:
        start, through, day = (*own[0], None)[:3]
        return start, through, day
    dated = {(table, info.time_dimension) for info in catalog.metrics.values() for table in info.tables}
    days: list[date] = []
    for info in sorted(catalog.dimensions.values(), key=lambda d: d.name):
        names = {path.rpartition("__")[2] for path in info.paths}
        if info.source is None or not any((info.source[0], name) in dated for name in names):
            continue
        table, column = info.source
        found = await fetch(f"SELECT MIN(CAST({column} AS DATE)), MAX(CAST({column} AS DATE)) FROM {table}")  # noqa: S608 - names of the model
        days.extend(day for day in found[0] if day is not None)
    if not days:
        raise WarehouseError("The data has no dated rows the semantic model can count. Check the warehouse and the model's dates.")
    return min(days), max(days), None


async def _values(
    info: DimensionInfo, own: Mapping[str, str], fetch: Fetch, tenant_column: Callable[[str], str | None]
) -> tuple[Value, ...]:
    """Return the values of a dimension: by its own statement (value, store, alias, count), or by its source column."""
    if info.name in own:
        return _grouped([(v, s, a, c) for v, s, a, c in await fetch(own[info.name])])
    if info.source is None or info.cardinality == "high" or info.kind in ("numeric", "time", "record"):
        return ()
    table, column = info.source
    store = tenant_column(table)
    if store is None:
        found = await fetch(f"SELECT {column}, COUNT(*) FROM {table} GROUP BY {column}")  # noqa: S608 - names of the model
        return _grouped([(v, None, None, c) for v, c in found])
    sql = f"SELECT {column}, {store}, COUNT(*) FROM {table} GROUP BY {column}, {store}"  # noqa: S608 - names of the model
    return _grouped([(v, s, None, c) for v, s, c in await fetch(sql)])


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
