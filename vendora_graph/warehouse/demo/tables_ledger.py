"""Tables of the general ledger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import as_date, day_number, load, month_start
from vendora_graph.warehouse.demo.crm import months_of
from vendora_graph.warehouse.demo.ledger import JOURNALS, REFERENCES
from vendora_graph.warehouse.demo.rng import Columns, Ints
from vendora_graph.warehouse.demo.world import World

_CLOSED = 2  # status of a month: 0 open, 1 soft


def close_days(world: World) -> tuple[Ints, Ints]:
    """By (store, month): the day the month is closed (0 while open), and its status 0 open 1 soft 2 closed."""
    months, config = months_of(world), world.config
    nexts = np.append(months[1:], day_number(month_start(as_date(config.through), -1)))
    days = np.array([load("accounting")["close_day"][s] for s in config.store_ids])
    closed = nexts[None, :] + days[:, None] - 1
    ended = np.broadcast_to(nexts[None, :] <= config.through, closed.shape)
    status = np.where(closed <= config.through, _CLOSED, np.where(ended, 1, 0))
    return np.where(status == _CLOSED, closed, 0), status


def ledger_tables(world: World, journal: Columns) -> Iterator[tuple[str, pa.Table]]:
    """The tables of this module, one after the other."""
    accounts = load("accounting")["accounts"]
    yield (
        "gl_account",
        arrow.table(
            {
                "account_no": arrow.text([str(a[0]) for a in accounts]),
                **_account_columns(np.arange(len(accounts))),
                "is_factory_statement": arrow.flag(np.ones(len(accounts), dtype=np.bool_)),
            }
        ),
    )
    yield "gl_transaction", _transactions(world, journal)
    yield "gl_month", _months(world, journal)
    yield "month_close", _month_close(world)


def _account_columns(rows: Ints) -> dict[str, pa.Array]:
    accounts = load("accounting")["accounts"]
    classes = [a[5] for a in accounts]
    return {
        "account_name": arrow.code(rows, [a[1] for a in accounts]),
        "account_type": arrow.code(rows, [a[2] for a in accounts]),
        "department_id": arrow.code(rows, [a[3] for a in accounts]),
        "statement_line": arrow.code(rows, [a[4] for a in accounts]),
        "expense_class": arrow.code(rows, [c or "" for c in classes], np.array([c is not None for c in classes])[rows]),
        "is_sga": arrow.flag(np.array([bool(a[6]) for a in accounts])[rows]),
        "is_compensation": arrow.flag(np.array([bool(a[7]) for a in accounts])[rows]),
    }


def _month_index(world: World, days: Ints) -> Ints:
    return np.searchsorted(months_of(world), days, side="right") - 1


def _transactions(world: World, journal: Columns) -> pa.Table:
    accounts = load("accounting")["accounts"]
    month = months_of(world)[_month_index(world, journal["day"])]
    return arrow.table(
        {
            "gl_transaction_id": arrow.big(np.arange(1, len(month) + 1)),
            "dealership_id": world.store_column(journal["store"]),
            "account_no": arrow.code(journal["account"], [str(a[0]) for a in accounts]),
            "posted_date": arrow.day(journal["day"]),
            "accounting_month": arrow.day(month),
            "amount": arrow.money(journal["amount"]),
            "reference_type": arrow.code(journal["type"], REFERENCES),
            "reference": arrow.numbered("D", journal["ref"], journal["ref"] > 0),
            "source_journal": arrow.code(journal["journal"], JOURNALS),
        }
    )


def _months(world: World, journal: Columns) -> pa.Table:
    accounts, months = load("accounting")["accounts"], months_of(world)
    shape = (len(world.config.stores), len(accounts), len(months))
    place = (journal["store"] * shape[1] + journal["account"]) * shape[2] + _month_index(world, journal["day"])
    size = shape[0] * shape[1] * shape[2]
    activity = np.zeros(size, dtype=np.int64)
    np.add.at(activity, place, journal["amount"])
    activity = activity.reshape(shape)
    flip = np.array([-1 if a[2] in ("sales", "other_income", "liability") else 1 for a in accounts])[None, :, None]
    amount = activity * flip
    years = np.array([as_date(m).year for m in months])
    first = np.searchsorted(years, years)
    total = np.cumsum(amount, axis=2)
    before = np.where(first > 0, total[:, :, np.maximum(first - 1, 0)], 0)
    sheet = np.array([a[2] in ("asset", "liability") for a in accounts])[None, :, None]
    balance = np.where(sheet, total, total - before)
    used = np.bincount(place, minlength=size).reshape(shape) > 0
    store, account, month = np.nonzero(used)
    closed = close_days(world)[1][store, month] == _CLOSED
    spot = (store, account, month)
    return arrow.table(
        {
            "dealership_id": world.store_column(store),
            "account_no": arrow.code(account, [str(a[0]) for a in accounts]),
            "month_start": arrow.day(months[month]),
            **_account_columns(account),
            "activity": arrow.money(activity[spot]),
            "amount": arrow.money(amount[spot]),
            "balance": arrow.decimal(balance[spot], 14, 2),
            "is_prelim": arrow.flag(~closed),
            "is_closed": arrow.flag(closed),
        }
    )


def _month_close(world: World) -> pa.Table:
    months = months_of(world)
    closed, status = close_days(world)
    stores = len(world.config.stores)
    store, month = (g.ravel() for g in np.meshgrid(np.arange(stores), np.arange(len(months)), indexing="ij"))
    opened = np.array([day_number(s["opened_date"]) for s in world.config.stores])
    keep = months[month] >= opened[store] - 1
    store, month = store[keep], month[keep]
    when, state = closed[store, month], status[store, month]
    return arrow.table(
        {
            "dealership_id": world.store_column(store),
            "month_start": arrow.day(months[month]),
            "close_status": arrow.code(state, ("open", "soft_close", "closed")),
            "closed_at": arrow.stamp(when * arrow.DAY_SECONDS + 63_000, when > 0),
            "statement_version": arrow.small(np.where(state == 0, 0, 1)),
        }
    )
