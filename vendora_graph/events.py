"""What a streamed question yields: one event for each agent's step, then the answer."""

from __future__ import annotations

from dataclasses import dataclass

from vendora_graph.contracts import Answer


@dataclass(frozen=True, slots=True)
class StepEvent:
    """An agent has begun to work.

    Attributes:
        node: The graph's node name, for example `data_analyst`.
        label: The same for a person, for example `L2 data analyst`.
        detail: What it is doing, in a few words; may be empty. Never a figure: nothing is proven yet.
    """

    node: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The answer, always the last event."""

    answer: Answer
