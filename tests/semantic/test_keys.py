"""Declared keys against the data."""

from __future__ import annotations

import duckdb

from vendora_graph.semantic.keys import check_keys, key_sql
from vendora_graph.semantic.loader import Key


async def test_unique_keys_pass_and_a_repeated_one_is_named(loaded, clinic_file, tmp_path):
    good = duckdb.connect(str(clinic_file), read_only=True)
    statements: list[str] = []

    async def fetch(sql: str):
        statements.append(sql)
        return good.execute(sql).fetchall()

    assert await check_keys(loaded, fetch) == ()
    assert len(statements) == 3
    good.close()

    broken = duckdb.connect()
    broken.execute(f"ATTACH '{clinic_file}' AS clinic (READ_ONLY)")
    broken.execute("CREATE TABLE visits AS FROM clinic.visits")
    broken.execute("CREATE TABLE animals AS FROM clinic.animals")
    broken.execute("CREATE TABLE vets AS (FROM clinic.vets UNION ALL FROM clinic.vets WHERE vet_id = 2)")

    async def fetch_mapping(sql: str):
        relation = broken.sql(sql)
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    (wrong,) = await check_keys(loaded, fetch_mapping)
    assert (wrong.key.table, wrong.rows, wrong.values) == ("vets", 6, 5)
    assert "1 of 6 rows repeat a value" in str(wrong)


def test_the_statement_reads_expressions_in_every_dialect():
    key = Key("m", "e", "primary", "shop.orders", "CONCAT(store, order_no)")
    assert key_sql(key, "duckdb").count("shop.orders") == 1
    assert "COUNT(DISTINCT" in key_sql(key, "bigquery")
