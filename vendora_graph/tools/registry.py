"""The tools bound to the analysts. Code injects the scope; whatever a model sends for it is overwritten."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from vendora_graph.contracts import Contract, Draft, Ledger

if TYPE_CHECKING:
    from vendora_graph.services import Scope, Services

SUBMIT = "submit_draft"
"""The tool an analyst calls to hand its draft to the validator; the graph reads it, nothing runs."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gives: evidence for the ledger, and words for the model besides the numbered tables."""

    ledger: Ledger
    words: str = ""


ToolCall = Callable[[BaseModel, "Services", "Scope", Ledger], Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool: its name, what it is for (written for the model), its arguments and the function that runs it.

    `senior` tools are bound to the senior analyst only.
    """

    name: str
    description: str
    arguments: type[Contract]
    run: ToolCall
    senior: bool = False


def submit_schema() -> dict[str, Any]:
    """Return the draft as a tool for `bind_tools`: the structured output of both analysts."""
    return {
        "type": "function",
        "function": {
            "name": SUBMIT,
            "description": (
                "Hand in the analysis. Every figure, period and name from data is a reference such as {{1f3}}, {{p1}}, "
                "{{n2}}; digits and quantity words are refused."
            ),
            "parameters": Draft.model_json_schema(),
        },
    }
