"""Plans as short text, so that a case file can be read: `units_retail; by store; where new_or_used in used; 2026-10-01/2026-10-31`."""

from __future__ import annotations

from vendora_graph.contracts import Filter, Period, Plan, Reading


def shown(reading: Reading) -> str:
    """Return a reading in the form of the case files."""
    if reading.plan is None:
        return reading.status
    return "; ".join(part for part in _parts(reading.plan) if part)


def _parts(plan: Plan) -> list[str]:
    where = sorted(f"where {_filter(f)}" for f in plan.filters)
    return [
        f"[{plan.intent}] " + ", ".join(plan.metrics),
        ("by " + ", ".join(plan.group_by)) if plan.group_by else "",
        f"each {plan.grain}{' on average' if plan.averaged else ''}" if plan.grain else "",
        *where,
        _period(plan.period),
        _versus(plan),
        _ranked(plan),
        f"topic {plan.topic}" if plan.topic else "",
    ]


def _ranked(plan: Plan) -> str:
    if plan.ranking is None:
        return ""
    limit = f" {plan.ranking.limit}" if plan.ranking.limit else ""
    return f"rank {'change of ' if plan.ranking.change else ''}{plan.ranking.by} {plan.ranking.direction}{limit}"


def _filter(item: Filter) -> str:
    return f"{item.dimension} {item.op} {'|'.join(item.values)}"


def _period(period: Period | None) -> str:
    return f"{period.start}/{period.end}" if period else ""


def _versus(plan: Plan) -> str:
    if plan.comparison is None:
        return ""
    return f"vs {plan.comparison.kind} {_period(plan.comparison.period)}".strip()
