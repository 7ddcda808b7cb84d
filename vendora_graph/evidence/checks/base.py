"""What a check is: a small pure function from a case to the problems it sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vendora_graph.evidence.case import Case


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a check found wrong: `what` fills the check's reason, `refs` are references or fact ids.

    `count` multiplies the penalty where a check counts (words, assumptions).
    """

    what: str
    refs: tuple[str, ...] = ()
    count: int = 1


Look = Callable[[Case], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check by name. What a failure costs, and its words, stand in `rubric.yaml` under that name."""

    name: str
    look: Look


def rule(name: str) -> Callable[[Look], Rule]:
    """Name a check."""
    return lambda look: Rule(name, look)
