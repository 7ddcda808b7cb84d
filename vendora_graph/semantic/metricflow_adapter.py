"""The one file that knows MetricFlow (0.213). Imported only when a shape must be compiled or a model built: it costs 1.5 s."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from jinja2 import TemplateError
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlClient, SqlEngine
from metricflow.sql.render.big_query import BigQuerySqlPlanRenderer
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.postgres import PostgresSQLSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantic_interfaces.errors import ParsingException
from metricflow_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from metricflow_semantic_interfaces.references import MetricReference
from metricflow_semantic_interfaces.transformations.semantic_manifest_transformer import PydanticSemanticManifestTransformer
from metricflow_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from metricflow_semantics.errors.error_classes import MetricFlowException
from metricflow_semantics.model.linkable_element_property import GroupByItemProperty
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from metricflow_semantics.model.semantics.element_filter import GroupByItemSetFilter
from metricflow_semantics.model.semantics.linkable_element import LinkableElementType
from metricflow_semantics.query.query_parser import MetricFlowQueryParser

from vendora_graph.errors import SemanticModelError

_RENDERERS: dict[str, tuple[SqlEngine, type[SqlPlanRenderer]]] = {
    "duckdb": (SqlEngine.DUCKDB, DuckDbSqlPlanRenderer),
    "postgres": (SqlEngine.POSTGRES, PostgresSQLSqlPlanRenderer),
    "bigquery": (SqlEngine.BIGQUERY, BigQuerySqlPlanRenderer),
}
_ERRORS = (MetricFlowException, ParsingException, TemplateError, ValueError, KeyError, AssertionError, RuntimeError, NotImplementedError)
"""What MetricFlow raises at a model it cannot use: it has no common base class."""

logging.getLogger("metricflow").setLevel(logging.WARNING)
logging.getLogger("metricflow_semantics").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class GroupBy:
    """A dimension a metric can be grouped by: MetricFlow's name, and where it is defined."""

    path: str
    model: str
    dimension: str
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Client:
    """What MetricFlow asks of a database client when it only explains."""

    sql_engine_type: SqlEngine
    sql_plan_renderer: SqlPlanRenderer


class MetricFlow:
    """Compiles simple metrics of one manifest. Thread-safe: one explanation at a time."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        try:
            parsed = PydanticSemanticManifest.parse_obj(dict(manifest))
            self._manifest = PydanticSemanticManifestTransformer.transform(parsed)
            self._lookup = SemanticManifestLookup(self._manifest)
            self._parser = MetricFlowQueryParser(semantic_manifest_lookup=self._lookup)
        except _ERRORS as error:
            raise SemanticModelError(f"MetricFlow cannot read the semantic model: {brief(error)}") from error
        self._engines: dict[str, MetricFlowEngine] = {}
        self._lock = threading.Lock()

    def problems(self) -> list[str]:
        """Return what MetricFlow's own validation finds wrong with the model."""
        results = SemanticManifestValidator[PydanticSemanticManifest](max_workers=1).validate_semantic_manifest(self._manifest)
        return [brief(issue.message) for issue in results.errors]

    def check(self, metric: str) -> None:
        """Resolve a metric and its filters without compiling it: thirty times faster than `explain`.

        Raises:
            SemanticModelError: A filter cannot be read, or names what the metric does not reach.
        """
        with self._lock:
            try:
                self._parser.parse_and_validate_query(metric_names=[metric])
            except _ERRORS as error:
                raise SemanticModelError(f"MetricFlow cannot compile {metric}: {brief(error)}") from error

    def explain(self, metrics: Sequence[str], group_by: Sequence[str], where: Sequence[str], dialect: str) -> str:
        """Return the SQL of a query.

        Raises:
            SemanticModelError: MetricFlow refuses the combination (no join path, ambiguous name, fan-out).
        """
        with self._lock:
            request = MetricFlowQueryRequest.create(
                metric_names=list(metrics), group_by_names=list(group_by), where_constraints=list(where) or None
            )
            try:
                return str(self._engine(dialect).explain(request).sql_statement.sql)
            except _ERRORS as error:
                shown = f"{', '.join(metrics)} by {', '.join(group_by) or 'nothing'}"
                raise SemanticModelError(f"MetricFlow cannot compile {shown}: {brief(error)}") from error

    def group_bys(self, metric: str) -> list[GroupBy]:
        """Return every dimension one metric can be grouped by, without `metric_time` and date parts."""
        with self._lock:
            items = self._lookup.metric_lookup.get_common_group_by_items(
                metric_references=(MetricReference(element_name=metric),),
                set_filter=GroupByItemSetFilter.create(
                    any_properties_denylist=(
                        GroupByItemProperty.ENTITY,
                        GroupByItemProperty.DERIVED_TIME_GRANULARITY,
                        GroupByItemProperty.DATE_PART,
                        GroupByItemProperty.LOCAL_LINKED,
                        GroupByItemProperty.METRIC,
                        GroupByItemProperty.METRIC_TIME,
                    ),
                ),
            )
        found: dict[str, GroupBy] = {}
        for item in items.annotated_specs:
            if item.element_type not in {LinkableElementType.DIMENSION, LinkableElementType.TIME_DIMENSION}:
                continue
            links = tuple(link.element_name for link in item.spec.entity_links)
            path = "__".join((*links, item.element_name))
            for origin in item.origin_semantic_model_references:
                found.setdefault(path, GroupBy(path, origin.semantic_model_name, item.element_name, links))
        return [found[path] for path in sorted(found)]

    def _engine(self, dialect: str) -> MetricFlowEngine:
        if dialect not in self._engines:
            engine, renderer = _RENDERERS[dialect]
            client = cast(SqlClient, _Client(engine, renderer()))
            self._engines[dialect] = MetricFlowEngine(semantic_manifest_lookup=self._lookup, sql_client=client)
        return self._engines[dialect]


_OWN_CODE = re.compile(r"\s*Traceback:.*| - metricflow\S*(?=:)")
"""Where in MetricFlow something was raised: nothing a modeller can use."""
_LONGEST = 400


def brief(error: object) -> str:
    """Return the first sentences of MetricFlow's long messages."""
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return _OWN_CODE.sub("", " ".join(lines))[:_LONGEST].strip()
