"""Nobody is isolated by figures: groups of at least k people, and no two answers whose difference is one person."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction


def suppressed(counts: Mapping[Hashable, int], k: int, *, total_known: bool) -> frozenset[Hashable]:
    """Return the groups whose figure must be withheld.

    Args:
        counts: People in each group.
        k: The least number of people a figure may stand for.
        total_known: Whether the total over the groups is shown too: then one withheld group could be computed from it, so the
            smallest of the others is withheld as well until the withheld ones together hold k people in at least two groups.
    """
    small = {group for group, count in counts.items() if 0 < count < k}
    if not small or not total_known:
        return frozenset(small)
    others = sorted((group for group in counts if group not in small and counts[group] > 0), key=lambda group: (counts[group], repr(group)))
    for group in others:
        if len(small) > 1 and sum(counts[one] for one in small) >= k:
            break
        small.add(group)
    return frozenset(small)


@dataclass
class DifferencingGuard:
    """Remembers which groups of people sums were shown for, and refuses one that would reveal fewer than k of them.

    A sum over a group is an equation in the people's amounts. A new one is refused when the equations together would determine
    a single person's amount, or when its difference to an earlier one is a group of fewer than k people. Keep one for each
    asker, metric and period.
    """

    k: int = 5
    _groups: list[frozenset[str]] = field(default_factory=list)
    _rows: list[dict[str, Fraction]] = field(default_factory=list)

    def allows(self, people: frozenset[str]) -> bool:
        """Say whether a sum over these people may be shown beside those shown before."""
        if len(people) < self.k:
            return False
        if any(0 < len(people ^ other) < self.k and (people < other or other < people) for other in self._groups):
            return False
        return not _isolates(_reduced([*self._rows, dict.fromkeys(sorted(people), Fraction(1))]), self.k)

    def show(self, people: frozenset[str]) -> bool:
        """Remember that the sum is shown, if it may be; say whether it may."""
        if not self.allows(people):
            return False
        self._groups.append(people)
        self._rows = _reduced([*self._rows, dict.fromkeys(sorted(people), Fraction(1))])
        return True


def _reduced(rows: list[dict[str, Fraction]]) -> list[dict[str, Fraction]]:
    """Return the rows in reduced echelon form; a person is determined if a row holds that person alone."""
    done: list[tuple[str, dict[str, Fraction]]] = []
    for row in rows:
        current = dict(row)
        for pivot, other in done:
            current = _minus(current, other, current.get(pivot, Fraction(0)))
        if not current:
            continue
        pivot = min(current)
        scaled = {person: value / current[pivot] for person, value in current.items()}
        done = [(name, _minus(other, scaled, other.get(pivot, Fraction(0)))) for name, other in done]
        done.append((pivot, scaled))
    return [row for _, row in done]


def _minus(row: dict[str, Fraction], other: dict[str, Fraction], factor: Fraction) -> dict[str, Fraction]:
    if not factor:
        return row
    result = dict(row)
    for person, value in other.items():
        left = result.get(person, Fraction(0)) - factor * value
        if left:
            result[person] = left
        else:
            result.pop(person, None)
    return result


def _isolates(rows: list[dict[str, Fraction]], k: int) -> bool:
    return any(len(row) < k and len(set(row.values())) == 1 for row in rows)
