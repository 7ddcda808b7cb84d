"""Own rows: `tech efficiency, bottom 3`: an order or a limit over nothing named is over those the measure is of by its name."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, can_cut

_PEOPLE = "person"


def rows_of_measure(framer: Framer) -> None:
    """Group by the people a measure's label names, where so many of it or those under a limit are asked for and no grouping is."""
    frame, known = framer.frame, framer.catalog.dimensions
    limited = any(f.dimension in frame.metrics for f in frame.filters)
    asked = (frame.ranked and frame.limit is not None) or limited
    if not asked or frame.groups or frame.record or frame.grain is not None or len(frame.metrics) != 1 or frame.has("share", "compare"):
        return
    if frame.tokens[0].text in {*framer.raw["yes_no_openers"], *framer.raw["will_words"]}:  # `are we above 85% proficiency`
        return
    words = framer.lexicon.normaliser.tokens
    label = {t.stem for t in words(framer.catalog.metrics[frame.metrics[0]].label)}
    people = [n for n, d in known.items() if d.kind == _PEOPLE and {t.stem for t in words(d.label)} <= label]
    fitting = [name for name in people if can_cut(framer.lexicon, frame.metrics[0], name)]
    if len(fitting) == 1 and not any(f.dimension == fitting[0] for f in frame.filters):
        frame.groups = fitting
