"""What the data holds of a span: a period that begins before the data does is not whole, and nothing is compared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vendora_graph.errors import QuestionError
from vendora_graph.tools.spans import describe

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services
    from vendora_graph.tools.requests import Span


def is_half_held(span: Span, services: Services, scope: Scope) -> bool:
    """Tell whether the data begins inside a span: its figure is of a part of the days it names."""
    first, _ = services.profile.covers(scope.principal.dealership_ids)
    return span.start < first <= span.end


def check_comparison(against: Span | None, services: Services, scope: Scope) -> None:
    """Refuse a comparison with a period that is half held.

    Raises:
        QuestionError: Says from when on the data goes.
    """
    if against is not None and is_half_held(against, services, scope):
        first, _ = services.profile.covers(scope.principal.dealership_ids)
        said = describe(against.start, against.end)
        raise QuestionError(f"The data begins on {describe(first, first)}, so {said} is not whole and nothing is compared with it.")
