"""Phrases found in tokens: whole words, longest first, with phrases that mean nothing eating their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Generic, TypeVar

from vendora_graph.evidence.references import Token, tokens
from vendora_graph.evidence.resources import resource

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase at tokens `start` to `end` (exclusive) and what it means."""

    start: int
    end: int
    words: str
    meaning: T


@lru_cache(maxsize=20_000)
def spelling(phrase: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the words of a phrase in lower case, and the marks that stand in it."""
    parts = tokens(phrase)
    return tuple(part.text for part in parts if part.kind == "word"), frozenset(part.text for part in parts if part.kind == "mark")


class PhraseSet(Generic[T]):
    """Phrases by their first word; a phrase with meaning None is harmless."""

    def __init__(self, entries: Iterable[tuple[str, T | None]]) -> None:
        """Take phrases with their meanings; the marks of a phrase may stand between its words ("CSI, top box")."""
        self._marks: dict[tuple[str, ...], frozenset[str]] = {}
        by_first: dict[str, dict[tuple[str, ...], T | None]] = {}
        for phrase, meaning in entries:
            words, marks = spelling(phrase)
            if words:
                self._marks[words] = marks
                by_first.setdefault(words[0], {})[words] = meaning
        self._by_first = {first: sorted(phrases.items(), key=lambda item: -len(item[0])) for first, phrases in by_first.items()}

    def find(self, sentence: Sequence[Token]) -> list[Found[T]]:
        """Return the phrases of a sentence from left to right, not overlapping; references break a phrase."""
        out: list[Found[T]] = []
        position, length = 0, len(sentence)
        while position < length:
            token = sentence[position]
            match = self._longest(sentence, position) if token.kind == "word" and token.text in self._by_first else None
            if match is None:
                position += 1
                continue
            end, words, meaning = match
            if meaning is not None:
                out.append(Found(position, end, " ".join(words), meaning))
            position = end
        return out

    def _longest(self, sentence: Sequence[Token], position: int) -> tuple[int, tuple[str, ...], T | None] | None:
        for words, meaning in self._by_first[sentence[position].text]:
            end = self._end(sentence, position, words)
            if end is not None:
                return end, words, meaning
        return None

    def _end(self, sentence: Sequence[Token], position: int, words: tuple[str, ...]) -> int | None:
        """Return where a phrase that starts at `position` ends, None when it is another one."""
        marks, length = self._marks[words], len(sentence)
        position += 1  # the first word is what the phrases were found by
        for word in words[1:]:
            while position < length and sentence[position].text in marks:
                position += 1
            if position >= length or sentence[position].text != word or sentence[position].kind != "word":
                return None
            position += 1
        return position


@cache
def listed(*names: str, harmless: str | None = None) -> PhraseSet[str]:
    """Return the phrases of plain lists of `words.yaml`, each meaning the name of its list."""
    words = resource("words")
    entries: list[tuple[str, str | None]] = [(phrase, name) for name in names for phrase in words[name]]
    entries += [(phrase, None) for phrase in (words[harmless] if harmless else ())]
    return PhraseSet(entries)


@cache
def grouped(name: str, harmless: str | None = None) -> PhraseSet[str]:
    """Return the phrases of a mapping of lists (`directions`, `ranks`), each meaning the key of its list."""
    words = resource("words")
    groups: Mapping[str, Sequence[str]] = words[name]
    entries: list[tuple[str, str | None]] = [(phrase, key) for key, phrases in groups.items() for phrase in phrases]
    entries += [(phrase, None) for phrase in (words[harmless] if harmless else ())]
    return PhraseSet(entries)


@cache
def valued(name: str) -> PhraseSet[Any]:
    """Return the phrases of a mapping from phrase to value (`parts`, `relative_periods`)."""
    return PhraseSet(list(resource("words")[name].items()))


@cache
def direction_words() -> frozenset[str]:
    """Return the single words that carry the sign of a change."""
    groups = resource("words")["directions"]
    return frozenset(phrase.split()[0] for key in ("up", "down", "good", "bad") for phrase in groups[key])


def says(text: str, name: str) -> bool:
    """Tell whether a text holds one of the wordings of a list, anywhere."""
    lowered = text.lower()
    return any(words in lowered for words in resource("words")[name])
