"""Which groups of which dimension carry a change: exact effects of every group, largest shown, the rest as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from vendora_graph.contracts import Fact, Filter, Ledger, ResultTable, Slice, Unit
from vendora_graph.evidence.arithmetic import express
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span
from vendora_graph.tools.senior.decompose import LAWS, MIX, RATE, Group, Kind, by_groups, simpson, stands_out
from vendora_graph.tools.senior.gather import Desk, Rows, fact_in, knowledge, of, only_table, trimmed

TOOL_NAME = "explain_change"
OTHERS = "All others"


@dataclass(slots=True)
class Drilled:
    """What the drill-down found, the dimension that carries most of the change first."""

    ledgers: list[Ledger] = field(default_factory=list)
    rows: list[Rows] = field(default_factory=list)
    tables: list[ResultTable] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cut:
    """One dimension's groups with the facts behind them."""

    dimension: str
    ledger: Ledger
    groups: tuple[Group, ...]
    facts: dict[str, dict[str, Fact]]
    places: dict[str, Slice]


def kind_of(metric: str, desk: Desk) -> tuple[Kind, str, str | None]:
    """Return how a metric is cut: ratio of two sums, sum with a volume behind it, or plain sum."""
    info = desk.services.catalog.metrics[metric]
    parts = desk.services.engine.components(metric)
    plain = info.formula_expr == "numerator / denominator" and not any(p.window_days or p.window_months for p in parts)
    if plain and info.additivity in ("ratio", "average"):
        named = {p.alias: p.metric for p in info.inputs}
        return "ratio", named["numerator"], named["denominator"]
    volume = knowledge("drivers")["volumes"].get(metric)
    return ("volume", metric, volume) if volume else ("sum", metric, None)


def dimensions_for(metric: str, filters: Sequence[Filter], asked: Sequence[str], desk: Desk) -> list[str]:
    """Return the dimensions to drill into: those asked for, the metric's own list, or the usual ones it can be cut by."""
    known = knowledge("drivers")
    _, top, bottom = kind_of(metric, desk)
    infos = [desk.services.catalog.metrics[m] for m in (top, bottom) if m]
    wanted = list(asked) or known["bridges"].get(metric, {}).get("by") or known["drills"].get(metric) or known["defaults"]
    fixed = {item.dimension for item in filters if item.op == "in" and len(item.values) == 1}
    usable = [d for d in wanted if d not in fixed and all(d in info.dimensions for info in infos)]
    small = [d for d in usable if desk.services.profile.size(d) <= known["limits"]["cardinality"]]
    return small[: known["limits"]["dimensions"]]


async def drill_down(
    metric: str,
    period: Span,
    compare: Span,
    filters: tuple[Filter, ...],
    by: Sequence[str],
    most: int,
    request: str,
    now: Fact,
    before: Fact,
    desk: Desk,
) -> Drilled:
    """Return, for each dimension, the groups that moved the figure; the dimension that explains most first."""
    kind, top, bottom = kind_of(metric, desk)
    info = desk.services.catalog.metrics[metric]
    if kind != "ratio" and info.additivity != "additive":
        return Drilled()
    names = tuple(m for m in (top, bottom) if m)
    order = OrderBy(by=top, direction="desc")
    chosen = dimensions_for(metric, filters, by, desk)[:most]
    queries = [MetricQuery(metrics=names, period=period, compare=compare, filters=filters, group_by=(d,), order_by=order) for d in chosen]
    total, *found = await desk.try_all([MetricQuery(metrics=names, period=period, compare=compare, filters=filters), *queries])
    if total is None:
        return Drilled()
    whole = _named(only_table(total).cells[-1], total, top, bottom, period, compare)
    cuts = [_cut(d, ledger, top, bottom, period, compare) for d, ledger in zip(chosen, found, strict=True) if ledger is not None]
    change = (now.value or Decimal(0)) - (before.value or Decimal(0))
    ranked = sorted(cuts, key=lambda cut: (-_explains(cut, kind, change), chosen.index(cut.dimension)))
    drilled = Drilled(ledgers=[total])
    least = Decimal(info.min_n or 0)
    for rank, cut in enumerate(ranked, start=1):
        _tell(rank, cut, whole, kind, metric, info.unit, request, now, drilled, desk)
        if bottom is not None and simpson(cut.groups, least=least):
            label = desk.services.catalog.dimensions[cut.dimension].label
            drilled.words.append(f"Simpson: by {label} every group moved the other way; the mix moved the whole.")
    return drilled


def _cut(dimension: str, ledger: Ledger, top: str, bottom: str | None, period: Span, compare: Span) -> Cut:
    table = only_table(ledger)
    groups, facts, places = [], {}, {}
    for key, cells in zip(table.keys, table.cells, strict=True):
        name = dict(key).get(dimension)
        held = _named(cells, ledger, top, bottom, period, compare)
        facts[name or ""] = held
        if name is not None:
            places[name] = key
            values = {alias: fact.value or Decimal(0) for alias, fact in held.items()}
            groups.append(Group(name, **values))
    return Cut(dimension, ledger, tuple(groups), facts, places)


def _named(cells: Sequence[str | None], ledger: Ledger, top: str, bottom: str | None, period: Span, compare: Span) -> dict[str, Fact]:
    wanted = {"n1": (top, period), "n0": (top, compare), "d1": (bottom, period), "d0": (bottom, compare)}
    named = {alias: fact_in(ledger, cells, m, days=of(span)) for alias, (m, span) in wanted.items() if m is not None}
    return {alias: fact for alias, fact in named.items() if fact is not None}


def _explains(cut: Cut, kind: Kind, change: Decimal) -> Decimal:
    """Return how much of the change one group of this dimension carries beyond its share of the volume."""
    effects = {e.name: e.value or Decimal(0) for e in by_groups(cut.groups, kind)}
    weights = {g.name: (g.d0 + g.d1) if kind != "sum" else abs(g.n0) + abs(g.n1) for g in cut.groups}
    whole = sum(weights.values(), Decimal(0)) or Decimal(1)
    moved = change if kind != "volume" else sum(effects.values(), Decimal(0))
    if not moved or len(cut.groups) < 2:  # noqa: PLR2004
        return Decimal(0)
    return max((stands_out(value, moved, weights[name] / whole) for name, value in effects.items()), default=Decimal(0))


def _tell(
    rank: int, cut: Cut, total: dict[str, Fact], kind: Kind, metric: str, unit: Unit, request: str, now: Fact, drilled: Drilled, desk: Desk
) -> None:
    """Add one dimension's table: now, before, effect, and of it the group's own rate and its mix."""
    limit = knowledge("drivers")["limits"]["groups"]
    shown = [e.name for e in by_groups(cut.groups, kind)][:limit]
    whole = {alias.upper(): fact for alias, fact in total.items()}
    rows, unit = Rows(), "points" if unit == "rate" else unit
    info = desk.services.catalog.metrics[metric]
    for name in shown:
        named = {**whole, **cut.facts[name]}
        pieces = {
            piece: express(
                text, named, unit, label=f"{_PIECES[piece]} {info.label}", metric=metric, slice=cut.places[name], period=now.period
            )
            for piece, text in LAWS[kind].items()
        }
        now_value, then_value = (_level(named, side, kind, info, cut.places[name]) for side in "10")
        rows.add(cut.places[name], now_value, then_value, pieces["effect"], pieces.get(RATE), pieces.get(MIX))
    label = desk.services.catalog.dimensions[cut.dimension].label
    columns = (info.label, f"{info.label}, before", "Effect", "Own rate", "Mix")
    drilled.ledgers.append(trimmed(cut.ledger, {cut.places[name] for name in shown}))
    drilled.rows.append(rows)
    note = f"{len(cut.groups) - len(shown)} more groups" if len(cut.groups) > len(shown) else ""
    drilled.tables.append(rows.table(TOOL_NAME, request, f"{info.label} by {label}", columns, now.period, note, rank))


_PIECES = {"effect": "Effect on", RATE: "Own-rate effect on", MIX: "Mix effect on"}


def _level(named: dict[str, Fact], side: str, kind: Kind, info: MetricInfo, place: Slice) -> Fact | None:
    """Return a group's own figure on one side: its rate, or its sum."""
    top = named.get(f"n{side}")
    if kind != "ratio" or top is None or f"d{side}" not in named:
        return top
    period = top.period
    return express(f"n{side} / d{side}", named, info.unit, label=info.label, metric=info.name, slice=place, period=period)
