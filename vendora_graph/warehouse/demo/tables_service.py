"""Tables of the service department."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import load
from vendora_graph.warehouse.demo.rng import Bools, Columns, Ints, Stream, repeat_index, whole_dollars
from vendora_graph.warehouse.demo.service import BODY, CLOSED, CP, DEPARTMENTS, INT, PAY_TYPES, VOID, WARR, Service
from vendora_graph.warehouse.demo.world import World

STATUSES = ("open", "work_complete", "closed", "void")
COLORS = ("red", "yellow", "green")
_GREEN = COLORS.index("green")


def service_tables(world: World, service: Service) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other; adds mpi and misc totals to the ROs."""
    mpi = _mpi_columns(world, service)
    misc = _misc_columns(world, service)
    yield "repair_order", _repair_order(world, service, mpi, misc)
    yield "ro_line", _ro_line(world, service)
    yield "ro_line_tech", _ro_line_tech(world, service)
    yield "ro_part", _ro_part(world, service)
    yield "ro_sublet_misc", _misc(world, service, misc)
    yield "mpi", _mpi(world, service, mpi)


def _of_ro(world: World, service: Service, ro: Ints) -> dict[str, pa.Array]:
    ros = service.ros
    closed = ros["status"][ro] == CLOSED
    return {
        "ro_id": arrow.big(ros["ro_id"][ro]),
        "dealership_id": world.store_column(ros["store"][ro]),
        "closed_date": arrow.day(ros["closed"][ro], closed),
        "is_closed": arrow.flag(closed),
    }


def department_column(service: Service, ro: Ints) -> pa.Array:
    """Departments of ROs."""
    return arrow.code(service.ros["department"][ro], DEPARTMENTS)


def _mpi_columns(world: World, service: Service) -> Columns:
    ros, lines = service.ros, service.lines
    rng = Stream(world.config.seed, "mpi")
    has_cp = np.bincount(lines["ro"], (lines["pay"] == CP) & ~lines["declined"], minlength=len(ros["key"])) > 0
    ros["mpi_eligible"] = has_cp & (ros["department"] != BODY) & ros["here"] & (ros["status"] != VOID)
    ros["has_mpi"] = ros["mpi_eligible"] & rng.chance("done", ros["key"], 0.71)
    rows = np.flatnonzero(ros["has_mpi"])
    row, number = repeat_index(rng.integers("items", ros["key"][rows], 2, 4))
    ro = rows[row]
    key = ros["key"][ro] * 8 + number
    color = rng.pick("color", key, [0.12, 0.26, 0.62])
    amount = np.where(color != _GREEN, whole_dollars(rng.lognormal("amount", key, 265.0, 0.6)), 0)
    sold = rng.chance("sold", key, np.where(color == 0, 0.48, 0.22)) & (color != _GREEN)
    columns = {"ro": ro, "number": number, "key": key, "color": color, "amount": amount, "sold": np.where(sold, amount, 0)}
    ros["declined_total"] = np.bincount(ro, columns["amount"] - columns["sold"], minlength=len(ros["key"])).astype(np.int64)
    return columns


def _mpi(world: World, service: Service, mpi: Columns) -> pa.Table:
    ros, ro = service.ros, mpi["ro"]
    rng = Stream(world.config.seed, "mpi")
    items = load("service")["mpi_items"]
    tech = world.people.assign("tech", ros["store"][ro], ros["work_day"][ro], rng.u("tech", ros["key"][ro]))
    return arrow.table(
        {
            "mpi_id": arrow.big(ros["ro_id"][ro] * 10 + mpi["number"]),
            "ro_id": arrow.big(ros["ro_id"][ro]),
            "dealership_id": world.store_column(ros["store"][ro]),
            "inspection_date": arrow.day(ros["work_day"][ro]),
            "advisor_id": world.person_column(ros["advisor"][ro]),
            "employee_id": world.person_column(tech),
            "item_name": arrow.code(rng.integers("item", mpi["key"], 0, len(items) - 1), items),
            "item_color": arrow.code(mpi["color"], COLORS),
            "recommended_amount": arrow.money(mpi["amount"]),
            "sold_amount": arrow.money(mpi["sold"]),
            "is_declined": arrow.flag((mpi["amount"] > 0) & (mpi["sold"] == 0)),
        }
    )


def _misc_columns(world: World, service: Service) -> Columns:
    ros = service.ros
    rng = Stream(world.config.seed, "ro_sublet_misc")
    rows = np.flatnonzero(ros["here"] & (ros["status"] != VOID))
    parts: list[Columns] = []
    for kind, (share, low, spread, cost) in enumerate(((0.035, 140, 420, 82), (0.55, 9, 20, 55), (0.3, 3, 3, 60), (0.08, 8, 25, 62))):
        chosen = rows[rng.chance(f"has_{kind}", ros["key"][rows], share)]
        sale = whole_dollars(low + spread * rng.u(f"sale_{kind}", ros["key"][chosen]))
        parts.append({"ro": chosen, "kind": np.full(len(chosen), kind, dtype=np.int64), "sale": sale, "cost": sale * cost // 100})
    misc = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    ros["misc_rows"], ros["misc_sale"], ros["misc_cost"] = misc["ro"], misc["sale"], misc["cost"]
    return misc


def _misc(world: World, service: Service, misc: Columns) -> pa.Table:
    ro = misc["ro"]
    return arrow.table(
        {
            "ro_sublet_misc_id": arrow.big(service.ros["ro_id"][ro] * 10 + misc["kind"]),
            **_of_ro(world, service, ro),
            "department_id": department_column(service, ro),
            "pay_type": arrow.code(service.ros["pay"][ro], PAY_TYPES),
            "item_type": arrow.code(misc["kind"], ("sublet", "shop_supplies", "hazmat", "gog")),
            "sale": arrow.money(misc["sale"]),
            "cost": arrow.money(misc["cost"]),
        }
    )


def _repair_order(world: World, service: Service, mpi: Columns, misc: Columns) -> pa.Table:
    ros, lines = service.ros, service.lines
    size, ro = len(ros["key"]), lines["ro"]
    del mpi
    live = ~lines["declined"]
    counts = {pay: np.bincount(ro, live & (lines["pay"] == pay), minlength=size).astype(np.int64) for pay in (CP, WARR, INT)}
    total = np.bincount(ro, lines["labor"] + lines["parts_sale"], minlength=size) + np.bincount(misc["ro"], misc["sale"], minlength=size)
    ros["total"] = np.rint(total).astype(np.int64)
    rows = np.flatnonzero(ros["here"])
    rng = Stream(world.config.seed, "repair_order")
    key = ros["key"][rows]
    opened = ros["opened"][rows] * arrow.DAY_SECONDS + rng.integers("open_at", key, 7 * 3600, 16 * 3600)
    closed_at = np.where(rng.chance("late_night", key, 0.03), 23 * 3600 + 1800, rng.integers("close_at", key, 16 * 3600, 19 * 3600))
    closed = ros["closed"][rows] * arrow.DAY_SECONDS + closed_at
    offset = np.array([s["utc_offset_hours"] for s in world.config.stores])[ros["store"][rows]] * 3600
    done = ros["status"][rows] == CLOSED
    return arrow.table(
        {
            **_of_ro(world, service, rows),
            "ro_no": arrow.numbered("R", ros["ro_id"][rows] - 200_000),
            "department_id": department_column(service, rows),
            "advisor_id": world.person_column(ros["advisor"][rows]),
            "customer_id": arrow.big(ros["customer"][rows]),
            "vehicle_id": arrow.big(ros["vehicle"][rows]),
            "odometer": arrow.small(rng.integers("odometer", key, 3_000, 118_000)),
            "opened_date": arrow.day(ros["opened"][rows]),
            "opened_ts": arrow.stamp(opened),
            "promised_ts": arrow.stamp(opened + 4 * 3600),
            "closed_ts": arrow.stamp(closed, done),
            "closed_ts_utc": arrow.stamp(closed - offset, done),
            "ro_status": arrow.code(ros["status"][rows], STATUSES),
            "service_appointment_id": arrow.big(ros["ro_id"][rows] + 5_000_000, booked_ahead(world, ros)[rows]),
            "is_waiter": arrow.flag(rng.chance("waiter", key, 0.4)),
            "line_count": arrow.small(np.bincount(ro, live, minlength=size)[rows]),
            "cp_line_count": arrow.small(counts[CP][rows]),
            "has_cp": arrow.flag(counts[CP][rows] > 0),
            "has_warranty": arrow.flag(counts[WARR][rows] > 0),
            "has_internal": arrow.flag(counts[INT][rows] > 0),
            "is_mpi_eligible": arrow.flag(ros["mpi_eligible"][rows]),
            "has_mpi": arrow.flag(ros["has_mpi"][rows]),
            "declined_total": arrow.money(ros["declined_total"][rows]),
            "total_sale": arrow.money(ros["total"][rows]),
        }
    )


def booked_ahead(world: World, ros: Columns) -> Bools:
    """ROs that had an appointment."""
    rng = Stream(world.config.seed, "service_appointment")
    return np.asarray((ros["pay"] != INT) & rng.chance("booked", ros["key"], 0.74), dtype=np.bool_)


def _ro_line(world: World, service: Service) -> pa.Table:
    ros, x = service.ros, service.lines
    ro, pay = x["ro"], x["pay"]
    ops = load("service")["ops"]
    rng = Stream(world.config.seed, "ro_line")
    subtype = np.where(rng.chance("plan", x["key"], 0.05), 0, 2)
    sub_valid = (pay == CP) & rng.chance("has_subtype", x["key"], 0.06)
    posted = (ros["closed"][ro] + rng.integers("lag", x["key"], 0, 2)) * arrow.DAY_SECONDS + 64_800
    return arrow.table(
        {
            "ro_line_id": arrow.big(ros["ro_id"][ro] * 10 + x["number"]),
            **_of_ro(world, service, ro),
            "department_id": department_column(service, ro),
            "advisor_id": world.person_column(ros["advisor"][ro]),
            "line_no": arrow.small(x["number"] + 1),
            "op_code": arrow.code(x["op"], [o[0] for o in ops]),
            "op_category": arrow.code(x["op"], [o[2] for o in ops]),
            "pay_type": arrow.code(pay, PAY_TYPES),
            "pay_subtype": arrow.code(subtype, ("MAINT_PLAN", "SUBLET", "GOODWILL"), sub_valid),
            "labor_sale": arrow.money(x["labor"]),
            "labor_cost": arrow.money(x["labor_cost"]),
            "billed_hours": arrow.hours(x["billed"]),
            "actual_hours": arrow.hours(x["billed"] * 92 // 100),
            "posted_rate": arrow.money(x["posted_rate"]),
            "posted_labor": arrow.money(np.rint(x["billed"] * x["posted_rate"] / 100).astype(np.int64)),
            "parts_sale": arrow.money(x["parts_sale"]),
            "parts_cost": arrow.money(x["parts_cost"]),
            "discount": arrow.money(x["discount"]),
            "is_upsell": arrow.flag(x["upsell"]),
            "is_comeback": arrow.flag(x["comeback"]),
            "is_declined": arrow.flag(x["declined"]),
            "posted_at": arrow.stamp(posted, ros["status"][ro] == CLOSED),
        }
    )


def _ro_line_tech(world: World, service: Service) -> pa.Table:
    t, lines = service.techs, service.lines
    ro = lines["ro"][t["line"]]
    line_id = service.ros["ro_id"][ro] * 10 + lines["number"][t["line"]]
    return arrow.table(
        {
            "ro_line_tech_id": arrow.big(line_id * 10 + t["number"]),
            "ro_line_id": arrow.big(line_id),
            **_of_ro(world, service, ro),
            "pay_type": arrow.code(lines["pay"][t["line"]], PAY_TYPES),
            "employee_id": world.person_column(t["person"]),
            "flagged_hours": arrow.hours(t["flagged"]),
            "clocked_hours": arrow.hours(t["clocked"]),
            "tech_cost": arrow.money(t["cost"]),
        }
    )


def _ro_part(world: World, service: Service) -> pa.Table:
    p, lines = service.parts, service.lines
    ro = lines["ro"][p["line"]]
    line_id = service.ros["ro_id"][ro] * 10 + lines["number"][p["line"]]
    return arrow.table(
        {
            "ro_part_id": arrow.big(line_id * 10 + p["number"]),
            "ro_line_id": arrow.big(line_id),
            **_of_ro(world, service, ro),
            "part_id": arrow.big(p["part"]),
            "quantity": arrow.small(1 + p["key"] % 3 // 2),
            "sale": arrow.money(p["sale"]),
            "cost": arrow.money(p["cost"]),
            "pay_type": arrow.code(lines["pay"][p["line"]], PAY_TYPES),
            "is_special_order": arrow.flag(p["special"]),
        }
    )
