"""Small follow-ups: `per car`, `split it up`, `sort it the other way`, `all`, `the first three`: what they ask of the last answer."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.contracts import Plan, Ranking
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.variants import filters_of

_FLIPPED = {"desc": "asc", "asc": "desc"}
_LIMIT_MAX = 1000
_NEAR = 2
_SLOTS = ("metrics", "group_by", "grain", "filters", "period", "comparison", "ranking")
_BOUND_BY_SMALL = ("cue", "department")


def small_spans(framer: Framer) -> None:
    """Take from the words of a follow-up what they mean in a question of their own only."""
    if not framer.inherits():
        return
    _per_of_last(framer)
    _parting(framer)


def _per_of_last(framer: Framer) -> None:
    """`F&I gross`, then `per car`: a form of the amount shown last, and not the measure which the words name alone."""
    frame, known = framer.frame, framer.catalog.metrics
    previous = framer.ctx.previous
    units = previous is not None and any(known[m].unit == "units" for m in previous.metrics if m in known)
    for at, span in enumerate(frame.spans):
        words = frame.tokens[span.start : span.end]
        forms = tuple(s for s in framer.lexicon.senses(compact(words)) if s.kind == "modifier")
        alone = all(span.start <= i < span.end or not t.content for i, t in enumerate(frame.tokens))
        opens = bool(words) and words[0].text in {*framer.raw["per_words"], *framer.raw["one_words"]}
        if forms and alone and opens and of_kind(span, "metric") and not (units and not _has_form(framer, forms[0].key)):
            frame.spans = (*frame.spans[:at], replace(span, senses=forms), *frame.spans[at + 1 :])
            return


def _has_form(framer: Framer, modifier: str) -> bool:
    forms = (framer.lexicon.section("modifiers").get(modifier) or {}).get("map") or {}
    return framer.ctx.previous is not None and any(m in forms for m in framer.ctx.previous.metrics)


def _parting(framer: Framer) -> None:
    """`split it up`, `break that down`: no value or change of that name, but rows by something that is not named yet."""
    frame = framer.frame
    at = parting_verb(framer)
    if at < 0:
        return
    last = at + 1 + (frame.tokens[at + 2 : at + 3] != () and frame.tokens[at + 2].text in framer.raw["parting_ends"])
    inside = range(at, last + 1)
    frame.spans = tuple(s for s in frame.spans if not (s.start in inside and s.end - 1 in inside))


def parting_verb(framer: Framer) -> int:
    """Where a verb stands that asks to part the last answer (`split it`, `break them out`); -1 without one."""
    frame, verbs = framer.frame, set(framer.raw["parting_verbs"])
    pronouns = {*framer.raw["pronouns"], *framer.raw["that_words"]}
    tokens = frame.tokens
    hits = (i for i, t in enumerate(tokens[:-1]) if t.text in verbs and tokens[i + 1].text in pronouns)
    return next((i for i in hits if not any(t.content and t.text not in verbs for t in tokens[:i])), -1)


def moved_last(framer: Framer, previous: Plan) -> Plan:
    """Return the last answer's plan as the follow-up turns it: put in the other order, cut to its first rows, or widened to all."""
    return _first_rows(framer, _reversed(framer, _widened(framer, previous)))


def _reversed(framer: Framer, previous: Plan) -> Plan:
    """`sort it the other way`: the same rows from the other end; rows without an order stand highest first."""
    if not framer.frame.has("reverse") or not previous.group_by:
        return previous
    old = previous.ranking or Ranking(by=previous.metrics[0])
    turned = old.model_copy(update={"direction": _FLIPPED[old.direction]})
    framer.frame.ranked = False
    return previous.model_copy(update={"ranking": turned})


def _first_rows(framer: Framer, previous: Plan) -> Plan:
    """`just the first three`: so many rows of the order they stand in."""
    frame, first = framer.frame, framer.raw["first_word"]
    at = next((i for i, t in enumerate(frame.tokens[:-1]) if t.text == first and frame.tokens[i + 1].number is not None), -1)
    if at < 0 or at in frame.bound or not previous.group_by or frame.ranked:
        return previous
    number = frame.tokens[at + 1].number or 0
    if at + 1 in frame.bound or number != int(number) or not 1 <= number <= _LIMIT_MAX or frame.tokens[at + 1].unit:
        return previous
    frame.bound.update({at: "ranking", at + 1: "ranking limit"})
    old = previous.ranking or Ranking(by=previous.metrics[0])
    return previous.model_copy(update={"ranking": old.model_copy(update={"limit": int(number)})})


def _widened(framer: Framer, previous: Plan) -> Plan:
    """`all` after phone leads, `all of them` after the top five: without the one condition or the limit the last answer had."""
    if not _says_all(framer) or framer.frame.metrics or framer.frame.filters or framer.frame.groups:
        return previous
    if previous.ranking is not None and previous.ranking.limit is not None:
        return previous.model_copy(update={"ranking": previous.ranking.model_copy(update={"limit": None})})
    if previous.group_by or previous.grain:
        return previous
    stated = [f for f in previous.filters if f.dimension in framer.catalog.dimensions]
    base, slices = _base_of(framer, previous)
    if len(stated) + len(slices) != 1:
        return previous
    left = tuple(f for f in previous.filters if f not in stated)
    return previous.model_copy(update={"filters": left, "metrics": base})


def _base_of(framer: Framer, previous: Plan) -> tuple[tuple[str, ...], list[str]]:
    """The measures without the slice their names say, and those that had one."""
    named, spread = framer.lexicon.section("named_slices"), set(framer.lexicon.vocabulary.get("distributed") or ())
    sliced = [m for m in previous.metrics if m in named and (m in spread or named[m].get("answer", True)) and filters_of(named[m])]
    return tuple(str(named[m]["base"]) if m in sliced else m for m in previous.metrics), sliced


def _says_all(framer: Framer) -> bool:
    """Nothing but `all`, `all of them`, `everything`, `all of those together`, `all stores`."""
    frame = framer.frame
    alls, at = set(framer.raw["whole_follow"]), framer.raw["all_words"][0]
    said = [i for i, t in enumerate(frame.tokens) if t.text in alls]
    if not said:
        return False
    rest = [i for i, t in enumerate(frame.tokens) if t.content and i not in said and t.text not in framer.raw["together_words"]]
    columns = [s for s in frame.spans if of_kind(s, "dimension") and s.start and frame.tokens[s.start - 1].text == at]
    nouns = {i for s in columns for i in range(s.start, s.end)}
    if not set(rest) <= nouns:
        return False
    frame.bound.update(dict.fromkeys([*said, *rest], "cue all"))
    frame.bound.update({i: "cue all" for i, t in enumerate(frame.tokens) if t.text in framer.raw["together_words"]})
    return True


def more_said(framer: Framer) -> bool:
    """`Honda too`, `and also Lexus`, `add Ford`: something beside what is shown."""
    said = [t.text for t in framer.frame.tokens if t.kind != "punct"]
    return bool(said) and (bool(set(said[:_NEAR]) & set(framer.raw["add_first"])) or said[-1] in framer.raw["more_last"])


def set_beside(framer: Framer, previous: Plan) -> None:
    """`vs Honda`, `Honda too` after Ford: both, side by side."""
    frame = framer.frame
    if not (frame.has("compare") or more_said(framer)) or frame.metrics != list(previous.metrics):
        return
    for index, item in enumerate(frame.filters):
        old = next((f for f in previous.filters if f.dimension == item.dimension and f.op == item.op == "in"), None)
        if old is not None:
            frame.filters[index] = item.model_copy(update={"values": tuple(dict.fromkeys((*old.values, *item.values)))})
            frame.side_by_side = True
            frame.groups = list(dict.fromkeys([*frame.groups, item.dimension]))


def exclude_more(framer: Framer, previous: Plan) -> None:
    """`without cash`, then `and without leases too` (or `and the leases`): one exclusion more."""
    frame = framer.frame
    said = [t.text for t in frame.tokens if t.kind != "punct"]
    more = bool(said) and (said[0] in framer.raw["more_first"] or said[-1] in framer.raw["more_last"])
    if not more or frame.has("include", "restore"):
        return
    for index, item in enumerate(frame.filters):
        out = next((f for f in previous.filters if f.dimension == item.dimension and f.op == "not_in"), None)
        if out is not None and item.op in {"in", "not_in"}:
            values = tuple(dict.fromkeys((*out.values, *item.values)))
            frame.filters[index] = item.model_copy(update={"op": "not_in", "values": values})


def add_slice(framer: Framer, previous: Plan) -> None:
    """`used front per unit`, then `new too`: the measure of the other slice beside the one shown."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    if not more_said(framer) or frame.metrics or len(frame.filters) != 1 or len(previous.metrics) != 1:
        return
    entry, item = named.get(previous.metrics[0]), frame.filters[0]
    if not entry or [f.dimension for f in filters_of(entry)] != [item.dimension]:
        return
    other = next((m for m, e in named.items() if e["base"] == entry["base"] and list(filters_of(e)) == [item]), "")
    if other in framer.catalog.metrics:
        frame.metrics, frame.filters = [*previous.metrics, str(other)], []


def repeats(framer: Framer, plan: Plan) -> str:
    """A follow-up of small words that would only bring the last answer again (`break it out`, `drill down`, `what about them`)."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not frame.carried:
        return ""
    parted = parting_verb(framer) >= 0 and plan.group_by == previous.group_by and plan.grain == previous.grain
    same = all(getattr(previous, name) == getattr(plan, name) for name in _SLOTS)
    said = {t.text for t in frame.tokens}
    drills = same and bool(said & set(framer.raw["drill_words"])) and not frame.unused()
    used = any(not what.startswith(_BOUND_BY_SMALL) for what in frame.bound.values()) or frame.has(*framer.raw["again_cues"])
    again = same and not used and not said & set(framer.raw["again_words"])
    return " ".join(t.raw for t in frame.tokens if t.kind != "punct") if parted or again or drills else ""
