"""The deal jackets: sold, pending, unwound and dead, with their gross to the cent."""

from __future__ import annotations

import numpy as np

from vendora_graph.warehouse.demo.calendar import Calendar
from vendora_graph.warehouse.demo.config import Config, day_number, load
from vendora_graph.warehouse.demo.disposals import FLEET, NEW, SWAP, USED, WHOLESALE
from vendora_graph.warehouse.demo.people import People
from vendora_graph.warehouse.demo.rng import Columns, Floats, Ints, Stream, take, whole_dollars

DEAL_BASE = 100_001
NEVER = -(10**6)
STATUSES = ("working", "pending", "booked", "finalized", "unwound", "dead")
WORKING, PENDING, BOOKED, FINALIZED, UNWOUND, DEAD = range(6)
TYPES = ("retail", "lease", "wholesale", "fleet", "dealer_trade")
FINANCE = ("cash", "finance", "lease", "outside_lien")
LEASE = FINANCE.index("lease")
_UNWIND, _DEAD_SHARE = 0.022, 0.035
_TWIN_DAYS = 14  # a shorter stay in stock has no room for a deal that did not last
_AGED_DAYS = 60
_MONTH_END = 26  # of thirty days: then wholesale losses are taken


def make_deals(config: Config, calendar: Calendar, people: People, units: Columns) -> Columns:
    """Deals of all kinds contracted by the end of the data; `unit` is a row of the units."""
    rng = Stream(config.seed, "deal")
    deals = _with_twins(config, rng, units)
    _dates(config, calendar, rng, deals)
    _finance_type(config, rng, deals)
    _staff(rng, people, deals)
    deals["deal_id"] = DEAL_BASE + np.arange(len(deals["key"]), dtype=np.int64)
    _link_rebooked(deals)
    return deals


def _with_twins(config: Config, rng: Stream, units: Columns) -> Columns:
    """Add deals that did not last on units that another deal sold later."""
    sold = np.flatnonzero(units["group"] <= SWAP)
    deals = {name: units[name][sold] for name in ("key", "store", "group", "contract", "vehicle_class", "days_in_stock")}
    deals["unit"] = sold
    deals["twin"] = np.zeros(len(sold), dtype=np.int64)
    deals["of"] = np.arange(len(sold), dtype=np.int64)
    parts = [deals]
    retail = np.flatnonzero((deals["group"] <= USED) & (deals["days_in_stock"] >= _TWIN_DAYS))
    for kind, column, share, low in ((1, "unwound", _UNWIND, 9), (2, "dead", _DEAD_SHARE, 1)):
        chosen = retail[rng.chance(column, deals["key"][retail], share / 0.9)]
        twin = take(deals, chosen)
        gap = low + rng.below(column + "_gap", twin["key"], np.minimum(twin["days_in_stock"] - low, 26))
        twin["contract"] = twin["contract"] - gap
        twin["days_in_stock"] = twin["days_in_stock"] - gap
        twin["key"] = twin["key"] + kind * 10**11
        twin["twin"] = np.full(len(chosen), kind)
        twin["of"] = chosen
        parts.append(twin)
    merged = {name: np.concatenate([p[name] for p in parts]) for name in deals}
    original = merged["contract"][merged["of"]]
    merged["original_contract"] = original
    opened = np.array([day_number(s["opened_date"]) for s in config.stores])[merged["store"]]
    keep = (merged["contract"] <= config.through) & (merged["contract"] >= np.maximum(opened, config.start))
    return take(merged, keep)


def _dates(config: Config, calendar: Calendar, rng: Stream, deals: Columns) -> None:
    key, store, contract = deals["key"], deals["store"], deals["contract"]
    retail = deals["group"] <= USED
    lag = np.array([0, 1, 2, 4, 7])[rng.pick("lag", key, [0.55, 0.25, 0.12, 0.05, 0.03])]
    booked = calendar.next_sales_day(store, contract + np.where(retail, lag, 0))
    story = config.story("outage_week")
    if story:
        out = (booked >= day_number(story["first"])) & (booked <= day_number(story["last"]))
        moved = day_number(story["booked_from"]) + rng.below("outage", key, np.full(len(key), story["booked_days"]))
        booked = np.where(out, calendar.next_sales_day(store, moved), booked)
    final = booked + rng.integers("final", key, 1, 6)
    status = np.where(final <= config.through, FINALIZED, BOOKED)
    open_status = np.where(rng.chance("working", key, 0.35), WORKING, PENDING)
    status = np.where(booked > config.through, open_status, status)
    unwound = np.where(
        deals["twin"] == 1,
        np.maximum(np.minimum(booked + rng.integers("unwound_at", key, 2, 12), deals["original_contract"] - 1), booked + 1),
        NEVER,
    )
    rebook = (deals["twin"] == 1) & rng.chance("rebook", key, 0.12)
    unwound = np.where(rebook, deals["original_contract"], unwound)
    gone = (deals["twin"] == 1) & (unwound <= config.through) & (booked <= config.through)
    status = np.where(gone, UNWOUND, np.where(deals["twin"] > 0, DEAD, status))
    deals.update(status=status, unwound=np.where(gone, unwound, NEVER), rebook=rebook & gone)
    deals["booked"] = np.where(np.isin(status, (BOOKED, FINALIZED, UNWOUND)), booked, NEVER)
    deals["finalized"] = np.where(status == FINALIZED, final, NEVER)
    delivery = contract + rng.pick("delivery", key, [0.75, 0.15, 0.07, 0.03])
    deals["delivery"] = np.where((status != DEAD) & (delivery <= config.through), delivery, NEVER)
    deals["is_retail"] = retail & np.isin(status, (BOOKED, FINALIZED))
    deals["ever_booked"] = retail & (deals["booked"] != NEVER)


def _finance_type(config: Config, rng: Stream, deals: Columns) -> None:
    key, group = deals["key"], deals["group"]
    luxury = np.array([s["franchise_type"] == "luxury" for s in config.stores])[deals["store"]]
    kind = rng.pick("finance", key, [0.15, 0.79, 0.0, 0.06])
    lease = (group == NEW) & rng.chance("lease", key, np.where(luxury, 0.38, 0.2)) & (kind == 1)
    kind = np.where(lease, LEASE, kind)
    deals["finance"] = np.where(group <= USED, kind, 0)
    types = np.array([0, 0, 3, 2, 4])[group]
    deals["type"] = np.where((group <= USED) & (deals["finance"] == LEASE), 1, types)
    deals["financed"] = (group <= USED) & np.isin(deals["finance"], (1, LEASE))


def _staff(rng: Stream, people: People, deals: Columns) -> None:
    key, store, day = deals["key"], deals["store"], deals["contract"]
    share = np.power(rng.u("salesperson", key), 1.15)
    first = people.assign("sales", store, day, share)
    other = people.assign("sales", store, day, rng.u("second", key))
    house = rng.chance("house", key, 0.03)
    pseudo = np.array(people.house)[store, rng.integers("which_house", key, 0, 1)]
    fresh = _hire_days(people)[first] > day - 10
    second = np.where(rng.chance("split", key, 0.10) & (other != first) & ~house, other, -1)
    deals["salesperson"] = np.where(house, pseudo, np.where(fresh & rng.chance("new_hire", key, 0.75), other, first))
    deals["second"] = np.where(second == deals["salesperson"], -1, second)
    deals["house"] = house
    deals["split"] = np.where(deals["second"] >= 0, np.where(rng.chance("60_40", key, 0.1), 6000, 5000), 10_000)
    deals["fi_manager"] = people.assign("fi_mgr", store, day, rng.u("fi_manager", key))
    deals["desk"] = people.assign("sales_mgr", store, day, rng.u("desk", key))


def _hire_days(people: People) -> Ints:
    return np.array([p.hire for p in people.persons], dtype=np.int64)


def _link_rebooked(deals: Columns) -> None:
    """The deal that replaced an unwound one: the later sale of the same unit to the same buyer."""
    main = np.flatnonzero(deals["twin"] == 0)
    order = main[np.argsort(deals["unit"][main], kind="stable")]
    place = np.searchsorted(deals["unit"][order], deals["unit"])
    place = np.minimum(place, len(order) - 1)
    found = (deals["unit"][order][place] == deals["unit"]) & deals["rebook"]
    deals["rebooked_to"] = np.where(found, deals["deal_id"][order][place], 0)
    same = np.where(found, order[place], np.arange(len(place)))
    deals["customer"] = 1_000_000 + deals["deal_id"][same] - DEAL_BASE


def price_deals(config: Config, units: Columns, deals: Columns, trade_over: Ints) -> None:
    """Add prices and front gross in cents; `trade_over` is the over-allowance of each deal's trades."""
    rng = Stream(config.seed, "deal")
    names = ("msrp", "acquisition_cost", "transport", "recon_estimate", "late_recon", "model", "over_allowed")
    unit = take({name: units[name] for name in names}, deals["unit"])
    retail = deals["group"] <= USED
    _add_ons(config, rng, deals, unit["msrp"])
    deals["vehicle_cost"] = unit["acquisition_cost"] + unit["transport"]
    late = np.where(deals["twin"] == 0, unit["late_recon"], 0)
    deals["recon"] = np.where(deals["group"] == USED, unit["recon_estimate"], 0) + late
    deals["late_recon"] = late
    deals["over_allowance"] = np.where(retail, trade_over, 0)
    target = whole_dollars(_target_front(config, rng, deals, unit["model"]))
    target = target - np.where(unit["over_allowed"] & retail, load("stories")["over_allowance"]["acv_excess"] * 100, 0)
    target = target - late - deals["over_allowance"] * 6 // 10
    _front(config, deals, target)


def _add_ons(config: Config, rng: Stream, deals: Columns, msrp: Ints) -> None:
    """Fees, pack, accessories and the maker's money."""
    key, store = deals["key"], deals["store"]
    new, retail = deals["vehicle_class"] == 0, deals["group"] <= USED
    fees = np.array([s["doc_fee"] for s in config.stores])[store] * 100
    packs = np.array([[s["pack_new"], s["pack_used"]] for s in config.stores])[store, np.where(new, 0, 1)] * 100
    accessory = rng.chance("accessory", key, 0.16) & retail
    deals["doc_fee"] = np.where(retail, fees, 0)
    deals["pack"] = np.where(retail, packs, 0)
    deals["accessories_sale"] = np.where(accessory, whole_dollars(250 + 900 * rng.u("accessory_price", key)), 0)
    deals["accessories_cost"] = deals["accessories_sale"] * 60 // 100
    deals["holdback"] = np.where(new, msrp * 2 // 100, 0)
    deals["incentive"] = np.where(new, whole_dollars(msrp / 100 * (0.035 + 0.012 * rng.normal("incentive", key)).clip(0)), 0)
    deals["msrp"] = msrp


def _front(config: Config, deals: Columns, target: Ints) -> None:
    """The price that gives the wanted gross, in whole dollars, and the gross it gives by the store's policy."""
    store = deals["store"]
    doc_in = np.array([s["doc_fee_policy"] == "in_gross" for s in config.stores])[store]
    oem_in = np.array([bool(s["holdback_in_gross"]) for s in config.stores])[store]
    doc_fee, oem = np.where(doc_in, deals["doc_fee"], 0), deals["holdback"] + deals["incentive"]
    added = deals["accessories_sale"] + doc_fee + np.where(oem_in, oem, 0)
    taken = deals["vehicle_cost"] + deals["recon"] + deals["pack"] + deals["accessories_cost"] + deals["over_allowance"]
    deals["sale_price"] = np.maximum((target - added + taken) // 100 * 100, 80_000)
    deals["front"] = deals["sale_price"] + added - taken
    deals["normal_front"] = deals["front"] + np.where(oem_in, 0, oem) + deals["pack"] - doc_fee


def _target_front(config: Config, rng: Stream, deals: Columns, model: Ints) -> Floats:
    key, group, new = deals["key"], deals["group"], deals["vehicle_class"] == 0
    fronts = np.array([[s["front"]["new"], s["front"]["used"]] for s in config.stores], dtype=float)
    mean = fronts[deals["store"], np.where(new, 0, 1)]
    years = (deals["contract"] - day_number(load("stores")["history_from"])) / 365.0
    mean = mean * np.where(new, 1.12 - 0.075 * years, 1.06 - 0.02 * years)
    skill = 130 * rng.normal("skill", deals["salesperson"])
    aged = np.where(deals["days_in_stock"] > _AGED_DAYS, -420.0, 90.0)
    front = mean + skill + np.where(new, 0, aged) + np.where(new, 1240, 1150) * rng.normal("front", key)
    story = config.story("ev_negative_front")
    if story:
        electric = np.array([m[4] == "BEV" for m in load("models")["models"]])[model]
        front = front - np.where(new & electric & (deals["contract"] >= day_number(story["from"])), story["drop"], 0)
    lossy = (group == WHOLESALE) & (deals["contract"] % 30 > _MONTH_END) & rng.chance("big_loss", key, 0.22)
    whole = 20 + 520 * rng.normal("wholesale", key) - np.where(lossy, 3200, 0)
    front = np.where(group == WHOLESALE, whole, front)
    front = np.where(group == FLEET, 380 + 200 * rng.normal("fleet", key), front)
    return np.where(group == SWAP, 0.0, front)
