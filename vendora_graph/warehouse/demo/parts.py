"""The parts department: ledger, month-end stock, demand."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import Config, day_number, load
from vendora_graph.warehouse.demo.crm import months_of
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream, repeat_index, whole_dollars
from vendora_graph.warehouse.demo.service import BODY, CLOSED, PARTS_PER_STORE, Service, part_numbers
from vendora_graph.warehouse.demo.world import World

CHANNELS = ("ro_cp", "ro_warr", "ro_int", "counter_retail", "wholesale", "body")
STOCKING = ("stock", "non_stock", "phase_out")
OUTCOMES = ("filled", "emergency", "lost", "special")
_IDLE, _OBSOLETE, _MONTH_DAYS = 9, 12, 30.4


def make_ledger(world: World, service: Service) -> Columns:
    """Parts ledger lines: RO parts of closed ROs, counter and wholesale."""
    config, ros, p = world.config, service.ros, service.parts
    rng = Stream(config.seed, "parts_sale")
    ro = service.lines["ro"][p["line"]]
    line = np.flatnonzero(ros["status"][ro] == CLOSED)
    ro = ro[line]
    channel = np.where(ros["department"][ro] == BODY, 5, service.lines["pay"][p["line"][line]])
    line_id = ros["ro_id"][ro] * 10 + service.lines["number"][p["line"][line]]
    first: Columns = {name: p[name][line] for name in ("key", "part", "sale", "cost")}
    first |= {"store": ros["store"][ro], "day": ros["closed"][ro], "channel": channel, "ro_part": line_id * 10 + p["number"][line]}
    days = np.arange(config.start, config.through + 1, dtype=np.int64)
    keys, stores, when = [], [], []
    for number_of, settings in enumerate(config.stores):
        since = day_number(settings["opened_date"])
        weight = world.calendar.service_weight[number_of, world.calendar.at(days)] * (days >= since)
        key = (number_of + 1) * 100_000 + days
        row, number = repeat_index(rng.poisson("count", key, settings["ros"] * 0.62 * weight))
        keys.append(10**14 + key[row] * 1000 + number)
        stores.append(np.full(len(row), number_of, dtype=np.int64))
        when.append(days[row])
    key, store, day = np.concatenate(keys), np.concatenate(stores), np.concatenate(when)
    wholesale = rng.chance("wholesale", key, 0.45)
    sale = whole_dollars(rng.lognormal("sale", key, np.where(wholesale, 74.0, 58.0), 0.7))
    cost = np.rint(sale * np.where(wholesale, 0.79, 0.66) * (0.96 + 0.08 * rng.u("cost", key))).astype(np.int64)
    second: Columns = {"key": key, "store": store, "day": day, "sale": sale, "cost": cost}
    second |= {"channel": np.where(wholesale, 4, 3), "part": part_numbers(rng, key, store), "ro_part": np.zeros(len(key), dtype=np.int64)}
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def _parts(config: Config) -> Columns:
    """Part master: id, store, stocking status and unit cost."""
    count = PARTS_PER_STORE * len(config.stores)
    ids = np.arange(1, count + 1, dtype=np.int64)
    rng = Stream(config.seed, "part")
    rank = (ids - 1) % PARTS_PER_STORE / PARTS_PER_STORE
    status = np.where(rank > 0.93, 2, np.where(rng.chance("non_stock", ids, 0.12 + 0.25 * rank), 1, 0))  # noqa: PLR2004
    cost = whole_dollars(np.clip(rng.lognormal("cost", ids, 42.0, 0.8), 2, 900))
    return {"id": ids, "store": (ids - 1) // PARTS_PER_STORE, "status": status, "cost": cost, "rank": rank}


def parts_tables(world: World, service: Service, ledger: Columns) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    del service
    parts = _parts(world.config)
    yield "parts_sale", _sales(world, parts, ledger)
    last = np.full(len(parts["id"]), -1, dtype=np.int64)
    np.maximum.at(last, ledger["part"] - 1, ledger["day"])
    yield "part", _part(world, parts, last)
    yield "parts_snapshot", _snapshot(world, parts, ledger)
    yield "parts_demand", _demand(world, parts, ledger)


def _sales(world: World, parts: Columns, ledger: Columns) -> pa.Table:
    order = np.argsort(ledger["day"], kind="stable")
    x = {name: values[order] for name, values in ledger.items()}
    rng = Stream(world.config.seed, "parts_sale")
    person = world.people.assign("parts_counter", x["store"], x["day"], rng.u("who", x["key"]))
    return arrow.table(
        {
            "parts_sale_id": arrow.big(np.arange(1, len(order) + 1)),
            "dealership_id": world.store_column(x["store"]),
            "sale_date": arrow.day(x["day"]),
            "sale_channel": arrow.code(x["channel"], CHANNELS),
            "part_id": arrow.big(x["part"]),
            "stocking_status": arrow.code(parts["status"][x["part"] - 1], STOCKING),
            "ro_part_id": arrow.big(x["ro_part"], x["ro_part"] > 0),
            "counter_person_id": world.person_column(np.where(x["ro_part"] > 0, -1, person)),
            "quantity": arrow.small(1 + x["key"] % 3 // 2),
            "sale": arrow.money(x["sale"]),
            "cost": arrow.money(x["cost"]),
        }
    )


def _part(world: World, parts: Columns, last: Ints) -> pa.Table:
    ids = parts["id"]
    rng = Stream(world.config.seed, "part")
    names = load("service")["part_names"]
    receipt = np.where(last >= 0, last - rng.integers("receipt", ids, 2, 40), world.config.start - 100)
    return arrow.table(
        {
            "part_id": arrow.big(ids),
            "dealership_id": world.store_column(parts["store"]),
            "part_no": arrow.numbered("P", 100_000 + ids * 7),
            "description": arrow.code(rng.integers("name", ids, 0, len(names) - 1), names),
            "stocking_status": arrow.code(parts["status"], STOCKING),
            "bin": arrow.numbered("B", 1 + ids % 480),
            "list_price": arrow.money(parts["cost"] * 162 // 100),
            "cost": arrow.money(parts["cost"]),
            "last_sale_date": arrow.day(last, last >= 0),
            "last_receipt_date": arrow.day(receipt),
        }
    )


def _snapshot(world: World, parts: Columns, ledger: Columns) -> pa.Table:
    """Stock at each month end: about 45 days of recent demand, and what never moves."""
    config, months = world.config, months_of(world)
    size, count = len(parts["id"]), len(months)
    month = np.searchsorted(months, ledger["day"], side="right") - 1
    used = np.bincount((ledger["part"] - 1) * count + month, ledger["cost"], minlength=size * count).reshape(size, count)
    rng = Stream(config.seed, "parts_snapshot")
    sold = used > 0
    index = np.arange(count)[None, :]
    last = np.maximum.accumulate(np.where(sold, index, -1), axis=1)
    before = rng.integers("before", parts["id"], 0, 15)[:, None]
    idle = np.where(last >= 0, index - last, np.minimum(index + before, 40))
    trend = np.cumsum(used, axis=1)
    recent = (trend - np.concatenate([np.zeros((size, 3)), trend[:, :-3]], axis=1)[:, :count]) / np.minimum(index + 1, 3)
    key = parts["id"][:, None] * 1000 + months[None, :] // 28
    noise = 0.8 + 0.5 * rng.u("noise", key.ravel()).reshape(size, count)
    wanted = recent * 1.42 * noise / parts["cost"][:, None]
    floor = np.where(rng.chance("keep", parts["id"], 0.30), 1, 0)[:, None] * (1 + (parts["rank"][:, None] > 0.8))  # noqa: PLR2004
    quantity = np.where(parts["status"][:, None] == 1, np.rint(wanted * 0.25), np.maximum(np.rint(wanted), floor)).astype(np.int64)
    opened = np.array([day_number(s["opened_date"]) for s in config.stores])[parts["store"]]
    ends = np.append(months[1:], config.through + 1) - 1
    row, column = np.nonzero((quantity > 0) & (ends[None, :] >= opened[:, None]))
    months_idle = idle[row, column]
    return arrow.table(
        {
            "part_id": arrow.big(parts["id"][row]),
            "dealership_id": world.store_column(parts["store"][row]),
            "snapshot_date": arrow.day(ends[column]),
            "stocking_status": arrow.code(parts["status"][row], STOCKING),
            "quantity_on_hand": arrow.small(quantity[row, column]),
            "stock_value": arrow.money(quantity[row, column] * parts["cost"][row]),
            "months_no_sale": arrow.small(months_idle),
            "is_idle": arrow.flag(months_idle >= _IDLE),
            "is_obsolete": arrow.flag(months_idle >= _OBSOLETE),
        }
    )


def _demand(world: World, parts: Columns, ledger: Columns) -> pa.Table:
    """A request for each second ledger line, and the sales that were lost."""
    rng = Stream(world.config.seed, "parts_demand")
    rows = np.flatnonzero(rng.chance("asked", ledger["key"], 0.5))
    key = ledger["key"][rows]
    stocked = parts["status"][ledger["part"][rows] - 1] != 1
    outcome = np.where(stocked, rng.pick("stocked", key, [0.945, 0.025, 0.015, 0.015]), rng.pick("other", key, [0.45, 0.27, 0.06, 0.22]))
    order = np.argsort(ledger["day"][rows], kind="stable")
    rows, outcome = rows[order], outcome[order]
    flags = ("is_filled_from_stock", "is_emergency_purchase", "is_lost_sale", "is_special_order")
    return arrow.table(
        {
            "parts_demand_id": arrow.big(np.arange(1, len(rows) + 1)),
            "dealership_id": world.store_column(ledger["store"][rows]),
            "demand_date": arrow.day(ledger["day"][rows]),
            "part_id": arrow.big(ledger["part"][rows]),
            "quantity": arrow.small(1 + ledger["key"][rows] % 3 // 2),
            "outcome": arrow.code(outcome, OUTCOMES),
            **{name: arrow.flag(outcome == number) for number, name in enumerate(flags)},
        }
    )
