"""Elided: a unit that only the last answer says (`and in the third?`), an order said behind its number (`the three with the most`)."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.contracts import Plan
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token

_THE = 2


def said_in_full(tokens: tuple[Token, ...], previous: Plan | None, lexicon: Lexicon) -> tuple[Token, ...]:
    """Return the words of a question with what its last answer or its order left out."""
    return _ordered(_beside_it(_unit_of_last(tokens, previous, lexicon), lexicon), lexicon)


def _beside_it(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`show rate this month, and what was it last month`: the whole of that beside it."""
    raw = lexicon.english.raw
    for phrase in raw["beside_it"]["phrases"]:
        words = str(phrase).split()
        for at in range(_THE, len(tokens) - len(words)):
            if [t.text for t in tokens[at : at + len(words)]] == words:
                versus = lexicon.normaliser.tokens(raw["beside_it"]["versus"])
                return (*tokens[:at], *(replace(t, word=tokens[at].word) for t in versus), *tokens[at + len(words) :])
    return tokens


def _unit_of_last(tokens: tuple[Token, ...], previous: Plan | None, lexicon: Lexicon) -> tuple[Token, ...]:
    """The second quarter, then `and in the third?`."""
    raw, end = lexicon.english.raw, len(tokens)
    while end and tokens[end - 1].kind == "punct":
        end -= 1
    period = previous.period if previous is not None else None
    if period is None or period.grain != raw["elided_unit"] or end < _THE or tokens[end - 1].raw not in raw["ordinals"]:
        return tokens
    if tokens[end - _THE].text not in raw["articles"]:
        return tokens
    unit = replace(lexicon.normaliser.tokens(raw["elided_unit"])[0], word=tokens[end - 1].word, raw=tokens[end - 1].raw)
    return (*tokens[:end], unit, *tokens[end:])


def _ordered(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`just the three with the most`: the top three."""
    orders = lexicon.english.raw["orders_behind"]
    for at, token in enumerate(tokens):
        tail = tuple(t.text for t in tokens[at + 1 : at + 4])
        word = orders.get(tail[-1]) if len(tail) == len(orders["words"]) + 1 and list(tail[:-1]) == orders["words"] else None
        if word is not None and token.number is not None and at + 4 >= len([t for t in tokens if t.kind != "punct"]):
            top = replace(token, text=str(word), stem=str(word), number=None, kind="word", unit="")
            return (*tokens[:at], top, token, *tokens[at + 4 :])
    return tokens
