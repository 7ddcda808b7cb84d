"""Omissions: parts of a question in no slot although every word was used: the other side, the unit after `per`, a second grain."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.target_words import DIMENSION as SOURCE

_RATIOS = frozenset({"ratio", "average", "median"})


def lost_side(framer: Framer, plan: Plan) -> bool:
    """`lines sold vs declined`: values side by side, and only one of them is shown."""
    if plan.grain is not None and plan.comparison is None and len(plan.metrics) == 1 and not plan.group_by:
        return any(f.op == "in" and len(f.values) == 1 for f in plan.filters) and _versus_values(framer)
    if plan.comparison is not None or len(plan.metrics) > 1 or plan.grain is not None or plan.ranking is not None:
        return plan.comparison is not None and plan.comparison.kind == "values" and not plan.group_by
    notes = {name for name, _ in framer.frame.notes}
    if "among_all" in notes:
        return False
    bound = framer.frame.bound
    said = [i for i, t in enumerate(framer.frame.tokens) if t.stem == framer.raw["versus_word"]]
    versus = [i for i in said if not bound.get(i, "").startswith(("filter", "metric"))]  # `CR-Vs`, `ELR vs door rate`
    if (versus and "left_out" in notes) or _verb_of_two(framer, plan):
        return True
    return bool(versus) and (not plan.group_by or any(_unlike(framer, at) for at in versus))


def _versus_values(framer: Framer) -> bool:
    """`fresh ups vs be-backs by month`: `vs` with a word that limits the figure right behind it."""
    frame, word = framer.frame, framer.raw["versus_word"]
    return any(t.stem == word and frame.bound.get(i + 1, "").startswith("filter") for i, t in enumerate(frame.tokens))


def _verb_of_two(framer: Framer, plan: Plan) -> bool:
    """`compare AutoFinder with the store website`: the values of two columns both hold, where one was to stand beside the other."""
    kept = [f.dimension for f in plan.filters if f.op == "in" and f.dimension in framer.catalog.dimensions]
    verbs = tuple(str(v) for v in framer.raw["compare_verbs"])
    return not plan.group_by and len(set(kept)) > 1 and any(t.stem.startswith(verbs) for t in framer.frame.tokens)


def _unlike(framer: Framer, at: int) -> bool:
    """`house deals versus the salespeople`: a value, or a slice, on one side and a whole column on the other."""
    spans, slices = framer.frame.spans, framer.lexicon.section("named_slices")
    before = next((s for s in reversed(spans) if s.end <= at), None)
    after = next((s for s in spans if s.start > at), None)
    if before is None or after is None:
        return False
    first = bool(of_kind(before, "value")) or any(s.key in slices for s in of_kind(before, "metric"))
    whole = bool(of_kind(after, "dimension")) and not of_kind(after, "value", "metric", "hint")
    return first and whole and framer.frame.bound.get(after.start, "").startswith("group")


def lost_unit(framer: Framer, plan: Plan) -> str:
    """`expense per car sold`: the measure after `per`, where no per-unit form took it up."""
    frame, per = framer.frame, set(framer.raw["per_words"])
    per -= set(framer.raw["every_words"]) if plan.intent == "list" else set()  # `list every unit over 120 days`
    ratios = all(framer.catalog.metrics[m].additivity in _RATIOS for m in plan.metrics)
    for metric in () if ratios else frame.dropped:
        span = frame.metric_spans[metric]
        said = [t.text for t in frame.tokens[max(span.start - 1, 0) : span.start + 1]]
        if set(said) & per and not frame.modifiers:
            return f"{said[0] if said[0] in per else ''} {frame.said(span)}".strip()
    for span in () if ratios else frame.rule_spans.values():  # `labor gross per hour`
        if span.start and frame.tokens[span.start - 1].text == framer.raw["per_words"][0] and not frame.modifiers:
            return f"{frame.tokens[span.start - 1].text} {frame.said(span)}"
    for span in () if ratios else [s for m, s in frame.metric_spans.items() if m not in plan.metrics]:  # `gross per RO`: a rule replaced it
        if span.start and frame.tokens[span.start - 1].text in per and "group" in frame.bound.get(span.start - 1, ""):
            return f"{frame.tokens[span.start - 1].text} {frame.said(span)}"
        if metric_before(framer, span, plan):  # `hours a ticket`
            return " ".join(t.raw for t in frame.tokens[span.start - 1 : span.end])
    return "" if ratios else _per_value(framer, plan)


def _per_value(framer: Framer, plan: Plan) -> str:
    """`trades per new deal`: what stands after `per` became a condition, and no form per unit was taken."""
    frame, per = framer.frame, framer.raw["per_words"]
    for at, token in enumerate(frame.tokens[1:], start=1):  # `sales per up`
        if frame.tokens[at - 1].text == per[0] and not token.content and token.kind == "word" and at not in frame.bound:
            return f"{per[0]} {token.raw}"
    for span in frame.spans:
        if not span.start or not frame.bound.get(span.start, "").startswith("filter "):
            continue
        before = frame.tokens[span.start - 1].text
        plain = before == per[0] and not frame.modifiers and plan.grain is None
        if plain or (before in per and of_kind(span, "metric")):
            return f"{before} {frame.said(span)}"
    return ""


def metric_before(framer: Framer, span: Span, plan: Plan) -> bool:
    """Whether only `a` or `an` stands between a measure of the plan and a span."""
    frame = framer.frame
    article = span.start > 0 and frame.tokens[span.start - 1].text in framer.raw["one_words"]
    return article and any(s.end == span.start - 1 for m, s in frame.metric_spans.items() if m in plan.metrics)


def _limited_only(framer: Framer, plan: Plan, after: range) -> bool:
    """`appointments set yesterday and how many showed`: the second count became a condition on the first, and one figure is left."""
    bound, tokens = framer.frame.bound, framer.frame.tokens
    counted = tokens[after.start - 1].text == framer.raw["how_word"] and tokens[after.start].text in framer.raw["count_words"]
    taken = [bound.get(i, "cue") for i in after if i in bound and not bound[i].startswith(("cue", "period", "context"))]
    return counted and len(plan.metrics) == 1 and bool(taken) and all(what.startswith(("filter", "threshold")) for what in taken)


def second_question(framer: Framer, plan: Plan) -> str:
    """`how many ROs are open and what are they worth`: a second question that nothing of the plan answers."""
    tokens, bound = framer.frame.tokens, framer.frame.bound
    for at in range(1, len(tokens) - 1):
        if tokens[at].stem == framer.raw["joiners"][0] and tokens[at + 1].text in framer.raw["clause_openers"]:
            after = range(at + 2, len(tokens))
            lengths = tokens[at + 2].text in framer.raw["length_words"] if at + 2 < len(tokens) else False  # `and how long it took`
            asked = lengths or any(tokens[i].content for i in after)  # `... the most leads, and how many` asks for the figure that is shown
            answered = any(bound.get(i, "").startswith(tuple(framer.raw["answering"])) for i in after)
            if asked and (not answered or _limited_only(framer, plan, after)):
                return " ".join(t.raw for t in tokens[at + 1 :] if t.kind != "punct")
    return ""


def idle_verb(framer: Framer, plan: Plan) -> str:
    """`what percentage of trades did we retail`: the verb says which part is meant, and the measure has a part of its own."""
    tokens, bound = framer.frame.tokens, framer.frame.bound
    if not all(framer.catalog.metrics[m].unit == "rate" for m in plan.metrics):
        return ""
    subjects = (at for at in range(1, len(tokens) - 1) if tokens[at].text in framer.raw["subjects"])
    verbs = (at + 1 for at in subjects if tokens[at - 1].text in framer.raw["asking_verbs"] and tokens[at + 1].content)
    last = max((i for i in bound if bound[i].startswith("metric")), default=0)  # `... did we sell a VSC to`: its object says which part
    return next((tokens[at].raw for at in verbs if bound.get(at) == "context" and at > last), "")


def lost_standard(framer: Framer, plan: Plan) -> str:
    """`where should front gross be`, `advisors below average`: against what is not said, and nothing is held against it."""
    frame, raw = framer.frame, framer.raw["standards"]
    limited = any(item.op not in {"in", "not_in"} for item in plan.filters)
    if plan.comparison is not None or limited or plan.intent not in {"value", "breakdown", "ranking", "trend"}:
        return ""
    for at, token in enumerate(frame.tokens):
        said = frame.tokens[at + 1 : at + 2]
        idle = frame.bound.get(at + 1, "cue").startswith(("cue", "modifier"))
        sides = (*raw["sides"], *(raw["wholes"] if frame.has("compare") else ()))  # `compare Marcus to the store average`
        if token.text in sides and said and said[0].text in raw["words"] and idle:
            return f"{token.raw} {said[0].raw}"
        if token.text in raw["excess"] and said and said[0].text in raw["amounts"] and at not in frame.bound:
            return f"{token.raw} {said[0].raw}"
        advice = bool(said) and said[0].text in framer.raw["subjects"] and not frame.has("where")
        if token.text in raw["modals"] and at not in frame.bound and not advice:
            return token.raw
    return ""


def advice(framer: Framer, plan: Plan) -> str:
    """`should we stock more trucks`: what to do is asked, and figures are all that can be shown."""
    frame, modals = framer.frame, framer.raw["standards"]["modals"]
    if plan.comparison is not None or plan.intent not in {"value", "breakdown", "ranking", "trend", "list"}:
        return ""
    for a, b in pairwise(enumerate(frame.tokens)):
        if a[1].text in modals and b[1].text in framer.raw["subjects"] and a[0] not in frame.bound:
            return f"{a[1].raw} {b[1].raw}"
    return ""


def lost_exclusion(framer: Framer, plan: Plan) -> str:
    """`excluding parts, how did we do`: what a scorecard or an explanation was to leave out, and nothing was left out."""
    frame = framer.frame
    taken = any(item.op == "not_in" for item in plan.filters) and (plan.intent != "scorecard" or frame.metric_spans)
    if plan.intent in {"definition", "what_if"} or taken:
        return ""
    spans = [frame.spans[i] for i in frame.cues.get("exclude", ())]
    lost = [s for s in spans if frame.said(s) in framer.raw["exclusions"] and frame.bound.get(s.start, "cue").startswith(("cue", "filter"))]
    return " ".join(t.raw for t in frame.tokens[lost[0].start : lost[0].end + 2]) if lost else ""


def lost_grain(framer: Framer, plan: Plan) -> str:
    """`ROs per day by month`: an average over one calendar unit for each of another."""
    cues = framer.raw["grain_cues"]
    said = {grain: name for name, grain in cues.items() if framer.frame.has(name)}
    others = [name for grain, name in said.items() if grain != plan.grain]
    day = plan.period is not None and plan.period.start == plan.period.end and not framer.catalog.metrics[plan.metrics[0]].snapshot
    if day and plan.grain in said and plan.grain != "day":  # `on the 15th of each month`
        return framer.frame.said(framer.frame.spans[framer.frame.cues[said[plan.grain]][0]])
    if plan.grain is None or len(said) == len(others) or not others:
        return ""
    return framer.frame.said(framer.frame.spans[framer.frame.cues[others[0]][0]])


def lost_change(framer: Framer, plan: Plan) -> bool:
    """`headcount change since January by role`: a change since a day, and one figure of the whole stretch is no change."""
    since = any(span.period is not None and span.period.op in framer.raw["since_ops"] for span in framer.frame.spans)
    return since and framer.frame.has("change") and plan.comparison is None and plan.grain is None


def lost_rank(framer: Framer, plan: Plan) -> str:
    """`the 10 oldest open ROs`: so many of an order, and nothing that is put in it."""
    frame = framer.frame
    if plan.ranking is not None or frame.limit is None or plan.intent not in {"value", "compare"}:
        return ""
    said = [frame.said(frame.spans[i]) for name in framer.raw["order_cues"] for i in frame.cues.get(name, ())]
    return f"{frame.limit} {said[0]}" if said else ""


def unfit(framer: Framer, plan: Plan) -> str:
    """The label of a condition that a measure of the plan cannot take; empty when all fit."""
    known = framer.catalog.dimensions
    counted = framer.lexicon.section("noun_columns")  # `deals without tire and wheel`: a product is no column of deals
    apart = {f.dimension for f in plan.filters if f.op == "not_in" and f.dimension in counted and not _own(framer, plan, f.dimension)}
    odd = (f.dimension for f in plan.filters if f.dimension in known and (f.dimension in apart or not _taken(framer, plan, f.dimension)))
    cut = (name for name in plan.group_by if not any(can_cut(framer.lexicon, m, name) for m in plan.metrics))
    return next((known[name].label.lower() for name in (*odd, *cut) if name in known), "")


def _taken(framer: Framer, plan: Plan, dimension: str) -> bool:
    return all(can_cut(framer.lexicon, metric, dimension) for metric in plan.metrics)


def _own(framer: Framer, plan: Plan, dimension: str) -> bool:
    return all(dimension in framer.catalog.metrics[metric].dimensions for metric in plan.metrics)


def free_unfit(framer: Framer) -> None:
    """Conditions that the measures of a department cannot take are none: their words are free again, to be asked about."""
    frame = framer.frame
    known = set(framer.catalog.dimensions) - {SOURCE}  # against which target is no condition on the measures
    odd = {f.dimension for f in frame.filters if f.dimension in known and not framer.fits(f.dimension)}
    frame.filters = [f for f in frame.filters if f.dimension not in odd]
    for span in frame.spans:
        if any(s.key in odd for s in of_kind(span, "value")) and frame.bound.get(span.start, "").removeprefix("filter ") in odd:
            for at in range(span.start, span.end):
                frame.bound.pop(at, None)


def change_ordered(framer: Framer) -> bool:
    """`biggest drop in units`, `improved the most`: the order stands beside the change, with at most a measure between."""
    frame = framer.frame
    orders = [frame.spans[i] for name in ("top", "bottom", "best", "worst") for i in frame.cues.get(name, ())]
    changes = [frame.spans[i] for i in frame.cues.get("change", ())]
    changes = [c for c in changes if frame.said(c) not in framer.raw["idle_changes"] or any(o.start >= c.end for o in orders)]
    for first, second in ((a, b) for o in orders for c in changes for a, b in (sorted((o, c), key=lambda s: s.start),)):
        between = range(first.end, second.start)
        if all(not frame.tokens[at].content or frame.bound.get(at, "").startswith(("metric", "ranking limit")) for at in between):
            return frame.ranked
    return False


def note_moved(framer: Framer) -> None:
    """`which advisors sold less in October than September`: rows are shown with their change, and none is left out for its side."""
    frame, words = framer.frame, framer.raw["moved_words"]
    said = [i for i, t in enumerate(frame.tokens) if t.text in words and frame.bound.get(i, "cue").startswith("cue")]
    if said and frame.has("who", "which", "list", "with_condition", "where"):
        frame.bound.update(dict.fromkeys(said, "change"))
        frame.notes.append(("not_only_moved", {"words": frame.tokens[said[0]].raw}))


def note_more(framer: Framer) -> None:
    """`salespeople who sold more used than new`: both stand in every row, and none is left out for its side."""
    frame, words = framer.frame, framer.raw["moved_words"]
    at = next((i for i, t in enumerate(frame.tokens) if t.text in words), -1)
    than = any(t.text == framer.raw["than_word"] for t in frame.tokens[at + 1 :])
    if at >= 0 and than and len(frame.groups) > 1:
        frame.notes.append(("not_only_more", {"words": frame.tokens[at].raw}))


def note_each(framer: Framer) -> None:
    """`payroll per employee`: one row for each, where an average of all of them might be meant."""
    frame, known = framer.frame, framer.catalog
    for name in frame.groups:
        span = next((s for s in frame.spans if any(d.key == name for d in of_kind(s, "dimension"))), None)
        said = frame.tokens[span.start - 1].text if span is not None and span.start else ""
        money = any(known.metrics[m].unit == "usd" for m in frame.metrics if m in known.metrics)
        if said == framer.raw["per_words"][0] and known.dimensions[name].kind == "person" and money:
            frame.notes.append(("each_row", {"label": known.dimensions[name].label.lower()}))
