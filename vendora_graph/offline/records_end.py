"""Where the records of a measure end before the data does: the usual period lies where they are, and a later one says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from vendora_graph.contracts import Period
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.outcome import Outcome, text
from vendora_graph.offline.period_math import Clock, day_text, unit_start

_DAY, _SLACK = timedelta(days=1), timedelta(days=7)
"""Records of a rare thing may be some days apart."""


def held_clock(framer: Framer, clock: Clock) -> Clock:
    """Return the clock by which a usual period is chosen: of the day the measures' records end, where that is in an earlier month."""
    ends = _ends(framer)
    end = min(ends.values(), default=clock.data_through)
    if end >= unit_start(clock.data_through, "month"):
        return clock
    return replace(clock, as_of=end + _DAY, data_through=end)


def note_end(framer: Framer, period: Period | None, out: Outcome) -> None:
    """Say where the records of a measure end, when the period goes on for more than some days: what follows is no zero."""
    for metric, end in _ends(framer).items():
        later = period is not None and (period.end - end > _SLACK or (period.end == end and framer.ctx.data_through - end > _SLACK))
        if later:
            out.assumptions.append(text(framer, "records_end").format(label=framer.catalog.metrics[metric].label, day=day_text(end)))


def _ends(framer: Framer) -> dict[str, date]:
    return {m: framer.ctx.ends[m] for m in dict.fromkeys(framer.frame.metrics) if m in framer.ctx.ends}
