"""Small follow-ups: `per car`, `split it up`, `sort it the other way`, `all`, `the first three`: what they ask of the last answer."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.contracts import Plan, Ranking
from vendora_graph.offline.frame import LIMITS, Framer, can_cut, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.senses import Sense
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import base_of, filters_of

_FLIPPED = {"desc": "asc", "asc": "desc"}
_LIMIT_MAX = 1000
_NEAR = 2
_COUNTED = frozenset({"units", "usd", "count"})


def small_spans(framer: Framer) -> None:
    """Take from the words what they mean elsewhere: around a name, and in a follow-up what a question of its own would say."""
    _around(framer)
    if not framer.inherits():
        return
    _per_of_last(framer)
    _limit_of_last(framer)
    _value_of_last(framer)
    _ones(framer)
    _parting(framer)


def _per_of_last(framer: Framer) -> None:
    """`F&I gross`, then `per car`: a form of the amount shown last, and not the measure which the words name alone."""
    frame, known = framer.frame, framer.catalog.metrics
    previous = framer.ctx.previous
    units = previous is not None and any(known[m].unit == "units" for m in previous.metrics if m in known)
    for at, whole in enumerate(frame.spans):
        led = whole.start > 0 and frame.tokens[whole.start - 1].text in framer.raw["per_words"]  # `per car sold`
        span = replace(whole, start=whole.start - 1) if led and of_kind(whole, "metric") else whole
        words = frame.tokens[span.start : span.end]
        forms = tuple(s for s in framer.lexicon.senses(compact(words)) if s.kind == "modifier")
        opens = bool(words) and words[0].text in {*framer.raw["per_words"], *framer.raw["one_words"]}
        if forms and _alone(framer, span) and opens and of_kind(span, "metric") and not (units and not _has_form(framer, forms[0].key)):
            others = (s for i, s in enumerate(frame.spans) if i != at and not (s.start < span.end and span.start < s.end))
            frame.spans = tuple(sorted((*others, replace(span, senses=forms)), key=lambda s: s.start))
            return


def _around(framer: Framer) -> None:
    """`leave Toyota out`, `take wholesale out`: the verb and its end stand on both sides of what is left out."""
    frame, words = framer.frame, framer.raw["out_words"]
    for span in frame.spans:
        at = span.start - 1
        while at > 0 and frame.tokens[at].text in framer.raw["between_cue_and_value"]:
            at -= 1
        ends = frame.tokens[span.end : span.end + 1]
        if of_kind(span, "value") and at >= 0 and frame.tokens[at].text in words["verbs"] and ends and ends[0].text in words["ends"]:
            cue = Span(at, at + 1, (Sense("cue", "exclude"),))
            others = (s for s in frame.spans if not s.start <= at < s.end)
            frame.spans = tuple(sorted((*others, cue), key=lambda s: s.start))
            frame.bound[span.end] = "cue exclude"
            return


def stands_out(framer: Framer, span: Span) -> bool:
    """`wholesale out` after an answer: a name, and the word that leaves it out, are all that is said."""
    last = [t.text for t in framer.frame.tokens[span.end :]]
    return framer.inherits() and span.start == 0 and len(last) == 1 and last[0] in framer.raw["out_words"]["ends"]


def _alone(framer: Framer, span: Span) -> bool:
    """Whether a span is all the question says, small words, cues and `average` apart."""
    small = (s for s in framer.frame.spans if s is not span and all(x.kind in {"cue", "modifier"} for x in s.senses))
    cues = {i for s in small for i in range(s.start, s.end)}
    plain = set(framer.raw["amounts_to"])  # `what does that come to per new unit`
    return all(span.start <= i < span.end or i in cues or not t.content or t.text in plain for i, t in enumerate(framer.frame.tokens))


def _limit_of_last(framer: Framer) -> None:
    """Days' supply by model, then `over 60 only`: a limit on the measure shown, and no aged stock."""
    frame, known, previous = framer.frame, framer.catalog.metrics, framer.ctx.previous
    if previous is None or not previous.group_by:
        return
    counted = {known[m].family for m in previous.metrics if known[m].unit in _COUNTED}
    for at, span in enumerate(frame.spans):
        named = [known[s.key].family for s in of_kind(span, "metric") if s.key in known]
        words = frame.tokens[span.start : span.end]
        if len(words) != _NEAR or words[1].number is None or not named or set(named) & counted or not _alone(framer, span):
            continue
        limit = tuple(s for s in framer.lexicon.senses(compact(words[:1])) if s.kind == "cue" and s.key in LIMITS)
        if limit:
            number = replace(span, start=span.end - 1, senses=(Sense("number", words[1].text),))
            frame.spans = (*frame.spans[:at], replace(span, end=span.end - 1, senses=limit), number, *frame.spans[at + 1 :])
            return


def _value_of_last(framer: Framer) -> None:
    """PVR of `cash deals only`, then `finance deals`: the other value of the column just limited, and no measure of that name."""
    frame, previous = framer.frame, framer.ctx.previous
    columns = {f.dimension for f in previous.filters if f.op == "in"} if previous is not None else set()
    for at, span in enumerate(frame.spans):
        if not columns or not of_kind(span, "metric") or not _alone(framer, span):
            continue
        for end in range(span.end, span.start, -1):
            values = [s for s in framer.lexicon.senses(compact(frame.tokens[span.start : end])) if s.kind == "value" and s.key in columns]
            rest = framer.lexicon.senses(compact(frame.tokens[end : span.end])) if end < span.end else ()
            if values and (end == span.end or any(s.kind == "hint" for s in rest)):
                frame.spans = (*frame.spans[:at], replace(span, senses=tuple(values)), *frame.spans[at + 1 :])
                return


def _ones(framer: Framer) -> None:
    """Service appointments, then `sales ones`: what was shown, of that department, and no measure the word else names."""
    frame, ones = framer.frame, framer.raw["ones_words"]
    for at, span in enumerate(frame.spans):
        groups = tuple(of_kind(span, "group"))
        if groups and [t.text for t in frame.tokens[span.end : span.end + 1]] == ones[:1]:
            frame.spans = (*frame.spans[:at], replace(span, senses=groups), *frame.spans[at + 1 :])


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
    nouns = _says_all(framer)
    if nouns is None or framer.frame.metrics or framer.frame.filters or framer.frame.groups:
        return previous
    if nouns:
        rows = set(framer.lexicon.vocabulary.get("store_values") or ())  # `all stores`: whatever limits them
        columns = nouns | rows if nouns & rows else nouns
        return previous.model_copy(update={"filters": tuple(f for f in previous.filters if f.dimension not in columns)})
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


def _says_all(framer: Framer) -> set[str] | None:
    """The columns named where nothing is said but `all stores`; none for `all`, `all of them`, `everything`; None for anything else."""
    frame, together = framer.frame, framer.raw["together_words"]
    alls, all_ = set(framer.raw["whole_follow"]), framer.raw["all_words"][0]
    said = [i for i, t in enumerate(frame.tokens) if t.text in alls or t.text in together]
    columns = [s for s in frame.spans if of_kind(s, "dimension") and s.start and frame.tokens[s.start - 1].text == all_]
    nouns = {i for s in columns for i in range(s.start, s.end)}
    rest = {i for i, t in enumerate(frame.tokens) if t.content and i not in said}
    if not any(frame.tokens[i].text in alls for i in said) or not rest <= nouns:
        return None
    frame.bound.update(dict.fromkeys([*said, *rest], "cue all"))
    return {sense.key for s in columns for sense in of_kind(s, "dimension")}


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


def slice_of_last(framer: Framer, previous: Plan) -> None:
    """Closing ratio, then `for internet leads`: what was shown, of that slice, where it can be limited so, and no count of it."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    name = frame.metrics[0] if len(frame.metrics) == 1 else ""
    span = frame.metric_spans.get(name)
    if name not in named or span is None or not span.start or frame.tokens[span.start - 1].text not in framer.raw["for_words"]:
        return
    if base_of(framer.lexicon, name) not in (framer.lexicon.vocabulary.get("generic_metrics") or ()):
        return  # `same thing for hours per RO`: a measure of its own, and no kind of thing
    counted = any(framer.catalog.metrics[m].unit in _COUNTED for m in previous.metrics)
    items = filters_of(named[name])
    if not counted and all(can_cut(framer.lexicon, m, f.dimension) for m in previous.metrics for f in items):
        frame.metrics, frame.filters = [], [*frame.filters, *items]


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


def shown_columns(framer: Framer) -> set[str]:
    """Units by make, then `only Honda`: the columns the last answer is told by, where a name may be of several."""
    frame, previous = framer.frame, framer.ctx.previous
    return set(previous.group_by) if previous is not None and not (frame.metrics or frame.rules) else set()


def own_columns(framer: Framer) -> set[str]:
    """`warranty labor sales`, then `customer pay ROs`: the columns a measure named now is limited by in its own name."""
    named = framer.lexicon.section("named_slices")
    return {f.dimension for m in framer.frame.metric_spans if m in framer.frame.metrics and m in named for f in filters_of(named[m])}


def moved_limits(framer: Framer, previous: Plan) -> Plan:
    """`who's under 35%` on GAP, then `and for VSC`: a limit on the measure shown goes over to the one shown in its place."""
    frame, known = framer.frame, framer.catalog.metrics
    those = {t.text for t in frame.tokens} & {*framer.raw["owners"], *framer.raw["ranked_pronouns"]}
    if those or len(frame.metrics) != 1 or len(previous.metrics) != 1 or frame.metrics == list(previous.metrics):
        return previous
    old, new = previous.metrics[0], frame.metrics[0]
    if known[old].unit != known[new].unit:
        return previous
    moved = tuple(f.model_copy(update={"dimension": new}) if f.dimension == old else f for f in previous.filters)
    return previous.model_copy(update={"filters": moved})
