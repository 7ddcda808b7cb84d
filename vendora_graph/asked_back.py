"""A question that was asked back, as a conversation carries it until the next one, and the next one in its light."""

from __future__ import annotations

from dataclasses import dataclass

from vendora_graph.contracts import Contract, Plan, Reading


class AskedBack(Contract):
    """What was typed, the words that were unclear in it, and what was offered instead, if one thing was: a fragment may complete it.

    `plan` is what was offered, `asked` the question put back, `alone` whether the question built on no answer before it.
    """

    question: str
    about: str = ""
    offered: str = ""
    plan: Plan | None = None
    asked: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class TakenUp:
    """A question as it is answered: its words, completed where they were a part of one; the plan it builds on; its reading."""

    question: str
    previous: Plan | None
    reading: Reading
