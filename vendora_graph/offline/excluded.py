"""Excluded: `excluding lease deals`, `without internal repair orders`: the noun behind a value left out names nothing of its own."""

from __future__ import annotations

from dataclasses import replace

from vendora_graph.offline.frame import Framer, of_kind
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
