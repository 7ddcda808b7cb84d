"""Told: a measure that is described in plain words (`what percent of our leads do we actually reach`) instead of named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from vendora_graph.contracts import Reading
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.variants import base_of
from vendora_graph.offline.wording import Phrase, Wording, form

_DASH = "-"
_FULL, _FEW = 3, 3
_CUT = "\0"
"""Stands for a word after which comes what the measure is shown by (`which techs`, `by advisor`): that is no part of its description."""


@dataclass(frozen=True, slots=True)
class Told:
    """A question with the description replaced by the measure, and the words that were it (`size`: those with content)."""

    tokens: tuple[Token, ...]
    metric: str = ""
    words: str = ""
    size: int = 0


def told(tokens: tuple[Token, ...], lexicon: Lexicon) -> Told:
    """Return the question with what is described in it named; unchanged where no measure of the model is."""
    words = [at for at, token in enumerate(tokens) if token.text != _DASH]
    roots = _roots([tokens[at] for at in words], lexicon)
    there, best, chosen, most = set(roots), set[int](), "", (0, 0)
    for wording in lexicon.told:
        used = {words[at] for at in _used(wording, roots, there)}
        size = (sum(tokens[at].content for at in used), len(used))
        if size > most and wording.metric in lexicon.catalog.metrics and not _denied(tokens, used, lexicon):
            best, chosen, most = used, wording.metric, size
    return _named(tokens, best, chosen, lexicon) if best else Told(tokens)


def _roots(tokens: Sequence[Token], lexicon: Lexicon) -> list[str]:
    """What the words are looked up by; nothing for `last` of `last quarter`, which is a period and no part of a description."""
    raw, roots = lexicon.english.raw, [form(token) for token in tokens]
    of = raw["told_periods"]
    for at, (word, after) in enumerate(pairwise(tokens)):
        if word.text in of["words"] and after.stem in of["units"]:
            roots[at] = ""
        elif word.text in raw["told_which"] or (word.text == raw["by_word"] and any(s.kind == "group" for s in lexicon.senses(after.stem))):
            roots[at] = _CUT
    return roots


def stands(named: Reading, found: Told, lexicon: Lexicon) -> bool:
    """Whether a question is better read as it stands: it names the measure, several, or one by as many words as describe another."""
    if named.plan is None:
        return False
    uses = {use for _, use in named.used if use.startswith("metric")}
    own, told_by = {word for word, use in named.used if use in uses}, set(found.words.split())
    apart = len(uses) > 1 and not {word for word in own if _content(word, lexicon)} <= told_by
    if (is_of(named, found.metric, lexicon) and not named.unused) or apart:
        return True
    return own == told_by if own <= told_by else len(own) >= found.size


def plain_strays(found: Told, reading: Reading, lexicon: Lexicon) -> tuple[str, ...]:
    """Return the words that nothing of a full description took up, where each is plain English: no name, no limit, no negation."""
    if found.size < _FULL or len(reading.unused) > _FEW:
        return ()
    raw = lexicon.english.raw
    bound = {*raw["negations"], *raw["none_words"], *raw["articles"]}
    for word in reading.unused:
        token = next((t for t in found.tokens if t.raw == word), None)
        if token is None or token.number is not None or token.text in bound or _means(token, lexicon):
            return ()
    return reading.unused


def _means(token: Token, lexicon: Lexicon) -> bool:
    return any(sense.kind not in {"modifier", "hint"} for sense in lexicon.senses(token.stem))


def _content(word: str, lexicon: Lexicon) -> bool:
    return any(token.content for token in lexicon.normaliser.tokens(word))


def is_of(reading: Reading, metric: str, lexicon: Lexicon) -> bool:
    """Whether a reading has a measure, or a slice of it."""
    measures = reading.plan.metrics if reading.plan is not None else ()
    return metric in measures or metric in {base_of(lexicon, m) for m in measures}


def _used(wording: Wording, roots: Sequence[str], there: set[str]) -> set[int]:
    """The places of the words that describe the measure; empty where one of the groups is not said."""
    if not all(any(there.issuperset(phrase) for phrase in group) for group in (*wording.said, *wording.beside)):
        return set()
    used = set[int]()
    for group in wording.said:
        places = _place(group, roots, used)
        if not places:
            return set()
        used.update(places)
    if any(_place(group, roots, set()) for group in wording.never) or not all(_free(group, roots, used) for group in wording.beside):
        return set()
    for group in wording.maybe:
        used.update(_place(group, roots, used))
    return used


def _place(group: Iterable[Phrase], roots: Sequence[str], used: set[int]) -> range:
    """Where the first phrase of a group stands that is free, and is not what the measure is shown by."""
    free = (places for phrase in group for places in _places(phrase, roots, used))
    return next((places for places in free if places.start == 0 or roots[places.start - 1] != _CUT), range(0))


def _free(group: Iterable[Phrase], roots: Sequence[str], used: set[int]) -> bool:
    return any(True for phrase in group for _ in _places(phrase, roots, used))


def _places(phrase: Phrase, roots: Sequence[str], used: set[int]) -> Iterator[range]:
    for at in range(len(roots) - len(phrase) + 1):
        if tuple(roots[at : at + len(phrase)]) == phrase and not used.intersection(range(at, at + len(phrase))):
            yield range(at, at + len(phrase))


def _denied(tokens: Sequence[Token], used: set[int], lexicon: Lexicon) -> bool:
    """Whether a word inside the description turns it round (`leads we don't reach`) or parts it (`appointments and how many showed`)."""
    raw = lexicon.english.raw
    words = {*raw["negations"], *raw["told_turns"], raw["joiners"][0], raw["versus_word"]}
    inside = (tokens[at] for at in range(min(used), max(used)) if at not in used) if used else ()
    return any(token.text in words or token.stem in words for token in inside)


def _named(tokens: tuple[Token, ...], used: set[int], metric: str, lexicon: Lexicon) -> Told:
    """The name of the measure where its description begins, without the small words inside it."""
    first, last, keep = min(used), max(used), set(lexicon.english.raw["told_keep"])
    name = lexicon.normaliser.key(lexicon.catalog.metrics[metric].label)
    words = " ".join(dict.fromkeys(tokens[at].raw for at in sorted(used)))
    named = replace(tokens[first], text=name, stem=name, raw=words, kind="word", number=None, unit="", stop=False)
    rest = tuple(
        token
        for at, token in enumerate(tokens[first : last + 1], first)
        if at not in used and (token.content or token.number is not None or token.text in keep)
    )
    size = sum(tokens[at].content for at in used)
    return Told((*tokens[:first], named, *rest, *tokens[last + 1 :]), metric, words, size)
