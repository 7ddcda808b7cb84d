"""Doubt table: what is asked back about a plan, by the name of its text, in the order in which it is looked for."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline import unmet
from vendora_graph.offline.ages import sold_only
from vendora_graph.offline.asked import share_filter
from vendora_graph.offline.beside import included_alone, limit_ranked
from vendora_graph.offline.counts_asked import lost_count
from vendora_graph.offline.daily import averaged_unit, per_day
from vendora_graph.offline.differences import both_siblings, lost_slice, one_less_other
from vendora_graph.offline.excluded import idle_exclusion
from vendora_graph.offline.follow_doubts import opens_excluding, repeats
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.kinds import idle_member, lost_much, lost_worth, made_on, of_average, other_kind, paid_word, rated
from vendora_graph.offline.leftover import by_nothing
from vendora_graph.offline.limits import still_to_reach
from vendora_graph.offline.list_doubts import limit_in_name, lone_value, lost_kind, row_limit
from vendora_graph.offline.lost_measures import lost_measure
from vendora_graph.offline.narrow import narrow
from vendora_graph.offline.omissions import (
    advice,
    change_ordered,
    idle_verb,
    lost_change,
    lost_grain,
    lost_rank,
    lost_side,
    lost_standard,
    lost_unit,
    second_question,
    unfit,
)
from vendora_graph.offline.one_sided import one_sided
from vendora_graph.offline.others import NO_AVERAGE
from vendora_graph.offline.outside import bare_limit, both_ends, dated_otherwise, idle_words, lost_who
from vendora_graph.offline.own_limits import other_limit
from vendora_graph.offline.period_doubts import averaged_stretch, by_day, edge, limited_date, vague_period
from vendora_graph.offline.pointing import nobody_named, nothing_shown, unpointed
from vendora_graph.offline.record_columns import lost_column
from vendora_graph.offline.row_follow import that_row
from vendora_graph.offline.rowless import rowless
from vendora_graph.offline.share_parts import beside_share
from vendora_graph.offline.summed import summed
from vendora_graph.offline.unit_doubts import idle_unit
from vendora_graph.offline.weight import lost_clause, one_to_other, owner, per_unit_total, unranked, whole_named
from vendora_graph.offline.what_if import Doubts


def _bare_threshold(_framer: Framer, plan: Plan) -> bool:
    """A limit on the measure itself, where nothing is listed that could stay below it."""
    limited = any(item.dimension in plan.metrics for item in plan.filters)
    return limited and (plan.topic == "share" or not (plan.group_by or plan.grain))


def _no_part(framer: Framer, plan: Plan) -> bool:
    """A share of something, and nothing says which part."""
    if (plan.topic == "share" and _other_whole(framer)) or of_average(framer, plan):
        return True
    known = framer.catalog.dimensions
    if plan.topic == "share" and framer.frame.carried and any(known[g].kind == "record" for g in plan.group_by if g in known):
        return True  # deals listed, then `what percent of our new deals is that`: no share of each of them
    whole = plan.topic == "share" or (framer.frame.has("share") and not framer.frame.has("change", "compare") and not rated(framer))
    bare = plan.intent == "trend" and not plan.group_by and not plan.filters
    return whole and (bare or (plan.intent == "value" and share_filter(plan) is None))


def _other_whole(framer: Framer) -> bool:
    """`declined work as a % of recommended`: a whole named after `of` that is neither the measure nor a total."""
    frame, wholes = framer.frame, set(framer.raw["all_words"]) | set(framer.raw["whole_words"])
    for span in (frame.spans[i] for i in frame.cues.get("share", ())):
        at = span.end
        while at < len(frame.tokens) and not frame.tokens[at].content and frame.tokens[at].stem not in wholes:
            at += 1
        before = any(s.end <= span.start for m, s in frame.metric_spans.items() if m in frame.metrics)
        if before and frame.tokens[at - 1].text == "of" and at < len(frame.tokens) and frame.bound.get(at, "part of").startswith("part of"):
            return frame.tokens[at].stem not in wholes
    return False


def _plain_average(framer: Framer, plan: Plan) -> bool:
    """`average amount financed`: an average was asked for, and the measure only adds up."""
    averaging = any(t.text in framer.raw["average_words"] for t in framer.frame.tokens)
    additive = all(framer.catalog.metrics[m].additivity in {"additive", "semi_additive", "distinct"} for m in plan.metrics)
    modifiers = framer.lexicon.section("modifiers")
    consumed = any(not (modifiers.get(name) or {}).get("silent") for name in framer.frame.modifiers)
    beside = (plan.comparison is not None and plan.comparison.kind != "values") or any(n == NO_AVERAGE for n, _ in framer.frame.notes)
    return averaging and additive and not consumed and not beside and not plan.averaged


def _ranks_change(framer: Framer, plan: Plan) -> bool:
    """`which line went up the most`: an order by a change, not by a figure."""
    frame = framer.frame
    if plan.ranking is not None and plan.ranking.change:
        return False
    if frame.has("where") and frame.has("change") and frame.has("top", "bottom") and not plan.group_by:
        return True
    moved = [frame.spans[i] for i in frame.cues.get("change", ())]
    if moved and all(of_kind(span, "hint") for span in moved):  # `who moved the most cars`: sold them
        return False
    if change_ordered(framer) and (plan.comparison is None or not plan.group_by):
        return True
    ordered = plan.ranking is not None and bool(plan.group_by) and frame.order in {"top", "bottom"}
    return ordered and frame.has("change") and plan.comparison is None


def _many_periods(framer: Framer, plan: Plan) -> bool:
    """`sold last month, and how many are in stock now`: a second period that is no comparison and no end of the first."""
    specs = [spec for _, spec in framer.frame.periods]
    if framer.frame.scattered or plan.comparison is not None or plan.grain is not None or plan.period is None:
        return framer.frame.scattered
    if framer.frame.has("compare") and len(specs) > 1 and not plan.group_by:  # `compare this October to each of the last two`
        return True
    said = {t.text for t in framer.frame.tokens} & set(framer.raw["now_words"])
    positions = any(framer.catalog.metrics[m].snapshot for m in (*plan.metrics, *framer.frame.dropped))
    return bool(said) and positions and any(spec.op != "now" for spec in specs)


def _open_negation(framer: Framer, _plan: Plan) -> str:
    """The first negation that no filter, name or condition took up."""
    frame = framer.frame
    if any(item.op == "not_in" for item in frame.filters):
        return ""
    pronouns = set(framer.raw["negation_tags"])
    for index, token in enumerate(frame.tokens):
        if token.text not in framer.raw["negations"] or not frame.bound.get(index, "cue").startswith("cue"):
            continue
        after = frame.tokens[index + 1].text if index + 1 < len(frame.tokens) else ""
        if after and not (index == 0 and (after in pronouns or after == ",")):
            return f"{token.raw} {frame.tokens[index + 1].raw}"
    return ""


def _only(framer: Framer, _plan: Plan) -> str:
    """`cancellations only`: the word beside limits the figure, and no filter came of it."""
    frame = framer.frame
    for span in (frame.spans[i] for i in frame.cues.get("only", ())):
        for at in (span.start - 1, span.end):
            if 0 <= at < len(frame.tokens) and frame.bound.get(at, "").startswith("part of"):
                return f"{frame.tokens[at].raw} {frame.said(span)}"
    return ""


DOUBTS: Doubts = (
    ("repeats", repeats),
    ("unplaced", opens_excluding),
    ("difference", one_less_other),
    ("negation", _open_negation),
    ("threshold", lambda framer, plan: _bare_threshold(framer, plan) or row_limit(framer, plan)),
    ("change_rank", _ranks_change),
    ("periods", _many_periods),
    ("averages", averaged_stretch),
    ("unplaced", vague_period),
    ("edge", edge),
    ("edge", by_day),
    ("summed", summed),
    ("narrow", narrow),
    ("narrow", rowless),
    ("unplaced", included_alone),
    ("order", limit_ranked),
    ("unplaced", lambda framer, plan: unpointed(framer, plan) or nobody_named(framer, plan) or nothing_shown(framer, plan)),
    ("clash", lambda framer, _: framer.frame.clash),
    ("hole", lambda framer, _: framer.frame.hole),
    ("unplaced", _only),
    ("average_of", averaged_unit),
    ("unplaced", lost_slice),
    ("unplaced", both_siblings),
    ("unplaced", lost_kind),
    ("lone_value", lone_value),
    ("unplaced", idle_unit),
    ("unplaced", limit_in_name),
    ("average", lambda framer, plan: _plain_average(framer, plan) or per_day(framer, plan)),
    ("count", lambda framer, plan: other_kind(framer) == "count" or lost_count(framer, plan)),
    ("paid", lambda framer, _: paid_word(framer) if other_kind(framer) == "amount" else ""),
    ("amount", lambda framer, _: other_kind(framer) == "amount"),
    ("amount", lambda framer, plan: lost_worth(framer, plan) or lost_much(framer, plan)),
    ("unplaced", idle_member),
    ("made_on", made_on),
    ("share", _no_part),
    ("unplaced", by_nothing),
    ("side", lost_side),
    ("one_sided", one_sided),
    ("per", lost_unit),
    ("unplaced", second_question),
    ("unplaced", still_to_reach),
    ("unplaced", idle_exclusion),
    ("unplaced", that_row),
    ("unplaced", lost_column),
    ("unplaced", idle_verb),
    ("advice", advice),
    ("standard", lost_standard),
    ("grains", lost_grain),
    ("moved", lost_change),
    ("order", lost_rank),
    ("unfit", unfit),
    ("share", whole_named),
    ("unplaced", unranked),
    ("unplaced", lost_clause),
    ("per_unit", per_unit_total),
    ("ratio", one_to_other),
    ("unplaced", owner),
    ("unplaced", bare_limit),
    ("unplaced", both_ends),
    ("unplaced", lost_who),
    ("dated", dated_otherwise),
    ("unplaced", limited_date),
    ("unfit", other_limit),
    ("unfit", unmet.contradicted),
    ("unplaced", unmet.open_limit),
    ("unplaced", idle_words),
    ("unplaced", beside_share),
    ("opposed", unmet.opposed),
    ("paceless", unmet.paceless),
    ("weak", unmet.weak_verb),
    ("whole", unmet.whole_beside_part),
    ("unplaced", lost_measure),
    ("unplaced", unmet.stray_adjective),
    ("unplaced", unmet.trailing_state),
    ("unplaced", unmet.asked_how),
    ("unplaced", lambda framer, plan: unmet.over_period(framer, plan) or unmet.period_closed(framer, plan)),
    ("unplaced", lambda framer, plan: unmet.other_order(framer, plan) or unmet.both_at_once(framer, plan)),
    ("unplaced", unmet.dated_position),
    ("unplaced", unmet.untimed),
    ("sold_only", sold_only),
)
"""What is asked back, by the name of its text, and when."""
