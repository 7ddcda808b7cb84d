"""Figures that a sentence joins belong together: a share and what it is of, a driver's effect and the figures it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise

from vendora_graph.contracts import Fact
from vendora_graph.evidence.arithmetic import is_change, operation_of
from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.changes import is_effect, words_before
from vendora_graph.evidence.resources import resource

_SIDES = 2
"""Parts of a difference."""


@rule("labels.joined")
def joined(case: Case) -> Iterator[Problem]:
    """A share, a part of a target or a change behind a figure and a comma is its own; a projection is of one place with what is so far."""
    for sentence in case.claims:
        for before, ref in pairwise(sentence.facts):
            of_target = _of_target(sentence, ref)
            if of_target is not None and of_target.fact.id not in ref.fact.parts:
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is not of {{{{{of_target.key}}}}}", (ref.key,))
            if _ahead_of(before.fact, ref.fact) and before.fact.slice != ref.fact.slice:
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is not of the same place as {{{{{before.key}}}}}", (ref.key,))
            told_of = of_target is not None or (not before.fact.parts and (is_change(ref.fact) or operation_of(ref.fact) == "share"))
            if told_of and ref.fact.parts and _adjoining(sentence, before, ref) and not _is_of(ref.fact, before.fact):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is not of {{{{{before.key}}}}}", (ref.key,))


@rule("labels.supposed")
def supposed(case: Case) -> Iterator[Problem]:
    """What would be is no figure of the data, and the ends of a range are of one estimate."""
    for sentence in case.claims:
        words = tuple(phrase for phrase in resource("words")["supposed"] if phrase in sentence.text)
        for ref in sentence.facts if words else ():
            if ref.fact.grade == "metric" and " ".join(words_before(sentence, ref)).endswith(words):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is what is, told as what would be", (ref.key,))
        for low, high in pairwise(sentence.facts) if "range" in sentence.text else ():
            between = [token.text for token in sentence.between(low.at, high.at) if token.kind != "word" or token.text == "to"]
            if between == ["to"] and "range" in words_before(sentence, low) and low.fact.parts != high.fact.parts:
                yield Problem(f"{{{{{high.key}}}}} in the {sentence.where} is not the end of the range of {{{{{low.key}}}}}", (high.key,))


def _ahead_of(one: Fact, other: Fact) -> bool:
    """Tell whether of two figures of a metric one is what is so far and the other what is projected."""
    return one.metric == other.metric and {one.grade, other.grade} == {"metric", "forecast"}


def _is_of(derived: Fact, figure: Fact) -> bool:
    return figure.id in derived.parts or is_effect(derived)


def _adjoining(sentence: Sentence, before: FactRef, ref: FactRef) -> bool:
    """Tell whether nothing but one comma and words stands between two figures."""
    between = sentence.between(before.at, ref.at)
    return [token.text for token in between if token.kind != "word"] == [","] and between[0].text == ","


def _of_target(sentence: Sentence, ref: FactRef) -> FactRef | None:
    """Return the target of "{{..}} of the target of {{..}}"."""
    target = next((other for other in sentence.facts if other.at > ref.at), None)
    words = [token.text for token in sentence.between(ref.at, target.at)] if target is not None else []
    return target if words == ["of", "the", "target", "of"] else None


@rule("labels.effect")
def effect(case: Case) -> Iterator[Problem]:
    """Kinds of effect are told of an effect; behind it stand its own figures: what it is made of, own-rate and mix effect."""
    for sentence in case.claims:
        driver = next((ref for ref in sentence.facts if is_effect(ref.fact)), None)
        kinds = {words: label for words, label in _kinds().items() if words in sentence.text}
        first = next(iter(sentence.facts), None) if kinds else None
        if first is not None and not (is_effect(first.fact) or _is_kind(first.fact) or operation_of(first.fact) == "share"):
            yield Problem(f"{{{{{first.key}}}}} in the {sentence.where} is no effect", (first.key,))
        for ref in sentence.facts if driver is not None or kinds else ():
            wanted = _kind_told(sentence, ref, kinds)
            if wanted is not None and not ref.fact.label.lower().startswith(wanted):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is no {wanted}", (ref.key,))
            elif driver is not None and ref.at > driver.at and not _is_made_of(driver.fact, ref.fact):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is no figure of {{{{{driver.key}}}}}", (ref.key,))


def _is_made_of(driver: Fact, fact: Fact) -> bool:
    """Tell whether a figure is a side of a driver's effect, or a kind of effect of the same row."""
    if _is_kind(fact) or is_effect(fact):
        return fact.slice == driver.slice
    if fact.parts:
        return fact.slice == driver.slice and set(fact.parts) <= set(driver.parts)
    return fact.id in driver.parts and len(driver.parts) <= _SIDES


def _is_kind(fact: Fact) -> bool:
    return fact.label.lower().startswith(tuple(_kinds().values()))


def _kind_told(sentence: Sentence, ref: FactRef, kinds: Mapping[str, str]) -> str | None:
    """Return the kind of effect that the words before a figure call it ("own rate {{..}}")."""
    before = " ".join(words_before(sentence, ref)) if kinds else ""
    return next((label for words, label in kinds.items() if before == words or before.endswith(f" {words}")), None)


@cache
def _kinds() -> dict[str, str]:
    kinds: dict[str, str] = resource("words")["kinds_of_effect"]
    return kinds


CHECKS = (joined, supposed, effect)
