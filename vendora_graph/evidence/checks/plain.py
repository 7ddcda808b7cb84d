"""Plain words: what no check understands is not said, and nothing is typed at a figure that would change how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from vendora_graph.evidence.asks import ask_of
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
    own, metrics = _own(case), _metrics(case)
    for sentence in case.sentences:
        if sentence.place in PLACES and sentence.kind != "definition":
            unknown = list(dict.fromkeys(_unknown(sentence, own, metrics)))
            if unknown:
                yield Problem(f"{', '.join(repr(word) for word in unknown[:5])} in the {sentence.where}", tuple(unknown))


def _unknown(sentence: Sentence, own: frozenset[str], metrics: frozenset[str]) -> Iterator[str]:
    known, refused = set(_named(sentence, metrics)), set[int]()
    for found in _known().find(sentence.tokens):
        (known if found.meaning else refused).update(range(found.start, found.end))
    for index, token in enumerate(sentence.tokens):
        if token.kind == "word" and index not in known and (token.text not in own or index in refused):
            yield token.text


def _named(sentence: Sentence, mine: frozenset[str]) -> Iterator[int]:
    """Yield the tokens that name a metric of the answer; the name of another would tell the reader that it is in it."""
    for found in sentence.metrics:
        if not mine.isdisjoint(found.meaning):
            yield from range(found.start, found.end)


def _metrics(case: Case) -> frozenset[str]:
    made = {name for fact in case.behind.values() for name in fact.metric.split("/")}
    return frozenset(made) | frozenset(case.plan.metrics if case.plan else ())


def _own(case: Case) -> frozenset[str]:
    """Return the words that come from the asker and the model, not from the analyst: of the question, and of what the answer is made of."""
    return _typed(case.question) | _words_of(tuple(sorted(set(_labels(case)))))


def _labels(case: Case) -> Iterator[str]:
    """Yield the names of the answer's metrics with their synonyms and bases, and of the dimensions and values it is limited to."""
    for fact in case.behind.values():
        yield from (fact.label, fact.basis)
    for rules in (case.rules(name) for name in _metrics(case)):
        yield from (rules.label, rules.basis, *rules.synonyms) if rules else ()
    for ask in (ask_of(table) for table in case.ledger.tables.values()):
        yield from (case.policy.dimension_labels.get(name, "") for name in ask.group_by)
        for dimension, _, values in ask.filters:
            yield from (case.policy.dimension_labels.get(dimension, ""), *values)
    for name in (*case.plan.group_by, *(item.dimension for item in case.plan.filters)) if case.plan else ():
        yield case.policy.dimension_labels.get(name, "")


@lru_cache(maxsize=256)
def _typed(question: str) -> frozenset[str]:
    return _lent(token.text for token in tokens(question) if token.kind == "word")


@lru_cache(maxsize=256)
def _words_of(labels: tuple[str, ...]) -> frozenset[str]:
    return _lent(word for label in labels for word in spelling(label)[0])


def _lent(words: Iterable[str]) -> frozenset[str]:
    """Return the words that are lent, with their other forms ("salespeople" of "salesperson"); words that count are not."""
    forms: dict[str, list[str]] = resource("plain")["forms"]
    found = frozenset(words) - frozenset(resource("plain")["not_lent"])
    plural = {f"{word}s" for word in found} | {word[:-1] for word in found if word.endswith("s")}
    return found | plural | {other for word in found | plural for other in forms.get(word, ())}


@cache
def _known() -> PhraseSet[bool]:
    """Return the plain words and every phrase another check looks at (True), and phrases of plain words that are refused (False)."""
    words, plain_words = resource("words"), resource("plain")
    phrases: list[str] = [*plain_words["words"], *plain_words["phrases"], *words["capitals"], *words["rank_verbs"]]
    phrases += [f"{verb} {what}" for verb in words["rank_verbs"] for what in words["rank_verb_objects"]]
    phrases += [phrase for name in (*_JUDGED, *_HARMLESS) for phrase in words.get(name, ())]
    phrases += [phrase for name in _GROUPED for group in words[name].values() for phrase in group]
    phrases += [phrase for name in _VALUED for phrase in words[name]]
    narrow = frozenset(plain_words["trade"])
    known = [(phrase.lower(), True) for phrase in phrases if phrase.lower() not in narrow]
    return PhraseSet([*known, *((phrase, False) for phrase in plain_words["refused"])])


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
            lead = sentence.tokens[found.start - 1] if found.start else None
            led = lead is not None and (lead.text in _LEADS or lead.kind == "n")
            if led or not any(other.at < ref.at for other in sentence.facts):
                yield Problem(f"{found.words!r} before {{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))


_LEADS = ("from", "to", "at", "with", "is", "was", "of", "by", "and")
"""Behind these a bound is one, whatever figures stand before: "from more than {{..}}"; else "higher than {{..}}" compares two."""


_RISEN = "up to"
"""A bound, except where the other end follows: "up to {{..}} from {{..}}"."""


def _bound_before(sentence: Sentence, ref: FactRef) -> Found[str] | None:
    for found in _bounds().find(sentence.tokens[: ref.at]):
        risen = found.words == _RISEN and any(token.text == "from" for token in sentence.tokens[ref.at :])
        if found.end == ref.at and sentence.free(found) and not risen:
            return found
    return None


@cache
def _bounds() -> PhraseSet[str]:
    bounds: Iterable[str] = resource("plain")["bounds"]
    return PhraseSet((phrase, "bound") for phrase in bounds)


CHECKS = (plain, sign, bound)
