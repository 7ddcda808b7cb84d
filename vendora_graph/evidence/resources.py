"""The word lists, unit tables and rubric of this package, read once and kept."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from vendora_graph import yaml_text

Loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The quick loader where PyYAML was built with libyaml; the result is the same."""


@cache
def resource(name: str) -> dict[str, Any]:
    """Return one YAML file of `evidence/data` as a mapping; it is read at the first call only."""
    text = files("vendora_graph.evidence").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml_text.load(text)
    return loaded
