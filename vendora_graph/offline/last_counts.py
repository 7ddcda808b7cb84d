"""Counts of the last answer: an amount or a rate, then `how many cars was that`: how many of what it was made on."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.kinds import counting
from vendora_graph.offline.variants import base_of

_COUNTS = frozenset({"units", "count"})


def counted_last(framer: Framer) -> bool:
    """Whether a count is asked for by a pronoun: a plain noun beside it is what the figure of the last answer was made on."""
    said = {t.text for t in framer.frame.tokens}
    return counting(framer) and bool(said & {*framer.raw["pointing_words"], *framer.raw["last_words"]}) and not framer.frame.groups


def its_count(framer: Framer, previous: Plan) -> None:
    """Take the count that the last figure rests on, where the words name one of that kind (`surveys`, `cars`)."""
    frame, known = framer.frame, framer.catalog.metrics
    own = _count_of(framer, previous.metrics[0])
    if not own or not frame.metrics or not counted_last(framer) or frame.periods or frame.filters:
        return
    plain = len(frame.metrics) == 1 and known[frame.metrics[0]].unit == known[own].unit == "units"
    if plain or {own, previous.metrics[0]} & set(frame.metrics):
        frame.metrics = [own]


def _count_of(framer: Framer, metric: str) -> str:
    """Return the count a measure rests on; of a count, itself."""
    known = framer.catalog.metrics
    if known[metric].unit in _COUNTS:
        return metric
    other = framer.lexicon.section("counts").get(base_of(framer.lexicon, metric)) or known[metric].count_metric
    return str(other) if other in known else ""
