"""Leads, touches, appointments and showroom visits."""

from __future__ import annotations

import numpy as np

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import day_number, load
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.disposals import USED
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream, repeat_index, take
from vendora_graph.warehouse.demo.world import World

LEAD_BASE = 700_001
OPEN, APPT, SHOWN, SOLD, LOST, BAD = range(6)
STATUSES = ("open", "appt_set", "shown", "sold", "lost", "bad")
CHANNELS = ("internet", "phone", "walk_in", "chat", "service_drive", "repeat")
_LEAD_SHARE, _DUPLICATES, _OPEN_DAYS = 0.27, 0.245, 35
_STORE_OPEN, _STORE_CLOSE = 9, 19
_THIRD_PARTY = (1, 2, 3)


def make_leads(world: World) -> Columns:
    """Every CRM record; links the deals that came from a lead (`deals["lead"]`)."""
    leads = _originals(world)
    rng = Stream(world.config.seed, "lead")
    _describe(world, rng, leads)
    leads = _with_duplicates(world, rng, leads)
    _respond(world, rng, leads)
    world.deals["lead"] = np.zeros(len(world.deals["key"]), dtype=np.int64)
    sold = (leads["deal"] >= 0) & ~leads["duplicate"]
    world.deals["lead"][leads["deal"][sold]] = leads["lead_id"][sold]
    return leads


def _originals(world: World) -> Columns:
    config, d, u, calendar = world.config, world.deals, world.units, world.calendar
    rng = Stream(config.seed, "lead")
    retail = np.flatnonzero((u["group"] <= USED) & rng.chance("has_lead", u["key"], _LEAD_SHARE))
    lag = np.clip(np.rint(rng.lognormal("lag", u["key"][retail], 8.5, 1.2)), 0, 150).astype(np.int64)
    created = u["contract"][retail] - lag
    keep = (created >= config.start) & (created <= config.through)
    retail, created = retail[keep], created[keep]
    deal_of = np.full(len(u["key"]), -1, dtype=np.int64)
    main = np.flatnonzero((d["twin"] == 0) & (d["booked"] != NEVER))
    deal_of[d["unit"][main]] = main
    parts: list[Columns] = [
        {"key": u["key"][retail] * 10 + 9, "store": u["store"][retail], "created": created, "deal": deal_of[retail], "unit": retail}
    ]
    days = np.arange(config.start, config.through + 1, dtype=np.int64)
    for store, settings in enumerate(config.stores):
        since = day_number(settings["opened_date"])
        spread = 0.6 / 30.4 + 0.4 * calendar.sales_weight[store, calendar.at(days)]
        key = (store + 1) * 100_000 + days
        row, number = repeat_index(rng.poisson("count", key, settings["leads"] * 1.48 * spread * (days >= since)))
        none = np.full(len(row), -1, dtype=np.int64)
        parts.append(
            {"key": 10**13 + key[row] * 1000 + number, "store": np.full(len(row), store), "created": days[row], "deal": none, "unit": none}
        )
    leads = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    leads = take(leads, np.lexsort((leads["key"], leads["created"])))
    leads["lead_id"] = LEAD_BASE + np.arange(len(leads["key"]), dtype=np.int64)
    return leads


def _describe(world: World, rng: Stream, leads: Columns) -> None:
    key = leads["key"]
    sources = load("finance")["lead_sources"]
    sold_weights = [s[4] * s[6] for s in sources]
    will_buy = leads["unit"] >= 0
    leads["source"] = np.where(will_buy, rng.pick("source_sold", key, sold_weights), rng.pick("source", key, [s[4] for s in sources]))
    second = rng.integers("second", key, 0, arrow.DAY_SECONDS - 1)
    office = 9 * 3600 + rng.integers("office", key, 0, 11 * 3600)
    leads["at"] = leads["created"] * arrow.DAY_SECONDS + np.where(rng.chance("day", key, 0.68), office, second)
    models = load("models")["models"]
    model = np.where(will_buy, world.units["model"][leads["unit"]], rng.pick("model", key, [m[7] + m[6] * 0.4 for m in models]))
    leads["model"] = model
    kind = world.units["vehicle_class"][leads["unit"]]
    independent = np.array([s["franchise_type"] == "independent" for s in world.config.stores])[leads["store"]]
    leads["kind"] = np.where(will_buy, np.minimum(kind, 1), np.where(independent | rng.chance("used", key, 0.5), 1, 0))
    done = leads["deal"] >= 0
    leads["bad"] = ~will_buy & rng.chance("bad", key, 0.05)
    leads["contact"] = (done | rng.chance("contact", key, 0.62)) & ~leads["bad"]
    leads["appointment"] = leads["contact"] & (rng.chance("appt", key, np.where(done, 0.78, 0.42)))
    leads["customer"] = np.where(done, world.deals["customer"][leads["deal"]], 3_000_000 + leads["lead_id"] - LEAD_BASE)
    leads["duplicate"] = np.zeros(len(key), dtype=np.bool_)
    leads["master"] = leads["lead_id"]
    leads["assigned"] = world.people.assign("sales", leads["store"], leads["created"], rng.u("assigned", key))
    mine = np.where(done, world.deals["salesperson"][leads["deal"]], leads["assigned"])
    leads["assigned"] = mine


def _with_duplicates(world: World, rng: Stream, leads: Columns) -> Columns:
    config, key = world.config, leads["key"]
    plain = rng.chance("duplicate", key, _DUPLICATES)
    chosen = [np.flatnonzero(plain)]
    story = config.story("duplicate_leads")
    if story:
        from_feed = (
            (leads["store"] == config.store_no(story["store"])) & (leads["created"] >= day_number(story["from"])) & (leads["source"] == 0)
        )
        chosen.append(np.flatnonzero(from_feed & rng.chance("feed", key, story["share"])))
    parts = [leads]
    for number, rows in enumerate(chosen):
        copy = take(leads, rows)
        copy["lead_id"] = copy["lead_id"] + 1_000_000 * (number + 1)
        copy["key"] = copy["key"] + 10**15 * (number + 1)
        later = rng.integers("later", copy["key"], 120, 3 * 86_400)
        copy["at"] = np.minimum(copy["at"] + later, (config.through + 1) * arrow.DAY_SECONDS - 60)
        copy["created"] = copy["at"] // arrow.DAY_SECONDS
        copy["source"] = np.array(_THIRD_PARTY)[rng.integers("third", copy["key"], 0, 2)]
        copy["duplicate"] = np.ones(len(rows), dtype=np.bool_)
        copy["master"] = leads["lead_id"][rows]
        copy["deal"] = np.full(len(rows), -1, dtype=np.int64)
        copy["appointment"] = np.zeros(len(rows), dtype=np.bool_)
        parts.append(copy)
    return {name: np.concatenate([p[name] for p in parts]) for name in leads}


def _respond(world: World, rng: Stream, leads: Columns) -> None:
    key, through = leads["key"], world.config.through
    clock = leads["at"] % arrow.DAY_SECONDS // 3600
    day = leads["at"] // arrow.DAY_SECONDS
    selling = world.calendar.sales_open[leads["store"], world.calendar.at(day)]
    leads["office"] = selling & (clock >= _STORE_OPEN) & (clock < _STORE_CLOSE)
    slow = rng.chance("slow", key, 0.06)
    minutes = rng.lognormal("minutes", key, np.where(slow, 1500.0, 17.0), 1.15)
    speed = 1 + 0.35 * np.abs(rng.normal("speed", leads["assigned"]))
    leads["business"] = np.clip(np.rint(minutes * speed), 1, 6000).astype(np.int64)
    next_day = world.calendar.next_sales_day(leads["store"], day + (clock >= _STORE_CLOSE))
    opening = np.where(leads["office"], leads["at"], next_day * arrow.DAY_SECONDS + _STORE_OPEN * 3600)
    human = np.maximum(opening, leads["at"]) + leads["business"] * 60
    leads["human"] = np.where((human // arrow.DAY_SECONDS <= through) & ~leads["bad"], human, NEVER)
    leads["auto"] = rng.chance("auto", key, 0.60) & (leads["source"] != len(CHANNELS))
    early = rng.chance("show", key, 0.64)
    done = leads["deal"] >= 0
    due = leads["created"] + 1 + rng.integers("appt_day", key, 0, 6)
    sale_day = world.deals["contract"][leads["deal"]]
    leads["scheduled"] = np.where(done, np.maximum(sale_day - rng.integers("before", key, 0, 2), leads["created"]), due)
    leads["show"] = leads["appointment"] & (leads["scheduled"] <= through) & (early | done)
    old = leads["created"] < through - _OPEN_DAYS
    status = np.where(old, LOST, np.where(leads["show"], SHOWN, np.where(leads["appointment"], APPT, OPEN)))
    leads["status"] = np.where(leads["bad"], BAD, np.where(done, SOLD, status))


def months_of(world: World) -> Ints:
    """First days of the months begun in the data."""
    calendar, config = world.calendar, world.config
    inside = (calendar.days >= config.start) & (calendar.days <= config.through)
    return np.unique(calendar.month[inside])
