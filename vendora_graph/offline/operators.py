"""Operators: the comparison word around a number, its unit, and the second number of a pair."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from vendora_graph.offline.frame import Framer, cue_names, of_kind
from vendora_graph.offline.spans import Span

Op = Literal["", "between", "ge", "le", "gt", "lt"]
_ORDER: tuple[Op, ...] = ("between", "ge", "le", "gt", "lt")
_TURNED: Mapping[Op, Op] = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}
_JOINED: Mapping[str, str] = {"ge": "gt", "le": "lt"}
_LOOK = 4


def operator(framer: Framer, index: int) -> tuple[Op, int]:
    """The comparison word around a number (before it, or after: `60 or more`, `60+`) and where its words begin."""
    op, first = _op_before(framer, index)
    if op:
        return op, first
    if framer.frame.tokens[index].plus:
        return "ge", index
    return _op_after(framer, index), index


def inverted(framer: Framer, op: Op, first: int) -> Op:
    """`excluding anything under 10k`: what is left out turns the limit round; its words are used by that."""
    at, frame = first, framer.frame
    while at > 0 and _passed(framer, op, at - 1):
        at -= 1
    cue = next((frame.spans[i] for i in frame.cues.get("exclude", ()) if frame.spans[i].end == at), None)
    if cue is None or op not in _TURNED or frame.said(cue) == framer.raw["but_word"]:
        return op
    linked = any(frame.tokens[i].text in framer.raw["left_links"] for i in range(at, first))
    if linked and frame.said(cue) in set(framer.raw["negations"]) - set(framer.raw["exclusions"]):  # `cars not sold in over 60 days`
        return op
    for index in range(cue.start, first):
        frame.bound[index] = "threshold"
    for name in ("change", "compare"):  # `drop anybody under 5` is no drop of a figure
        left = [i for i in frame.cues.get(name, ()) if frame.spans[i] is not cue]
        if name in frame.cues and not left:
            del frame.cues[name]
    return _TURNED[op]


def lost(framer: Framer, op: Op, first: int, number: Decimal) -> tuple[Op, Decimal]:
    """`lost more than 1,500 on the front`: a loss is a figure below zero."""
    frame = framer.frame
    at = next((span.start for span in frame.spans if span.start <= first < span.end), first) - 1
    if at < 0 or op not in ("gt", "ge") or frame.tokens[at].text not in framer.raw["loss_verbs"]:
        return op, number
    frame.bound[at] = "threshold"
    return ("lt" if op == "gt" else "le"), -number


def _passed(framer: Framer, op: Op, at: int) -> bool:
    """Whether a word may stand between `excluding` and a limit: a noun, a small word, the comparison itself (`less than`)."""
    inside = next((s for s in framer.frame.spans if s.start <= at < s.end), None)
    noun = inside is not None and bool(of_kind(inside, "dimension", "hint"))
    compared = inside is not None and bool({op, *_JOINED} & cue_names(inside)) and inside.end - inside.start > 1
    small = framer.frame.tokens[at].text in (*framer.raw["left_words"], *framer.raw["left_links"])
    return noun or compared or small or framer.frame.bound.get(at, "").startswith("cue " + op)


def _op_before(framer: Framer, index: int) -> tuple[Op, int]:
    tokens = framer.frame.tokens
    start, small = index, {*framer.raw["between_cue_and_value"], *framer.raw["articles"]}  # `under a 100 ELR`
    while start > 0 and tokens[start - 1].stem in small and index - start < _LOOK:
        start -= 1
    for at in (i for i in dict.fromkeys((index, start)) if i):
        names = framer.cues_ending(at) | (framer.cues_starting(at - 1) if tokens[at - 1].kind == "op" else set())
        names = {_JOINED.get(name, name) for name in names} if _joined(framer, at) else names
        for name in _ORDER:
            if name in names and (name != "between" or second_number(framer, index + 1) is not None):
                return name, at - 1
    return "", index


def _joined(framer: Framer, end: int) -> bool:
    """`and over $30k`: before a number the joining word is no part of the comparison (`60 and over`)."""
    span = next((s for s in framer.frame.spans if s.end == end), None)
    return span is not None and span.end - span.start > 1 and framer.frame.tokens[span.start].stem in framer.raw["joiners"]


def _op_after(framer: Framer, index: int) -> Op:
    _, end = unit_of(framer, index)
    for at in dict.fromkeys((index + 1, end)):
        names = framer.cues_starting(at)
        if "ge" in names or ("gt" in names and framer.frame.tokens[at].stem in framer.raw["age_words"]):
            return "ge"
        if "le" in names:
            return "le"
    return ""


def second_number(framer: Framer, start: int) -> int | None:
    """Return where the second number of a pair stands, a few words after the first."""
    tokens = framer.frame.tokens
    for at in range(start, min(len(tokens), start + _LOOK)):
        if tokens[at].number is not None:
            return at
    return None


def scaled(framer: Framer, number: Decimal, second: int) -> Decimal:
    """`between 10 and 20k`, `between ten and twenty grand`: what multiplies the second number multiplies a smaller first one too."""
    words, other = framer.frame.tokens[second].raw.split(), framer.frame.tokens[second].number
    said = words[-1].lstrip("$0123456789.,").rstrip("+")
    times = framer.lexicon.english.multipliers.get(said, 1)
    return number * times if other is not None and number * times < other else number


def of_another(framer: Framer, span: Span, words: range) -> bool:
    """`under 30k and under 45 days`: a column's name right behind another number is of that one."""
    at = span.start - 1
    return at >= 0 and at not in words and framer.frame.tokens[at].number is not None


def unit_of(framer: Framer, index: int) -> tuple[str, int]:
    """The unit of a number and the end of its words."""
    tokens = framer.frame.tokens
    token = tokens[index]
    if token.unit:
        return ("usd" if token.unit == "usd" else "rate"), index + 1
    before = tokens[index - 1] if index else None
    if before is not None and before.raw == "$":
        return "usd", index + 1
    at = index + 1
    more = [t.text for t in tokens[at : at + 2]]
    if more[:1] == framer.raw["or_more"][:1] and more[-1] in framer.raw["or_more"][1:]:  # `60 or more days`
        at += 2
    for after in tokens[at : at + 1]:
        for unit, words in framer.raw["threshold_words"].items():
            if after.text in words or after.stem in words:
                return str(unit), at + 1
    return "", index + 1
