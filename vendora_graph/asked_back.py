"""A question that was asked back, as a conversation carries it until the next one."""

from __future__ import annotations

from vendora_graph.contracts import Contract


class AskedBack(Contract):
    """What was typed, the words that were unclear in it, and what was offered instead, if one thing was: a fragment may complete it."""

    question: str
    about: str = ""
    offered: str = ""
