"""The semantic model as plain data: what can be asked, in which words, and what it means.

The loader fills it from dbt YAML; the grammar, the tools, the checks and the prompts read it. It knows no engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, cast, get_args

from vendora_graph.contracts import Grain, Unit

Good = Literal["up", "down", "band", "none"]
Additivity = Literal["additive", "semi_additive", "ratio", "distinct", "median", "average", "minimum", "maximum"]
DimensionKind = Literal["category", "person", "store", "record", "numeric", "flag", "time"]


@dataclass(frozen=True, slots=True)
class MetricInput:
    """One component of a computed metric.

    `window_days` replaces the asked period by the last N days ending with its last day (days' supply: sales of 30 days),
    `window_months` by N months, `to_date` by the begun week, month ... that contains the last day, `all_time` by everything up to it.
    `shift_*` are the offsets of loaded models (our own has none): the period moved back by `shift_count` grains, or to the start of
    `shift_to`. `semantic.windows.input_period` computes the dates.
    """

    alias: str
    metric: str
    window_days: int | None = None
    window_months: int | None = None
    to_date: Grain | None = None
    all_time: bool = False
    shift_count: int | None = None
    shift_grain: Grain | None = None
    shift_to: Grain | None = None

    @property
    def moved(self) -> bool:
        """Whether it is read for other days than those asked for."""
        return bool(
            self.window_days or self.window_months or self.to_date or self.all_time or self.shift_count or self.shift_to
        )


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """One metric.

    A *simple* metric (`inputs` empty) is compiled by MetricFlow. A *computed* one (ratio, derived) is evaluated by code in
    Decimal: `formula_expr` over the aliases of `inputs` (arithmetic only: + - * / parentheses, numbers, `NULLIF`-safe division:
    a zero or missing denominator gives None). `dimensions` are concept names it can be grouped and filtered by.

    A *median* (`value_dimension` set) is neither: `SemanticEngine.values_request` counts its values (`value_metric`), and
    `arithmetic.median` takes it (at `percentile`).
    `variants` names, per concept, the metric that takes this one's place when a question groups or filters by that concept (units by
    salesperson come from the credited splits; ELR by pay type from the rate that is not limited to customer pay).
    `adds_by_day`: distinct things that each belong to one day and store. `time_grain` is the finest grain its time is kept by.
    `fill` is what a group without a row is worth (a sum that knows its zero), None: unknown.
    """

    name: str
    label: str
    description: str
    unit: Unit = "number"
    good: Good = "none"
    additivity: Additivity = "additive"
    synonyms: tuple[str, ...] = ()
    formula: str = ""
    formula_expr: str | None = None
    inputs: tuple[MetricInput, ...] = ()
    dimensions: tuple[str, ...] = ()
    time_dimension: str = ""
    basis: str = ""
    filter_text: str = ""
    default_filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    min_n: int | None = None
    count_metric: str | None = None
    access: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    benchmarks: tuple[str, ...] = ()
    clarify: str | None = None
    family: str = ""
    department: str = ""
    snapshot: bool = False
    ledger_month: bool = False
    adds_by_day: bool = False
    hidden: bool = False
    kpi: int | None = None
    tables: tuple[str, ...] = ()
    aggregation: str = ""
    time_grain: Grain = "day"
    value_dimension: str | None = None
    value_metric: str | None = None
    percentile: Decimal | None = None
    fill: int | None = None
    note: str = ""
    variants: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DimensionInfo:
    """One concept questions can group or filter by.

    `paths` are MetricFlow group-by names that mean this concept (`deal__vehicle_class`, `inventory_unit__vehicle_class`); which one
    serves a metric is `Catalog.path`. `values` are value synonyms: stored value -> words. `source` is (table, column) to
    read distinct values from (None when it is an expression, which is then in `expression`). `typed` says that the kind was
    declared, not guessed: a filter on a guessed one compares as text. `granularity` is that of a time dimension. `cardinality` low:
    all values are in the lexicon; high: looked up by search. `of_day`: it says what a date is (its weekday).
    """

    name: str
    label: str
    plural: str = ""
    kind: DimensionKind = "category"
    synonyms: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    source: tuple[str, str] | None = None
    cardinality: Literal["low", "high"] = "low"
    unit: Unit | None = None
    access: str = ""
    record_metrics: tuple[str, ...] = ()
    description: str = ""
    typed: bool = True
    granularity: str | None = None
    expression: tuple[str, str] | None = None
    of_day: bool = False


class Ways(Mapping[tuple[str, str], str]):
    """(metric, concept) -> path, kept as one table for all metrics that share their ways: thousands of pairs cost nothing to load."""

    __slots__ = ("_by_metric",)

    def __init__(self, by_metric: Mapping[str, Mapping[str, str]]) -> None:
        self._by_metric = by_metric

    def __getitem__(self, key: tuple[str, str]) -> str:
        metric, concept = key
        return self._by_metric[metric][concept]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((metric, concept) for metric, ways in self._by_metric.items() for concept in ways)

    def __len__(self) -> int:
        return sum(len(ways) for ways in self._by_metric.values())


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be asked of one semantic model. `version` is a content hash of its files."""

    name: str
    version: str
    metrics: Mapping[str, MetricInfo]
    dimensions: Mapping[str, DimensionInfo]
    metric_paths: Mapping[tuple[str, str], str]
    clarifying: Mapping[str, str] = field(default_factory=dict)

    def path(self, metric: str, dimension: str) -> str | None:
        """Return the MetricFlow group-by name of a dimension for a metric, or None when the metric cannot be cut by it."""
        return self.metric_paths.get((metric, dimension))


def coarse_grain(granularity: str | None) -> Grain:
    """Return the grain a time can be read by: its own, or a day where that is finer or unknown."""
    return cast(Grain, granularity) if granularity in get_args(Grain) else "day"
