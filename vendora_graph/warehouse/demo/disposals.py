"""Every way a unit leaves stock, and the unit that left: sales first, stock from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vendora_graph.warehouse.demo.calendar import Calendar
from vendora_graph.warehouse.demo.config import FUTURE_DAYS, Config, day_number, load
from vendora_graph.warehouse.demo.rng import Columns, Ints, Stream, repeat_index, take

NEW, USED, FLEET, WHOLESALE, SWAP, TRANSFER, LOANER = range(7)
GROUPS = ("new", "used", "fleet", "wholesale", "dealer_trade")
SOURCES = ("factory", "trade", "auction", "street", "service_drive", "lease_return", "transfer")
_FACTORY, _TRADE, AUCTION, _TRANSFER = 0, 1, 2, 6
CPO, DEMO, LOANER_CLASS = 2, 3, 4
"""Vehicle classes after new (0) and used (1)."""

_KEY_DAYS = 100_000
_YEARLY_GROWTH = 0.025
_NEXT_MODEL_YEAR = 220  # day of the year: from August
_DEMOS = 4  # of the eleven places of a store; the others are loaners


@dataclass
class Disposals:
    """Units that left or will leave stock (also after the data end), one row each.

    Columns: key, store, group, contract (day), vehicle_class (0 new 1 used 2 cpo 3 demo 4 loaner),
    model (row of models.yaml), model_year, trim, acquired, arrived, days_in_stock, source.
    """

    rows: Columns


def make_disposals(config: Config, calendar: Calendar) -> Disposals:
    """Draw all disposals from the first unit to well after the data."""
    rows = _sales(config, calendar)
    rng = Stream(config.seed, "inventory_unit")
    _classes(config, rng, rows)
    _stock_times(config, rng, rows)
    _models(config, rng, rows)
    keep = rows["acquired"] <= config.through
    return Disposals(_with_transfers(config, rng, take(rows, keep)))


def _sales(config: Config, calendar: Calendar) -> Columns:
    rng = Stream(config.seed, "deal")
    days = np.arange(config.start, config.through + FUTURE_DAYS + 1, dtype=np.int64)
    year = (days - day_number(load("stores")["history_from"])) / 365.0
    parts: list[Columns] = []
    for store, settings in enumerate(config.stores):
        opened = day_number(settings["opened_date"])
        weight = calendar.sales_weight[store, calendar.at(days)] * (days >= opened) * (1 + _YEARLY_GROWTH * year)
        weight = weight * np.clip(0.55 + (days - opened) / 240, 0, 1)
        for group, name in enumerate(GROUPS):
            mean = settings["units"][name] * weight
            key = ((store + 1) * 10 + group) * _KEY_DAYS + days
            counts = rng.poisson("count", key, mean)
            row, number = repeat_index(counts)
            parts.append(
                {
                    "key": key[row] * 100 + number,
                    "store": np.full(len(row), store, dtype=np.int64),
                    "group": np.full(len(row), group, dtype=np.int64),
                    "contract": days[row],
                }
            )
    merged = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    return take(merged, np.lexsort((merged["key"], merged["contract"])))


def _classes(config: Config, rng: Stream, rows: Columns) -> None:
    key, group = rows["key"], rows["group"]
    swap_new = rng.chance("swap_new", key, 0.9)
    new = (group == NEW) | (group == FLEET) | ((group == SWAP) & swap_new)
    independent = np.array([s["franchise_type"] == "independent" for s in config.stores])[rows["store"]]
    cpo = (group == USED) & rng.chance("cpo", key, 0.27) & ~independent
    rows["vehicle_class"] = np.where(new, 0, np.where(cpo, CPO, 1))
    used_sources = [0.0, 0.58, 0.24, 0.07, 0.06, 0.05, 0.0]
    picked = rng.pick("source", key, used_sources)
    picked = np.where(group == WHOLESALE, rng.pick("source_w", key, [0, 0.88, 0.06, 0.03, 0.03, 0, 0]), picked)
    lot = rng.pick("source_i", key, [0.0, 0.40, 0.40, 0.06, 0.02, 0.0, 0.12])
    picked = np.where(independent & (group == USED), lot, picked)
    rows["source"] = np.where(new, _FACTORY, picked)


def _stock_times(config: Config, rng: Stream, rows: Columns) -> None:
    key, store, new = rows["key"], rows["store"], rows["vehicle_class"] == 0
    mean_new = np.array([s["new_days"] for s in config.stores], dtype=float)[store]
    mean_used = np.array([s["used_days"] for s in config.stores], dtype=float)[store]
    sigma_new, sigma_used = 0.75, 0.70
    days_new = rng.lognormal("days_new", key, mean_new * np.exp(-(sigma_new**2) / 2), sigma_new)
    days_used = rng.lognormal("days_used", key, mean_used * np.exp(-(sigma_used**2) / 2), sigma_used)
    age = np.where(new, days_new, np.where(rows["group"] == WHOLESALE, days_used * 0.5 + 12, days_used))
    age = np.clip(np.rint(age), 2, 260).astype(np.int64)
    story = config.story("over_allowance")
    if story:
        low, high = (day_number(d) for d in story["sold"])
        chosen = (
            (store == config.store_no(story["store"]))
            & np.isin(rows["group"], (USED, WHOLESALE))
            & (rows["contract"] >= low)
            & (rows["contract"] <= high)
            & (rows["source"] == _TRADE)
            & rng.chance("over_allowed", key, story["share"])
        )
        age = np.where(chosen, rng.integers("over_allowed_age", key, 63, 96), age)
        rows["over_allowed"] = chosen
    else:
        rows["over_allowed"] = np.zeros(len(key), dtype=np.bool_)
    opened = np.array([day_number(s["opened_date"]) for s in config.stores])[store]
    age = np.where(rows["contract"] - age < opened - 25, np.maximum(rows["contract"] - opened + 20, 3), age)
    rows["days_in_stock"] = age
    rows["arrived"] = rows["contract"] - age
    transit = np.where(new, rng.integers("transit", key, 4, 13), np.where(rows["source"] == _TRANSFER, 1, 0))
    rows["acquired"] = rows["arrived"] - transit


def _models(config: Config, rng: Stream, rows: Columns) -> None:
    models = load("models")["models"]
    key = rows["key"]
    model = rng.pick("used_model", key, [m[7] for m in models])
    story = config.story("ev_negative_front")
    for store, settings in enumerate(config.stores):
        mine = [m[6] if m[0] == settings["brand_primary"] else 0.0 for m in models]
        if not sum(mine):
            continue
        chosen = rng.pick("new_model", key, mine)
        if story:
            heavy = [w * (story["share_factor"] if m[4] == "BEV" else 1.0) for w, m in zip(mine, models, strict=True)]
            late = rows["contract"] >= day_number(story["from"])
            chosen = np.where(late, rng.pick("new_model", key, heavy), chosen)
        here = (rows["store"] == store) & (rows["vehicle_class"] == 0)
        model = np.where(here, chosen, model)
        own = [m[7] if m[0] == settings["brand_primary"] else 0.0 for m in models]
        cpo = (rows["store"] == store) & ((rows["vehicle_class"] == CPO) | rng.chance("own_brand", key, 0.45))
        model = np.where(cpo & (rows["vehicle_class"] != 0), rng.pick("own_model", key, own), model)
    rows["model"] = model
    year = (rows["arrived"] / 365.2425 + 1970).astype(np.int64)
    late_year = rows["arrived"] % 365 > _NEXT_MODEL_YEAR
    old = np.where(rows["vehicle_class"] == CPO, rng.integers("cpo_age", key, 1, 4), rng.integers("used_age", key, 2, 10))
    rows["model_year"] = np.where(rows["vehicle_class"] == 0, year + late_year, year - old)
    rows["trim"] = rng.pick("trim", key, [0.4, 0.3, 0.2, 0.1])
    rows["link"] = np.full(len(key), -1, dtype=np.int64)


def _with_transfers(config: Config, rng: Stream, rows: Columns) -> Columns:
    """Add the sending store's stocking of each transferred unit, and loaners and demos."""
    into = np.flatnonzero(rows["source"] == _TRANSFER)
    senders = np.array([i for i, s in enumerate(config.stores) if s["franchise_type"] != "independent"])
    out = take(rows, into)
    out["store"] = senders[rng.integers("sender", out["key"], 0, len(senders) - 1)]
    out["link"] = into
    out["key"] = out["key"] + 60 * _KEY_DAYS * 100
    out["group"] = np.full(len(into), TRANSFER)
    out["contract"] = out["acquired"].copy()
    out["days_in_stock"] = rng.integers("sender_days", out["key"], 20, 60)
    out["arrived"] = out["contract"] - out["days_in_stock"]
    out["acquired"] = out["arrived"].copy()
    out["source"] = np.full(len(into), AUCTION)
    out["vehicle_class"] = np.ones(len(into), dtype=np.int64)
    loan = _loaners(config, rows)
    return {name: np.concatenate([rows[name], out[name], loan[name]]) for name in rows}


def _loaners(config: Config, rows: Columns) -> Columns:
    """Service loaners and demos: a few per franchised store, each held half a year."""
    span, keys = 180, []
    for number, settings in enumerate(config.stores):
        if settings["franchise_type"] == "independent":
            continue
        for place in range(11):
            begin = config.start - 170 + place * 15
            keys += [(number, place, first) for first in range(begin, config.through, span)]
    table = np.array(keys, dtype=np.int64).reshape(-1, 3)
    store, slot, day = table[:, 0], table[:, 1], table[:, 2]
    pool = [np.flatnonzero((rows["store"] == s) & (rows["vehicle_class"] == 0)) for s in range(len(config.stores))]
    like = np.array([pool[s][(d * 31 + n * 7) % len(pool[s])] for s, n, d in keys], dtype=np.int64)
    out = take(rows, like)
    out["key"] = (store + 1) * 10**9 + slot * 10**7 + (day - config.start + 200)
    out["group"] = np.full(len(day), LOANER)
    out["vehicle_class"] = np.where(slot < _DEMOS, DEMO, LOANER_CLASS)
    out["arrived"], out["acquired"] = day, day - 8
    out["contract"] = day + span
    out["days_in_stock"] = np.full(len(day), span)
    out["source"] = np.full(len(day), _FACTORY)
    out["link"] = np.full(len(day), -1)
    out["over_allowed"] = np.zeros(len(day), dtype=np.bool_)
    return out


def in_stock(rows: Columns, through: int) -> Ints:
    """Rows still in stock at the end of a day."""
    return np.flatnonzero((rows["acquired"] <= through) & (rows["contract"] > through))
