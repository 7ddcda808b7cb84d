"""The simulated dealership before it becomes tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.calendar import Calendar, make_calendar
from vendora_graph.warehouse.demo.config import Config
from vendora_graph.warehouse.demo.deals import make_deals, price_deals
from vendora_graph.warehouse.demo.disposals import make_disposals
from vendora_graph.warehouse.demo.fi import make_finance, make_products, make_trades
from vendora_graph.warehouse.demo.people import People, make_people
from vendora_graph.warehouse.demo.rng import Columns, Ints, cents
from vendora_graph.warehouse.demo.units import finish_units


@dataclass
class World:
    """Columns of the variable side; every other table is derived from them and the calendar."""

    config: Config
    calendar: Calendar
    people: People
    units: Columns
    deals: Columns
    trades: Columns
    products: Columns
    finance: Columns

    def store_column(self, store: Ints) -> pa.Array:
        """Store numbers as dealership ids."""
        return arrow.code(store, self.config.store_ids)

    def person_column(self, person: Ints) -> pa.Array:
        """Person numbers as employee ids; negative numbers are NULL."""
        return arrow.code(np.maximum(person, 0), self.people.ids, person >= 0)


def make_world(config: Config) -> World:
    """Simulate sales, stock, trades and F&I."""
    calendar = make_calendar(config)
    people = make_people(config, calendar)
    units = make_disposals(config, calendar).rows
    finish_units(config, units)
    units["trade_of"] = np.full(len(units["key"]), -1, dtype=np.int64)
    deals = make_deals(config, calendar, people, units)
    trades = make_trades(config, units, deals)
    _settle_story(config, people, units, deals, trades)
    over = np.bincount(trades["deal"], trades["over"], minlength=len(deals["key"])).astype(np.int64)
    price_deals(config, units, deals, over)
    products = make_products(config, people, deals)
    finance = make_finance(config, deals)
    _back_gross(deals, products, finance)
    return World(config, calendar, people, units, deals, trades, products, finance)


def _settle_story(config: Config, people: People, units: Columns, deals: Columns, trades: Columns) -> None:
    """One salesperson took the over-allowed trades; units that met no trade are bought right."""
    story = config.story("over_allowance")
    if not story:
        return
    stray = units["over_allowed"] & (units["trade_of"] < 0)
    units["acquisition_cost"] = units["acquisition_cost"] - np.where(stray, cents(np.array([float(story["acv_excess"])])), 0)
    units["over_allowed"] = units["over_allowed"] & ~stray
    rows = trades["deal"][trades["bad"]]
    who = story["salesperson"]
    slot = np.full(len(rows), who["slot"])
    deals["salesperson"][rows] = people.holder(who["role"], deals["store"][rows], deals["contract"][rows], slot)
    deals["house"][rows] = False
    deals["second"][rows] = -1
    deals["split"][rows] = 10_000


def _back_gross(deals: Columns, products: Columns, finance: Columns) -> None:
    size = len(deals["key"])
    gross = products["price"] - products["cost"]
    back = np.bincount(products["deal"], gross, minlength=size) + np.bincount(finance["deal"], finance["reserve"], minlength=size)
    deals["back"] = np.rint(back).astype(np.int64)
    deals["products"] = np.bincount(products["deal"], minlength=size).astype(np.int64)
    for name, number in (("has_vsc", 0), ("has_gap", 1)):
        found = np.zeros(size, dtype=np.bool_)
        found[products["deal"][products["product"] == number]] = True
        deals[name] = found
