"""Compile requests: one MetricFlow run for each shape, kept on disk; a hit costs microseconds and imports nothing."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from vendora_graph.contracts import Filter, Grain
from vendora_graph.errors import InternalError, UnknownMetricError
from vendora_graph.semantic import arithmetic
from vendora_graph.semantic.catalog import Catalog, MetricInfo, MetricInput
from vendora_graph.semantic.loader import LoadedModel
from vendora_graph.semantic.request import DIALECTS, CompiledQuery, CompileRequest
from vendora_graph.semantic.shapes import LIMIT_SENTINEL, Shape, check_filter, shape_of, slots_of
from vendora_graph.semantic.store import read_json, write_json

if TYPE_CHECKING:
    from vendora_graph.semantic.compiler import Compiler

_MAX_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled shape: SQL with parameters, and the parameter names in slot order."""

    shape: str
    sql: str
    names: tuple[str, ...]
    columns: tuple[str, ...]


class SemanticEngine:
    """Compiles requests against one semantic model. Thread-safe; templates are shared by processes through `cache_dir`."""

    def __init__(self, loaded: LoadedModel, cache_dir: Path | None = None) -> None:
        self.loaded = loaded
        self.catalog: Catalog = loaded.catalog
        self._directory = cache_dir / "shapes" / loaded.catalog.version if cache_dir else None
        self._templates: dict[tuple[str, Shape], Template] = {}
        self._compiler: Compiler | None = None
        self._lock = threading.Lock()

    def compile(self, request: CompileRequest, dialect: str) -> CompiledQuery:
        """Return the statement of a request over simple metrics.

        Args:
            request: What is asked; all its metrics must reach each concept by one path (see `split`).
            dialect: `duckdb`, `postgres` or `bigquery`.

        Raises:
            UnknownMetricError: A metric, concept, value or order does not exist or does not fit.
            SemanticModelError: MetricFlow refuses the combination.
        """
        shape = shape_of(request)
        template = self._templates.get((dialect, shape))
        if template is None:
            self._check(request, dialect)
            template = self._fetch(request, shape, dialect)
        values = slots_of(request, self.catalog).values
        sql = template.sql
        if request.limit is not None:
            sql = sql.replace(str(LIMIT_SENTINEL), str(_limit(request.limit)))
        return CompiledQuery(template.shape, sql, dict(zip(template.names, values, strict=True)), template.columns)

    def at_hand(self, request: CompileRequest, dialect: str) -> bool:
        """Say whether `compile` will take microseconds; otherwise it reads a file or runs MetricFlow: use a thread."""
        return (dialect, shape_of(request)) in self._templates

    def split(self, request: CompileRequest) -> tuple[CompileRequest, ...]:
        """Divide a request into ones whose metrics reach every concept by the same path and are dated alike: each can be compiled.

        Rows are then matched by the group columns; a group without a row is worth `MetricInfo.fill`.
        """
        concepts = (*request.group_by, *(item.dimension for item in request.filters))
        groups: dict[tuple[str | None, ...], list[str]] = {}
        for metric in request.metrics:
            way = (*(self.catalog.path(metric, concept) for concept in concepts), self.metric(metric).time_grain)
            groups.setdefault(way, []).append(metric)
        return tuple(replace(request, metrics=tuple(metrics)) for metrics in groups.values())

    def components(self, metric: str) -> tuple[MetricInput, ...]:
        """Return what a metric is made of: its flattened simple inputs, or itself.

        Raises:
            UnknownMetricError: No such metric, or a median (see `values_request`).
        """
        info = self.metric(metric)
        if info.value_dimension:
            raise UnknownMetricError(f"{info.label} is a median; fetch its values with `values_request`.")
        return info.inputs or (MetricInput(metric, metric),)

    def combine(self, metric: str, values: Mapping[str, Decimal | None]) -> Decimal | None:
        """Evaluate a metric from the values of its components, by alias; a missing operand or a zero denominator gives None."""
        info = self.metric(metric)
        return arithmetic.evaluate(info.formula_expr, values) if info.formula_expr else values[metric]

    def values_request(
        self,
        metric: str,
        *,
        group_by: tuple[str, ...] = (),
        grain: Grain | None = None,
        filters: tuple[Filter, ...] = (),
        start: date | None = None,
        end: date | None = None,
    ) -> CompileRequest:
        """Return the request that counts a median's values: rows of (groups..., value, [period], how often).

        `arithmetic.median([(value, count), ...], info.percentile)` of one group's rows is its exact median.

        Raises:
            UnknownMetricError: The metric is no median.
        """
        info = self.metric(metric)
        if info.value_dimension is None:
            raise UnknownMetricError(f"{info.label} is not a median; compile it or its components.")
        counted = self.count_of(metric)
        return CompileRequest((counted,), (*group_by, info.value_dimension), grain, filters, start, end)

    def count_of(self, metric: str) -> str:
        """Return the hidden metric that counts a median's values."""
        counted = self.metric(metric).value_metric
        if counted is None:
            raise InternalError(f"The metric {metric!r} has no metric that counts its values.")
        return counted

    def metric(self, name: str) -> MetricInfo:
        """Return a metric of the catalog.

        Raises:
            UnknownMetricError: With the nearest names.
        """
        info = self.catalog.metrics.get(name)
        if info is None:
            raise UnknownMetricError(f"There is no metric {name!r}{_near(name, self.catalog.metrics)}.")
        return info

    def _check(self, request: CompileRequest, dialect: str) -> None:
        if dialect not in DIALECTS:
            raise InternalError(f"{dialect!r} is no dialect of the semantic engine; use one of {', '.join(DIALECTS)}.")
        if not request.metrics or len(set(request.metrics)) != len(request.metrics):
            raise UnknownMetricError("A request needs at least one metric, each named once.")
        for name in request.metrics:
            info = self.metric(name)
            if info.inputs or info.value_dimension:
                kind = "a median" if info.value_dimension else "computed"
                raise UnknownMetricError(f"{info.label} is {kind} and not compiled; use `components` or `values_request`.")
        for item in request.filters:
            check_filter(item, self.catalog)
        if request.grain is not None and request.grain not in get_args(Grain):
            raise UnknownMetricError(f"{request.grain!r} is not a grain; use one of {', '.join(get_args(Grain))}.")
        if request.grain is not None:
            self._check_grain(request.metrics, request.grain)
        self._check_columns(request)

    def _check_grain(self, metrics: tuple[str, ...], grain: Grain) -> None:
        order = get_args(Grain)
        for name in metrics:
            info = self.catalog.metrics[name]
            if order.index(grain) < order.index(info.time_grain):
                raise UnknownMetricError(f"{info.label} is kept by {info.time_grain}, so it cannot be shown by {grain}.")

    def _check_columns(self, request: CompileRequest) -> None:
        for concept in (*request.group_by, *(item.dimension for item in request.filters)):
            for name in request.metrics:
                if self.catalog.path(name, concept) is None:
                    label = self.catalog.metrics[name].label
                    raise UnknownMetricError(f"{label} cannot be cut by {concept!r}{_near(concept, self.catalog.dimensions)}.")
        if len(set(request.group_by)) != len(request.group_by):
            raise UnknownMetricError("A request names each group once.")
        known = {*request.group_by, *request.metrics, *(("period",) if request.grain else ())}
        for name in request.order:
            if name.removeprefix("-") not in known:
                raise UnknownMetricError(f"The rows cannot be ordered by {name!r}; use a column of the result: {', '.join(sorted(known))}.")

    def _fetch(self, request: CompileRequest, shape: Shape, dialect: str) -> Template:
        digest = hashlib.sha256(json.dumps([self.catalog.version, dialect, shape]).encode()).hexdigest()[:24]
        path = self._directory / dialect / f"{digest}.json" if self._directory else None
        template = _revive(read_json(path), digest, request) if path else None
        if template is None:
            template = self._compile(request, digest, dialect)
            if path:
                content = {"shape": digest, "sql": template.sql, "names": template.names, "columns": template.columns}
                write_json(path, content)
        self._templates[dialect, shape] = template
        return template

    def _compile(self, request: CompileRequest, digest: str, dialect: str) -> Template:
        with self._lock:
            if self._compiler is None:
                from vendora_graph.semantic.compiler import Compiler

                self._compiler = Compiler(self.loaded)
        sql, names, columns = self._compiler.compile(request, dialect)
        return Template(digest, sql, names, columns)


def _revive(content: object, digest: str, request: CompileRequest) -> Template | None:
    """Read a template file; None when it is not one (it is then compiled anew)."""
    if not isinstance(content, dict) or content.get("shape") != digest:
        return None
    sql, names, columns = content.get("sql"), content.get("names"), content.get("columns")
    if not isinstance(sql, str) or not isinstance(names, list) or not isinstance(columns, list):
        return None
    wanted = (*request.group_by, *(("period",) if request.grain else ()), *request.metrics)
    return Template(digest, sql, tuple(names), tuple(columns)) if tuple(columns) == wanted else None


def _limit(limit: int) -> int:
    if not 0 < limit <= _MAX_LIMIT:
        raise UnknownMetricError(f"A limit of {limit} rows is not possible; use 1 to {_MAX_LIMIT}.")
    return int(limit)


def _near(wanted: str, known: Mapping[str, object]) -> str:
    from rapidfuzz import process

    found = process.extract(wanted.lower(), list(known), limit=3, score_cutoff=60)
    return f"; the nearest are {', '.join(repr(item[0]) for item in found)}" if found else ""
