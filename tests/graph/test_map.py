"""The map: the drawing, the routers' types, and a limit for every way round."""

from __future__ import annotations

import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolCall

from vendora_graph import routing
from vendora_graph.api import Vendora
from vendora_graph.testing import UnreliableModel

DRAWING = Path(__file__).with_name("graph.mmd")
ROUTERS = {
    "orchestrator": routing.after_orchestrator,
    "data_analyst": routing.after_data_analyst,
    "senior_analyst": routing.after_senior_analyst,
    "master_validator": routing.after_master_validator,
    "rescue": routing.after_rescue,
}
ALWAYS = {"data_tools": "data_analyst", "senior_tools": "senior_findings", "senior_findings": "senior_analyst"}


async def test_the_drawing_is_the_graph(open_practice: Callable[..., Vendora]) -> None:
    """After a change on purpose, write the new drawing into the file and look at the difference."""
    async with open_practice() as vendora:
        drawn = (await vendora.aopen()).unkept.get_graph().draw_mermaid()
    assert drawn.strip() == DRAWING.read_text(encoding="utf-8").strip()


async def test_every_router_names_its_destinations(open_practice: Callable[..., Vendora]) -> None:
    async with open_practice() as vendora:
        graph = (await vendora.aopen()).unkept
    branches = {node: [branch.path.name for branch in found.values()] for node, found in graph.builder.branches.items() if found}
    assert branches == {node: [router.__name__] for node, router in ROUTERS.items()}
    for router in ROUTERS.values():
        returned = typing.get_type_hints(router)["return"]
        assert typing.get_origin(returned) is typing.Literal
        assert set(typing.get_args(returned)) <= set(graph.nodes)


def test_these_are_all_the_ways_round() -> None:
    """Each of them is walked until its limit below."""
    edges = {node: set(typing.get_args(typing.get_type_hints(router)["return"])) for node, router in ROUTERS.items()}
    edges |= {node: {target} for node, target in ALWAYS.items()}
    assert _cycles(edges) == {
        ("data_analyst", "data_tools"),
        ("senior_analyst", "senior_tools", "senior_findings"),
        ("master_validator", "senior_analyst"),
        ("master_validator", "rescue"),
        ("master_validator", "senior_analyst", "rescue"),
    }


def _cycles(edges: dict[str, set[str]]) -> set[tuple[str, ...]]:
    """Every simple cycle, beginning with its first name in the alphabet."""
    found: set[tuple[str, ...]] = set()

    def walk(path: tuple[str, ...]) -> None:
        for target in sorted(edges.get(path[-1], set())):
            if target == path[0]:
                found.add(path)
            elif target not in path and target > path[0]:
                walk((*path, target))

    for node in edges:
        walk((node,))
    return found


def _says(name: str, args: Callable[[int], dict[str, Any]]) -> UnreliableModel:
    def behave(messages: list[BaseMessage], number: int) -> Any:
        return AIMessage(content="", tool_calls=[ToolCall(name=name, args=args(number), id=f"c{number}")])

    return UnreliableModel(behave=behave)


async def test_rounds_of_tools_end_at_the_limit_of_model_calls(open_practice: Callable[..., Vendora]) -> None:
    model = _says("find_metrics", lambda number: {"words": f"visits {number}"})
    async with open_practice({"data_analyst": model}, limit_model_calls=6) as vendora:
        answer = await vendora.aask("how many visits in May 2026")
    assert model.calls == 5  # the orchestrator's call was the first of the six
    assert answer.metadata.trace.count("data_tools") == 5
    assert answer.metadata.trace[-3:] == ("rescue", "master_validator", "respond")
    assert answer.status == "answered"


async def test_the_senior_analysts_rounds_end_too(open_practice: Callable[..., Vendora]) -> None:
    models = {
        "data_analyst": _says("submit_draft", lambda number: {"headline": "4,711 visits."}),
        "senior_analyst": _says("find_metrics", lambda number: {"words": f"visits {number}"}),
    }
    async with open_practice(models, limit_model_calls=7) as vendora:
        answer = await vendora.aask("how many visits in May 2026")
    assert answer.metadata.trace.count("senior_tools") == 5
    assert answer.metadata.trace[-3:] == ("rescue", "master_validator", "respond")


async def test_tool_calls_end_at_their_limit(open_practice: Callable[..., Vendora]) -> None:
    seen: list[str] = []

    def behave(messages: list[BaseMessage], number: int) -> Any:
        seen.extend(str(message.content) for message in messages if message.type == "tool")
        calls = [ToolCall(name="find_metrics", args={"words": f"w{number}{i}"}, id=f"c{number}{i}") for i in range(3)]
        return AIMessage(content="", tool_calls=calls)

    async with open_practice({"data_analyst": UnreliableModel(behave=behave)}, limit_tool_calls=4, limit_model_calls=4) as vendora:
        answer = await vendora.aask("how many visits in May 2026")
    assert any("has used its tool calls" in words for words in seen)
    assert "rescue" in answer.metadata.trace


async def test_revisions_end_after_two(open_practice: Callable[..., Vendora]) -> None:
    """A validator that is never content and names no broken rule: only the count ends the round."""
    async with open_practice() as vendora:
        seam = (await vendora.aopen()).services.validator
        seam.validate_analysis = lambda **nouns: {"approved": False, "feedback": "Not yet.", "confidence": 0.1}
        answer = await vendora.aask("how many visits in May 2026")
    assert answer.metadata.revision_count == answer.metadata.trace.count("senior_analyst") + 1 == routing.MAX_REVISIONS + 1
    assert answer.metadata.trace.count("rescue") == 0  # the offline analyst was the one that failed
    assert answer.status in ("partial", "withheld")


async def test_rescue_comes_once(open_practice: Callable[..., Vendora]) -> None:
    model = _says("submit_draft", lambda number: {"headline": "4,711 visits."})
    async with open_practice({"data_analyst": model, "senior_analyst": model}) as vendora:
        seam = (await vendora.aopen()).services.validator
        seam.validate_analysis = lambda **nouns: {"approved": False, "feedback": "Not yet.", "confidence": 0.1}
        answer = await vendora.aask("how many visits in May 2026")
    assert answer.metadata.trace.count("rescue") == 1
    assert answer.metadata.trace[-3:] == ("rescue", "master_validator", "respond")
    assert answer.status in ("partial", "withheld")
