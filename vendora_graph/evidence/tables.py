"""Tables filled by code: a draft names a result, its rows and cells come from the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from vendora_graph.contracts import Fact, Ledger, ResultTable, Slice, TableSpec
from vendora_graph.contracts import RenderedTable as Rendered
from vendora_graph.errors import InternalError
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.formats import render_value, withheld_word
from vendora_graph.evidence.names import plain_name

TOTAL = "Total"


def fill_table(spec: TableSpec, ledger: Ledger, *, withheld: Collection[str] = (), labels: Mapping[str, str] | None = None) -> Rendered:
    """Return the table a draft asked for.

    Row labels come first (one column a dimension of the rows), then the asked columns, all of them when none is named.
    A cell that was not proven says "withheld", one without a value "no data"; neither looks like zero.

    Raises:
        InternalError: The result or a column does not exist.
    """
    table = ledger.tables.get(spec.table)
    if table is None:
        raise InternalError(f"There is no result {spec.table!r} in the ledger; drafts are validated before they are rendered.")
    places = [_place(table, column) for column in spec.columns or table.columns]
    dimensions = row_dimensions(table)
    rows = range(shown_rows(spec, table))
    heads = [(labels or {}).get(name, name.replace("_", " ").capitalize()) for name in dimensions]
    return Rendered(
        title=spec.title or table.title,
        columns=(*heads, *(table.columns[place] for place in places)),
        rows=tuple((*_row_label(table.keys[i], dimensions), *(_cell(table.cells[i][j], ledger, withheld) for j in places)) for i in rows),
        facts=tuple((*(None for _ in dimensions), *(table.cells[i][j] for j in places)) for i in rows),
        note=_note(table, len(rows)),
    )


def row_dimensions(table: ResultTable) -> list[str]:
    """Return the dimensions of the row labels, in the order the longest key has them."""
    return list(dict.fromkeys(dimension for key in table.keys for dimension, _ in key))


def shown_rows(spec: TableSpec, table: ResultTable) -> int:
    """Return how many rows a reader sees."""
    return len(table.cells) if spec.limit is None else min(spec.limit, len(table.cells))


def _place(table: ResultTable, column: str) -> int:
    if column not in table.columns:
        raise InternalError(f"The result {table.id!r} has no column {column!r}; it has {', '.join(table.columns)}.")
    return table.columns.index(column)


def _row_label(key: Slice, dimensions: list[str]) -> tuple[str, ...]:
    members = dict(key)
    if not members:
        return tuple(TOTAL if i == 0 else "" for i in range(len(dimensions)))
    return tuple(plain_name(members.get(dimension, "")) for dimension in dimensions)


def _cell(identity: str | None, ledger: Ledger, withheld: Collection[str]) -> str:
    if identity is None:
        return ""
    if identity in withheld:
        return withheld_word()
    fact: Fact = ledger.facts[identity]
    return render_value(fact.value, fact.unit, signed=operation_of(fact) in ("difference", "points", "change"))


def _note(table: ResultTable, shown: int) -> str:
    total = table.total_rows
    words = [] if table.note == "truncated" else [table.note]
    if total is not None and shown < total:
        words.append(f"{shown} of {total} rows")
    return "; ".join(word for word in words if word)
