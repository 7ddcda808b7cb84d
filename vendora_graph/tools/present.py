"""Tool results as a model reads them: JSON with references, values for reasoning, names as data."""

from __future__ import annotations

import json
from typing import Any

from vendora_graph.contracts import Fact, Ledger, Period, ResultTable
from vendora_graph.evidence.numbering import request_filters
from vendora_graph.evidence.render import render_value

SHOWN_ROWS = 60
"""Rows of a result shown to a model; all of them are in the ledger."""


def present(table: ResultTable, ledger: Ledger) -> dict[str, Any]:
    """Return one numbered result: rows of cells, each with its reference."""
    refs = {fact_id: ref for ref, fact_id in ledger.numbers.items()}
    names = {(name.dimension, name.value): ref for ref, name in ledger.names.items()}
    periods = {(p.start, p.end): ref for ref, p in ledger.periods.items()}
    rows = []
    for place, cells in list(zip(table.keys, table.cells, strict=True))[:SHOWN_ROWS]:
        rows.append(
            {
                "of": {dimension: {"name": _braced(names.get((dimension, value))), "value": value} for dimension, value in place},
                "cells": [_cell(ledger.facts[c], refs, periods, names) if c else None for c in cells],
            }
        )
    return {
        "table": table.id,
        "tool": table.tool,
        "period": _period(table.period, periods),
        "columns": list(table.columns),
        "rows": rows,
        "rows_found": table.total_rows,
        "filters": _filters(table, names),
        "note": table.note,
    }


def _filters(table: ResultTable, names: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    pairs = [(f["dimension"], value) for f in request_filters(table) for value in f.get("values", ())]
    return [{"dimension": d, "value": v, "name": _braced(names.get((d, v)))} for d, v in pairs]


def _braced(ref: str | None) -> str | None:
    return f"{{{{{ref}}}}}" if ref else None


def _period(period: Period | None, refs: dict[Any, str]) -> dict[str, Any] | None:
    if period is None:
        return None
    ref = refs.get((period.start, period.end))
    return {"ref": _braced(ref), "label": period.label, "complete": period.complete, "day": period.start == period.end}


def _cell(fact: Fact, refs: dict[str, str], periods: dict[Any, str], names: dict[tuple[str, str], str]) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "ref": _braced(refs[fact.id]),
        "metric": fact.metric,
        "value": None if fact.value is None else str(fact.value),
        "shown": render_value(fact.value, fact.unit),
        "unit": fact.unit,
    }
    if fact.n is not None:
        cell["n"] = fact.n
    if fact.grade != "metric":
        cell["grade"] = fact.grade
    if fact.grade == "benchmark":
        cell["named"] = {d: _braced(names.get((d, v))) or "" for d, v in fact.slice}
    if fact.period is not None:
        cell["period"] = _braced(periods.get((fact.period.start, fact.period.end)))
        if not fact.period.complete:
            cell["partial"] = True
    return cell


def as_json(value: object) -> str:
    """Return compact JSON for a tool message."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
