"""Ledger months: a measure of the accounting ledger has no figure for a day, a week or a part of a month."""

from __future__ import annotations

from datetime import date, timedelta

from vendora_graph.contracts import Period, Plan
from vendora_graph.offline.frame import Framer

_FINE = frozenset({"day", "week"})
_ONE_DAY = timedelta(days=1)


def within_month(framer: Framer, plan: Plan) -> bool:
    """Whether a measure of the ledger is asked for by less than a month."""
    infos = [framer.catalog.metrics[m] for m in plan.metrics if m in framer.catalog.metrics]
    if not any(info.ledger_month and not info.snapshot for info in infos):
        return False
    return plan.grain in _FINE or (plan.period is not None and _part_of_month(plan.period, framer.ctx.data_through))


def _part_of_month(period: Period, through: date) -> bool:
    """A stretch that begins or ends inside a month; the end of the data is no such."""
    ends = (period.end + _ONE_DAY).day == 1 or not period.complete or period.end >= through
    return period.start.day != 1 or not ends or period.grain in _FINE
