"""Honest periods: what is partial says so, what is compared is as long, what is not closed is preliminary."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from vendora_graph.contracts import Fact, Period
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.calendar import first_day, last_day
from vendora_graph.evidence.case import Case, days
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.formats import says_partial
from vendora_graph.evidence.phrases import says
from vendora_graph.evidence.resources import resource


def _periods(case: Case) -> dict[tuple[str, str, str], Period]:
    found = [fact.period for fact in case.used.values() if fact.period is not None]
    return {(p.start.isoformat(), p.end.isoformat(), p.label): p for p in found}


def _said(case: Case, period: Period) -> bool:
    """Tell whether the reader learns that a period is running: by its reference (rendered so) or by words."""
    if says_partial(case.prose):
        return True
    named = [p for key, p in case.ledger.periods.items() if f"{{{{{key}}}}}" in case.prose]
    return any((p.start, p.end) == (period.start, period.end) and not p.complete for p in named)


SERVICE = "service:"
"""Before a span whose open days are those of the service drive."""


@rule("periods.partial")
def partial(case: Case) -> Iterator[Problem]:
    """A period that is not over says so, and is nowhere called whole."""
    for period in _periods(case).values():
        if period.complete or _is_bucket(case, period):
            continue
        if not _said(case, period):
            yield Problem(f"{period.label} is not over, the text does not say so")
        elif says(case.prose, "whole"):
            yield Problem(f"{period.label} is not over, the text calls it whole")


def _is_bucket(case: Case, period: Period) -> bool:
    """A cut bucket of a longer trend shows in its row's label; the text need not repeat it."""
    tables = [t for t in case.ledger.tables.values() if t.period is not None and t.period.complete]
    return any(t.period is not None and t.period.start <= period.start and period.end <= t.period.end for t in tables)


@rule("periods.complete")
def complete(case: Case) -> Iterator[Problem]:
    """A period that calls itself complete ends where its grain ends, and not after the data."""
    through = case.policy.data_through
    for period in _periods(case).values():
        if not period.complete:
            continue
        if (
            period.grain is not None
            and period.start == first_day(period.start, period.grain)
            and period.end < last_day(period.start, period.grain)
        ):
            yield Problem(f"{period.label} ends on {period.end}, which is not the end of its {period.grain}")
        elif period.start <= through < period.end:
            yield Problem(f"{period.label} ends on {period.end}, data ends on {through}")


@rule("periods.future")
def future(case: Case) -> Iterator[Problem]:
    """Figures of days to come are called what they are."""
    ahead = [f for f in case.used.values() if f.period is not None and f.period.start > case.policy.data_through and f.grade != "forecast"]
    if ahead and not says(case.prose, "says_future"):
        yield Problem(f"{ahead[0].label!r} is of {ahead[0].period.label if ahead[0].period else ''}", (ahead[0].id,))


def _compared(case: Case) -> Iterator[tuple[Fact, Fact, Fact]]:
    for fact in case.behind.values():
        if operation_of(fact) in ("difference", "points", "change") and len(fact.parts) == 2:  # noqa: PLR2004 - now and before
            parts = [case.ledger.facts.get(part) for part in fact.parts]
            if parts[0] is None or parts[1] is None or "benchmark" in (parts[0].grade, parts[1].grade):
                continue
            if days(parts[0].period) != days(parts[1].period):
                yield fact, parts[0], parts[1]


def _open_days(case: Case, one: Period, two: Period) -> tuple[int, int] | None:
    """Return the selling days of two periods by the calendar that has as many in both, else by that of sales; None where none is known."""
    found, known = None, case.policy.selling_days
    for mark in (SERVICE, ""):
        a, b = (known.get(f"{mark}{p.start.isoformat()}/{p.end.isoformat()}") for p in (one, two))
        if a is not None and b is not None and (found is None or found[0] != found[1]):
            found = (a, b)
    return found


def _as_many(case: Case, one: Period, two: Period) -> bool:
    counted = _open_days(case, one, two)
    return counted is not None and counted[0] == counted[1] > 0


@rule("periods.aligned")
def aligned(case: Case) -> Iterator[Problem]:
    """Sums are compared over periods of about the same length; a running month never with a whole one."""
    most = Decimal(resource("rubric")["limits"]["unequal_length"])
    for fact, now, before in _compared(case):
        if now.period is None or before.period is None or not _grows_with_time(case, now):
            continue
        one, two = ((p.end - p.start).days + 1 for p in (now.period, before.period))
        if abs(one - two) > most * max(one, two) and not _as_many(case, now.period, before.period):
            yield Problem(f"{fact.label!r} compares {one} days with {two}", (fact.id,))


@rule("periods.selling_days")
def selling_days(case: Case) -> Iterator[Problem]:
    """Unequal selling days are said."""
    if says(case.prose, "says_selling_days"):
        return
    for fact, now, before in _compared(case):
        if now.period is None or before.period is None or not _grows_with_time(case, now):
            continue
        counted = _open_days(case, now.period, before.period)
        if counted is not None and counted[0] != counted[1]:
            yield Problem(f"{fact.label!r} compares {counted[0]} selling days with {counted[1]}", (fact.id,))


@rule("periods.same_days")
def same_days(case: Case) -> Iterator[Problem]:
    """The words "the same number of selling days" are counted, where the calendar is known."""
    if not case.policy.selling_days or not says(case.prose, "says_same_days"):
        return
    for fact, now, before in _compared(case):
        published = "benchmark" in (now.grade, before.grade)
        if now.period is None or before.period is None or fact.id not in case.used or published:
            continue
        if not _as_many(case, now.period, before.period):
            yield Problem(f"{fact.label!r} compares {now.period.label} with {before.period.label}", (fact.id,))
            return


def _grows_with_time(case: Case, fact: Fact) -> bool:
    rules = case.rules(fact.metric)
    return rules is None or rules.additivity in ("additive", "distinct")


@rule("periods.open_month")
def open_month(case: Case) -> Iterator[Problem]:
    """Ledger figures of a month that is not closed are preliminary: the level is capped."""
    for fact in _open(case):
        yield Problem(f"{fact.label!r}", (fact.id,))
        return


@rule("periods.open_said")
def open_said(case: Case) -> Iterator[Problem]:
    """And the answer says that they are."""
    for fact in _open(case):
        if not says(case.prose, "says_open"):
            yield Problem(f"{fact.label!r}", (fact.id,))
        return


def _open(case: Case) -> Iterator[Fact]:
    for fact in case.behind.values():
        rules = case.rules(fact.metric)
        if rules is not None and rules.ledger_month and fact.period is not None:
            first, last = f"{fact.period.start:%Y-%m}", f"{fact.period.end:%Y-%m}"
            if any(first <= month <= last for month in case.policy.open_months):
                yield fact


CHECKS = (partial, complete, future, aligned, selling_days, same_days, open_month, open_said)
