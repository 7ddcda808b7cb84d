"""Alike: columns that name the same kind of thing (a car's make, a store's brand, the store), said of one another."""

from __future__ import annotations

from collections.abc import Sequence

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lexicon import Lexicon, Sense
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.spans import Span

Found = list[tuple[Span, Sense, bool]]


def one_kind(framer: Framer, found: Found) -> Found:
    """`compare Honda new and Toyota used`: what is held against one another is of one column, where the first can be of the second's."""
    if not framer.frame.has("compare"):
        return found
    like, open_ = set(framer.lexicon.vocabulary.get("like_values") or ()), not framer.measures()
    for at, (span, sense, out) in enumerate(found):
        others = {other.key for _, other, _ in found[at + 1 :] if other.key != sense.key and {other.key, sense.key} <= like}
        wider = next((s for s in of_kind(span, "value") if s.key in others and (open_ or framer.fits(s.key))), None)
        if wider is not None:
            found[at] = (span, wider, out)
            framer.frame.bound.update(dict.fromkeys(range(span.start, span.end), f"filter {wider.key}"))
    return [(span, _across(framer, found, span, sense), out) for span, sense, out in found]


def _across(framer: Framer, found: Found, span: Span, sense: Sense) -> Sense:
    """`certified Hondas vs used Hondas`: across a comparison a value that can be of two columns is of the one the other side names."""
    cues = [framer.frame.spans[i] for i in framer.frame.cues.get("compare", ())]
    sides = {other.key for at, other, _ in found if any(at.end <= cue.start and cue.end <= span.start for cue in cues)}
    if sense.key in sides or sum(other.key == sense.key for _, other, _ in found) > 1:
        return sense
    fitting = (s for s in of_kind(span, "value") if s.key in sides and (not framer.measures() or framer.fits(s.key)))
    return next(fitting, sense)


def replaced_columns(framer: Framer, earlier: Sequence[Filter]) -> set[str]:
    """Return the columns of the last answer's conditions that are replaced: `new units for Ford`, then `both Honda and Toyota`."""
    said = [f for f in framer.frame.filters if f.op == "in"]
    narrows = framer.frame.has("only")  # `used units at Honda`, then `just Toyotas`: of what is shown
    olds = [old for old in earlier if old.op == "in"]
    return {
        old.dimension
        for old in olds
        if any(_replaces(framer.lexicon, new, old) for new in said if not narrows or new.dimension == old.dimension)
    }


def _replaces(lexicon: Lexicon, new: Filter, old: Filter) -> bool:
    same_rows, like = (set(lexicon.vocabulary.get(name) or ()) for name in ("store_values", "like_values"))
    pair = {new.dimension, old.dimension}
    return pair <= same_rows or (pair <= like and all(_can_be(lexicon, value, new.dimension) for value in old.values))


def _can_be(lexicon: Lexicon, value: str, dimension: str) -> bool:
    senses = lexicon.senses(compact(lexicon.normaliser.tokens(value)))
    return any(s.kind == "value" and s.key == dimension for s in senses)


def lifted_columns(framer: Framer, previous: Plan) -> set[str]:
    """Return the columns of the last answer's conditions that are given up: `drop the warranty filter`, `without the used limit`."""
    frame, nouns = framer.frame, framer.raw["condition_nouns"]
    held = {f.dimension for f in previous.filters if f.op == "in"}
    lifted = set[str]()
    for span in frame.spans:
        columns = held & {s.key for s in of_kind(span, "value")}
        after = frame.tokens[span.end].text if span.end < len(frame.tokens) else ""
        if columns and after in nouns and framer.after_cue(span, {"exclude"}):
            lifted |= columns
            frame.bound[span.end] = frame.bound.get(span.start, "filter")
    last = next((f.dimension for f in reversed(previous.filters) if f.op == "in"), "")
    for cue in (frame.spans[i] for i in frame.cues.get("exclude", ())):  # `drop that and show each month`
        after = frame.tokens[cue.end].text if cue.end < len(frame.tokens) else ""
        if last and after in framer.raw["lifted_pronouns"]:
            lifted.add(last)
            frame.bound[cue.end] = "filter"
    frame.filters = [f for f in frame.filters if f.dimension not in lifted]
    return lifted
