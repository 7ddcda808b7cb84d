"""The clients of the providers. Each package is imported when its first model is built; retries are the clients' own business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel

from vendora_graph.errors import ConfigError
from vendora_graph.models.names import canonical

if TYPE_CHECKING:
    from pydantic import SecretStr

    from vendora_graph.settings import Settings

OPENROUTER_HEADERS = {"X-Title": "vendora"}
"""How OpenRouter files our calls."""


def provider_model(name: str, settings: Settings) -> BaseChatModel:
    """Return the client of a named model.

    Raises:
        ConfigError: The name has no known provider, or its key is missing.
    """
    provider, _, model = canonical(name).partition(":")
    match provider:
        case "google_genai":
            return _gemini(model, settings)
        case "openai":
            return _openai(model, settings)
        case "openrouter":
            return _openrouter(model, settings)
        case _:
            raise ConfigError(f"{name!r} needs no client.")


def _key(value: SecretStr | None, variable: str) -> str:
    if value is None:
        raise ConfigError(f"The model needs a key: set {variable}.")
    return value.get_secret_value()


def _gemini(model: str, settings: Settings) -> BaseChatModel:
    """`max_retries` counts attempts here, retries at OpenAI."""
    from langchain_google_genai import ChatGoogleGenerativeAI

    return ChatGoogleGenerativeAI(
        model=model,
        google_api_key=_key(settings.gemini_api_key, "VENDORA_GEMINI_API_KEY"),
        base_url=settings.gemini_base_url,
        timeout=settings.model_timeout_seconds,
        max_retries=settings.model_max_retries + 1,
        temperature=0,
        streaming=settings.model_streaming,
    )


def _openai(model: str, settings: Settings) -> BaseChatModel:
    return _openai_client(model, _key(settings.openai_api_key, "VENDORA_OPENAI_API_KEY"), settings.openai_base_url, settings)


def _openrouter(model: str, settings: Settings) -> BaseChatModel:
    key = _key(settings.openrouter_api_key, "VENDORA_OPENROUTER_API_KEY")
    extra = dict(settings.openrouter_body)
    return _openai_client(
        model, key, settings.openrouter_base_url, settings, default_headers=OPENROUTER_HEADERS, extra_body=extra or None
    )


def _openai_client(model: str, key: str, base_url: str | None, settings: Settings, **more: Any) -> BaseChatModel:  # noqa: ANN401 - the client's own options
    import httpx
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=model,
        api_key=key,
        base_url=base_url,
        timeout=settings.model_timeout_seconds,
        max_retries=settings.model_max_retries,
        temperature=0,
        streaming=settings.model_streaming,
        stream_usage=True,
        use_responses_api=False,
        http_async_client=httpx.AsyncClient(timeout=settings.model_timeout_seconds, follow_redirects=True),
        **more,
    )


async def close_client(client: BaseChatModel) -> None:
    """Close the connections of a client made here; the clients themselves would leave that to the garbage collector."""
    own: Any = getattr(client, "http_async_client", None)
    gemini: Any = getattr(client, "client", None)
    if own is not None:
        await own.aclose()
    elif hasattr(gemini, "aio"):
        await gemini.aio.aclose()
        gemini.close()
