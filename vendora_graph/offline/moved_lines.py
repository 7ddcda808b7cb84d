"""First lines of what is no plain figure: rows in the order of their change, records in an order, the mean of complete buckets."""

from __future__ import annotations

from vendora_graph.offline.results import Cell, row_value
from vendora_graph.offline.sentences import Told
from vendora_graph.offline.words import direction, say, spoken

_PAIR = 2


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


def without_rows(told: Told) -> tuple[str, ...]:
    """Return what to say of values asked for side by side of which there are no records."""
    rows, plan = told.table.body, told.asked.plan
    asked = [(f.dimension, value) for f in plan.filters if f.op == "in" and f.dimension in plan.group_by for value in f.values]
    missing = [pair for pair in asked if not any(row.names.get(pair[0], ("", ""))[1] == pair[1] for row in rows)]
    names = [told.refs[pair] for pair in missing if pair in told.refs]
    return (say("notes", "no_rows", names=say("joiners", "comma").join(names)),) if names else ()


def averaged(told: Told, index: int, mean: Cell | None) -> str:
    """Return the sentence of the mean of the complete buckets."""
    words = {**told.words(index), "mean": spoken(mean) if mean else "", "stretch": (mean and mean.period) or ""}
    return say("trend", "averaged", **{**words, "grain": str(told.asked.plan.grain)})


def first_record(told: Told) -> str:
    """Return which record is first by what a list is ordered by; empty where several share that place, or nothing is ordered."""
    ranking, rows = told.asked.plan.ranking, told.table.body
    if ranking is None or ranking.change or told.infos[0].name != ranking.by or len(rows) < _PAIR:
        return ""
    place = told.column(0)
    cell, figures = rows[0].cells[place], [row_value(row, place) for row in rows[:_PAIR]]
    if cell is None or None in figures or figures[0] == figures[1]:
        return ""
    pattern = "highest" if ranking.direction == "desc" else "lowest"
    return say("list", pattern, leader=told.named(rows[0]), value=spoken(cell), **told.words())
