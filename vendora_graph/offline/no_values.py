"""Words that stand where a value could, and are none: verbs, places of work, columns of a list, words that part or ask how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendora_graph.offline.frame import LIMITS, Framer, of_kind
from vendora_graph.offline.spans import Span


def no_value(framer: Framer, span: Span) -> bool:
    """Whether a span that may be a value is another thing here."""
    return any(test(framer, span) for test in (how_much, parts_them, fresh_people, done_by, in_columns))


def how_much(framer: Framer, span: Span) -> bool:
    """`how much cash is in contracts in transit`: the word asks for an amount, and limits nothing."""
    cue = framer.cue_before(span, {"how_many"}, ())
    money = framer.frame.tokens[span.start].text in framer.raw["cash_words"] and span.end - span.start == 1
    asked = cue is not None and framer.raw["much_word"] in framer.frame.said(cue)
    if money and asked:
        framer.frame.bind(span, "amount")
    return money and asked


def parts_them(framer: Framer, span: Span) -> bool:
    """`cash vs finance split`: at the end, behind values, the word is how they part, and no value itself.

    Nor is it one where it opens the question (`split November by F&I manager`).
    """
    tokens, bound = framer.frame.tokens, framer.frame.bound
    verb = tokens[span.start].text in framer.raw["parting_verbs"]
    if verb and not span.start and framer.frame.has("group"):
        framer.frame.bind(span, "cue group")
        return True
    rest = (i for i in range(span.end, len(tokens)) if tokens[i].kind != "punct")
    last = verb and all(bound.get(i) == "period" for i in rest)
    of = bound.get(span.start - 1, "").removeprefix("filter ")
    behind = of in framer.catalog.dimensions and framer.catalog.dimensions[of].kind != "person"  # `deals Marcus split` are his
    if last and behind:
        framer.frame.bind(span, "cue group")
    return last and behind


def fresh_people(framer: Framer, span: Span) -> bool:
    """`the new guys`: before people the word says how long they are here, and no kind of thing sold."""
    tokens, fresh = framer.frame.tokens, framer.raw["fresh_people"]
    before = tokens[span.end - 1].text in fresh["words"] and span.end < len(tokens)
    return before and tokens[span.end].text in fresh["people"]


def done_by(framer: Framer, span: Span) -> bool:
    """`deals did we hold over 3,000 on`, `who on the parts counter`: what somebody does, or where somebody works, and no value."""
    tokens, raw = framer.frame.tokens, framer.raw
    at = span.start - 1
    verb = at > 0 and span.end - span.start == 1 and tokens[span.start].text in raw["held_verbs"] and tokens[at].text in raw["subjects"]
    while at >= 0 and tokens[at].text in raw["articles"]:
        at -= 1
    asked = {framer.frame.spans[i].end for i in framer.frame.cues.get("who", ())}
    places = at > 0 and tokens[at].text in raw["place_links"] and at in asked and tokens[span.end - 1].text in raw["work_places"]
    if verb or places:
        framer.frame.bind(span, "context")
    return verb or places


def in_columns(framer: Framer, span: Span) -> bool:
    """`with stock number and price`: a word for a column, in a row behind a record's number, is no value."""
    tokens, numbers = framer.frame.tokens, framer.raw["asked_columns"]["numbers"]
    figures = {str(word) for word in framer.lexicon.section("list_columns")}
    at = next((i for i, t in enumerate(tokens) if t.text in framer.raw["column_words"]), len(tokens))
    behind = any(t.stem in numbers for t in tokens[at : span.start])
    return behind and span.end - span.start == 1 and tokens[span.start].text in figures


def theirs(framer: Framer, span: Span, entry: Mapping[str, Any]) -> bool:
    """`how many deals did Ford Credit buy from us`: what a value named before did, and not we (`not_by`)."""
    before = {v.key for s in framer.frame.spans if s.end == span.start for v in of_kind(s, "value")} & set(entry.get("not_by") or ())
    limits = {framer.frame.spans[i].start for name in LIMITS for i in framer.frame.cues.get(name, ())}
    came = framer.frame.tokens[span.start].text in framer.raw["came_words"]
    known = framer.catalog.dimensions
    people = framer.frame.has("who") or any(known[d.key].kind == "person" for s in framer.frame.spans for d in of_kind(s, "dimension"))
    reached = span.end in limits and came and people  # `who came in under 8 units`
    if before or reached:
        framer.frame.bind(span, "context")
    return bool(before) or reached
