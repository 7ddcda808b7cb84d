"""Figures that may stand for a group of people only: never for fewer than k, and no two whose difference isolates somebody."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from vendora_graph.contracts import Grain
from vendora_graph.errors import NotAllowedError
from vendora_graph.tools.access_gate import PERSON
from vendora_graph.tools.cells import Cut, Key, fetch_cells
from vendora_graph.tools.evaluate import needs_of
from vendora_graph.tools.requests import MetricQuery, Span

if TYPE_CHECKING:
    from vendora_graph.semantic.catalog import MetricInfo
    from vendora_graph.services import Scope, Services

MONTH: Grain = "month"
"""What is paid is paid by the month: figures of any period are held to the people of each month, so that two periods cannot be set off."""


async def check_groups(query: MetricQuery, limits: dict[str, int], services: Services, scope: Scope) -> None:
    """Refuse figures that stand for too few people.

    Args:
        query: What is asked.
        limits: The least number of people by metric, for the metrics that have one.
        services: For the people behind the figures.
        scope: Who asks.

    Raises:
        NotAllowedError: A group is smaller than k, or could be set against an earlier answer to isolate somebody.
    """
    spans = [query.period, *([query.compare] if query.compare else [])]
    for metric, k in sorted(limits.items()):
        for span in spans:
            await _check(metric, k, span, query, services, scope)


async def _check(metric: str, k: int, span: Span, query: MetricQuery, services: Services, scope: Scope) -> None:
    info = services.catalog.metrics[metric]
    if PERSON not in info.dimensions:
        raise NotAllowedError(f"{info.label} cannot be shown: it is not known for how many people it stands.")
    by = tuple(d for d in query.group_by if d != PERSON)
    needs = list(needs_of(metric, span, services).values())
    cells = await fetch_cells(needs, Cut((*by, PERSON), MONTH, query.where), services, scope, purpose="second")
    people: dict[str, dict[Key, set[str]]] = defaultdict(lambda: defaultdict(set))
    found_keys = cells.keys()
    for *place, person, month in found_keys:
        people[month][tuple(place)].add(person)
    groups = {month: [frozenset(found) for _, found in sorted(places.items())] for month, places in sorted(people.items())}
    if PERSON in query.group_by or any(len(group) < k for found in groups.values() for group in found):
        raise too_few(info, k)
    for month, found in groups.items():
        await remember(info, month, found, k, services, scope)


def too_few(info: MetricInfo, k: int) -> NotAllowedError:
    """Return the refusal of a group that is too small."""
    return NotAllowedError(f"{info.label} is shown only for groups of at least {k} people. Ask for a larger one, the whole store.")


async def remember(
    info: MetricInfo, month: str, groups: list[frozenset[str]], k: int, services: Services, scope: Scope
) -> None:
    """Remember that sums over these people are shown for a month.

    Raises:
        NotAllowedError: Beside what was shown before they would isolate somebody.
    """
    asker = (scope.principal.user_id, scope.principal.role, info.name, month)
    if not await services.shown.show(asker, list(dict.fromkeys(groups)), k):
        raise NotAllowedError(f"{info.label} of this group, beside what was shown before, would tell what fewer than {k} people earn.")
