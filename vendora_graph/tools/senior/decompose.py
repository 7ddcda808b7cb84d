"""Take a change apart, exactly: volume, rate and mix; parts of gross; groups of a dimension. Pure arithmetic in Decimal.

A *figure* is a value now and before, under an alias: `g1` now, `g0` before. A *step* is arithmetic over such names. What the tool puts in
the ledger and what these functions give is the same arithmetic over the same texts, so it can be computed again from the formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from vendora_graph.evidence.expression import evaluate

RATE = "rate"
MIX = "mix"
Kind = Literal["ratio", "volume", "sum"]

RATIO_GROUP = {
    "effect": "n1 / D1 - n0 / D0 - (d1 / D1 - d0 / D0) * (N0 / D0)",
    RATE: "(n1 - d1 * (n0 / d0)) / D1",
    MIX: "(d1 / D1 - d0 / D0) * (n0 / d0 - N0 / D0)",
}
"""One group's part in the change of N over D: its own rate, and its weight in the whole."""
VOLUME_GROUP = {
    "effect": "n1 - n0 - (d1 - d0) * (N0 / D0)",
    RATE: "n1 - d1 * (n0 / d0)",
    MIX: "(d1 - d0) * (n0 / d0 - N0 / D0)",
}
"""One group's part in the change of N beyond what the change of the volume D explains at the old average."""
SUM_GROUP = {"effect": "n1 - n0"}
LAWS: Mapping[Kind, Mapping[str, str]] = {"ratio": RATIO_GROUP, "volume": VOLUME_GROUP, "sum": SUM_GROUP}


@dataclass(frozen=True, slots=True)
class Step:
    """One driver of a bridge: what it is called and its arithmetic over figures."""

    driver: str
    text: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What a step or a group moved; None where it cannot be said."""

    name: str
    value: Decimal | None
    rate: Decimal | None = None
    mix: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """One group's numerator and, where there is one, denominator, before and now."""

    name: str
    n0: Decimal
    n1: Decimal
    d0: Decimal = Decimal(0)
    d1: Decimal = Decimal(0)


def bridge(steps: Sequence[Step], figures: Mapping[str, Decimal | None]) -> list[Effect]:
    """Return what each step moved, in the order given.

    Raises:
        ModelOutputError: A step names a figure that is not there.
    """
    return [Effect(step.driver, evaluate(step.text, figures)) for step in steps]


def residual_text(before: str, now: str, steps: Sequence[str]) -> str:
    """Return the arithmetic of what the steps leave of the change from `before` to `now`."""
    return f"{now} - {before} - ({' + '.join(steps)})" if steps else f"{now} - {before}"


def by_groups(groups: Sequence[Group], kind: Kind) -> list[Effect]:
    """Return each group's part in the change of the whole, the largest first (ties by name).

    The parts add up to the change of N over D (`ratio`), to the change of N beyond volume (`volume`) or to that of N (`sum`).
    The rate and mix parts of a group add up to it; a group without a past is mix alone.
    """
    whole = _whole(groups)
    found = []
    for group in groups:
        values = {**whole, "n0": group.n0, "n1": group.n1, "d0": group.d0, "d1": group.d1}
        pieces = {name: evaluate(text, values) for name, text in LAWS[kind].items()}
        found.append(Effect(group.name, pieces["effect"], pieces.get(RATE), pieces.get(MIX)))
    return sorted(found, key=lambda e: (-abs(e.value or Decimal(0)), e.name))


def _whole(groups: Sequence[Group]) -> dict[str, Decimal | None]:
    return {
        "N0": sum((g.n0 for g in groups), Decimal(0)),
        "N1": sum((g.n1 for g in groups), Decimal(0)),
        "D0": sum((g.d0 for g in groups), Decimal(0)),
        "D1": sum((g.d1 for g in groups), Decimal(0)),
    }


def simpson(groups: Sequence[Group], *, least: Decimal = Decimal(0)) -> bool:
    """Tell whether the whole rate moved one way and every group's rate the other (or not at all): the mix did it.

    Groups with a denominator under `least` on either side are left out; two must remain.
    """
    whole = _whole(groups)
    total = evaluate("N1 / D1 - N0 / D0", whole)
    kept = [g for g in groups if g.d0 > 0 and g.d1 > 0 and min(g.d0, g.d1) >= least]
    if not total or len(kept) < 2:  # noqa: PLR2004
        return False
    moves = [g.n1 / g.d1 - g.n0 / g.d0 for g in kept]
    return all(move * total <= 0 for move in moves) and any(move for move in moves)


def drives(effect: Decimal | None, change: Decimal | None) -> bool:
    """Tell whether a part moved the same way as the whole."""
    return effect is not None and change is not None and effect * change > 0


def stands_out(effect: Decimal, change: Decimal, share: Decimal) -> Decimal:
    """Return how much of the change a group carries beyond its share of the volume, as a fraction of the change.

    Zero where it moved the other way or no more than its share.
    """
    if not drives(effect, change):
        return Decimal(0)
    return max(effect / change - share, Decimal(0))
