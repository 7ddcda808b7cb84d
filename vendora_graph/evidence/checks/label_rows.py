"""Figures stand beside the name of their own row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from vendora_graph.contracts import Name
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.case import Case, FactRef, NameRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.binding import bind
from vendora_graph.evidence.resources import resource

_TIME = ("day", "week", "month", "quarter", "year")


@rule("labels.row")
def row(case: Case) -> Iterator[Problem]:
    """A figure of another row than the sentence names, or of a row the sentence does not name."""
    for sentence in case.sentences:
        for ref in sentence.facts:
            yield from _row_problems(case, sentence, ref)
        if sentence.place in ("headline", "finding"):
            yield from _idle_names(case, sentence)


def _row_problems(case: Case, sentence: Sentence, ref: FactRef) -> Iterator[Problem]:
    pairs, out = case.pairs_of(ref.fact), case.excluded_of(ref.fact)
    named = {(label.name.dimension, label.name.value) for label in sentence.names}
    for pair in ref.fact.slice:
        if pair not in named and not (_said_otherwise(case, ref, pair) or _each_named(case, ref, pair[0], named)):
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {pair[1]!r}, which its sentence does not name", (ref.key,))
    yield from _sides_of_rows(case, sentence, ref)
    yield from _several_values(case, sentence, ref)
    found = bind(sentence, ref, sentence.names)
    for dimension in dict.fromkeys(label.name.dimension for label in found.labels):
        labels = [label for label in found.labels if label.name.dimension == dimension]
        if not _row_fits(sentence, ref, labels, pairs | out, found.how):
            shown = labels[-1].name.value
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is not of {shown!r}, which stands beside it", (ref.key,))


def _each_named(case: Case, ref: FactRef, dimension: str, named: set[tuple[str, str]]) -> bool:
    """A figure of several values together is named by all of them."""
    kept = [values for ask in case.asks_of(ref.fact) for d, op, values in ask.filters if d == dimension and op == "in"]
    return any(len(values) > 1 and all((dimension, value) in named for value in values) for values in kept)


def _several_values(case: Case, sentence: Sentence, ref: FactRef) -> Iterator[Problem]:
    """A figure of several values, or without several, names them all or none."""
    row = dict(ref.fact.slice)
    said = {(label.name.dimension, label.name.value) for label in sentence.names}
    for ask in case.asks_of(ref.fact):
        for dimension, op, values in ask.filters:
            named = [value for value in values if (dimension, value) in said]
            whole = op == "not_in" or (op == "in" and row.get(dimension) not in values)
            if whole and 0 < len(named) < len(values):
                what = f"{{{{{ref.key}}}}} in the {sentence.where} is about {', '.join(values)}, its sentence names fewer"
                yield Problem(what, (ref.key,))


def _sides_of_rows(case: Case, sentence: Sentence, ref: FactRef) -> Iterator[Problem]:
    """A difference of two rows names the first before the second: "A is ahead of B by {{..}}"."""
    parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
    if operation_of(ref.fact) not in ("difference", "points", "change", "ratio") or len(parts) != 2:  # noqa: PLR2004 - two sides
        return
    for dimension, value in parts[0].slice:
        other = dict(parts[1].slice).get(dimension, value)
        named = [label.name.value for label in sentence.names if label.name.dimension == dimension]
        if dimension not in _TIME and other != value and named[:2] != [value, other]:
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is {value!r} less {other!r}, in this order", (ref.key,))


def _row_fits(sentence: Sentence, ref: FactRef, labels: Sequence[NameRef], pairs: frozenset[tuple[str, str]], how: str) -> bool:
    dimension = labels[0].name.dimension
    values = {value for known, value in pairs if known == dimension}
    if not values:
        return how == "carried" and not ref.fact.slice
    if len(labels) > 1 and not ref.fact.parts:
        last = labels[-1].at
        figures = [other for other in sentence.facts if other.at > last and not other.fact.parts]
        if len(figures) == len(labels) and ref in figures:
            return labels[figures.index(ref)].name.value in values
    return any(label.name.value in values for label in labels)


def _said_otherwise(case: Case, ref: FactRef, pair: tuple[str, str]) -> bool:
    """A filter of the question holds for the whole answer, one of its several values is a row to be named; time is said by periods."""
    if pair[0] in _TIME:
        return True
    if case.plan is None:
        heads = {(n.name.dimension, n.name.value) for s in case.sentences if s.place in ("headline", "assumption") for n in s.names}
        worded = {d for ask in case.asks_of(ref.fact) for d, op, v in ask.filters if op != "in" or len(v) > 1}
        return pair in case.context or pair in heads or pair[0] in worded
    several = [f for f in case.plan.filters if f.dimension == pair[0] and (f.op != "in" or len(f.values) > 1)]
    if several and len(ref.fact.slice) == 1:
        return any(f.op != "in" or pair[1] not in f.values for f in several)
    return pair in case.context or bool(several)  # a driver's row has a name of its own


def _idle_names(case: Case, sentence: Sentence) -> Iterator[Problem]:
    facts = [ref.fact for ref in sentence.facts] or list(case.shown.values())
    stated = frozenset(pair for fact in facts for pair in case.pairs_of(fact) | case.excluded_of(fact))
    for label in sentence.names:
        pair = (label.name.dimension, label.name.value)
        if pair not in stated and pair not in case.context:
            yield Problem(f"the {sentence.where} names {label.name.value!r}, no figure in it is of that row", (label.key,))


@rule("labels.excluded")
def excluded(case: Case) -> Iterator[Problem]:
    """A name stands behind "without" exactly when its rows were left out."""
    words = _excluding()
    for sentence in case.claims:
        yield from _left_out_periods(sentence)
        for label in sentence.names:
            said = not words.isdisjoint(_lead_in(sentence, label.at))
            for ref in sentence.facts:
                problem = _exclusion(case, label.name, ref, said=said)
                if problem:
                    yield Problem(f"{label.name.value!r} in the {sentence.where} {problem}", (label.key,))
                    break


def _lead_in(sentence: Sentence, place: int) -> set[str]:
    """Return the few words before a name, or before the list of names it stands in."""
    while place > 0 and (sentence.tokens[place - 1].kind == "n" or sentence.tokens[place - 1].text in (",", "and", "or")):
        place -= 1
    return {token.text for token in sentence.tokens[max(0, place - 2) : place]}


def _left_out_periods(sentence: Sentence) -> Iterator[Problem]:
    for label in sentence.periods:
        if label.at and sentence.tokens[label.at - 1].text in ("without", "excluding", "except", "minus"):
            yield Problem(f"{label.period.label!r} in the {sentence.where} reads as if it were left out", (label.key,))


def _exclusion(case: Case, name: Name, ref: FactRef, *, said: bool) -> str:
    pair = (name.dimension, name.value)
    if pair in case.excluded_of(ref.fact) and not said:
        return "was left out of the figure, the sentence reads as if it were of it"
    if pair in case.pairs_of(ref.fact) and said:
        return "is what the figure is of, the sentence reads as if it were left out"
    return ""


@lru_cache(maxsize=1)
def _excluding() -> frozenset[str]:
    return frozenset(resource("words")["excluding"])


CHECKS = (row, excluded)
