"""Published benchmarks: which one a figure may be set against, and of when it is."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import cast, get_args

from vendora_graph.contracts import Fact, Period, Unit
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.spans import next_start

COMPARABLE = {"yes": 0, "partly": 1}
OLD_AFTER_MONTHS = 18
USABLE_DAYS = 1100
"""Three years: an older figure says nothing about this market."""
EXCLUDED = re.compile(r"\brecord\b|forecast|high end|low end", re.IGNORECASE)
"""A record month, a forecast or the end of a range is no yardstick."""
UNDATED = Period(start=date(1900, 1, 1), end=date(1900, 1, 1), label="an undated source")
"""Of a figure whose source gives no date: it counts as old, and serves only where nothing dated does."""
_MONTHS = "january february march april may june july august september october november december".split()  # noqa: SIM905
_YEAR = re.compile(r"(20\d\d)")
_QUARTER = re.compile(r"Q([1-4])\s+(20\d\d)")
_SPANS = {"first half": 6, "first nine months": 9}


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One published figure."""

    id: str
    metric: str
    segment: str
    value: Decimal
    unit: Unit
    period: Period
    source: str
    note: str
    reported_by: str
    comparable: str

    @property
    def name(self) -> str:
        """Return source and period in words."""
        return f"{self.source}, {self.period.label}"

    def is_old(self, as_of: date) -> bool:
        """Return whether the figure is older than 18 months on a day."""
        return (as_of - self.period.end).days > OLD_AFTER_MONTHS * 30.5


@cache
def benchmarks() -> tuple[Benchmark, ...]:
    """Return every shipped benchmark in file order."""
    text = files("vendora_graph.semantic").joinpath("dealership", "benchmarks.csv").read_text(encoding="utf-8")
    return tuple(_read(row) for row in csv.DictReader(StringIO(text)))


def _read(row: dict[str, str]) -> Benchmark:
    unit = row["unit"]
    assert unit in get_args(Unit), f"benchmark {row['benchmark_id']}: unit {unit!r}"  # noqa: S101 - a shipped file
    return Benchmark(
        id=row["benchmark_id"],
        metric=row["metric_id"],
        segment=row["segment"],
        value=Decimal(row["benchmark_value"]),
        unit=cast(Unit, unit),
        period=period_of(row["period_label"], date.fromisoformat(row["period_end"])) if row["period_end"] else UNDATED,
        source=row["source_title"],
        note=row["definition_note"],
        reported_by=row["reported_by"],
        comparable=row["comparable"],
    )


def period_of(label: str, end: date) -> Period:
    """Return the days a published period covers, as far as its words tell; its last day alone otherwise."""
    return Period(start=_start(label, end), end=end, label=label)


def _start(label: str, end: date) -> date:
    text = label.lower()
    quarter = _QUARTER.search(label)
    if quarter:
        return date(int(quarter[2]), 3 * int(quarter[1]) - 2, 1)
    if any(text.startswith(words) for words in _SPANS) or text.startswith("full year") or _YEAR.fullmatch(text):
        return date(end.year, 1, 1)
    if any(text.startswith(month) for month in _MONTHS):
        return end.replace(day=1)
    return end


def choose(info: MetricInfo, as_of: date, segment: str | None = None, *, undated: bool = False) -> Benchmark | None:
    """Return the one benchmark a metric may be set against: same unit, comparable, no record or forecast; the newest.

    Only rates and averages have one: a sum depends on the length of its period and the size of a store. Benchmarks of the store's
    own segment come before those of all dealerships, those before public groups. One without a date serves only where it is allowed
    (`undated`) and no dated one is there.
    """
    if info.additivity not in ("ratio", "average", "median"):
        return None
    known = [b for b in benchmarks() if b.metric == info.name and b.unit == info.unit and b.comparable in COMPARABLE]
    recent = [b for b in known if 0 <= (as_of - b.period.end).days <= USABLE_DAYS]
    recent = recent or [b for b in known if undated and b.period == UNDATED]
    usable = [b for b in recent if not EXCLUDED.search(f"{b.period.label} {b.note}")]
    order = {segment: 0, "all": 1}
    ranked = sorted(
        usable,
        key=lambda b: (COMPARABLE[b.comparable], order.get(b.segment, 2), -b.period.end.toordinal(), b.id),
    )
    return ranked[0] if ranked else None


def as_fact(mark: Benchmark, info: MetricInfo) -> Fact:
    """Return a benchmark as a fact that names its source."""
    return make_fact(
        value=mark.value,
        unit=mark.unit,
        metric=info.name,
        label=f"{info.label}, benchmark",
        slice=(("benchmark", mark.source),),
        period=mark.period,
        basis=f"{mark.name}; {mark.note}" if mark.note else mark.name,
        query_id=None,
        formula=None,
        n=None,
        grade="benchmark",
    )


def months_of(start: date, end: date) -> Decimal:
    """Return how many months a span is, by days of its own months."""
    total, day = Decimal(0), start
    while day <= end:
        following = next_start(day.replace(day=1), "month")
        last = min(end, following - timedelta(days=1))
        total += Decimal((last - day).days + 1) / Decimal((following - day.replace(day=1)).days)
        day = following
    return total
