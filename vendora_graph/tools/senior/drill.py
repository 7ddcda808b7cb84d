"""Which groups of which dimension carry a change: exact effects of every group, largest shown, the rest as one line."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from vendora_graph.contracts import Fact, Filter, Ledger, ResultTable, Slice, Unit
from vendora_graph.evidence.arithmetic import express
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.senior.decompose import LAWS, MIX, RATE, Group, Kind, by_groups, simpson, stands_out
from vendora_graph.tools.senior.gather import Desk, Rows, knowledge, trimmed
from vendora_graph.tools.senior.sides import Fetched, Sided, Sides, fetch

TOOL_NAME = "explain_change"
SOUND_FROM = 5
"""Records below which a group's rate may break its bounds by chance."""
PER_UNIT: dict[Unit, Unit] = {"usd": "usd_per_unit"}


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
    ledgers: tuple[Ledger, ...]
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
    metric: str, sides: Sides, by: Sequence[str], most: int, request: str, now: Fact, before: Fact, desk: Desk
) -> Drilled:
    """Return, for each dimension, the groups that moved the figure; the dimension that explains most first."""
    kind, top, bottom = kind_of(metric, desk)
    info = desk.services.catalog.metrics[metric]
    if kind != "ratio" and info.additivity != "additive":
        return Drilled()
    names = tuple(m for m in (top, bottom) if m)
    chosen = dimensions_for(metric, sides.filters, by, desk)[:most]
    total, *found = await asyncio.gather(fetch(names, sides, desk), *(fetch(names, sides, desk, (d,)) for d in chosen))
    if total is None:
        return Drilled()
    whole = _named(total.whole, top, bottom)
    cuts = [_cut(d, one, top, bottom) for d, one in zip(chosen, found, strict=True) if one is not None]
    sound = [cut for cut in cuts if kind != "ratio" or _sound(cut, info)]
    change = (now.value or Decimal(0)) - (before.value or Decimal(0))
    ranked = sorted(sound, key=lambda cut: (-_explains(cut, kind, change), chosen.index(cut.dimension)))
    drilled = Drilled(ledgers=list(total.ledgers))
    least = Decimal(info.min_n or 0)
    for rank, cut in enumerate(ranked, start=1):
        _tell(rank, cut, whole, kind, metric, request, now, drilled, desk)
        if bottom is not None and simpson(cut.groups, least=least):
            label = desk.services.catalog.dimensions[cut.dimension].label
            drilled.words.append(f"Simpson: by {label} every group moved the other way; the mix moved the whole.")
    return drilled


def _cut(dimension: str, found: Fetched, top: str, bottom: str | None) -> Cut:
    groups, facts, places = [], {}, {}
    for key, row in found.rows.items():
        name = dict(key).get(dimension)
        if name is None:
            continue
        facts[name], places[name] = _named(row, top, bottom), key
        values = {alias: fact.value or Decimal(0) for alias, fact in facts[name].items()}
        groups.append(Group(name, **{"n0": Decimal(0), "n1": Decimal(0), **values}))
    return Cut(dimension, tuple(found.ledgers), tuple(groups), facts, places)


def _named(row: Sided, top: str, bottom: str | None) -> dict[str, Fact]:
    """Return a row's figures by the names of the arithmetic: n1, n0 and, where there is a denominator, d1, d0."""
    wanted = {f"{letter}{side}": (metric, side) for letter, metric in (("n", top), ("d", bottom)) for side in "10" if metric is not None}
    return {alias: row[metric, side] for alias, (metric, side) in wanted.items() if metric and (metric, side) in row}


def _sound(cut: Cut, info: MetricInfo) -> bool:
    """Tell whether a rate may be told by these groups: where one breaks the rate's bounds, its two sums are not cut alike."""
    rates = [n / d for g in cut.groups for n, d in ((g.n1, g.d1), (g.n0, g.d0)) if d >= SOUND_FROM]
    return not any((info.low is not None and rate < info.low) or (info.high is not None and rate > info.high) for rate in rates)


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
    rank: int, cut: Cut, total: dict[str, Fact], kind: Kind, metric: str, request: str, now: Fact, drilled: Drilled, desk: Desk
) -> None:
    """Add one dimension's table: now, before, effect, and of it the group's own rate and its mix."""
    limit = knowledge("drivers")["limits"]["groups"]
    shown = [e.name for e in by_groups(cut.groups, kind)][:limit]
    whole = {alias.upper(): fact for alias, fact in total.items()}
    info = desk.services.catalog.metrics[metric]
    rows, unit = Rows(), "points" if info.unit == "rate" else info.unit
    for name in shown:
        named = {**whole, **cut.facts[name]}
        pieces = {
            piece: express(
                _held(text, named), named, unit, label=f"{_PIECES[piece]} {info.label}", metric=metric, slice=cut.places[name],
                period=now.period,
            )
            for piece, text in LAWS[kind].items()
        }
        now_value, then_value = (_level(named, side, kind, info, cut.places[name]) for side in "10")
        rows.add(cut.places[name], now_value, then_value, pieces["effect"], pieces.get(RATE), pieces.get(MIX))
    label = desk.services.catalog.dimensions[cut.dimension].label
    level = f"{info.label} per unit" if kind == "volume" else info.label
    columns = (level, f"{level}, before", "Effect", "Own rate", "Mix")
    drilled.ledgers += [trimmed(ledger, {cut.places[name] for name in shown}) for ledger in cut.ledgers]
    drilled.rows.append(rows)
    note = f"{len(cut.groups) - len(shown)} more groups" if len(cut.groups) > len(shown) else ""
    drilled.tables.append(rows.table(TOOL_NAME, request, f"{info.label} by {label}", columns, now.period, note, rank))


def _held(text: str, named: dict[str, Fact]) -> str:
    """Return the arithmetic with nothing for what a group does not have on one side."""
    return re.sub(r"[nd][01]", lambda found: found[0] if found[0] in named else "0", text)


_PIECES = {"effect": "Effect on", RATE: "Own-rate effect on", MIX: "Mix effect on"}


def _level(named: dict[str, Fact], side: str, kind: Kind, info: MetricInfo, place: Slice) -> Fact | None:
    """Return a group's own figure on one side: its rate, what it brings per unit of volume, or its sum."""
    top, bottom = named.get(f"n{side}"), named.get(f"d{side}")
    if kind == "sum" or top is None or bottom is None:
        return top
    label, unit = (f"{info.label} per unit", PER_UNIT.get(info.unit, info.unit)) if kind == "volume" else (info.label, info.unit)
    return express(f"n{side} / d{side}", named, unit, label=label, metric=info.name, slice=place, period=top.period)
