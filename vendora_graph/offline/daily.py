"""Daily: `who writes the most tickets a day`: a rate per person and day where the model has one, else no total in its place."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer

_RATES = frozenset({"ratio", "average", "median"})


def take_daily(framer: Framer) -> None:
    """Take the daily form of a measure by the people it is cut by (`daily_forms` of the vocabulary)."""
    frame, forms = framer.frame, framer.lexicon.section("daily_forms")
    if not frame.has("average_day"):
        return
    for metric in list(frame.metrics):
        form = next((str(to) for person, to in (forms.get(metric) or {}).items() if person in frame.groups), "")
        if form in framer.catalog.metrics:
            frame.metrics = [form if m == metric else m for m in frame.metrics]
            frame.metric_spans.setdefault(form, frame.metric_spans.get(metric, frame.spans[0]))
            frame.cues.pop("grain_day", None)


def per_day(framer: Framer, plan: Plan) -> bool:
    """`ROs a day in October`: a total is no average of its days."""
    if not framer.frame.has("average_day") or plan.grain is not None:
        return False
    return not all(framer.catalog.metrics[m].additivity in _RATES for m in plan.metrics)
