"""`compare_to_benchmark`: own figures beside published ones, the gap, and the gap in dollars."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import BaseModel, Field

from vendora_graph.contracts import Contract, Fact, Ledger, ResultTable, Slice
from vendora_graph.evidence.arithmetic import calculate, difference
from vendora_graph.evidence.ledger import merge
from vendora_graph.tools.query_metrics import check_names, within_access
from vendora_graph.tools.registry import Tool, ToolResult
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.runner import as_period, run_query, table_id
from vendora_graph.tools.senior.benchmarks import as_fact, choose

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

COLUMNS = ("Own figure", "Benchmark", "Gap", "Gap in dollars")


class CompareToBenchmark(Contract):
    """Set rates and averages against published benchmarks of the same definition: value, benchmark with source and period, gap, and
    the gap in dollars over the period where it is worth money. Metrics without a comparable benchmark come back as such.
    """

    metrics: tuple[str, ...] = Field(min_length=1, max_length=20)
    period: Span


@cache
def knowledge() -> dict[str, Any]:
    """Return what a scorecard holds and which gaps are worth money."""
    text = files("vendora_graph.tools.senior").joinpath("scorecard.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@dataclass(slots=True)
class _Rows:
    keys: list[Slice] = field(default_factory=list)
    cells: list[tuple[str | None, ...]] = field(default_factory=list)
    facts: dict[str, Fact] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def add(self, label: str, *facts: Fact | None) -> None:
        self.keys.append((("metric", label),))
        self.cells.append(tuple(None if fact is None else fact.id for fact in facts))
        self.facts.update({fact.id: fact for fact in facts if fact is not None})


async def _run(arguments: BaseModel, services: Services, scope: Scope, ledger: Ledger) -> ToolResult:
    asked = CompareToBenchmark.model_validate(arguments)
    volumes = {m: knowledge()["gaps"].get(m, {}).get("volume") for m in asked.metrics}
    wanted = tuple(dict.fromkeys((*asked.metrics, *(v for v in volumes.values() if v))))
    query = MetricQuery(metrics=wanted[:12], period=asked.period)
    check_names(query, services.catalog)
    found = await run_query(within_access(query, services, scope), services, scope)
    own = {fact.metric: fact for fact in found.facts.values() if not fact.parts}
    rows = _Rows()
    for name in asked.metrics:
        _compare(name, own, volumes.get(name), rows, services, scope)
    request = asked.model_dump_json()
    table = ResultTable(
        id=table_id("compare_to_benchmark", request),
        tool="compare_to_benchmark",
        request=request,
        title="Against published benchmarks",
        columns=COLUMNS,
        keys=tuple(rows.keys),
        cells=tuple(rows.cells),
        period=as_period(asked.period, scope),
        note="; ".join(rows.sources),
    )
    words = f"No comparable benchmark: {', '.join(rows.without)}." if rows.without else ""
    return ToolResult(merge(found, Ledger(turn=scope.turn, facts=rows.facts, tables={table.id: table})), words)


def _compare(name: str, own: dict[str, Fact], volume: str | None, rows: _Rows, services: Services, scope: Scope) -> None:
    info = services.catalog.metrics[name]
    fact = own.get(name)
    store = services.profile.store(scope.principal.home_dealership_id)
    mark = choose(info, scope.as_of, services.profile.segment(store.id) if store else None)
    if fact is None or fact.value is None or mark is None:
        rows.without.append(info.label)
        return
    benchmark = as_fact(mark, info)
    gap = difference(fact, benchmark, label=f"Gap in {info.label}")
    money = None
    if volume is not None and volume in own:
        money = calculate("product", (gap, own[volume]), label=f"Gap in {info.label} in dollars")
    rows.add(info.label, fact, benchmark, gap, money)
    age = ", older than 18 months" if mark.is_old(scope.as_of) else ""
    reported = f", reported by {mark.reported_by}" if mark.reported_by else ""
    rows.sources.append(f"{info.label}: {mark.name}{reported}{age}. {mark.note}".rstrip())


TOOL = Tool(
    name="compare_to_benchmark",
    description=" ".join((CompareToBenchmark.__doc__ or "").split()),
    arguments=CompareToBenchmark,
    run=_run,
    senior=True,
)
