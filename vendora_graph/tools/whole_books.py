"""Books kept by the month hold nothing for a part of one: a span that begins or ends inside a month is refused, whoever asks."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from vendora_graph.errors import QuestionError
from vendora_graph.tools.spans import ONE_DAY

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
    part = query.grain in ("day", "week") or not all(_is_whole(span, services.profile.data_through) for span in spans)
    running = any((span.end + ONE_DAY).day != 1 for span in spans)
    for name in query.metrics if part or running else ():
        books = _own_parts(name, services)
        if any(books) and (part or not all(books)):
            label = services.catalog.metrics[name].label
            raise QuestionError(f"{label} is kept by the month and has no figure for a part of one. Ask for whole months.")


def is_kept_by_month(metric: str, services: Services) -> bool:
    """Tell whether a part of a metric is read, for the days asked, from books that are written once a month."""
    return any(_own_parts(metric, services))


def _own_parts(metric: str, services: Services) -> list[bool]:
    """Return, for each part of a metric that is read for the days asked, whether it stands in such books."""
    if services.catalog.metrics[metric].value_dimension:
        return []
    own = (services.catalog.metrics[part.metric] for part in services.engine.components(metric) if not part.moved)
    return [services.profile.books_end(info) is not None for info in own]


def runs(metric: str, span: Span, services: Services) -> bool:
    """Tell whether the books of a metric are not whole for a span, because its last month is not over: it is like no other then."""
    return (span.end + ONE_DAY).day != 1 and is_kept_by_month(metric, services)


def _is_whole(span: Span, through: date) -> bool:
    """Tell whether a span is whole months, the last of which may be the one that the data ends in."""
    running = (span.end.year, span.end.month) == (through.year, through.month) and span.end >= through
    return span.start.day == 1 and ((span.end + ONE_DAY).day == 1 or running)
