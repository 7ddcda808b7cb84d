"""The SQL behind a metric, for people who want to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vendora_graph.semantic.request import CompileRequest

if TYPE_CHECKING:
    from vendora_graph.services import Services


def sql_of(metric: str, services: Services) -> str:
    """Return one statement for each component of a metric, with its formula in front.

    Raises:
        UnknownMetricError: No such metric; with the nearest names.
    """
    engine, dialect = services.engine, services.warehouse.dialect
    info = engine.metric(metric)
    if info.value_dimension:
        return engine.compile(engine.values_request(metric), dialect).sql
    parts = []
    for item in engine.components(metric):
        sql = engine.compile(CompileRequest((item.metric,)), dialect).sql
        parts.append(f"-- {item.alias}\n{sql}")
    head = f"-- {info.label} = {info.formula_expr}\n" if info.formula_expr else ""
    return head + "\n\n".join(parts)
