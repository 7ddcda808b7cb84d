"""Tables of leads, touches, appointments and showroom visits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import day_number, load
from vendora_graph.warehouse.demo.crm import CHANNELS, LOST, STATUSES, months_of
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.rng import Bools, Columns, Stream, repeat_index
from vendora_graph.warehouse.demo.world import World

_SOLD, _FIRST, _LOST, _AGAIN = range(4)
"""Kinds of showroom visit: the one that sold, one before it, one that sold nothing, and that one's be-back."""

_CREDITED_DAYS = 90  # a sale this long after the lead is still its


def crm_tables(world: World, leads: Columns) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "lead", _lead(world, leads)
    yield "lead_activity", _activity(world, leads)
    yield "appointment", _appointment(world, leads)
    yield "showroom_visit", _visits(world)
    yield "lead_source_cost", _source_cost(world)


def _lead(world: World, leads: Columns) -> pa.Table:
    rng, key = Stream(world.config.seed, "lead"), leads["key"]
    sources = load("finance")["lead_sources"]
    channels = np.array([CHANNELS.index(s[3]) for s in sources])[leads["source"]]
    answered = leads["human"] != NEVER
    first = np.where(leads["auto"], leads["at"] + 45, leads["human"])
    deal = np.maximum(leads["deal"], 0)
    sold = leads["deal"] >= 0
    sold_day = np.where(sold, world.deals["booked"][deal], NEVER)
    minutes = (leads["human"] - leads["at"]) // 60
    bdc = world.people.assign("bdc", leads["store"], leads["created"], rng.u("bdc", key))
    flags: dict[str, Bools] = {
        "is_auto_response_first": leads["auto"],
        "is_business_hours": leads["office"],
        "is_duplicate": leads["duplicate"],
        "is_unique_lead": ~leads["duplicate"] & ~leads["bad"],
        "has_contact": leads["contact"],
        "has_appointment": leads["appointment"],
        "has_show": leads["show"],
        "is_sold_90d": sold & (sold_day - leads["created"] <= _CREDITED_DAYS),
    }
    models = [str(m[1]) for m in load("models")["models"]]
    return arrow.table(
        {
            "lead_id": arrow.big(leads["lead_id"]),
            "dealership_id": world.store_column(leads["store"]),
            "customer_id": arrow.big(leads["customer"]),
            "created_date": arrow.day(leads["created"]),
            "created_ts": arrow.stamp(leads["at"]),
            "lead_channel": arrow.code(channels, CHANNELS),
            "lead_source_id": arrow.code(leads["source"], [s[0] for s in sources]),
            "vehicle_interest_class": arrow.code(leads["kind"], ("new", "used")),
            "model_interest": arrow.code(leads["model"], models),
            "lead_status": arrow.code(leads["status"], STATUSES),
            "assigned_to": world.person_column(leads["assigned"]),
            "bdc_rep_id": world.person_column(np.where(rng.chance("has_bdc", key, 0.8), bdc, -1)),
            "first_response_ts": arrow.stamp(first, leads["auto"] | answered),
            "first_human_response_ts": arrow.stamp(leads["human"], answered),
            "response_minutes": arrow.small(minutes, answered),
            "business_response_minutes": arrow.small(leads["business"], answered),
            **{name: arrow.flag(values) for name, values in flags.items()},
            "master_lead_id": arrow.big(leads["master"]),
            "lost_reason": arrow.code(rng.integers("lost", key, 0, 5), load("finance")["lost_reasons"], leads["status"] == LOST),
            "sold_deal_id": arrow.big(world.deals["deal_id"][deal], sold),
            "sold_date": arrow.day(sold_day, sold),
        }
    )


def _activity(world: World, leads: Columns) -> pa.Table:
    rng, through = Stream(world.config.seed, "lead_activity"), world.config.through
    row, number = repeat_index(rng.integers("count", leads["key"], 1, 6))
    key = leads["key"][row] * 8 + number
    automatic = leads["auto"][row] & (number == 0)
    gap = np.where(number == 0, 0, number * 86_400 + rng.integers("gap", key, 0, 40_000))
    human = np.where(leads["human"][row] == NEVER, leads["at"][row] + 7200, leads["human"][row])
    at = np.where(automatic, leads["at"][row] + 45, human + gap)
    keep = at // arrow.DAY_SECONDS <= through
    row, number, key, automatic, at = row[keep], number[keep], key[keep], automatic[keep], at[keep]
    kind = rng.pick("type", key, [0.42, 0.25, 0.25, 0.03, 0.05])
    inbound = (number > 0) & leads["contact"][row] & rng.chance("inbound", key, 0.35)
    return arrow.table(
        {
            "lead_activity_id": arrow.big(np.arange(1, len(key) + 1)),
            "lead_id": arrow.big(leads["lead_id"][row]),
            "dealership_id": world.store_column(leads["store"][row]),
            "activity_date": arrow.day(at // arrow.DAY_SECONDS),
            "activity_ts": arrow.stamp(at),
            "activity_type": arrow.code(np.where(automatic, 2, kind), ("call", "text", "email", "video", "visit")),
            "direction": arrow.code(inbound.astype(np.int64), ("out", "in")),
            "employee_id": world.person_column(np.where(automatic, -1, leads["assigned"][row])),
            "is_automatic": arrow.flag(automatic),
            "outcome": arrow.code(rng.pick("outcome", key, [0.5, 0.2, 0.3]), ("no answer", "reached", "message left")),
        }
    )


def _appointment(world: World, leads: Columns) -> pa.Table:
    """One appointment a lead, and an earlier one that was moved for a tenth of them."""
    rng, through = Stream(world.config.seed, "appointment"), world.config.through
    rows = np.flatnonzero(leads["appointment"] & ~leads["duplicate"])
    set_day = np.minimum(leads["created"][rows] + rng.integers("set", leads["key"][rows], 0, 1), leads["scheduled"][rows])
    rows, set_day = rows[set_day <= through], set_day[set_day <= through]
    moved = np.flatnonzero(rng.chance("moved", leads["key"][rows], 0.10))
    lead, set_on = np.concatenate([rows, rows[moved]]), np.concatenate([set_day, set_day[moved]])
    is_moved = np.arange(len(lead)) >= len(rows)
    key = leads["key"][lead] * 2 + is_moved
    scheduled = leads["scheduled"][lead]
    scheduled = np.where(is_moved, np.maximum(set_on, scheduled - rng.integers("earlier", key, 1, 3)), scheduled)
    sold = (leads["deal"][lead] >= 0) & ~is_moved
    cancelled = ~is_moved & ~sold & ~leads["show"][lead] & rng.chance("cancelled", key, 0.25)
    due = ~is_moved & ~cancelled & (scheduled <= through)
    shown = due & leads["show"][lead]
    at = scheduled * arrow.DAY_SECONDS + rng.integers("slot", key, 18, 37) * 1800
    outcome = np.select([is_moved, cancelled, sold & shown, shown, due], [1, 2, 3, 4, 5], 0)
    identity = 1_000_000 + leads["lead_id"][lead]
    return arrow.table(
        {
            "appointment_id": arrow.big(identity + is_moved * 3_000_000),
            "dealership_id": world.store_column(leads["store"][lead]),
            "lead_id": arrow.big(leads["lead_id"][lead]),
            "appointment_type": arrow.same("sales", len(lead)),
            "set_ts": arrow.stamp(set_on * arrow.DAY_SECONDS + rng.integers("set_at", key, 32_400, 68_400)),
            "set_date": arrow.day(set_on),
            "scheduled_ts": arrow.stamp(at),
            "scheduled_date": arrow.day(scheduled),
            "is_confirmed": arrow.flag(rng.chance("confirmed", key, 0.6)),
            "is_shown": arrow.flag(shown),
            "show_ts": arrow.stamp(at + 600, shown),
            "is_cancelled": arrow.flag(cancelled),
            "is_due": arrow.flag(due),
            "rescheduled_to_id": arrow.big(identity, is_moved),
            "set_by": world.person_column(world.people.assign("bdc", leads["store"][lead], set_on, rng.u("by", key))),
            "outcome": arrow.code(outcome, ("scheduled", "rescheduled", "cancelled", "sold", "shown", "no_show")),
            "sold_deal_id": arrow.big(world.deals["deal_id"][np.maximum(leads["deal"][lead], 0)], sold & shown),
        }
    )


def _visits(world: World) -> pa.Table:
    """Each retail deal has its visit, on a quarter of them after a first one; most visits sell nothing."""
    config, d = world.config, world.deals
    rng = Stream(config.seed, "showroom_visit")
    sold = np.flatnonzero(d["ever_booked"] & (d["twin"] == 0))
    back = rng.chance("be_back", d["key"][sold], 0.22)
    first = sold[back & (d["contract"][sold] - 3 >= config.start)]
    seed_rows, number = repeat_index(rng.poisson("walk", d["key"][sold], np.full(len(sold), 3.0)))
    lost = sold[seed_rows]
    again = np.flatnonzero(rng.chance("again", d["key"][lost] * 64 + number, 0.09))
    deal = np.concatenate([sold, first, lost, lost[again]])
    kind = np.repeat(np.arange(4), [len(sold), len(first), len(lost), len(again)])
    copy = np.concatenate([np.zeros(len(sold) + len(first), dtype=np.int64), number, number[again]])
    key = d["key"][deal] * 256 + copy * 4 + kind
    shift = rng.integers("shift", key, -6, 6)
    day = d["contract"][deal] + np.select([kind == _FIRST, kind == _LOST, kind == _AGAIN], [-3, shift, 7], 0)
    day = world.calendar.next_sales_day(d["store"][deal], np.maximum(day, config.start))
    keep = (day <= config.through) | (kind == _SOLD)
    deal, kind, key, day = deal[keep], kind[keep], key[keep], np.minimum(day[keep], config.through)
    is_back = (kind == _AGAIN) | ((kind == _SOLD) & np.isin(deal, first))
    person = np.where(kind <= _FIRST, d["salesperson"][deal], world.people.assign("sales", d["store"][deal], day, rng.u("who", key)))
    buys = kind == _SOLD
    return arrow.table(
        {
            "showroom_visit_id": arrow.big(np.arange(1, len(deal) + 1)),
            "dealership_id": world.store_column(d["store"][deal]),
            "visit_date": arrow.day(day),
            "visit_ts": arrow.stamp(day * arrow.DAY_SECONDS + rng.integers("at", key, 32_400, 70_200)),
            "lead_id": arrow.big(d["lead"][deal], (d["lead"][deal] > 0) & (kind <= _FIRST)),
            "salesperson_id": world.person_column(person),
            "is_be_back": arrow.flag(is_back),
            "is_demo_drive": arrow.flag(buys & rng.chance("demo_b", key, 0.92) | ~buys & rng.chance("demo", key, 0.52)),
            "is_write_up": arrow.flag(buys | rng.chance("write", key, 0.34)),
            "is_manager_turn": arrow.flag(buys | rng.chance("turn", key, 0.38)),
            "sold_deal_id": arrow.big(d["deal_id"][deal], buys),
        }
    )


def _source_cost(world: World) -> pa.Table:
    sources: list[Any] = load("finance")["lead_sources"]
    months = months_of(world)
    stores = len(world.config.stores)
    store, source, month = (
        g.ravel() for g in np.meshgrid(np.arange(stores), np.arange(len(sources)), np.arange(len(months)), indexing="ij")
    )
    rng = Stream(world.config.seed, "lead_source_cost")
    opened = np.array([day_number(s["opened_date"]) for s in world.config.stores])[store]
    size = np.array([s["leads"] for s in world.config.stores])[store] / 330
    base = np.array([s[5] for s in sources], dtype=float)[source] * size
    key = (store * 64 + source) * 100_000 + months[month]
    cost = (np.rint(base * (0.94 + 0.12 * rng.u("cost", key))) * 100).astype(np.int64)
    keep = (cost > 0) & (months[month] >= opened - 1)
    return arrow.table(
        {
            "dealership_id": world.store_column(store[keep]),
            "lead_source_id": arrow.code(source[keep], [s[0] for s in sources]),
            "month_start": arrow.day(months[month][keep]),
            "source_cost": arrow.money(cost[keep]),
        }
    )
