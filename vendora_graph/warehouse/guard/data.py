"""Reading the package's own YAML, fast."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import yaml


def read_yaml(*place: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return the content of a YAML file under `vendora_graph/warehouse`."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(read_text(*place))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def read_text(*place: str) -> str:
    """Return the text of a file under `vendora_graph/warehouse`."""
    return files("vendora_graph.warehouse").joinpath(*place).read_text(encoding="utf-8")
