"""Who worked where and when: chains of people in the positions of each store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vendora_graph.warehouse.demo.calendar import Calendar
from vendora_graph.warehouse.demo.config import Config, day_number, load
from vendora_graph.warehouse.demo.rng import Floats, Ints, Stream

FOREVER = 10**6
_BEFORE = 400
_YEAR = 365.0
_GAP = 3  # days a position may stay empty before a known person


@dataclass
class Person:
    """One employee or house pseudo-employee; dates are day numbers."""

    employee_id: str
    first: str
    last: str
    hire: int
    is_house: bool = False
    tech_level: str | None = None


@dataclass(frozen=True)
class Spell:
    """One assignment of a person; `until` is the last day, FOREVER while current."""

    person: int
    store: int
    role: str
    slot: int
    since: int
    until: int


@dataclass
class People:
    """Everybody, and who held each position on each day.

    `grid[role]` has the shape (store, day column, slot); `slots[role]` counts positions a store.
    """

    calendar: Calendar
    persons: list[Person] = field(default_factory=list)
    spells: list[Spell] = field(default_factory=list)
    grid: dict[str, Ints] = field(default_factory=dict)
    slots: dict[str, Ints] = field(default_factory=dict)
    house: list[tuple[int, int]] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Employee ids by person number."""
        return [p.employee_id for p in self.persons]

    def assign(self, role: str, store: Ints, days: Ints, u: Floats) -> Ints:
        """Person numbers holding a position chosen by u (uniform values) on those days."""
        slot = np.floor(u * self.slots[role][store]).astype(np.int64)
        return np.asarray(self.grid[role][store, self.calendar.at(days), slot])

    def holder(self, role: str, store: Ints, days: Ints, slot: Ints) -> Ints:
        """Person numbers holding these positions on those days."""
        return np.asarray(self.grid[role][store, self.calendar.at(days), slot])


@dataclass(frozen=True)
class _Fixed:
    key: str
    first: str
    last: str
    since: int
    until: int
    skipped: bool = False


def _story_dates(config: Config, row: list[Any]) -> tuple[int, int, bool]:
    """Dates of a fixed person; without its story the predecessor stays and the successor never comes."""
    since = 0 if row[5] is None else day_number(row[5])
    until = FOREVER if row[6] is None else day_number(row[6])
    story = row[7]
    if story is None or story in config.stories:
        return since, until, False
    return since, FOREVER, row[5] is not None


def _fixed_people(config: Config) -> dict[tuple[int, str, int], list[_Fixed]]:
    data = load("people")
    rows: list[tuple[str | None, str, int, _Fixed]] = []
    for row in data["fixed"]:
        since, until, skipped = _story_dates(config, row)
        rows.append((row[0], row[1], row[2], _Fixed(f"{row[3]} {row[4]}", row[3], row[4], since, until, skipped)))
    for store, role, slot, first, last, until, to_store, to_slot, since in data["moves"]:
        if config.store_no(to_store) is None:
            continue
        key = f"{first} {last}"
        rows.append((store, role, slot, _Fixed(key, first, last, 0, day_number(until))))
        rows.append((to_store, role, to_slot, _Fixed(key, first, last, day_number(since), FOREVER)))
    for store, role, slot, first, last, until, again in data["rehires"]:
        key = f"{first} {last}"
        rows.append((store, role, slot, _Fixed(key, first, last, 0, day_number(until))))
        rows.append((store, role, slot, _Fixed(key, first, last, day_number(again), FOREVER)))
    out: dict[tuple[int, str, int], list[_Fixed]] = {}
    for store_id, role, slot, fixed in rows:
        store_no = config.store_no(store_id or "")
        if store_no is not None:
            out.setdefault((store_no, role, slot), []).append(fixed)
    return {key: sorted(value, key=lambda f: f.since) for key, value in out.items()}


class _Hiring:
    """Creates persons with stable ids and distinct names."""

    def __init__(self, config: Config, people: People) -> None:
        self._rng = Stream(config.seed, "employee")
        self._people = people
        self._names = load("people")
        self._used: set[str] = {f"{row[3]} {row[4]}" for row in self._names["fixed"]}
        self._known: dict[str, int] = {}
        self._serial: dict[int, int] = {}

    def next_id(self, store: int) -> str:
        """The next employee id of a store."""
        self._serial[store] = self._serial.get(store, 0) + 1
        return f"E{(store + 1) * 1000 + self._serial[store]}"

    def draw(self, column: str, *parts: int) -> float:
        """One uniform value."""
        key = 0
        for part in parts:
            key = key * 4096 + part
        return float(self._rng.u(column, np.array([key], dtype=np.int64))[0])

    def stranger(self, store: int, since: int, key: tuple[int, ...]) -> int:
        """Hire somebody new."""
        first, last = self._names["first"], self._names["last"]
        place = int(self.draw("name", *key) * len(first) * len(last))
        while (name := f"{first[place % len(first)]} {last[place // len(first)]}") in self._used:
            place = (place + 7919) % (len(first) * len(last))
        self._used.add(name)
        return self._add(store, first[place % len(first)], last[place // len(first)], since)

    def known(self, store: int, fixed: _Fixed, since: int) -> int | None:
        """Hire a person with a name of their own, once."""
        if fixed.key not in self._known:
            if fixed.skipped:
                self._add(store, fixed.first, fixed.last, since)
                return None
            self._known[fixed.key] = self._add(store, fixed.first, fixed.last, since)
        return self._known[fixed.key]

    def _add(self, store: int, first: str, last: str, since: int) -> int:
        self._people.persons.append(Person(self.next_id(store), first, last, since))
        return len(self._people.persons) - 1


def make_people(config: Config, calendar: Calendar) -> People:
    """Fill every position of every store over the whole span."""
    people = People(calendar)
    hiring = _Hiring(config, people)
    fixed = _fixed_people(config)
    roles = list(load("people")["annual_turnover"])
    for store, settings in enumerate(config.stores):
        begin = max(config.start - _BEFORE, day_number(settings["opened_date"]) - 30)
        for role_no, role in enumerate(roles):
            for slot in range(settings["staff"].get(role, 0)):
                _fill_slot(config, people, hiring, (store, role_no, role, slot), begin, fixed.get((store, role, slot), []))
        _add_house(people, hiring, store, begin)
    _tech_levels(people, hiring)
    for role in roles:
        _fill_grid(config, people, role)
    return people


def _fill_slot(config: Config, people: People, hiring: _Hiring, place: tuple[int, int, str, int], begin: int, fixed: list[_Fixed]) -> None:
    store, role_no, role, slot = place
    turnover = load("people")["annual_turnover"][role]
    today, turn, waiting = begin, 0, list(fixed)
    while today <= config.through:
        if waiting and today - 1 <= waiting[0].since <= today + _GAP:
            today = waiting[0].since
        key = (store, role_no, slot, turn)
        earlier = int(200 + 3200 * hiring.draw("tenure_before", *key)) if turn == 0 else 0
        if waiting and waiting[0].since <= today:
            entry = waiting.pop(0)
            person, until = hiring.known(store, entry, max(entry.since, today - earlier)), entry.until
        else:
            left = -np.log(1.0 - hiring.draw("tenure", *key)) / turnover * _YEAR if turnover else FOREVER
            until = int(min(today + 60 + left, FOREVER))
            until = min(until, waiting[0].since - 2) if waiting else until
            person = hiring.stranger(store, today - earlier, key)
        if person is not None and until >= today:
            people.spells.append(Spell(person, store, role, slot, today, until))
        today = max(until + 1, waiting[0].since if waiting and until < today else 0)
        turn += 1
    for entry in (e for e in waiting if e.skipped):  # keeps everybody's number when a story is off
        hiring.known(store, entry, entry.since)


def _add_house(people: People, hiring: _Hiring, store: int, begin: int) -> None:
    numbers = []
    for first, last in load("people")["house"]:
        people.persons.append(Person(hiring.next_id(store), first, last, begin, is_house=True))
        numbers.append(len(people.persons) - 1)
        people.spells.append(Spell(numbers[-1], store, "house", 0, begin, FOREVER))
    people.house.append((numbers[0], numbers[1]))


def _tech_levels(people: People, hiring: _Hiring) -> None:
    for spell in people.spells:
        if spell.role == "tech":
            draw = hiring.draw("tech_level", spell.person)
            people.persons[spell.person].tech_level = ("A", "B", "C")[int(draw * 3)]


def _fill_grid(config: Config, people: People, role: str) -> None:
    counts = np.array([s["staff"].get(role, 0) for s in config.stores], dtype=np.int64)
    size = len(people.calendar.days)
    grid = np.full((len(counts), size, max(int(counts.max()), 1)), -1, dtype=np.int64)
    for spell in people.spells:
        if spell.role != role:
            continue
        low, high = spell.since - people.calendar.first, min(spell.until, FOREVER) - people.calendar.first + 1
        grid[spell.store, max(low, 0) : max(high, 0), spell.slot] = spell.person
    people.grid[role] = _carry(grid)
    people.slots[role] = counts


def _carry(grid: Ints) -> Ints:
    """Close gaps with the holder before, or at the beginning with the first one."""
    index = np.arange(grid.shape[1])[None, :, None]
    last = np.maximum.accumulate(np.where(grid >= 0, index, -1), axis=1)
    first = np.argmax(grid >= 0, axis=1)[:, None, :]
    chosen = np.where(last >= 0, last, first)
    return np.asarray(np.take_along_axis(grid, chosen, axis=1))
