"""What is worked out for the whole, or for one named part, and not by parts: forecasts, anomalies, benchmarks."""

from __future__ import annotations

from collections.abc import Mapping

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.leftover import beside_report
from vendora_graph.offline.what_if import CHANGES, Doubts


def _by_parts(framer: Framer, plan: Plan) -> str:
    """Return the groupings asked for: `forecast units by store`; what moved between two periods is shown by parts."""
    if framer.frame.carried or (plan.intent == "anomalies" and plan.comparison is not None):
        return ""
    which = _which(framer) if plan.intent == "anomalies" and not plan.group_by else ""
    return which or ", ".join(framer.catalog.dimensions[name].label.lower() for name in plan.group_by if name in framer.catalog.dimensions)


def _which(framer: Framer) -> str:
    """`which expenses look out of line`: single ones of what the measure adds up are asked for."""
    ends = {framer.frame.spans[i].end for i in framer.frame.cues.get("which", ())}
    spans = (span for name, span in framer.frame.metric_spans.items() if name in framer.frame.metrics and span.start in ends)
    return next((f"single {framer.frame.said(span)}" for span in spans), "")


_WHOLE: Doubts = (("by_parts", _by_parts),)
_REPORT: Doubts = (("unplaced", beside_report),)
BY_INTENT: Mapping[str, Doubts] = {"what_if": CHANGES, "forecast": _WHOLE, "anomalies": _WHOLE, "benchmark": _WHOLE, "report": _REPORT}
"""What is asked back of a complex question, by its intent."""
