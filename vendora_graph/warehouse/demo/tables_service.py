"""Tables of the service department."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import load
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.rng import Bools, Columns, Ints, Stream, repeat_index, whole_dollars
from vendora_graph.warehouse.demo.service import BODY, CLOSED, CP, DEPARTMENTS, INT, PAY_TYPES, VOID, WARR, Service
from vendora_graph.warehouse.demo.world import World

STATUSES = ("open", "work_complete", "closed", "void")
COLORS = ("red", "yellow", "green")


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
    yield "technician_time", _technician_time(world, service)
    yield "advisor_day", _advisor_day(world, service)
    yield "service_appointment", _appointments(world, service)
    yield "warranty_claim", _claims(world, service)
    yield "open_ro_snapshot", _open_snapshot(world, service)


def _of_ro(world: World, service: Service, ro: Ints) -> dict[str, pa.Array]:
    ros = service.ros
    closed = ros["status"][ro] == CLOSED
    return {
        "ro_id": arrow.big(ros["ro_id"][ro]),
        "dealership_id": world.store_column(ros["store"][ro]),
        "closed_date": arrow.day(ros["closed"][ro], closed),
        "is_closed": arrow.flag(closed),
    }


def _department(service: Service, ro: Ints) -> pa.Array:
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
    amount = np.where(color < 2, whole_dollars(rng.lognormal("amount", key, 265.0, 0.6)), 0)  # noqa: PLR2004
    sold = rng.chance("sold", key, np.where(color == 0, 0.48, 0.22)) & (color < 2)  # noqa: PLR2004
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
            "department_id": _department(service, ro),
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
            "department_id": _department(service, rows),
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
            "service_appointment_id": arrow.big(ros["ro_id"][rows] + 5_000_000, _booked_ahead(world, ros)[rows]),
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


def _booked_ahead(world: World, ros: Columns) -> Any:  # noqa: ANN401  (a column of booleans)
    rng = Stream(world.config.seed, "service_appointment")
    return (ros["pay"] != INT) & rng.chance("booked", ros["key"], 0.74)


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
            "department_id": _department(service, ro),
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


def _technician_time(world: World, service: Service) -> pa.Table:
    """Every technician on every service day; flagged and clocked hours come from the lines."""
    config, ros, techs = world.config, service.ros, service.techs
    ro = service.lines["ro"][techs["line"]]
    closed = ros["status"][ro] == CLOSED
    size = len(world.people.persons)
    first, days = config.start, config.through - config.start + 1
    place = (ros["closed"][ro] - first) * size + techs["person"]
    sums = {n: np.bincount(place[closed], techs[n][closed], minlength=days * size).astype(np.int64) for n in ("flagged", "clocked")}
    spots, stores = _present(world, first, days, size)
    rng = Stream(config.seed, "technician_time")
    off = rng.chance("off", spots, 0.08)
    flagged, clocked = (_spread(world, rng, spots, off, sums[n], size) for n in ("flagged", "clocked"))
    slack = clocked * rng.integers("slack", spots, 104, 132) // 100
    attended = np.where(off, 0, np.maximum(slack, rng.integers("shift", spots, 700, 880)))
    keep = ~off | rng.chance("pto_row", spots, 0.5)
    out = {
        "attended_hours": attended,
        "clocked_hours": clocked,
        "flagged_hours": flagged,
        "training_hours": np.where(rng.chance("course", spots, 0.01), 400, 0),
        "pto_hours": np.where(off, 800, 0),
    }
    opened_day = np.array([s["opened_date"].toordinal() - 719_163 for s in config.stores])
    keep &= spots // size + first >= opened_day[stores]
    return arrow.table(
        {
            "dealership_id": world.store_column(stores[keep]),
            "employee_id": world.person_column((spots % size)[keep]),
            "work_date": arrow.day((spots // size + first)[keep]),
            **{name: arrow.hours(values[keep]) for name, values in out.items()},
        }
    )


def _present(world: World, first: int, days: int, size: int) -> tuple[Ints, Ints]:
    """Cells (day x size + person) of technicians in a position on a service day, and their stores."""
    column = world.calendar.at(np.arange(first, first + days))
    cells, stores = [], []
    for store, count in enumerate(world.people.slots["tech"]):
        opened = world.calendar.service_open[store, column]
        person = world.people.grid["tech"][store, column, :count]
        cell = (np.arange(days)[:, None] * size + person)[opened].ravel()
        cells.append(cell)
        stores.append(np.full(cell.size, store))
    spots, pick = np.unique(np.concatenate(cells), return_index=True)
    return spots, np.concatenate(stores)[pick]


def _spread(world: World, rng: Stream, spots: Ints, off: Bools, sums: Ints, size: int) -> Ints:
    """The month's hours of each technician over the days present: a line's closing day is not its working day."""
    days = np.arange(len(sums)) // size + world.config.start
    month_no = world.calendar.month_no[world.calendar.at(days)]
    low = int(month_no[0])
    owner = np.arange(len(sums)) % size
    total = np.bincount((month_no - low) * size + owner, sums)
    weight = np.where(off, 0.0, 0.8 + 0.4 * rng.u("weight", spots))
    place = (month_no[spots] - low) * size + owner[spots]
    whole = np.bincount(place, weight, minlength=len(total))
    share = np.divide(total, whole, out=np.zeros(len(total)), where=whole > 0)
    return np.asarray(np.rint(weight * share[place]), dtype=np.int64)


def _advisor_day(world: World, service: Service) -> pa.Table:
    ros = service.ros
    rows = np.flatnonzero(ros["status"] == CLOSED)
    size = len(world.people.persons)
    first = world.config.start
    spots = ((ros["closed"][rows] - first) * size + ros["advisor"][rows]) * 4 + ros["store"][rows]
    unique, counts = np.unique(spots, return_counts=True)
    return arrow.table(
        {
            "dealership_id": world.store_column(unique % 4),
            "employee_id": world.person_column(unique // 4 % size),
            "work_date": arrow.day(unique // 4 // size + first),
            "ros_closed": arrow.small(counts),
        }
    )


def _appointments(world: World, service: Service) -> pa.Table:
    """Kept ones belong to an RO; others were missed, cancelled or lie ahead."""
    ros, through = service.ros, world.config.through
    rng = Stream(world.config.seed, "service_appointment")
    kept = np.flatnonzero(_booked_ahead(world, ros))
    lost = kept[rng.chance("lost", ros["key"][kept], 0.24)]
    ro = np.concatenate([kept, lost])
    is_lost = np.arange(len(ro)) >= len(kept)
    key = ros["key"][ro] * 2 + is_lost
    day = ros["opened"][ro]
    asked = day - rng.integers("ahead", key, 1, 9)
    keep = asked <= through
    ro, is_lost, key, day, asked = ro[keep], is_lost[keep], key[keep], day[keep], asked[keep]
    cancelled = is_lost & rng.chance("cancelled", key, 0.4)
    due = (day <= through) & ~cancelled
    shown = due & ~is_lost
    return arrow.table(
        {
            "service_appointment_id": arrow.big(ros["ro_id"][ro] + np.where(is_lost, 7_000_000, 5_000_000)),
            "dealership_id": world.store_column(ros["store"][ro]),
            "customer_id": arrow.big(ros["customer"][ro]),
            "requested_ts": arrow.stamp(asked * arrow.DAY_SECONDS + rng.integers("asked_at", key, 8 * 3600, 17 * 3600)),
            "scheduled_ts": arrow.stamp(day * arrow.DAY_SECONDS + rng.integers("slot", key, 14, 32) * 1800),
            "scheduled_date": arrow.day(day),
            "is_due": arrow.flag(due),
            "is_shown": arrow.flag(shown),
            "is_cancelled": arrow.flag(cancelled),
            "is_carryover": arrow.flag(shown & rng.chance("carry", key, 0.03)),
            "is_loaner": arrow.flag(rng.chance("loaner", key, 0.09)),
            "ro_id": arrow.big(ros["ro_id"][ro], shown),
        }
    )


def _claims(world: World, service: Service) -> pa.Table:
    ros, lines, through = service.ros, service.lines, world.config.through
    rows = np.flatnonzero((lines["pay"] == WARR) & (ros["status"][lines["ro"]] == CLOSED))
    ro, key = lines["ro"][rows], lines["key"][rows]
    rng = Stream(world.config.seed, "warranty_claim")
    sent = ros["closed"][ro] + rng.integers("sent", key, 1, 4)
    keep = sent <= through
    rows, ro, key, sent = rows[keep], ro[keep], key[keep], sent[keep]
    amount = lines["labor"][rows] + lines["parts_sale"][rows]
    paid = sent + rng.integers("paid", key, 5, 26) + np.where(rng.chance("slow", key, 0.06), 35, 0)
    rejected = rng.chance("rejected", key, 0.025) & (paid <= through)
    settled = (paid <= through) & ~rejected
    back = settled & rng.chance("back", key, 0.01)
    return arrow.table(
        {
            "warranty_claim_id": arrow.big(ros["ro_id"][ro] * 10 + lines["number"][rows]),
            "ro_line_id": arrow.big(ros["ro_id"][ro] * 10 + lines["number"][rows]),
            "dealership_id": world.store_column(ros["store"][ro]),
            "submitted_date": arrow.day(sent),
            "claim_amount": arrow.money(amount),
            "paid_amount": arrow.money(np.where(settled, amount, 0)),
            "paid_date": arrow.day(paid, settled),
            "claim_status": arrow.code(np.where(rejected, 2, settled.astype(np.int64)), ("submitted", "paid", "rejected")),
            "days_outstanding": arrow.small(np.minimum(paid, through) - sent),
            "chargeback_amount": arrow.money(np.where(back, amount // 2, 0)),
        }
    )


def _open_snapshot(world: World, service: Service) -> pa.Table:
    ros, through = service.ros, world.config.through
    rows = np.flatnonzero(ros["here"] & (ros["status"] != VOID))
    until = np.where(ros["closed"][rows] == NEVER, through + 1, ros["closed"][rows])
    row, age = repeat_index(np.maximum(until - ros["opened"][rows], 0))
    ro = rows[row]
    return arrow.table(
        {
            "dealership_id": world.store_column(ros["store"][ro]),
            "snapshot_date": arrow.day(ros["opened"][ro] + age),
            "ro_id": arrow.big(ros["ro_id"][ro]),
            "department_id": _department(service, ro),
            "days_open": arrow.small(age),
            "wip_amount": arrow.money(ros["total"][ro]),
        }
    )
