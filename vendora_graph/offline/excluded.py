"""Excluded: `excluding lease deals`, `without internal repair orders`: the noun behind a value left out names nothing of its own."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut, cue_names, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.spans import Span

_COUNTED = frozenset({"units", "count"})


def excluded_spans(framer: Framer) -> None:
    """Read what follows a word that excludes as the value it begins with; the noun after it only says of what."""
    frame = framer.frame
    measures = [span for span in frame.spans if of_kind(span, "metric", "rule")]
    for span in frame.spans:
        others = [o for o in measures if o is not span]
        if not (others or framer.inherits()) or not framer.after_cue(span, {"exclude"}, framer.raw["between_cue_and_value"]):
            continue
        found = _value_first(framer, span) if of_kind(span, "metric") and not of_kind(span, "value") else None
        noun = next((o for o in others if o.start == span.end and _plain(framer, o)), None) if of_kind(span, "value") else None
        if found is not None:
            _replace(framer, span, found)
        elif noun is not None and (len(others) > 1 or framer.inherits()):
            _replace(framer, noun, None)
        else:
            continue
        return


def only_spans(framer: Framer) -> None:
    """Set rate by channel, then `only new car leads`: of what was shown the new ones, and no count of leads."""
    frame, previous = framer.frame, framer.ctx.previous
    cue = next((s for s in frame.spans if "only" in cue_names(s)), None)
    if cue is None or previous is None or not framer.inherits():
        return
    tokens, start = frame.tokens, cue.end
    for end in range(len(tokens) - 1, start, -1):
        values = tuple(s for s in framer.lexicon.senses(compact(tokens[start:end])) if s.kind == "value")
        values = tuple(s for s in values if all(can_cut(framer.lexicon, m, s.key) for m in previous.metrics))
        rest = [framer.lexicon.senses(token.stem) for token in tokens[end:] if token.content]
        if any({t.stem, t.text} & set(framer.raw["joiners"]) for t in tokens[end:]):
            continue  # `just service and parts`: a row of values
        named = {m for span in frame.spans if span.start >= start for m in of_kind(span, "metric")}
        if values and rest and named and all(any(_thing(framer, s) for s in senses) for senses in rest):
            frame.spans = (*(s for s in frame.spans if s.end <= start), Span(start, end, values))
            frame.bound.update(dict.fromkeys(range(end, len(tokens)), "label of what is shown"))
            return


def _replace(framer: Framer, old: Span, new: Span | None) -> None:
    start = new.end if new is not None else old.start
    framer.frame.bound.update(dict.fromkeys(range(start, old.end), "label of left out"))
    framer.frame.spans = tuple(s for o in framer.frame.spans if (s := new if o is old else o) is not None)


def _value_first(framer: Framer, span: Span) -> Span | None:
    """The value a measure's name begins with, where a noun of things is all that follows (`lease` of `lease deals`)."""
    tokens = framer.frame.tokens
    for end in range(span.end - 1, span.start, -1):
        values = tuple(s for s in framer.lexicon.senses(compact(tokens[span.start : end])) if s.kind == "value")
        rest: list[Sense] = list(framer.lexicon.senses(compact(tokens[end : span.end])))
        if values and any(_thing(framer, s) for s in rest):
            return replace(span, end=end, senses=values)
    return None


def _plain(framer: Framer, span: Span) -> bool:
    """Whether a measure is named by a noun of things alone (`deals`, `repair orders`)."""
    general = framer.lexicon.normaliser.key(framer.frame.said(span)) in framer.lexicon.general_names
    return general and any(_thing(framer, s) for s in span.senses)


def _thing(framer: Framer, sense: Sense) -> bool:
    """Whether a sense is of things (`deals`), not of an amount (`gross`)."""
    info = framer.catalog.metrics.get(sense.key) if sense.kind in {"metric", "hint"} else None
    return info.unit in _COUNTED if info is not None else sense.kind == "dimension"


def idle_exclusion(framer: Framer, plan: Plan) -> str:
    """`leave out anybody who left` after an answer: something was to be left out, and every condition is the last answer's."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not framer.inherits() or frame.metric_spans or frame.flat or plan.group_by != previous.group_by:
        return ""
    cues = [frame.spans[i] for i in frame.cues.get("exclude", ())]
    idle = next((c for c in cues if frame.bound.get(c.start) == "cue exclude"), None)
    same = set(plan.filters) == set(previous.filters) and plan.period == previous.period
    return frame.said(idle) if idle is not None and same else ""
