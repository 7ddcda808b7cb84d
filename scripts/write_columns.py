"""Write vendora_graph/warehouse/columns.txt: the columns of each table and view, as DuckDB reads schema.sql and views.sql."""

from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parents[1] / "vendora_graph" / "warehouse"


def listing() -> str:
    """Return one line a table: its name, a colon, its columns in order."""
    with duckdb.connect() as connection:
        for name in ("schema.sql", "views.sql"):
            connection.execute((HERE / name).read_text(encoding="utf-8"))
        rows = connection.execute(
            "SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) "
            "FROM information_schema.columns GROUP BY 1 ORDER BY 1"
        ).fetchall()
    return "".join(f"{table}: {columns}\n" for table, columns in rows)


if __name__ == "__main__":
    (HERE / "columns.txt").write_text(listing(), encoding="utf-8")
