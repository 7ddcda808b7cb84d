"""From what checks saw to a score and a level, by the rubric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from vendora_graph.contracts import Check, Level
from vendora_graph.evidence.checks.base import Problem
from vendora_graph.evidence.resources import resource

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Cost:
    """What a check costs by the rubric. A `note` is said and costs nothing."""

    fatal: bool
    note: bool
    penalty: Decimal
    cap: Level | None
    reason: str
    hint: str


@cache
def cost_of(name: str) -> Cost:
    """Return the rubric's line of a check."""
    line: dict[str, Any] = resource("rubric")["checks"][name]
    return Cost(
        fatal=line.get("fatal", False),
        note=line.get("note", False),
        penalty=Decimal(line.get("penalty", "0")),
        cap=line.get("cap"),
        reason=line["reason"],
        hint=line["hint"],
    )


def to_check(name: str, problems: Sequence[Problem]) -> Check:
    """Return a check's result in the words of the rubric."""
    cost = cost_of(name)
    if not problems:
        return _passed(name, cost.fatal)
    named = "; ".join(dict.fromkeys(problem.what for problem in problems[:_MOST_NAMED]))
    more = len(problems) - _MOST_NAMED
    what = f"{named} and {more} more" if more > 0 else named
    return Check(
        name=name,
        passed=cost.note,
        fatal=cost.fatal,
        penalty=cost.penalty * sum(problem.count for problem in problems),
        cap=cost.cap,
        reason=cost.reason.replace("{what}", what),
        hint=cost.hint,
        refs=tuple(dict.fromkeys(ref for problem in problems for ref in problem.refs)),
    )


@cache
def _passed(name: str, fatal: bool) -> Check:
    return Check(name=name, passed=True, fatal=fatal)


def score(checks: Sequence[Check], *, independent: bool) -> Decimal:
    """Return the score: the start, what an independent agreement earns, less penalties, under the caps; at least 0."""
    rubric = resource("rubric")
    total = Decimal(rubric["score"]["start"])
    if independent:
        total += Decimal(rubric["score"]["independent"])
    for check in checks:
        if not check.passed:
            total -= check.penalty
    caps = [Decimal(rubric["cap_scores"][check.cap]) for check in checks if not check.passed and check.cap is not None]
    return max(min([total, *caps]), Decimal(0))


def level_of(value: Decimal) -> Level:
    """Return the level of a score."""
    levels: list[tuple[Level, str]] = resource("rubric")["levels"]
    return next(name for name, least in levels if value >= Decimal(least))
