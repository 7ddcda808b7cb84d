"""Sentences code says in its own name, kept as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from vendora_graph import yaml_text


@cache
def _sayings() -> dict[str, str]:
    loaded: dict[str, str] = yaml_text.load(files("vendora_graph.tools").joinpath("sayings.yaml").read_text(encoding="utf-8"))
    return loaded


def say(name: str) -> str:
    """Return a sentence by name."""
    return _sayings()[name]
