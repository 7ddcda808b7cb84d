"""Plain words: what no check understands is not said, and nothing is typed at a figure that would change how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.phrases import Found, PhraseSet, spelling
from vendora_graph.evidence.references import tokens
from vendora_graph.evidence.resources import resource

PLACES = ("headline", "finding", "title")
_JUDGED = ("numbers", "quantities", "causes", "nothing", "you_said", "says_estimate", "says_offset", "change_nouns", "comparatives")
_GROUPED = ("directions", "ranks", "aggregates")
_VALUED = ("parts", "relative_periods", "steps")
_HARMLESS = ("number_harmless", "direction_harmless", "rank_harmless", "cause_harmless")


@rule("words.plain")
def plain(case: Case) -> Iterator[Problem]:
    """Headline, findings and titles hold plain words: a word no check understands claims something nobody computed."""
    own = _own(case)
    for sentence in case.sentences:
        if sentence.place in PLACES and sentence.kind != "definition":
            unknown = list(dict.fromkeys(_unknown(sentence, own)))
            if unknown:
                yield Problem(f"{', '.join(repr(word) for word in unknown[:5])} in the {sentence.where}", tuple(unknown))


def _unknown(sentence: Sentence, own: frozenset[str]) -> Iterator[str]:
    known, refused = set(sentence.labelled), set[int]()
    for found in _known().find(sentence.tokens):
        (known if found.meaning else refused).update(range(found.start, found.end))
    for index, token in enumerate(sentence.tokens):
        if token.kind == "word" and index not in known and (token.text not in own or index in refused):
            yield token.text


def _own(case: Case) -> frozenset[str]:
    """Return the words of the question and of the model's dimensions: they came from the asker and the model, not from the analyst."""
    return _words_of(case.question, tuple(case.policy.dimension_labels.values()))


@lru_cache(maxsize=256)
def _words_of(question: str, labels: tuple[str, ...]) -> frozenset[str]:
    typed = frozenset(token.text for token in tokens(question) if token.kind == "word") - frozenset(resource("plain")["not_lent"])
    return typed | frozenset(word for label in labels for word in spelling(label)[0])


@cache
def _known() -> PhraseSet[bool]:
    """Return the plain words and every phrase another check looks at (True), and phrases of plain words that are refused (False)."""
    words, plain_words = resource("words"), resource("plain")
    phrases: list[str] = [*plain_words["words"], *plain_words["phrases"], *words["capitals"], *words["rank_verbs"]]
    phrases += [phrase for name in (*_JUDGED, *_HARMLESS) for phrase in words.get(name, ())]
    phrases += [phrase for name in _GROUPED for group in words[name].values() for phrase in group]
    phrases += [phrase for name in _VALUED for phrase in words[name]]
    refused = [(phrase, False) for phrase in plain_words["refused"]]
    return PhraseSet([*((phrase.lower(), True) for phrase in phrases), *refused])


@rule("labels.sign")
def sign(case: Case) -> Iterator[Problem]:
    """Code writes signs and brackets: none is typed at a figure, and no amount stands in brackets of the text."""
    marks = frozenset(resource("plain")["signs"])
    for sentence in case.sentences:
        for ref in sentence.facts:
            before = sentence.tokens[ref.at - 1] if ref.at else None
            touches = before is not None and before.end == sentence.tokens[ref.at].start
            if before is not None and touches and before.text in marks:
                yield Problem(f"{before.raw!r} before {{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))
            elif _reads_as_loss(sentence, ref):
                yield Problem(f"brackets around {{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))


def _reads_as_loss(sentence: Sentence, ref: FactRef) -> bool:
    around = [sentence.tokens[i].text for i in (ref.at - 1, ref.at + 1) if 0 <= i < len(sentence.tokens)]
    return ref.fact.unit.startswith("usd") and around == ["(", ")"]


@rule("labels.bound")
def bound(case: Case) -> Iterator[Problem]:
    """A figure is what it is: not "nearly", "at least" or "more than" it, and not "not" it."""
    for sentence in case.claims:
        for ref in sentence.facts:
            found = _bound_before(sentence, ref)
            if found is None:
                continue
            led = found.start > 0 and sentence.tokens[found.start - 1].text in _LEADS
            if led or not any(other.at < ref.at for other in sentence.facts):
                yield Problem(f"{found.words!r} before {{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))


_LEADS = ("from", "to", "at", "with", "is", "was", "of", "by")
"""Behind these a bound is one, whatever figures stand before: "from more than {{..}}"; else "higher than {{..}}" compares two."""


def _bound_before(sentence: Sentence, ref: FactRef) -> Found[str] | None:
    for found in _bounds().find(sentence.tokens[: ref.at]):
        if found.end == ref.at and sentence.free(found) and not any(token.text == "from" for token in sentence.tokens[ref.at :]):
            return found
    return None


@cache
def _bounds() -> PhraseSet[str]:
    bounds: Iterable[str] = resource("plain")["bounds"]
    return PhraseSet((phrase, "bound") for phrase in bounds)


CHECKS = (plain, sign, bound)
