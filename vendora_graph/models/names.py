"""Names of models: `offline`, or `PROVIDER:MODEL` in one spelling."""

from __future__ import annotations

import re

from vendora_graph.errors import ConfigError

OFFLINE = "offline"
PROVIDERS = ("google_genai", "openai", "openrouter")
ALIASES = {"gemini": "google_genai"}

_TOLD = re.compile(r"[\w.:/@+-]{1,120}")


def canonical(name: str) -> str:
    """Return a model's name as it is known inside: `gemini:` is `google_genai:`.

    Raises:
        ConfigError: It names no provider there is, or no model.
    """
    wanted = name.strip()
    if wanted == OFFLINE:
        return OFFLINE
    provider, _, model = wanted.partition(":")
    provider = ALIASES.get(provider, provider)
    if provider not in PROVIDERS or not model:
        raise ConfigError(f"{name!r} is no model. Write offline, google_genai:NAME, openai:NAME or openrouter:VENDOR/NAME.")
    return f"{provider}:{model}"


def answered_name(asked: str, told: object) -> str:
    """Return what a reply is filed under: the provider asked, with the model the provider says it used.

    Whatever a provider says stays behind its own prefix, so nothing it says can pass as `offline`.
    """
    provider, mark, _ = asked.partition(":")
    if not mark or not isinstance(told, str) or not _TOLD.fullmatch(told):
        return asked
    return f"{provider}:{told.removeprefix('models/')}"
