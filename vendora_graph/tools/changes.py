"""Change between two facts, as derived facts with their formula."""

from __future__ import annotations

from vendora_graph.contracts import Fact
from vendora_graph.evidence.arithmetic import change, difference

RATE_UNITS = ("rate", "points")


def change_facts(now: Fact, before: Fact, label: str) -> list[Fact]:
    """Return the difference and, where the metric is no rate, the change as a fraction of the earlier value.

    Rates differ in points; a percent change of a rate would mislead.
    """
    facts = [difference(now, before, label=f"Change in {label}")]
    if now.unit not in RATE_UNITS:
        facts.append(change(now, before, label=f"% change in {label}"))
    return facts
