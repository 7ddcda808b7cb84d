"""Draft text as tokens: references, words and marks, in the order they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["f", "p", "n", "q", "t", "bad", "word", "mark"]

REFERENCE = re.compile(r"\{\{\s*(?:(?P<turn>\d{1,6})f(?P<fact>\d{1,6})|(?P<other>[pnqt])(?P<number>\d{1,6}))\s*\}\}")
_TOKEN = re.compile(
    r"(?P<ref>\{\{[^{}]*\}\})|(?P<word>\d[\d.,]*\d|[^\W_]+(?:['\u2019&][^\W_]+)*)|(?P<mark>\S)",
)
SENTENCE_END = ".!?;"
_CLOSERS = "\"')\u201d\u2019"


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of text. `text` is the reference's key (`3f12`, `p2`), the word in lower case, or the mark."""

    kind: Kind
    text: str
    raw: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of a text; a thing in double braces that is no reference has kind `bad`."""
    return tuple(_token(match) for match in _TOKEN.finditer(text))


def _token(match: re.Match[str]) -> Token:
    raw = match.group()
    start, end = match.span()
    if match.lastgroup == "word":
        return Token("word", raw.lower().replace("\u2019", "'"), raw, start, end)
    if match.lastgroup == "mark":
        return Token("bad" if raw in "{}" else "mark", raw, raw, start, end)
    reference = REFERENCE.fullmatch(raw)
    if reference is None:
        return Token("bad", raw, raw, start, end)
    key = raw.strip("{} \t\n")
    kind: Kind = "f" if reference["fact"] else reference["other"]  # type: ignore[assignment]  # the group is one of pnqt
    return Token(kind, key, raw, start, end)


def references(text: str) -> tuple[str, ...]:
    """Return the keys of every well-formed reference of a text, in order."""
    return tuple(match.group().strip("{} \t\n") for match in REFERENCE.finditer(text))


def key_of(reference: str) -> str:
    """Return the bare key of a reference written with or without braces."""
    return reference.strip().removeprefix("{{").removesuffix("}}").strip()


def turn_of(key: str) -> int:
    """Return the turn a fact's key belongs to (`3f12` is of turn 3)."""
    return int(key.split("f", 1)[0])


def sentences(text: str, inside: Callable[[Sequence[Token]], frozenset[int]] | None = None) -> Iterator[tuple[Token, ...]]:
    """Yield the sentences of a text; full stop, question and exclamation mark, semicolon and line break end one.

    Args:
        text: What is split.
        inside: Which tokens stand inside a name (`Avg. score`), where no sentence ends.
    """
    run: list[Token] = []
    whole = tokens(text)
    named = inside(whole) if inside is not None else frozenset()
    for at, token in enumerate(whole):
        if run and "\n" in text[run[-1].end : token.start]:
            yield tuple(run)
            run = []
        run.append(token)
        if token.kind == "mark" and token.text in SENTENCE_END and at not in named and _at_word_end(text, token.end):
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def _at_word_end(text: str, position: int) -> bool:
    return position >= len(text) or text[position].isspace() or text[position] in _CLOSERS
