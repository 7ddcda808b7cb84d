"""Where figures come from and what they are called: a call of this turn, the metric's own name and basis, a period's own days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from vendora_graph.contracts import Fact, Period, ResultTable
from vendora_graph.evidence.asks import ask_of
from vendora_graph.evidence.case import Case
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.resources import resource

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_QUARTER = re.compile(r"\bQ([1-4])\b", re.IGNORECASE)
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
_MONTH = re.compile(r"\b(" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r"|sept)\b\.?", re.IGNORECASE)

_NAME = "(" + "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS) + r")\b"
_DAYS = re.compile(rf"\b(?:(\d{{1,2}}) to )?(\d{{1,2}}) {_NAME}|\b{_NAME} (\d{{1,2}})(?:-(\d{{1,2}}))?(?!\d)", re.IGNORECASE)
_ONE_MONTH = re.compile(r"[a-z]{3,9}\.? (?:19|20)\d\d", re.IGNORECASE)


@rule("references.source")
def source(case: Case) -> Iterator[Problem]:
    """A metric's figure stands in a result of this turn, given by a statement of this turn."""
    for fact in case.behind.values():
        ran = fact.query_id is None or not case.ledger.queries or fact.query_id in case.ledger.queries
        if fact.grade == "metric" and case.ledger.tables and not (ran and fact.id in case.tables_of):
            yield Problem(f"{fact.label!r} is of no call of this question", (fact.id,))


@rule("labels.own")
def own(case: Case) -> Iterator[Problem]:
    """A figure carries its metric's own name and basis."""
    for fact in case.behind.values():
        rules = case.rules(fact.metric)
        if rules is None or fact.grade != "metric" or fact.parts:
            continue
        if fact.label != rules.label:
            yield Problem(f"{rules.label!r} is called {fact.label!r}", (fact.id,))
        elif rules.basis and fact.basis and fact.basis != rules.basis:
            yield Problem(f"{fact.label!r} is {rules.basis!r}, not {fact.basis!r}", (fact.id,))


@rule("periods.named")
def named(case: Case) -> Iterator[Problem]:
    """A period's name fits its days: months, quarters and years it names are those it lies in."""
    said = [*case.ledger.periods.values(), *(fact.period for fact in case.behind.values() if fact.period is not None)]
    for period in {(p.start, p.end, p.label): p for p in said}.values():
        if not _fits(period):
            yield Problem(f"{period.label!r} are the days {period.start} to {period.end}")


def _fits(period: Period) -> bool:
    label, last = period.label, period.full_end or period.end
    years = {int(found) for found in _YEAR.findall(label)}
    months = {_number(found) for found in _MONTH.findall(label)}
    quarters = {int(found) for found in _QUARTER.findall(label)}
    inside = _months(period.start, last)
    ends = {(day.month, day.day) for day in (period.start, period.end, last)}
    if not {(_number(month), int(day)) for day, month in _named_days(label)} <= ends:
        return False
    if _ONE_MONTH.fullmatch(label):
        whole = period.start.day == 1 and (last + timedelta(days=1)).day == 1
        return inside == {(year, month) for year in years for month in months} and (whole or not period.complete)
    return (
        years <= {year for year, _ in inside}
        and months <= {month for _, month in inside}
        and quarters <= {(month + 2) // 3 for _, month in inside}
    )


def _named_days(label: str) -> Iterator[tuple[str, str]]:
    """Yield the days a label names as (day, month): "1 to 12 November", "November 1-12", "12 November"."""
    for found in _DAYS.finditer(label):
        one, two, month, other, three, four = found.groups()
        yield from ((day, month or other) for day in (one, two, three, four) if day)


def _number(word: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, start=1) if name.startswith(word[:3].lower()))


def _months(start: date, end: date) -> set[tuple[int, int]]:
    return {(n // 12, n % 12 + 1) for n in range(start.year * 12 + start.month - 1, end.year * 12 + end.month)}


@rule("tables.whole")
def whole(case: Case) -> Iterator[Problem]:
    """A result has the rows it says it has, and a breakdown shows all of them unless a part was asked for."""
    most = resource("rubric")["limits"]["whole_table"]
    ranked = case.plan is not None and case.plan.ranking is not None and case.plan.ranking.limit is not None
    for spec, table in case.tables:
        rows, due = _counted(table), _due(table)
        if due is not None and rows != due:
            yield Problem(f"{rows} of {due} rows are in the result {table.id!r}")
        named = sum(1 for key in table.keys if key)
        whole = table.tool == "query_metrics" or _is_scorecard(table) or _is_asked(case, table)
        if whole and not (ranked or _is_cut(table)) and spec.limit is not None and spec.limit < min(named, most):
            yield Problem(f"{spec.limit} of {named} rows are shown")


def _is_asked(case: Case, table: ResultTable) -> bool:
    """Tell whether a table's rows are those the question asked for."""
    wanted = set(case.plan.group_by) if case.plan is not None else set()
    return bool(wanted) and all(wanted <= {dimension for dimension, _ in key} for key in table.keys if key)


def _counted(table: ResultTable) -> int:
    """Return how many rows a result has of those it counts: the metric tool leaves its total out, the senior tools do not."""
    return sum(1 for key in table.keys if key) if table.tool == "query_metrics" else len(table.keys)


def _due(table: ResultTable) -> int | None:
    """Return how many rows a result should have by what it says of itself; None where it says nothing."""
    ask = ask_of(table)
    single = table.tool == "query_metrics" and not (ask.group_by or ask.grain)
    if table.total_rows is None or table.note == "truncated" or single:
        return None
    return min(table.total_rows, ask.limit or table.total_rows)


def _is_cut(table: ResultTable) -> bool:
    """Tell whether a call asked for a part of the rows there are."""
    limit = ask_of(table).limit
    return table.note == "truncated" or (limit is not None and (table.total_rows is None or limit < table.total_rows))


def _is_scorecard(table: ResultTable) -> bool:
    """Tell whether each row is a metric: what was asked to be shown is all of them."""
    return all(dimension == "metric" for key in table.keys for dimension, _ in key) and any(table.keys)


@rule("tables.totals")
def totals(case: Case) -> Iterator[Problem]:
    """The total of a complete breakdown is the sum of its rows, where the metric adds up."""
    for table in case.ledger.tables.values():
        keyed = list(zip(table.keys, table.cells, strict=False))
        rows, ends = [cells for key, cells in keyed if key], [cells for key, cells in keyed if not key]
        ask = ask_of(table)
        some = any(dimension in ask.metrics for dimension, _, _ in ask.filters)  # a condition on the group's own figure leaves groups out
        complete = table.tool == "query_metrics" and len(ends) == 1 and len(rows) == table.total_rows and ask.grain is None and not some
        for column in range(len(table.columns)) if complete else ():
            total, facts = _cell(case, ends[0], column), [_cell(case, row, column) for row in rows]
            if total is not None and total.id in case.behind and _adds_up(case, total) and not _is_sum(total, facts):
                yield Problem(f"{total.label!r} of {table.id!r} is {total.value}, its rows give another sum", (total.id,))


def _cell(case: Case, row: tuple[str | None, ...], column: int) -> Fact | None:
    return case.ledger.facts.get((row[column] if column < len(row) else None) or "")


def _adds_up(case: Case, total: Fact) -> bool:
    rules = case.rules(total.metric)
    return rules is not None and rules.additivity == "additive" and not total.parts and total.value is not None


def _is_sum(total: Fact, facts: list[Fact | None]) -> bool:
    alike = [fact for fact in facts if fact is not None and fact.metric == total.metric and fact.period == total.period]
    return len(alike) < len(facts) or sum((fact.value or Decimal(0) for fact in alike), Decimal(0)) == total.value


CHECKS = (source, own, named, whole, totals)
