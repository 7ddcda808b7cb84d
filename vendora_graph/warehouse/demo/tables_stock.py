"""Inventory tables: units, prices, daily snapshot, floorplan, reconditioning."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import FUTURE_DAYS
from vendora_graph.warehouse.demo.disposals import DEMO, SOURCES, TRANSFER, USED, WHOLESALE
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream, repeat_index
from vendora_graph.warehouse.demo.tables_deal import CLASSES, models_column
from vendora_graph.warehouse.demo.units import MARKDOWN_DAYS, STEPS, asking, markdowns
from vendora_graph.warehouse.demo.world import World

STATES = ("in_transit", "in_recon", "frontline", "hold", "sold", "wholesaled", "transferred")
_FRONTLINE, _HOLD = 2, 3
BUCKETS = ("0-30", "31-45", "46-60", "61-90", "90+")
_EDGES = np.array([31, 46, 61, 91])
_MARKET_STEP = 24
RATES = ((0, 0.0795), (20_270, 0.0745), (20_450, 0.0690))  # (day from, yearly floorplan rate)


def stock_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    world.units["left"] = _left(world)
    yield "inventory_unit", _units(world)
    yield "price_change", _price_changes(world)
    yield "inventory_snapshot", _snapshot(world)
    yield "floorplan_interest", _floorplan(world)
    yield "recon_work", _recon(world)


def _left(world: World) -> Ints:
    """Day each unit left stock; after the data end while it is still there."""
    u, d = world.units, world.deals
    left = u["contract"].copy()
    main = d["twin"] == 0
    left[d["unit"][main]] = d["contract"][main]
    waits = np.flatnonzero((u["group"] == TRANSFER) & (u["contract"] <= world.config.through))
    if len(waits):  # one transfer is on the truck on the last day: still in transit at the receiver
        last = waits[np.argmax(u["contract"][waits])]
        u["arrived"][u["link"][last]] = world.config.through + 1
        u["acquired"][u["link"][last]] = world.config.through
        left[last] = world.config.through
        u["contract"][last] = world.config.through
        left[u["link"][last]] = np.maximum(left[u["link"][last]], world.config.through + 20)
    return left


def _status(world: World, rows: Ints, days: Ints) -> Ints:
    u = world.units
    status = np.where(days < u["arrived"][rows], 0, np.where(days < u["ready"][rows], 1, _FRONTLINE))
    return np.where((days >= u["left"][rows] - 2) & (status == _FRONTLINE), _HOLD, status)


def _units(world: World) -> pa.Table:
    u, through = world.units, world.config.through
    gone = u["left"] <= through
    rows = np.arange(len(u["key"]))
    final = np.where(u["group"] == WHOLESALE, 5, np.where(u["group"] >= TRANSFER, 6, 4))
    here = u["arrived"] <= through
    ready = (u["ready"] <= through) & here
    start = np.where(u["is_new"], u["acquired"], u["arrived"])
    principal = np.where(u["is_new"], u["acquisition_cost"], u["acquisition_cost"] * 85 // 100)
    day = np.minimum(through, u["left"])
    spent = np.where(u["recon_estimate"] > 0, u["recon_estimate"] * ready, 0) + u["late_recon"]
    return arrow.table(
        {
            "inventory_unit_id": arrow.big(u["unit_id"]),
            "dealership_id": world.store_column(u["store"]),
            "stock_no": arrow.joined(arrow.code(u["vehicle_class"], ("N", "U", "C", "X", "L")), arrow.numbered("", u["unit_id"] - 480_000)),
            "vehicle_id": arrow.big(1 + u["vehicle_row"]),
            "vehicle_class": arrow.code(u["vehicle_class"], CLASSES),
            "make": models_column(u["model"], 0),
            "model": models_column(u["model"], 1),
            "model_year": arrow.small(u["model_year"]),
            "fuel": models_column(u["model"], 4),
            "acquired_date": arrow.day(u["acquired"]),
            "acquisition_source": arrow.code(u["source"], SOURCES),
            "acquisition_cost": arrow.money(u["acquisition_cost"]),
            "transport_cost": arrow.money(u["transport"]),
            "recon_estimate": arrow.money(u["recon_estimate"]),
            "recon_actual": arrow.money(spent),
            "arrived_date": arrow.day(u["arrived"], here),
            "frontline_ready_date": arrow.day(u["ready"], ready),
            "days_to_frontline": arrow.small(u["ready"] - u["acquired"], ready),
            "first_price_date": arrow.day(u["ready"], ready),
            "unit_status": arrow.code(np.where(gone, final, _status(world, rows, np.full(len(rows), through))), STATES),
            "sold_date": arrow.day(u["left"], gone),
            "asking_price": arrow.money(asking(u, day)),
            "floorplan_start_date": arrow.day(start),
            "floorplan_payoff_date": arrow.day(u["left"] + 2, u["left"] + 2 <= through),
            "floorplan_principal": arrow.money(np.where(gone, 0, principal)),
            "curtailment_due_date": arrow.day(start + np.where(u["is_new"], 180, 90), ~gone),
            "aging_bucket_policy": arrow.same("30-45-60-90", len(rows)),
        }
    )


def _price_changes(world: World) -> pa.Table:
    u = world.units
    last = np.minimum(world.config.through, u["left"] - 1)
    row, number = repeat_index(np.maximum(markdowns(u, last), 0))
    when = u["ready"][row] + MARKDOWN_DAYS * (number + 1)
    keep = when >= world.config.start
    row, number, when = row[keep], number[keep], when[keep]
    here = {name: u[name][row] for name in ("asking_base", "is_new", "vehicle_class", "ready")}
    new, old = asking(here, when), asking(here, when - 1)
    market = _market(u, row, when)
    rng = Stream(world.config.seed, "price_change")
    key = u["key"][row] * 8 + number
    who = world.people.assign("used_mgr", u["store"][row], when, np.zeros(len(row)))
    return arrow.table(
        {
            "price_change_id": arrow.big(u["unit_id"][row] * 10 + number),
            "inventory_unit_id": arrow.big(u["unit_id"][row]),
            "dealership_id": world.store_column(u["store"][row]),
            "change_date": arrow.day(when),
            "change_ts": arrow.stamp(when * arrow.DAY_SECONDS + rng.integers("at", key, 30_000, 62_000)),
            "vehicle_class": arrow.code(here["vehicle_class"], CLASSES),
            "old_price": arrow.money(old),
            "new_price": arrow.money(new),
            "market_price": arrow.money(market),
            "price_to_market": arrow.decimal(new * 10_000 // market, 8, 4),
            "changed_by": world.person_column(who),
        }
    )


def _market(units: Columns, rows: Ints, days: Ints) -> Ints:
    """Market price of a unit: it loses about 0.4% in ten days."""
    lost = np.clip(days - units["arrived"][rows], 0, 300) // 10
    value = units["market"][rows] * (1000 - 4 * lost) // 100_000 * 100
    return np.where(units["vehicle_class"][rows] == 0, units["market"][rows], value)


def _snapshot(world: World) -> pa.Table:
    u, config = world.units, world.config
    first = np.maximum(u["acquired"], config.start)
    last = np.minimum(u["left"] - 1, config.through)
    row, number = repeat_index(np.maximum(last - first + 1, 0))
    days = first[row] + number
    order = np.argsort(days, kind="stable")
    row, days = row[order], days[order]
    rng = Stream(config.seed, "inventory_snapshot")
    key = u["key"][row] * 4096 + days % 4096
    status, vehicle_class = _status(world, row, days), u["vehicle_class"][row]
    age = np.maximum(days - u["arrived"][row], 0)
    cut = {name: u[name][row] for name in ("asking_base", "is_new", "vehicle_class", "ready")}
    cost = u["acquisition_cost"] + u["transport"]
    recon = np.where(status >= _FRONTLINE, u["recon_estimate"][row], 0)
    floor = np.where(u["is_new"], u["acquisition_cost"], u["acquisition_cost"] * 85 // 100)
    views = rng.integers("views", key, 0, 24) // np.where(status == _FRONTLINE, 1, 12)
    return arrow.table(
        {
            "inventory_snapshot_id": arrow.big(u["unit_id"][row] * 100_000 + days),
            "dealership_id": world.store_column(u["store"][row]),
            "snapshot_date": arrow.day(days),
            "inventory_unit_id": arrow.big(u["unit_id"][row]),
            "vehicle_class": arrow.code(vehicle_class, CLASSES),
            "unit_status": arrow.code(status, STATES[:4]),
            "is_in_stock": arrow.flag((status > 0) & (vehicle_class < DEMO)),
            "days_in_stock": arrow.small(age),
            "age_bucket": arrow.code(np.searchsorted(_EDGES, age, side="right"), BUCKETS),
            "asking_price": arrow.money(asking(cut, days)),
            "market_price": arrow.money(_market(u, row, days)),
            "book_cost": arrow.money(cost[row] + recon),
            "floorplan_balance": arrow.money(floor[row]),
            "market_days_supply": arrow.small(rng.integers("mds", u["model"][row] * 40 + days // _MARKET_STEP, 28, 92)),
            "vdp_views": arrow.small(views),
        }
    )


def _floorplan(world: World) -> pa.Table:
    u, config, calendar = world.units, world.config, world.calendar
    months = np.unique(calendar.month[(calendar.days >= config.start) & (calendar.days <= config.through)])
    ends = np.append(months[1:], config.through + 1)
    start = np.where(u["is_new"], u["acquired"], u["arrived"])
    low = np.maximum(start[:, None], months[None, :])
    high = np.minimum(np.minimum(u["left"], config.through + 1 + FUTURE_DAYS * 0)[:, None], ends[None, :])
    held = np.maximum(high - low, 0)
    row, month = np.nonzero(held)
    rate = np.zeros(len(months))
    for since, yearly in RATES:
        rate = np.where(months >= since, yearly, rate)
    principal = np.where(u["is_new"], u["acquisition_cost"], u["acquisition_cost"] * 85 // 100)[row]
    interest = np.rint(principal * rate[month] / 365 * held[row, month]).astype(np.int64)
    assisted = u["is_new"][row] & (months[month] <= start[row] + 31)
    return arrow.table(
        {
            "floorplan_interest_id": arrow.big(u["unit_id"][row] * 100 + month),
            "inventory_unit_id": arrow.big(u["unit_id"][row]),
            "dealership_id": world.store_column(u["store"][row]),
            "month_start": arrow.day(months[month]),
            "vehicle_class": arrow.code(u["vehicle_class"][row], CLASSES),
            "interest_expense": arrow.money(interest),
            "oem_assistance": arrow.money(np.where(assisted, u["msrp"][row] // 280, 0)),
        }
    )


def _recon(world: World) -> pa.Table:
    u, through, start = world.units, world.config.through, world.config.start
    rows = np.flatnonzero((u["recon_estimate"] > 0) & (u["group"] == USED) & (u["arrived"] <= through) & (u["arrived"] >= start))
    ends = u["recon_ends"][rows]
    begins = np.concatenate([u["arrived"][rows][:, None], ends[:, :-1]], axis=1)
    shares = np.array([5, 70, 20, 5])
    cost = u["recon_estimate"][rows][:, None] * shares[None, :] // 100
    cost[:, 1] += u["recon_estimate"][rows] - cost.sum(axis=1)
    unit, step = np.nonzero(begins <= through)
    late = np.flatnonzero(u["late_recon"][rows] > 0)
    row = rows[np.concatenate([unit, late])]
    kind = np.concatenate([step, np.full(len(late), 1)])
    posted = np.concatenate([ends[unit, step], u["late_posted"][rows[late]]])
    begin = np.concatenate([begins[unit, step], np.maximum(u["contract"][rows[late]] - 2, u["arrived"][rows[late]])])
    end = np.concatenate([ends[unit, step], np.maximum(u["contract"][rows[late]] - 1, u["arrived"][rows[late]])])
    after = np.arange(len(row)) >= len(unit)
    done = posted <= through
    key = u["unit_id"][row] * 10 + np.where(after, 9, kind)
    at = posted * arrow.DAY_SECONDS + Stream(world.config.seed, "recon_work").integers("at", key, 28_000, 60_000)
    ro = world.units["recon_ro"][row]
    return arrow.table(
        {
            "recon_work_id": arrow.big(key),
            "inventory_unit_id": arrow.big(u["unit_id"][row]),
            "dealership_id": world.store_column(u["store"][row]),
            "recon_step": arrow.code(kind, STEPS),
            "recon_start": arrow.day(begin),
            "recon_end": arrow.day(end, end <= through),
            "ro_id": arrow.big(ro, (ro > 0) & (kind == 1)),
            "cost": arrow.money(np.concatenate([cost[unit, step], u["late_recon"][rows[late]]])),
            "posted_at": arrow.stamp(at, done),
            "posted_date": arrow.day(posted, done),
            "is_after_sale": arrow.flag(after),
            "is_deal_gross_adjusted": arrow.flag(after),
        }
    )
