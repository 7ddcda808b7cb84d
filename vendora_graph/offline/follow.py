"""Follow-ups: which slots of the last answer a question keeps, and which it replaces."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.kept_filters import keep_filters, limited_beside
from vendora_graph.offline.kinds import counting
from vendora_graph.offline.last_counts import counted_last, its_count
from vendora_graph.offline.modifiers import apply_modifiers
from vendora_graph.offline.people import department_filter
from vendora_graph.offline.pointing import take_outcome
from vendora_graph.offline.row_follow import without_limit
from vendora_graph.offline.small_follow import add_slice, exclude_more, moved_last, slice_of_last

_WHOLE = 5
"""More measures than anyone names one by one are a view of the whole."""
_SHORT = 5


def follows(framer: Framer) -> bool:
    """Whether the question builds on the last answer."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not previous.metrics or frame.reports:
        return False
    if frame.from_hint:
        return _same_things(framer) or _one_word(framer) or _who_of_last(framer)
    if frame.pointed or adds(framer):
        return True
    if not frame.metrics and not (frame.rules and not frame.has("follow")):
        return not (frame.departments and not frame.has("follow")) or bool(_swap(framer))
    content = sum(token.content for token in frame.tokens)
    starts = frame.has("follow") and min(framer.frame.spans[i].start for i in frame.cues["follow"]) == 0
    points = _points_back(framer)
    return (starts or points or _bare(framer) or _only_rows(framer, previous)) and content <= _SHORT


def _only_rows(framer: Framer, previous: Plan) -> bool:
    """Ups by salesperson, then `only people with at least 15 ups`: of the rows shown, those that a limit on their figure leaves."""
    frame = framer.frame
    opens = any(framer.frame.spans[i].start == 0 for i in frame.cues.get("only", ()))
    return opens and bool(previous.group_by) and not frame.periods and any(f.dimension in frame.metrics for f in frame.filters)


def _same_things(framer: Framer) -> bool:
    """`used units last month`, then `who sold them`: a weak word for what was counted, and a pronoun in its place."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog
    said = {t.text for t in frame.tokens} & set(framer.raw["pointing_words"])
    records = any(known.dimensions[g].kind == "record" for g in previous.group_by) if previous is not None else True
    same = previous is not None and {known.metrics[m].unit for m in (*frame.metrics, *previous.metrics)} == {"units"}
    if _what_became(framer):
        frame.pointed = True
    elif counted_last(framer):
        pass
    elif not (said and same) or records or len(frame.metrics) != 1:
        return False
    frame.metrics, frame.from_hint = [], False
    return True


def _who_of_last(framer: Framer) -> bool:
    """Gross by salesperson last month, then `who sold more than 10`: a weak word, and no time of its own, in the same department."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog.metrics
    if previous is None or frame.periods or frame.record or not frame.has("who", "which") or not previous.group_by:
        return False
    if any(framer.catalog.dimensions[g].kind == "record" for g in previous.group_by if g in framer.catalog.dimensions):
        return False
    same = {known[m].department for m in frame.metrics} == {known[m].department for m in previous.metrics}
    return (same or all(framer.fits(g) for g in previous.group_by)) and sum(t.content for t in frame.tokens) <= _SHORT


def _one_word(framer: Framer) -> bool:
    """`delivered`, then `booked`: one weak word for a measure, and nothing else, goes on."""
    frame = framer.frame
    return len(frame.tokens) == 1 and not (frame.periods or frame.groups or frame.filters or frame.has("how_many", "who"))


def _what_became(framer: Framer) -> bool:
    """Leads, then `how many sold`: nothing but what became of the things counted last."""
    frame, previous = framer.frame, framer.ctx.previous
    entries = framer.lexicon.vocabulary.get("outcome_filters") or ()
    words = {str(w) for e in entries for w in e["words"] if previous is not None and set(previous.metrics) <= set(e["metrics"])}
    said = [t.text for t in frame.tokens if t.content]
    return bool(said) and set(said) <= words


def adds(framer: Framer) -> bool:
    """`gross too`, `add front gross`, `also show PVR`: one measure more beside those of the last answer."""
    frame = framer.frame
    said = [t.text for t in frame.tokens if t.kind != "punct"]
    more = bool(said) and (said[0] in framer.raw["add_first"] or said[-1] in framer.raw["more_last"])
    clause = any(a.kind == "punct" and b.text in framer.raw["add_first"][:1] for a, b in pairwise(frame.tokens))  # `last year, add gross`
    ranked = framer.ctx.previous is not None and framer.ctx.previous.ranking is not None
    those = {*framer.raw["owners"], *framer.raw["ranked_pronouns"]}  # `and their CSI`: of those ranked
    more = more or (ranked and bool(set(said) & those))
    named = bool(frame.metrics) and not (frame.from_hint or frame.from_department)
    alone = not (frame.filters or frame.groups) and (clause or not frame.periods)
    return (more or clause) and named and alone and sum(t.content for t in frame.tokens) <= _SHORT


def _bare(framer: Framer) -> bool:
    """`gap?` after VSC penetration, `gross` after two stores' units: nothing but a measure's name, or a word that stands for some."""
    frame = framer.frame
    bound = [frame.bound.get(i, "") for i, t in enumerate(frame.tokens) if t.content]
    named = all(what.startswith(("metric", "filter", "rule", "modifier")) for what in bound)
    said = named and bool(frame.metrics or frame.rules)
    return said and not (frame.periods or frame.groups or frame.from_hint or frame.record or frame.from_department)


def _points_back(framer: Framer) -> bool:
    """`margin on each`, `how many lost sales was that`: the question speaks of the rows or the slice of the last answer."""
    said = [t.text for t in framer.frame.tokens if t.kind != "punct"]
    ends = bool(said) and (said[-1] in framer.raw["last_words"] and not framer.frame.periods)
    anywhere = bool(set(said) & set(framer.raw["back_words"]))
    shown = framer.ctx.previous.group_by if framer.ctx.previous is not None else ()
    return (ends or anywhere) and set(framer.frame.groups) <= set(shown)  # `average age on them by model`, of models shown


def inherit(framer: Framer) -> Plan | None:
    """Fill the frame's empty slots from the last answer; returns that answer's plan when it was used."""
    previous = framer.ctx.previous
    if previous is None or not follows(framer):
        return None
    frame = framer.frame
    _flatten(framer)
    previous = moved_last(framer, without_limit(framer, previous))
    exclude_more(framer, previous)
    add_slice(framer, previous)
    slice_of_last(framer, previous)
    its_count(framer, previous)
    limited_beside(framer, previous)
    if not frame.metrics:
        _last_measures(framer, previous)
    elif adds(framer) and not frame.record:
        _beside_last(framer, previous)
    elif not frame.record:
        frame.groups = frame.groups or _kept_groups(framer, previous)
    keep_filters(framer, previous)
    _undo_stand_ins(framer, previous)
    _bind_subject(framer)
    _check_slots(framer)
    frame.carried = True
    return previous


def _beside_last(framer: Framer, previous: Plan) -> None:
    """Add a measure to those of the last answer; `now rank them by efficiency` puts the same rows in its order."""
    frame = framer.frame
    instead = any(t.text == framer.raw["instead_word"] for t in frame.tokens)
    if frame.ranked:
        frame.rank_by = frame.rank_by or frame.metrics[0]
        frame.limit = frame.limit or (previous.ranking.limit if previous.ranking is not None else None)
        frame.metrics = list(dict.fromkeys([*frame.metrics, *(() if instead else previous.metrics)]))
    else:
        frame.metrics = list(dict.fromkeys([*previous.metrics, *frame.metrics]))
    frame.groups = frame.groups or _kept_groups(framer, previous)


def _last_measures(framer: Framer, previous: Plan) -> None:
    """Take the measures of the last answer, in the form that the words of the question give them."""
    frame = framer.frame
    _list_them(framer, previous)
    swaps = {**_swap(framer), **_scored(framer, previous)}
    whole = previous.intent in framer.raw["whole_views"] or len(previous.metrics) > _WHOLE or _of_another(framer, previous, swaps)
    if whole and frame.departments and not frame.pointed:
        return  # a scorecard, then `just fixed ops`; units, then `what about service`: the department's own figures
    if frame.pointed:
        frame.metrics = list(previous.metrics)
        for span in frame.spans:
            take_outcome(framer, span)
    frame.metrics = [swaps.get(m, m) for m in previous.metrics]
    apply_modifiers(framer)  # leads by source, then `which closed best`
    frame.groups = frame.groups or [swaps.get(g, g) for g in _kept_groups(framer, previous)]
    if not swaps.keys() & set(previous.metrics):
        department_filter(framer)


def _scored(framer: Framer, previous: Plan) -> dict[str, str]:
    """Surveys answered, then `break the score down by salesperson`: the score of what was counted (`judged_forms`)."""
    said = {t.stem for t in framer.frame.tokens} & set(framer.raw["score_words"])
    forms = framer.lexicon.section("judged_forms")
    return {m: str(forms[m]) for m in previous.metrics if said and m in forms}


def _of_another(framer: Framer, previous: Plan, swaps: dict[str, str]) -> bool:
    """Whether a department is named that has nothing of what was shown: no measure of its own, no form of it, no part."""
    frame, known = framer.frame, framer.catalog.metrics
    entries = framer.lexicon.vocabulary.get("department_values") or ()
    own = any(m in swaps or known[m].department in frame.departments for m in previous.metrics if m in known)
    parts = [str(e["dimension"]) for e in entries if any(e["of"].get(name) for name in frame.departments)]
    return not own and not any(can_cut(framer.lexicon, m, d) for m in previous.metrics for d in parts)


def _flatten(framer: Framer) -> None:
    """`just the total`, `total instead of monthly`: no rows."""
    frame = framer.frame
    said = {t.text for t in frame.tokens}
    if frame.has("total") and (said & set(framer.raw["flat_words"])) and not frame.metrics:
        frame.flat, frame.groups, frame.grain, frame.trend = True, [], None, False


def _list_them(framer: Framer, previous: Plan) -> None:
    """`show me them`: the single records behind the last figure."""
    frame, families = framer.frame, framer.lexicon.section("family_records")
    pointed = {t.text for t in frame.tokens} & set(framer.raw["list_them"])
    record = str(families.get(framer.catalog.metrics[previous.metrics[0]].family) or "")
    limited = any(f.dimension in previous.metrics for f in frame.filters)  # `which of those lost money` are rows of the last answer
    rows = bool(previous.group_by) and frame.has("which") and not frame.has("strong_list")  # `which of them has the oldest average`
    asked = bool(pointed) and frame.has("list", "strong_list", "which") and not (frame.groups or frame.record or limited or rows)
    if asked and record and all(can_cut(framer.lexicon, m, record) for m in previous.metrics):
        frame.record = record
        frame.metrics = list(previous.metrics)


def _swap(framer: Framer) -> dict[str, str]:
    """`same for sales` after service satisfaction: the department's own names for the same things."""
    swaps: dict[str, str] = {}
    for name in framer.frame.departments:
        entry = framer.lexicon.section("departments").get(name) or {}
        swaps.update({str(k): str(v) for k, v in (entry.get("swap") or {}).items()})
    return swaps


def _bind_subject(framer: Framer) -> None:
    for span in framer.frame.spans:
        if any(s.kind == "group" for s in span.senses):
            framer.frame.bind(span, "department")


def _kept_groups(framer: Framer, previous: Plan) -> list[str]:
    """A grouping ends when the question names one of its values, or asks for records."""
    instead = framer.frame.grain is not None and any(t.text == framer.raw["instead_word"] for t in framer.frame.tokens)
    if framer.frame.record or framer.frame.flat or instead:  # by shop, then `per day instead`
        return []
    known = framer.catalog.dimensions
    if counting(framer) and any(g in known and known[g].kind == "record" for g in previous.group_by):
        return []  # a list of deals, then `how many of them had a trade`
    back = framer.frame.has("include", "restore")
    named = {f.dimension for f in framer.frame.filters if f.op == "in" and not back}
    return [g for g in previous.group_by if g not in named]


def _undo_stand_ins(framer: Framer, previous: Plan) -> None:
    """A metric that stood in for another on one cut (units credited to salespeople) gives way when that cut is gone."""
    frame = framer.frame
    cuts = {*frame.groups, *(f.dimension for f in frame.filters)}
    had = {*previous.group_by, *(f.dimension for f in previous.filters)}
    named = framer.lexicon.section("named_slices")
    for name in list(frame.metrics):
        if name not in previous.metrics:
            continue
        origins = [(m, c) for m, info in framer.catalog.metrics.items() for c, target in info.variants if target == name and m not in named]
        if any(c in had for _, c in origins) and not any(c in cuts for _, c in origins):
            frame.metrics = [origins[0][0] if m == name else m for m in frame.metrics]


def _own_people(framer: Framer) -> None:
    """CSI of sales and of service, then `by advisor`: of measures that are each of other people, those of the people named."""
    frame, own = framer.frame, framer.lexicon.section("own_people")
    cuts = {*frame.groups, *(f.dimension for f in frame.filters)} & {str(person) for person in own.values()}
    kept = [m for m in frame.metrics if m not in own or not cuts or own[m] in cuts]
    frame.metrics = kept or frame.metrics


def _check_slots(framer: Framer) -> None:
    """Slots carried over that the new metric cannot take are left out and said."""
    frame, lexicon = framer.frame, framer.lexicon
    _own_people(framer)
    names = set(lexicon.catalog.metrics)
    for name in [*frame.groups, *(f.dimension for f in frame.filters if f.dimension not in names)]:
        if not all(can_cut(lexicon, m, name) for m in frame.metrics):
            stand_in = next((str(o) for o in lexicon.section("stand_ins").get(name, ()) if framer.fits(str(o))), None)
            if stand_in and name in frame.groups:
                frame.groups = [stand_in if g == name else g for g in frame.groups]
                continue
            frame.groups = [g for g in frame.groups if g != name]
            frame.filters = [f for f in frame.filters if f.dimension != name]
            frame.notes.append(("dropped_slot", {"dimension": name}))
