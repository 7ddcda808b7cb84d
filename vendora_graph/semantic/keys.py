"""Check declared keys against the data: a primary or unique key that is not unique multiplies every join over it, in silence."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot
from sqlglot import exp

from vendora_graph.semantic.loader import Key, LoadedModel

Fetch = Callable[[str], Awaitable[Sequence[Mapping[str, Any] | Sequence[Any]]]]
"""Runs one statement and returns its rows, as mappings or sequences."""


@dataclass(frozen=True, slots=True)
class WrongKey:
    """A declared key that the data breaks: `rows` rows share `values` values."""

    key: Key
    rows: int
    values: int

    def __str__(self) -> str:
        """Say what is wrong and what to do."""
        key = self.key
        declared = f"{key.table}: {key.expr} is declared the {key.type} key {key.entity!r} of {key.model!r}"
        found = f"{self.rows - self.values} of {self.rows} rows repeat a value, so joins over it multiply"
        return f"{declared}, but {found}. Declare another key, make it `foreign`, or remove the duplicates."


def key_sql(key: Key, dialect: str) -> str:
    """Return the statement that counts rows and different values of a key, over rows that have one."""
    column = sqlglot.parse_one(key.expr, dialect=dialect)
    counted = exp.select(
        exp.alias_(exp.Count(this=column.copy()), "key_rows"),
        exp.alias_(exp.Count(this=exp.Distinct(expressions=[column.copy()])), "key_values"),
    ).from_(sqlglot.parse_one(key.table, into=exp.Table, dialect=dialect))
    return counted.sql(dialect=dialect)


async def check_keys(loaded: LoadedModel, fetch: Fetch, dialect: str = "duckdb") -> tuple[WrongKey, ...]:
    """Return the declared primary and unique keys that are not unique in the data.

    Args:
        loaded: The model.
        fetch: Runs a statement (`key_sql`) and returns its one row: rows that have a key, different keys.
        dialect: Of the warehouse behind `fetch`.
    """
    wrong: list[WrongKey] = []
    checked: set[tuple[str, str]] = set()
    for key in loaded.keys:
        if (key.table, key.expr) in checked:
            continue
        checked.add((key.table, key.expr))
        row = (await fetch(key_sql(key, dialect)))[0]
        values = list(row.values()) if isinstance(row, Mapping) else list(row)
        rows, different = int(values[0]), int(values[1])
        if rows != different:
            wrong.append(WrongKey(key, rows, different))
    return tuple(wrong)
