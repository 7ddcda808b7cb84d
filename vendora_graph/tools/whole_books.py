"""Books kept by the month hold nothing for a part of one: a span that begins or ends inside a month is refused, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from vendora_graph.errors import QuestionError
from vendora_graph.tools.spans import ONE_DAY
from vendora_graph.warehouse.profile import snapshot_key

if TYPE_CHECKING:
    from vendora_graph.services import Services
    from vendora_graph.tools.requests import MetricQuery, Span


def check_whole_months(query: MetricQuery, services: Services) -> None:
    """Refuse a metric of such books for a part of a month, or by a finer grain.

    The month that still runs may be asked for to date, unless the books are set against what is counted by the day (cost per lead).

    Raises:
        QuestionError: Says what to ask for instead.
    """
    spans = [query.period, *([query.compare] if query.compare is not None else [])]
    fine = query.grain in ("day", "week") or not all(_is_whole(span, services.profile.data_through) for span in spans)
    over = all((span.end + ONE_DAY).day == 1 for span in spans)
    kept = [name for name in query.metrics if (fine or not over) and is_kept_by_month(name, services)]
    kept = [name for name in kept if fine or _counts_days_too(name, services)]
    if kept:
        label = services.catalog.metrics[kept[0]].label
        raise QuestionError(f"{label} is kept by the month and has no figure for a part of one. Ask for whole months.")


def is_kept_by_month(metric: str, services: Services) -> bool:
    """Tell whether a part of a metric is read, for the days asked, from books that are written once a month."""
    return any(_own_parts(metric, services))


def _counts_days_too(metric: str, services: Services) -> bool:
    return not all(_own_parts(metric, services))


def _own_parts(metric: str, services: Services) -> list[bool]:
    """Return, for each part of a metric that is read for the days asked, whether it stands in such books."""
    if services.catalog.metrics[metric].value_dimension:
        return []
    parts = services.engine.components(metric)
    own = [p for p in parts if not (p.window_days or p.window_months or p.to_date or p.all_time or p.shift_count or p.shift_to)]
    return [snapshot_key(services.catalog.metrics[part.metric]) in services.profile.written for part in own]


def runs(metric: str, span: Span, services: Services) -> bool:
    """Tell whether the books of a metric are not whole for a span, because its last month is not over: it is like no other then."""
    return (span.end + ONE_DAY).day != 1 and is_kept_by_month(metric, services)


def _is_whole(span: Span, through: date) -> bool:
    """Tell whether a span is whole months, the last of which may be the one that the data ends in."""
    running = (span.end.year, span.end.month) == (through.year, through.month) and span.end >= through
    return span.start.day == 1 and ((span.end + ONE_DAY).day == 1 or running)
