"""Relative limits: `more than 5% over market`: a limit on a ratio, said as the distance from one (`relative_limits` of the vocabulary)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token

_WHOLE = 100
_BACK = 4
"""Words before the distance that may compare (`by at least`)."""


def relative_limits(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """Return the question with the distance from a standard said as the ratio to it (`price to market over 105%`)."""
    for entry in lexicon.vocabulary.get("relative_limits") or ():
        for at in range(1, len(tokens)):
            side = _side(tokens, at, entry)
            if side and tokens[at].text in entry["of"] and not (_either(tokens, at, lexicon) or _other(tokens, at, lexicon)):
                return _turned(tokens, at, side, entry, lexicon)
    return tokens


def _side(tokens: Sequence[Token], at: int, entry: Mapping[str, Any]) -> str:
    before = tokens[at - 1].text
    return next((side for side in ("over", "under") if before in entry[side]), "")


def _turned(tokens: tuple[Token, ...], at: int, side: str, entry: Mapping[str, Any], lexicon: Lexicon) -> tuple[Token, ...]:
    words = lexicon.english.raw["relative_words"]
    last = at - 2
    while last > 0 and tokens[last].text in words["or_more"]:
        last -= 1
    number = _number(tokens, range(last, last + 1)) if last >= 0 else None
    start, end = at - 1, at + 1
    if number is not None:
        start = number
        while start > 0 and tokens[start - 1].text in words["more"] and number - start < _BACK:
            start -= 1
    else:
        number = _number(tokens, range(at + 1, min(at + 2 + _BACK, len(tokens)))) if _led(tokens, at + 1, words) else None
        end = number + 1 if number is not None else end
    while start > 0 and tokens[start - 1].text in entry["verbs"]:
        start -= 1
    if number is None and start > 0 and tokens[start - 1].text in lexicon.english.raw["subjects"]:
        return tokens  # `are we priced above market on ...`: the figure itself
    share = tokens[number].number if number is not None else Decimal(0)
    ratio = _WHOLE + (share or Decimal(0)) * (1 if side == "over" else -1)
    place = "" if any(t.text in entry["place"].split() and t.content for t in tokens) else entry["place"]
    text = f"{place} {words['with']} {entry['ratio']} {words[side]} {format(ratio.normalize(), 'f')}%"
    said = (replace(t, raw=tokens[at].raw, word=tokens[at].word) for t in lexicon.normaliser.tokens(text))
    return (*tokens[:start], *said, *tokens[end:])


def _number(tokens: Sequence[Token], places: range) -> int | None:
    """The place of a percentage."""
    return next((i for i in places if tokens[i].number is not None and tokens[i].unit == "pct"), None)


def _other(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """`how far over market are we`, `did we sell above market`, `over 20,000 under market`: no limit on the ratio of what stands."""
    words, before = lexicon.english.raw["relative_words"], tokens[: at - 1]
    amount = bool(before) and before[-1].number is not None and before[-1].unit != "pct"
    return amount or any(t.text in words["unless"] for t in before)


def _either(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> bool:
    """`priced above or below market`: which of the two is what is asked."""
    return at > 1 and tokens[at - 2].stem in lexicon.english.raw["joiners"]


def _led(tokens: Sequence[Token], at: int, words: Mapping[str, Any]) -> bool:
    """Whether `by` leads to the distance (`over market by more than 5%`)."""
    return at < len(tokens) and tokens[at].text in words["by"]
