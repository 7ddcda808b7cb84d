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


def rests_on(framer: Framer) -> None:
    """`NPS for Q3, and how many surveys is that based on`: the count behind a rate, beside it."""
    frame, known = framer.frame, framer.catalog.metrics
    said = " ".join(t.text for t in frame.tokens)
    named = [m for m in frame.metrics if m in frame.metric_spans]  # `surveys` alone is a word for the scores
    own = _count_of(framer, named[0]) if len(named) == 1 else ""
    asked = counting(framer) and any(phrase in said for phrase in framer.raw["based_on"])
    if asked and own and own not in frame.metrics and known[own].unit in _COUNTS:
        frame.metrics = [*named, own]
        for at, token in enumerate(frame.tokens):
            if token.text in framer.raw["based_words"]:
                frame.bound.setdefault(at, f"metric {own}")


def reasons_of(framer: Framer) -> None:
    """`how many unwinds did we have, and why`: by the reason that is held of each (`count_reasons` of the vocabulary)."""
    frame, why = framer.frame, [framer.frame.spans[i] for i in framer.frame.cues.get("why", ())]
    reason = framer.lexicon.section("count_reasons").get(frame.metrics[0]) if len(frame.metrics) == 1 else None
    last = max((i for i, t in enumerate(frame.tokens) if t.kind != "punct"), default=-1)
    if reason in framer.catalog.dimensions and why and why[0].end == last + 1 and why[0].start and counting(framer):
        frame.groups.append(str(reason))
        del frame.cues["why"]
        frame.bind(why[0], f"group {reason}")
