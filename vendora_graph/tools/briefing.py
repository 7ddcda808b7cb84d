"""What a model is told: the role's prompt with retrieved vocabulary, the question, and the work so far.

The question also travels as typed content (`additional_kwargs["vendora"]`, JSON): the offline model reads that, other providers
ignore it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from vendora_graph.contracts import Contract, Plan, Principal
from vendora_graph.prompts.render import as_data, render
from vendora_graph.semantic.catalog import MetricInfo
from vendora_graph.tools.find import CatalogKey, rank_metrics

if TYPE_CHECKING:
    from vendora_graph.services import Services

REQUEST_KEY = "vendora"
VOCABULARY_METRICS = 12
"""Metrics of the vocabulary shown for one question; the rest is reached with `find_metrics`."""
VOCABULARY_TOKENS = 270
"""Tokens the vocabulary of one question may take."""
MOST_DIMENSIONS, OWN_DIMENSIONS = 12, 4
"""Dimensions that are said once for all, and those a metric has beyond them; `find_metrics` gives all."""
CHARACTERS_A_TOKEN = 3


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
    """Return the metrics nearest to the question, one a line: at most `VOCABULARY_METRICS` and `VOCABULARY_TOKENS`, nearest first.

    Dimensions most of them share are said once at the end; a line names only what a metric has beyond those, or which metric before
    it has the same.
    """
    return _vocabulary(question[:400], CatalogKey(services.catalog))


@lru_cache(maxsize=512)
def _vocabulary(question: str, key: CatalogKey) -> str:
    ranked = rank_metrics(question, key.catalog, VOCABULARY_METRICS)
    order = _by_relevance(question, key)
    shared = sorted(_shared(ranked), key=order)[:MOST_DIMENSIONS]
    last = f"By, unless said: {', '.join(shared)}" if shared else ""
    left = VOCABULARY_TOKENS - tokens_of(last)
    lines: list[str] = []
    said: dict[str, str] = {}
    for info in ranked:
        own = [name for name in sorted(info.dimensions, key=order) if name not in shared][:OWN_DIMENSIONS]
        lacks = [name for name in shared if name not in info.dimensions]
        cuts = (f"; by {', '.join(own)}" if own else "") + (f"; not by {', '.join(lacks)}" if lacks else "")
        like = said.setdefault(cuts, info.name)
        line = f"{info.name}: {info.label} ({info.unit}){cuts if like == info.name or not cuts else f'; by as {like}'}"
        left -= tokens_of(line) + 1
        if left < 0:
            break
        lines.append(line)
    return "\n".join([*lines, *([last] if last else [])])


def topics(question: str, services: Services) -> str:
    """Return the labels of the metrics nearest to the question: who only decides where it goes needs no more."""
    return ", ".join(info.label for info in rank_metrics(question[:400], services.catalog, VOCABULARY_METRICS))


def _shared(metrics: list[MetricInfo]) -> list[str]:
    """Return the dimensions that three quarters of the metrics can be cut by."""
    counted = Counter(name for info in metrics for name in info.dimensions)
    return [name for name, count in counted.items() if count * 4 >= len(metrics) * 3 and len(metrics) > 1]


@lru_cache(maxsize=8)
def _common(key: CatalogKey) -> Counter[str]:
    """Count how many metrics each dimension cuts."""
    return Counter(name for info in key.catalog.metrics.values() for name in info.dimensions)


def _by_relevance(question: str, key: CatalogKey) -> Callable[[str], tuple[bool, int, str]]:
    """Return the order of dimensions: those the question names, then those that most metrics have."""
    asked, common = question.lower(), _common(key)
    return lambda name: (not any(word in asked for word in name.split("_")), -common[name], name)


def tokens_of(text: str) -> int:
    """Return about how many tokens a model counts, never too few for English and names: three characters each."""
    return -(-len(text) // CHARACTERS_A_TOKEN)


def brief(request: AnalystRequest, prompt: str, work: list[BaseMessage], services: Services) -> list[BaseMessage]:
    """Return the messages for one model call: system, question, work so far."""
    told = topics if prompt == "orchestrator" else vocabulary
    system = render(
        prompt,
        vocabulary=told(request.question, services),
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
