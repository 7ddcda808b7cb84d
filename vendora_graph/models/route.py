"""The orchestrator's structured output, and how it meets the independent reading."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vendora_graph.contracts import Complexity, Contract, Reading
from vendora_graph.evidence.wording import has_figures
from vendora_graph.state import Routing

CODE_DECIDES = ("refused", "not_allowed")
"""What the grammar refuses, no model may let through."""

SURE = 0.9
"""From which margin a reading is sure: no word of it was mistyped, no measure might as well be another one."""

SENIOR_INTENTS = (
    "scorecard", "explain", "benchmark", "pace", "forecast", "what_if", "anomalies", "reconcile", "recommend", "report",
)  # fmt: skip
"""What only the senior analyst has tools for."""

_ABOUT = ("metric ", "topic ")
"""What a reading bound a word to when it knows what the question is about."""

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
    """Return where the question goes. Without a choice, or where code must decide, the reading decides (ADR 0012)."""
    if choice is None or _decided(reading):
        return _of_reading(reading)
    status = _STATUS[choice.decision]
    if status == "plan":
        return _to_analyst(choice.complexity, reading)
    if status == reading.status or has_figures(f"{choice.reason} {choice.clarification or ''} {' '.join(choice.options)}"):
        return _of_reading(reading) if reading.status != "plan" else _to_analyst(choice.complexity, reading, choice.decision)
    if _contradicted(status, reading):
        return _to_analyst(choice.complexity, reading, choice.decision)
    return Routing(
        destination="respond",
        complexity=choice.complexity,
        status=status,
        reason=choice.reason,
        clarification=choice.clarification,
        options=choice.options,
        alternatives=reading.alternatives,
    )


def _decided(reading: Reading) -> bool:
    """Whether the grammar has the last word: it refuses, or it knows what the question is about and why it cannot be answered."""
    understood = reading.offer is not None or any(meaning.startswith(_ABOUT) for _, meaning in reading.used)
    return reading.status in CODE_DECIDES or (reading.status in ("not_held", "clarify") and understood)


def _contradicted(status: str, reading: Reading) -> bool:
    """Whether a model turns away a question that was read in full; a question back stands where the reading had to assume something."""
    sure = reading.status == "plan" and not reading.unused and reading.margin >= SURE
    return sure and not (status == "clarify" and reading.assumptions)


def _to_analyst(complexity: Complexity, reading: Reading, overruled: str = "") -> Routing:
    """The harder of the two opinions wins: a complex reading is never sent to the data analyst."""
    senior = reading.plan is not None and reading.plan.intent in SENIOR_INTENTS
    hardest: Complexity = "complex" if senior or "complex" in (complexity, reading.complexity) else complexity
    return Routing(
        destination="senior_analyst" if hardest == "complex" else "data_analyst",
        complexity=hardest,
        alternatives=reading.alternatives,
        overruled=overruled,
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
