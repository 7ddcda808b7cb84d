# ruff: noqa: E501 - one case a line reads as a table
"""The same answer to another question: what the reader asked for changes, what they get does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from tests.mutation.nouns import Case, Make, Mutant, Mutator, same_question
from vendora_graph.contracts import Comparison, Filter, Period, Plan, Ranking

_OTHER = {"units_retail": "units_used", "front_gross": "back_gross", "total_gross": "front_gross", "back_pvr": "front_pvr", "front_pvr": "back_pvr"}


def _plan(change: Callable[[Plan], Iterator[Plan]]) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        if case.plan is not None:
            for plan in change(case.plan):
                if not _same_words(case, plan):
                    yield Mutant(replace(case, plan=plan))

    return make


def _same_words(case: Case, plan: Plan) -> bool:
    """What a definition says does not hang on days, conditions, rows or tools; a benchmark that is in the answer was answered."""
    if case.plan is not None and case.plan.intent == "definition":
        return set(case.plan.metrics[:1]) == set(plan.metrics[:1])
    has_benchmark = any(fact.grade == "benchmark" for fact in case.ledger.facts.values())
    return has_benchmark and plan.comparison is not None and plan.comparison.kind == "benchmark"


def _period(plan: Plan) -> Iterator[Plan]:
    if plan.period is not None:
        for days in (31, 365, 7):
            one = Period(start=plan.period.start - timedelta(days=days), end=plan.period.end - timedelta(days=days), label="earlier")
            yield plan.model_copy(update={"period": one})
        yield plan.model_copy(update={"period": plan.period.model_copy(update={"start": plan.period.start - timedelta(days=1)})})


def _metric(plan: Plan) -> Iterator[Plan]:
    for name in plan.metrics[:1]:
        other = next(one for one in (_OTHER.get(name, "leads"), "leads", "units_new", "aged_units") if one not in plan.metrics)
        yield plan.model_copy(update={"metrics": (other, *plan.metrics[1:])})


def _more_metrics(plan: Plan) -> Iterator[Plan]:
    extra = "inventory_units" if "inventory_units" not in plan.metrics else "leads"
    yield plan.model_copy(update={"metrics": (*plan.metrics, extra)})


def _filter(plan: Plan) -> Iterator[Plan]:
    taken = {item.dimension for item in plan.filters} | set(plan.group_by)
    for dimension, value in (("store", "North"), ("model", "Pilot")):
        if dimension not in taken:
            yield plan.model_copy(update={"filters": (*plan.filters, Filter(dimension=dimension, values=(value,)))})


def _exclusion(plan: Plan) -> Iterator[Plan]:
    yield plan.model_copy(update={"filters": (*plan.filters, Filter(dimension="salesperson", op="not_in", values=("Eli Novak",)))})


def _no_filter(plan: Plan) -> Iterator[Plan]:
    if plan.filters and not (plan.comparison and plan.comparison.kind == "values"):
        yield plan.model_copy(update={"filters": plan.filters[1:]})


def _threshold(plan: Plan) -> Iterator[Plan]:
    yield plan.model_copy(update={"filters": (*plan.filters, Filter(dimension="age_days", op="gt", values=("60",)))})


def _grouping(plan: Plan) -> Iterator[Plan]:
    other = "store" if "store" not in plan.group_by else "model"
    yield plan.model_copy(update={"group_by": (other,), "intent": "breakdown"})
    yield plan.model_copy(update={"group_by": (*plan.group_by, other), "intent": "breakdown"})


def _grain(plan: Plan) -> Iterator[Plan]:
    yield plan.model_copy(update={"grain": "week" if plan.grain != "week" else "day", "intent": "trend"})


def _comparison(plan: Plan) -> Iterator[Plan]:
    one = Period(start=date(2024, 3, 1), end=date(2024, 3, 31), label="March 2024", grain="month")
    yield plan.model_copy(update={"comparison": Comparison(kind="explicit", period=one)})
    if plan.comparison is None or plan.comparison.kind != "benchmark":
        yield plan.model_copy(update={"comparison": Comparison(kind="benchmark")})
    yield plan.model_copy(update={"comparison": Comparison(kind="target")})


def _value(plan: Plan) -> Iterator[Plan]:
    for i, item in enumerate(plan.filters):
        if item.op == "in":
            more = item.model_copy(update={"values": (*item.values, "Somewhere")})
            yield plan.model_copy(update={"filters": (*plan.filters[:i], more, *plan.filters[i + 1 :])})


def _ranking(plan: Plan) -> Iterator[Plan]:
    if plan.group_by and plan.metrics:
        by, now = plan.metrics[0], plan.ranking
        if now is None:
            yield plan.model_copy(update={"ranking": Ranking(by=by, direction="asc", limit=1)})
            return
        yield plan.model_copy(update={"ranking": now.model_copy(update={"direction": "asc" if now.direction == "desc" else "desc"})})
        yield plan.model_copy(update={"ranking": now.model_copy(update={"by": "leads" if by != "leads" else "units_retail"})})
        yield plan.model_copy(update={"ranking": now.model_copy(update={"limit": 1 if now.limit is None else now.limit - 1 or 9})})


def _steps(plan: Plan) -> Iterator[Plan]:
    if "forecast" not in plan.steps:
        yield plan.model_copy(update={"steps": (*plan.steps, "forecast")})


MUTATORS = (
    Mutator("other period asked", "the answer is for other days than asked", _plan(_period), same_question, False),
    Mutator("other metric asked", "the answer is about another metric than asked", _plan(_metric), same_question, False),
    Mutator("one metric more asked", "a part of the question is not answered", _plan(_more_metrics), same_question, False),
    Mutator("condition asked", "a condition of the question was dropped", _plan(_filter), same_question, False),
    Mutator("exclusion asked", "what was to be left out is in", _plan(_exclusion), same_question, False),
    Mutator("no condition asked", "the answer is of less than asked", _plan(_no_filter), same_question, False),
    Mutator("threshold asked", "a threshold of the question was dropped", _plan(_threshold), same_question, False),
    Mutator("other grouping asked", "the rows are not those asked for", _plan(_grouping), same_question, False),
    Mutator("other grain asked", "the trend is not in the grain asked for", _plan(_grain), same_question, False),
    Mutator("comparison asked", "what it was to be compared with is missing", _plan(_comparison), same_question, False),
    Mutator("one value more asked", "a name of the question is not answered for", _plan(_value), same_question, False),
    Mutator("other ranking asked", "the list is not in the order or length asked for", _plan(_ranking), same_question, False),
    Mutator("tool asked", "a part of the analysis is missing", _plan(_steps), same_question, False),
)
