"""What the metric tools can be asked for: small frozen schemas and their canonical form."""

from __future__ import annotations

import json
from datetime import date
from typing import Literal

from pydantic import Field

from vendora_graph.contracts import Contract, Filter, Grain


class Span(Contract):
    """Two store-local days, both included."""

    start: date
    end: date


class OrderBy(Contract):
    """Order of the rows by one of the metrics, or (`change`) by how much it moved against `compare`."""

    by: str
    direction: Literal["desc", "asc"] = "desc"
    change: bool = False


class MetricQuery(Contract):
    """Fetch metrics from the semantic model. Figures come back as references; quote those, never digits.

    A table of records (units, deals, repair orders) is a query grouped by a record dimension.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=12, description="Metric names, exactly as in the vocabulary.")
    period: Span = Field(description="First and last day. Snapshot metrics are read on the last day.")
    group_by: tuple[str, ...] = Field(default=(), max_length=3, description="Dimension names.")
    grain: Grain | None = Field(default=None, description="Give one row a day, week, month, quarter or year.")
    filters: tuple[Filter, ...] = Field(
        default=(), max_length=8, description="Conditions on dimensions; one that names a metric of this query is on the group's figure."
    )
    compare: Span | None = Field(default=None, description="A second period; code adds the change.")
    order_by: OrderBy | None = None
    limit: int | None = Field(default=None, ge=1, le=500)
    total: bool = Field(default=False, description="Add the total over the same filters as the last row.")
    share_of: tuple[Filter, ...] | None = Field(
        default=None, max_length=8, description="Add each row's share of the whole under these conditions (the same filters, or fewer)."
    )

    @property
    def where(self) -> tuple[Filter, ...]:
        """Return the conditions on rows."""
        return tuple(item for item in self.filters if item.dimension not in self.metrics)

    @property
    def having(self) -> tuple[Filter, ...]:
        """Return the conditions on a group's own figure: those that name one of the metrics."""
        return tuple(item for item in self.filters if item.dimension in self.metrics)

    def canonical(self) -> str:
        """Return the JSON the evidence keeps of this request (sorted keys, no spaces)."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
