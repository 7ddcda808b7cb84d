"""Vega-Lite specifications, built by code from facts."""

from __future__ import annotations

from typing import Any

from vendora_graph.contracts import ChartSpec, Ledger, ResultTable
from vendora_graph.evidence.names import plain_name
from vendora_graph.semantic.catalog import Catalog

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
MAX_POINTS = 60
FORMATS = {"usd": "$,.0f", "rate": ".0%"}
"""How an axis shows its numbers, by the beginning of a unit."""


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
        points.append({"x": plain_name(named[chart.x]), "y": float(fact.value or 0), "fact": fact.id})
    if not points:
        return None
    if chart.kind == "waterfall":
        return _waterfall(chart, points)
    info = catalog.dimensions.get(chart.x)
    title = info.label if info else chart.x.capitalize()
    axis = {"field": "x", "title": title, "type": "ordinal" if chart.kind == "line" else "nominal", "sort": None}
    value = {"field": "y", "title": chart.y[0], "type": "quantitative", **_axis(table, ledger, column)}
    across = chart.kind == "bar"
    return {
        "$schema": SCHEMA,
        "title": chart.title or chart.y[0],
        "data": {"values": points[:MAX_POINTS]},
        "mark": {"type": "bar" if across else "line", "point": not across},
        "encoding": {"y": axis, "x": value} if across else {"x": axis, "y": value},
    }


def _axis(table: ResultTable, ledger: Ledger, column: int) -> dict[str, Any]:
    """Return the axis in the unit of its figures: dollars and percent are shown as such."""
    first = next((ledger.facts[cells[column] or ""] for cells in table.cells if cells[column]), None)
    form = next((text for start, text in FORMATS.items() if first is not None and first.unit.startswith(start)), None)
    return {"axis": {"format": form}} if form is not None else {}


def _waterfall(chart: ChartSpec, points: list[dict[str, Any]]) -> dict[str, Any]:
    """Return contributions as floating bars, each from where the one before it ended."""
    reached = 0.0
    for point in points:
        point["start"], reached = reached, reached + point["y"]
        point["end"], point["way"] = reached, "up" if point["y"] >= 0 else "down"
    colours = {"field": "way", "type": "nominal", "legend": None, "scale": {"domain": ["up", "down"], "range": ["#2e8b57", "#c0392b"]}}
    return {
        "$schema": SCHEMA,
        "title": chart.title or chart.y[0],
        "data": {"values": points[:MAX_POINTS]},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {"field": "x", "title": chart.x.capitalize(), "type": "nominal", "sort": None},
            "x": {"field": "start", "title": chart.y[0], "type": "quantitative"},
            "x2": {"field": "end"},
            "color": colours,
        },
    }
