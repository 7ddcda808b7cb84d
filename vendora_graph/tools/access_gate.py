"""What a role may ask: refused before any analyst works, and again in every tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vendora_graph.contracts import Filter, Plan, Principal, Reading
from vendora_graph.errors import NotAllowedError
from vendora_graph.state import Routing

if TYPE_CHECKING:
    from vendora_graph.access import Access
    from vendora_graph.semantic.catalog import Catalog, MetricInfo
    from vendora_graph.services import Services


PERSON = "employee"
"""The dimension that holds every employee: the people behind pay."""

OWN_ONLY = "Only your own figures are shown:"
"""How an answer says that it was held to the asker's own rows."""

WIDE_MY = '"My" is read as the '
"""How the reader says that "my" was taken for a department or the store; no longer true once only own rows are shown."""


def row_filters(
    info: MetricInfo, dimensions: tuple[str, ...], filters: tuple[Filter, ...], principal: Principal, services: Services
) -> tuple[Filter, ...]:
    """Return the filters that hold a role to its own rows.

    Args:
        info: The metric asked for.
        dimensions: What it is grouped and filtered by.
        filters: The filters themselves.
        principal: Who asks.
        services: For the access rules.

    Raises:
        NotAllowedError: The role may not see the metric, or not cut that way; the message says who may.
    """
    access = access_to(info, dimensions, principal, services)
    if not access.allowed:
        raise NotAllowedError(access.reason)
    _check_dimensions(dimensions, principal, services)
    if access.scope != "own":
        return ()
    own = own_dimension(info, principal, services)
    if principal.person_name is None:
        raise NotAllowedError("Your role sees its own figures only, and it is not known who asks: give your employee id.")
    if own is None:
        label = services.access.roles[principal.role].label
        raise NotAllowedError(f"Your role sees its own figures only, and {info.label} is not kept by {label}.")
    if any(item.dimension == own and _names_another(item, principal.person_name) for item in filters):
        raise NotAllowedError(f"{access.reason or 'You may see your own figures only.'} Ask a manager for another person's.")
    return (Filter(dimension=own, op="in", values=(principal.person_name,)),)


def _names_another(item: Filter, person: str) -> bool:
    """`me vs Jason`: one's own rows beside another person's are not one's own."""
    return person not in item.values or (item.op == "in" and len(item.values) > 1)


def _check_dimensions(dimensions: tuple[str, ...], principal: Principal, services: Services) -> None:
    """Refuse a cut by a dimension whose own values the role may not see (gross of a deal, a technician's name)."""
    for name in dimensions:
        found = services.catalog.dimensions.get(name)
        if found is None or not found.access:
            continue
        by_person = found.kind == "person"
        decided = services.access.decide(principal.role, access_class(found.access, services, by_person=by_person), by_person=by_person)
        if not decided.allowed:
            raise NotAllowedError(decided.reason)


def access_to(info: MetricInfo, dimensions: tuple[str, ...], principal: Principal, services: Services) -> Access:
    """Return what a role may see of a metric cut by these dimensions."""
    known = services.catalog.dimensions
    by_person = any(known[d].kind == "person" for d in dimensions if d in known)
    governing = access_class(info.access, services, by_person=by_person)
    return services.access.decide(
        principal.role, governing, by_person=by_person, family=info.family, department=info.department, name=info.name
    )


def own_rows(reading: Reading, principal: Principal, services: Services) -> Reading:
    """Return the reading with the filters that hold the asker to its own rows: what is validated is what may be answered."""
    plan = reading.plan
    if plan is None:
        return reading
    dimensions = (*plan.group_by, *(item.dimension for item in plan.filters))
    filters = list(plan.filters)
    for name in plan.metrics:
        if name not in services.catalog.metrics:
            continue
        try:
            extra = row_filters(services.catalog.metrics[name], dimensions, plan.filters, principal, services)
        except NotAllowedError:
            return reading
        filters += [item for item in extra if item not in filters]
    if len(filters) == len(plan.filters):
        return reading
    told = tuple(said for said in reading.assumptions if not said.startswith(WIDE_MY))
    only = f"{OWN_ONLY} {principal.person_name}."
    return reading.model_copy(update={"plan": plan.model_copy(update={"filters": tuple(filters)}), "assumptions": (*told, only)})


def held_to_own(reading: Reading) -> bool:
    """Say whether an answer to this reading shows the asker's own rows although more was asked for."""
    return any(said.startswith(OWN_ONLY) for said in reading.assumptions)


def access_class(name: str, services: Services, *, by_person: bool) -> str:
    """Return the class that governs a metric: its own, or the stricter one for figures by person; unlisted ones are open."""
    stricter = f"{name}_by_person"
    if by_person and stricter in services.access.labels:
        return stricter
    return name if name in services.access.labels or stricter not in services.access.labels else ""


def own_dimension(info: MetricInfo, principal: Principal, services: Services) -> str | None:
    """Return the person dimension that holds the asker's own rows of a metric: that of the role, or the one of every employee."""
    wanted = services.access.person_dimension(principal.role)
    return next((name for name in (wanted, PERSON) if name in info.dimensions), None)


def gated(routing: Routing, reading: Reading, principal: Principal, services: Services) -> Routing:
    """Return the routing, turned into a refusal where the plan asks for what the role may not see."""
    if routing.status != "plan" or reading.plan is None:
        return routing
    try:
        for name, dimensions in _asked(reading.plan, services.catalog):
            row_filters(services.catalog.metrics[name], dimensions, reading.plan.filters, principal, services)
    except NotAllowedError as error:
        return Routing(
            destination="respond",
            complexity=routing.complexity,
            status="not_allowed",
            reason=str(error),
            alternatives=routing.alternatives,
        )
    return routing


def _asked(plan: Plan, catalog: Catalog) -> list[tuple[str, tuple[str, ...]]]:
    dimensions = (*plan.group_by, *(item.dimension for item in plan.filters if item.dimension in catalog.dimensions))
    return [(name, dimensions) for name in plan.metrics if name in catalog.metrics]
