"""Which label of a sentence belongs to which figure: the rule analysts are told, in one place.

A label belongs to the figure before it when nothing but plain words stands between them (no comma, no other figure, no
breaker such as "against" or "than"); otherwise the labels before a figure, since the figure before that one, are its own; if
there are none, the nearest labels earlier in the sentence carry on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from vendora_graph.evidence.case import FactRef, Sentence
from vendora_graph.evidence.references import Token
from vendora_graph.evidence.resources import resource


class Label(Protocol):
    """Anything that stands at a token of a sentence."""

    @property
    def at(self) -> int:
        """Return the token's position."""


_MARKS = frozenset(",;:()\u2013\u2014")

L = TypeVar("L", bound=Label)


@dataclass(frozen=True, slots=True)
class Bound(Generic[L]):
    """The labels of one figure. `how`: `behind` it, `before` it, `carried` from earlier, or `none`."""

    how: str
    labels: tuple[L, ...]


@lru_cache(maxsize=1)
def _breakers() -> frozenset[str]:
    return frozenset(resource("words")["breakers"])


def breaks(run: Sequence[Token]) -> bool:
    """Tell whether tokens between a figure and a label part them."""
    return any(t.kind == "f" or (t.kind == "mark" and t.text in _MARKS) or (t.kind == "word" and t.text in _breakers()) for t in run)


def bind(sentence: Sentence, ref: FactRef, labels: Sequence[L]) -> Bound[L]:
    """Return the labels that belong to a figure."""
    behind = [label for label in labels if label.at > ref.at and not breaks(sentence.between(ref.at, label.at))]
    if behind:
        return Bound("behind", tuple(behind))
    previous = max((other.at for other in sentence.facts if other.at < ref.at), default=-1)
    taken = {label.at for label in labels if previous >= 0 and label.at > previous and not breaks(sentence.between(previous, label.at))}
    own = [label for label in labels if previous < label.at < ref.at and label.at not in taken]
    if own:
        return Bound("before", tuple(own))
    earlier = [label for label in labels if label.at < ref.at]
    if not earlier:
        return Bound("none", ())
    return Bound("carried", tuple(_last_group(sentence, earlier)))


def _last_group(sentence: Sentence, earlier: Sequence[L]) -> list[L]:
    group = [earlier[-1]]
    for label in reversed(earlier[:-1]):
        if any(label.at < ref.at < group[0].at for ref in sentence.facts):
            break
        group.insert(0, label)
    return group
