"""Tables of the deal jacket and its children."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import load
from vendora_graph.warehouse.demo.deals import BOOKED, FINALIZED, FINANCE, NEVER, STATUSES, TYPES
from vendora_graph.warehouse.demo.disposals import FLEET, SWAP, TRANSFER, USED, WHOLESALE
from vendora_graph.warehouse.demo.rng import Bools, Ints, Stream, repeat_index, whole_dollars
from vendora_graph.warehouse.demo.world import World

TRADE_VEHICLE, LOOSE_APPRAISAL = 1_000_000, 3_000_000
CLASSES = ("new", "used", "cpo", "demo", "loaner")
_UNWOUND, _ADJUSTED = 4, 5  # kinds of event that change a gross


def models_column(rows: Ints, field: int) -> pa.Array:
    """One field of models.yaml as text."""
    return arrow.code(rows, [str(m[field]) for m in load("models")["models"]])


def deal_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "deal", _deal(world)
    yield "deal_salesperson", _deal_salesperson(world)
    yield "deal_event", _deal_event(world)
    yield "trade_in", _trade_in(world)
    yield "wholesale_disposal", _wholesale(world)
    yield "dealer_trade", _dealer_trade(world)


def _deal(world: World) -> pa.Table:
    d, config = world.deals, world.config
    rng = Stream(config.seed, "deal")
    names = {"retail": d["group"] <= USED}
    dates = {
        n: arrow.day(d[c], d[c] != NEVER)
        for n, c in (("delivery_date", "delivery"), ("booked_date", "booked"), ("finalized_date", "finalized"), ("unwound_date", "unwound"))
    }
    funded = np.full(len(d["key"]), NEVER, dtype=np.int64)
    funded[world.finance["deal"]] = world.finance["funded"]
    amount = {n: arrow.money(d[c]) for n, c in _MONEY.items()}
    columns = {
        "deal_id": arrow.big(d["deal_id"]),
        "dealership_id": world.store_column(d["store"]),
        "deal_no": arrow.numbered("D", 20_000 + d["deal_id"] - 100_000),
        "customer_id": arrow.big(_customers(world)),
        "co_buyer_id": arrow.big(4_000_000 + d["deal_id"], rng.chance("co_buyer", d["key"], 0.22) & names["retail"]),
        "inventory_unit_id": arrow.big(world.units["unit_id"][d["unit"]]),
        "vehicle_id": arrow.big(1 + world.units["vehicle_row"][d["unit"]]),
        "deal_type": arrow.code(d["type"], TYPES),
        "vehicle_class": arrow.code(d["vehicle_class"], CLASSES),
        "finance_type": arrow.code(d["finance"], FINANCE),
        "deal_status": arrow.code(d["status"], STATUSES),
        **{n: arrow.flag(f) for n, f in _flags(world).items()},
        "contract_date": arrow.day(d["contract"]),
        **dates,
        "funded_date": arrow.day(funded, funded != NEVER),
        "unwind_reason": arrow.code(rng.integers("reason", d["key"], 0, 3), load("finance")["unwind_reasons"], d["unwound"] != NEVER),
        "rebooked_to_deal_id": arrow.big(d["rebooked_to"], d["rebooked_to"] > 0),
        "lead_id": arrow.big(d["lead"], d["lead"] > 0),
        "desk_manager_id": world.person_column(d["desk"]),
        "fi_manager_id": world.person_column(np.where(names["retail"], d["fi_manager"], -1)),
        **_vehicle_text(world),
        "msrp_at_sale": arrow.money(d["msrp"], d["vehicle_class"] == 0),
        **amount,
        "floorplan_credit": arrow.money(np.where(d["vehicle_class"] == 0, d["msrp"] // 100_00 * 100, 0)),
        "total_gross": arrow.money(d["front"] + d["back"]),
        "cash_down": arrow.money(np.where(names["retail"], whole_dollars(3000 * rng.u("down", d["key"])), 0)),
        "days_in_stock_at_sale": arrow.small(np.maximum(d["contract"] - world.units["arrived"][d["unit"]], 0)),
        "odometer_at_sale": arrow.small(world.units["odometer"][d["unit"]]),
        "trade_count": arrow.small(np.bincount(world.trades["deal"], minlength=len(d["key"]))),
        "salesperson_count": arrow.small(np.where(names["retail"], 1 + (d["second"] >= 0), 0)),
        "product_count": arrow.small(d["products"]),
    }
    return arrow.table(columns)


_MONEY = {
    "sale_price": "sale_price", "doc_fee": "doc_fee", "accessories_sale": "accessories_sale", "accessories_cost": "accessories_cost",
    "vehicle_cost": "vehicle_cost", "recon_cost": "recon", "pack": "pack", "holdback": "holdback", "incentive": "incentive",
    "over_allowance": "over_allowance", "front_gross": "front", "back_gross": "back", "normalized_front_gross": "normal_front",
}  # fmt: skip


def _flags(world: World) -> dict[str, Bools]:
    d = world.deals
    rng = Stream(world.config.seed, "deal")
    return {
        "is_retail": d["is_retail"],
        "is_retail_ever_booked": d["ever_booked"],
        "is_delivered": d["delivery"] != NEVER,
        "is_house": d["house"] & (d["group"] <= USED),
        "is_spot_delivery": rng.chance("spot", d["key"], 0.08) & d["financed"],
        "has_vsc": d["has_vsc"],
        "has_gap": d["has_gap"],
        "is_gap_eligible": d["financed"],
        "is_financed": d["financed"],
    }


def _customers(world: World) -> Ints:
    """Buyers: persons for retail, companies for the rest."""
    d = world.deals
    company = np.select(
        [d["group"] == WHOLESALE, d["group"] == FLEET, d["group"] == SWAP], [1 + d["key"] % 4, 11 + d["key"] % 6, 21 + d["key"] % 4], 0
    )
    return np.where(company > 0, company, d["customer"])


def _vehicle_text(world: World) -> dict[str, pa.Array]:
    rows = world.deals["unit"]
    model = world.units["model"][rows]
    return {
        "make": models_column(model, 0),
        "model": models_column(model, 1),
        "model_year": arrow.small(world.units["model_year"][rows]),
        "fuel": models_column(model, 4),
    }


def _deal_salesperson(world: World) -> pa.Table:
    d = world.deals
    deal, number = repeat_index(np.where(d["group"] <= USED, 1 + (d["second"] >= 0), 0))
    share = np.where(number == 0, d["split"][deal], 10_000 - d["split"][deal])
    credit = {}
    for name in ("front", "back"):
        main = np.rint(d[name][deal] * d["split"][deal] / 10_000).astype(np.int64)
        credit[name] = np.where(number == 0, main, d[name][deal] - main)
    pay = np.maximum(credit["front"] * 25 // 100, share * 2) + 50_00 * (number == 0)
    house = d["house"][deal] & (number == 0)
    return arrow.table(
        {
            "deal_salesperson_id": arrow.big(d["deal_id"][deal] * 10 + number),
            **child_columns(world, deal),
            "employee_id": world.person_column(np.where(number == 0, d["salesperson"][deal], d["second"][deal])),
            "is_house": arrow.flag(house),
            "vehicle_class": arrow.code(d["vehicle_class"][deal], CLASSES),
            "deal_type": arrow.code(d["type"][deal], TYPES),
            "split_pct": arrow.decimal(share, 5, 4),
            "unit_credit": arrow.decimal(share, 5, 4),
            "front_gross_credit": arrow.money(credit["front"]),
            "back_gross_credit": arrow.money(credit["back"]),
            "commission_amount": arrow.money(np.where(house, 0, pay)),
        }
    )


def child_columns(world: World, deal: Ints) -> dict[str, pa.Array]:
    """Columns that every child of a deal carries."""
    d = world.deals
    return {
        "deal_id": arrow.big(d["deal_id"][deal]),
        "dealership_id": world.store_column(d["store"][deal]),
        "booked_date": arrow.day(d["booked"][deal], d["booked"][deal] != NEVER),
        "is_retail": arrow.flag(d["is_retail"][deal]),
    }


def _deal_event(world: World) -> pa.Table:
    d = world.deals
    size = len(d["key"])
    late = (d["late_recon"] > 0) & np.isin(d["status"], (BOOKED, FINALIZED))
    funded = np.full(size, NEVER, dtype=np.int64)
    funded[world.finance["deal"]] = world.finance["funded"]
    posted = np.where(late, world.units["late_posted"][d["unit"]], NEVER)
    when = np.stack([d["contract"], d["booked"], d["finalized"], funded, d["unwound"], posted], axis=1)
    happened = (when != NEVER) & (when <= world.config.through)
    deal, kind = np.nonzero(happened)
    days = when[deal, kind]
    rng = Stream(world.config.seed, "deal_event")
    key = d["key"][deal] * 8 + kind
    second = rng.integers("second", key, 9 * 3600, 20 * 3600)
    late_night = rng.chance("late_night", key, 0.05)
    second = np.where(late_night, 23 * 3600 + 1800, second)
    total = (d["front"] + d["back"])[deal]
    before = total + d["late_recon"][deal]
    after = np.select([kind == _ADJUSTED, kind == _UNWOUND], [total, 0], before)
    return arrow.table(
        {
            "deal_event_id": arrow.big(d["deal_id"][deal] * 10 + kind),
            "deal_id": arrow.big(d["deal_id"][deal]),
            "dealership_id": world.store_column(d["store"][deal]),
            "event_date": arrow.day(days),
            "event_ts": arrow.stamp(days * arrow.DAY_SECONDS + second),
            "event_type": arrow.code(kind, ("written", "booked", "finalized", "funded", "unwound", "recapped")),
            "old_gross": arrow.money(before, kind > 0),
            "new_gross": arrow.money(after),
        }
    )


def _trade_in(world: World) -> pa.Table:
    t, d, u = world.trades, world.deals, world.units
    deal, unit = t["deal"], np.maximum(t["unit"], 0)
    linked = t["unit"] >= 0
    rng = Stream(world.config.seed, "trade_in")
    loose = 1 + rng.integers("to", t["key"], 0, 1)
    where = np.where(linked, np.where(u["group"][unit] == WHOLESALE, 1, 0), loose)
    where = np.where(~linked & rng.chance("sister", t["key"], 0.06), 3, where)
    vehicle = np.where(linked, 1 + u["vehicle_row"][unit], TRADE_VEHICLE + np.arange(len(deal)))
    return arrow.table(
        {
            "trade_in_id": arrow.big(d["deal_id"][deal] * 10 + t["number"]),
            **child_columns(world, deal),
            "deal_vehicle_class": arrow.code(d["vehicle_class"][deal], CLASSES),
            "employee_id": world.person_column(d["salesperson"][deal]),
            "vehicle_id": arrow.big(vehicle),
            "allowance": arrow.money(t["acv"] + t["over"]),
            "acv": arrow.money(t["acv"]),
            "over_allowance": arrow.money(t["over"]),
            "payoff": arrow.money(t["payoff"]),
            "negative_equity": arrow.money(np.maximum(t["payoff"] - t["acv"], 0)),
            "disposition": arrow.code(where, ("retail", "wholesale", "auction", "to_other_store")),
            "inventory_unit_id": arrow.big(u["unit_id"][unit], linked),
        }
    )


def _wholesale(world: World) -> pa.Table:
    d, u = world.deals, world.units
    rows = np.flatnonzero((d["group"] == WHOLESALE) & (d["booked"] != NEVER))
    unit = d["unit"][rows]
    rng = Stream(world.config.seed, "wholesale_disposal")
    trade = np.full(len(u["key"]), -1, dtype=np.int64)
    linked = world.trades["unit"] >= 0
    trade[world.trades["unit"][linked]] = np.flatnonzero(linked)
    source = trade[unit]
    deal = world.trades["deal"][np.maximum(source, 0)]
    fees = whole_dollars(120 + 180 * rng.u("fees", d["key"][rows]))
    gross = d["front"][rows]
    return arrow.table(
        {
            "wholesale_disposal_id": arrow.big(d["deal_id"][rows]),
            "inventory_unit_id": arrow.big(u["unit_id"][unit]),
            "dealership_id": world.store_column(d["store"][rows]),
            "sold_date": arrow.day(d["booked"][rows]),
            "disposal_channel": arrow.code(rng.pick("channel", d["key"][rows], [0.6, 0.3, 0.1]), ("auction", "wholesaler", "dealer")),
            "make": models_column(u["model"][unit], 0),
            "model": models_column(u["model"][unit], 1),
            "source_trade_in_id": arrow.big(d["deal_id"][deal] * 10 + world.trades["number"][np.maximum(source, 0)], source >= 0),
            "source_employee_id": world.person_column(np.where(source >= 0, d["salesperson"][deal], -1)),
            "sale_price": arrow.money(d["sale_price"][rows] + fees),
            "fees": arrow.money(fees),
            "cost": arrow.money(d["vehicle_cost"][rows]),
            "wholesale_gross": arrow.money(gross),
            "days_in_stock": arrow.small(d["contract"][rows] - u["arrived"][unit]),
        }
    )


def _dealer_trade(world: World) -> pa.Table:
    d, u, through = world.deals, world.units, world.config.through
    swap = np.flatnonzero((d["group"] == SWAP) & (d["booked"] != NEVER))
    moved = np.flatnonzero((u["group"] == TRANSFER) & (u["contract"] >= world.config.start) & (u["contract"] <= through))
    others = [str(n) for n in load("people")["other_dealers"]]
    stores = [str(s["dealership_name"]) for s in world.config.stores]
    key = np.concatenate([d["key"][swap], u["key"][moved]])
    rng = Stream(world.config.seed, "dealer_trade")
    other = np.concatenate([d["key"][swap] % len(others), len(others) + u["store"][u["link"][moved]]])
    inside = np.arange(len(key)) >= len(swap)
    into = np.concatenate([np.zeros(len(swap), dtype=np.int64), u["unit_id"][u["link"][moved]]])
    return arrow.table(
        {
            "dealer_trade_id": arrow.big(np.concatenate([d["deal_id"][swap], u["unit_id"][moved]])),
            "dealership_id": world.store_column(np.concatenate([d["store"][swap], u["store"][moved]])),
            "trade_date": arrow.day(np.concatenate([d["booked"][swap], u["contract"][moved]])),
            "out_unit_id": arrow.big(np.concatenate([u["unit_id"][d["unit"][swap]], u["unit_id"][moved]])),
            "in_unit_id": arrow.big(into, inside),
            "other_dealer": arrow.code(other, others + stores),
            "is_intra_group": arrow.flag(inside),
            "invoice_adjustment": arrow.money(np.where(inside, 0, whole_dollars(rng.normal("adjust", key) * 150))),
        }
    )
