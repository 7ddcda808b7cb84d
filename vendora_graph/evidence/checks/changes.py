"""Changes are told as changes, values as values, shares as shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from vendora_graph.contracts import Fact, Slice
from vendora_graph.evidence.arithmetic import is_change, operation_of
from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.phrases import PhraseSet, direction_words
from vendora_graph.evidence.resources import resource

_TIME = ("day", "week", "month", "quarter", "year")


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(resource("words")[name])


@cache
def _moves() -> frozenset[str]:
    """Return the direction words behind which a change stands ("up 5"), comparatives left out ("above 5" is a value)."""
    return direction_words() - _listed("comparatives")


@rule("labels.change")
def change(case: Case) -> Iterator[Problem]:
    """A change stands behind a direction word or "the change is", a value behind "from" and "to"."""
    for sentence in case.claims:
        for ref in sentence.facts:
            moved = is_change(ref.fact) or is_effect(ref.fact)
            if moved and not _told_as_change(sentence, ref):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is a change, told as a value", (ref.key,))
            if not moved and (_expects_change(sentence, ref) or _expects_effect(sentence, ref)):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is a value, told as a change", (ref.key,))


def is_effect(fact: Fact) -> bool:
    """Tell whether a figure is what a driver brought: its label says so."""
    return fact.label.lower().startswith(tuple(_listed("effects")))


@rule("labels.base")
def base(case: Case) -> Iterator[Problem]:
    """A change is between the very values its sentence gives: "from A to B, up {{..}}" is B less A."""
    for sentence in case.claims:
        plain = [ref.fact for ref in sentence.facts if not ref.fact.parts or ref.fact.grade == "target"]
        for ref in sentence.facts:
            parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
            if not is_change(ref.fact) or not parts:
                continue
            own = {part.id for part in parts}
            rows = [_row(part) for part in parts]
            alike = [fact for fact in plain if fact.metric == parts[0].metric and fact.unit == parts[0].unit]
            told = {fact.id for fact in alike if _row(fact) in rows or fact.grade in ("benchmark", "target")}
            behind = _base_behind(sentence, ref)
            if (told and not (told <= own or own <= told)) or (behind is not None and behind.id not in own):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))


def _base_behind(sentence: Sentence, ref: FactRef) -> Fact | None:
    """Return the value a change is told to be measured from: the figure behind "from" or "than", with no comma between."""
    following = next((other for other in sentence.facts if other.at > ref.at), None)
    run = sentence.between(ref.at, following.at) if following is not None else ()
    if following is None or any(token.kind == "mark" and token.text in ",;:()" for token in run) or is_change(following.fact):
        return None
    return following.fact if not {"from", "than"}.isdisjoint(token.text for token in run) else None


def _row(fact: Fact) -> Slice:
    return tuple(pair for pair in fact.slice if pair[0] not in _TIME)


@rule("labels.share")
def share(case: Case) -> Iterator[Problem]:
    """A share is called one, and nothing else is."""
    for sentence in case.claims:
        for ref in sentence.facts:
            called = not _listed("share_words").isdisjoint(words_before(sentence, ref)[-3:])
            is_share = operation_of(ref.fact) == "share"
            if (is_share and not called) or (called and ref.fact.unit != "rate"):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))
        for part, whole in pairwise(sentence.facts):
            if [token.text for token in sentence.between(part.at, whole.at)] == ["of"] and not _is_part(part.fact, whole.fact):
                yield Problem(f"{{{{{part.key}}}}} of {{{{{whole.key}}}}} in the {sentence.where}", (part.key, whole.key))


def _is_part(part: Fact, whole: Fact) -> bool:
    """Tell whether "part of whole" may be said: the whole is under fewer conditions. Other metrics and periods are not judged."""
    alike = part.metric == whole.metric and not part.parts and not whole.parts and part.period == whole.period
    return not alike or set(whole.slice) < set(part.slice)


def words_before(sentence: Sentence, ref: FactRef) -> list[str]:
    """Return the words before a figure, since the figure or comma before it, nearest last."""
    return _run(sentence, range(ref.at - 1, -1, -1))[::-1]


def _run(sentence: Sentence, places: Iterable[int]) -> list[str]:
    """Return the words at these places up to a figure or comma; the words of a metric's name claim nothing."""
    out: list[str] = []
    for place in places:
        token = sentence.tokens[place]
        if token.kind == "f" or (token.kind == "mark" and token.text in ",;"):
            break
        if token.kind == "word" and place not in sentence.labelled:
            out.append(token.text)
    return out


def _told_as_change(sentence: Sentence, ref: FactRef) -> bool:
    before, after = words_before(sentence, ref), _run(sentence, range(ref.at + 1, min(ref.at + 4, len(sentence.tokens))))
    if before and before[-1] in _listed("level_before"):
        return False
    said = direction_words() | _listed("change_nouns")
    if _in_parentheses(sentence, ref) or _told_again(sentence, ref):
        return True
    if before and before[-1] == "by":  # "trailing {{..}} by {{..}}": the direction stands before the value it is measured from
        before = [token.text for token in sentence.tokens[: ref.at] if token.kind == "word"]
    return not said.isdisjoint(before) or not said.isdisjoint(after)


def _told_again(sentence: Sentence, ref: FactRef) -> bool:
    """Tell whether a change stands right behind the same change in another unit: "up {{..}} or {{..}}"."""
    before = sentence.tokens[max(0, ref.at - 2) : ref.at]
    same = next((other for other in sentence.facts if other.at == ref.at - 2), None)
    return same is not None and before[-1].text == "or" and same.fact.parts == ref.fact.parts and is_change(same.fact)


def _in_parentheses(sentence: Sentence, ref: FactRef) -> bool:
    """A change in another unit stands in parentheses right behind the change."""
    before = sentence.tokens[max(0, ref.at - 2) : ref.at]
    return [token.text for token in before[1:]] == ["("] and before[0].kind == "f"


def _expects_change(sentence: Sentence, ref: FactRef) -> bool:
    following = sentence.tokens[ref.at + 1 : ref.at + 2]
    if following and following[0].text in _listed("comparatives") and (ref.at + 1) not in sentence.labelled:
        return True
    if _in_parentheses(sentence, ref):
        return any(other.at == ref.at - 2 and is_change(other.fact) for other in sentence.facts)
    place = ref.at - 1
    if place < 0 or sentence.tokens[place].kind != "word" or place in sentence.labelled:
        return False
    before = words_before(sentence, ref)
    if before[-1] in _moves():
        return place not in _harmless(sentence)
    if before[-1] == "of":
        return not _moves().isdisjoint(before[-3:-1]) or before[-2:-1] in ([noun] for noun in _listed("change_nouns"))
    return before[-1] == "by" and not direction_words().isdisjoint(before)


def _expects_effect(sentence: Sentence, ref: FactRef) -> bool:
    """Tell whether a figure is told as what a driver brought ("the main driver is {{..}} with"); a line of a bridge is just that."""
    before = words_before(sentence, ref)
    said = before[-1:] == ["with"] and not _listed("drivers").isdisjoint(before)
    return said and not any(dimension == "driver" for dimension, _ in ref.fact.slice)


def _harmless(sentence: Sentence) -> frozenset[int]:
    """Return the tokens of phrases that hold a direction word and claim none ("made up")."""
    found = _harmless_phrases().find(sentence.tokens)
    return frozenset(place for one in found for place in range(one.start, one.end))


@cache
def _harmless_phrases() -> PhraseSet[bool]:
    return PhraseSet((phrase, True) for phrase in _listed("direction_harmless"))


CHECKS = (change, base, share)
