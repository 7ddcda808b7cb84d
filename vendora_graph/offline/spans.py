"""Spans: every stretch of the question that means something, with all it may mean and how sure we are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from vendora_graph.offline.lexicon import Lexicon, Sense
from vendora_graph.offline.normalise import Token, compact, is_break
from vendora_graph.offline.periods import PeriodGrammar, PeriodSpec
from vendora_graph.offline.typos import MIN_TYPO, corrections

EXACT, BAG, FUZZY, PERIOD = 1.0, 0.95, 0.86, 1.0
_S = "s"
_MAX_FUZZY_IN_SPAN = 2
_COMMA = ","
_PREDICATES = frozenset({"is", "was"})
_BAG_SPAN = 10
_BARE, _PAIR, _THINGS = "last_n_bare", "this_and_last", frozenset({"metric", "dimension", "hint", "group"})


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens `start` up to `end` (exclusive) and their senses. `quality` is 1 for exact, less for order and typos."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    quality: float = EXACT
    reason: str = "exact"
    period: PeriodSpec | None = None
    read_as: str = ""


def find_spans(tokens: Sequence[Token], lexicon: Lexicon, grammar: PeriodGrammar, stores: frozenset[str]) -> list[Span]:
    """Return every span of the question: phrases, phrases in another order, typos, periods and numbers.

    Args:
        tokens: The question.
        lexicon: What phrases mean.
        grammar: The period patterns.
        stores: Stores the asker may see; values of other stores only are not words to this asker (empty = all).
    """
    fixes = {i: corrections(token, lexicon) for i, token in enumerate(tokens) if token.content}
    corrected = tuple(replace(t, stem=fixes[i][0], text=fixes[i][0]) if fixes.get(i) else t for i, t in enumerate(tokens))
    spans = list(_phrases(tokens, lexicon, stores, {i: f for i, f in fixes.items() if f}))
    spans.extend(_bags(corrected, lexicon, frozenset(i for i, f in fixes.items() if f)))
    spans.extend(_periods(corrected, grammar, fixes, lexicon))
    spans.extend(Span(i, i + 1, (Sense("number", t.text),)) for i, t in enumerate(tokens) if t.number is not None)
    return spans


def _phrases(tokens: Sequence[Token], lexicon: Lexicon, stores: frozenset[str], fixes: dict[int, list[str]]) -> Iterator[Span]:
    size, versus = lexicon.english.span, lexicon.english.raw["versus_word"]
    for start in range(len(tokens)):
        for end in range(start + 1, min(len(tokens), start + size) + 1):
            if is_break(tokens[end - 1]):
                break
            if tokens[start].kind == "punct" or tokens[end - 1].kind == "punct":
                continue
            if end - start > 1 and tokens[end - 1].text == versus and tokens[end - 2].kind != "punct":
                continue  # `flagged hours vs last month`: `hours vs` is no `HR-Vs`
            yield from _exact(tokens, start, end, lexicon, stores)
            if any(t.text == _COMMA for t in tokens[start:end]):
                continue
            yield from _fuzzy(tokens, start, end, lexicon, stores, fixes)


def _exact(tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon, stores: frozenset[str]) -> Iterator[Span]:
    key = compact(list(tokens[start:end]))
    if not _in_listed_form(tokens[start:end], key, lexicon):
        return
    if key in lexicon.phrases:
        senses = _as_typed(tokens[start:end], _visible(lexicon.senses(key), stores, lexicon), lexicon)
        if senses:
            yield Span(start, end, senses, reason=_reason(tokens[start:end], senses, lexicon))


def _in_listed_form(tokens: Sequence[Token], key: str, lexicon: Lexicon) -> bool:
    """Whether a phrase that counts in one form only (`average ro`, no `average ros`) was said in it."""
    said = [t.text for t in tokens if t.kind != "punct"]
    forms = [form.split() for form in lexicon.exact.get(key, ())]
    return not forms or any(sorted(form) == sorted(said) for form in forms)


def _one_for_many(tokens: Sequence[Token], sense: Sense) -> bool:
    """`the biggest ticket we closed`: one thing is no count of things (`tickets closed`)."""
    said, listed = {t.text for t in tokens if t.content and t.text == t.stem}, set(sense.phrase.lower().split())
    return sense.kind == "metric" and any(f"{word}{_S}" in listed and word not in listed for word in said)


def _as_typed(tokens: Sequence[Token], senses: tuple[Sense, ...], lexicon: Lexicon) -> tuple[Sense, ...]:
    """Of measures that differ by one or several only (`customer pay ticket`, `customer pay tickets`) the one in the number typed.

    No phrase runs over a comma unless it has one itself, and no cue is a thing of which there are several (`splits by store`).
    """
    apart = any(t.text == _COMMA for t in tokens)
    senses = tuple(s for s in senses if (_COMMA in s.phrase or not apart) and not (s.kind == "cue" and several(tokens[0], s, lexicon)))
    typed = {s.key for s in senses if s.kind == "metric" and s.phrase.lower().split()[-1] == tokens[-1].text}
    return tuple(s for s in senses if not typed or s.kind != "metric" or s.key in typed)


def several(first: Token, sense: Sense, lexicon: Lexicon) -> bool:
    """Whether a word is the plural of the first word of a phrase of words that has no plural itself (`backouts` are no `back out`)."""
    listed = sense.phrase.lower().split()
    typed = first.raw.lower() == first.text == f"{first.stem}{_S}" and first.text not in listed
    thing = "".join(listed) == first.stem or any(s.kind == "metric" for s in lexicon.senses(first.stem))  # `looks off` is a verb
    return typed and len(listed) > 1 and thing


def _reason(tokens: Sequence[Token], senses: Sequence[Sense], lexicon: Lexicon) -> str:
    """`no trade`, `with a service contract`: a value that begins with a small word is a phrase of its own."""
    if len(tokens) == 1 or tokens[0].content or any(s.kind != "value" for s in senses):
        return "exact"
    return "negated" if any(t.text in lexicon.english.raw["negations"] for t in tokens) else "phrase"


def _fuzzy(
    tokens: Sequence[Token], start: int, end: int, lexicon: Lexicon, stores: frozenset[str], fixes: dict[int, list[str]]
) -> Iterator[Span]:
    wrong = [i for i in range(start, end) if i in fixes]
    unsure = end - start == 1 and len(tokens[start].text) < MIN_TYPO and len(fixes.get(start, ())) > 1  # `fil` of `fil rate` is clear
    if not wrong or len(wrong) > _MAX_FUZZY_IN_SPAN or unsure:
        return
    for choice in itertools.product(*(fixes[i] for i in wrong)):
        stems = dict(zip(wrong, choice, strict=True))
        key = "".join(stems.get(i, tokens[i].stem) for i in range(start, end) if tokens[i].kind != "punct")
        senses = _visible(lexicon.senses(key) or _shortened(tokens[start:end], start, stems, lexicon), stores, lexicon)
        if senses:
            first = choice[0] == fixes[wrong[0]][0]
            yield Span(start, end, senses, FUZZY if first else FUZZY - 0.05, "typo", read_as=" ".join(choice))


def _shortened(tokens: Sequence[Token], start: int, stems: Mapping[int, str], lexicon: Lexicon) -> Sequence[Sense]:
    """The senses of words that the vocabulary writes short (`reapir orders`: ROs)."""
    words = " ".join(stems.get(i, t.text) for i, t in enumerate(tokens, start))
    return lexicon.senses(lexicon.normaliser.key(words)) if words in lexicon.english.abbreviations else ()


def _visible(senses: Sequence[Sense], stores: frozenset[str], lexicon: Lexicon) -> tuple[Sense, ...]:
    """Values of other stores are not words to this asker; the names of other stores are known as such."""
    seen: list[Sense] = []
    for sense in senses:
        if not sense.tenants or not stores or stores.intersection(sense.tenants):
            seen.append(sense)
        elif lexicon.catalog.dimensions[sense.key].kind == "store":
            seen.append(replace(sense, kind="other_store"))
    return tuple(seen)


def _bags(tokens: Sequence[Token], lexicon: Lexicon, typos: frozenset[int]) -> Iterator[Span]:
    """Content words of a phrase in another order or with small words between them."""
    raw, size = lexicon.english.raw, max(lexicon.english.span, _BAG_SPAN)
    negations, apart = frozenset(raw["negations"]), {*raw["share_words"], *raw["cues"]["target"]}
    for start, first in enumerate(tokens):
        if not first.content:
            continue
        for end in range(start + 2, min(len(tokens), start + size) + 1):
            predicate = tokens[end - 1].text in _PREDICATES and any(t.text in apart for t in tokens[:end])  # `budget was advertising`
            if predicate or tokens[end - 1].text in negations or _parts(tokens[end - 1], lexicon) or _done_for(tokens, end, lexicon):
                break
            if _other_number(tokens[end - 1], lexicon) or _other_number(first, lexicon):
                break
            if tokens[end - 1].content:
                key = lexicon.normaliser.key
                alone = not any(t.content for t in (*tokens[:start], *tokens[end:]))
                senses = [s for s in lexicon.bag_senses(tokens[start:end]) if _in_listed_form(tokens[start:end], key(s.phrase), lexicon)]
                senses = [s for s in senses if not _one_for_many(tokens[start:end], s)]
                senses = [s for s in senses if _said(tokens[max(start - 1, 0) : end + 1], s, lexicon)]  # `trades were upside down`
                senses = [s for s in senses if not _more(tokens[start:end], s, lexicon)]
                senses = [s for s in senses if not (alone and _part_of(tokens[start:end], s, lexicon))]
                senses = _of_a_kind([tokens[max(start - 1, 0)], *tokens[start:end]], senses, lexicon)
                if senses:
                    typo = any(i in typos for i in range(start, end))
                    yield Span(start, end, tuple(senses), FUZZY * BAG if typo else BAG, "typo" if typo else "order")


def _done_for(tokens: Sequence[Token], end: int, lexicon: Lexicon) -> bool:
    """`what would 5 more deals do for gross`: what does it, and what it is done for, are two things."""
    words = lexicon.english.raw["done_for"]
    return tokens[end - 1].text == words["verb"] and any(t.text in words["words"] for t in tokens[end : end + 1])


def _parts(token: Token, lexicon: Lexicon) -> bool:
    """Whether no phrase in another order runs across a word: a stop, a joining word, a small word that is a value (`split deals`)."""
    if is_break(token) or token.text in lexicon.english.raw["parting_words"]:
        return True
    return token.stop and not token.content and any(s.kind == "value" for s in lexicon.senses(token.stem))


def _of_a_kind(tokens: Sequence[Token], senses: Sequence[Sense], lexicon: Lexicon) -> list[Sense]:
    """`front gross on cars` is no `front gross per car`, `leads per sale` neither `lead to sale` nor `sales per lead`.

    The first of `tokens` stands before the phrase.
    """
    words, negations = set(lexicon.english.raw["per_words"]), set(lexicon.english.raw["negations"])
    missing = negations if any(t.text in words for t in tokens) else words | negations
    kept = [s for s in senses if not missing & set(s.phrase.lower().split())]  # nor is `sold this year` one of `not sold`
    said = {b.stem for a, b in itertools.pairwise(tokens[1:]) if a.text in words}
    return [s for s in kept if not said or _after_per(s.phrase, words, lexicon.normaliser.stem) & said]


def _said(tokens: Sequence[Token], sense: Sense, lexicon: Lexicon) -> bool:
    """Whether every word of a phrase was said, but for those that change nothing (`ROs a day` are not `ROs`)."""
    said = {word for t in tokens for word in (t.text, t.stem)} | set(lexicon.english.raw["unsaid_words"])
    dated = {t.text for t in tokens[1:-1]} & set(lexicon.english.raw["dating_words"]) - set(sense.phrase.lower().split())
    if sense.kind == "report" and dated:
        return False  # `closed this month` has nothing to do with the month's close
    return all(t.kind == "punct" or bool({t.text, t.stem} & said) for t in lexicon.normaliser.tokens(sense.phrase))


def _more(tokens: Sequence[Token], sense: Sense, lexicon: Lexicon) -> bool:
    """`retail value of our used` is no `used retail`: a small word inside that changes the phrase and is none of its own."""
    raw = lexicon.english.raw
    own = {word for t in lexicon.normaliser.tokens(sense.phrase) for word in (t.text, t.stem)}
    own |= {*raw["unsaid_words"], *raw["idle_inside"]}
    return any(t.kind == "word" and not t.content and t.number is None and not {t.text, t.stem} & own for t in tokens)


def _part_of(tokens: Sequence[Token], sense: Sense, lexicon: Lexicon) -> bool:
    """`as % of gross` alone is a part of the gross (of what the last answer told), no `gross %`."""
    shares, of = lexicon.english.raw["share_words"], lexicon.english.raw["of_word"]
    turned = [t.stem for t in lexicon.normaliser.tokens(sense.phrase)][:-1] == [t.stem for t in tokens[2:]]
    return turned and tokens[0].text in shares and tokens[1].text == of


def _after_per(phrase: str, words: set[str], key: Callable[[str], str]) -> set[str]:
    """What a phrase is per: `leads per sale` is no `sales per lead`."""
    return {key(b) for a, b in itertools.pairwise(phrase.lower().replace("-", " ").split()) if a in words}


def _other_number(token: Token, lexicon: Lexicon) -> bool:
    """Whether a word is the other number of one that counts in one number only (`part` for `parts`)."""
    return token.stem in lexicon.exact and token.text not in lexicon.exact[token.stem]


def _periods(tokens: Sequence[Token], grammar: PeriodGrammar, fixes: dict[int, list[str]], lexicon: Lexicon) -> Iterator[Span]:
    for match in grammar.find(tokens):
        if any(t.text in lexicon.exact.get(t.stem, ()) for t in tokens[match.start : match.end]):
            continue  # `sundays` are no Sunday
        if match.spec.op == _BARE and any(s.kind in _THINGS for t in tokens[match.end : match.end + 1] for s in lexicon.senses(t.stem)):
            continue  # `last 30 deals` are deals, no days
        if match.spec.op == _PAIR and any(t.stem in lexicon.english.raw["calendar"]["units"] for t in tokens[match.end : match.end + 1]):
            continue  # `this month vs last month to date`: two periods, each with its own end
        typo = [i for i in range(match.start, match.end) if fixes.get(i)]
        quality = FUZZY if typo else PERIOD
        words = " ".join(tokens[i].text for i in typo)
        sense = Sense("period", match.spec.op)
        yield Span(match.start, match.end, (sense,), quality, "typo" if typo else "period", match.spec, read_as=words)
