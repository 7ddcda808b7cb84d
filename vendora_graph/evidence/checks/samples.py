"""Small samples, missing values and plausible ones."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from vendora_graph.contracts import Fact, MetricRules
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.calendar import is_whole_month
from vendora_graph.evidence.case import Case, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.phrases import grouped, listed, says
from vendora_graph.evidence.resources import resource


def is_small(case: Case, fact: Fact) -> bool:
    """Tell whether a figure stands on fewer records than its metric needs."""
    rules = case.rules(fact.metric)
    if rules is None or rules.min_n is None or fact.n is None or fact.value is None:
        return False
    return fact.n < rules.min_n


@rule("samples.small")
def small(case: Case) -> Iterator[Problem]:
    """A figure of few records is said to be one."""
    thin = [ref for sentence in case.claims for ref in sentence.facts if is_small(case, ref.fact)]
    if thin and not says(case.prose, "says_small"):
        yield Problem(f"{{{{{thin[0].key}}}}} stands on {thin[0].fact.n} records", tuple(ref.key for ref in thin))


@rule("samples.named_small")
def named_small(case: Case) -> Iterator[Problem]:
    """Whoever is said to rest on few records does."""
    for sentence in case.claims:
        if sentence.facts or not sentence.names or not says(sentence.text, "says_small"):
            continue
        thin = {pair for fact in case.shown.values() if is_small(case, fact) for pair in fact.slice}
        if len({label.name for label in sentence.names}) < len(sentence.names):
            yield Problem(f"the {sentence.where} names one of them twice, so another is missing")
        for label in sentence.names:
            if (label.name.dimension, label.name.value) not in thin:
                yield Problem(f"{label.name.value!r} in the {sentence.where}", (label.key,))


@rule("samples.small_rank")
def small_rank(case: Case) -> Iterator[Problem]:
    """Nobody is best or worst on few records."""
    known = grouped("ranks", harmless="rank_harmless")
    for sentence in case.claims:
        ranked = [word for word in known.find(sentence.tokens) if sentence.free(word)]
        thin = [ref for ref in sentence.facts if is_small(case, ref.fact)]
        if ranked and thin and not says(sentence.text, "says_small"):
            yield Problem(f"{ranked[0].words!r} in the {sentence.where} rests on {thin[0].fact.n} records", (thin[0].key,))


@rule("samples.missing")
def missing(case: Case) -> Iterator[Problem]:
    """A figure that has no value shows as "no data"; nothing is claimed of it, neither a direction nor a place."""
    claims = (grouped("directions", harmless="direction_harmless"), grouped("ranks", harmless="rank_harmless"))
    for sentence in case.claims:
        claimed = any(sentence.free(word) for known in claims for word in known.find(sentence.tokens))
        for ref in sentence.facts:
            if ref.fact.value is None and (claimed or ref.fact.parts) and not says(sentence.text, "says_no_data"):
                yield Problem(f"{{{{{ref.key}}}}} ({ref.fact.label})", (ref.key,))


@rule("samples.zero")
def zero(case: Case) -> Iterator[Problem]:
    """The words "none" and "nothing" need a figure that is zero, and zero of no rows is no data."""
    known = listed("nothing", harmless="number_harmless")
    for sentence in case.claims:
        zeros = [ref for ref in sentence.facts if ref.fact.value == 0]
        for found in known.find(sentence.tokens):
            if sentence.free(found) and not zeros and not says(sentence.text, "says_no_data"):
                yield Problem(f"{found.words!r} in the {sentence.where}: no figure in the sentence is zero")
        if says(_headline(case, sentence), "says_no_figure") and any(ref.fact.value is not None for ref in sentence.facts):
            yield Problem(f"the {sentence.where} gives a figure and says that there is none")
        for ref in zeros:
            ahead = ref.fact.period is not None and ref.fact.period.start > case.policy.data_through and ref.fact.grade != "forecast"
            counted = ref.fact.unit in ("count", "units") and not ahead
            if ref.fact.n == 0 and not counted and not ref.fact.parts:
                yield Problem(f"{{{{{ref.key}}}}} is a sum over no rows, which is no data, not zero", (ref.key,))


def _headline(case: Case, sentence: Sentence) -> str:
    """Return the text a sentence stands in, when it is the first line."""
    return case.draft.headline.lower() if sentence.place == "headline" else ""


def _outside(value: Decimal, rules: MetricRules, factor: Decimal) -> bool:
    """Tell whether a value lies outside the bounds, widened by `factor` times their span (0: as they are)."""
    low, high = rules.low, rules.high
    span = (high - low) if low is not None and high is not None else abs(high if high is not None else low or Decimal(0))
    return (low is not None and value < low - span * factor) or (high is not None and value > high + span * factor)


def _factor(rules: MetricRules) -> Decimal:
    """Return by how many spans the bounds are widened before a figure is impossible: rates are bound more tightly."""
    limits = resource("rubric")["limits"]
    return Decimal(limits["impossible_rate" if rules.unit == "rate" else "impossible_factor"])


def _judged(case: Case) -> Iterator[tuple[Fact, Decimal, MetricRules]]:
    for fact in case.behind.values():
        rules = case.rules(fact.metric)
        if rules is not None and fact.value is not None and not fact.parts and fact.unit == rules.unit and fact.grade != "benchmark":
            yield fact, fact.value, rules


def _is_part(value: Decimal, rules: MetricRules) -> bool:
    """Tell whether a value is a part of a whole: of few records any part may be, whatever many of them give."""
    return rules.unit == "rate" and 0 <= value <= 1


@rule("samples.unit")
def unit(case: Case) -> Iterator[Problem]:
    """A figure has the unit its metric has."""
    for fact in case.behind.values():
        rules = case.rules(fact.metric)
        given = not fact.parts or (fact.grade in ("forecast", "target") and operation_of(fact) is None)
        if rules is None or not given:
            continue
        due = "rate" if (fact.formula or "").startswith("backtest") else rules.unit
        if fact.unit != due:
            yield Problem(f"{fact.label!r} has the unit {fact.unit}, the metric has {due}", (fact.id,))


@rule("samples.impossible")
def impossible(case: Case) -> Iterator[Problem]:
    """A figure far outside what the metric can be is a mistake, whatever agrees with it."""
    for fact, value, rules in _judged(case):
        if _outside(value, rules, _factor(rules)) and not (is_small(case, fact) and _is_part(value, rules)):
            yield Problem(f"{fact.label!r} is {value}, plausible is {rules.low} to {rules.high}", (fact.id,))


@rule("samples.implausible")
def implausible(case: Case) -> Iterator[Problem]:
    """A total outside its plausible bounds costs score; one row of few records may be odd."""
    for fact, value, rules in _judged(case):
        odd = _outside(value, rules, Decimal(0)) and not _outside(value, rules, _factor(rules))
        if odd and not is_small(case, fact):
            yield Problem(f"{fact.label!r} is {value}, plausible is {rules.low} to {rules.high}", (fact.id,))
            return


@rule("samples.history")
def history(case: Case) -> Iterator[Problem]:
    """A whole month of the whole that is unlike the store's own months costs score."""
    for fact, value, _ in _judged(case):
        known = case.policy.history.get(fact.metric)
        if known is None or not _is_own_month(case, fact) or is_small(case, fact):
            continue
        if not known[0] <= value <= known[1]:
            yield Problem(f"{fact.label!r} is {value}, the store's own past is {known[0]} to {known[1]}", (fact.id,))
            return


def _is_own_month(case: Case, fact: Fact) -> bool:
    """Tell whether a figure may be held against the store's own months: a late whole month, of no part of the store."""
    late = fact.period is not None and (case.policy.data_through - fact.period.start).days <= resource("rubric")["limits"]["history_days"]
    whole = late and fact.period is not None and is_whole_month(fact.period)
    return whole and not fact.slice and not any(ask.filters for ask in case.asks_of(fact))


CHECKS = (small, named_small, small_rank, missing, zero, unit, impossible, implausible, history)
