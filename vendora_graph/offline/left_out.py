"""Periods left out: `excluding November`, `leave out July`: what is cut off the stretch asked for."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.period_math import ONE_DAY, Clock, Resolved, Stretch, cut
from vendora_graph.offline.period_ops import resolve


def take_left_out(framer: Framer) -> None:
    """Move the periods that stand right after a word that excludes from those asked for to those left out."""
    frame = framer.frame
    for item in list(frame.periods):
        at = item[0]
        while at > 0 and frame.tokens[at - 1].text in framer.raw["articles"]:
            at -= 1
        if "exclude" in framer.cues_ending(at) and not _falls(framer, at):
            frame.periods.remove(item)
            frame.left_out.append((at, item[1]))


def _falls(framer: Framer, at: int) -> bool:
    """`why did gross drop last month`: the word says that a figure fell, it excludes nothing."""
    frame = framer.frame
    if frame.tokens[at - 1].text not in framer.raw["falls"]:
        return False
    named = any(span.end == at - 1 and of_kind(span, "metric", "rule", "hint") for span in frame.spans)
    return named or frame.has("why") or (at > 1 and frame.tokens[at - 2].text in framer.raw["articles"])


def without_left_out(framer: Framer, clock: Clock, resolved: Resolved | None) -> Resolved | None:
    """Return the stretch without what is left out at one of its ends; a hole in its middle is noted to be asked about."""
    for at, spec in framer.frame.left_out:
        out = resolve(spec, clock)
        if resolved is None or out is None:
            continue
        period, gone = resolved.period, out.period
        _bind_cue(framer, at)
        if gone.start > period.end or gone.end < period.start:
            minus = framer.frame.tokens[at - 1].text in framer.raw["minus_words"]
            framer.frame.scattered = framer.frame.scattered or minus  # `September front minus October front`: nothing of it can be left out
            continue
        if period.start < gone.start and gone.end >= period.end:
            resolved = cut(Stretch(period.start, gone.start - ONE_DAY), clock)
        elif gone.start <= period.start and gone.end < period.end:
            resolved = cut(Stretch(gone.end + ONE_DAY, period.end), clock)
        else:
            framer.frame.hole = gone.label
    return resolved


def _bind_cue(framer: Framer, at: int) -> None:
    """Mark the word that excludes as used by the period after it."""
    for index, span in enumerate(framer.frame.spans):
        if span.end == at and index in framer.frame.cues.get("exclude", ()):
            framer.frame.bound.update(dict.fromkeys(range(span.start, span.end), "period"))
