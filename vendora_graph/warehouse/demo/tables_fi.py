"""Tables of F&I and appraisals."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import load
from vendora_graph.warehouse.demo.deals import FINANCE, NEVER
from vendora_graph.warehouse.demo.disposals import NEW
from vendora_graph.warehouse.demo.rng import Stream, repeat_index, whole_dollars
from vendora_graph.warehouse.demo.tables_deal import CLASSES, LOOSE_APPRAISAL, TRADE_VEHICLE, child_columns
from vendora_graph.warehouse.demo.world import World


def fi_tables(world: World) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    yield "fi_product_sale", _products(world)
    yield "deal_finance", _finance(world)
    yield "lender_decision", _decisions(world)
    yield "contract_in_transit", _in_transit(world)
    yield "appraisal", _appraisal(world)


_SLOW_DAYS = 10


def _products(world: World) -> pa.Table:
    p, d = world.products, world.deals
    catalogue = load("finance")["products"]
    return arrow.table(
        {
            "fi_product_sale_id": arrow.big(d["deal_id"][p["deal"]] * 100 + p["product"]),
            **child_columns(world, p["deal"]),
            "vehicle_class": arrow.code(d["vehicle_class"][p["deal"]], CLASSES),
            "finance_type": arrow.code(d["finance"][p["deal"]], FINANCE),
            "fi_manager_id": world.person_column(d["fi_manager"][p["deal"]]),
            "product_code": arrow.code(p["product"], [c[0] for c in catalogue]),
            "provider": arrow.code(p["product"], [c[6] for c in catalogue]),
            "term_months": arrow.small(12 * (3 + p["key"] % 5)),
            "price": arrow.money(p["price"]),
            "dealer_cost": arrow.money(p["cost"]),
            "product_gross": arrow.money(p["price"] - p["cost"]),
            "cancelled_date": arrow.day(p["cancelled"], p["cancelled"] != NEVER),
            "chargeback_amount": arrow.money(p["chargeback"]),
            "chargeback_post_date": arrow.day(p["posted"], p["posted"] != NEVER),
        }
    )


def _finance(world: World) -> pa.Table:
    f, d = world.finance, world.deals
    deal = f["deal"]
    booked = d["booked"][deal]
    rng = Stream(world.config.seed, "deal_finance")
    decided = d["contract"][deal] * arrow.DAY_SECONDS + rng.integers("decided", f["key"], 36_000, 64_000)
    return arrow.table(
        {
            **child_columns(world, deal),
            "vehicle_class": arrow.code(d["vehicle_class"][deal], CLASSES),
            "finance_type": arrow.code(d["finance"][deal], FINANCE),
            "fi_manager_id": world.person_column(d["fi_manager"][deal]),
            "lender_id": arrow.code(f["lender"], [x[0] for x in load("finance")["lenders"]]),
            "apr_buy": arrow.decimal(f["apr_buy"], 8, 6),
            "apr_sell": arrow.decimal(f["apr_buy"] + f["markup"] * 100, 8, 6),
            "rate_markup_bps": arrow.small(f["markup"]),
            "term_months": arrow.small(f["term"]),
            "amount_financed": arrow.money(f["amount"]),
            "finance_reserve": arrow.money(f["reserve"]),
            "flat_fee": arrow.money(f["flat"]),
            "credit_band": arrow.code(f["band"], load("finance")["credit_bands"]),
            "decision_ts": arrow.stamp(decided),
            "contracted_date": arrow.day(d["contract"][deal]),
            "funded_date": arrow.day(f["funded"], f["funded"] != NEVER),
            "days_to_fund": arrow.small(f["funded"] - booked, f["funded"] != NEVER),
            "reserve_chargeback": arrow.money(f["chargeback"]),
            "chargeback_post_date": arrow.day(f["posted"], f["posted"] != NEVER),
        }
    )


def _decisions(world: World) -> pa.Table:
    f, d = world.finance, world.deals
    rng = Stream(world.config.seed, "lender_decision")
    lenders = load("finance")["lenders"]
    row, number = repeat_index(rng.integers("count", f["key"], 1, 3))
    key = f["key"][row] * 4 + number
    chosen = number == 0
    lender = np.where(chosen, f["lender"][row], 3 + rng.integers("other", key, 0, 5))
    approved = chosen | rng.chance("approved", key, np.array([x[6] for x in lenders])[lender] - 0.18)
    decision = np.where(approved, 0, np.where(rng.chance("conditioned", key, 0.25), 2, 1))
    deal = f["deal"][row]
    when = d["contract"][deal]
    rate = np.where(chosen, f["apr_buy"][row], np.rint((np.array([x[4] for x in lenders])[lender] + 0.004) * 1e6).astype(np.int64))
    return arrow.table(
        {
            "lender_decision_id": arrow.big(d["deal_id"][deal] * 10 + number),
            "deal_id": arrow.big(d["deal_id"][deal]),
            "dealership_id": world.store_column(d["store"][deal]),
            "decision_date": arrow.day(when),
            "decision_ts": arrow.stamp(when * arrow.DAY_SECONDS + rng.integers("at", key, 36_000, 70_000)),
            "lender_id": arrow.code(lender, [x[0] for x in lenders]),
            "decision": arrow.code(decision, ("approved", "declined", "conditioned")),
            "buy_rate": arrow.decimal(rate, 8, 6, decision != 1),
            "is_selected": arrow.flag(chosen),
        }
    )


def _in_transit(world: World) -> pa.Table:
    f, d, through = world.finance, world.deals, world.config.through
    booked = d["booked"][f["deal"]]
    until = np.where(f["funded"] == NEVER, through + 1, f["funded"])
    until = np.where(d["unwound"][f["deal"]] != NEVER, np.minimum(until, d["unwound"][f["deal"]]), until)
    days = np.where(booked == NEVER, 0, np.maximum(until - booked, 0))
    row, age = repeat_index(days)
    deal = f["deal"][row]
    return arrow.table(
        {
            "dealership_id": world.store_column(d["store"][deal]),
            "snapshot_date": arrow.day(booked[row] + age),
            "deal_id": arrow.big(d["deal_id"][deal]),
            "lender_id": arrow.code(f["lender"][row], [x[0] for x in load("finance")["lenders"]]),
            "amount": arrow.money(f["amount"][row]),
            "days_outstanding": arrow.small(age),
            "is_over_10_days": arrow.flag(age > _SLOW_DAYS),
        }
    )


def _appraisal(world: World) -> pa.Table:
    """Trades that were taken, and appraisals that were not."""
    t, d, u = world.trades, world.deals, world.units
    rng = Stream(world.config.seed, "appraisal")
    retail = np.flatnonzero((d["group"] <= NEW + 1) & (d["twin"] == 0))
    row, number = repeat_index(rng.poisson("lost", d["key"][retail], np.full(len(retail), 0.62)))
    lost = retail[row]
    deal = np.concatenate([t["deal"], lost])
    acquired = np.arange(len(deal)) < len(t["deal"])
    value = np.concatenate([t["acv"], whole_dollars(rng.lognormal("value", d["key"][lost] * 8 + number, 11_500.0, 0.5))])
    over = np.concatenate([t["over"], np.full(len(lost), -20_000)])
    unit = np.concatenate([t["unit"], np.full(len(lost), -1)])
    loose = np.where(acquired, TRADE_VEHICLE + np.arange(len(deal)), LOOSE_APPRAISAL + np.arange(len(deal)) - len(t["deal"]))
    key = d["key"][deal] * 16 + np.concatenate([t["number"], 4 + number])
    source = np.where(acquired, 0, rng.pick("source", key, [0.7, 0.12, 0.13, 0.05]))
    buyer = np.where(acquired, d["customer"][deal], 5_000_000 + np.arange(len(deal)))
    return arrow.table(
        {
            "appraisal_id": arrow.big(np.arange(1, len(deal) + 1)),
            "dealership_id": world.store_column(d["store"][deal]),
            "appraisal_date": arrow.day(d["contract"][deal]),
            "vehicle_id": arrow.big(np.where(unit >= 0, 1 + u["vehicle_row"][np.maximum(unit, 0)], loose)),
            "customer_id": arrow.big(buyer),
            "appraiser_id": world.person_column(
                world.people.assign("used_mgr", d["store"][deal], d["contract"][deal], np.zeros(len(deal)))
            ),
            "appraisal_source": arrow.code(source, ("trade", "street", "service_drive", "lease_return")),
            "appraised_value": arrow.money(value),
            "offered_value": arrow.money(value + over),
            "is_acquired": arrow.flag(acquired),
            "deal_id": arrow.big(d["deal_id"][deal], acquired),
        }
    )
