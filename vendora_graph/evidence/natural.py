"""Order of keys as people count: `t2` before `t10`."""

from __future__ import annotations

import re
from functools import lru_cache

_RUNS = re.compile(r"(\d+)")


@lru_cache(maxsize=8192)
def natural(key: str) -> tuple[tuple[int, int, str], ...]:
    """Return a sort key in which digits count as numbers."""
    return tuple((0, int(run), "") if run.isdecimal() else (1, 0, run) for run in _RUNS.split(key) if run)
