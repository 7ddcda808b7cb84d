"""Pointing back: `how many of those sold`, `what did they cost us`: the rows of the last answer, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import as_filter, base_of


def point_back(framer: Framer) -> None:
    """Take the measures of the last answer where a pronoun means its rows and no measure is named."""
    frame, previous = framer.frame, framer.ctx.previous
    said = {t.text for t in frame.tokens}
    if previous is None or not previous.metrics or frame.metrics or frame.rules or frame.reports or frame.topics:
        return
    opens = bool(frame.tokens) and frame.tokens[0].text in framer.raw["clause_openers"]
    if not said & set(framer.raw["pointing_words"]) or not (opens or frame.has("how_many", "share")) or previous.group_by:
        return
    frame.pointed, frame.metrics = True, list(previous.metrics)
    for span in frame.spans:
        take_outcome(framer, span)


def _both_of_one(framer: Framer, plan: Plan) -> str:
    """`units for Ford`, `and Honda?`, `both`: only the last answer is carried, and it is of one."""
    word = framer.raw["both_words"][0]
    several = plan.group_by or plan.grain or len(plan.metrics) > 1 or any(len(item.values) > 1 for item in plan.filters)
    said = any(t.text == word for t in framer.frame.tokens)
    return word if framer.frame.carried and said and not several and plan.comparison is None else ""


def unpointed(framer: Framer, plan: Plan) -> str:
    """`who sold them` after a list of deals: the rows of the last answer are meant, and nothing of it was kept."""
    alone = _both_of_one(framer, plan)
    if alone:
        return alone
    frame, words = framer.frame, framer.raw["pointing_words"]
    if not framer.inherits() or frame.carried:
        return ""
    at = next((i for i, t in enumerate(frame.tokens) if t.text in words and frame.bound.get(i, "cue").startswith("cue")), -1)
    named = any(frame.bound.get(i, "").startswith(("metric", "rule", "filter", "group", "records")) for i in range(at))
    return "" if at < 0 or named else " ".join(t.raw for t in frame.tokens[max(at - 1, 0) : at + 1])


def nothing_shown(framer: Framer, plan: Plan) -> str:
    """`total gross for those`, where nothing was shown before and nothing is named that they could be."""
    frame, tokens = framer.frame, framer.frame.tokens
    at = next((i for i in reversed(range(len(tokens))) if tokens[i].kind != "punct"), -1)
    last = tokens[at] if at >= 0 and frame.bound.get(at, "cue").startswith(("cue", "context")) else None
    if framer.ctx.previous is not None or last is None or last.text not in framer.raw["shown_words"] or len(tokens) == 1:
        return ""
    named = plan.filters or plan.group_by or plan.grain or set(frame.metric_spans) - set(plan.metrics)
    return "" if named or any(t.text in framer.raw["joiners"] for t in tokens) else last.raw


def nobody_named(framer: Framer, plan: Plan) -> str:
    """`what did he gross` after a ranking: one person is meant, and no condition of the plan says who."""
    frame, known = framer.frame, framer.catalog.dimensions
    one = any(f.op == "in" and len(f.values) == 1 and f.dimension in known and known[f.dimension].kind == "person" for f in plan.filters)
    said = next((t.raw for t in frame.tokens if t.text in framer.raw["single_pronouns"]), "")
    back = frame.has("restore", "include")  # `put her back`
    return "" if one or back or not framer.inherits() or plan.group_by == () else said


def take_outcome(framer: Framer, span: Span) -> bool:
    """`be-backs sold`: a word for what became of the things counted is a condition on them (`outcome_filters`)."""
    frame = framer.frame
    if span.start in frame.bound or len(frame.metrics) != 1:
        return False
    word = frame.tokens[span.start].text
    for entry in framer.lexicon.vocabulary.get("outcome_filters") or ():
        known = word in entry["words"] and frame.metrics[0] in entry["metrics"] and (frame.pointed or not entry.get("pointed"))
        if known and entry.get("to") in framer.catalog.metrics:  # appraisals, then `how many of those did we buy`
            frame.metrics = [str(entry["to"])]
            frame.bind(span, f"metric {entry['to']}")
            return True
        if known and can_cut(framer.lexicon, frame.metrics[0], str(entry.get("dimension"))):
            frame.filters.append(as_filter(entry))
            frame.bind(span, f"filter {entry['dimension']}")
            return True
    return False


def value_measure(framer: Framer, votes: Mapping[str, Any]) -> str:
    """`alignments sold`: a value the weak words' measure cannot take names what is counted (`value_metrics`); empty without one."""
    usual = framer.lexicon.section("value_metrics")
    departments = {str(e["dimension"]) for e in (framer.lexicon.vocabulary.get("department_values") or ())[:1]}
    for span in framer.frame.spans:
        values = [s.key for s in of_kind(span, "value")]
        metric = next((str(usual[d]) for d in values if d in usual), "")
        if span.end - span.start == 1 and framer.small_word(span.start):
            continue  # `customers` says nothing of what is counted
        if departments & set(values):
            continue  # `the body shop` is a department as well as a channel of parts
        taken = any(can_cut(framer.lexicon, m, d) for m in votes for d in values) or framer.after_cue(span, {"exclude"})
        if metric in framer.catalog.metrics and span.start not in framer.frame.bound and not taken and not of_kind(span, "metric"):
            return _sold_form(framer, metric)
    return ""


def _sold_form(framer: Framer, metric: str) -> str:
    """`red items that sold`: what was sold of it, where the model holds that apart (`sold_values`)."""
    other = str(framer.lexicon.section("sold_values").get(metric))
    sold = {t.text for t in framer.frame.tokens} & set(framer.raw["sold_words"])
    return other if sold and other in framer.catalog.metrics else metric


def same_form(framer: Framer, span: Span) -> bool:
    """Units by salesperson, and `sold`: the measures are all of the one a weak word stands for, its forms by a cut or its slices."""
    hinted = [framer.catalog.metrics[s.key] for s in of_kind(span, "hint")]
    forms = {name for info in hinted for name in (info.name, *(to for _, to in info.variants))}
    return all(m in forms or base_of(framer.lexicon, m) in forms for m in framer.frame.metrics)


def strange(framer: Framer, span: Span) -> bool:
    """`what did they cost us` after a count: a weak word of another family than the measures pointed back at is no context."""
    units = {framer.catalog.metrics[m].unit[:3] for m in framer.frame.metrics}
    if {framer.catalog.metrics[s.key].unit for s in of_kind(span, "hint")} == {"usd"} and "usd" not in units and _plain(framer):
        return True  # `priced under cost` beside a count
    families = {framer.catalog.metrics[m].family for m in framer.frame.metrics}
    hinted = {framer.catalog.metrics[s.key].family for s in of_kind(span, "hint")}
    return framer.frame.pointed and bool(hinted) and not hinted & families and not same_form(framer, span)


def _plain(framer: Framer) -> bool:
    """Whether the measures are those that are shown: no list takes its own, no scenario tells what a change is worth."""
    return bool(framer.frame.metrics) and not framer.frame.record and not framer.frame.has("what_if")
