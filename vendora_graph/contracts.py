"""The nouns that travel between the parts: frozen, closed, JSON-safe.

Money and rates are `Decimal`; rates are fractions (0.4512), their differences `points` (0.07: seven points). Dates are store-local.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

Unit = Literal[
    "usd", "usd_per_unit", "usd_per_hour", "usd_per_day", "rate", "points", "x", "units", "count", "hours", "days",
    "minutes", "months", "bps", "score", "stars", "number", "date",
]  # fmt: skip
"""How a value is rendered. `rate` is a fraction shown as percent; `points` a difference of rates; `date` a day as 20261112."""

Grade = Literal["metric", "derived", "sql", "benchmark", "target", "forecast"]
Grain = Literal["day", "week", "month", "quarter", "year"]
Complexity = Literal["simple", "standard", "complex"]
Status = Literal["answered", "partial", "clarify", "refused", "not_allowed", "not_held", "empty", "withheld"]
Level = Literal["Very High", "High", "Moderate", "Low"]
MOST_ROWS = 1000
Slice = tuple[tuple[str, str], ...]
"""Dimension-value pairs sorted by dimension, for example `(("salesperson", "Ana Ruiz"), ("vehicle_class", "used"))`."""


class Contract(BaseModel):
    """Base of every noun: frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# ----------------------------------------------------------------------------------------------- what was asked


class Period(Contract):
    """A closed interval of store-local days; not `complete` while it runs: `end` is then the last complete day, `full_end` its own."""

    start: date
    end: date
    label: str
    grain: Grain | None = None
    complete: bool = True
    full_end: date | None = None


class Filter(Contract):
    """One condition. `values` are stored values (not the asker's words); numbers are decimal strings."""

    dimension: str
    op: Literal["in", "not_in", "gt", "ge", "lt", "le", "between"] = "in"
    values: tuple[str, ...]


class Comparison(Contract):
    """Against what. `aligned` says how a running period is matched: same number of selling days, or calendar days."""

    kind: Literal["previous_period", "same_period_last_year", "explicit", "target", "benchmark", "values"]
    period: Period | None = None
    aligned: Literal["selling_days", "calendar"] | None = None


class Ranking(Contract):
    """Order of groups by a metric, or (`change`) by how much it moved; `worst`/`best` are already resolved by its good side."""

    by: str
    direction: Literal["desc", "asc"] = "desc"
    limit: int | None = Field(default=None, ge=1, le=MOST_ROWS)
    change: bool = False


Intent = Literal[
    "value", "breakdown", "trend", "ranking", "list", "compare", "definition", "scorecard", "explain", "benchmark",
    "pace", "forecast", "what_if", "anomalies", "reconcile", "recommend", "report",
]  # fmt: skip


class Plan(Contract):
    """What was asked, in the vocabulary of the semantic model; `steps` are the senior analyst's tools, `earlier` the period told before."""

    intent: Intent = "value"
    metrics: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    grain: Grain | None = None
    filters: tuple[Filter, ...] = ()
    period: Period | None = None
    comparison: Comparison | None = None
    ranking: Ranking | None = None
    steps: tuple[str, ...] = ()
    topic: str | None = None
    earlier: Period | None = None
    averaged: bool = False  # the mean of the complete buckets of `grain` is asked for


class Reading(Contract):
    """What the offline grammar makes of a question.

    `status`: `plan` (answer it), `clarify` (ask `question` with `options`), `refused` (write, off-topic, injection), `not_held` (no data),
    `not_allowed`, `unread` (nothing understood). `alternatives` are questions we can answer, `unused` words no element took, `about` those
    asked about, `margin` how far the best cover won (0..1); `carried`: it builds on the plan before it; `offer`: the plan offered.
    """

    status: Literal["plan", "clarify", "refused", "not_held", "not_allowed", "unread"]
    plan: Plan | None = None
    complexity: Complexity = "simple"
    restated: str = ""
    assumptions: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    used: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    clarification: str | None = None
    options: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    margin: float = 1.0
    about: str = ""
    carried: bool = False
    offer: Plan | None = None


# --------------------------------------------------------------------------------------------------- evidence


class Second(Contract):
    """The second path of a fact: what another computation gave (`value`), how (`method`), and by which query."""

    value: Decimal | None
    method: str
    query_id: str | None = None


class Fact(Contract):
    """One figure, as code computed it.

    `id` is the hash of (metric, slice, period, basis, query, formula, value). `parts` are fact ids the formula reads.
    `n` is the number of records under it, where known (for small-sample notes).
    """

    id: str
    value: Decimal | None
    unit: Unit
    metric: str
    label: str
    slice: Slice = ()
    period: Period | None = None
    basis: str = ""
    grade: Grade = "metric"
    query_id: str | None = None
    formula: str | None = None
    parts: tuple[str, ...] = ()
    second: Second | None = None
    n: int | None = None


class QueryRecord(Contract):
    """One executed statement. `purpose` says whether it computed an answer or checked one."""

    id: str
    sql: str
    dialect: str
    rows: int
    ms: float = 0.0
    bytes: int | None = None
    purpose: Literal["primary", "second"] = "primary"
    request: str = ""
    truncated: bool = False


class ResultTable(Contract):
    """What one tool call returned, as fact ids: `cells[i][j]` is the fact of row i and column j (or None).

    `keys` are the slices of the rows, in delivered order; `columns` are column labels. `tool` and `request` (canonical JSON
    of the arguments) say what the analyst asked for; the coverage check reads them.
    """

    id: str
    tool: str
    request: str
    title: str = ""
    columns: tuple[str, ...] = ()
    keys: tuple[Slice, ...] = ()
    cells: tuple[tuple[str | None, ...], ...] = ()
    period: Period | None = None
    ordered: bool = False
    total_rows: int | None = None
    note: str = ""


class Name(Contract):
    """A name that comes from data: the value of a dimension in some row."""

    dimension: str
    value: str


class Ledger(Contract):
    """The evidence of one turn. Unions of two ledgers of one turn are harmless: everything is keyed by content.

    `numbers` maps references to fact ids (`"3f12"`), `periods` (`"p2"`), `names` (`"n3"`), `quoted` (`"q1"`: numerals of
    the question as typed), `tables` by query/table id. `asks` are the plans the tools were asked for.
    """

    turn: int = 0
    facts: dict[str, Fact] = Field(default_factory=dict)
    numbers: dict[str, str] = Field(default_factory=dict)
    periods: dict[str, Period] = Field(default_factory=dict)
    names: dict[str, Name] = Field(default_factory=dict)
    quoted: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, ResultTable] = Field(default_factory=dict)
    queries: dict[str, QueryRecord] = Field(default_factory=dict)


# ------------------------------------------------------------------------------------------------ draft, verdict

Text = Annotated[str, Field(max_length=4000)]


class Finding(Contract):
    """One sentence or two of the analysis, figures only as references. `kind` names the claim made."""

    text: Text
    kind: Literal["value", "change", "rank", "share", "trend", "comparison", "cause", "benchmark", "pace", "definition", "note"] = "value"


class TableSpec(Contract):
    """A table or chart to be filled by code from one result: `table` is a `ResultTable.id`; `columns` are column labels."""

    ref: str
    table: str
    title: str = ""
    columns: tuple[str, ...] = ()
    limit: int | None = None


class RecommendationDraft(Contract):
    """An action. `impact` is a reference to a derived fact (or None when no arithmetic supports one)."""

    action: Text
    owner_role: str
    impact: str | None = None
    because: tuple[str, ...] = ()
    measure: Text = ""


class ChartSpec(Contract):
    """A chart over one result table."""

    table: str
    kind: Literal["line", "bar", "waterfall"]
    x: str
    y: tuple[str, ...]
    title: str = ""


class Draft(Contract):
    """What an analyst hands to the validator. Every figure and every name from data is a reference.

    `{{3f12}}` fact 12 of turn 3, `{{p2}}` period, `{{n3}}` name, `{{q1}}` a number of the question, `{{t1}}` a table.
    """

    headline: Text
    findings: tuple[Finding, ...] = ()
    tables: tuple[TableSpec, ...] = ()
    recommendations: tuple[RecommendationDraft, ...] = ()
    caveats: tuple[Text, ...] = ()
    assumptions: tuple[Text, ...] = ()
    chart: ChartSpec | None = None
    author: str = ""


class Check(Contract):
    """The result of one check. `reason` is for a person, `hint` for the analyst who must mend the draft."""

    name: str
    passed: bool
    fatal: bool = False
    penalty: Decimal = Decimal(0)
    cap: Level | None = None
    reason: str = ""
    hint: str = ""
    refs: tuple[str, ...] = ()


class Verdict(Contract):
    """What the validator decided. `fatal` are names of fatal checks that failed; `withheld` fact ids not proven."""

    approved: bool
    score: Decimal
    level: Level
    checks: tuple[Check, ...] = ()
    fatal: tuple[str, ...] = ()
    feedback: str = ""
    withheld: tuple[str, ...] = ()


class ValidationPolicy(Contract):
    """Everything `validate` may depend on besides its four nouns (it is pure). Built by the node from services.

    `independent` is False when the draft's author is the offline model. `metric_info` carries, per metric, what checks need:
    unit, good, bounds and more. `history` gives the usual range of a metric's whole month, `open_months` those not closed ("2026-10").
    """

    threshold: Decimal = Decimal("0.85")
    as_of: date
    data_through: date
    independent: bool = True
    analyst_is_offline: bool = False
    unused: tuple[str, ...] = ()
    stated_assumptions: tuple[str, ...] = ()
    metric_info: dict[str, MetricRules] = Field(default_factory=dict)
    dimension_labels: dict[str, str] = Field(default_factory=dict)
    history: dict[str, tuple[Decimal, Decimal]] = Field(default_factory=dict)
    open_months: tuple[str, ...] = ()
    allowed_classes: tuple[str, ...] | None = None
    selling_days: dict[str, int] = Field(default_factory=dict)


class MetricRules(Contract):
    """What the checks need to know of a metric."""

    label: str
    unit: Unit = "number"
    good: Literal["up", "down", "band", "none"] = "none"
    additivity: Literal["additive", "semi_additive", "ratio", "distinct", "median", "average", "minimum", "maximum"] = "additive"
    min_n: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    access: str = ""
    family: str = ""
    ledger_month: bool = False
    basis: str = ""
    synonyms: tuple[str, ...] = ()


# --------------------------------------------------------------------------------------------------- who asks


class Principal(Contract):
    """Who asks, computed below the model. `dealership_ids` is the tenant set, sorted."""

    user_id: str
    role: str
    dealership_ids: tuple[str, ...]
    home_dealership_id: str
    group_id: str | None = None
    person_id: str | None = None
    person_name: str | None = None
    department: str | None = None


# --------------------------------------------------------------------------------------------------- the answer


class RenderedTable(Contract):
    """A filled table: strings for people (`rows`), fact ids for machines (`facts`, same shape, None for labels)."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str | None, ...], ...] = ()
    note: str = ""


class Analysis(Contract):
    """Rendered findings and tables."""

    findings: tuple[str, ...] = ()
    tables: tuple[RenderedTable, ...] = ()


class Recommendation(Contract):
    """A rendered recommendation; `impact` is the rendered figure, `formula` how it was computed."""

    action: str
    owner_role: str
    impact: str | None = None
    formula: str | None = None
    fact: str | None = None
    measure: str = ""


class Clarification(Contract):
    """A question back to the asker."""

    question: str
    options: tuple[str, ...] = ()


class Definition(Contract):
    """What a metric of the answer means."""

    metric: str
    label: str
    text: str
    formula: str = ""


class RejectedDraft(Contract):
    """An earlier draft that did not pass, and why (headline unrendered: it may hold unproven words)."""

    author: str
    score: Decimal
    reasons: tuple[str, ...]


class AnswerMetadata(Contract):
    """How the answer came to be. `agent_path` is the way down the hierarchy to the analyst whose draft was approved."""

    task_id: str = ""
    thread_id: str = ""
    complexity: Complexity = "simple"
    agent_path: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()
    revision_count: int = 0
    processing_time_ms: float = 0.0
    model: str = "offline"
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    cached: bool = False


class Answer(Contract):
    """What a reader gets. Figures only inside rendered text, tables and `evidence`; an error is never a field of it."""

    status: Status
    question: str
    summary: str
    analysis: Analysis = Analysis()
    recommendations: tuple[Recommendation, ...] = ()
    confidence_level: Level | None = None
    quality_score: Decimal | None = None
    definitions: tuple[Definition, ...] = ()
    period: Period | None = None
    basis: str = ""
    checks: tuple[Check, ...] = ()
    rejected: tuple[RejectedDraft, ...] = ()
    clarification: Clarification | None = None
    alternatives: tuple[str, ...] = ()
    visualization: dict[str, JsonValue] | None = None
    evidence: tuple[Fact, ...] = ()
    queries: tuple[QueryRecord, ...] = ()
    data_sources: tuple[str, ...] = ()
    as_of: date | None = None
    data_through: date | None = None
    assumptions: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    metadata: AnswerMetadata = AnswerMetadata()

    def canonical(self) -> bytes:
        """Return the bytes that repeat: without run ids, times, tokens, money spent and cache marks."""
        body = self.model_dump(mode="json", exclude={"metadata": _VOLATILE, "queries": {"__all__": {"ms", "bytes"}}})
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


_VOLATILE = {"task_id", "thread_id", "processing_time_ms", "tokens", "cost_usd", "cached"}

ValidationPolicy.model_rebuild()
