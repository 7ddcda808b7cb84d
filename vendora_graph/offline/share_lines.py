"""Shares in words: a row's beside its figure, and how a part's share of the whole went."""

from __future__ import annotations

from vendora_graph.offline.asked import Asked
from vendora_graph.offline.planner import ends, several_groups
from vendora_graph.offline.results import Cell, Row, Table
from vendora_graph.offline.words import direction, say, spoken


def share_column(asked: Asked, table: Table) -> int | None:
    """Return the column that holds the first metric's share of the whole, None where there is none."""
    names = [name for name in asked.plan.metrics if name in asked.catalog.metrics]
    head = say("share", "column", Label=asked.catalog.metrics[names[0]].label) if names else ""
    return table.columns.index(head) if head in table.columns else None


def beside(asked: Asked, table: Table, row: Row, value: str) -> str:
    """Return a row's figure with its share of the whole, where the result has one."""
    at = share_column(asked, table)
    cell = row.cells[at] if at is not None else None
    return say("share", "beside", value=value, share=cell.ref) if cell is not None and cell.value is not None else value


def share_trend(asked: Asked, table: Table, change: Cell | None, words: dict[str, str]) -> str | None:
    """Return how a part's share of the whole went; None where there are no two of them."""
    at, rows = share_column(asked, table), table.body
    line = ends(rows, at) if at is not None and not several_groups(rows) else None
    if line is None:
        return None
    first, last = line
    told = {**words, "first": spoken(first), "last": spoken(last), "first_period": first.period or "", "last_period": last.period or ""}
    if change is None or not change.value:
        return say("share", "flat", **told)
    return say("share", "trend", direction=direction(change.value), change=spoken(change), **told)
