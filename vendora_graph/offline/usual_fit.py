"""Usual measures beside conditions: of a scorecard nobody named, what can be limited as asked stays; what nothing can take is none."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.omissions import free_unfit
from vendora_graph.offline.variants import filters_of, variants_of

_COUNTED = "units"


def whole_card(framer: Framer) -> None:
    """`used car scorecard`: what is counted says of what the card is, and is no measure of its own."""
    frame, named = framer.frame, variants_of(framer.lexicon)
    counts = bool(frame.metrics) and all(m in named and framer.catalog.metrics[m].unit == _COUNTED for m in frame.metrics)
    if frame.has("card") and counts and not frame.groups:
        frame.filters.extend(item for m in frame.metrics for item in filters_of(named[m]) if item not in frame.filters)
        frame.metrics, frame.record = [], ""


def fit_usual(framer: Framer) -> None:
    """`why was September so bad on used`: of the usual measures those of used cars; `bad` is no kind of lead there."""
    frame = framer.frame
    cuts = {f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions}
    known = {cut for cut in cuts if any(can_cut(framer.lexicon, m, cut) for m in frame.metrics)}
    fitting = [m for m in frame.metrics if all(can_cut(framer.lexicon, m, cut) for cut in known)]
    if frame.has("pace") and cuts:  # targets are kept of what has a name of its own: `will we hit our used target`
        fitting = [m for m in fitting if _named(framer, m)][:1] or fitting
    told = framer.lexicon.vocabulary.get("explained") or ()
    frame.metrics = ([m for m in told if m in fitting] if frame.has("why") else []) or fitting or frame.metrics
    free_unfit(framer)
    opinions = set(framer.raw["opinions"])
    for at, token in enumerate(frame.tokens):
        if token.text in opinions:
            frame.bound.setdefault(at, "context")


def _named(framer: Framer, metric: str) -> bool:
    """Whether a measure has a name of its own under the conditions of the question (`units_used`)."""
    forms = (filters_of(entry) for entry in variants_of(framer.lexicon).values() if entry["base"] == metric)
    return any(own and all(item in framer.frame.filters for item in own) for own in forms)
