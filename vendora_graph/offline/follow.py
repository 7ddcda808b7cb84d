"""Follow-ups: which slots of the last answer a question keeps, and which it replaces."""

from __future__ import annotations

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import Framer, can_cut

_SHORT = 5


def follows(framer: Framer) -> bool:
    """Whether the question builds on the last answer."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not previous.metrics or frame.topics or frame.reports:
        return False
    if frame.from_hint:
        return False
    if not frame.metrics and not (frame.rules and not frame.has("follow")):
        return not (frame.departments and not frame.has("follow")) or bool(_swap(framer))
    content = sum(token.content for token in frame.tokens)
    starts = frame.has("follow") and min(framer.frame.spans[i].start for i in frame.cues["follow"]) == 0
    points = _points_back(framer)
    return (starts or points) and content <= _SHORT and (points or not frame.rules)


def _points_back(framer: Framer) -> bool:
    """`margin on each`, `how many lost sales was that`: the question speaks of the rows or the slice of the last answer."""
    tokens, last = framer.frame.tokens, framer.raw["last_words"]
    said = [t.text for t in tokens if t.kind != "punct"]
    ends = bool(said) and said[-1] in last
    return ends and not framer.frame.periods and not framer.frame.groups


def inherit(framer: Framer) -> Plan | None:
    """Fill the frame's empty slots from the last answer; returns that answer's plan when it was used."""
    previous = framer.ctx.previous
    if previous is None or not follows(framer):
        return None
    frame = framer.frame
    if not frame.metrics:
        swaps = _swap(framer)
        frame.metrics = [swaps.get(m, m) for m in previous.metrics]
        frame.groups = frame.groups or [swaps.get(g, g) for g in _kept_groups(framer, previous)]
    else:
        frame.groups = frame.groups or _kept_groups(framer, previous)
    _filters(framer, previous)
    _undo_stand_ins(framer, previous)
    _bind_subject(framer)
    _check_slots(framer)
    return previous


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
    if framer.frame.record:
        return []
    named = {f.dimension for f in framer.frame.filters if f.op == "in"}
    return [g for g in previous.group_by if g not in named]


def _filters(framer: Framer, previous: Plan) -> None:
    frame = framer.frame
    replaced = {f.dimension for f in frame.filters if f.op != "not_in"}
    added = {(f.dimension, f.op) for f in frame.filters}
    kept = [f for f in previous.filters if f.dimension not in replaced and (f.dimension, f.op) not in added]
    if frame.has("include", "restore"):
        back = {(f.dimension, v) for f in frame.filters if f.op == "in" for v in f.values}
        dropped = {d for d, _ in back if any(f.dimension == d and f.op == "not_in" for f in previous.filters)}
        kept = [f for f in kept if f.dimension not in dropped]
        frame.filters = [f for f in frame.filters if f.dimension not in dropped]
    frame.filters = _without_clash([*kept, *frame.filters])


def _without_clash(filters: list[Filter]) -> list[Filter]:
    """`used` then `drop certified`: a value left out leaves a list it stood in."""
    out: list[Filter] = []
    dropped = {(f.dimension, v) for f in filters if f.op == "not_in" for v in f.values}
    for item in filters:
        if item.op == "in":
            values = tuple(v for v in item.values if (item.dimension, v) not in dropped)
            out.append(item.model_copy(update={"values": values or item.values}))
        else:
            out.append(item)
    return out


def _undo_stand_ins(framer: Framer, previous: Plan) -> None:
    """A metric that stood in for another on one cut (units credited to salespeople) gives way when that cut is gone."""
    frame = framer.frame
    cuts = {*frame.groups, *(f.dimension for f in frame.filters)}
    named = framer.lexicon.section("named_slices")
    for name in list(frame.metrics):
        if name not in previous.metrics:
            continue
        origins = [(m, c) for m, info in framer.catalog.metrics.items() for c, target in info.variants if target == name and m not in named]
        if origins and not any(c in cuts for _, c in origins):
            frame.metrics = [origins[0][0] if m == name else m for m in frame.metrics]


def _check_slots(framer: Framer) -> None:
    """Slots carried over that the new metric cannot take are left out and said."""
    frame, lexicon = framer.frame, framer.lexicon
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
