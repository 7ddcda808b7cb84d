"""Exact nouns: `one star reviews`, `2 star and below`: a number before a noun is a value of the noun's column."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer

Op = Literal["between", "ge", "le", "gt", "lt"]
_BEFORE: tuple[Op, ...] = ("ge", "le", "gt", "lt")
_YEAR = 4
_UP, _DOWN = frozenset({"ge", "gt"}), frozenset({"le", "lt"})


def exact_noun(framer: Framer, index: int, number: Decimal) -> bool:
    """Take a number and its noun as a condition; what is averaged over the noun is counted instead."""
    frame = framer.frame
    dash = index + 1 < len(frame.tokens) and frame.tokens[index + 1].text in framer.raw["dashes"]  # `one-star reviews`
    at_noun = index + 2 if dash else index + 1
    after = frame.tokens[at_noun] if at_noun < len(frame.tokens) else None
    entry = framer.lexicon.section("exact_nouns").get(after.stem) if after is not None else None
    if not entry:
        return False
    counted, column = str(entry["count"]), str(entry["column"])
    swapped = list(dict.fromkeys(counted if m == entry["instead_of"] else m for m in frame.metrics)) or [counted]
    if any(column not in framer.catalog.metrics[m].dimensions for m in swapped):
        return False
    op, value = _op(framer, index, at_noun + 1), format(number.normalize(), "f")
    first = _row_start(framer, index, number) if op == "between" else index
    low = format((frame.tokens[first].number or number).normalize(), "f")
    previous = framer.ctx.previous.metrics if framer.ctx.previous is not None else ()
    known = [m for m in previous if m == counted] if framer.inherits() and counted not in frame.metrics else []
    frame.metrics = [] if known else swapped  # `under 3 stars` after reviews: the last answer's, limited
    frame.filters.append(Filter(dimension=column, op=op, values=(low, value) if op == "between" else (value,)))
    for at in range(first, at_noun + 1):
        frame.bound[at] = f"filter {column}"
    for span in frame.spans:
        if span.start == at_noun:  # `star reviews` is one phrase
            frame.bind(span, f"filter {column}")
    return True


def _row_start(framer: Framer, index: int, number: Decimal) -> int:
    """`1 and 2 star`, `4-5 star`: where a row of neighbouring numbers before the noun begins."""
    tokens, joining, at = framer.frame.tokens, {*framer.raw["joiners"], *framer.raw["dashes"]}, index
    while at > 1 and {tokens[at - 1].text, tokens[at - 1].stem} & joining and tokens[at - 2].number == number - 1:
        at, number = at - 2, number - 1
    return at


def year_of_make(framer: Framer, index: int) -> bool:
    """`2024 models`: a year before such a noun is a column's value, no period."""
    frame, columns = framer.frame, framer.lexicon.section("year_columns")
    token, after = frame.tokens[index], frame.tokens[index + 1] if index + 1 < len(frame.tokens) else None
    column = str(columns.get(after.stem, "")) if after is not None else ""
    if not column or not framer.fits(column) or not (token.text.isdigit() and len(token.text) == _YEAR):
        return False
    frame.periods = [(at, spec) for at, spec in frame.periods if not (at == index and spec.op == "year")]
    frame.groups = [g for g in frame.groups if g not in columns]
    frame.filters.append(Filter(dimension=column, op="between", values=(token.text, token.text)))
    frame.bound[index] = frame.bound[index + 1] = f"filter {column}"
    return True


def _op(framer: Framer, index: int, end: int) -> Op:
    """`under 3 stars`, `2 star and below`, `5 stars`: the word before the number as said; one after it counts the number in."""
    before, after = framer.cues_ending(index), framer.cues_starting(end)
    for name in _BEFORE:
        if name in before:
            return name
    return "ge" if after & _UP else "le" if after & _DOWN else "between"
