"""Employee tables, pay and headcount. Small: written person by person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import as_date, day_number, load, month_start
from vendora_graph.warehouse.demo.crm import months_of
from vendora_graph.warehouse.demo.people import FOREVER, Spell
from vendora_graph.warehouse.demo.rng import Ints, Stream
from vendora_graph.warehouse.demo.world import World


def staff_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    last = _last_spells(world)
    yield "employee", _employee(world, last)
    yield "employee_alias", _alias(world, last)
    yield "employee_history", _history(world)
    yield "pay_plan", _pay_plan(world)
    months = months_of(world)
    yield "payroll", _payroll(world, months)
    yield "headcount_month", _headcount(world, months)


def _last_spells(world: World) -> list[Spell]:
    latest: dict[int, Spell] = {}
    for spell in world.people.spells:
        if spell.since <= world.config.through and (spell.person not in latest or spell.since > latest[spell.person].since):
            latest[spell.person] = spell
    return [latest[person] for person in sorted(latest)]


def _employee(world: World, last: list[Spell]) -> pa.Table:
    persons, through = world.people.persons, world.config.through
    departments = load("people")["department"]
    who = [persons[s.person] for s in last]
    until = np.array([s.until for s in last], dtype=np.int64)
    return arrow.table(
        {
            "employee_id": arrow.text([p.employee_id for p in who]),
            "first_name": arrow.text([p.first for p in who]),
            "last_name": arrow.text([p.last for p in who]),
            "full_name": arrow.text([f"{p.first} {p.last}" if not p.is_house else p.last for p in who]),
            "dealership_id": world.store_column(np.array([s.store for s in last])),
            "department_id": arrow.text([departments[s.role] for s in last]),
            "role": arrow.text([s.role for s in last]),
            "hire_date": arrow.day(np.array([p.hire for p in who])),
            "term_date": arrow.day(until, until <= through),
            "tech_level": arrow.text([p.tech_level for p in who]),
            "is_house": arrow.flag(np.array([p.is_house for p in who])),
            "is_active": arrow.flag((until > through) & ~np.array([p.is_house for p in who])),
        }
    )


def _alias(world: World, last: list[Spell]) -> pa.Table:
    nicknames = load("people")["nicknames"]
    rows: list[tuple[str, int, str, str]] = []
    for spell in last:
        person = world.people.persons[spell.person]
        if person.is_house:
            rows.append((person.employee_id, spell.store, person.last.lower(), "nickname"))
            continue
        rows.append((person.employee_id, spell.store, str(4000 + int(person.employee_id[1:]) * 3), "dms_no"))
        rows.append((person.employee_id, spell.store, person.first[0] + person.last[0], "initials"))
        if person.first in nicknames:
            rows.append((person.employee_id, spell.store, nicknames[person.first], "nickname"))
    return arrow.table(
        {
            "employee_id": arrow.text([r[0] for r in rows]),
            "dealership_id": world.store_column(np.array([r[1] for r in rows])),
            "alias": arrow.text([r[2] for r in rows]),
            "alias_type": arrow.text([r[3] for r in rows]),
        }
    )


def _history(world: World) -> pa.Table:
    persons, through = world.people.persons, world.config.through
    spells = [s for s in world.people.spells if s.since <= through]
    until = np.array([s.until for s in spells], dtype=np.int64)
    return arrow.table(
        {
            "employee_id": arrow.text([persons[s.person].employee_id for s in spells]),
            "dealership_id": world.store_column(np.array([s.store for s in spells])),
            "role": arrow.text([s.role for s in spells]),
            "from_date": arrow.day(np.array([s.since for s in spells])),
            "to_date": arrow.day(until, until <= through),
        }
    )


def _pay_plan(world: World) -> pa.Table:
    roles, pay = load("people")["monthly_pay"], []
    for store, settings in enumerate(world.config.stores):
        for role, amount in roles.items():
            if settings["staff"].get(role, 0):
                pay += [(store, role, tier, amount) for tier in (1, 2, 3)]
    tier = np.array([p[2] for p in pay], dtype=np.int64)
    amount = np.array([p[3] for p in pay], dtype=np.int64)
    since = min(world.config.start, day_number("2023-01-01"))
    return arrow.table(
        {
            "pay_plan_id": arrow.big(np.arange(1, len(pay) + 1)),
            "dealership_id": world.store_column(np.array([p[0] for p in pay])),
            "role": arrow.text([p[1] for p in pay]),
            "tier_no": arrow.small(tier),
            "pct_of_gross": arrow.decimal(1400 + tier * 300, 6, 4),
            "monthly_draw": arrow.money(amount * 40),
            "spiff": arrow.money(tier * 10_000),
            "effective_from": arrow.day(np.full(len(pay), since)),
            "effective_to": arrow.day(np.full(len(pay), since), np.zeros(len(pay), dtype=np.bool_)),
        }
    )


def _payroll(world: World, months: Ints) -> pa.Table:
    """Pay of complete months, by the days employed."""
    data, through = load("people"), world.config.through
    ends = np.append(months[1:], day_number(month_start(as_date(through), -1)))
    rng = Stream(world.config.seed, "payroll")
    rows: dict[tuple[int, int], list[Any]] = {}
    for spell in world.people.spells:
        if spell.role == "house":
            continue
        days = np.minimum(ends, min(spell.until, FOREVER) + 1) - np.maximum(months, spell.since)
        for month in np.flatnonzero((days > 0) & (ends - 1 <= through)):
            part = float(days[month]) / float(ends[month] - months[month])
            row = rows.setdefault((spell.person, int(month)), [spell.store, spell.role, 0.0])
            row[0], row[1], row[2] = spell.store, spell.role, row[2] + part
    keys = np.array([p * 1000 + int(months[m]) // 28 for p, m in rows], dtype=np.int64)
    share = np.array([r[2] for r in rows.values()])
    base = np.array([data["monthly_pay"][r[1]] for r in rows.values()], dtype=float)
    pay = np.rint(base * share * (0.85 + 0.3 * rng.u("pay", keys)) * 100).astype(np.int64)
    variable = np.array([r[1] in ("sales", "fi_mgr", "sales_mgr", "used_mgr", "svc_advisor") for r in rows.values()])
    return arrow.table(
        {
            "dealership_id": world.store_column(np.array([r[0] for r in rows.values()], dtype=np.int64)),
            "employee_id": world.person_column(np.array([p for p, _ in rows], dtype=np.int64)),
            "month_start": arrow.day(months[np.array([m for _, m in rows], dtype=np.int64)]),
            "department_id": arrow.text([data["department"][r[1]] for r in rows.values()]),
            "gross_pay": arrow.money(pay),
            "commission": arrow.money(np.where(variable, pay * 60 // 100, 0)),
            "hours_paid": arrow.hours(np.rint(share * 17_300).astype(np.int64)),
        }
    )


def _headcount(world: World, months: Ints) -> pa.Table:
    """Heads at the end of each month (or of the data), with hires and terminations of the month."""
    data, through = load("people"), world.config.through
    ends = np.minimum(np.append(months[1:], through + 1) - 1, through)
    counts: dict[tuple[int, str], Ints] = {}
    for spell in world.people.spells:
        if spell.role == "house":
            continue
        cell = counts.setdefault((spell.store, spell.role), np.zeros((3, len(months)), dtype=np.int64))
        cell[0] += (spell.since <= ends) & (spell.until > ends)
        cell[1] += (spell.since >= months) & (spell.since <= ends) & (spell.since == world.people.persons[spell.person].hire)
        cell[2] += (spell.until >= months) & (spell.until <= ends)
    rows = [(store, role, m, cell[:, m]) for (store, role), cell in counts.items() for m in range(len(months)) if cell[:, m].any()]
    return arrow.table(
        {
            "dealership_id": world.store_column(np.array([r[0] for r in rows])),
            "department_id": arrow.text([data["department"][r[1]] for r in rows]),
            "role": arrow.text([r[1] for r in rows]),
            "month_start": arrow.day(months[np.array([r[2] for r in rows])]),
            "headcount": arrow.small(np.array([r[3][0] for r in rows])),
            "hires": arrow.small(np.array([r[3][1] for r in rows])),
            "terminations": arrow.small(np.array([r[3][2] for r in rows])),
        }
    )
