"""Two periods, one after the other: `units last month`, `same month last year`, then `percent change`: between those two."""

from __future__ import annotations

from vendora_graph.contracts import Period, Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.period_split import YEAR_BACK
from vendora_graph.offline.periods import PeriodSpec


def asked_before(plan: Plan, previous: Plan | None) -> Period | None:
    """Return the period that the last answers told the same measures of, before the plan's."""
    if previous is None or previous.period is None or plan.period is None or plan.comparison is not None:
        return None
    if plan.metrics != previous.metrics:
        return None
    return previous.earlier if previous.period == plan.period else previous.period


def two_asked(framer: Framer) -> tuple[Period, Period] | None:
    """Return the later and the former period where a follow-up asks for the change between the two shown last, or for both."""
    frame, previous = framer.frame, framer.ctx.previous
    worded = frame.has(f"versus_{frame.versus}")  # `are we up` only has a usual one
    if previous is None or not frame.carried or frame.periods or worded or previous.comparison is not None:
        return None
    first, last = previous.earlier, previous.period
    named = frame.metric_spans or frame.filters != list(previous.filters) or frame.has("why", "trend", "what_if")
    both = {t.text for t in frame.tokens} & {framer.raw["both_words"][0]}
    if first is None or last is None or named or not (frame.has("change", "compare") or both):
        return None
    later, former = (last, first) if last.start > first.start else (first, last)
    return (later, former) if former.end < later.start else None


def beside_comparison(framer: Framer, main: PeriodSpec | None, versus: PeriodSpec | None) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """`vs target`, then `and last year`: one more thing to hold the same figure against, and no other period of it."""
    frame, previous = framer.frame, framer.ctx.previous
    if main is None or versus is not None or previous is None or previous.comparison is None or not frame.carried:
        return main, versus
    opens = bool(frame.tokens) and frame.tokens[0].text == framer.raw["joiners"][0]
    back = main.op in YEAR_BACK or (main.op == "last" and main.word("unit") == "year")
    held = previous.comparison.kind in {"previous_period", "target", "explicit"} and frame.metrics == list(previous.metrics)
    return (None, main) if opens and back and held and len(frame.periods) == 1 else (main, versus)
