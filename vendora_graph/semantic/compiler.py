"""A cache miss: run MetricFlow on sentinels and bind its SQL. The only way to MetricFlow while questions are answered."""

from __future__ import annotations

import json

from vendora_graph.errors import UnknownMetricError
from vendora_graph.semantic.binding import bind, finish, parameter_name
from vendora_graph.semantic.catalog import coarse_grain
from vendora_graph.semantic.loader import LoadedModel
from vendora_graph.semantic.metricflow_adapter import MetricFlow
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.semantic.shapes import slots_of, where_of


class Compiler:
    """Compiles shapes of one model."""

    def __init__(self, loaded: LoadedModel) -> None:
        manifest = loaded.manifest()
        self._catalog = loaded.catalog
        self._metricflow = MetricFlow(manifest)
        self._explained = json.dumps(manifest)

    def compile(self, request: CompileRequest, dialect: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
        """Return the SQL with parameters, their names in slot order, and the columns.

        Raises:
            UnknownMetricError: The metrics reach a concept by different paths.
            SemanticModelError: MetricFlow refuses the request.
            UnboundError: A value vanished from MetricFlow's SQL; nothing is kept and nothing runs.
        """
        paths = self._paths(request)
        kinds = slots_of(request, self._catalog).kinds
        group_by = [self._group(concept, paths[concept]) for concept in request.group_by]
        columns = dict(zip(group_by, request.group_by, strict=True))
        if request.grain:
            columns[f"metric_time__{request.grain}"] = "period"
            group_by.append(f"metric_time__{request.grain}")
        columns |= {metric: metric for metric in request.metrics}
        where = where_of(request, paths, self._catalog, dialect)
        sql = self._metricflow.explain(request.metrics, group_by, where, dialect)
        tree = bind(sql, kinds, columns, dialect, explained=self._explained)
        group = (*(("period",) if request.grain else ()), *request.group_by) if request.ordered else ()
        text = finish(tree, group, request.order, dialect, limited=request.limit is not None)
        names = tuple(parameter_name(number, dialect) for number in range(1, len(kinds) + 1))
        return text, names, tuple(columns.values())

    def _paths(self, request: CompileRequest) -> dict[str, str]:
        if len({self._catalog.metrics[metric].time_grain for metric in request.metrics}) > 1:
            shown = ", ".join(request.metrics)
            raise UnknownMetricError(f"{shown} are dated by different grains; compile the parts of `SemanticEngine.split`.")
        paths: dict[str, str] = {}
        for concept in (*request.group_by, *(item.dimension for item in request.filters)):
            found = {self._catalog.metric_paths[metric, concept] for metric in request.metrics}
            if len(found) > 1:
                shown = ", ".join(request.metrics)
                raise UnknownMetricError(f"{shown} reach {concept!r} by different ways; compile the parts of `SemanticEngine.split`.")
            paths[concept] = found.pop()
        return paths

    def _group(self, concept: str, path: str) -> str:
        dimension = self._catalog.dimensions.get(concept)
        is_time = dimension is not None and dimension.kind == "time" and dimension.granularity is not None
        return f"{path}__{coarse_grain(dimension.granularity)}" if dimension and is_time else path
