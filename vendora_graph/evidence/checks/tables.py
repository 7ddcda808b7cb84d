"""Tables hold each figure in its own row and column, in the order they claim."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from vendora_graph.contracts import Fact, ResultTable
from vendora_graph.evidence.arithmetic import is_change, operation_of
from vendora_graph.evidence.asks import Ask, ask_of, lists_of
from vendora_graph.evidence.case import Case, days
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.formats import render_period
from vendora_graph.evidence.resources import resource

_MOVES = ("difference", "points")
_TIME = ("day", "week", "month", "quarter", "year", "period")


def _results(case: Case) -> dict[str, ResultTable]:
    """Return the results whose cells a reader sees, in tables or as sources of spoken figures."""
    shown = {table.id: table for _, table in case.tables}
    spoken = {table.id: table for fact in case.behind.values() for table in case.tables_of.get(fact.id, ())}
    return {**spoken, **shown}


@rule("tables.rows")
def rows(case: Case) -> Iterator[Problem]:
    """A cell is of the row it stands in."""
    for table in _results(case).values():
        for key, cells in zip(table.keys, table.cells, strict=False):
            for cell in cells:
                fact = case.ledger.facts.get(cell or "")
                if fact is not None and not _of_row(case, fact, dict(key)):
                    where = ", ".join(value for _, value in key) or "the total"
                    yield Problem(f"{fact.label!r} stands in the row of {where}", (fact.id,))
        if len(table.keys) != len(table.cells):
            yield Problem(f"the result {table.id!r} has {len(table.keys)} row labels and {len(table.cells)} rows")


@rule("tables.lists")
def lists(case: Case) -> Iterator[Problem]:
    """A list that stands behind another result is of the very call that result brought it by."""
    results = _results(case).values()
    known = [ask for table in results for ask in lists_of(table)]
    for table in results:
        ask = ask_of(table)
        alike = [one for one in known if ask.tool == one.tool and (one.metrics, one.group_by) == (ask.metrics, ask.group_by)]
        if alike and ask not in alike:
            yield Problem(f"the result {table.id!r} is of other conditions or days than what it belongs to")


def _of_row(case: Case, fact: Fact, key: dict[str, str]) -> bool:
    """A derived cell may stand for what its parts have in common with the row; time is said by the period."""
    made = fact.parts != () and fact.grade != "forecast"
    own = {pair for part in case.closure(fact) for pair in part.slice} if made else set(fact.slice)
    for dimension, value in key.items():
        if dimension == "metric":
            if value not in _names_of(case, fact):
                return False
        elif (dimension, value) not in own and not (dimension in _TIME and _other_bucket(case, fact, value, own)):
            return False
    stated = {dimension for dimension, _ in own}
    asks = case.asks_of(fact)
    asked = {d for ask in asks for d in ask.group_by} - {d for ask in asks for d, _, _ in ask.filters}
    return fact.parts != () or all(d in key for d in asked & stated) or bool(key)


def _names_of(case: Case, fact: Fact) -> set[str]:
    """Return what a row of metrics may be called: the figure's own names, and those of the figures it was derived from."""
    found = {fact.metric, fact.label}
    for part in (fact, *case.closure(fact)):
        rules = case.rules(part.metric)
        found |= {part.metric, rules.label if rules else part.metric}
    return found


def _other_bucket(case: Case, fact: Fact, value: str, own: set[tuple[str, str]]) -> bool:
    """A comparison's cell is of the matching bucket of the other period, or the fact carries no time dimension."""
    timed = any(dimension in _TIME for dimension, _ in own)
    if fact.period is None or fact.parts:
        return not timed
    if timed:
        span = (fact.period.start.isoformat(), fact.period.end.isoformat())
        return any(ask.compare is not None and ask.compare[0] <= span[0] and span[1] <= ask.compare[1] for ask in case.asks_of(fact))
    return value in (fact.period.label, fact.period.start.isoformat(), render_period(fact.period))


@rule("tables.columns")
def columns(case: Case) -> Iterator[Problem]:
    """A column holds one metric in one unit, and is named after it."""
    for table in _results(case).values():
        by_metric = any(dimension == "metric" for key in table.keys for dimension, _ in key)
        spans = frozenset(fact.period.label for row in table.cells for fact in _facts(case, row) if fact.period is not None)
        for j, head in enumerate(table.columns):
            facts = _facts(case, tuple(row[j] for row in table.cells if j < len(row)))
            if by_metric:
                yield from _side_problems(head, facts, table, spans)
                continue
            if not facts:
                continue
            if len({(fact.metric, fact.unit, _kind(fact), fact.grade == "target") for fact in facts}) > 1:
                yield Problem(f"the column {head!r} mixes figures")
            wrong = next((fact for fact in facts if _other_head(case, head, fact, table)), None)
            if wrong is not None:
                yield Problem(f"the column {head!r} holds {_other_head(case, head, wrong, table)}", (wrong.id,))


def _kind(fact: Fact) -> str | None:
    """Return what makes a column's figures alike; their sum is one of them."""
    operation = operation_of(fact)
    return None if operation == "sum" else operation


def _facts(case: Case, cells: tuple[str | None, ...]) -> list[Fact]:
    return [case.ledger.facts[cell] for cell in cells if cell is not None and cell in case.ledger.facts]


def _side_problems(head: str, facts: list[Fact], table: ResultTable, spans: frozenset[str]) -> Iterator[Problem]:
    """A row a metric: each column is a side of it: a period by its name, a change, a benchmark, its own figure or an earlier one."""
    words, text = resource("words")["sides"], head.lower()
    told = next((kind for word, kind in words.items() if word in text), "")
    others = [other.lower() for other in table.columns if other != head]
    for fact in facts:
        other_days = fact.period is not None and head in spans and fact.period.label != head
        if other_days or _side(fact, told, table) != told or _is_of_other(fact, text, others):
            yield Problem(f"the column {head!r} holds {fact.label!r}", (fact.id,))
            return


def _side(fact: Fact, told: str, table: ResultTable) -> str:
    """Return which side of its metric a figure is, as far as its column's head tells one."""
    if operation_of(fact) in ("difference", "points", "change") or (told == "change" and fact.parts != ()):
        return "change"
    if fact.grade == "benchmark":
        return "benchmark"
    if fact.grade == "target" or (told in ("target", "actual") and "target" in fact.label.lower()):
        return "target"
    if told in ("own", "before") and table.period is not None:
        return "own" if days(fact.period) == days(table.period) else "before"
    as_told = told == "actual" or (told == "percent" and fact.parts != ())
    return told if as_told else ""


def _is_of_other(fact: Fact, head: str, others: list[str]) -> bool:
    """Tell whether a figure's label ends with the head of another column ("usual low" under "High")."""
    label = fact.label.lower()
    return not label.endswith(head) and any(label.endswith(f" {other}") for other in others)


def _other_head(case: Case, head: str, fact: Fact, table: ResultTable) -> str:
    """Return what a column holds instead of what its head says; heads that name no metric claim nothing."""
    text, label, ask = head.lower(), fact.label.lower(), ask_of(table)
    if ask.compare is None and not ask.two_sided and label != text and label in (other.lower() for other in table.columns):
        return repr(fact.label)
    if not text.startswith(label):
        named = any(metric in text for metric in case.book.labels)
        elsewhere = not _is_head_of(text, label) and any(_is_head_of(other.lower(), label) for other in table.columns if other != head)
        return repr(fact.label) if named or elsewhere else ""
    if ask.two_sided and not is_change(fact):
        return "" if _is_of_first(case, fact, ask) == (text == label) else f"{fact.label!r} of the other side"
    if is_change(fact) or ask.period is None or ask.compare is None or fact.period is None:
        return ""
    own = (fact.period.start.isoformat(), fact.period.end.isoformat())
    start, end = ask.compare if text != label else ask.period
    return "" if start <= own[0] and own[1] <= end else f"{fact.label!r} of {fact.period.label}"


def _is_head_of(head: str, label: str) -> bool:
    """Tell whether a label begins or ends with a column's head: "Effect on Sales leads" under "Effect", "Used units, low" under "Low"."""
    words = label.replace("-", " ")
    return words == head or words.startswith((f"{head} ", f"{head},")) or words.endswith(f" {head}")


def _is_of_first(case: Case, fact: Fact, ask: Ask) -> bool:
    """Tell whether a figure of a call with two sides is of the first: its rows meet the conditions that stand first."""
    rows = {pair for part in case.closure(fact) for pair in part.slice}
    known = ((values, {value for name, value in rows if name == dimension}) for dimension, op, values in ask.filters if op == "in")
    return all(own <= set(values) for values, own in known)


@rule("tables.order")
def order(case: Case) -> Iterator[Problem]:
    """A ranked table is in its order, of its figures or of their changes."""
    for _, table in case.tables:
        ask = ask_of(table)
        by = ask.order or ask.moved
        if by is None:
            continue
        moved = ask.moved is not None
        ranked = [_value_of(case, row, by[0], moved=moved) for row, key in zip(table.cells, table.keys, strict=False) if key]
        known = [value for value in ranked if value is not None]
        sign = -1 if by[1] == "desc" else 1
        if any(sign * one > sign * two for one, two in pairwise(known)):
            yield Problem(f"the result {table.id!r} is not in the order of {by[0]}")


def _value_of(case: Case, row: tuple[str | None, ...], metric: str, *, moved: bool) -> Decimal | None:
    """Return the figure of a row, or (`moved`) its difference from the other period."""
    for cell in row:
        fact = case.ledger.facts.get(cell or "")
        if fact is None or fact.metric != metric:
            continue
        if operation_of(fact) in _MOVES if moved else not fact.parts:
            return fact.value
    return None


@rule("tables.request")
def request(case: Case) -> Iterator[Problem]:
    """A result's figures are what its call asked for: metric, days, filters."""
    for table in _results(case).values():
        ask = ask_of(table)
        queried = ask.period is not None and table.tool == "query_metrics"
        for fact in (fact for row in table.cells for fact in _facts(case, row) if not fact.parts and fact.grade == "metric"):
            if (queried and not _as_asked(fact, ask)) or not _under_one_condition(case, fact, ask):
                yield Problem(f"{fact.label!r} is not what the call of {table.id!r} asked for", (fact.id,))
                break


def _as_asked(fact: Fact, ask: Ask) -> bool:
    spans = [span for span in (ask.period, ask.compare) if span is not None]
    own = days(fact.period)
    if fact.metric not in ask.metrics or own is None or not any(start <= own[0] and own[1] <= end for start, end in spans):
        return False
    if ask.grain is None and not any(own[1] == end for _, end in spans):
        return False
    row = dict(fact.slice)
    free = {*ask.group_by, *(dimension for dimension, _, _ in ask.filters), ask.grain, "period"}
    met = all(row[d] in values for d, op, values in ask.filters if op == "in" and d in row and len(values) == 1)
    return met and all(dimension in free for dimension in row)


def _under_one_condition(case: Case, fact: Fact, ask: Ask) -> bool:
    """Tell whether a figure is under its call's conditions: by its row, or by the call that fetched it."""
    if ask.two_sided:
        return True
    row = dict(fact.slice)
    fetched = [one.filters for one in case.asks_of(fact) if one.tool == "query_metrics"]
    for dimension, op, values in ask.filters:
        own = row.get(dimension)
        outside = op == "in" and len(values) == 1 and own not in (None, *values)
        if outside or (op == "not_in" and own in values):
            return False
        if own is None and fetched and not any((dimension, op, values) in filters for filters in fetched):
            return False
    return True


CHECKS = (request, rows, lists, columns, order)
