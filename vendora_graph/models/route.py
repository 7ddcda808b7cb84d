"""The orchestrator's structured output, and how it meets the independent reading."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vendora_graph.contracts import Complexity, Contract, Reading
from vendora_graph.evidence.wording import has_figures
from vendora_graph.state import Routing

CODE_DECIDES = ("refused", "not_allowed")
"""What the grammar refuses, no model may let through."""

SENIOR_INTENTS = (
    "scorecard", "explain", "benchmark", "pace", "forecast", "what_if", "anomalies", "reconcile", "recommend", "report",
)  # fmt: skip
"""What only the senior analyst has tools for."""

_STATUS: dict[str, Literal["plan", "clarify", "refused", "not_held"]] = {
    "answer": "plan",
    "clarify": "clarify",
    "refuse": "refused",
    "not_held": "not_held",
}


class RouteChoice(Contract):
    """Decide who works on the question. Write no digits."""

    decision: Literal["answer", "clarify", "refuse", "not_held"]
    complexity: Complexity = "simple"
    reason: str = Field(default="", max_length=400, description="One kind sentence for the asker, for all but answer.")
    clarification: str | None = Field(default=None, max_length=600, description="The question to ask back.")
    options: tuple[str, ...] = Field(default=(), max_length=6)


def as_routing(choice: RouteChoice | None, reading: Reading) -> Routing:
    """Return where the question goes. Without a choice, or where code must decide, the reading decides."""
    if choice is None or reading.status in CODE_DECIDES:
        return _of_reading(reading)
    status = _STATUS[choice.decision]
    if status == "plan":
        return _to_analyst(choice.complexity, reading)
    if status == reading.status or has_figures(f"{choice.reason} {choice.clarification or ''} {' '.join(choice.options)}"):
        return _of_reading(reading) if reading.status != "plan" else _to_analyst(choice.complexity, reading)
    return Routing(
        destination="respond",
        complexity=choice.complexity,
        status=status,
        reason=choice.reason,
        clarification=choice.clarification,
        options=choice.options,
        alternatives=reading.alternatives,
    )


def _to_analyst(complexity: Complexity, reading: Reading) -> Routing:
    """The harder of the two opinions wins: a complex reading is never sent to the data analyst."""
    senior = reading.plan is not None and reading.plan.intent in SENIOR_INTENTS
    hardest: Complexity = "complex" if senior or "complex" in (complexity, reading.complexity) else complexity
    return Routing(
        destination="senior_analyst" if hardest == "complex" else "data_analyst",
        complexity=hardest,
        alternatives=reading.alternatives,
    )


def _of_reading(reading: Reading) -> Routing:
    if reading.status == "plan":
        return _to_analyst(reading.complexity, reading)
    return Routing(
        destination="respond",
        complexity=reading.complexity,
        status=reading.status,
        reason=reading.reason,
        clarification=reading.clarification,
        options=reading.options,
        alternatives=reading.alternatives,
    )
