"""What tools may see in this turn, read off the state."""

from __future__ import annotations

from vendora_graph.services import Scope
from vendora_graph.state import State


def scope_of(state: State) -> Scope:
    """Return the scope of the turn: computed by code in the first node, kept in the state."""
    return Scope(
        principal=state["principal"],
        as_of=state["as_of"],
        data_through=state["data_through"],
        turn=state["turn"],
        reading=state["reading"],
        previous=state.get("previous"),
        asked=state["started"],
    )
