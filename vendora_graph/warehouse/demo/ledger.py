"""The general ledger: journals from the operations, expenses, months and schedules."""

from __future__ import annotations

from typing import Any

import numpy as np

from vendora_graph.warehouse.demo.config import as_date, day_number, load, month_start
from vendora_graph.warehouse.demo.crm import months_of
from vendora_graph.warehouse.demo.deals import NEVER, UNWOUND
from vendora_graph.warehouse.demo.disposals import SWAP, WHOLESALE
from vendora_graph.warehouse.demo.rng import Columns, Floats, Ints, Stream
from vendora_graph.warehouse.demo.service import BODY, CLOSED, Service
from vendora_graph.warehouse.demo.tables_stock import RATES
from vendora_graph.warehouse.demo.world import World

REFERENCES = ("deal", "ro", "stock", "other")
JOURNALS = ("vehicle sales", "repair orders", "parts", "general", "month end")
_DEAL, _RO, _STOCK, _OTHER = range(4)


class Journal:
    """Lines of the general ledger as they are written; amounts in cents, credits negative."""

    def __init__(self) -> None:
        self._parts: list[Columns] = []
        self.accounts: list[list[Any]] = load("accounting")["accounts"]
        self.place = {str(a[0]): i for i, a in enumerate(self.accounts)}

    def add(self, account: str | Ints, store: Ints, day: Ints, amount: Ints, kind: tuple[int, int], reference: Ints | None = None) -> None:
        """Write lines; `kind` is (reference type, journal)."""
        size = len(store)
        number = np.full(size, self.place[account]) if isinstance(account, str) else account
        ref = np.zeros(size, dtype=np.int64) if reference is None else reference
        lines: Columns = {"account": number, "store": store, "day": day, "amount": amount, "ref": ref}
        lines["type"], lines["journal"] = np.full(size, kind[0]), np.full(size, kind[1])
        keep = amount != 0
        self._parts.append({name: values[keep] for name, values in lines.items()})

    def lines(self) -> Columns:
        """All lines so far, by day."""
        merged = {name: np.concatenate([p[name] for p in self._parts]) for name in self._parts[0]}
        order = np.argsort(merged["day"], kind="stable")
        return {name: values[order] for name, values in merged.items()}


def make_journal(world: World, service: Service, parts: Columns) -> Columns:
    """All journal lines of the history."""
    journal = Journal()
    _deals(world, journal)
    _service(world, service, journal)
    _parts_lines(world, parts, journal)
    gross = _monthly_gross(world, journal)
    _adjust(world, journal, gross)
    _expenses(world, journal, gross)
    _floorplan(world, journal)
    _stock(world, journal)
    return journal.lines()


def _deals(world: World, journal: Journal) -> None:
    d, p, f = world.deals, world.products, world.finance
    rows = np.flatnonzero((d["booked"] != NEVER) & (d["group"] != SWAP))
    income = np.bincount(p["deal"], p["price"], minlength=len(d["key"])) + np.bincount(f["deal"], f["reserve"], minlength=len(d["key"]))
    cost = np.bincount(p["deal"], p["cost"], minlength=len(d["key"]))
    gone = rows[d["status"][rows] == UNWOUND]
    for deal, day, sign in ((rows, d["booked"][rows], 1), (gone, d["unwound"][gone], -1)):
        wholesale, new = d["group"][deal] == WHOLESALE, d["vehicle_class"][deal] == 0
        kind = np.where(wholesale, 2, np.where(new, 0, 1))
        sales = np.array([journal.place[a] for a in ("4010", "4020", "4030")])[kind]
        cos = np.array([journal.place[a] for a in ("5010", "5020", "5030")])[kind]
        sale = d["sale_price"][deal] + d["accessories_sale"][deal]
        reference = d["deal_id"][deal] - 80_000
        store = d["store"][deal]
        journal.add(sales, store, day, -sign * sale, (_DEAL, 0), reference)
        journal.add(cos, store, day, sign * (sale - d["front"][deal]), (_DEAL, 0), reference)
        journal.add("4040", store, day, -sign * np.rint(income[deal]).astype(np.int64), (_DEAL, 0), reference)
        journal.add("5040", store, day, sign * np.rint(cost[deal]).astype(np.int64), (_DEAL, 0), reference)
    for table in (p, f):
        back = np.flatnonzero(table["posted"] != NEVER)
        deal = table["deal"][back]
        journal.add("5045", d["store"][deal], table["posted"][back], table["chargeback"][back], (_DEAL, 3), d["deal_id"][deal] - 80_000)


def _daily(world: World, store: Ints, day: Ints, amount: Ints) -> tuple[Ints, Ints, Ints]:
    """Sums of a store and day."""
    size = world.config.through - world.config.start + 1
    total = np.bincount(store * size + day - world.config.start, amount)
    place = np.flatnonzero(total)
    return place // size, place % size + world.config.start, np.rint(total[place]).astype(np.int64)


def _service(world: World, service: Service, journal: Journal) -> None:
    ros, lines = service.ros, service.lines
    ro = lines["ro"]
    closed = ros["status"][ro] == CLOSED
    body = ros["department"][ro] == BODY
    for number, (sales, cos) in enumerate((("4110", "5110"), ("4120", "5120"), ("4130", "5130"), ("4150", "5150"))):
        chosen = closed & (body if number == 3 else (lines["pay"] == number) & ~body)  # noqa: PLR2004
        for account, name, sign in ((sales, "labor", -1), (cos, "labor_cost", 1)):
            store, day, amount = _daily(world, ros["store"][ro][chosen], ros["closed"][ro][chosen], lines[name][chosen])
            journal.add(account, store, day, sign * amount, (_RO, 1))
    misc = service.ros["misc_rows"], service.ros["misc_sale"], service.ros["misc_cost"]
    done = ros["status"][misc[0]] == CLOSED
    for account, values, sign in (("4140", misc[1], -1), ("5140", misc[2], 1)):
        store, day, amount = _daily(world, ros["store"][misc[0]][done], ros["closed"][misc[0]][done], values[done])
        journal.add(account, store, day, sign * amount, (_RO, 1))


def _parts_lines(world: World, parts: Columns, journal: Journal) -> None:
    groups = {"4210": (0, 1, 2, 5), "4220": (3,), "4230": (4,)}
    for sales, channels in groups.items():
        chosen = np.isin(parts["channel"], channels)
        for account, name, sign in ((sales, "sale", -1), ("5" + sales[1:], "cost", 1)):
            store, day, amount = _daily(world, parts["store"][chosen], parts["day"][chosen], parts[name][chosen])
            journal.add(account, store, day, sign * amount, (_STOCK, 2))


def _monthly_gross(world: World, journal: Journal) -> Floats:
    """Gross in cents by (store, month) of what was written so far."""
    lines, months = journal.lines(), months_of(world)
    month = np.searchsorted(months, lines["day"], side="right") - 1
    total = np.bincount(lines["store"] * len(months) + month, -lines["amount"], minlength=len(world.config.stores) * len(months))
    return np.asarray(total, dtype=np.float64).reshape(len(world.config.stores), len(months))


def _adjust(world: World, journal: Journal, gross: Floats) -> None:
    """Month-end adjustments: the statement differs from the deal recaps by 0.5 to 2%."""
    months = months_of(world)
    ends = np.append(months[1:], world.config.through + 2)[: len(months)] - 1
    rng = Stream(world.config.seed, "gl_adjustment")
    for account, share in (("5010", 0.13), ("5020", 0.09), ("4110", 0.22), ("4210", 0.16)):
        store, month = (g.ravel() for g in np.meshgrid(np.arange(gross.shape[0]), np.arange(gross.shape[1]), indexing="ij"))
        key = (store * 1000 + month) * 64 + journal.place[account]
        size = (0.006 + 0.014 * rng.u("size", key)) * np.where(rng.chance("sign", key, 0.5), 1, -1)
        complete = ends[month] <= world.config.through
        amount = np.rint(gross[store, month] * share * size) * complete
        if world.config.stores and account == "5010":
            amount = np.where(np.array([s["units"]["new"] == 0 for s in world.config.stores])[store], 0, amount)
        journal.add(account, store, ends[month], amount.astype(np.int64), (_OTHER, 4))


def _expenses(world: World, journal: Journal, gross: Floats) -> None:
    """Mostly fixed, partly moving with gross; nearly all booked at the end of the month."""
    config, months = world.config, months_of(world)
    rng = Stream(config.seed, "gl_expense")
    early = load("accounting")["early_share"]
    ends = np.append(months[1:], day_number(month_start(as_date(config.through), -1)))
    for number, account in enumerate(journal.accounts):
        share = account[8]
        if share is None:
            continue
        for store in range(len(config.stores)):
            live = np.flatnonzero(gross[store] > 0)
            whole = live[ends[live] - 1 <= config.through]
            mean = gross[store][whole].mean() if len(whole) else float(gross[store][live].mean())
            level = np.where(ends[live] - 1 <= config.through, gross[store][live], mean)
            key = (store * 128 + number) * 1000 + live + (months[0] // 30)
            inflation = 1 + 0.02 * (months[live] - months[live].mean()) / 365.0
            elastic = 0.85 if account[5] == "variable_selling" else 0.25
            amount = mean * share * inflation * (1 - elastic + elastic * level / mean) * (1 + 0.035 * rng.normal("noise", key))
            sign = -1 if account[2] == "other_income" else 1
            parts = ((months[live] + 9, early), (ends[live] - 1, 1 - early))
            for day, part in parts:
                here = day <= config.through
                value = sign * np.rint(amount * part).astype(np.int64) * here
                journal.add(str(account[0]), np.full(len(live), store), day, value, (_OTHER, 3 if part == early else 4))


def _floorplan(world: World, journal: Journal) -> None:
    """Interest and assistance of the month, booked at its end."""
    u, config, months = world.units, world.config, months_of(world)
    ends = np.append(months[1:], config.through + 1)
    start = np.where(u["is_new"], u["acquired"], u["arrived"])
    low = np.maximum(start[:, None], months[None, :])
    held = np.maximum(np.minimum(u["left"][:, None], ends[None, :]) - low, 0)
    rate = np.zeros(len(months))
    for since, yearly in RATES:
        rate = np.where(months >= since, yearly, rate)
    principal = np.where(u["is_new"], u["acquisition_cost"], u["acquisition_cost"] * 85 // 100)
    interest = np.rint(principal[:, None] * rate[None, :] / 365 * held)
    helped = u["is_new"][:, None] & (months[None, :] <= start[:, None] + 31) & (held > 0)
    assistance = helped * (u["msrp"] // 280)[:, None]
    for store in range(len(config.stores)):
        mine = u["store"] == store
        where = np.full(len(months), store)
        journal.add("6060", where, ends - 1, interest[mine].sum(axis=0).astype(np.int64), (_OTHER, 4))
        journal.add("7010", where, ends - 1, -assistance[mine].sum(axis=0).astype(np.int64), (_OTHER, 4))


def month_end_stock(world: World) -> tuple[Ints, dict[str, Floats]]:
    """Snapshot dates, and by name (store, month) sums of stock at those closes."""
    u, config, months = world.units, world.config, months_of(world)
    ends = np.append(months[1:], config.through + 1) - 1
    here = (u["acquired"][:, None] <= ends[None, :]) & (u["left"][:, None] > ends[None, :])
    cost = (u["acquisition_cost"] + u["transport"])[:, None]
    floor = np.where(u["is_new"], u["acquisition_cost"], u["acquisition_cost"] * 85 // 100)[:, None]
    new = u["is_new"][:, None]
    stores = len(config.stores)
    names = {"new": here * cost * new, "used": here * cost * ~new, "floor_new": here * floor * new, "floor_used": here * floor * ~new}
    names |= {"units_new": here * new, "units_used": here * ~new}
    return ends, {n: np.stack([v[u["store"] == s].sum(axis=0) for s in range(stores)]) for n, v in names.items()}


def _stock(world: World, journal: Journal) -> None:
    ends, stock = month_end_stock(world)
    for account, values, sign in (
        ("1310", stock["new"], 1),
        ("1320", stock["used"], 1),
        ("2310", stock["floor_new"] + stock["floor_used"], -1),
    ):
        change = np.diff(values, axis=1, prepend=0)
        for store in range(len(world.config.stores)):
            journal.add(account, np.full(len(ends), store), ends, sign * change[store].astype(np.int64), (_STOCK, 4))
