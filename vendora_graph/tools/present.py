"""Tool results as a model reads them: JSON with references, values for reasoning, names as data."""

from __future__ import annotations

import json
from decimal import Context
from typing import Any

from vendora_graph.contracts import Fact, Ledger, Period, ResultTable
from vendora_graph.evidence.numbering import request_filters

_NEAR = Context(prec=12)
"""Digits a value needs for judging size and order; the figure itself is a reference."""
SHOWN_ROWS = 60
"""Rows of a result shown to a model; all of them are in the ledger."""


def present(table: ResultTable, ledger: Ledger) -> dict[str, Any]:
    """Return one numbered result: rows of cells, each with its reference. What a cell shares with its column or table is said once."""
    refs = {fact_id: ref for ref, fact_id in ledger.numbers.items()}
    names = {(name.dimension, name.value): ref for ref, name in ledger.names.items()}
    periods = {(p.start, p.end): ref for ref, p in ledger.periods.items()}
    kinds = [_kind(table, index, ledger) for index in range(len(table.columns))]
    period = _period(table.period, periods)
    shared = {"period": period["ref"] if period else None}
    rows = []
    for place, cells in list(zip(table.keys, table.cells, strict=True))[:SHOWN_ROWS]:
        shown = [_cell(ledger.facts[c], refs, periods, names) if c else None for c in cells]
        rows.append(
            {
                "of": {dimension: [_braced(names.get((dimension, value))), value] for dimension, value in place},
                "cells": [cell and _without(cell, {**shared, **kind}) for cell, kind in zip(shown, kinds, strict=False)],
            }
        )
    more = {"filters": _filters(table, names), "note": table.note, "rows_found": table.total_rows if table.total_rows != len(rows) else 0}
    return {
        "table": table.id,
        "tool": table.tool,
        "period": period,
        "columns": [{"label": label, **kind} for label, kind in zip(table.columns, kinds, strict=True)],
        "rows": rows,
        **{name: value for name, value in more.items() if value},
    }


def _kind(table: ResultTable, index: int, ledger: Ledger) -> dict[str, Any]:
    """Return the metric and unit of a column, as its first figure has them."""
    found = next((row[index] for row in table.cells if len(row) > index and row[index]), None)
    return {"metric": ledger.facts[found].metric, "unit": ledger.facts[found].unit} if found else {}


def _without(cell: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cell.items() if name not in shared or shared[name] != value}


def _filters(table: ResultTable, names: dict[tuple[str, str], str]) -> list[dict[str, Any]]:
    pairs = [(f["dimension"], value) for f in request_filters(table) for value in f.get("values", ())]
    return [{"dimension": d, "value": v, "name": _braced(names.get((d, v)))} for d, v in pairs]


def _braced(ref: str | None) -> str | None:
    return f"{{{{{ref}}}}}" if ref else None


def _period(period: Period | None, refs: dict[Any, str]) -> dict[str, Any] | None:
    if period is None:
        return None
    ref = refs.get((period.start, period.end))
    marks = {"complete": False} if not period.complete else {}
    return {"ref": _braced(ref), "label": period.label, **marks, **({"day": True} if period.start == period.end else {})}


def _cell(fact: Fact, refs: dict[str, str], periods: dict[Any, str], names: dict[tuple[str, str], str]) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "ref": _braced(refs[fact.id]),
        "metric": fact.metric,
        "value": None if fact.value is None else str(_NEAR.plus(fact.value)),
        "unit": fact.unit,
        "period": _braced(periods.get((fact.period.start, fact.period.end))) if fact.period else None,
    }
    if fact.n is not None:
        cell["n"] = fact.n
    if fact.grade != "metric":
        cell["grade"] = fact.grade
    if fact.grade == "benchmark":
        cell["named"] = {d: _braced(names.get((d, v))) or "" for d, v in fact.slice}
    if fact.period is not None and not fact.period.complete:
        cell["partial"] = True
    return cell


def as_json(value: object) -> str:
    """Return compact JSON for a tool message."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
