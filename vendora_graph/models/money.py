"""What calls cost, and what a dealership has spent today."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

from langchain_core.messages import AIMessage

from vendora_graph.models.cache import in_file

PER = Decimal(1_000_000)
"""Prices are US dollars for a million tokens."""

Prices = Mapping[str, tuple[Decimal, Decimal]]

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS spent (day TEXT NOT NULL, dealership TEXT NOT NULL, microdollars INTEGER NOT NULL, "
    "PRIMARY KEY (day, dealership))"
)


def price_of(name: str, asked: str, prices: Prices) -> tuple[Decimal, Decimal] | None:
    """Return the price in and out of the model that answered, else of the one asked; None where the table has neither.

    A dated name (`openai:gpt-x-2026-01-01`) has the price of the longest name it begins with.
    """
    if name in prices:
        return prices[name]
    begins = sorted((known for known in prices if name.startswith(f"{known}-")), key=len)
    return prices[begins[-1]] if begins else prices.get(asked)


def cost(reply: AIMessage, price: tuple[Decimal, Decimal] | None) -> Decimal:
    """Return what a reply cost in US dollars; 0 where no price or no usage is known."""
    used = reply.usage_metadata
    if price is None or used is None:
        return Decimal(0)
    return (price[0] * used["input_tokens"] + price[1] * used["output_tokens"]) / PER


class Purse:
    """What each dealership has spent on models today (UTC), in a SQLite file shared by the processes of one machine."""

    def __init__(self, path: Path, per_day: Decimal, clock: Callable[[], float] = time.time) -> None:
        """Remember where it is written down, and how much a dealership may spend a day."""
        self.per_day, self._path, self._clock = per_day, path, clock

    async def left(self, dealership: str) -> Decimal:
        """Return what the dealership may still spend today; never below 0."""
        return max(Decimal(0), self.per_day - await asyncio.to_thread(self._spent, dealership))

    async def spend(self, dealership: str, usd: Decimal) -> None:
        """Write an amount down, rounded up to a millionth."""
        if usd > 0:
            await asyncio.to_thread(self._spend, dealership, int((usd * PER).to_integral_value(rounding="ROUND_CEILING")))

    def _spent(self, dealership: str) -> Decimal:
        query = "SELECT microdollars FROM spent WHERE day = ? AND dealership = ?"
        row = in_file(self._path, _SCHEMA, lambda db: db.execute(query, (self._day(), dealership)).fetchone())
        return Decimal(row[0] if row else 0) / PER

    def _spend(self, dealership: str, amount: int) -> None:
        write = (
            "INSERT INTO spent VALUES (?, ?, ?) "
            "ON CONFLICT (day, dealership) DO UPDATE SET microdollars = microdollars + excluded.microdollars"
        )
        in_file(self._path, _SCHEMA, lambda db: db.execute(write, (self._day(), dealership, amount)))

    def _day(self) -> str:
        return time.strftime("%Y-%m-%d", time.gmtime(self._clock()))
