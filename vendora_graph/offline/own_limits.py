"""Own limits: a rate that is of what lies past a limit by its own definition (`obsolescence`: 12 months) is not limited a second time."""

from __future__ import annotations

import itertools
from decimal import Decimal

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import Framer


def drop_own_limit(framer: Framer) -> None:
    """`obsolescence over 12 months`: the limit said is the measure's own, and no condition besides it."""
    frame = framer.frame
    frame.filters = [f for f in frame.filters if not any(_own(framer, m, f) == Decimal(f.values[0]) for m in frame.metrics if _one(f))]


def other_limit(framer: Framer, plan: Plan) -> str:
    """`obsolescence over 9 months`: another limit than the measure's own would be a share of a part."""
    for item in plan.filters:
        label = next((framer.catalog.metrics[m].label for m in plan.metrics if _own(framer, m, item) is not None), "")
        if label:
            return f"{framer.catalog.dimensions[item.dimension].label.lower()} {' '.join(item.values)}"
    return ""


def _one(item: Filter) -> bool:
    return len(item.values) == 1 and item.values[0].replace(".", "", 1).isdigit()


def _own(framer: Framer, metric: str, item: Filter) -> Decimal | None:
    """The number of a column's unit that the formula of a rate names (`value without a sale for 12 months / inventory`)."""
    column, info = framer.catalog.dimensions.get(item.dimension), framer.catalog.metrics.get(metric)
    if column is None or info is None or column.kind != "numeric" or not column.unit or info.unit != "rate":
        return None
    tokens = framer.lexicon.normaliser.tokens(info.formula)
    unit = framer.lexicon.normaliser.stem(str(column.unit))
    return next((a.number for a, b in itertools.pairwise(tokens) if a.number is not None and b.stem == unit), None)
