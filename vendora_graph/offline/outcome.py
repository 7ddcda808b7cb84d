"""Outcome: a plan on its way to the asker, with what was assumed; and the clock it is dated by."""

from __future__ import annotations

from dataclasses import dataclass, field

from vendora_graph.contracts import Complexity, Period, Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.period_math import Clock, Resolved


@dataclass(slots=True)
class Outcome:
    """A plan with what was assumed on the way, and the complete period offered beside a running one.

    `stretch` is the period that was asked for where a position is read on its last day.
    """

    plan: Plan
    complexity: Complexity = "simple"
    assumptions: list[str] = field(default_factory=list)
    other_period: Period | None = None
    bad_period: bool = False
    resolved: Resolved | None = None
    stretch: Period | None = None


def clock_of(framer: Framer) -> Clock:
    """Return the clock of the asker; the weekday calendar is the department's of the first metric."""
    ctx = framer.ctx
    info = framer.catalog.metrics.get(framer.frame.metrics[0]) if framer.frame.metrics else None
    entry = framer.lexicon.section("departments").get(info.department if info else "") or {}
    return Clock(ctx.as_of, ctx.data_start, ctx.data_through, ctx.calendar, str(entry.get("calendar", "sales")))


def text(framer: Framer, name: str) -> str:
    """Return an assumption's sentence."""
    return str(framer.raw["texts"]["assume"][name])


def is_position(framer: Framer, metric: str) -> bool:
    """Whether a metric is read at a moment: a snapshot, or computed from one or over windows that end with the day."""
    info = framer.catalog.metrics[metric]
    if info.snapshot:
        return True
    inputs = [i for i in info.inputs if i.metric in framer.catalog.metrics]
    windowed = [i.window_days is not None or i.window_months is not None or i.all_time for i in inputs]
    return bool(inputs) and all(w or framer.catalog.metrics[i.metric].snapshot for w, i in zip(windowed, inputs, strict=True))
