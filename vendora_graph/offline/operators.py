"""Operators: the comparison word around a number, its unit, and the second number of a pair."""

from __future__ import annotations

from typing import Literal

from vendora_graph.offline.frame import Framer

Op = Literal["", "between", "ge", "le", "gt", "lt"]
_ORDER: tuple[Op, ...] = ("between", "ge", "le", "gt", "lt")
_LOOK = 4


def operator(framer: Framer, index: int) -> tuple[Op, int]:
    """The comparison word around a number (before it, or after: `60 or more`, `60+`) and where its words begin."""
    op, first = _op_before(framer, index)
    if op:
        return op, first
    if framer.frame.tokens[index].plus:
        return "ge", index
    return _op_after(framer, index), index


def _op_before(framer: Framer, index: int) -> tuple[Op, int]:
    tokens = framer.frame.tokens
    start = index
    while start > 0 and tokens[start - 1].stem in framer.raw["between_cue_and_value"] and index - start < _LOOK:
        start -= 1
    for at in (i for i in dict.fromkeys((index, start)) if i):
        names = framer.cues_ending(at) | (framer.cues_starting(at - 1) if tokens[at - 1].kind == "op" else set())
        for name in _ORDER:
            if name in names and (name != "between" or second_number(framer, index + 1) is not None):
                return name, at - 1
    return "", index


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


def unit_of(framer: Framer, index: int) -> tuple[str, int]:
    """The unit of a number and the end of its words."""
    tokens = framer.frame.tokens
    token = tokens[index]
    if token.unit:
        return ("usd" if token.unit == "usd" else "rate"), index + 1
    before = tokens[index - 1] if index else None
    if before is not None and before.raw == "$":
        return "usd", index + 1
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None:
        for unit, words in framer.raw["threshold_words"].items():
            if after.text in words or after.stem in words:
                return str(unit), index + 2
    return "", index + 1
