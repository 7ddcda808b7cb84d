"""What an answer is limited by, what its question's own words bind it to, and the tools a complex question needs."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.contracts import Fact, Plan
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.asks import condition
from vendora_graph.evidence.calendar import back
from vendora_graph.evidence.case import Case
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.coverage import asked, inside
from vendora_graph.evidence.phrases import valued
from vendora_graph.evidence.references import tokens

LEFT_OUT = "left out"
"""What a caveat says of a part that failed."""


@rule("coverage.unasked")
def unasked(case: Case) -> Iterator[Problem]:
    """No figure is limited by what nobody asked for and the answer does not say."""
    plan = case.plan
    if plan is None:
        return
    wanted = {condition(item) for item in plan.filters}
    said = {(label.name.dimension, label.name.value) for sentence in case.sentences for label in sentence.names}
    for ask in {ask for fact in _told(case) for ask in case.asks_of(fact) if ask.tool == "query_metrics"}:
        for one in sorted(ask.filters - wanted):
            dimension, _, values = one
            if plan.intent == "reconcile" and dimension in ask.metrics:
                continue  # the records behind a difference: chosen by the figure itself, which stays what it is
            if not inside(one, plan) and not any((dimension, value) in said for value in values):
                yield Problem(f"{dimension} {' or '.join(values)}")
    yield from _unasked_shares(case, plan)


def _unasked_shares(case: Case, plan: Plan) -> Iterator[Problem]:
    """The first line gives a share of what the question named, or of what it is cut by."""
    asked_for = {item.dimension for item in plan.filters} | {*plan.group_by}
    for ref in (ref for sentence in case.claims if sentence.place == "headline" for ref in sentence.facts):
        parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
        if operation_of(ref.fact) == "share" and len(parts) > 1:
            own = sorted(set(parts[0].slice) - set(parts[1].slice)) if parts[0].metric == parts[1].metric else []
            for dimension, value in own:
                if dimension not in asked_for:
                    yield Problem(f"a share for {dimension} {value}", (ref.key,))
            if plan.topic == "share" and not plan.group_by and len({dimension for dimension, _ in own}) > 1:
                yield Problem(f"a share of the whole, not only for {own[0][0]} {own[0][1]}", (ref.key,))


def _told(case: Case) -> Iterator[Fact]:
    """Yield the figures the answer tells and what it derived from, but not what lies under figures only code writes.

    A bridge, a target or a projection has conditions of its own making: the used cars of used gross, the target of one metric.
    """
    waiting, seen = list(case.used.values()), set[str]()
    while waiting:
        fact = waiting.pop()
        if fact.id in seen:
            continue
        seen.add(fact.id)
        yield fact
        if fact.grade in ("derived", "metric") and operation_of(fact) != "expression":
            waiting += [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]


@rule("coverage.question")
def question(case: Case) -> Iterator[Problem]:
    """Where the question was not read, its own words still bind: metrics and periods it names, conditions it got."""
    if case.plan is not None or not case.used:
        return
    words = tokens(case.question)
    named = [found for found in case.book.phrases.find(words) if found.end - found.start > 1]
    metrics_used = {name for fact in case.behind.values() for name in case.metrics_of(fact)}
    for found in named:
        if found.meaning.isdisjoint(metrics_used):
            yield Problem(f"{found.words!r}")
    for span_found in valued("relative_periods").find(words):
        grain, count = span_found.meaning
        span = back(case.policy.as_of, grain, count)
        if not any(
            fact.period is not None and span.start <= fact.period.start and fact.period.end <= span.end for fact in case.behind.values()
        ):
            yield Problem(f"{span_found.words!r}")
    said = {(name.name.dimension, name.name.value) for sentence in case.sentences for name in sentence.names}
    for pair in sorted({pair for fact in case.used.values() for ask in case.asks_of(fact) for pair in ask.named | ask.excluded}):
        if pair not in said:
            yield Problem(f"limited by {pair[1]!r}, which the answer does not say")


@rule("coverage.steps")
def steps(case: Case) -> Iterator[Problem]:
    """A complex question's tools were used; one that could not be is named as left out."""
    plan = asked(case)
    used = {table.tool for table in case.ledger.tables.values()}
    owned = sum(LEFT_OUT in caveat for caveat in case.draft.caveats)
    missing = [step for step in (plan.steps if plan else ()) if step not in used]
    for step in missing[owned:]:
        yield Problem(step)


CHECKS = (unasked, question, steps)
