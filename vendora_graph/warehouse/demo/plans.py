"""Targets, receivables and schedules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import as_date, day_number, load, month_start
from vendora_graph.warehouse.demo.crm import months_of
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.ledger import month_end_stock
from vendora_graph.warehouse.demo.rng import Ints, Stream
from vendora_graph.warehouse.demo.service import CLOSED, WARR, Service
from vendora_graph.warehouse.demo.world import World

BUCKETS = ("0-30", "31-60", "61-90", "90+")
_EDGES = np.array([31, 61, 91])
RECEIVABLES = ("warranty", "factory", "customer", "finance_reserve")
_RAISED = (10, 11)
_SEASONAL = ("units_retail", "units_new", "units_used", "front_gross", "fi_gross")


def plan_tables(world: World, service: Service) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "target", _targets(world)
    aging, open_items = _open_items(world, service)
    yield "receivable_aging", aging
    yield "schedule_balance", _schedules(world, open_items)


def _goals(settings: dict[str, Any]) -> list[tuple[str, str, float, bool]]:
    """(metric, department, monthly value, additive) of a store, from its own volumes."""
    units, front = settings["units"], settings["front"]
    total, ros = units["new"] + units["used"], settings["ros"]
    goals = [
        ("units_used", "USED", units["used"], True),
        ("front_gross", "USED", units["used"] * front["used"], True),
        ("fi_gross", "FI", total * 1850, True),
        ("fi_pvr", "FI", 1850, False),
        ("vsc_pen", "FI", 0.46, False),
        ("ro_count", "SVC", ros, True),
        ("labor_sales", "SVC", ros * 225, True),
        ("cp_hpro", "SVC", 1.7, False),
        ("elr", "SVC", settings["door_rate"]["CP"] * 0.88, False),
        ("parts_gross", "PARTS", ros * 85, True),
        ("used_front_pvr", "USED", front["used"], False),
        ("units_retail", "USED", units["used"], True),
        ("lead_close", "NEW", 0.085, False),
        ("csi_sales", "NEW", settings["survey_scale"] * 0.92, False),
        ("net_profit", "ADMIN", total * 950, True),
    ]
    if units["new"]:
        goals += [
            ("units_retail", "NEW", units["new"], True),
            ("units_new", "NEW", units["new"], True),
            ("front_gross", "NEW", units["new"] * front["new"], True),
            ("new_front_pvr", "NEW", front["new"], False),
        ]
    return goals


def _targets(world: World) -> pa.Table:
    config, season = world.config, load("stores")["sales_season"]
    first, last = month_start(as_date(config.start)), as_date(config.through)
    count = (last.year - first.year) * 12 + 12 - first.month + 1
    months = [month_start(first, -i) for i in range(count)]
    settings = load("accounting")["targets"]
    rows: list[tuple[Any, ...]] = []
    for store, shop in enumerate(config.stores):
        for month in (m for m in months if m >= month_start(shop["opened_date"])):
            for metric, department, value, additive in _goals(shop):
                factor = (settings["growth"] if additive else 1.01) * (season[month.month - 1] if metric in _SEASONAL else 1.0)
                rows += _versions((store, department, metric, day_number(month)), value * factor, additive, month.month)
    now = day_number(month_start(last))
    selling = [s for s in world.people.spells if s.role == "sales" and s.until >= config.through]
    rows += [(s.store, "NEW", "sp_units", now, 11.0, "budget", 1, True, True, s.person) for s in selling]
    return _target_table(world, rows, settings["stretch"])


def _versions(place: tuple[int, str, str, int], value: float, additive: bool, month: int) -> list[tuple[Any, ...]]:
    """Rows of one goal: October and November units were raised once; new units also have the maker's objective."""
    raised = month in _RAISED and place[2] == "units_retail"
    rows: list[tuple[Any, ...]] = [(*place, value, "budget", 1, additive, not raised, -1)]
    if raised:
        rows.append((*place, value * 1.02, "budget", 2, additive, True, -1))
    if place[2] == "units_new":
        rows.append((*place, value * 1.03, "oem_objective", 1, additive, True, -1))
    return rows


def _target_table(world: World, rows: list[Any], stretch: float) -> pa.Table:
    column = [np.array([r[i] for r in rows]) for i in range(10)]
    whole = column[4] > 100  # noqa: PLR2004
    value = np.where(whole, np.rint(column[4]), np.round(column[4], 3))
    return arrow.table(
        {
            "target_id": arrow.big(np.arange(1, len(rows) + 1)),
            "dealership_id": world.store_column(column[0]),
            "department_id": arrow.text(column[1].tolist()),
            "metric_id": arrow.text(column[2].tolist()),
            "month_start": arrow.day(column[3]),
            "employee_id": world.person_column(column[9]),
            "target_value": arrow.decimal(np.rint(value * 10_000).astype(np.int64), 14, 4),
            "stretch_value": arrow.decimal(np.rint(value * stretch * 10_000).astype(np.int64), 14, 4),
            "target_source": arrow.text(column[5].tolist()),
            "version_no": arrow.small(column[6]),
            "effective_date": arrow.day(column[3] - 20 + 25 * (column[6] - 1)),
            "is_current": arrow.flag(column[8]),
            "is_additive": arrow.flag(column[7]),
        }
    )


def _open_items(world: World, service: Service) -> tuple[pa.Table, Ints]:
    """Receivables by age at each month end, as sums over the items then open."""
    config, months = world.config, months_of(world)
    ends = np.append(months[1:], config.through + 1) - 1
    ros, lines, d, f = service.ros, service.lines, world.deals, world.finance
    rng = Stream(config.seed, "receivable_aging")
    warranty = np.flatnonzero((lines["pay"] == WARR) & (ros["status"][lines["ro"]] == CLOSED))
    since = ros["closed"][lines["ro"][warranty]] + 1
    customer = np.flatnonzero((ros["status"] == CLOSED) & rng.chance("charge", ros["key"], 0.06))
    oem = np.flatnonzero(d["is_retail"] & (d["vehicle_class"] == 0))
    booked = np.flatnonzero(d["booked"][f["deal"]] != NEVER)
    deal = f["deal"][booked]
    lines_ro = lines["ro"][warranty]
    due = {
        "w": (lines["key"][warranty], 6, 48),
        "f": (d["key"][oem], 12, 65),
        "c": (ros["key"][customer], 5, 110),
        "r": (f["key"][booked], 8, 40),
    }
    late = {name: rng.integers(name, *values) for name, values in due.items()}
    items: list[tuple[int, Ints, Ints, Ints, Ints]] = [
        (0, ros["store"][lines_ro], since, since + late["w"], (lines["labor"] + lines["parts_sale"])[warranty]),
        (1, d["store"][oem], d["booked"][oem], d["booked"][oem] + late["f"], d["incentive"][oem]),
        (2, ros["store"][customer], ros["closed"][customer], ros["closed"][customer] + late["c"], ros["total"][customer]),
        (3, d["store"][deal], d["booked"][deal], d["booked"][deal] + late["r"], f["reserve"][booked]),
    ]
    stores, size = len(config.stores), len(months)
    amount = np.zeros((stores, size, len(items), 4), dtype=np.int64)
    count = np.zeros((stores, size, len(items)), dtype=np.int64)
    for kind, store, begin, end, value in items:
        for month, close in enumerate(ends):
            here = np.flatnonzero((begin <= close) & (end > close))
            bucket = np.searchsorted(_EDGES, close - begin[here], side="right")
            np.add.at(amount, (store[here], np.full(len(here), month), np.full(len(here), kind), bucket), value[here])
            count[:, month, kind] = np.bincount(store[here], minlength=stores)
    return _aging(world, ends, amount), np.stack([amount.sum(axis=3), count])


def _aging(world: World, ends: Ints, amount: Ints) -> pa.Table:
    store, month, kind, bucket = np.nonzero(amount)
    return arrow.table(
        {
            "dealership_id": world.store_column(store),
            "snapshot_date": arrow.day(ends[month]),
            "receivable_type": arrow.code(kind, RECEIVABLES),
            "age_bucket": arrow.code(bucket, BUCKETS),
            "amount": arrow.money(amount[store, month, kind, bucket]),
        }
    )


def _schedules(world: World, open_items: Ints) -> pa.Table:
    ends, stock = month_end_stock(world)
    names = ("warranty_receivable", "factory_receivable", "finance_reserve", "floorplan_new", "floorplan_used")
    amounts = [open_items[0][:, :, 0], open_items[0][:, :, 1], open_items[0][:, :, 3], stock["floor_new"], stock["floor_used"]]
    counts = [open_items[1][:, :, 0], open_items[1][:, :, 1], open_items[1][:, :, 3], stock["units_new"], stock["units_used"]]
    balance, items = np.stack(amounts, axis=2).astype(np.int64), np.stack(counts, axis=2).astype(np.int64)
    store, month, name = np.nonzero(items)
    return arrow.table(
        {
            "dealership_id": world.store_column(store),
            "snapshot_date": arrow.day(ends[month]),
            "schedule_name": arrow.code(name, names),
            "balance": arrow.decimal(balance[store, month, name], 14, 2),
            "open_items": arrow.small(items[store, month, name]),
        }
    )
