"""`find_metrics` and `find_values`: what can be asked, in the words of the semantic model. They give no figures."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Ledger
from vendora_graph.semantic.catalog import Catalog, MetricInfo
from vendora_graph.tools.metric_index import MetricIndex
from vendora_graph.tools.registry import Tool, ToolResult

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services


class FindMetrics(Contract):
    """Find metrics by words; returns names, meaning, units and the dimensions they can be cut by."""

    words: str = Field(max_length=200)
    limit: int = Field(default=8, ge=1, le=30)


class FindValues(Contract):
    """Find stored values of a dimension by words, to use in filters (spelling as stored)."""

    words: str = Field(max_length=200)
    dimension: str | None = None
    limit: int = Field(default=8, ge=1, le=30)


def rank_metrics(words: str, catalog: Catalog, limit: int) -> list[MetricInfo]:
    """Return the visible metrics nearest to the words, best first, ties by name."""
    return [catalog.metrics[name] for name in _ranked(words, CatalogKey(catalog), limit)]


class CatalogKey:
    """A catalog as a cache key: two with the same name and content version rank alike."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._version = (catalog.name, catalog.version)

    def __hash__(self) -> int:
        return hash(self._version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CatalogKey) and other._version == self._version


@lru_cache(maxsize=8)
def _index(key: CatalogKey) -> MetricIndex:
    return MetricIndex(key.catalog)


@lru_cache(maxsize=512)
def _ranked(words: str, key: CatalogKey, limit: int) -> tuple[str, ...]:
    """Three roles are told of the same question; it is ranked once."""
    return tuple(_index(key).nearest(words, limit))


def describe_metric(info: MetricInfo) -> dict[str, object]:
    """Return one metric for a model or a person: JSON-safe, no figures."""
    return {
        "metric": info.name,
        "label": info.label,
        "meaning": info.description,
        "formula": info.formula,
        "unit": info.unit,
        "good": info.good,
        "basis": info.basis,
        "counts": info.filter_text,
        "dimensions": sorted(info.dimensions),
    }


async def _find_metrics(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = FindMetrics.model_validate(arguments)
    found = [describe_metric(info) for info in rank_metrics(asked.words, services.catalog, asked.limit)]
    return ToolResult(Ledger(turn=scope.turn), json.dumps(found, ensure_ascii=False))


async def _find_values(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = FindValues.model_validate(arguments)
    found = services.profile.search(asked.words, asked.dimension, scope.principal.dealership_ids, asked.limit)
    rows = [{"dimension": dimension, "value": value} for dimension, value in found]
    return ToolResult(Ledger(turn=scope.turn), json.dumps(rows, ensure_ascii=False))


FIND_METRICS = Tool("find_metrics", FindMetrics.__doc__ or "", FindMetrics, _find_metrics)
FIND_VALUES = Tool("find_values", FindValues.__doc__ or "", FindValues, _find_values)
