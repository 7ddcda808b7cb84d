"""Targets on file: which months of them a figure is set against, and the facts they are. Months are the smallest unit a target has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from vendora_graph import yaml_text
from vendora_graph.contracts import Fact, Filter, Ledger, Period, Slice
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.spans import ONE_DAY, bucket_start, buckets, next_start

Source = Literal["budget", "stretch", "oem_objective"]
BY_METRIC = "target_metric"
SUMMABLE = ("additive", "distinct")


@cache
def knowledge() -> Mapping[str, Any]:
    """Return where targets come from and what they can be told apart by."""
    text = files("vendora_graph.tools").joinpath("targets.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml_text.load(text)
    return loaded


@dataclass(frozen=True, slots=True)
class Stretch:
    """The days a figure is read over and the months its target is of.

    `running`: the month is not over, its target is of the whole. `rest`: the asked period holds more days than these months.
    """

    actual: Span
    months: Span
    running: bool = False
    rest: bool = False


def stretch_of(period: Span, data_through: date) -> Stretch | None:
    """Return the whole months of a period, or the one running month; None where it begins or ends inside a month."""
    if period.start.day != 1:
        return None
    last = min(period.end, data_through)
    end = last if _ends_month(last) else bucket_start(last, "month") - ONE_DAY
    if end >= period.start:
        whole = Span(start=period.start, end=end)
        return Stretch(whole, whole, rest=end < period.end)
    if bucket_start(period.end, "month") != period.start:
        return None
    month = Span(start=period.start, end=_month_end(period.start))
    return Stretch(period, month, running=True) if period.end >= data_through else None


def _month_end(day: date) -> date:
    return next_start(bucket_start(day, "month"), "month") - ONE_DAY


def _ends_month(day: date) -> bool:
    return (day + ONE_DAY).day == 1


def months_around(period: Span) -> Span:
    """Return the whole months that hold a period."""
    return Span(start=bucket_start(period.start, "month"), end=_month_end(period.end))


def months_of(span: Span) -> list[str]:
    """Return the labels of the months a span touches: `2026-10`."""
    return [bucket.label for bucket in buckets(span.start, span.end, "month")]


@dataclass(frozen=True, slots=True)
class Place:
    """How figures are told apart, in the words of the figure and of its target."""

    groups: tuple[str, ...]
    filters: tuple[Filter, ...]

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Return every dimension that is grouped or limited by."""
        return tuple(dict.fromkeys((*self.groups, *(item.dimension for item in self.filters))))

    @property
    def person(self) -> bool:
        """Tell whether it is people whose targets are meant."""
        return any(name in knowledge()["people"] for name in self.dimensions)

    def unknown(self) -> list[str]:
        """Return the dimensions that no target is kept by."""
        known = {*knowledge()["places"], *knowledge()["stands_for"]}
        odd = [item.dimension for item in self.filters if item.op != "in" and item.dimension not in knowledge()["places"]]
        return [name for name in self.dimensions if name not in known] + odd

    def query(self, measure: str, months: Span, metrics: Sequence[str]) -> MetricQuery:
        """Return the query for the targets of every metric, month by month."""
        stands = knowledge()["stands_for"]
        told = [stands[name]["dimension"] if name in stands else name for name in self.dimensions]
        told += [knowledge()["slices"][name]["dimension"] for name in metrics if name in knowledge()["slices"]]
        groups = tuple(dict.fromkeys((BY_METRIC, *told)))
        kept = tuple(item for item in self.filters if item.dimension not in stands)
        return MetricQuery(metrics=(measure,), period=months, group_by=groups, grain="month", filters=kept)

    def holds(self, row: Mapping[str, str], target: Mapping[str, str]) -> bool:
        """Tell whether a target belongs to a row of figures: same members, in each one's own words."""
        stands = knowledge()["stands_for"]
        for name in self.dimensions:
            wanted = [row[name]] if name in row and name in self.groups else self._limited(name)
            own = stands[name]["dimension"] if name in stands else name
            members = [stands[name]["members"].get(value, "") for value in wanted] if name in stands else wanted
            if members and target.get(own) not in members:
                return False
        return True

    def _limited(self, name: str) -> list[str]:
        return [value for item in self.filters if item.dimension == name and item.op == "in" for value in item.values]


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets on file, as facts of one metric and month each."""

    ledger: Ledger
    measure: str
    source: Source

    def held(self) -> list[str]:
        """Return the metrics there is a target for."""
        return sorted({dict(fact.slice)[BY_METRIC] for fact in self._known()})

    def find(self, metric: str, months: Sequence[str], row: Mapping[str, str], place: Place) -> list[Fact]:
        """Return a row's targets of these months; empty where one of the months has none."""
        found = [fact for fact in self._known() if self._of(fact, metric, row, place) and dict(fact.slice)["month"] in months]
        return found if {dict(fact.slice)["month"] for fact in found} >= set(months) else []

    @staticmethod
    def _of(fact: Fact, metric: str, row: Mapping[str, str], place: Place) -> bool:
        own, part = dict(fact.slice), knowledge()["slices"].get(metric)
        inside = part is None or own.get(part["dimension"]) == part["member"]
        return own[BY_METRIC] == (part["of"] if part else metric) and inside and place.holds(row, own)

    def _known(self) -> Iterator[Fact]:
        for fact in self.ledger.facts.values():
            if fact.metric == self.measure and fact.value and BY_METRIC in dict(fact.slice):
                yield fact

    def kept(self, used: set[str]) -> Ledger:
        """Return the ledger with only the rows that figures were set against."""
        (table,) = self.ledger.tables.values()
        rows = [(key, cells) for key, cells in zip(table.keys, table.cells, strict=True) if used & set(cells)]
        shorter = table.model_copy(
            update={"keys": tuple(key for key, _ in rows), "cells": tuple(cells for _, cells in rows), "total_rows": len(rows)}
        )
        return self.ledger.model_copy(
            update={"tables": {table.id: shorter}, "facts": {name: fact for name, fact in self.ledger.facts.items() if name in used}}
        )


def target_fact(info: MetricInfo, parts: Sequence[Fact], row: Slice, period: Period, source: Source) -> Fact:
    """Return the targets of the months of a period as one figure of the metric."""
    known = knowledge()["sources"][source]
    return make_fact(
        metric=info.name,
        value=sum((part.value or Decimal(0) for part in parts), Decimal(0)),
        unit=info.unit,
        label=known["label"].format(label=info.label),
        slice=row,
        period=period,
        basis=f"{known['basis']}, {period.label}",
        grade="target",
        formula=f"sum of the {known['basis']} for {info.label} of each month and place",
        parts=[part.id for part in parts],
    )
