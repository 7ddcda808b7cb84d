"""Buckets: `receivables over 90 days`: a limit on a column that is kept in buckets is a list of them, where it falls on an edge."""

from __future__ import annotations

from decimal import Decimal

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer

_UP, _DOWN = frozenset({"gt", "ge"}), frozenset({"lt", "le"})


def bucket_limit(framer: Framer, op: str, number: Decimal, unit: str) -> str:
    """Take a limit as the buckets beyond it; return their column, empty where there is none or no edge at the number."""
    for name, entry in framer.lexicon.section("bucket_columns").items():
        if name not in framer.catalog.dimensions or not framer.fits(name) or unit not in {"", str(entry["unit"])}:
            continue
        first = {str(bucket): int(start) for bucket, start in entry["from"].items()}
        if int(number) + 1 in first.values():
            kept = [b for b, start in first.items() if (op in _UP and start > number) or (op in _DOWN and start <= number)]
            framer.frame.filters.append(Filter(dimension=str(name), values=tuple(kept)))
            return str(name)
    return ""
