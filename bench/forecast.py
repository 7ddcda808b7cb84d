"""How far off pace and forecast are, for every store and metric of the demo, beside repeating the same month of last year, in one run.

`python -m bench.forecast` prints the table. Errors are means of |projected - actual| / actual. Pace projects from the middle of each of the
last twelve months; forecast is one month ahead, rolling; both stand beside the seasonal-naive error of the same months.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from statistics import mean

from vendora_graph import Vendora
from vendora_graph.services import Scope, Services
from vendora_graph.settings import Settings
from vendora_graph.tools.senior.forecasting import ORIGINS, forecast, refusal
from vendora_graph.tools.senior.gather import Desk
from vendora_graph.tools.senior.history import past_months
from vendora_graph.tools.senior.pacing import Month, backtest

METRICS = (
    "units_new", "units_used", "units_retail", "front_gross", "fi_gross", "total_gross", "svc_gross", "labor_gross", "parts_gross",
    "cp_ro_count", "ro_count", "leads",
)  # fmt: skip
MONTHS_BACK = 48
YEAR = 12
HALF = (13, 26)
"""Selling days done and in all: the middle of a month."""


@dataclass(frozen=True, slots=True)
class Row:
    """Errors of one store and metric as fractions; None where a method refuses or has no past."""

    store: str
    metric: str
    line: Decimal | None
    curve: Decimal | None
    model: Decimal | None
    naive: Decimal | None
    chosen: str


async def rows(services: Services) -> list[Row]:
    """Return the errors of every store and metric that it sells."""
    found = []
    for store in services.profile.stores:
        principal = services.identities.principal(dealership=store.id)
        scope = Scope(principal, services.profile.as_of, services.profile.data_through, 1)
        past = (await past_months(METRICS, services.profile.data_through, MONTHS_BACK, (), Desk(services, scope))).months
        found += [_row(store.name, name, past[name]) for name in METRICS if any(month.total for month in past[name])]
    return found


def _row(store: str, metric: str, months: list[Month]) -> Row:
    paced = backtest(months[-YEAR:], *HALF)
    history = [month.total for month in months]
    tested = range(max(YEAR, len(history) - ORIGINS), len(history))
    naive = [abs(history[at - YEAR] - history[at]) / history[at] for at in tested if history[at]]
    refused = refusal(history)
    made = None if refused else forecast(history, 1)
    return Row(
        store, metric, paced.linear, paced.curve, made.model_error if made else None, mean(naive) if naive else None,
        made.method if made else f"refused: {refused}",
    )  # fmt: skip


def table(found: list[Row]) -> Iterator[str]:
    """Yield the lines of the table and how often each method is the nearer one."""
    yield "| store | metric | pace, linear | pace, own curve | forecast | same month last year | forecast is by |"
    yield "|---|---|---|---|---|---|---|"
    for row in found:
        errors = " | ".join(f"{value:.1%}" if value is not None else "" for value in (row.line, row.curve, row.model, row.naive))
        yield f"| {row.store} | {row.metric} | {errors} | {row.chosen} |"
    both = [(min(row.line, row.curve or row.line), row.naive) for row in found if row.line is not None and row.naive is not None]
    told = [(min(row.model, row.naive), row.naive) for row in found if row.model is not None and row.naive is not None]
    beat = [row for row in found if row.model is not None and row.naive is not None and row.model < row.naive]
    yield ""
    yield (
        f"Mean error: pace at mid-month {mean(a for a, _ in both):.1%}, forecast as told {mean(a for a, _ in told):.1%},"
        f" same month last year {mean(b for _, b in told):.1%}. The model beats the same month last year in {len(beat)} of {len(told)}."
    )


async def measure(settings: Settings) -> list[str]:
    """Return the table's lines over the demo."""
    async with Vendora(settings) as vendora:
        services = (await vendora.aopen()).services
        return list(table(await rows(services)))


if __name__ == "__main__":
    sys.stdout.write("\n".join(asyncio.run(measure(Settings.load(warehouse="demo", model="offline")))) + "\n")
