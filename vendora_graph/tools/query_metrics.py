"""`query_metrics`: figures from the semantic model, as facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel
from rapidfuzz import process

from vendora_graph.contracts import Filter, Ledger
from vendora_graph.errors import QuestionError, UnknownMetricError
from vendora_graph.semantic.catalog import Catalog, MetricInfo
from vendora_graph.tools.access_gate import access_to, row_filters
from vendora_graph.tools.held import check_comparison
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery
from vendora_graph.tools.runner import run_query
from vendora_graph.tools.whole_books import check_whole_months

if TYPE_CHECKING:
    from vendora_graph.access import Access
    from vendora_graph.services import Scope, Services


def near_miss(name: str, known: list[str]) -> str:
    """Return a hint naming the closest known names."""
    found = [match for match, score, _ in process.extract(name, known, limit=3) if score >= 60]  # noqa: PLR2004
    return f" Did you mean {', '.join(found)}?" if found else ""


def check_names(query: MetricQuery, catalog: Catalog) -> None:
    """Raise when a metric or dimension does not exist, or a metric cannot be cut as asked.

    Raises:
        UnknownMetricError: With the nearest names.
        QuestionError: With the dimensions the metric has.
    """
    for name in query.metrics:
        if name not in catalog.metrics:
            raise UnknownMetricError(f"There is no metric {name!r}.{near_miss(name, list(catalog.metrics))}")
    wanted = [*query.group_by, *(item.dimension for item in query.where)]
    for dimension in wanted:
        if dimension not in catalog.dimensions:
            raise UnknownMetricError(f"There is no dimension {dimension!r}.{near_miss(dimension, list(catalog.dimensions))}")
        for name in query.metrics:
            info = catalog.metrics[name]
            if dimension not in info.dimensions:
                raise QuestionError(_cannot_cut(info, dimension, catalog))
    if query.order_by is not None and query.order_by.by not in query.metrics:
        raise QuestionError(f"order_by must name one of {', '.join(query.metrics)}.")


def _cannot_cut(info: MetricInfo, dimension: str, catalog: Catalog) -> str:
    kinds = ("category", "person", "store")
    usable = [catalog.dimensions[d].label for d in sorted(info.dimensions) if catalog.dimensions[d].kind in kinds]
    near = process.extract(dimension, usable, limit=6)
    shown = ", ".join(label for label, _, _ in near)
    asked = catalog.dimensions[dimension].label
    return f"{info.label} is not held by {asked}. It can be cut by {shown} and more." if shown else f"{info.label} cannot be cut."


def within_access(query: MetricQuery, services: Services, scope: Scope) -> MetricQuery:
    """Return the query narrowed to the asker's own rows where the role sees no more.

    Raises:
        NotAllowedError: The role may not see a metric, or not cut that way; says who may.
    """
    filters: list[Filter] = list(query.filters)
    dimensions = (*query.group_by, *(item.dimension for item in query.where))
    for name in query.metrics:
        for extra in row_filters(services.catalog.metrics[name], dimensions, query.filters, scope.principal, services):
            if extra not in filters:
                filters.append(extra)
    rows = [access.rows for access in _access(query, services, scope).values() if access.rows is not None]
    records = any(services.catalog.dimensions[d].kind == "record" for d in query.group_by)
    limit = min([*rows, query.limit or MOST_RECORDS]) if rows and records else query.limit
    return query.model_copy(update={"filters": tuple(filters), "limit": limit})


MOST_RECORDS = 500


def _access(query: MetricQuery, services: Services, scope: Scope) -> dict[str, Access]:
    dimensions = (*query.group_by, *(item.dimension for item in query.where))
    return {name: access_to(services.catalog.metrics[name], dimensions, scope.principal, services) for name in query.metrics}


async def admitted(query: MetricQuery, services: Services, scope: Scope) -> MetricQuery:
    """Return the query as the asker may run it: the one gate of every tool that fetches figures.

    Raises:
        NotAllowedError: The role may not see a metric, or not cut that way, or not for so few people; says who may.
        QuestionError: A metric kept by the month is asked for by a part of one, or a comparison is with a period before the data is whole.
    """
    narrowed = within_access(query, services, scope)
    check_whole_months(narrowed, services)
    check_comparison(narrowed.compare, services, scope)
    least = {name: access.k for name, access in _access(narrowed, services, scope).items() if access.k > 1}
    if least:
        from vendora_graph.tools.aggregate_only import check_groups

        await check_groups(narrowed, least, services, scope)
    if services.access.derived:
        from vendora_graph.tools.derived_pay import check_derived

        await check_derived(narrowed, services, scope)
    return narrowed


async def _run(arguments: BaseModel, services: Services, scope: Scope, _ledger: Ledger) -> ToolResult:
    query = MetricQuery.model_validate(arguments)
    check_names(query, services.catalog)
    narrowed = await admitted(query, services, scope)
    found = await run_query(narrowed, services, scope)
    if query.share_of is None:
        return ToolResult(found)
    from vendora_graph.tools.shares import whole_of, with_shares

    whole = await admitted(whole_of(query), services, scope)
    return ToolResult(await with_shares(narrowed, whole, found, services, scope))


TOOL = Tool(
    name="query_metrics",
    description=MetricQuery.__doc__ or "",
    arguments=MetricQuery,
    run=_run,
)

__all__ = ["TOOL", "admitted", "check_names", "near_miss", "within_access"]
