"""Ellipsis: a name that a limit interrupts (`deals over 60 days in transit`), a noun said once (`appointments set vs shown`) or twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from vendora_graph.offline.asked_columns import biggest_losses, columns_asked
from vendora_graph.offline.frame import LIMITS
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token, compact
from vendora_graph.offline.relative_limits import relative_limits

_MEASURES = frozenset({"metric", "rule"})
_NOUNS = frozenset({"metric", "hint"})
_WHOLE = frozenset({"metric", "modifier"})
_MEASURED = ({"metric"}, {"metric", "hint"})
_LONGEST_CUE, _LONGEST_PART = 3, 3
_PAIR = 2
_S = "s"
_GAP = 2
"""Joining words between the two names (`, and`)."""


def _of_name(tokens: tuple[Token, ...], end: int, lexicon: Lexicon) -> bool:
    """`trend of used units over 60 days`: a number that ends a measure's own name."""
    senses = (sense for at in range(end - _PAIR) for sense in lexicon.senses(compact(tokens[at:end])))
    return any(sense.kind == "metric" for sense in senses)


def in_full(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """Return the words of a question with interrupted names put together and elided nouns repeated."""
    tokens = relative_limits(biggest_losses(columns_asked(tuple(_one_of(token, lexicon) for token in tokens), lexicon), lexicon), lexicon)
    tokens = _number_first(_row(tokens, lexicon), lexicon)
    tokens = _per_kind(_counted_back(_back_from_now(tokens, lexicon), lexicon), lexicon)
    return _put_together(_repeated(_said_once(tokens, lexicon), lexicon), lexicon)


def _one_of(token: Token, lexicon: Lexicon) -> Token:
    """`Hondas`, `Tacomas`, `Broncos`: several of a known name, where no rule of plurals may know it (`Texas`, `gas`)."""
    several, one = token.text == token.stem and token.text.endswith(_S) and token.text not in lexicon.phrases, token.stem[:-1]
    return replace(token, stem=one) if several and token.stem not in lexicon.words and one in lexicon.words else token


def _row(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`units front back total by rep`: three or more bare words for measures in a row, with the commas nobody typed (`row_words`)."""
    words = set(lexicon.vocabulary.get("row_words") or ())
    items, row = list[tuple[int, int]](), list[tuple[int, int]]()
    at = 0
    while at < len(tokens):
        pair = len(tokens) - at > 1 and any(s.kind == "metric" for s in lexicon.senses(compact(tokens[at : at + _PAIR])))
        size = _PAIR if pair and tokens[at].text in words else 1 if tokens[at].text in words else 0
        row = [*row, (at, at + size)] if size else []
        items = row if len(row) > _PAIR else items
        at += size or 1
    (comma,) = lexicon.normaliser.tokens("x,")[1:]
    for _, end in reversed(items[:-1]):
        tokens = (*tokens[:end], replace(comma, word=tokens[end].word), *tokens[end:])
    return tokens


def _back_from_now(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`6 month trend`, `trend, 13 weeks`: the last so many."""
    units, length = lexicon.english.raw["calendar"]["units"], lexicon.english.raw["trend_length"]
    if not any(t.text in length["words"] for t in tokens):
        return tokens
    counted = [at for at in range(len(tokens) - 1) if tokens[at].number is not None and tokens[at + 1].stem in units]
    free = [at for at in counted if not (at and tokens[at - 1].text in length["unless"])]
    for at in free if free == counted else ():
        if not tokens[at].unit and not _of_name(tokens, at + 2, lexicon):
            (last,) = lexicon.normaliser.tokens(length["last"])
            return (*tokens[:at], replace(last, raw=tokens[at].raw, word=tokens[at].word), *tokens[at:])
    return tokens


def _counted_back(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`by month for the last 6`: so many of the calendar unit named before."""
    units, back = lexicon.english.raw["calendar"]["units"], lexicon.english.raw["counted_back"]
    cut = next((b for a, b in pairwise(tokens) if a.text in back["by"] and b.stem in units and b.text == b.stem), None)
    for at in range(1, len(tokens)):
        ends = at + 1 == len(tokens) or not tokens[at + 1].content
        number = tokens[at].number is not None and not tokens[at].unit and tokens[at - 1].text in back["words"]
        if cut is not None and number and ends and cut.word < tokens[at].word:
            return (*tokens[: at + 1], replace(cut, word=tokens[at].word), *tokens[at + 1 :])
    return tokens


def _per_kind(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`gross per new truck`, `F&I per Ford`: per unit of the kind that the words say (`unit_columns` of the vocabulary)."""
    columns, unit = set(lexicon.vocabulary.get("unit_columns") or ()), lexicon.normaliser.tokens(lexicon.english.raw["unit_word"])
    for at in range(1, len(tokens) - 1):
        longest = min(at + 1 + _LONGEST_PART, len(tokens))
        names = [lexicon.senses(compact(tokens[at + 1 : end])) for end in range(at + 2, longest + 1)]
        whole = any(s.kind in _WHOLE for end in range(at + 2, longest + 1) for s in lexicon.senses(compact(tokens[at:end])))
        kind = any(s.kind == "value" and s.key in columns for senses in names for s in senses)
        row = tokens[at + 2 : at + 3] and tokens[at + 2].stem in lexicon.english.raw["joiners"]  # `per new and used vehicle`
        if (
            tokens[at].text == lexicon.english.raw["per_words"][0]
            and kind
            and _has_unit_form(tokens[: at + 1], unit, lexicon)
            and not (whole or row)
        ):
            return (*tokens[: at + 1], *unit, *tokens[at + 1 :])
    return tokens


def _has_unit_form(tokens: tuple[Token, ...], unit: tuple[Token, ...], lexicon: Lexicon) -> bool:
    """Whether the words up to `per` are, with `unit` behind them, the name of a measure."""
    names = (lexicon.senses(compact([*tokens[-size:], *unit])) for size in range(_PAIR, min(_LONGEST_PART + 1, len(tokens)) + 1))
    return any(s.kind == "metric" for senses in names for s in senses)


def _said_once(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`warranty ELR vs customer pay ELR`: a noun said on both sides of a comparison of its kinds is said once, behind them."""
    versus = [place for place in range(2, len(tokens) - 2) if tokens[place].stem == lexicon.english.raw["versus_word"]]
    for at, size in [(place, size) for place in versus for size in range(min(_LONGEST_PART, place - 1), 0, -1)]:
        noun = tokens[at - size : at]
        named = _ends_in(tokens, at, lexicon, "metric")  # `service gross vs parts gross`: two measures by name
        if not any(s.kind in _NOUNS for s in lexicon.senses(compact(noun))) or not _ends_in(tokens, at - size, lexicon, "value"):
            continue
        for again in range(at + 2, min(at + 2 + _LONGEST_PART, len(tokens) - size + 1)):
            same = compact(tokens[again : again + size]) == compact(noun)
            both = named and any(s.kind == "metric" for s in lexicon.senses(compact(tokens[at + 1 : again + size])))
            if same and not both and any(s.kind == "value" for s in lexicon.senses(compact(tokens[at + 1 : again]))):
                return (*tokens[: at - size], *tokens[at:])
    return tokens


def _ends_in(tokens: tuple[Token, ...], end: int, lexicon: Lexicon, kind: str) -> bool:
    """Whether words that end at a place are known as something of a kind (more than the last one for a measure)."""
    least = 1 if kind == "value" else _PAIR
    heads = (tokens[start:end] for start in range(max(end - _LONGEST_PART, 0), end - least + 1))
    return any(s.kind == kind for head in heads for s in lexicon.senses(compact(head)))


def _put_together(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`deals over 60 days in transit`: the two parts of one measure's name, and the limit behind it."""
    for start in range(1, len(tokens)):
        end = _limit_end(tokens, start, lexicon)
        after = range(min(end + _LONGEST_PART, len(tokens)), end, -1) if end else ()
        for stop in after:
            known = {s.kind for s in lexicon.senses(compact(tokens[end - 1 : stop]))}  # `over 60 days in stock` is a column's own limit
            if not known and _names(tokens[max(start - _LONGEST_PART, 0) : start], tokens[end:stop], lexicon):
                return (*tokens[:start], *tokens[end:stop], *tokens[start:end], *tokens[stop:])
    return tokens


def _number_first(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`models over 100 days supply`: a number that runs into a measure named by its unit limits the measure."""
    units = lexicon.english.raw["calendar"]["units"]
    for start in range(len(tokens) - 3):
        for at in range(start + 1, min(start + _LONGEST_CUE, len(tokens) - 2) + 1):
            cue = any(s.kind == "cue" and s.key in LIMITS for s in lexicon.senses(compact(tokens[start:at])))
            if not cue or tokens[at].number is None or tokens[at + 1].stem not in units:
                continue
            for stop in range(min(at + 1 + _LONGEST_PART, len(tokens)), at + 2, -1):
                if {s.kind for s in lexicon.senses(compact(tokens[at + 1 : stop]))} in _MEASURED:
                    number = replace(tokens[at], stem=f"{tokens[at].number}.")  # `over 60` is no name here
                    return (*tokens[:start], *tokens[at + 1 : stop], *tokens[start:at], number, *tokens[stop:])
    return tokens


def _limit_end(tokens: tuple[Token, ...], start: int, lexicon: Lexicon) -> int:
    """Where `over 60 days` ends that begins at a place; 0 without one."""
    units = {str(word) for words in lexicon.english.raw["threshold_words"].values() for word in words}
    for at in range(start + 1, min(start + _LONGEST_CUE, len(tokens) - 1) + 1):
        cue = any(s.kind == "cue" and s.key in LIMITS for s in lexicon.senses(compact(tokens[start:at])))
        if cue and at + 1 < len(tokens) and tokens[at].number is not None and {tokens[at + 1].text, tokens[at + 1].stem} & units:
            return at + 2
    return 0


def _names(before: Sequence[Token], after: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether words that end right before the limit, and all of those right after it, are the name of a measure."""
    heads = [before[at:] for at in range(len(before)) if before[at].content]
    names = (lexicon.senses(compact([*head, *after])) for head in heads)
    return any(sense.kind == "metric" for senses in names for sense in senses)


def _repeated(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`appointments set vs shown`: the second word says another measure of the same noun, and none by itself."""
    for at in range(1, len(tokens)):
        end = _joint_end(tokens, at + 1, lexicon)
        if not end or end >= len(tokens) or not tokens[at - 1].content or tokens[end].number is not None:
            continue
        first, second = ({*_measures(lexicon, (tokens[at - 1], tokens[i]))} for i in (at, end))
        alone = {s.kind for s in lexicon.senses(tokens[end].stem)} & _MEASURES
        if first and second and not first & second and not alone:
            return (*tokens[:end], *_repeated((tokens[at - 1], *tokens[end:]), lexicon))
    return tokens


def _joint_end(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> int:
    """Where the joining words end that begin at a place; 0 without one."""
    raw, at = lexicon.english.raw, start
    words = {*raw["joiners"], raw["versus_word"]}
    while at < min(start + _GAP, len(tokens)) and {tokens[at].text, tokens[at].stem} & words:
        at += 1
    return at if at > start else 0


def _measures(lexicon: Lexicon, words: Sequence[Token]) -> list[str]:
    return [s.key for s in lexicon.senses(compact(list(words))) if s.kind == "metric"]
