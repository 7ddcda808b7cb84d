"""Buckets: `receivables over 90 days`: a limit on a column that is kept in buckets is a list of them, where it falls on an edge."""

from __future__ import annotations

from decimal import Decimal

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer

_UP, _NEXT = frozenset({"gt", "ge"}), frozenset({"gt", "le"})
"""Limits that keep what lies above; limits that the bucket beginning one unit later stands for."""


def bucket_limit(framer: Framer, op: str, number: Decimal, unit: str) -> str:
    """Take a limit as the buckets beyond it; return their column, empty where there is none or no edge at the number."""
    for name, entry in framer.lexicon.section("bucket_columns").items():
        if name not in framer.catalog.dimensions or not framer.fits(name) or unit not in {"", str(entry["unit"])}:
            continue
        first = {str(bucket): int(start) for bucket, start in entry["from"].items()}
        start = int(number) + (op in _NEXT)
        if start not in first.values() and int(number) + 1 in first.values():  # `30 or more` of buckets that begin at 31
            start = int(number) + 1
            label = framer.catalog.dimensions[name].label.lower()
            framer.frame.notes.append(("bucket_edge", {"label": label, "start": str(start)}))
        if start in first.values():
            kept = [b for b, begins in first.items() if (begins >= start) == (op in _UP)]
            framer.frame.filters.append(Filter(dimension=str(name), values=tuple(kept)))
            return str(name)
    return ""
