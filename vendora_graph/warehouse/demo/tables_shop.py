"""Tables of the people, appointments and claims of service."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.deals import NEVER
from vendora_graph.warehouse.demo.rng import Bools, Ints, Stream, repeat_index
from vendora_graph.warehouse.demo.service import CLOSED, VOID, WARR, Service
from vendora_graph.warehouse.demo.tables_service import booked_ahead, department_column
from vendora_graph.warehouse.demo.world import World


def shop_tables(world: World, service: Service) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "technician_time", _technician_time(world, service)
    yield "advisor_day", _advisor_day(world, service)
    yield "service_appointment", _appointments(world, service)
    yield "warranty_claim", _claims(world, service)
    yield "open_ro_snapshot", _open_snapshot(world, service)


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
    kept = np.flatnonzero(booked_ahead(world, ros))
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
            "department_id": department_column(service, ro),
            "days_open": arrow.small(age),
            "wip_amount": arrow.money(ros["total"][ro]),
        }
    )
