"""First lines of what is no plain figure: rows in the order of their change, the mean of the complete buckets of a line."""

from __future__ import annotations

from vendora_graph.offline.results import Cell
from vendora_graph.offline.sentences import Told
from vendora_graph.offline.words import direction, say, spoken


def moved_first(told: Told) -> str:
    """Return what the first row moved by, where the rows are in the order of their change; empty otherwise."""
    ranking = told.asked.plan.ranking
    if ranking is None or not ranking.change or not told.compares:
        return ""
    row, first = told.table.body[0], told.column(0)
    cell, before, change = row.cells[first], row.cells[first + 1], row.cells[first + 2]
    words = {**told.words(), "where": say("joiners", "where_in", filters=told.named(row)), "value": spoken(cell) if cell else ""}
    if before is None or change is None or change.value is None or not change.value:
        return say("ranking", "row", **words)
    words |= {"change": change.ref, "before": spoken(before), "other": told.before(before.period, 0)}
    return say("compare", "headline", direction=direction(change.value), **words)


def averaged(told: Told, index: int, mean: Cell | None) -> str:
    """Return the sentence of the mean of the complete buckets."""
    words = {**told.words(index), "mean": spoken(mean) if mean else "", "stretch": (mean and mean.period) or ""}
    return say("trend", "averaged", **{**words, "grain": str(told.asked.plan.grain)})
