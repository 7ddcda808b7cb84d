"""The independent reading against what the analyst asked for and what the reader sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vendora_graph.contracts import Fact, Filter, Plan, ResultTable
from vendora_graph.evidence.asks import Ask, ask_of, condition
from vendora_graph.evidence.case import Case, Days, days
from vendora_graph.evidence.checks.base import Problem, rule

_TIME = ("day", "week", "month", "quarter", "year")
_WORDS_ONLY = ("definition",)
_OWN = ("metric", "sql", "forecast")


@rule("coverage.read")
def read(case: Case) -> Iterator[Problem]:
    """Without an independent reading, the answer says how the question was understood and the level is capped."""
    if case.plan is None:
        yield Problem("the question")


@rule("coverage.independent")
def independent(case: Case) -> Iterator[Problem]:
    """An agreement of the offline analyst with itself earns nothing."""
    if case.plan is not None and (case.policy.analyst_is_offline or not case.policy.independent):
        yield Problem("not independent: the reader of the question is also the analyst")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One delivered figure of an asked metric and the call it came from."""

    fact: Fact
    ask: Ask | None


def asked(case: Case) -> Plan | None:
    """Return the plan to compare with, None when there is nothing to compare."""
    plan = case.plan
    return None if plan is None or plan.intent in _WORDS_ONLY or not plan.metrics else plan


def delivered(case: Case, metric: str) -> list[Evidence]:
    """Return the figures of a metric the reader sees (or that stand under one), with their calls."""
    facts = [fact for fact in case.behind.values() if fact.metric == metric and fact.grade in _OWN]
    found = [fact for fact in facts if not fact.parts or fact.grade == "forecast"]
    return [Evidence(fact, ask) for fact in found for ask in case.asks_of(fact) or (None,)]


def of_period(evidence: Evidence, wanted: Days | None) -> bool:
    """Tell whether a figure is of the period asked for: itself, or a bucket of a call over that period."""
    if wanted is None:
        return True
    own = days(evidence.fact.period)
    if own == wanted:
        return True
    if evidence.ask is None or own is None or evidence.ask.period != wanted:
        return False
    inside = wanted[0] <= own[0] and own[1] <= wanted[1]
    return inside and (evidence.ask.grain is not None or own[1] == wanted[1])


def of_filters(evidence: Evidence, plan: Plan) -> bool:
    """Tell whether a figure is limited exactly as asked, by the call's filters or by its own row."""
    conditions = evidence.ask.filters if evidence.ask is not None else frozenset()
    row = dict(evidence.fact.slice)
    wanted = {condition(item): item for item in plan.filters}
    for one, item in wanted.items():
        if (one not in conditions and not _row_meets(row, item)) or _is_elsewhere(row, item):
            return False
    extra = [one for one in conditions if one not in wanted and not inside(one, plan)]
    if extra:
        return False
    free = set(plan.group_by) | {item.dimension for item in plan.filters} | set(_TIME)
    return all(dimension in free for dimension in row)


def _row_meets(row: dict[str, str], item: Filter) -> bool:
    return item.op == "in" and row.get(item.dimension) in item.values


def _is_elsewhere(row: dict[str, str], item: Filter) -> bool:
    return item.op == "in" and len(item.values) == 1 and row.get(item.dimension, item.values[0]) not in item.values


def inside(one: tuple[str, str, tuple[str, ...]], plan: Plan) -> bool:
    """A call may fetch one value of several that were asked for."""
    dimension, op, values = one
    return op == "in" and any(f.dimension == dimension and f.op == "in" and set(values) <= set(f.values) for f in plan.filters)


@rule("coverage.metrics")
def metrics(case: Case) -> Iterator[Problem]:
    """Every metric asked for is delivered."""
    plan = asked(case)
    for name in plan.metrics if plan else ():
        if not delivered(case, name) and not (plan and _of_no_rows(case, name, plan)):
            yield Problem(_label(case, name))
    if case.plan is not None and case.plan.intent in _WORDS_ONLY and case.plan.metrics:
        first = [sentence for sentence in case.sentences if sentence.place == "headline"]
        heads = {name for sentence in first for found in sentence.metrics for name in found.meaning}
        if heads.isdisjoint(case.plan.metrics):
            yield Problem(_label(case, case.plan.metrics[0]))


def _of_no_rows(case: Case, name: str, plan: Plan) -> bool:
    """Whether the result asked for has no row: what is told of single records only, as their days in stock, has no total either."""
    return any(name in ask_of(table).metrics and table.total_rows == 0 for table in _whole_results(case, plan))


def _whole_results(case: Case, plan: Plan) -> Iterator[ResultTable]:
    """Yield the results that hold every row of what is asked for: by the same groups, of the period, under the conditions."""
    wanted = {condition(item) for item in plan.filters}
    for table in case.ledger.tables.values():
        ask = ask_of(table)
        same = ask.period == days(plan.period) and wanted <= ask.filters and set(plan.group_by) <= set(ask.group_by)
        cut = table.total_rows is None or table.total_rows > (ask.limit or table.total_rows) or table.note == "truncated"
        if plan.group_by and same and not cut:
            yield table


@rule("coverage.period")
def period(case: Case) -> Iterator[Problem]:
    """Every metric is delivered for the period asked for."""
    plan = asked(case)
    wanted = days(plan.period) if plan else None
    for name in plan.metrics if plan else ():
        found = delivered(case, name)
        if found and not any(of_period(one, wanted) for one in found):
            yield Problem(f"{_label(case, name)} for {plan.period.label if plan and plan.period else 'the period'}")


@rule("coverage.filters")
def filters(case: Case) -> Iterator[Problem]:
    """Every metric is delivered with exactly the filters asked for."""
    plan = asked(case)
    if plan is None:
        return
    wanted = days(plan.period)
    for name in plan.metrics:
        found = [one for one in delivered(case, name) if of_period(one, wanted)]
        if found and not any(of_filters(one, plan) for one in found):
            words = ", ".join(f"{f.dimension} {f.op} {' or '.join(f.values)}" for f in plan.filters) or "no filter"
            yield Problem(f"{_label(case, name)} with {words}")


@rule("coverage.headline")
def headline(case: Case) -> Iterator[Problem]:
    """The first line answers: an asked metric, of the asked period and filters, or something computed from one."""
    plan = asked(case)
    heads = [ref.fact for sentence in case.sentences if sentence.place == "headline" for ref in sentence.facts]
    if plan is None:
        only_open = bool(case.shown) and all(fact.grade == "sql" and fact.second is None for fact in case.behind.values())
        if case.plan is None and case.used and not heads and not only_open:  # what free SQL did not prove may stand in a table only
            yield Problem("it holds no figure")
        return
    if not heads and plan.intent == "list":
        first = [sentence for sentence in case.sentences if sentence.place == "headline"]
        if not any(found.meaning & set(plan.metrics) for sentence in first for found in sentence.metrics):
            yield Problem("it does not say what is listed")
        return
    under = {part.id for fact in _leading(case)[:1] for part in case.closure(fact)}
    answers = {
        one.fact.id for name in plan.metrics for one in delivered(case, name) if of_period(one, days(plan.period)) and of_filters(one, plan)
    }
    if not under & answers:
        yield Problem("no figure of the first line is of what was asked")


def _leading(case: Case) -> list[Fact]:
    """Return the figures of the first line in order, without those "from" which another came."""
    first = [sentence for sentence in case.sentences if sentence.place == "headline"]
    return [ref.fact for sentence in first for ref in sentence.facts if ref.at == 0 or sentence.tokens[ref.at - 1].text != "from"]


@rule("coverage.grouping")
def grouping(case: Case) -> Iterator[Problem]:
    """The grouping and grain asked for are those of a result the reader sees."""
    plan = asked(case)
    if plan is None or not (plan.group_by or plan.grain):
        return
    wanted = (set(plan.group_by), plan.grain)
    calls = [one.ask for name in plan.metrics for one in delivered(case, name) if one.ask is not None]
    if not any((set(ask.group_by), ask.grain) == wanted for ask in calls):
        yield Problem(" and ".join([*plan.group_by, *([f"each {plan.grain}"] if plan.grain else [])]))
    elif not _rows_shown(case, plan):
        yield Problem(f"the rows by {', '.join(plan.group_by) or plan.grain}")


def _rows_shown(case: Case, plan: Plan) -> bool:
    """Every row of a breakdown is shown, but for its total: in a table, a chart or the text."""
    rows = {(fact.slice, days(fact.period)) for fact in case.used.values() if fact.metric in plan.metrics and not fact.parts}
    results = [table for name in plan.metrics for one in delivered(case, name) for table in case.tables_of.get(one.fact.id, ())]
    shown = {table.id for _, table in case.tables} | ({case.draft.chart.table} if case.draft.chart else set())
    if any(table.id in shown for table in results):
        return True
    return len(rows) >= max((sum(1 for key in table.keys if key) for table in results), default=0)


@rule("coverage.comparison")
def comparison(case: Case) -> Iterator[Problem]:
    """What was asked to be compared is: both sides are computed over the right days, and set against each other."""
    plan = asked(case)
    against = plan.comparison if plan else None
    if plan is None or against is None:
        return
    if against.kind in ("target", "benchmark"):
        if not any(fact.grade == against.kind for fact in case.behind.values()):
            yield Problem(f"the {against.kind}")
        return
    wanted = days(against.period)
    for name in plan.metrics[:1] if against.kind != "values" else ():
        if not _other_side(case, name, plan, wanted):
            yield Problem(f"{_label(case, name)} for {against.period.label if against.period else 'the other period'}")


def _other_side(case: Case, name: str, plan: Plan, wanted: Days | None) -> bool:
    main, told = days(plan.period), _told(case)
    for one in delivered(case, name):
        if one.fact.id not in told:
            continue
        own = days(one.fact.period)
        bucket = one.ask is not None and one.ask.compare == wanted and one.ask.grain is not None
        if own != main and (wanted is None or own == wanted or bucket) and of_filters(one, plan):
            return True
    return False


@rule("coverage.values")
def values(case: Case) -> Iterator[Problem]:
    """Every value the question names is answered for: in a filter, or by a row of its own."""
    plan = asked(case)
    if plan is None:
        return
    known = {pair for fact in case.behind.values() for pair in case.pairs_of(fact)}
    compares = plan.comparison is not None and plan.comparison.kind == "values"
    rows = {pair for fact in case.behind.values() for pair in fact.slice}
    for item in plan.filters:
        for value in item.values if item.op == "in" else ():
            pair = (item.dimension, value)
            apart = compares and len(item.values) > 1
            if pair not in (rows if apart else known) and not (apart and _no_records(case, plan, pair)):
                yield Problem(value)


def _no_records(case: Case, plan: Plan, pair: tuple[str, str]) -> bool:
    """Whether a value has no row in a result that holds every row there is: there are no records of it."""
    whole = [table for table in _whole_results(case, plan) if table.total_rows]
    return bool(whole) and not any(pair in key for table in whole for key in table.keys)


@rule("coverage.ranking")
def ranking(case: Case) -> Iterator[Problem]:
    """The order and the number of rows are those asked for."""
    plan = asked(case)
    if plan is None or plan.ranking is None:
        return
    wanted = (plan.ranking.by, plan.ranking.direction)
    seen = [
        (ask, table)
        for name in plan.metrics
        for one in delivered(case, name)
        for table in case.tables_of.get(one.fact.id, ())
        for ask in case.asks_of(one.fact)
    ]
    if not any((ask.moved if plan.ranking.change else ask.order) == wanted for ask, _ in seen):
        yield Problem(f"order by {_label(case, wanted[0])}, {'highest' if wanted[1] == 'desc' else 'lowest'} first")
        return
    if plan.ranking.limit is not None and not _as_many(case, plan.ranking.limit):
        yield Problem("the number of rows")


def _as_many(case: Case, limit: int) -> bool:
    for spec, table in case.tables:
        rows = sum(1 for key in table.keys[: spec.limit] if key)
        if rows == min(limit, table.total_rows if table.total_rows is not None else rows):
            return True
    return not case.tables


def _told(case: Case) -> frozenset[str]:
    """Return the figures a reader sees and what was computed from them, but not the past that lies under estimates."""
    plain = [fact for fact in case.used.values() if fact.grade != "forecast"]
    return frozenset(part.id for fact in plain for part in case.closure(fact))


def _label(case: Case, name: str) -> str:
    rules = case.rules(name)
    return rules.label if rules is not None else name


CHECKS = (read, independent, metrics, period, filters, headline, grouping, comparison, values, ranking)
