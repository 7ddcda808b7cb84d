"""Places in words: the row at the place asked for; those before it stand in the table."""

from __future__ import annotations

from vendora_graph.offline.places import place_of
from vendora_graph.offline.results import row_value
from vendora_graph.offline.sentences import Told
from vendora_graph.offline.words import say, spoken


def placed(told: Told) -> str:
    """Return the sentence on the row at the place asked for, empty where there is none or no such row."""
    place, column = place_of(told.asked.plan.topic), told.column(0)
    rows = [row for row in told.table.body if row_value(row, column) is not None]
    if not place or len(rows) < place:
        return ""
    row = rows[place - 1]
    cell = row.cells[column]
    return say("ranking", "alone", leader=told.named(row), value=spoken(cell) if cell else "", **told.words())
