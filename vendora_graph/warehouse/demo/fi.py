"""Finance and insurance: products, reserve, lenders, chargebacks; and trades matched to stock."""

from __future__ import annotations

import numpy as np

from vendora_graph.warehouse.demo.config import Config, day_number, load
from vendora_graph.warehouse.demo.deals import LEASE, NEVER, UNWOUND
from vendora_graph.warehouse.demo.disposals import AUCTION, NEW, USED, WHOLESALE
from vendora_graph.warehouse.demo.people import People
from vendora_graph.warehouse.demo.rng import Bools, Columns, Floats, Stream, cents, repeat_index, whole_dollars

_NEXT_MONTH_DAY = 35
_SUBPRIME = 3  # the last of the credit bands
_MOVED_DAYS, _SOLD_AFTER_DAYS = 14, 3  # how far an arrival may move to its trade, and from there to its sale at least


def make_products(config: Config, people: People, deals: Columns) -> Columns:
    """Products sold, a row each: deal (row), product (row), money in cents, cancellation."""
    rng = Stream(config.seed, "fi_product_sale")
    parts: list[Columns] = []
    for number, (code, _, price, cost, share, who, _) in enumerate(load("finance")["products"]):
        allowed = _allowed(who, deals)
        chance = share * _manager_factor(config, people, rng, code, deals)
        rows = np.flatnonzero(allowed & rng.chance(code, deals["key"], chance))
        key = deals["key"][rows] * 16 + number
        asked = whole_dollars(price * np.exp(0.16 * rng.normal("price", key)))
        paid = whole_dollars(cost * np.exp(0.08 * rng.normal("cost", key)))
        parts.append(
            {
                "key": key,
                "deal": rows,
                "product": np.full(len(rows), number, dtype=np.int64),
                "price": asked,
                "cost": np.minimum(paid, asked),
            }
        )
    sold = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    sold = {name: values[np.argsort(sold["deal"], kind="stable")] for name, values in sold.items()}
    _cancel(config, rng, deals, sold)
    return sold


def _allowed(who: str, deals: Columns) -> Bools:
    retail = (deals["group"] <= USED) & (deals["booked"] != NEVER)
    lease = deals["finance"] == LEASE
    by_kind = {"all": retail, "financed": retail & deals["financed"], "lease": retail & lease, "not_lease": retail & ~lease}
    return np.asarray(by_kind[who])


def _manager_factor(config: Config, people: People, rng: Stream, code: str, deals: Columns) -> Floats:
    factor = 1 + 0.07 * rng.normal("manager_" + code, deals["fi_manager"])
    story = config.story("vsc_drop")
    if story and code == "VSC":
        name = [f"{p.first} {p.last}" for p in people.persons]
        newcomer = np.array([n == "Brent Oakley" for n in name])[deals["fi_manager"]]
        factor = np.where(newcomer & (deals["contract"] >= day_number(story["from"])), story["vsc_factor"], factor)
    return np.asarray(factor)


def _cancel(config: Config, rng: Stream, deals: Columns, sold: Columns) -> None:
    booked = deals["booked"][sold["deal"]]
    cancelled = booked + rng.integers("cancel_day", sold["key"], 20, 720)
    unwound = deals["unwound"][sold["deal"]]
    gone = (rng.chance("cancel", sold["key"], 0.15) & (cancelled <= config.through)) | (unwound != NEVER)
    when = np.where(unwound != NEVER, unwound, cancelled)
    left = np.clip(1 - (when - booked) / 1300.0, 0.2, 1.0)
    sold["cancelled"] = np.where(gone, when, NEVER)
    posted = when + rng.integers("posted", sold["key"], 8, _NEXT_MONTH_DAY)
    charged = gone & (posted <= config.through) & (deals["status"][sold["deal"]] != UNWOUND)
    sold["posted"] = np.where(charged, posted, NEVER)
    sold["chargeback"] = np.where(charged, cents(np.rint((sold["price"] - sold["cost"]) / 100 * left)), 0)


def make_finance(config: Config, deals: Columns) -> Columns:
    """Financed and leased deals, a row each: lender, rates, reserve, funding."""
    rng = Stream(config.seed, "deal_finance")
    lenders = load("finance")["lenders"]
    rows = np.flatnonzero(deals["financed"])
    key, store = deals["key"][rows], deals["store"][rows]
    band = rng.pick("band", key, [0.34, 0.36, 0.2, 0.1])
    lender = np.zeros(len(rows), dtype=np.int64)
    for number, store_id in enumerate(config.store_ids):
        own = [x[3] * (1.0 if x[7] in (None, store_id) else 0.0) for x in lenders]
        lender = np.where(store == number, rng.pick("lender", key, own), lender)
    lease = deals["finance"][rows] == LEASE
    captive = np.array([next((i for i, x in enumerate(lenders) if x[7] == s), 3) for s in config.store_ids])[store]
    lender = np.where(lease, captive, np.where(band == _SUBPRIME, 7 + rng.integers("sub", key, 0, 1), lender))
    cap = np.array([x[5] for x in lenders])[lender]
    markup = np.minimum(np.rint(cap * (0.35 + 0.65 * rng.u("markup", key))), cap).astype(np.int64)
    markup = np.where(lease, 50, markup)
    buy = np.array([x[4] for x in lenders])[lender] + np.array([-0.006, 0.0, 0.015, 0.02])[band]
    amount = np.maximum(deals["sale_price"][rows] * rng.integers("ltv", key, 70, 105) // 10_000 * 100, 400_000)
    term = np.where(lease, 36, np.array([48, 60, 72, 75, 84])[rng.pick("term", key, [0.08, 0.22, 0.4, 0.18, 0.12])])
    flat = np.where(lease, 35_000, rng.integers("flat", key, 0, 2) * 10_000)
    reserve = np.where(lease, flat, cents(np.minimum(amount / 100 * markup / 10_000 * term / 24 * 0.80, 3200)) + flat)
    funded = deals["booked"][rows] + rng.integers("fund", key, 2, 13) + np.where(rng.chance("slow", key, 0.06), 9, 0)
    booked = deals["booked"][rows] != NEVER
    early = rng.chance("early", key, 0.06)
    posted = deals["booked"][rows] + rng.integers("payoff", key, 40, 120)
    charged = early & booked & (posted <= config.through) & (deals["status"][rows] != UNWOUND)
    return {
        "key": key, "deal": rows, "lender": lender, "band": band, "apr_buy": np.rint(buy * 1e6).astype(np.int64), "markup": markup,
        "term": term, "amount": amount, "reserve": np.where(booked, reserve, 0), "flat": np.where(booked, flat, 0),
        "funded": np.where(booked & (funded <= config.through), funded, NEVER),
        "chargeback": np.where(charged, reserve, 0), "posted": np.where(charged, posted, NEVER),
    }  # fmt: skip


def make_trades(config: Config, units: Columns, deals: Columns) -> Columns:
    """Trades of the retail deals, matched to the units that came from them.

    Moves a matched unit's arrival to its deal's contract day (units are changed in place).
    """
    rng = Stream(config.seed, "trade_in")
    retail = np.flatnonzero((deals["group"] <= USED) & (deals["twin"] == 0))
    key = deals["key"][retail]
    share = np.where(deals["group"][retail] == NEW, 0.47, 0.42)
    count = rng.chance("any", key, share) * (1 + rng.chance("two", key, 0.05) + rng.chance("three", key, 0.003))
    row, number = repeat_index(count.astype(np.int64))
    trades: Columns = {"deal": retail[row], "number": number}
    trades["key"] = deals["key"][trades["deal"]] * 4 + number
    trades["unit"] = np.full(len(row), -1, dtype=np.int64)
    for store in range(len(config.stores)):
        _match_store(config, units, deals, trades, store)
    order = np.lexsort((trades["number"], trades["deal"]))
    trades = {name: values[order] for name, values in trades.items()}
    _trade_money(config, rng, units, trades)
    return trades


def _match_store(config: Config, units: Columns, deals: Columns, trades: Columns, store: int) -> None:
    """Give each trade-sourced unit the next free trade at or after its arrival."""
    wanted = np.flatnonzero((units["store"] == store) & (units["source"] == 1) & np.isin(units["group"], (USED, WHOLESALE)))
    wanted = wanted[units["arrived"][wanted] >= config.start]
    wanted = wanted[np.argsort(units["arrived"][wanted], kind="stable")]
    slots = np.flatnonzero(deals["store"][trades["deal"]] == store)
    when = deals["contract"][trades["deal"][slots]]
    slots, when = slots[np.argsort(when, kind="stable")], np.sort(when, kind="stable")
    step = np.arange(len(wanted))
    place = step + np.maximum.accumulate(np.searchsorted(when, units["arrived"][wanted]) - step)
    fits = place < len(slots)
    wanted, place = wanted[fits], place[fits]
    moved = when[place] - units["arrived"][wanted]
    fits = (moved <= _MOVED_DAYS) & (when[place] <= units["contract"][wanted] - _SOLD_AFTER_DAYS)
    units["source"][wanted[~fits]] = AUCTION
    wanted, place, moved = wanted[fits], place[fits], moved[fits]
    trades["unit"][slots[place]] = wanted
    units["arrived"][wanted] += moved
    units["acquired"][wanted] = units["arrived"][wanted]
    units["days_in_stock"][wanted] -= moved
    units["recon_ends"][wanted] = np.minimum(units["recon_ends"][wanted] + moved[:, None], units["contract"][wanted][:, None] - 1)
    units["ready"][wanted] = units["recon_ends"][wanted, 3]
    units["trade_of"][wanted] = trades["deal"][slots[place]]


def _trade_money(config: Config, rng: Stream, units: Columns, trades: Columns) -> None:
    key, linked = trades["key"], trades["unit"] >= 0
    story = config.story("over_allowance")
    bad = linked & units["over_allowed"][np.maximum(trades["unit"], 0)]
    loose = cents(np.rint(rng.lognormal("acv", key, 9800.0, 0.55)))
    trades["acv"] = np.where(linked, units["acquisition_cost"][np.maximum(trades["unit"], 0)], loose)
    over = rng.normal("over", key) * 420 + 330
    if story:
        over = over + np.where(bad, story["over_allow"], 0)
    trades["over"] = whole_dollars(np.where(rng.chance("none", key, 0.35) & ~bad, 0, np.maximum(over, -300)))
    owes = rng.chance("payoff", key, 0.55)
    trades["payoff"] = np.where(owes, cents(np.rint(trades["acv"] / 100 * (0.55 + 0.65 * rng.u("owed", key)))), 0)
    trades["bad"] = bad
