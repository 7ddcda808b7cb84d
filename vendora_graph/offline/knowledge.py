"""What the senior analyst's tools know, as data both sides read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from vendora_graph import yaml_text


@cache
def data(name: str) -> Mapping[str, Any]:
    """Return one of the senior analyst's data files."""
    text = files("vendora_graph.tools.senior").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml_text.load(text)
    return loaded
