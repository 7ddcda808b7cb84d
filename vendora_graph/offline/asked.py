"""What planning and narrating work on: a reading with its surroundings, and tool calls."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vendora_graph.contracts import Filter, Period, Plan, Reading
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.semantic.catalog import Catalog

STORE = "store"
"""The dimension of the asker's places."""


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call with an id that is a hash of what it asks: the same question asks with the same ids."""

    tool: str
    args: dict[str, Any]

    @property
    def id(self) -> str:
        """Return the call's id."""
        body = json.dumps([self.tool, self.args], sort_keys=True)
        return "off_" + hashlib.sha256(body.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Asked:
    """A reading with what planning needs around it.

    `revision` counts the drafts the validator has sent back; `last_months` gives the last month written (2026-10) of metrics kept by month.
    """

    question: str
    reading: Reading
    catalog: Catalog
    calendar: SellingCalendar
    data_start: date
    revision: int = 0
    open_months: tuple[str, ...] = ()
    data_through: date | None = None
    last_months: Mapping[str, str] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """Return the plan of the reading."""
        return self.reading.plan or Plan()


def span(period: Period) -> dict[str, str]:
    """Return a period as tool arguments."""
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}


_KINDS_OF_WHOLE = frozenset({"new_or_used", "vehicle_class"})


def limited(plan: Plan) -> bool:
    """Whether rows are limited by their own figure (`months over 140 units`): they are no line from a first to a last point."""
    return any(item.dimension in plan.metrics for item in plan.filters)


def share_filter(plan: Plan) -> Filter | None:
    """Return the filter that names the part where a share is asked for; the others say of what. None when that is not clear."""
    if plan.grain is not None:
        return None
    return part_of(plan)


def part_of(plan: Plan) -> Filter | None:
    """Return the one filter that names a part, of a figure or of each of its periods."""
    if len(plan.metrics) != 1 or plan.group_by or plan.comparison is not None:
        return None
    parts = [item for item in plan.filters if item.dimension not in _KINDS_OF_WHOLE] or list(plan.filters)
    return parts[0] if len(parts) == 1 else None
