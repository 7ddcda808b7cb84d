"""Figures that are a restricted one in another dress (compensation by the ledger): held to groups of people like the figure itself."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from vendora_graph.tools.access_gate import PERSON
from vendora_graph.tools.aggregate_only import MONTH, remember, too_few
from vendora_graph.tools.cells import Cut, Key, Need, fetch_cells
from vendora_graph.tools.evaluate import needs_of
from vendora_graph.tools.requests import MetricQuery, Span

if TYPE_CHECKING:
    from vendora_graph.access import Derived
    from vendora_graph.services import Scope, Services

Groups = dict[str, dict[Key, frozenset[str]]]
"""The people behind each group of a month, by month."""


async def check_derived(query: MetricQuery, services: Services, scope: Scope) -> None:
    """Refuse figures that give away what too few people are paid.

    Args:
        query: What is asked.
        services: For the access rules and the people behind the figures.
        scope: Who asks.

    Raises:
        NotAllowedError: A group is smaller than the role's least, or could be set against an earlier answer to isolate somebody.
    """
    for access_class, derived in services.access.derived.items():
        k = services.access.least_people(scope.principal.role, access_class)
        if k <= 1 or not _gives_away(query, derived, services):
            continue
        for span in [query.period, *([query.compare] if query.compare else [])]:
            await _check(derived, k, span, query, services, scope)


def _dimensions(query: MetricQuery) -> tuple[str, ...]:
    return (*query.group_by, *(item.dimension for item in query.where))


def _gives_away(query: MetricQuery, derived: Derived, services: Services) -> bool:
    metrics = services.catalog.metrics
    if derived.part not in metrics or derived.people not in metrics:
        return False
    infos = [metrics[name] for name in query.metrics if name in metrics]
    if any(info.name == derived.part or derived.part in [item.metric for item in info.inputs] for info in infos):
        return True
    tables = set(metrics[derived.part].tables)
    return not set(derived.dimensions).isdisjoint(_dimensions(query)) and any(tables & set(info.tables) for info in infos)


async def _check(derived: Derived, k: int, span: Span, query: MetricQuery, services: Services, scope: Scope) -> None:
    info = services.catalog.metrics[derived.people]
    for month, groups in (await _groups(derived, span, query, services, scope)).items():
        if any(len(people) < k for people in groups.values()):
            raise too_few(services.catalog.metrics[derived.part], k)
        await remember(info, month, [people for _, people in sorted(groups.items())], k, services, scope)


async def _groups(derived: Derived, span: Span, query: MetricQuery, services: Services, scope: Scope) -> Groups:
    """Return the people behind every group that holds some of the part; those of a group nobody is known for are none."""
    through = dict.fromkeys(derived.through[name] for name in _dimensions(query) if name in derived.through)
    by = (*query.group_by, *(name for name in through if name not in query.group_by))
    known = services.catalog.metrics[derived.people].dimensions
    shared = [index for index, name in enumerate(by) if name in known]
    filters = tuple(item for item in query.where if item.dimension in known)
    parts = await fetch_cells(_needs(derived.part, span, services), Cut(by, MONTH, query.where), services, scope, purpose="second")
    cut = Cut((*(by[index] for index in shared), PERSON), MONTH, filters)
    paid = await fetch_cells(_needs(derived.people, span, services), cut, services, scope, purpose="second")
    people: dict[Key, set[str]] = defaultdict(set)
    found = paid.keys()
    for *place, person, month in found:
        people[(*place, month)].add(person)
    groups: dict[str, dict[Key, frozenset[str]]] = defaultdict(dict)
    for key in [key for column in parts.values.values() for key, value in column.items() if value]:
        behind = frozenset(people.get((*(key[index] for index in shared), key[-1]), ()))
        group = key[: len(query.group_by)]
        groups[key[-1]][group] = groups[key[-1]].get(group, frozenset()) | behind
    return groups


def _needs(metric: str, span: Span, services: Services) -> list[Need]:
    return list(needs_of(metric, span, services).values())
