"""What a semantic model says, read and checked, before it is turned into a catalog and into MetricFlow's manifest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vendora_graph.contracts import Grain
from vendora_graph.semantic.yaml_source import Place

Meta = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table: `database` and `schema` are None where the connection's own are meant."""

    table: str
    schema: str | None = None
    database: str | None = None

    def __str__(self) -> str:
        """Render as `database.schema.table`, as far as known."""
        return ".".join(part for part in (self.database, self.schema, self.table) if part)


@dataclass(frozen=True, slots=True)
class EntitySpec:
    """A key of a table: what joins it to others."""

    name: str
    type: Literal["primary", "unique", "foreign", "natural"]
    expr: str
    place: Place
    role: str | None = None


@dataclass(frozen=True, slots=True)
class DimensionSpec:
    """A column (or expression) to group and filter by."""

    name: str
    type: Literal["categorical", "time"]
    expr: str
    place: Place
    granularity: str | None = None
    label: str = ""
    description: str = ""
    meta: Meta = field(default_factory=dict)
    is_partition: bool = False
    validity: Mapping[str, bool] | None = None


@dataclass(frozen=True, slots=True)
class NonAdditive:
    """A dimension a measure must not be summed over, as dbt writes it."""

    name: str
    window_choice: str
    window_groupings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """An aggregation of a column, as dbt writes it."""

    name: str
    agg: str
    expr: str
    place: Place
    percentile: str | None = None
    discrete: bool = False
    time_dimension: str | None = None
    non_additive: NonAdditive | None = None
    label: str = ""
    description: str = ""
    meta: Meta = field(default_factory=dict)
    create_metric: bool = False


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """A table with its keys, dimensions and measures."""

    name: str
    relation: Relation
    place: Place
    primary_entity: str | None = None
    time_dimension: str | None = None
    description: str = ""
    entities: tuple[EntitySpec, ...] = ()
    dimensions: tuple[DimensionSpec, ...] = ()
    measures: tuple[MeasureSpec, ...] = ()
    meta: Meta = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SimpleSpec:
    """A metric that one aggregation of one table answers.

    dbt's `join_to_timespine` is left out: it makes rows for days without data, and those are filled by the caller
    (`fill_nulls_with`), so that no statement reads a time spine.
    """

    name: str
    model: str
    agg: str
    expr: str
    place: Place
    time_dimension: str | None = None
    percentile: str | None = None
    discrete: bool = False
    non_additive: NonAdditive | None = None
    filters: tuple[str, ...] = ()
    fill_nulls_with: int | None = None


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input of a computed metric, before flattening: any metric, with filters and a window."""

    alias: str
    metric: str
    filters: tuple[str, ...] = ()
    window_days: int | None = None
    window_months: int | None = None
    to_date: Grain | None = None
    all_time: bool = False
    shift_count: int | None = None
    shift_grain: Grain | None = None
    shift_to: Grain | None = None


@dataclass(frozen=True, slots=True)
class ComputedSpec:
    """A metric that code evaluates: `expr` is canonical arithmetic over the aliases."""

    name: str
    expr: str
    inputs: tuple[InputSpec, ...]
    place: Place
    kind: Literal["ratio", "derived", "cumulative", "average", "compute"]
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MetricText:
    """The words and the meta of a metric."""

    label: str
    description: str
    meta: Meta
    place: Place


@dataclass(frozen=True, slots=True)
class TimeSpine:
    """A table with one row a day, which cumulative and gap-filling metrics need."""

    relation: Relation
    column: str
    granularity: str


@dataclass(slots=True)
class Project:
    """All of one semantic model.

    `strict` is our own format's stricter reading; `notes` are lint warnings of a loaded model; `hidden` are simple metrics the loader
    made and `origins` says from which metric; `values` maps a median to the metric that counts its values.
    """

    name: str
    strict: bool
    models: dict[str, ModelSpec] = field(default_factory=dict)
    simple: dict[str, SimpleSpec] = field(default_factory=dict)
    computed: dict[str, ComputedSpec] = field(default_factory=dict)
    texts: dict[str, MetricText] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    spines: list[TimeSpine] = field(default_factory=list)
    vocabulary: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, place: Place, message: str) -> None:
        """Keep a warning about a loaded model."""
        self.notes.append(f"{place}: {message}")
