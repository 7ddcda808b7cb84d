"""What the warehouse holds, in words: stores, people, values, selling days, closed months. Read once, cached on disk.

Everything that names a person or a record carries the stores that may see it.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from vendora_graph.semantic.catalog import Catalog, MetricInfo

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
    """Everything the grammar and the tools know about the data besides figures.

    `ends` is the last day of each table's records, by table and time dimension; `numbers` the dimensions found to be measured.
    """

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
    ends: Mapping[str, date] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

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

    def record_ends(self, catalog: Catalog) -> dict[str, date]:
        """Return the day the records of a metric end on, where the data goes on after it; of a computed one, the earliest of its parts'."""
        found: dict[str, date] = {}
        for info in catalog.metrics.values():
            parts = [catalog.metrics[part.metric] for part in info.inputs if not part.all_time] or [info]
            flows = [part for part in parts if not (part.snapshot or is_monthly(part)) and part.tables]
            ends = [end for part in flows if (end := self.ends.get(f"{part.tables[0]}:{part.time_dimension}")) is not None]
            if ends and min(ends) < self.data_through:
                found[info.name] = min(ends)
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
    def open_days(self) -> dict[tuple[str, bool], frozenset[date]]:
        """Return the days a store sells (False) or its service drive is open (True)."""
        found: dict[tuple[str, bool], set[date]] = {}
        for store, day, sells, serves in self.days:
            for service, is_open in ((False, sells), (True, serves)):
                if is_open:
                    found.setdefault((store, service), set()).add(day)
        return {key: frozenset(days) for key, days in found.items()}

    def selling_days(self, start: date, end: date, stores: Sequence[str], *, service: bool = False) -> int | None:
        """Return the days of a closed span on which one of the stores is open; None where no calendar is held."""
        held = [self.open_days[store, service] for store in stores if (store, service) in self.open_days]
        if not held:
            return None
        return sum(1 for n in range((end - start).days + 1) if any(start + timedelta(days=n) in days for days in held))

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
            "ends": {key: day.isoformat() for key, day in self.ends.items()},
            "numbers": list(self.numbers),
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
            ends={key: date.fromisoformat(day) for key, day in body["ends"].items()},
            numbers=tuple(body["numbers"]),
        )
