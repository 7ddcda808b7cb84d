"""Build the chat model of each role from settings: bind its tools first, then its fallbacks, the offline analyst last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable

from vendora_graph.errors import ModelUnreachableError, NotAllowedError
from vendora_graph.models.cache import CallCache
from vendora_graph.models.edge import Breaker, Edge
from vendora_graph.models.money import Purse
from vendora_graph.models.names import OFFLINE, canonical
from vendora_graph.models.providers import close_client, provider_model
from vendora_graph.models.schemas import Tools, schemas_for
from vendora_graph.services import RoleModel

if TYPE_CHECKING:
    from vendora_graph.settings import Settings

ROLES = ("orchestrator", "data_analyst", "senior_analyst")
VALIDATOR = "master_validator"
"""The role of the second opinion, which has no fallback: without a live model there is none."""
PACKAGES = {"google_genai": "langchain-google-genai", "openai": "langchain-openai", "openrouter": "langchain-openai"}
CALLS_FILE, SPENT_FILE = "model_calls.sqlite", "model_spending.sqlite"

def model_names(settings: Settings) -> dict[str, str]:
    """Return the model asked for by role.

    Raises:
        ConfigError: A name is no model's.
    """
    own = {
        "orchestrator": settings.orchestrator_model,
        "data_analyst": settings.data_analyst_model,
        "senior_analyst": settings.senior_analyst_model,
    }
    return {role: canonical(own[role] or settings.model) for role in ROLES}


class ModelShelf:
    """The models of all roles: those of the settings, those handed over, and those a caller may ask for, built when first wanted."""

    def __init__(self, settings: Settings, offline: BaseChatModel, tools: Tools, given: Mapping[str, BaseChatModel]) -> None:
        """Remember what models are made of.

        Args:
            settings: Which models, in which order.
            offline: The offline analyst.
            tools: The tools of each analyst.
            given: Chat models by role instead of the settings'; they have no fallback.
        """
        self._settings, self._offline, self._tools, self._given = settings, offline, tools, given
        self._breaker = Breaker()
        self._clients: dict[str, BaseChatModel] = {}
        self._chosen: dict[tuple[str, str], RoleModel] = {}
        place, hours, per_day = settings.cache_dir, settings.model_cache_hours, settings.budget_usd_per_day
        self._cache = CallCache(place / CALLS_FILE, hours) if hours > 0 else None
        self._purse = Purse(place / SPENT_FILE, per_day) if per_day is not None else None
        self._allowed = tuple(canonical(name) for name in settings.allowed_models)

    def all(self) -> dict[str, RoleModel]:
        """Return the model of every role as the settings want it.

        Raises:
            ConfigError: A name is no model's, or a key is missing.
        """
        names = model_names(self._settings)
        return {role: self._handed(role) if role in self._given else self._named(names[role], role) for role in ROLES}

    def rescue(self) -> dict[str, RoleModel]:
        """Return the offline analyst of every role."""
        return {role: RoleModel(OFFLINE, self._edge(OFFLINE, role)) for role in ROLES}

    def opinion(self) -> RoleModel | None:
        """Return the live model of the second opinion, None where none is named: it is off by default.

        Raises:
            ConfigError: The name is no model's, or its key is missing.
        """
        if VALIDATOR in self._given:
            handed = self._handed(VALIDATOR)
            return None if handed.name == OFFLINE else handed
        name = canonical(self._settings.master_validator_model or OFFLINE)
        return None if name == OFFLINE else RoleModel(name, self._edge(name, VALIDATOR), self._purse)

    async def close(self) -> None:
        """Close the clients' connections."""
        for client in self._clients.values():
            await close_client(client)
        self._clients.clear()

    def choose(self, wished: str, role: str) -> RoleModel:
        """Return the model a caller asked for.

        Raises:
            NotAllowedError: The settings do not allow it.
            ConfigError: Its key is missing.
        """
        known = (*self._allowed, canonical(self._settings.model))
        name = next((one for one in known if one == wished.replace("gemini:", "google_genai:", 1)), None)
        if name is None:
            offers = ", ".join(self._allowed) or "none besides the installation's own"
            raise NotAllowedError(f"This model may not be asked for here. Allowed: {offers}.")
        if (name, role) not in self._chosen:
            self._chosen[name, role] = self._named(name, role)
        return self._chosen[name, role]

    def _named(self, name: str, role: str) -> RoleModel:
        chain = tuple(dict.fromkeys((name, *map(canonical, self._settings.fallback_models), OFFLINE)))
        chain = chain[: chain.index(OFFLINE) + 1]
        first, *others = (self._edge(one, role) for one in chain)
        runnable: Runnable[list[BaseMessage], AIMessage] = first
        if others:
            runnable = first.with_fallbacks(others, exceptions_to_handle=(ModelUnreachableError,))
        return RoleModel(name, runnable, self._purse)

    def _handed(self, role: str) -> RoleModel:
        model = self._given[role]
        name = OFFLINE if isinstance(model, type(self._offline)) else f"given:{model._llm_type}"  # noqa: SLF001 - LangChain's name of a model
        bound = model.bind_tools(schemas_for(role, self._tools), tool_choice="any")
        return RoleModel(name, Edge(bound, name, seconds=self._seconds()), self._purse)

    def _edge(self, name: str, role: str) -> Edge:
        if name == OFFLINE:
            return Edge(self._offline.bind_tools([]), OFFLINE)
        if name not in self._clients:
            self._clients[name] = provider_model(name, self._settings)
        schemas = schemas_for(role, self._tools)
        return Edge(
            self._clients[name].bind_tools(schemas, tool_choice="any"),
            name,
            seconds=self._seconds(),
            streaming=self._settings.model_streaming,
            cache=self._cache,
            salt=_salt(name, schemas, self._settings),
            breaker=self._breaker,
        )

    def _seconds(self) -> float:
        return self._settings.model_timeout_seconds * (1 + self._settings.model_max_retries)


def _salt(name: str, schemas: list[dict[str, Any]], settings: Settings) -> str:
    """Return what decides a reply besides the prompt: tools, client version, address, options."""
    provider = name.partition(":")[0]
    places = {"openai": settings.openai_base_url, "google_genai": settings.gemini_base_url, "openrouter": settings.openrouter_base_url}
    body = [schemas, _version(PACKAGES[provider]), places[provider], settings.openrouter_body]
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
