"""Randomness as a hash of (seed, table, column, key): a value depends on nothing else."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_POISSON_LIMIT = 200


class Stream:
    """The random columns of one table.

    Args:
        seed: Seed of the whole demo.
        table: Name of the table the columns belong to.
    """

    def __init__(self, seed: int, table: str) -> None:
        self._prefix = f"{seed}/{table}/"

    def _bits(self, column: str, keys: Ints) -> NDArray[np.uint64]:
        digest = blake2b((self._prefix + column).encode(), digest_size=8).digest()
        z = keys.astype(np.uint64)
        z *= _GOLDEN
        z += np.uint64(int.from_bytes(digest, "little"))
        z ^= z >> np.uint64(30)
        z *= _MIX_1
        z ^= z >> np.uint64(27)
        z *= _MIX_2
        z ^= z >> np.uint64(31)
        return z

    def u(self, column: str, keys: Ints) -> Floats:
        """Uniform values in [0, 1)."""
        return (self._bits(column, keys) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def chance(self, column: str, keys: Ints, probability: Floats | float) -> Bools:
        """True with the given probability."""
        return np.asarray(self.u(column, keys) < probability, dtype=np.bool_)

    def normal(self, column: str, keys: Ints) -> Floats:
        """Standard normal values (Box-Muller on the halves of one hash)."""
        bits = self._bits(column, keys)
        first = ((bits >> np.uint64(32)).astype(np.float64) + 0.5) * 2.0**-32
        second = (bits & np.uint64(0xFFFFFFFF)).astype(np.float64) * 2.0**-32
        return np.asarray(np.sqrt(-2.0 * np.log(first)) * np.cos(2.0 * np.pi * second))

    def integers(self, column: str, keys: Ints, low: int, high: int) -> Ints:
        """Whole values from low to high, both included."""
        return (low + np.floor(self.u(column, keys) * (high - low + 1))).astype(np.int64)

    def below(self, column: str, keys: Ints, bound: Ints) -> Ints:
        """Whole values from 0 to bound - 1, a bound for each row."""
        return np.floor(self.u(column, keys) * bound).astype(np.int64)

    def pick(self, column: str, keys: Ints, weights: list[float]) -> Ints:
        """Positions chosen with the given weights."""
        edges = np.cumsum(np.asarray(weights, dtype=np.float64))
        place = np.searchsorted(edges / edges[-1], self.u(column, keys), side="right")
        return np.minimum(place, len(weights) - 1).astype(np.int64)

    def lognormal(self, column: str, keys: Ints, median: Floats | float, sigma: float) -> Floats:
        """Log-normal values with the given median."""
        return np.asarray(median * np.exp(sigma * self.normal(column, keys)))

    def poisson(self, column: str, keys: Ints, mean: Floats) -> Ints:
        """Poisson counts by inversion, a mean for each row."""
        left = self.u(column, keys)
        term = np.exp(-mean)
        total = term.copy()
        count = np.zeros(len(keys), dtype=np.int64)
        for k in range(1, _POISSON_LIMIT):
            over = left >= total
            if not over.any():
                break
            count += over
            term = term * mean / k
            total += term
        return count


def repeat_index(counts: Ints) -> tuple[Ints, Ints]:
    """Row and running number within the row for each of counts[i] copies of row i."""
    rows = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    starts = np.cumsum(counts) - counts
    return rows, np.arange(len(rows), dtype=np.int64) - np.repeat(starts, counts)


def whole_dollars(values: Floats) -> Ints:
    """Dollars as cents, rounded to a whole dollar."""
    return (np.rint(values) * 100).astype(np.int64)


def cents(values: Floats) -> Ints:
    """Dollars as cents."""
    return np.rint(values * 100.0).astype(np.int64)


def take(columns: Columns, rows: NDArray[Any]) -> Columns:
    """The given rows of every column."""
    return {name: values[rows] for name, values in columns.items()}
