"""The plan of rows in the order of how much they moved (`moved_most` says where one is asked for)."""

from __future__ import annotations

from vendora_graph.contracts import Comparison, Period, Plan, Ranking
from vendora_graph.offline.compare import comparison_before
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.moved_most import moved_order, says_lost
from vendora_graph.offline.outcome import Outcome, clock_of


def ranked_by_change(framer: Framer, plan: Plan, out: Outcome) -> Plan:
    """The plan in the order of the change; without a period to hold it against, the one before."""
    order = moved_order(framer)
    if order is None or plan.period is None or not plan.metrics:
        return plan
    if plan.comparison is None and says_lost(framer):  # `which source lost the most leads`: those that came to nothing
        return plan
    comparison = plan.comparison or _before(framer, plan.period, out)
    if comparison is None or comparison.period is None or comparison.kind in {"values", "target", "benchmark"}:
        return plan
    ranking = Ranking(by=plan.metrics[0], direction=order, limit=framer.frame.limit, change=True)
    return plan.model_copy(update={"comparison": comparison, "ranking": ranking})


def _before(framer: Framer, period: Period, out: Outcome) -> Comparison | None:
    said: list[str] = []
    found = comparison_before(framer, clock_of(framer), period, said)
    out.assumptions.extend(said)
    return found
