"""What a streamed question yields: one event for each agent's step, then the answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vendora_graph.contracts import Answer
from vendora_graph.errors import LimitExceededError
from vendora_graph.settings import Settings

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph
    from langgraph.types import Durability

    from vendora_graph.context import Context

LABELS = {
    "orchestrator": "L1 orchestrator",
    "data_analyst": "L2 data analyst",
    "data_tools": "L2 data analyst, tools",
    "senior_analyst": "L2 senior analyst",
    "senior_tools": "L2 senior analyst, tools",
    "senior_findings": "L2 senior analyst, findings",
    "master_validator": "L3 master validator",
    "rescue": "L2 offline analyst",
    "respond": "L1 respond",
}


_TOOL = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class StepEvent:
    """An agent has begun to work.

    Attributes:
        node: The graph's node name, for example `data_analyst`.
        label: The same for a person, for example `L2 data analyst`.
        detail: Which tools it runs, by name; else empty. Never a figure: nothing is proven yet.
    """

    node: str
    label: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AnswerEvent:
    """The answer, always the last event."""

    answer: Answer


async def run(
    graph: CompiledStateGraph[Any, Any, Any, Any],
    given: dict[str, str] | None,
    config: RunnableConfig,
    settings: Settings,
    context: Context | None,
) -> AsyncIterator[StepEvent | AnswerEvent]:
    """Run the graph within the question's seconds; yield a step when a node begins, then the answer.

    Raises:
        LimitExceededError: The question took longer than the settings allow.
    """
    yield StepEvent("orchestrator", LABELS["orchestrator"])
    try:
        async with asyncio.timeout(settings.limit_seconds):
            durability: Durability | None = "sync" if graph.checkpointer else None
            shown = ""
            async for update in graph.astream(given, config, context=context, stream_mode="updates", durability=durability):
                for node, values in update.items():
                    if node == "respond":
                        yield AnswerEvent(values["answer"])
                    elif node != "senior_tools" or shown != node:  # one step for all its branches
                        following = _next(node, values)
                        yield StepEvent(following, LABELS.get(following, following), _calls(following, values))
                    shown = node
    except TimeoutError as error:
        raise LimitExceededError(f"The question took longer than {settings.limit_seconds:g} seconds and was stopped.") from error


def _calls(following: str, values: dict[str, Any]) -> str:
    """Return the tools that were called, by name. A name is the model's own word, so one that could carry a figure is left out."""
    if not following.endswith("_tools"):
        return ""
    called = [str(call["name"]) for message in values.get("messages") or () for call in getattr(message, "tool_calls", ())]
    return ", ".join(dict.fromkeys(name if _TOOL.fullmatch(name) else "no such tool" for name in called))


def _next(node: str, values: dict[str, Any]) -> str:
    """Return who works next, as far as an update tells; only for showing."""
    routing = values.get("routing")
    if routing is not None:
        return str(routing.destination)
    if node.endswith("_analyst"):
        return "master_validator" if values.get("draft") is not None else f"{node.removesuffix('_analyst')}_tools"
    if node == "senior_tools":
        return "senior_findings"
    if node in ("data_tools", "senior_findings"):
        return f"{node.partition('_')[0]}_analyst"
    return "respond" if node == "master_validator" else "master_validator"
