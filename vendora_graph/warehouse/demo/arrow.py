"""Columns as Arrow arrays: exact decimals, store-local dates and times, coded text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vendora_graph.warehouse.demo.rng import Bools, Ints

DAY_SECONDS = 86_400


def _mask(valid: Bools | None) -> NDArray[Any] | None:
    return None if valid is None else ~valid


def decimal(scaled: Ints, precision: int, scale: int, valid: Bools | None = None) -> pa.Array:
    """Integers of the last digit as DECIMAL(precision, scale), without a float in between."""
    words = np.empty((len(scaled), 2), dtype=np.int64)
    words[:, 0] = scaled
    words[:, 1] = words[:, 0] >> 63
    bitmap = None
    if valid is not None:
        bitmap = pa.py_buffer(np.packbits(valid, bitorder="little").tobytes())
    return pa.Decimal128Array.from_buffers(pa.decimal128(precision, scale), len(scaled), [bitmap, pa.py_buffer(words)])


def money(cents: Ints, valid: Bools | None = None) -> pa.Array:
    """Cents as DECIMAL(12,2)."""
    return decimal(cents, 12, 2, valid)


def hours(hundredths: Ints) -> pa.Array:
    """Hundredths of an hour as DECIMAL(8,2)."""
    return decimal(hundredths, 8, 2)


def day(days: Ints, valid: Bools | None = None) -> pa.Array:
    """Days since 1970 as DATE."""
    return pa.array(days.astype(np.int32), mask=_mask(valid)).cast(pa.date32())


def stamp(seconds: Ints, valid: Bools | None = None) -> pa.Array:
    """Seconds since 1970, store-local, as TIMESTAMP."""
    return pa.array(seconds.astype(np.int64) * 1_000_000, mask=_mask(valid)).cast(pa.timestamp("us"))


def big(values: Ints, valid: Bools | None = None) -> pa.Array:
    """BIGINT."""
    return pa.array(values.astype(np.int64), mask=_mask(valid))


def small(values: Ints, valid: Bools | None = None) -> pa.Array:
    """INTEGER."""
    return pa.array(values.astype(np.int32), mask=_mask(valid))


def flag(values: Bools, valid: Bools | None = None) -> pa.Array:
    """BOOLEAN."""
    return pa.array(values.astype(np.bool_), mask=_mask(valid))


def code(codes: Ints, values: Sequence[str | None], valid: Bools | None = None) -> pa.Array:
    """Positions in a short list of texts as VARCHAR (dictionary encoded)."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=_mask(valid)), pa.array(list(values), pa.string()))


def numbered(prefix: str, values: Ints, valid: Bools | None = None) -> pa.Array:
    """A prefix and a number as VARCHAR."""
    digits = pa.array(values.astype(np.int64), mask=_mask(valid)).cast(pa.string())
    return pc.binary_join_element_wise(pa.scalar(prefix), digits, "")


def joined(*parts: pa.Array | str) -> pa.Array:
    """Texts (arrays or one string) joined row by row as VARCHAR."""
    plain = [p.cast(pa.string()) if isinstance(p, pa.Array) else pa.scalar(p) for p in parts]
    return pc.binary_join_element_wise(*plain, "")


def same(value: str, count: int) -> pa.Array:
    """One text for every row."""
    return code(np.zeros(count, dtype=np.int64), [value])


def text(values: Sequence[str | None]) -> pa.Array:
    """VARCHAR from Python strings."""
    return pa.array(list(values), pa.string())


def table(columns: dict[str, Any]) -> pa.Table:
    """An Arrow table from named arrays."""
    return pa.table(columns)
