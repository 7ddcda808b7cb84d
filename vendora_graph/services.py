"""The live things a graph is bound to. Never stored, never sent by a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from vendora_graph.ahead import Ahead
from vendora_graph.asked_back import AskedBack, TakenUp
from vendora_graph.bundles import Bundles
from vendora_graph.contracts import Plan, Principal, Reading
from vendora_graph.once import Once

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

    from vendora_graph.access import AccessRules
    from vendora_graph.identity import Identities
    from vendora_graph.models.money import Purse
    from vendora_graph.semantic.catalog import Catalog
    from vendora_graph.semantic.engine import SemanticEngine
    from vendora_graph.settings import Settings
    from vendora_graph.shown import ShownGroups
    from vendora_graph.tools.cells import Column, Need
    from vendora_graph.understanding import Understanding
    from vendora_graph.warehouse.guard import AccessPolicy, GuardDecision
    from vendora_graph.warehouse.guard_memory import Shapes
    from vendora_graph.warehouse.port import ResultSet, Warehouse
    from vendora_graph.warehouse.profile import DataProfile
    from vendora_graph.warehouse.tenancy import Tenancy


MOST_KEPT_ROWS = 2_000
"""Rows of a result that the same question may come back for without running its statement again."""


def _is_small(columns: Mapping[Need, Column]) -> bool:
    return sum(len(values) for values, _ in columns.values()) <= MOST_KEPT_ROWS


@dataclass(frozen=True, slots=True)
class RoleModel:
    """A chat model bound to one role's tools, with its fallbacks; `name` is what was asked for, `purse` what it may spend a day."""

    name: str
    runnable: Runnable[list[BaseMessage], AIMessage]
    purse: Purse | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, and the day the answer is for."""

    principal: Principal
    as_of: date
    data_through: date


@dataclass(frozen=True, slots=True)
class Scope:
    """What one tool call may see: set by code for each run, never taken from a model. `asked` is when the question came, its run's name."""

    principal: Principal
    as_of: date
    data_through: date
    turn: int
    reading: Reading | None = None
    previous: Plan | None = None
    asked: float = 0.0


@dataclass(frozen=True, eq=False)
class Services:
    """Everything nodes and tools use from outside.

    `identities` turns a run's configuration into who asks; it lives below the model. `validator` is the seam `l3_validator`: the one
    place that is asked for a verdict. `choose` gives the model a caller asked for, by name and role. `opinion` is the live model of the
    second opinion, None where the settings name none. `shown` remembers which groups of people pay was shown for; `ahead` holds second
    paths begun before the validator asks for them; `once` runs the same statement of one question once;
    `bundles` joins what its figures need.
    """

    settings: Settings
    warehouse: Warehouse
    tenancy: Tenancy
    access: AccessRules
    catalog: Catalog
    vocabulary: Mapping[str, Any]
    engine: SemanticEngine
    profile: DataProfile
    understanding: Understanding
    shapes: Shapes
    models: Mapping[str, RoleModel]
    rescue_models: Mapping[str, RoleModel]
    identities: Identities
    validator: Any
    choose: Callable[[str, str], RoleModel]
    shown: ShownGroups
    opinion: RoleModel | None = None
    ahead: Ahead = field(default_factory=Ahead)
    once: Once[ResultSet] = field(default_factory=lambda: Once(lambda result: len(result.rows) <= MOST_KEPT_ROWS))
    bundles: Bundles[Need, Column] = field(default_factory=lambda: Bundles(_is_small))

    async def identify(self, config: Mapping[str, Any], context: Mapping[str, Any]) -> Identity:
        """Return who asks and the day the answer is for (see `Identities.identify`)."""
        return await self.identities.identify(config, context)

    def read(self, question: str, identity: Identity, previous: Plan | None) -> Reading:
        """Return the independent reading of a question."""
        return self.understanding.read(question, identity.principal, identity.as_of, identity.data_through, previous)

    def take_up(self, question: str, identity: Identity, previous: Plan | None, back: AskedBack | None) -> TakenUp:
        """Return the question as it is answered: completed from the one that was asked back, or built on it."""
        days = identity.as_of, identity.data_through
        return self.understanding.take_up(question, identity.principal, days, previous, back)

    def model_for(self, role: str, wishes: Mapping[str, Any] | None = None) -> RoleModel:
        """Return the model of a role: the caller's wish where the settings allow it, else the settings' own.

        Raises:
            NotAllowedError: The caller asked for a model that is not allowed.
        """
        wished = (wishes or {}).get("model")
        return self.choose(wished, role) if isinstance(wished, str) and wished else self.models[role]

    def policy(self, principal: Principal) -> AccessPolicy:
        """Return what the guard lets this principal read."""
        return self.tenancy.policy(principal.dealership_ids)

    def guard(self, sql: str, policy: AccessPolicy) -> GuardDecision:
        """Return the guard's decision on a compiled statement; each shape is examined once."""
        return self.shapes.guard(sql, self.warehouse.dialect, policy)
