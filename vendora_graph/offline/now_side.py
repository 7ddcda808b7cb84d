"""Now as a side: `parts inventory end of June vs now`: of a position, the day it is held for last is the other side."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.outcome import is_position
from vendora_graph.offline.periods import PeriodSpec


def take_now(framer: Framer) -> None:
    """Add "now" to the periods where it stands on one side of a comparison of positions, and one other period on the other."""
    frame = framer.frame
    if len(frame.periods) != 1 or not frame.metrics or not all(is_position(framer, m) for m in frame.metrics):
        return
    said = [i for i, t in enumerate(frame.tokens) if t.text in framer.raw["now_words"]]
    cues = [frame.spans[i] for i in frame.cues.get("compare", ())]
    sides = [(min(at, frame.periods[0][0]), max(at, frame.periods[0][0])) for at in said]
    if frame.periods[0][1].op != "now" and any(first < cue.start < last for first, last in sides for cue in cues):
        frame.periods.append((said[0], PeriodSpec("now")))
        frame.bound[said[0]] = "period"
