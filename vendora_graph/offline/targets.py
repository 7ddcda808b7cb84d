"""Against target: the call of `compare_to_target`. Pure and deterministic."""

from __future__ import annotations

from typing import Any

from vendora_graph.offline.asked import Asked, Call, span
from vendora_graph.offline.target_words import PLAIN, compares, source_of

TOOL = "compare_to_target"


def target_calls(asked: Asked) -> tuple[Call, ...]:
    """Return the comparison with the target on file, where the plan asks for one and for nothing more complex."""
    plan = asked.plan
    if not compares(plan) or plan.intent not in PLAIN or plan.period is None or not plan.metrics:
        return ()
    args: dict[str, Any] = {
        "metrics": [name for name in plan.metrics if name in asked.catalog.metrics],
        "period": span(plan.period),
        "group_by": list(plan.group_by),
        "grain": plan.grain,
        "filters": [item.model_dump(mode="json") for item in plan.filters],
        "source": source_of(plan) or "budget",
    }
    return (Call(TOOL, args),)
