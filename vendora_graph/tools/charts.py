"""Vega-Lite specifications, built by code from facts."""

from __future__ import annotations

from typing import Any

from vendora_graph.contracts import ChartSpec, Ledger
from vendora_graph.semantic.catalog import Catalog

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
MAX_POINTS = 60


def chart_spec(chart: ChartSpec | None, ledger: Ledger, catalog: Catalog) -> dict[str, Any] | None:
    """Return the chart over one result, or None when nothing can be drawn."""
    table = ledger.tables.get(chart.table) if chart else None
    if chart is None or table is None or not chart.y or chart.y[0] not in table.columns:
        return None
    column = table.columns.index(chart.y[0])
    points = []
    for place, cells in zip(table.keys, table.cells, strict=True):
        named = dict(place)
        fact_id = cells[column]
        if chart.x not in named or fact_id is None or ledger.facts[fact_id].value is None:
            continue
        fact = ledger.facts[fact_id]
        points.append({"x": named[chart.x], "y": float(fact.value or 0), "fact": fact.id})
    if not points:
        return None
    info = catalog.dimensions.get(chart.x)
    title = info.label if info else chart.x.capitalize()
    axis = {"field": "x", "title": title, "type": "ordinal" if chart.kind == "line" else "nominal", "sort": None}
    value = {"field": "y", "title": chart.y[0], "type": "quantitative"}
    across = chart.kind == "bar"
    return {
        "$schema": SCHEMA,
        "title": chart.title or chart.y[0],
        "data": {"values": points[:MAX_POINTS]},
        "mark": {"type": "bar" if across else "line", "point": not across} if chart.kind != "waterfall" else {"type": "bar"},
        "encoding": {"y": axis, "x": value} if across else {"x": axis, "y": value},
    }
