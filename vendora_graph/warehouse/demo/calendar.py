"""Selling days, their weights, and the calendar tables."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import holidays
import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import FUTURE_DAYS, Config, as_date, day_number, load, month_start
from vendora_graph.warehouse.demo.rng import Bools, Floats, Ints

_LAST_SELLING_DAYS = 8
_PAST_DAYS = 400
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FRIDAY, _SUNDAY = 4, 6
_SHORTEST_MONTH = 28


@dataclass(frozen=True)
class Calendar:
    """Day columns over one span for all stores; matrices are (store, day).

    Attributes:
        first: Day number of column 0.
        days: Day numbers.
        month: Day number of the first of each day's month.
        sales_open, service_open: Selling days.
        sales_weight, service_weight: Share of the month's business, summing to 1 per month,
            times the season of the month.
        month_no: Months since year 0, for grouping.
    """

    first: int
    days: Ints
    month: Ints
    month_no: Ints
    sales_open: Bools
    service_open: Bools
    sales_weight: Floats
    service_weight: Floats
    holiday: list[str | None]

    def at(self, days: Ints) -> Ints:
        """Columns of day numbers, held inside the span."""
        return np.clip(days - self.first, 0, len(self.days) - 1)

    def next_sales_day(self, store: Ints, days: Ints) -> Ints:
        """The same day, or the next one on which the store sells."""
        return _next_open(self, self.sales_open, store, days)

    def next_service_day(self, store: Ints, days: Ints) -> Ints:
        """The same day, or the next one on which service is open."""
        return _next_open(self, self.service_open, store, days)


def _next_open(calendar: Calendar, is_open: Bools, store: Ints, days: Ints) -> Ints:
    size = is_open.shape[1]
    nearest = np.where(is_open, np.arange(size), size - 1)
    nearest = np.minimum.accumulate(nearest[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(nearest[store, calendar.at(days)] + calendar.first, dtype=np.int64)


def make_calendar(config: Config) -> Calendar:
    """Selling days of every store from well before the history to well after the data."""
    world = load("stores")
    first, last = config.start - _PAST_DAYS, config.through + FUTURE_DAYS + 60
    days = np.arange(first, last + 1, dtype=np.int64)
    dates = [as_date(int(d)) for d in days]
    names = holidays.country_holidays("US", years=range(dates[0].year, dates[-1].year + 1), observed=False)
    holiday = [names.get(d) for d in dates]
    weekday = np.array([d.weekday() for d in dates])
    month = np.array([day_number(month_start(d)) for d in dates])
    month_no = np.array([d.year * 12 + d.month - 1 for d in dates])
    closed = np.array([h in world["sales_closed_holidays"] for h in holiday])
    shut = np.array([h in world["service_closed_holidays"] for h in holiday])
    sunday = np.array([bool(s["open_sunday"]) for s in config.stores])
    sales_open = ((weekday != _SUNDAY)[None, :] | sunday[:, None]) & ~closed[None, :]
    service_open = np.broadcast_to((weekday != _SUNDAY) & ~shut, sales_open.shape)
    sales = np.asarray(world["sales_dow"])[weekday][None, :] * sales_open
    sales = sales * np.where(_late(sales_open, month_no), world["month_end_lift"], 1.0)
    service = np.asarray(world["service_dow"])[weekday][None, :] * service_open
    season = month_no % 12
    return Calendar(
        first=first,
        days=days,
        month=month,
        month_no=month_no,
        sales_open=sales_open,
        service_open=np.array(service_open),
        sales_weight=_share(sales, month_no) * np.asarray(world["sales_season"])[season],
        service_weight=_share(service, month_no) * np.asarray(world["service_season"])[season],
        holiday=holiday,
    )


def _share(weights: Floats, month_no: Ints) -> Floats:
    """Weights divided by their month's sum; edge months count as if complete."""
    place = month_no - month_no[0]
    out = np.empty_like(weights)
    for i, row in enumerate(weights):
        total = np.bincount(place, row)
        size = np.bincount(place)
        full = np.where(size < _SHORTEST_MONTH, total / np.maximum(size, 1) * 30.4, total)
        out[i] = row / full[place]
    return out


def _running(is_open: Bools, month_no: Ints) -> tuple[Ints, Ints]:
    """Open days of the month so far and in all, for (store, day)."""
    place = month_no - month_no[0]
    total = np.cumsum(is_open, axis=1, dtype=np.int64)
    first = np.searchsorted(place, np.arange(place[-1] + 1))
    base = (total[:, first] - is_open[:, first])[:, place]
    last = np.append(first[1:], len(place)) - 1
    return total - base, (total[:, last])[:, place] - base


def _late(is_open: Bools, month_no: Ints) -> Bools:
    elapsed, in_month = _running(is_open, month_no)
    return np.asarray(in_month - elapsed < _LAST_SELLING_DAYS)


def _oem_month(value: date) -> date:
    """OEM months end on the first weekday of the next month when that is the 1st to 4th."""
    first = month_start(value)
    close = 1
    while date(first.year, first.month, close).weekday() > _FRIDAY or (first.month == 1 and close == 1):
        close += 1
    return month_start(first, 1) if value.day <= close else first


def calendar_table(calendar: Calendar) -> pa.Table:
    """The table `calendar`."""
    dates = [as_date(d) for d in calendar.days]
    weekday = np.array([d.weekday() for d in dates])
    ends = np.array([d.day == monthrange(d.year, d.month)[1] for d in dates])
    whole = {
        "calendar_year": np.array([d.year for d in dates]),
        "calendar_quarter": np.array([(d.month + 2) // 3 for d in dates]),
        "calendar_month": np.array([d.month for d in dates]),
    }
    return arrow.table(
        {
            "calendar_date": arrow.day(calendar.days),
            **{name: arrow.small(values) for name, values in whole.items()},
            "month_start": arrow.day(calendar.month),
            "iso_week": arrow.small(np.array([d.isocalendar().week for d in dates])),
            "day_of_week": arrow.small(weekday + 1),
            "day_name": arrow.code(weekday, _WEEKDAYS),
            "is_weekend": arrow.flag(weekday > _FRIDAY),
            "is_holiday": arrow.flag(np.array([h is not None for h in calendar.holiday])),
            "holiday_name": arrow.text(calendar.holiday),
            "fiscal_month": arrow.day(calendar.month),
            "is_month_end": arrow.flag(ends),
        }
    )


def store_calendar_table(config: Config, calendar: Calendar) -> pa.Table:
    """The table `store_calendar`."""
    count, size = len(config.stores), len(calendar.days)
    store = np.repeat(np.arange(count), size)
    weekday = (calendar.days + 3) % 7
    open_hours = np.asarray(load("stores")["service_hours"])[weekday][None, :] * calendar.service_open
    stalls = np.array([s["stalls"] for s in config.stores])
    sales_no, sales_all = _running(calendar.sales_open, calendar.month_no)
    service_no, service_all = _running(calendar.service_open, calendar.month_no)
    oem = np.array([day_number(_oem_month(as_date(d))) for d in calendar.days])
    holiday = np.array([h is not None for h in calendar.holiday])
    hundredths = np.rint(open_hours * 100).astype(np.int64)
    return arrow.table(
        {
            "dealership_id": arrow.code(store, config.store_ids),
            "calendar_date": arrow.day(np.tile(calendar.days, count)),
            "month_start": arrow.day(np.tile(calendar.month, count)),
            "is_holiday": arrow.flag(np.tile(holiday, count)),
            "is_selling_day_sales": arrow.flag(calendar.sales_open.ravel()),
            "is_selling_day_service": arrow.flag(calendar.service_open.ravel()),
            "selling_day_no_in_month": arrow.small(sales_no.ravel()),
            "selling_days_in_month": arrow.small(sales_all.ravel()),
            "service_day_no_in_month": arrow.small(service_no.ravel()),
            "service_days_in_month": arrow.small(service_all.ravel()),
            "oem_sales_month": arrow.day(np.tile(oem, count)),
            "service_hours_open": arrow.hours(hundredths.ravel()),
            "service_stalls": arrow.small(np.repeat(stalls, size)),
            "stall_hours": arrow.decimal((hundredths * stalls[:, None]).ravel(), 10, 2),
        }
    )
