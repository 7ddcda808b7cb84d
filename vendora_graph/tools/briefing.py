"""What a model is told: the role's prompt with retrieved vocabulary, the question, and the work so far.

The question also travels as typed content (`additional_kwargs["vendora"]`, JSON): the offline model reads that, other providers
ignore it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from vendora_graph.contracts import Contract, Plan, Principal
from vendora_graph.prompts.render import as_data, render
from vendora_graph.tools.find import rank_metrics

if TYPE_CHECKING:
    from vendora_graph.services import Services

REQUEST_KEY = "vendora"
VOCABULARY_METRICS = 24
"""Metrics of the vocabulary shown for one question; the rest is reached with `find_metrics`."""


class AnalystRequest(Contract):
    """A question as typed content: everything the offline reader needs, nothing it computed."""

    task: Literal["route", "analyse"]
    role: str
    question: str
    turn: int
    as_of: date
    data_through: date
    principal: Principal
    previous: Plan | None = None
    revision: int = 0


def vocabulary(question: str, services: Services) -> str:
    """Return the metrics nearest to the question and their dimensions, one a line, bounded."""
    lines = []
    for info in rank_metrics(question[:400], services.catalog, VOCABULARY_METRICS):
        dims = ", ".join(sorted(info.dimensions)[:12])
        lines.append(f"{info.name}: {info.label} ({info.unit}; {info.basis}). Cut by: {dims}")
    return "\n".join(lines)


def brief(request: AnalystRequest, prompt: str, work: list[BaseMessage], services: Services) -> list[BaseMessage]:
    """Return the messages for one model call: system, question, work so far."""
    system = render(
        prompt,
        vocabulary=vocabulary(request.question, services),
        previous=request.previous.model_dump_json(exclude_defaults=True) if request.previous else "none",
        as_of=request.as_of.isoformat(),
        data_through=request.data_through.isoformat(),
        **({} if prompt == "orchestrator" else {"asker": request.principal.role}),
    )
    human = HumanMessage(
        content=f"<question>\n{as_data(request.question)}\n</question>",
        additional_kwargs={REQUEST_KEY: request.model_dump(mode="json")},
    )
    return [SystemMessage(content=system), human, *work]


def typed_request(messages: list[BaseMessage]) -> dict[str, Any] | None:
    """Return the typed content of the latest question, or None when the caller gave plain text only."""
    for message in reversed(messages):
        found = message.additional_kwargs.get(REQUEST_KEY)
        if isinstance(found, dict):
            return found
        if isinstance(found, str):
            loaded = json.loads(found)
            return loaded if isinstance(loaded, dict) else None
    return None
