"""The past of a metric, day by day, and the selling days it happened on. Used to project and to judge what is usual."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from vendora_graph.contracts import Filter, Ledger, QueryRecord
from vendora_graph.tools.cells import Cut, Key
from vendora_graph.tools.evaluate import Leg, evaluate
from vendora_graph.tools.query_metrics import within_access
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period
from vendora_graph.tools.senior.gather import Desk, in_turn
from vendora_graph.tools.senior.pacing import Month
from vendora_graph.tools.spans import bucket_label, bucket_start, next_start

ONE_DAY = timedelta(days=1)
SERVICE = ("SVC", "PARTS", "BODY", "service", "parts", "body")


def month_of(day: date) -> Span:
    """Return the whole month that holds a day."""
    start = bucket_start(day, "month")
    return Span(start=start, end=next_start(start, "month") - ONE_DAY)


def months_before(day: date, count: int) -> list[Span]:
    """Return the `count` whole months before the one that holds `day`, oldest first."""
    found: list[Span] = []
    start = bucket_start(day, "month")
    for _ in range(count):
        found.insert(0, month_of(start - ONE_DAY))
        start = found[0].start
    return found


def year_before(day: date) -> date:
    """Return the same day a year earlier; the last day of a month stays one."""
    last = day + ONE_DAY
    if last.day == 1:
        return last.replace(year=last.year - 1) - ONE_DAY
    return day.replace(year=day.year - 1)


def selling_days(desk: Desk, *, service: bool, store: str = "") -> frozenset[date]:
    """Return the days a store sells (the asker's home store where none is named), or its service drive is open."""
    home = store or desk.scope.principal.home_dealership_id
    profile = desk.services.profile
    if not profile.days:  # a business without a calendar is open every day
        last = month_of(profile.data_through).end
        return frozenset(profile.data_start + n * ONE_DAY for n in range((last - profile.data_start).days + 1))
    place = 3 if service else 2
    return frozenset(row[1] for row in desk.services.profile.days if row[0] == home and row[place])


def is_service(metric: str, desk: Desk) -> bool:
    """Tell whether a metric goes by the service calendar."""
    return desk.services.catalog.metrics[metric].department in SERVICE


Months = Mapping[str, list[Month]]
"""Whole months by metric, oldest first."""


@dataclass(frozen=True, slots=True)
class Past:
    """The months, and the statements they came from; a metric whose days do not prove has none."""

    months: Months
    queries: Mapping[str, QueryRecord]

    def ledger(self, turn: int) -> Ledger:
        """Return the statements as a part of the turn's ledger."""
        return Ledger(turn=turn, queries=dict(self.queries))


async def past_months(
    metrics: Sequence[str], day: date, count: int, filters: tuple[Filter, ...], desk: Desk, *, store: str = ""
) -> Past:
    """Return the whole months before the one of `day`, by metric, as far back as the data (of `store`, if the filters name one) goes.

    A second statement takes them by month: a metric whose days do not add up to each is left without a past.

    Raises:
        NotAllowedError: The asker may not see a metric.
    """
    first, _ = desk.services.profile.covers((store,) if store else desk.scope.principal.dealership_ids)
    months = [span for span in months_before(day, count) if span.start >= first]
    if not months:
        return Past({name: [] for name in metrics}, {})
    span = Span(start=months[0].start, end=months[-1].end)
    lots = in_turn(metrics)
    found = await asyncio.gather(*(_lot(some, span, filters, desk) for some in lots))
    open_days = {kind: selling_days(desk, service=kind, store=store) for kind in (True, False)}
    proven = {name: column for lot, _ in found for name, column in lot.items()}
    made = {n: [Month(m.start, m.end, days, open_days[is_service(n, desk)]) for m in months if days] for n, days in proven.items()}
    return Past(made, {key: record for _, records in found for key, record in records.items()})


Column = dict[date, Decimal]


async def _lot(
    metrics: tuple[str, ...], span: Span, filters: tuple[Filter, ...], desk: Desk
) -> tuple[dict[str, Column], dict[str, QueryRecord]]:
    """Return what each day brought, by metric; days without a row are left out, and all days where they do not add up to every month."""
    asked = MetricQuery(metrics=metrics, period=span, filters=filters, grain="day")
    query = within_access(asked, desk.services, desk.scope)
    leg = Leg(query.period, as_period(query.period, desk.scope))
    by_day, by_month = await asyncio.gather(
        evaluate(query.metrics, leg, Cut((), "day", query.filters), desk.services, desk.scope),
        evaluate(query.metrics, leg, Cut((), "month", query.filters), desk.services, desk.scope, purpose="second"),
    )
    columns: dict[str, Column] = {}
    for name, column in by_day.values.items():
        days = {date.fromisoformat(key[0]): value for key, value in column.items() if value is not None}
        columns[name] = days if _add_up(days, by_month.values[name]) else {}
    return columns, {**by_day.records, **by_month.records}


def _add_up(days: Column, months: Mapping[Key, Decimal | None]) -> bool:
    """Tell whether the days of every month add up to it, and no month is without days."""
    sums: dict[Key, Decimal] = defaultdict(Decimal)
    for day, value in days.items():
        sums[bucket_label(day, "month"),] += value
    return {key: value for key, value in sums.items() if value} == {key: value for key, value in months.items() if value}
