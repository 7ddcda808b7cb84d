"""The published figures as a table; their one source is the semantic model's file."""

from __future__ import annotations

import csv
from decimal import Decimal
from importlib import resources

import numpy as np
import pyarrow as pa

from vendora_graph.warehouse.demo import arrow
from vendora_graph.warehouse.demo.config import day_number

_NUMBERS = ("benchmark_value", "low_value", "high_value")
_DATES = ("period_end", "published_on")


def benchmark_table() -> pa.Table:
    """The table `benchmark`, a row a figure."""
    path = resources.files("vendora_graph").joinpath("semantic", "dealership", "benchmarks.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    columns: dict[str, pa.Array] = {}
    for name in rows[0]:
        values = [row[name] or None for row in rows]
        valid = np.array([v is not None for v in values])
        if name in _NUMBERS:
            columns[name] = arrow.decimal(np.array([int(Decimal(v or 0) * 10_000) for v in values], dtype=np.int64), 14, 4, valid)
        elif name in _DATES:
            columns[name] = arrow.day(np.array([day_number(v or "1970-01-01") for v in values]), valid)
        else:
            columns[name] = arrow.text(values)
    return arrow.table(columns)
