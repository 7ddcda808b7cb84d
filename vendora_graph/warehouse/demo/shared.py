"""Shared dimensions: stores, customers, vehicles, code lists, events, the build record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.calendar import calendar_table, store_calendar_table
from vendora_graph.warehouse.demo.config import GENERATOR_VERSION, as_date, day_number, load
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream
from vendora_graph.warehouse.demo.service import PAY_TYPES, POOL, Service
from vendora_graph.warehouse.demo.tables_deal import LOOSE_APPRAISAL, TRADE_VEHICLE, models_column
from vendora_graph.warehouse.demo.world import World


def small_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """Stores, calendars and code lists."""
    config, data = world.config, load("stores")
    yield "dealer_group", arrow.table({n: arrow.text([data["group"][n]]) for n in ("group_id", "group_name")})
    yield "dealership", _dealership(world)
    departments = data["departments"]
    names = ("department_id", "department_name", "operations")
    yield "department", arrow.table({n: arrow.text([d[i] for d in departments]) for i, n in enumerate(names)})
    yield "calendar", calendar_table(world.calendar)
    yield "store_calendar", store_calendar_table(config, world.calendar)
    finance = load("finance")
    lists: dict[str, tuple[tuple[str, ...], list[Any]]] = {
        "lender": (("lender_id", "lender_name", "lender_type"), finance["lenders"]),
        "fi_product": (("product_code", "product_name"), finance["products"]),
        "lead_source": (("lead_source_id", "source_name", "source_category"), finance["lead_sources"]),
    }
    for name, (columns, rows) in lists.items():
        yield name, arrow.table({c: arrow.text([str(r[i]) for r in rows]) for i, c in enumerate(columns)})
    yield "op_code", _op_codes()
    yield "door_rate", _door_rates(world)
    yield "business_event", _events(world)
    yield "demo_build", _build(world)


def _dealership(world: World) -> pa.Table:
    stores = world.config.stores
    texts = (
        "dealership_id",
        "dealership_name",
        "brand_primary",
        "franchise_type",
        "city",
        "state",
        "time_zone",
        "doc_fee_policy",
        "oem_program",
    )
    group = str(load("stores")["group"]["group_id"])
    sums = {"doc_fee_amount": "doc_fee", "pack_new": "pack_new", "pack_used": "pack_used", "holding_cost_per_day": "holding_cost"}
    return arrow.table(
        {
            **{n: arrow.text([s[n] for s in stores]) for n in texts},
            "group_id": arrow.text([group] * len(stores)),
            "opened_date": arrow.day(np.array([day_number(s["opened_date"]) for s in stores])),
            **{n: arrow.money(np.array([s[k] for s in stores], dtype=np.int64) * 100) for n, k in sums.items()},
            "holdback_in_gross": arrow.flag(np.array([s["holdback_in_gross"] for s in stores])),
            "service_stalls": arrow.small(np.array([s["stalls"] for s in stores])),
        }
    )


def _op_codes() -> pa.Table:
    ops = load("service")["ops"]
    price = np.array([round((o[4] or 0) * 100) for o in ops], dtype=np.int64)
    return arrow.table(
        {
            "op_code": arrow.text([o[0] for o in ops]),
            "description": arrow.text([o[1] for o in ops]),
            "op_category": arrow.text([o[2] for o in ops]),
            "standard_hours": arrow.hours(np.array([round(o[3] * 100) for o in ops], dtype=np.int64)),
            "list_price": arrow.money(price, price > 0),
        }
    )


def _door_rates(world: World) -> pa.Table:
    first, last = as_date(world.config.start).year, as_date(world.config.through).year
    rows = [(s, p, y) for s in range(len(world.config.stores)) for p in range(3) for y in range(first, last + 1)]
    store, pay, year = (np.array(c) for c in zip(*rows, strict=True))
    base = np.array([[s["door_rate"][p] for p in PAY_TYPES] for s in world.config.stores], dtype=float)
    rate = np.rint(base[store, pay] * (1 + 0.04 * (year - 2026))).astype(np.int64) * 100
    since = np.array([day_number(f"{y}-01-01") for y in year])
    until = np.array([day_number(f"{y}-12-31") for y in year])
    return arrow.table(
        {
            "dealership_id": world.store_column(store),
            "pay_type": arrow.code(pay, PAY_TYPES),
            "effective_from": arrow.day(since),
            "effective_to": arrow.day(until, year < last),
            "posted_rate": arrow.money(rate),
        }
    )


def _events(world: World) -> pa.Table:
    """The outage, when its story is on, and the opening of a store inside the history."""
    rows: list[tuple[str, int, int, int, str, str]] = []
    outage = world.config.story("outage_week")
    for store, settings in enumerate(world.config.stores):
        if outage and day_number(outage["first"]) >= world.config.start:
            text = "The dealer management system was down: deals and repair orders were written on paper and booked the week after."
            rows.append(("dms_outage", store, day_number(outage["first"]), day_number(outage["last"]), "DMS outage", text))
        opened = day_number(settings["opened_date"])
        if opened >= world.config.start:
            rows.append(("store_opened", store, opened, opened, "Store opened", "First day of business; compare same stores only."))
    return arrow.table(
        {
            "event_id": arrow.text([r[0] for r in rows]),
            "dealership_id": world.store_column(np.array([r[1] for r in rows], dtype=np.int64)),
            "first_date": arrow.day(np.array([r[2] for r in rows], dtype=np.int64)),
            "last_date": arrow.day(np.array([r[3] for r in rows], dtype=np.int64)),
            "event_name": arrow.text([r[4] for r in rows]),
            "description": arrow.text([r[5] for r in rows]),
        }
    )


def _build(world: World) -> pa.Table:
    config = world.config
    return arrow.table(
        {
            "seed": arrow.big(np.array([config.seed])),
            "as_of": arrow.day(np.array([config.through + 1])),
            "data_through": arrow.day(np.array([config.through])),
            "history_from": arrow.day(np.array([config.start])),
            "months": arrow.small(np.array([config.months])),
            "rooftops": arrow.small(np.array([len(config.stores)])),
            "generator_version": arrow.text([GENERATOR_VERSION]),
            "stories": arrow.text([",".join(sorted(config.stories))]),
        }
    )


def big_dimensions(world: World, service: Service, leads: Columns) -> Iterator[tuple[str, pa.Table]]:
    """Customers and vehicles that some fact refers to."""
    yield "customer", _customer(world, service, leads)
    yield "vehicle", _vehicle(world)


def _people_seen(world: World, service: Service, leads: Columns) -> tuple[Ints, Ints, Ints]:
    """Ids, stores and first days of persons and households."""
    d, ros = world.deals, service.ros
    retail = d["group"] <= 1
    here = ros["here"]
    original = ~leads["duplicate"]
    lost = np.arange(2 * len(d["key"]))
    parts = [
        (d["customer"][retail], d["store"][retail], d["contract"][retail]),
        (4_000_000 + d["deal_id"][retail], d["store"][retail], d["contract"][retail]),
        (ros["customer"][here], ros["store"][here], ros["opened"][here]),
        (leads["customer"][original], leads["store"][original], leads["created"][original]),
        (5_000_000 + lost, lost % len(world.config.stores), np.full(len(lost), world.config.start)),
    ]
    ids = np.concatenate([p[0] for p in parts])
    store = np.concatenate([p[1] for p in parts])
    day = np.concatenate([p[2] for p in parts])
    ids, first = np.unique(ids, return_index=True)
    person = ids >= 1_000_000  # noqa: PLR2004  (below: institutions)
    return ids[person], store[first][person], day[first][person]


def _customer(world: World, service: Service, leads: Columns) -> pa.Table:
    ids, store, day = _people_seen(world, service, leads)
    data, stores = load("people"), world.config.stores
    firms = [
        *[(1 + i, "wholesaler", n) for i, n in enumerate(data["wholesalers"])],
        *[(11 + i, "fleet", f"Fleet customer {i + 1}") for i in range(6)],
    ]
    firms += [(21 + i, "dealer", n) for i, n in enumerate(data["other_dealers"])]
    firms += [(31 + i, "dealer", f"{s['dealership_name']} (internal)") for i, s in enumerate(stores)]
    rng = Stream(world.config.seed, "customer")
    first = rng.integers("first", ids, 0, len(data["customer_first"]) - 1)
    last = rng.integers("last", ids, 0, len(data["customer_last"]) - 1)
    given, family = arrow.code(first, data["customer_first"]), arrow.code(last, data["customer_last"])
    names = arrow.joined(given, arrow.same(" ", len(ids)), family).to_pylist()
    names[len(names) // 2] = load("service")["customer_injection"]
    count = len(firms)
    blank = pa.nulls(count, pa.string())
    merged = rng.chance("merged", ids, 0.01) & (np.arange(len(ids)) > 0)
    master = np.where(merged, np.roll(ids, 1), ids)
    business = rng.chance("business", ids, 0.03)
    mail = arrow.joined(given, ".", family, arrow.numbered("", ids), "@example.com")
    area = np.array([s["zip_prefix"] for s in stores])

    def column(values: pa.Array) -> pa.Array:
        return pa.concat_arrays([blank, values.cast(pa.string())])

    return arrow.table(
        {
            "customer_id": arrow.big(np.concatenate([[f[0] for f in firms], ids])),
            "customer_type": pa.concat_arrays(
                [arrow.text([f[1] for f in firms]), arrow.code(business.astype(np.int64), ("individual", "business")).cast(pa.string())]
            ),
            "customer_name": arrow.text([*[f[2] for f in firms], *names]),
            "phone": column(arrow.numbered("555-01", 10 + rng.integers("phone", ids, 0, 89))),
            "email": column(mail),
            "street_address": column(
                arrow.joined(
                    arrow.numbered("", rng.integers("house_no", ids, 10, 9900)),
                    " ",
                    arrow.code(rng.integers("street", ids, 0, 9), data["streets"]),
                )
            ),
            "city": column(arrow.code(store, [s["city"] for s in stores])),
            "state": column(arrow.code(store, [s["state"] for s in stores])),
            "zip": column(arrow.joined(arrow.code(store, list(area)), arrow.numbered("", rng.integers("zip", ids, 10, 39)))),
            "do_not_contact": arrow.flag(np.concatenate([np.zeros(count, dtype=np.bool_), rng.chance("dnc", ids, 0.06)])),
            "pii_class": pa.concat_arrays([arrow.text(["business"] * count), arrow.same("personal", len(ids)).cast(pa.string())]),
            "master_customer_id": arrow.big(np.concatenate([[f[0] for f in firms], master])),
            "first_seen_date": arrow.day(np.concatenate([np.full(count, world.config.start), day])),
        }
    )


def _vehicle(world: World) -> pa.Table:
    """Stocked vehicles, trades that were not stocked, lost appraisals, and the neighbourhood's."""
    u, config = world.units, world.config
    own = np.flatnonzero(u["vehicle_row"] == np.arange(len(u["key"])))
    loose = np.flatnonzero(world.trades["unit"] < 0)
    pool = np.concatenate([2_000_000 + s * 10_000 + np.arange(POOL) for s in range(len(config.stores))])
    lost = LOOSE_APPRAISAL + np.arange(2 * len(world.deals["key"]))
    others = np.concatenate([TRADE_VEHICLE + loose, pool, lost])
    ids = np.concatenate([1 + own, others])
    rng, data = Stream(config.seed, "vehicle"), load("models")
    model = np.concatenate([u["model"][own], rng.pick("model", others, [m[7] for m in data["models"]])])
    year = np.concatenate([u["model_year"][own], rng.integers("year", others, 2013, 2024)])
    trim = np.concatenate([u["trim"][own], rng.integers("trim", others, 0, 3)])
    base = np.array([m[5] for m in data["models"]], dtype=np.int64)[model] * 100
    msrp = np.concatenate([u["msrp"][own], base[len(own) :]])
    serial = pc.utf8_lpad(pa.array(ids).cast(pa.string()), 8, "0")
    prefix = [f"{1 + i % 5}VG{'BCDEFGHJKL'[i % 10]}{'MNPRSTUVWX'[i // 10]}" for i in range(len(data["models"]))]
    check = arrow.code(rng.integers("check", ids, 0, 9), list("0123456789"))
    plant = arrow.code(rng.integers("plant", ids, 0, 5), list("ABCDEF"))
    mark = arrow.code((year - 2000) % 30, [f"{'ABCDEFGHJKLMNPRSTVWXY12345678'[i % 29]}T" for i in range(30)])
    return arrow.table(
        {
            "vehicle_id": arrow.big(ids),
            "vin": arrow.joined(arrow.code(model, prefix), check, mark, plant, serial),
            "model_year": arrow.small(year),
            "make": models_column(model, 0),
            "model": models_column(model, 1),
            "trim_level": arrow.code(trim, data["trims"]),
            "body_style": models_column(model, 2),
            "drivetrain": models_column(model, 3),
            "fuel": models_column(model, 4),
            "exterior_color": arrow.code(rng.integers("out", ids, 0, 6), data["exterior"]),
            "interior_color": arrow.code(rng.integers("in", ids, 0, 3), data["interior"]),
            "msrp": arrow.money(msrp),
        }
    )
