"""Sentences code says in its own name, kept as data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml


@cache
def _sayings() -> dict[str, str]:
    loaded: dict[str, str] = yaml.safe_load(files("vendora_graph.tools").joinpath("sayings.yaml").read_text(encoding="utf-8"))
    return loaded


def say(name: str) -> str:
    """Return a sentence by name."""
    return _sayings()[name]
