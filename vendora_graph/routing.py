"""Every conditional edge: pure functions of the state. No model is asked here."""

from __future__ import annotations

from typing import Literal, cast

from langchain_core.messages import AIMessage
from langgraph.types import Send

from vendora_graph.state import Branch, Routed, State

SEEN = ("ledger", "turn", "started", "principal", "as_of", "data_through", "reading", "previous", "usage")
"""The channels that a tool may see."""

MAX_REVISIONS = 2
"""How often the validator may send a draft back to the senior analyst."""


def after_orchestrator(state: Routed) -> Literal["data_analyst", "senior_analyst", "respond"]:
    """Simple and standard questions go to the data analyst, complex ones to the senior; the rest is said at once."""
    return state["routing"].destination


def _after_analyst(state: Routed) -> Literal["tools", "validate", "rescue", "give_up"]:
    if state.get("draft") is not None:
        return "validate"
    last = state["messages"][-1] if state.get("messages") else None
    if state.get("failure") is None and isinstance(last, AIMessage) and last.tool_calls:
        return "tools"
    return "give_up" if _cannot_rescue(state) else "rescue"


def after_data_analyst(state: Routed) -> Literal["data_tools", "master_validator", "rescue", "respond"]:
    """To the tools while the analyst calls them, to the validator with a draft, to rescue when the model failed."""
    match _after_analyst(state):
        case "tools":
            return "data_tools"
        case "validate":
            return "master_validator"
        case "rescue":
            return "rescue"
        case "give_up":
            return "respond"


def after_senior_analyst(state: Routed) -> Literal["senior_tools", "master_validator", "rescue", "respond"]:
    """As for the data analyst, with the senior's tools."""
    match _after_analyst(state):
        case "tools":
            return "senior_tools"
        case "validate":
            return "master_validator"
        case "rescue":
            return "rescue"
        case "give_up":
            return "respond"


def branches(state: State) -> list[Send]:
    """Return a branch for each tool call of the last message: the senior analyst's calls run side by side."""
    last = state["messages"][-1]
    calls = last.tool_calls if isinstance(last, AIMessage) else []
    seen = cast(State, {channel: value for channel, value in state.items() if channel in SEEN})
    return [Send("senior_tools", Branch(call=call, place=place, seen=seen)) for place, call in enumerate(calls)]


def after_master_validator(state: Routed) -> Literal["senior_analyst", "rescue", "respond"]:
    """Approved drafts are answered; others are revised twice at most, then rescued once."""
    verdict = state["verdict"]
    if verdict is None or verdict.approved:
        return "respond"
    repeated = bool(set(verdict.fatal) & set(state.get("fatal_before") or ()))
    if state["analyst"] != "rescue" and state["revisions"] <= MAX_REVISIONS and not repeated:
        return "senior_analyst"
    return "respond" if _cannot_rescue(state) else "rescue"


def after_rescue(state: Routed) -> Literal["master_validator", "respond"]:
    """The offline analyst's draft is validated like any other; without one there is nothing to say."""
    return "master_validator" if state.get("draft") is not None else "respond"


def _cannot_rescue(state: Routed) -> bool:
    """Rescue happens once, and never where the offline analyst was the one that failed."""
    return bool(state.get("rescued")) or state.get("author") == "offline"
