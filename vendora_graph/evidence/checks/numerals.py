"""No figure, quantity, date or name is typed: those that come from data are references."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.case import Case, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.phrases import PhraseSet, listed, spelling, valued
from vendora_graph.evidence.references import Token
from vendora_graph.evidence.resources import resource

_ROMAN = re.compile(r"[MDCLXVI]+")
_MARKUP = re.compile(r"https?:|www\.|</?[a-z!]|!\[|\]\(|javascript:|data:\w+/", re.IGNORECASE)
_SHORTEST = 2


def numeric(char: str) -> bool:
    """Tell whether a character of any script means a number: digits, fractions, circled and written-out ones."""
    return char.isdigit() or char.isnumeric() or unicodedata.numeric(char, None) is not None


@rule("numerals.digits")
def digits(case: Case) -> Iterator[Problem]:
    """No numeral of any script outside a reference or a metric's name."""
    for sentence in case.sentences:
        for index, token in enumerate(sentence.tokens):
            if token.kind in ("word", "mark") and index not in sentence.labelled and is_numeral(token):
                yield Problem(f"{token.raw!r} in the {sentence.where}")


def is_numeral(token: Token) -> bool:
    """Tell whether a token is a numeral: a digit of any script, or a Roman number."""
    if token.raw.isascii():
        return any(char.isdigit() for char in token.raw) or _is_roman(token.raw)
    return any(numeric(char) for char in token.raw)


@lru_cache(maxsize=1024)
def _is_roman(raw: str) -> bool:
    if len(raw) < _SHORTEST or not raw.isupper() or raw.lower() in resource("words")["roman_words"]:
        return False
    return _ROMAN.fullmatch(raw) is not None


@rule("numerals.words")
def words(case: Case) -> Iterator[Problem]:
    """No number written out, no "doubled", no "a third"."""
    known = listed("numbers", "quantities", harmless="number_harmless")
    for sentence in case.sentences:
        for found in known.find(sentence.tokens):
            if sentence.free(found):
                yield Problem(f"{found.words!r} in the {sentence.where}")


@rule("numerals.parts")
def parts(case: Case) -> Iterator[Problem]:
    """The words "most of" and its like need a share in the sentence that makes them true."""
    known: PhraseSet[Any] = valued("parts")
    for sentence in case.claims:
        for found in known.find(sentence.tokens):
            if sentence.free(found) and not _has_share(sentence, Decimal(str(found.meaning))):
                yield Problem(f"{found.words!r} in the {sentence.where}")


def _has_share(sentence: Sentence, least: Decimal) -> bool:
    return any(operation_of(ref.fact) == "share" and ref.fact.value is not None and ref.fact.value > least for ref in sentence.facts)


@rule("numerals.script")
def script(case: Case) -> Iterator[Problem]:
    """Words are Latin: another script can hide a numeral or a look-alike letter."""
    for sentence in case.sentences:
        for index, token in enumerate(sentence.tokens):
            if token.kind == "word" and index not in sentence.labelled and not token.raw.isascii() and not _latin(token.raw):
                yield Problem(f"{token.raw!r} in the {sentence.where}")


@lru_cache(maxsize=1024)
def _latin(raw: str) -> bool:
    return all(not char.isalpha() or unicodedata.name(char, "").startswith("LATIN") for char in raw)


@rule("numerals.plain_text")
def plain_text(case: Case) -> Iterator[Problem]:
    """Drafts are plain words: no markup, no addresses, no hidden characters."""
    texts = (case.prose, *(item.action.lower() for item in case.draft.recommendations))
    for text in texts:
        found = _MARKUP.search(text)
        if found:
            yield Problem(f"{found.group()!r}")
        hidden = (
            [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs")] if not text.isascii() else []
        )
        hidden += [char for char in text if char < " " and char != "\n"] if text.isascii() else []
        if hidden:
            yield Problem(f"a hidden character (U+{ord(hidden[0]):04X})")


@rule("numerals.calendar")
def calendar(case: Case) -> Iterator[Problem]:
    """Months, weekdays and holidays are periods of data: references, not words."""
    names, capital = frozenset(resource("words")["calendar"]), frozenset(resource("words")["calendar_capital"])
    for sentence in case.sentences:
        for index, token in enumerate(sentence.tokens):
            typed = token.kind == "word" and index not in sentence.labelled
            if typed and ((token.text in names and token.raw[0].isupper()) or (index and token.raw in capital)):
                yield Problem(f"{token.raw!r} in the {sentence.where}")


@rule("numerals.names")
def names(case: Case) -> Iterator[Problem]:
    """A name inside a sentence that is none of the model's own words came from nowhere."""
    known = _own_words(case)
    for sentence in case.sentences:
        for index, token in enumerate(sentence.tokens):
            if index == 0 or token.kind != "word" or index in sentence.labelled or not token.raw[0].isupper():
                continue
            if sentence.tokens[index - 1].text in ".!?:" or token.text in known:
                continue
            yield Problem(f"{token.raw!r} in the {sentence.where}")


def _own_words(case: Case) -> frozenset[str]:
    return case.book.words | _words_of(tuple(case.policy.dimension_labels.values()))


@lru_cache(maxsize=256)
def _words_of(labels: tuple[str, ...]) -> frozenset[str]:
    return frozenset(word for label in labels for word in spelling(label)[0]) | _capitals()


@cache
def _capitals() -> frozenset[str]:
    return frozenset(word.lower() for word in resource("words")["capitals"])


CHECKS = (digits, words, parts, script, plain_text, calendar, names)
