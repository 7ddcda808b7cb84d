"""What a conversation remembers: data only, closed types, one writer per channel.

`messages`, `ledger` and `findings` alone have reducers (parallel tools write them); the first node clears the first two.
`trace` is extended by every node in turn, never by two in one step.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Protocol

from langchain_core.messages import AnyMessage, ToolCall
from langchain_core.runnables import RunnableConfig
from langgraph.graph.message import add_messages
from typing_extensions import TypedDict

from vendora_graph.asked_back import AskedBack
from vendora_graph.contracts import (
    Answer,
    Complexity,
    Contract,
    Draft,
    Ledger,
    Plan,
    Principal,
    Reading,
    RejectedDraft,
    Verdict,
)
from vendora_graph.evidence.ledger import merge

Destination = Literal["data_analyst", "senior_analyst", "respond"]
Failure = Literal["model_output", "model_unreachable", "limit"]


class Routing(Contract):
    """The orchestrator's decision: who works next, and for `respond` what to say and why.

    `overruled` is what its model had decided where the independent reading contradicts it; empty where they agree.
    """

    destination: Destination
    complexity: Complexity = "simple"
    status: Literal["plan", "clarify", "refused", "not_held", "not_allowed", "unread"] = "plan"
    reason: str = ""
    clarification: str | None = None
    options: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    overruled: str = ""


class Usage(Contract):
    """What a turn has used so far; limits are compared with it."""

    model_calls: int = 0
    tool_calls: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    cached_calls: int = 0
    started: float = 0.0
    models: tuple[str, ...] = ()


class Finding(Contract):
    """What one tool call of a round gave: its part of the evidence, or words for the model where it gave none.

    `place` is the call's among the round's. `denied`: the asker may not see it. `failed`: the database could not answer.
    """

    place: int
    call_id: str
    name: str
    ledger: Ledger | None = None
    words: str = ""
    denied: bool = False
    failed: bool = False


def gather(held: list[Finding], found: list[Finding]) -> list[Finding]:
    """Return the findings of all branches in the order of the calls, whatever the order they ended in; `[]` begins a new round."""
    return [] if not found else sorted([*held, *found], key=lambda finding: (finding.place, finding.call_id))


class InputState(TypedDict):
    """What a caller gives."""

    question: str


class OutputState(TypedDict):
    """What a caller gets."""

    answer: Answer


class Node(Protocol):
    """A node of the graph: reads the state, returns its own channels."""

    def __call__(self, state: State, config: RunnableConfig) -> Awaitable[State]:
        """Run the node."""
        ...


class State(TypedDict, total=False):
    """Every channel, its writer named on the right."""

    question: str  # caller
    messages: Annotated[list[AnyMessage], add_messages]  # orchestrator clears; analysts and tools append
    ledger: Annotated[Ledger, merge]  # orchestrator and rescue overwrite; tools and validator union
    findings: Annotated[list[Finding], gather]  # the senior's branches; senior_findings and orchestrator clear
    turn: int  # orchestrator
    started: float  # orchestrator
    principal: Principal  # orchestrator
    as_of: date  # orchestrator
    data_through: date  # orchestrator
    reading: Reading  # orchestrator: the independent reading
    routing: Routing  # orchestrator
    usage: Usage  # whoever called a model last
    draft: Draft | None  # analysts, rescue
    author: str  # analysts, rescue: the model that answered, or the one asked when it failed
    failure: Failure | None  # analysts
    failure_reason: str  # analysts: for the reader
    verdict: Verdict | None  # master_validator
    deliver: bool  # master_validator: code agrees that the draft is proven
    rejected: list[RejectedDraft]  # master_validator
    fatal_before: list[str]  # master_validator: fatal checks of the draft before
    revisions: int  # master_validator
    rescued: bool  # rescue
    analyst: Literal["data_analyst", "senior_analyst", "rescue"]  # analysts, rescue
    trace: list[str]  # every node, in turn
    previous: Plan | None  # respond: what a follow-up carries
    asked_back: AskedBack | None  # respond: the question a fragment may complete
    answer: Answer  # respond


class Branch(TypedDict):
    """What one branch of the senior's tools is sent: its call, its place in the round, and what tools may see."""

    call: ToolCall
    place: int
    seen: State


class BranchNode(Protocol):
    """A node that is sent its branch instead of the state."""

    def __call__(self, state: Branch, config: RunnableConfig) -> Awaitable[State]:
        """Run the node."""
        ...


class Routed(TypedDict, total=False):
    """The channels that edges are chosen by; LangGraph reads an edge's channels afresh, and the ledger is the costly one."""

    messages: Annotated[list[AnyMessage], add_messages]
    routing: Routing
    draft: Draft | None
    author: str
    failure: Failure | None
    verdict: Verdict | None
    fatal_before: list[str]
    revisions: int
    rescued: bool
    analyst: Literal["data_analyst", "senior_analyst", "rescue"]
