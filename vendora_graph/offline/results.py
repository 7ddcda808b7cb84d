"""Tool results as the offline narrator reads them back from the conversation: rows of cells with references."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure: its reference, and its value for reasoning about signs and order (never for typing it)."""

    ref: str
    metric: str
    value: Decimal | None
    unit: str
    n: int | None = None
    period: str | None = None
    grade: str = "metric"
    partial: bool = False
    named: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: names by dimension (reference and stored value), then cells."""

    names: dict[str, tuple[str, str]]
    cells: tuple[Cell | None, ...]


def row_value(row: Row, place: int) -> Decimal | None:
    """Return the figure of a row in a column."""
    cell = row.cells[place]
    return None if cell is None else cell.value


@dataclass(frozen=True, slots=True)
class Table:
    """One result."""

    id: str
    tool: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    period: str | None = None
    period_complete: bool = True
    day: bool = False
    period_label: str = ""
    found: int | None = None
    note: str = ""
    filter_names: dict[tuple[str, str], str] = field(default_factory=dict)

    @property
    def body(self) -> tuple[Row, ...]:
        """Return the rows without the total."""
        return tuple(row for row in self.rows if row.names) or self.rows

    @property
    def total(self) -> Row | None:
        """Return the total row, if there is one besides groups."""
        whole = [row for row in self.rows if not row.names]
        return whole[-1] if whole and len(self.rows) > 1 else None


def no_value(table: Table, period: str | None = None) -> bool:
    """Whether no cell of a table has a value; with a period, none of that period where there are such cells."""
    cells = [cell for row in table.rows for cell in row.cells if cell is not None]
    asked = [cell for cell in cells if cell.grade == "metric" and cell.period == period] if period else []
    return all(cell.value is None for cell in asked or cells)


@dataclass(frozen=True, slots=True)
class Result:
    """What one call gave: tables and words, or an error."""

    tables: tuple[Table, ...] = ()
    words: str = ""
    error: str = ""

    @property
    def main(self) -> Table:
        """Return the result itself: with shares, the table that has them, not that of their wholes."""
        return max(self.tables, key=lambda table: len(table.columns))


@dataclass(slots=True)
class Done:
    """Calls already answered in this conversation, by call id."""

    results: dict[str, Result] = field(default_factory=dict)


def read_results(messages: Sequence[BaseMessage], arguments: dict[str, dict[str, Any]]) -> Done:
    """Return the answers to the given calls.

    `arguments` maps the ids of our own calls to their arguments: an answer counts only when the call that carries its id asked
    for exactly that, so that another model's calls are never taken for ours.
    """
    asked: set[str] = set()
    done = Done()
    for message in messages:
        if isinstance(message, AIMessage):
            for call in message.tool_calls:
                mine = arguments.get(call["id"] or "")
                if mine is not None and mine == call["args"]:
                    asked.add(call["id"] or "")
        elif isinstance(message, ToolMessage) and message.tool_call_id in asked:
            done.results[message.tool_call_id] = _result(message.content)
    return done


def _result(content: object) -> Result:
    body = json.loads(content) if isinstance(content, str) else {}
    if "error" in body:
        return Result(error=str(body["error"]))
    return Result(tables=tuple(_table(item) for item in body.get("tables", ())), words=str(body.get("words", "")))


def _table(item: dict[str, Any]) -> Table:
    period = item.get("period") or {}
    return Table(
        id=item["table"],
        tool=item["tool"],
        columns=tuple(column["label"] for column in item["columns"]),
        rows=tuple(_row(row, item["columns"], period.get("ref")) for row in item["rows"]),
        period=period.get("ref"),
        period_complete=bool(period.get("complete", True)),
        day=bool(period.get("day")),
        period_label=str(period.get("label") or ""),
        found=item.get("rows_found", len(item["rows"])),
        note=item.get("note", ""),
        filter_names={(f["dimension"], f["value"]): f["name"] for f in item.get("filters", ()) if f["name"]},
    )


def _row(item: dict[str, Any], columns: list[dict[str, Any]], period: str | None) -> Row:
    names = {dimension: (name or "", value) for dimension, (name, value) in item["of"].items()}
    shared = [{"period": period, **column} for column in columns]
    return Row(names, tuple(_cell({**kind, **cell}) if cell else None for kind, cell in zip(shared, item["cells"], strict=False)))


def _cell(item: dict[str, Any]) -> Cell:
    """Return a cell; what it does not say is its column's, or the table's period."""
    return Cell(
        ref=item["ref"],
        metric=item["metric"],
        value=None if item["value"] is None else Decimal(item["value"]),
        unit=item["unit"],
        n=item.get("n"),
        period=item["period"],
        grade=item.get("grade", "metric"),
        partial=bool(item.get("partial")),
        named=item.get("named", {}),
    )
