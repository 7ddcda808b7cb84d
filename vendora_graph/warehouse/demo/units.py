"""The stocked units: VINs that come back, prices, costs and reconditioning."""

from __future__ import annotations

import numpy as np

from vendora_graph.warehouse.demo.config import Config, day_number, load
from vendora_graph.warehouse.demo.disposals import AUCTION, CPO, DEMO, FLEET, NEW, TRANSFER, USED
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream, cents, whole_dollars

UNIT_BASE = 500_001
VEHICLE_BASE = 1
STEPS = ("inspect", "mechanical", "detail", "photo")
_RESTOCK_SHARE = 0.10
_RETURN_DAYS = 180
MARKDOWN_DAYS = 15
_MARKDOWNS = 6


def finish_units(config: Config, rows: Columns) -> None:
    """Add vehicle, money and recon columns to the disposals in place (money in cents)."""
    rng = Stream(config.seed, "inventory_unit")
    rows["unit_id"] = UNIT_BASE + np.arange(len(rows["key"]), dtype=np.int64)
    rows["vehicle_row"] = _vehicle_rows(rng, rows)
    for name in ("model", "model_year", "trim"):
        rows[name] = rows[name][rows["vehicle_row"]]
    vehicle_key = rows["key"][rows["vehicle_row"]]
    _prices(rng, rows, vehicle_key)
    _recon(config, rng, rows)
    _late_recon(config, rng, rows)
    _costs(config, rng, rows)


def _vehicle_rows(rng: Stream, rows: Columns) -> Ints:
    """Row whose vehicle a unit is: its own, the transferred one, or one sold here before."""
    own = np.arange(len(rows["key"]), dtype=np.int64)
    back = (rows["group"] == USED) & (rows["source"] == 1) & rng.chance("restock", rows["key"], _RESTOCK_SHARE)
    for store in np.unique(rows["store"]):
        sold = np.flatnonzero((rows["store"] == store) & np.isin(rows["group"], (NEW, USED)))
        sold = sold[np.argsort(rows["contract"][sold], kind="stable")]
        mine = np.flatnonzero(back & (rows["store"] == store))
        early = np.searchsorted(rows["contract"][sold], rows["acquired"][mine] - _RETURN_DAYS)
        mine, early = mine[early > 0], early[early > 0]
        chosen = sold[rng.below("restock_of", rows["key"][mine], early)]
        free = ~back[chosen]
        chosen, first = np.unique(chosen[free], return_index=True)
        own[mine[free][first]] = chosen
    senders = np.flatnonzero(rows["group"] == TRANSFER)
    own[rows["link"][senders]] = senders
    return own[own]


def _prices(rng: Stream, rows: Columns, vehicle_key: Ints) -> None:
    models = load("models")
    base = np.array([m[5] for m in models["models"]], dtype=float)[rows["model"]]
    lift = np.array(models["trim_lift"])[rows["trim"]]
    noise = 1 + 0.02 * rng.normal("msrp", vehicle_key)
    rows["msrp"] = whole_dollars(base * lift * noise * (1 + 0.022 * (rows["model_year"] - 2024)))
    age = np.maximum((rows["arrived"] / 365.2425 + 1970) - rows["model_year"], 0.3)
    value = rows["msrp"] / 100 * 0.90 * np.power(0.885, age) * (1 + 0.05 * rng.normal("market", rows["key"]))
    rows["market"] = np.where(rows["vehicle_class"] == 0, rows["msrp"], whole_dollars(np.maximum(value, 6500)))
    rows["odometer"] = np.where(
        np.isin(rows["vehicle_class"], (0,)),
        rng.integers("miles_new", rows["key"], 4, 90),
        np.rint(age * 10_800 * np.exp(0.3 * rng.normal("miles", rows["key"]))).astype(np.int64),
    )


def _recon(config: Config, rng: Stream, rows: Columns) -> None:
    key, used = rows["key"], np.isin(rows["vehicle_class"], (1, 2)) & (rows["group"] == USED)
    estimate = rng.lognormal("recon", key, np.where(rows["vehicle_class"] == CPO, 1330.0, 1120.0), 0.45)
    rows["recon_estimate"] = np.where(used, whole_dollars(estimate), 0)
    lasts = np.stack([rng.integers(f"recon_{s}", key, lo, hi) for s, lo, hi in zip(STEPS, (0, 1, 0, 0), (2, 5, 2, 2), strict=True)])
    story = config.story("recon_backlog")
    if story:
        low, high = (day_number(d) for d in story["acquired"])
        late = (rows["store"] == config.store_no(story["store"])) & (rows["arrived"] >= low) & (rows["arrived"] <= high)
        lasts[1] = np.where(late, lasts[1] + story["extra_days"], lasts[1])
    ends = rows["arrived"] + np.cumsum(lasts, axis=0)
    rows["recon_ends"] = np.minimum(ends, np.maximum(rows["contract"] - 1, rows["arrived"])).T
    rows["ready"] = np.where(used, rows["recon_ends"][:, 3], rows["arrived"] + rng.integers("pdi", key, 0, 2))
    rows["ready"] = np.minimum(rows["ready"], rows["contract"])


def _late_recon(config: Config, rng: Stream, rows: Columns) -> None:
    """Recon cost that accounting posts after the sale."""
    key, used = rows["key"], np.isin(rows["vehicle_class"], (1, 2)) & (rows["group"] == USED)
    late_cost = used & rng.chance("late_recon", key, 0.15)
    amount = np.where(late_cost, whole_dollars(rng.lognormal("late_cost", key, 155.0, 0.55)), 0)
    posted = rows["contract"] + rng.integers("late_days", key, 4, 24)
    story = config.story("late_recon")
    if story:
        low, high = (day_number(d) for d in story["sold"])
        first, last = (day_number(d) for d in story["posted"])
        chosen = (
            (rows["store"] == config.store_no(story["store"]))
            & used
            & (rows["contract"] >= low)
            & (rows["contract"] <= high)
            & rng.chance("story_late", key, story["share"])
        )
        amount = np.where(chosen, whole_dollars(rng.lognormal("story_cost", key, story["mean_cost"] * 0.95, 0.3)), amount)
        posted = np.where(chosen, rng.integers("story_posted", key, first, last), posted)
    rows["late_recon"] = np.where(posted <= config.through, amount, 0)
    rows["late_posted"] = posted


def _costs(config: Config, rng: Stream, rows: Columns) -> None:
    key, new = rows["key"], rows["vehicle_class"] == 0
    brand_new = np.isin(rows["vehicle_class"], (0, 3, 4))
    invoice = cents(np.rint(rows["msrp"] / 100 * 0.944))
    pack = np.array([s["pack_used"] for s in config.stores])[rows["store"]]
    margin = np.array([s["front"]["used"] for s in config.stores])[rows["store"]]
    wholesale = np.isin(rows["group"], (3,))
    spread = margin + pack + 150 + np.where(wholesale, -300, 0) + rng.normal("acv", key) * 250
    acv = rows["market"] - rows["recon_estimate"] - whole_dollars(spread)
    story = load("stories")["over_allowance"]
    acv = acv + np.where(rows["over_allowed"], story["acv_excess"] * 100, 0)
    rows["acquisition_cost"] = np.where(brand_new, invoice, np.maximum(acv, 150_000))
    transport = np.where(rows["source"] == AUCTION, whole_dollars(140 + 220 * rng.u("transport", key)), 0)
    rows["transport"] = np.where(brand_new, 0, transport)
    rows["asking_base"] = np.where(brand_new, rows["msrp"], whole_dollars(rows["market"] / 100 * (1.035 + 0.015 * rng.normal("ask", key))))
    rows["is_new"] = new | (rows["group"] == FLEET)


def markdowns(rows: Columns, days: Ints) -> Ints:
    """Price cuts made on used units by a day."""
    cuts = np.clip((days - rows["ready"]) // MARKDOWN_DAYS, 0, _MARKDOWNS)
    return np.where(rows["is_new"] | (rows["vehicle_class"] >= DEMO), 0, cuts)


def asking(rows: Columns, days: Ints) -> Ints:
    """Asking price in cents on a day, after the cuts so far."""
    cut = markdowns(rows, days)
    return np.asarray((rows["asking_base"] * (1000 - 13 * cut) // 100_000) * 100, dtype=np.int64)
