"""Build the chat model of each role from settings: bind its tools first, then its fallbacks. Providers load when used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from vendora_graph.errors import ConfigError
from vendora_graph.models.route import RouteChoice
from vendora_graph.services import RoleModel
from vendora_graph.tools.registry import submit_schema

if TYPE_CHECKING:
    from vendora_graph.settings import Settings
    from vendora_graph.tools.registry import Tool

ROLES = ("orchestrator", "data_analyst", "senior_analyst")


def tool_schema(tool: Tool) -> dict[str, Any]:
    """Return a tool as models are told of it."""
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.arguments.model_json_schema(),
        },
    }


def schemas_for(role: str, tools: Mapping[str, tuple[Tool, ...]]) -> list[dict[str, Any]]:
    """Return everything a role may call."""
    if role == "orchestrator":
        return [
            {
                "type": "function",
                "function": {
                    "name": RouteChoice.__name__,
                    "description": RouteChoice.__doc__ or "",
                    "parameters": RouteChoice.model_json_schema(),
                },
            }
        ]
    return [*(tool_schema(tool) for tool in tools[role]), submit_schema()]


def bind(model: BaseChatModel, name: str, role: str, tools: Mapping[str, tuple[Tool, ...]]) -> RoleModel:
    """Return a model with the tools of a role."""
    if name == "offline":
        return RoleModel(name, model.bind_tools([]))
    return RoleModel(name, model.bind_tools(schemas_for(role, tools), tool_choice="any"))


def model_names(settings: Settings) -> dict[str, str]:
    """Return the model asked for by role."""
    own = {
        "orchestrator": settings.orchestrator_model,
        "data_analyst": settings.data_analyst_model,
        "senior_analyst": settings.senior_analyst_model,
    }
    return {role: own[role] or settings.model for role in ROLES}


def provider_model(name: str, settings: Settings) -> BaseChatModel:
    """Return the client of a named model.

    Raises:
        ConfigError: The name has no known provider, or its key is missing.
    """
    provider, _, model = name.partition(":")
    if not model:
        raise ConfigError(f"{name!r} names no model. Write offline, google_genai:NAME, openai:NAME or openrouter:VENDOR/NAME.")
    match provider:
        case "google_genai" | "gemini":
            return _gemini(model, settings)
        case "openai":
            return _openai(model, settings)
        case "openrouter":
            return _openrouter(model, settings)
    raise ConfigError(f"There is no provider {provider!r}. Write offline, google_genai:NAME, openai:NAME or openrouter:VENDOR/NAME.")


def _key(value: Any, variable: str) -> str:
    if value is None:
        raise ConfigError(f"The model needs a key: set {variable}.")
    return str(value.get_secret_value())


def _gemini(model: str, settings: Settings) -> BaseChatModel:
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(
        model=model,
        google_api_key=_key(settings.gemini_api_key, "VENDORA_GEMINI_API_KEY"),
        base_url=settings.gemini_base_url,
        timeout=settings.model_timeout_seconds,
        max_retries=settings.model_max_retries + 1,
        temperature=0,
    )


def _openai(model: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model,
        api_key=_key(settings.openai_api_key, "VENDORA_OPENAI_API_KEY"),
        base_url=settings.openai_base_url,
        timeout=settings.model_timeout_seconds,
        max_retries=settings.model_max_retries,
        temperature=0,
    )


def _openrouter(model: str, settings: Settings) -> BaseChatModel:
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model,
        api_key=_key(settings.openrouter_api_key, "VENDORA_OPENROUTER_API_KEY"),
        base_url=settings.openrouter_base_url,
        timeout=settings.model_timeout_seconds,
        max_retries=settings.model_max_retries,
        temperature=0,
    )
