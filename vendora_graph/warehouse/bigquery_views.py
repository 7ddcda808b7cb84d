"""What lies beneath the views of a dataset: BigQuery reports the tables that a view reads, not only the view that was named."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.cloud import bigquery

TableId = tuple[str, str, str]
"""Project, dataset and table."""

_DEEPEST = 16


class Beneath:
    """The tables that views read, looked up once each. Views are the dataset owner's: what they read was decided there."""

    def __init__(self, client: bigquery.Client) -> None:
        """Ask this client for the views."""
        self._client = client
        self._known: dict[TableId, frozenset[TableId]] = {}

    def of(self, tables: Iterable[TableId], timeout: float) -> set[TableId]:
        """Return every table that the views among these tables read, through views of views as well."""
        found: set[TableId] = set()
        level = set(tables)
        for _ in range(_DEEPEST):
            level = {beneath for table in level for beneath in self._read_by(table, timeout)} - found
            if not level:
                break
            found |= level
        return found

    def _read_by(self, table: TableId, timeout: float) -> frozenset[TableId]:
        if table not in self._known:
            asked = self._client.get_table(".".join(table), timeout=timeout)
            query = {"VIEW": asked.view_query, "MATERIALIZED_VIEW": asked.mview_query}.get(asked.table_type)
            self._known[table] = _tables_of(query, table) if query else frozenset()
        return self._known[table]


def _tables_of(query: str, view: TableId) -> frozenset[TableId]:
    """Return the tables a view's statement names; a part left out is the view's own. A statement that is not understood names none."""
    import sqlglot
    from sqlglot import exp

    try:
        tree = sqlglot.parse_one(query, dialect="bigquery")
    except sqlglot.errors.SqlglotError:  # legacy SQL: what lies beneath stays unchecked, and is refused as such
        return frozenset()
    local = {cte.alias for cte in tree.find_all(exp.CTE)}
    named = [table for table in tree.find_all(exp.Table) if table.db or table.name not in local]
    return frozenset((table.catalog or view[0], table.db or view[1], table.name) for table in named)
