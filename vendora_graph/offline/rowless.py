"""Rowless: what was asked of rows that a figure cannot have: people with none, two people together, one kind only, nothing left."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.variants import filters_of


def rowless(framer: Framer, plan: Plan) -> str:
    """The question to ask back; empty where the rows asked for can be had."""
    tests = (_one_only, _none_at_all, _somebody, _shared, _nothing_left)
    return next((words for test in tests if (words := test(framer, plan))), "")


def _people(framer: Framer, plan: Plan) -> list[str]:
    known = framer.catalog.dimensions
    named = (*plan.group_by, *(f.dimension for f in plan.filters))
    return [name for name in named if name in known and known[name].kind == "person"]


def _none_at_all(framer: Framer, plan: Plan) -> str:
    """`who has zero sales`: a person without any has no row, and so no list can hold them."""
    known = framer.catalog.metrics
    counts = {m for m in plan.metrics if known[m].unit in {"units", "count"}}
    none = any(f.dimension in counts and (f.op, f.values) in {("le", ("0",)), ("lt", ("1",))} for f in plan.filters)
    people = [name for name in plan.group_by if name in _people(framer, plan)]
    if not people or not none or any(name == "idle" for name, _ in framer.frame.notes):  # beside a figure that shows who was there
        return ""
    text = str(framer.raw["texts"]["doubts"]["none_at_all"])
    dimension, metric = framer.catalog.dimensions[people[0]], known[plan.metrics[0]]
    return text.format(words=dimension.label.lower(), metric=metric.label)


def _somebody(framer: Framer, plan: Plan) -> str:
    """`anybody with no appointments today`: people are asked for, and the figure is of none."""
    said = next((t.raw for t in framer.frame.tokens if t.text in framer.raw["cues"]["everyone"]), "")
    if not said or _people(framer, plan) or framer.inherits() or not framer.frame.from_hint:
        return ""
    return str(framer.raw["texts"]["doubts"]["somebody"]).format(words=said)


def _shared(framer: Framer, plan: Plan) -> str:
    """`how many deals did Tanya and Jason split`: what two people did together is no figure of each of them."""
    frame, people = framer.frame, _people(framer, plan)
    several = any(f.op == "in" and len(f.values) > 1 for f in plan.filters if f.dimension in people)
    for at, token in enumerate(frame.tokens) if several else ():
        follows = frame.tokens[at + 1].text if at + 1 < len(frame.tokens) else ""
        if token.text in framer.raw["shared_words"] and at not in frame.bound and follows not in framer.raw["shared_out"]:
            return str(framer.raw["texts"]["doubts"]["shared"]).format(words=token.raw)
    return ""


def _one_only(framer: Framer, plan: Plan) -> str:
    """`average ticket by pay type`: a measure that is of one of them by its definition (`all_of`), and has no wider form to tell apart."""
    known, wider = framer.catalog, framer.lexicon.section("all_of")
    for dimension in plan.group_by:
        forms = wider.get(dimension) or {}
        odd = (m for m in plan.metrics if m in forms and not can_cut(framer.lexicon, str(forms[m]), dimension))
        label = next((known.metrics[m].label for m in odd), "")
        if label:
            text = str(framer.raw["texts"]["doubts"]["one_only"])
            return text.format(metric=label, words=known.dimensions[dimension].label.lower())
    return ""


def _nothing_left(framer: Framer, plan: Plan) -> str:
    """`used only`, then `drop pre-owned`: what is left out is all that the last answer kept."""
    previous, named = framer.ctx.previous, framer.lexicon.section("named_slices")
    dropped = any(t.text in framer.raw["drop_words"] for t in framer.frame.tokens)  # `not internet` turns it round
    if previous is None or not framer.inherits() or not dropped:
        return ""
    kept = [*previous.filters, *(f for m in previous.metrics if m in named for f in filters_of(named[m]))]
    for out in (f for f in plan.filters if f.op == "not_in"):
        if any(f.dimension == out.dimension and f.op == "in" and set(f.values) <= set(out.values) for f in kept):
            return str(framer.raw["texts"]["doubts"]["nothing_left"]).format(words=", ".join(out.values))
    return ""
