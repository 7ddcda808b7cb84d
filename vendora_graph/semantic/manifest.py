"""Turn a project into the manifest MetricFlow reads: tables, keys, dimensions and simple metrics, nothing else."""

from __future__ import annotations

from typing import Any

from vendora_graph.semantic.spec import DimensionSpec, ModelSpec, Project, Relation, SimpleSpec, TimeSpine

OWN_SCHEMA = "vendora_own_schema"
"""Stands for "the connection's own schema" in MetricFlow, which wants one; the engine takes it off again."""

SPINE_TABLE = "vendora_no_time_spine"
"""The time spine of a model without one; a statement that reads it is refused."""

Json = dict[str, Any]


def build_manifest(project: Project) -> Json:
    """Return the manifest as JSON-safe data. Names of metrics and dimensions are kept; ratios and medians are not in it."""
    spines = project.spines or [TimeSpine(Relation(SPINE_TABLE), "date_day", "day")]
    metrics = [_metric(spec) for _, spec in sorted(project.simple.items()) if spec.agg != "percentile"]
    return {
        "semantic_models": [_model(model) for _, model in sorted(project.models.items())],
        "metrics": metrics,
        "project_configuration": {"time_spines": [_spine(spine) for spine in spines]},
    }


def _relation(relation: Relation) -> Json:
    schema = relation.schema or OWN_SCHEMA
    parts = [part for part in (relation.database, schema, relation.table) if part]
    return {"alias": relation.table, "schema_name": schema, "database": relation.database, "relation_name": ".".join(parts)}


def _spine(spine: TimeSpine) -> Json:
    return {
        "node_relation": _relation(spine.relation),
        "primary_column": {"name": spine.column, "time_granularity": spine.granularity},
    }


def _model(model: ModelSpec) -> Json:
    return {
        "name": model.name,
        "node_relation": _relation(model.relation),
        "primary_entity": model.primary_entity,
        "defaults": {"agg_time_dimension": model.time_dimension} if model.time_dimension else None,
        "entities": [
            {"name": entity.name, "type": entity.type, "expr": entity.expr, **({"role": entity.role} if entity.role else {})}
            for entity in model.entities
        ],
        "dimensions": [_dimension(dimension) for dimension in model.dimensions],
    }


def _dimension(dimension: DimensionSpec) -> Json:
    params: Json | None = None
    if dimension.type == "time":
        params = {"time_granularity": dimension.granularity, "validity_params": dimension.validity}
    return {
        "name": dimension.name,
        "type": dimension.type,
        "expr": dimension.expr,
        "is_partition": dimension.is_partition,
        "type_params": params,
    }


def _metric(spec: SimpleSpec) -> Json:
    non_additive: Json | None = None
    if spec.non_additive:
        rule = spec.non_additive
        non_additive = {"name": rule.name, "window_choice": rule.window_choice, "window_groupings": list(rule.window_groupings)}
    expr = "1" if spec.agg == "count" and spec.expr == "*" else spec.expr
    metric: Json = {
        "name": spec.name,
        "type": "simple",
        "type_params": {
            "metric_aggregation_params": {
                "semantic_model": spec.model,
                "agg": spec.agg,
                "agg_time_dimension": spec.time_dimension,
                "non_additive_dimension": non_additive,
            },
            "expr": expr,
            "fill_nulls_with": spec.fill_nulls_with,
        },
    }
    if spec.filters:
        metric["filter"] = {"where_filters": [{"where_sql_template": text} for text in spec.filters]}
    return metric
