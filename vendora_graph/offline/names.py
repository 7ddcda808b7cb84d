"""Names of a model that gives no synonyms: what its labels are called besides as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vendora_graph.offline.english import english_data
from vendora_graph.semantic.catalog import Catalog, DimensionInfo

_ASIDE = re.compile(r"\s*[(\[]([^)\]]*)[)\]]")
_TAIL = re.compile(r"[,;:]?\s*[^\w\s%]*\s*$|[,;:]\s*[^\w\s]+\s*$")
_YEARS = (1900, 2100)


def spoken(label: str) -> tuple[str, ...]:
    """Return what a label with asides and marks is called: `Average order value (AOV)` by either, `Absence rate, %` without the mark."""
    bare = _TAIL.sub("", _ASIDE.sub("", label)).strip()
    short = (aside for aside in _ASIDE.findall(label) if aside.isupper() and aside.isalnum())
    return tuple(dict.fromkeys(name for name in (bare, *short) if name and name != label))


def parts(label: str) -> tuple[str, ...]:
    """Return the parts of a name that may stand for it: its last words (`churn rate`), or the things it begins with (`tests taken`)."""
    small = frozenset(str(english_data()["stop"]).split())
    words = (spoken(label) or (label,))[0].lower().split()
    if len(words) == 1:
        return ()
    heads = [words[:1]] if words[0].endswith("s") else [words[at:] for at in range(1, len(words))]
    return tuple(" ".join(head) for head in heads if head[0] not in small and head[-1] not in small and head[-1].isalpha())


def partial_metrics(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Yield (part of a name, metric) for the metrics of a catalog that have no synonyms."""
    for name, metric in catalog.metrics.items():
        if not (metric.hidden or set(metric.synonyms) - {name.replace("_", " ")}):
            yield from ((part, name) for part in parts(metric.label))


def numbered(dimension: DimensionInfo, value: str) -> tuple[str, ...]:
    """Return what a number kept as a value is called, beside its column's name (`grade level 7`, `grade 7`); nothing for another value."""
    if not value.replace(".", "", 1).isdigit():
        return ()
    units = english_data()["calendar"]["units"]
    words = dimension.label.lower().split()
    heads = [word for word in words if len(words) > 1 and word not in units]
    return tuple(f"{name} {value}" for name in (dimension.label, *heads))
