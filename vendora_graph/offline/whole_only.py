"""What is worked out for the whole, or for one named part, and not by parts: forecasts, anomalies, benchmarks."""

from __future__ import annotations

from collections.abc import Mapping

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.what_if import CHANGES, Doubts


def _by_parts(framer: Framer, plan: Plan) -> str:
    """Return the groupings asked for: `forecast units by store`; what moved between two periods is shown by parts."""
    if framer.frame.carried or (plan.intent == "anomalies" and plan.comparison is not None):
        return ""
    return ", ".join(framer.catalog.dimensions[name].label.lower() for name in plan.group_by if name in framer.catalog.dimensions)


_WHOLE: Doubts = (("by_parts", _by_parts),)
BY_INTENT: Mapping[str, Doubts] = {"what_if": CHANGES, "forecast": _WHOLE, "anomalies": _WHOLE, "benchmark": _WHOLE}
"""What is asked back of a complex question, by its intent."""
