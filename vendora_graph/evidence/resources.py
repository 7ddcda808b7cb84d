"""The word lists, unit tables and rubric of this package, read once and kept."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a build of PyYAML without libyaml: slower, same result
    from yaml import SafeLoader as Loader  # type: ignore[assignment]


@cache
def resource(name: str) -> dict[str, Any]:
    """Return one YAML file of `evidence/data` as a mapping; it is read at the first call only."""
    text = files("vendora_graph.evidence").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=Loader)
    return loaded
