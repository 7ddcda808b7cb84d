"""Repair orders, their lines, technicians and parts, simulated as columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vendora_graph.warehouse.demo.config import Config, as_date, day_number, load
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.disposals import USED
from vendora_graph.warehouse.demo.rng import Bools, Columns, Floats, Ints, Stream, cents, repeat_index, take
from vendora_graph.warehouse.demo.world import World

RO_BASE = 300_001
CP, WARR, INT = range(3)
PAY_TYPES = ("CP", "WARR", "INT")
SVC, QUICK, BODY = range(3)
DEPARTMENTS = ("SVC", "QUICK", "BODY")
OPEN, COMPLETE, CLOSED, VOID = range(4)
FUTURE_APPOINTMENTS = 14
POOL = 3200
_RATE_YEAR, _RATE_STEP = 2026, 0.04


@dataclass
class Service:
    """Repair orders (`ros`) also some days after the data, lines, technician shares and parts.

    `lines["ro"]`, `techs["line"]`, `parts["line"]` are row numbers; hours in hundredths, money in cents.
    """

    ros: Columns
    lines: Columns
    techs: Columns
    parts: Columns


def make_service(world: World) -> Service:
    """Simulate the service department."""
    ros = _ros(world)
    _owners(world, ros)
    lines = _lines(world, ros)
    _labor(world, ros, lines)
    techs = _techs(world, ros, lines)
    parts = _parts(world, ros, lines)
    return Service(ros, lines, techs, parts)


def door_rate(config: Config, store: Ints, pay: Ints, days: Ints) -> Ints:
    """Posted rate in cents: a step each January."""
    base = np.array([[s["door_rate"][p] for p in PAY_TYPES] for s in config.stores], dtype=float)
    years = np.array([as_date(d).year for d in np.arange(days.min(), days.max() + 1)])[days - days.min()]
    return cents(np.rint(base[store, pay] * (1 + _RATE_STEP * (years - _RATE_YEAR))))


def _ros(world: World) -> Columns:
    config, calendar = world.config, world.calendar
    rng = Stream(config.seed, "repair_order")
    days = np.arange(config.start, config.through + FUTURE_APPOINTMENTS + 1, dtype=np.int64)
    parts: list[Columns] = []
    for store, settings in enumerate(config.stores):
        opened = day_number(settings["opened_date"])
        growth = (1 + 0.012 * (days - config.through) / 365.0) * np.clip(0.5 + (days - opened) / 300, 0, 1) * (days >= opened)
        key = (store + 1) * 100_000 + days
        row, number = repeat_index(rng.poisson("count", key, settings["ros"] * calendar.service_weight[store, calendar.at(days)] * growth))
        parts.append({"key": key[row] * 1000 + number, "store": np.full(len(row), store, dtype=np.int64), "opened": days[row]})
    ros = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    ros = take(ros, np.lexsort((ros["key"], ros["opened"])))
    key = ros["key"]
    ros["ro_id"] = RO_BASE + np.arange(len(key), dtype=np.int64)
    ros["department"] = np.where(
        (ros["store"] == 0) & rng.chance("body", key, 0.03), BODY, np.where(rng.chance("quick", key, 0.17), QUICK, SVC)
    )
    pay = rng.pick("pay", key, [0.61, 0.18, 0.21])
    ros["pay"] = np.where(ros["department"] == BODY, CP, np.where((ros["department"] == QUICK) & (pay == WARR), CP, pay))
    _close(world, rng, ros)
    ros["advisor"] = world.people.assign("svc_advisor", ros["store"], ros["opened"], rng.u("advisor", key))
    return ros


def _close(world: World, rng: Stream, ros: Columns) -> None:
    config, calendar, key = world.config, world.calendar, ros["key"]
    lasts = np.array([0, 1, 2, 4, 14])[rng.pick("lasts", key, [0.77, 0.12, 0.05, 0.04, 0.02])]
    closed = calendar.next_service_day(ros["store"], ros["opened"] + lasts)
    story = config.story("outage_week")
    if story:
        out = (closed >= day_number(story["first"])) & (closed <= day_number(story["last"]))
        moved = day_number(story["booked_from"]) + rng.below("outage", key, np.full(len(key), story["booked_days"]))
        closed = np.where(out, calendar.next_service_day(ros["store"], moved), closed)
    void = rng.chance("void", key, 0.008)
    done = (closed <= config.through) & ~void
    ros["closed"] = np.where(done, closed, NEVER)
    complete = rng.chance("complete", key, 0.3)
    ros["status"] = np.where(void, VOID, np.where(done, CLOSED, np.where(complete, COMPLETE, OPEN)))
    ros["here"] = ros["opened"] <= config.through
    ros["work_day"] = np.where(done, closed, np.minimum(ros["opened"], config.through))


def _owners(world: World, ros: Columns) -> None:
    """Customers and vehicles: sold here, from the neighbourhood, or our own stock."""
    rng = Stream(world.config.seed, "ro_customer")
    key, store = ros["key"], ros["store"]
    pool = rng.integers("pool", key, 0, POOL - 1)
    ros["customer"] = 2_000_000 + store * 10_000 + pool
    ros["vehicle"] = 2_000_000 + store * 10_000 + pool
    ros["sold_here"] = np.zeros(len(key), dtype=np.bool_)
    world.units["recon_ro"] = np.zeros(len(world.units["key"]), dtype=np.int64)
    d = world.deals
    loyal = d["is_retail"] & rng.chance("loyal", d["deal_id"], 0.62)
    for number in range(len(world.config.stores)):
        sold = np.flatnonzero(loyal & (d["store"] == number))
        sold = sold[np.argsort(d["contract"][sold], kind="stable")]
        mine = np.flatnonzero((store == number) & (ros["pay"] != INT) & rng.chance("sold_here", key, 0.42))
        before = np.searchsorted(d["contract"][sold], ros["opened"][mine] - 20)
        mine, before = mine[before > 0], before[before > 0]
        chosen = sold[rng.below("which", key[mine], before)]
        ros["customer"][mine], ros["sold_here"][mine] = d["customer"][chosen], True
        ros["vehicle"][mine] = 1 + world.units["vehicle_row"][d["unit"][chosen]]
        _own_stock(world, ros, number)


def _own_stock(world: World, ros: Columns, store: int) -> None:
    """Internal ROs: used units get the first one after they arrive, the rest prepare new ones."""
    u = world.units
    own = np.flatnonzero((ros["store"] == store) & (ros["pay"] == INT) & ros["here"])
    ros["customer"][own] = 31 + store
    arrived = np.flatnonzero((u["store"] == store) & (u["arrived"] <= world.config.through))
    arrived = arrived[np.argsort(u["arrived"][arrived], kind="stable")]
    place = np.clip(np.searchsorted(u["arrived"][arrived], ros["opened"][own], side="right") - 1 - ros["key"][own] % 12, 0, None)
    ros["vehicle"][own] = 1 + u["vehicle_row"][arrived[place]]
    used = arrived[(u["recon_estimate"][arrived] > 0) & (u["group"][arrived] == USED) & (u["arrived"][arrived] >= world.config.start)]
    step = np.arange(len(used))
    slot = step + np.maximum.accumulate(np.searchsorted(ros["opened"][own], u["arrived"][used]) - step)
    fits = slot < len(own)
    ros["vehicle"][own[slot[fits]]] = 1 + u["vehicle_row"][used[fits]]
    u["recon_ro"][used[fits]] = ros["ro_id"][own[slot[fits]]]


def _lines(world: World, ros: Columns) -> Columns:
    rng = Stream(world.config.seed, "ro_line")
    here = np.flatnonzero(ros["here"])
    key = ros["key"][here]
    count = 1 + rng.pick("count", key, [0.38, 0.30, 0.17, 0.10, 0.05])
    row, number = repeat_index(np.where(ros["department"][here] == BODY, 1, count))
    lines: Columns = {"ro": here[row], "number": number}
    ro = lines["ro"]
    lines["key"] = ros["key"][ro] * 8 + number
    other = rng.pick("other_pay", lines["key"], [0.62, 0.2, 0.18])
    stays = (number == 0) | rng.chance("same_pay", lines["key"], 0.33) | (ros["department"][ro] == BODY)
    lines["pay"] = np.where(stays, ros["pay"][ro], other)
    ops = load("service")["ops"]
    op = np.zeros(len(ro), dtype=np.int64)
    for pay in (CP, WARR, INT):
        op = np.where(lines["pay"] == pay, rng.pick(f"op_{pay}", lines["key"], [o[6 + pay] for o in ops]), op)
    lines["op"] = np.where(ros["department"][ro] == BODY, len(ops) - 1, op)
    lines["declined"] = (lines["pay"] == CP) & (number > 0) & rng.chance("declined", lines["key"], 0.05)
    lines["upsell"] = (lines["pay"] == CP) & (number > 0) & rng.chance("upsell", lines["key"], 0.34)
    lines["comeback"] = (lines["pay"] != INT) & rng.chance("comeback", lines["key"], 0.018)
    return lines


def _hours_factor(world: World, ros: Columns, ro: Ints) -> Floats:
    """Advisors differ; after two of them left, the store writes fewer hours."""
    rng = Stream(world.config.seed, "advisor")
    advisor = ros["advisor"][ro]
    factor = np.array([s["hours_per_line"] for s in world.config.stores])[ros["store"][ro]] * (1 + 0.06 * rng.normal("skill", advisor))
    story = world.config.story("advisors_left")
    if story:
        names = {"Tyler Munoz", "Kayla Frost"}
        new = np.array([f"{p.first} {p.last}" in names for p in world.people.persons])[advisor]
        late = (ros["store"][ro] == world.config.store_no(story["store"])) & (ros["opened"][ro] >= day_number(story["from"]))
        factor = factor * np.where(late, np.where(new, story["hours_factor_new"], story["hours_factor_rest"]), 1.0)
    return factor


def _labor(world: World, ros: Columns, lines: Columns) -> None:
    rng = Stream(world.config.seed, "ro_line")
    ops = load("service")["ops"]
    key, ro, op, pay = lines["key"], lines["ro"], lines["op"], lines["pay"]
    store, live = ros["store"][ro], ~lines["declined"]
    factor = np.where(pay == CP, _hours_factor(world, ros, ro), 0.72)
    standard = np.array([o[3] for o in ops])[op]
    billed = np.rint(standard * 100 * factor * np.exp(0.25 * rng.normal("hours", key))).astype(np.int64) * live
    lines["posted_rate"] = door_rate(world.config, store, pay, ros["work_day"][ro])
    menu = np.array([o[4] or 0.0 for o in ops])[op]
    elr = np.array([s["cp_elr_share"] for s in world.config.stores])[store]
    elr = np.where(pay == CP, elr, 0.97) * (1 + 0.05 * rng.normal("elr", key))
    hourly = billed * lines["posted_rate"] / 10_000 * elr
    years = (ros["opened"][ro] - world.config.through) / 365.0
    labor = np.where((menu > 0) & (pay == CP), menu * 0.86 * factor * (1 + 0.03 * years) * (1 + 0.1 * rng.normal("menu", key)), hourly)
    labor = np.where((billed == 0) & live, 12.0, labor) * live
    discounted = (pay == CP) & rng.chance("discount", key, 0.12) & live
    lines["discount"] = np.where(discounted, cents(labor * 0.08), 0)
    lines["labor"] = np.maximum(cents(labor) - lines["discount"], 0)
    lines["billed"] = billed
    cp_rate = np.array([s["door_rate"]["CP"] for s in world.config.stores])[store]
    lines["labor_cost"] = cents(billed / 100 * cp_rate * 0.245 * (0.93 + 0.14 * rng.u("labor_cost", key)))
    lines["parts_basis"] = np.maximum(labor, 25.0) * np.array([o[5] for o in ops])[op] * live


def _techs(world: World, ros: Columns, lines: Columns) -> Columns:
    rng = Stream(world.config.seed, "ro_line_tech")
    worked = np.flatnonzero(~lines["declined"] & (ros["status"][lines["ro"]] != VOID))
    two = rng.chance("two", lines["key"][worked], 0.07) & (lines["billed"][worked] > 50)  # noqa: PLR2004
    row, number = repeat_index(1 + two.astype(np.int64))
    line = worked[row]
    ro = lines["ro"][line]
    key = lines["key"][line] * 2 + number
    half = lines["billed"][line] // 2
    split = two[row]
    flagged = np.where(~split, lines["billed"][line], np.where(number == 0, half, lines["billed"][line] - half))
    who = world.people.assign("tech", ros["store"][ro], ros["work_day"][ro], rng.u("tech", key))
    speed = np.clip(1.10 + 0.12 * rng.normal("speed", who), 0.85, 1.4)
    clocked = np.rint(flagged / speed).astype(np.int64)
    cost = lines["labor_cost"][line]
    first = np.where(split, cost // 2, cost)
    return {
        "line": line,
        "number": number,
        "person": who,
        "flagged": flagged,
        "clocked": clocked,
        "cost": np.where(number == 0, first, cost - cost // 2),
    }


def _parts(world: World, ros: Columns, lines: Columns) -> Columns:
    rng = Stream(world.config.seed, "ro_part")
    sale = cents(lines["parts_basis"] * np.exp(0.2 * rng.normal("sale", lines["key"])) * 0.94)
    line = np.flatnonzero(sale > 300)  # noqa: PLR2004
    row, number = repeat_index(1 + rng.pick("count", lines["key"][line], [0.45, 0.35, 0.2]))
    rows = line[row]
    key = lines["key"][rows] * 4 + number
    weight = 0.5 + rng.u("weight", key)
    total = np.bincount(rows, weight, minlength=len(sale))[rows]
    share = np.rint(sale[rows] * weight / total).astype(np.int64)
    pay = lines["pay"][rows]
    ratio = np.array([0.585, 0.69, 0.72])[pay] * (0.95 + 0.1 * rng.u("cost", key))
    part = part_numbers(rng, key, ros["store"][lines["ro"][rows]])
    lines["parts_sale"] = np.bincount(rows, share, minlength=len(sale)).astype(np.int64)
    cost = np.rint(share * ratio).astype(np.int64)
    lines["parts_cost"] = np.bincount(rows, cost, minlength=len(sale)).astype(np.int64)
    special: Bools = rng.chance("special", key, 0.06)
    return {"line": rows, "number": number, "key": key, "part": part, "sale": share, "cost": cost, "special": special}


PARTS_PER_STORE = 2400


def part_numbers(rng: Stream, key: Ints, store: Ints) -> Ints:
    """Part ids: a few sell often, many hardly ever."""
    moving = PARTS_PER_STORE * 0.86
    return 1 + store * PARTS_PER_STORE + np.floor(np.power(rng.u("part", key), 2.6) * moving).astype(np.int64)
