"""The package's own YAML, read by the fast safe loader where the machine has it."""

from __future__ import annotations

from typing import Any

import yaml

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return what a YAML text holds.

    Raises:
        yaml.YAMLError: The text is not YAML.
    """
    return yaml.load(text, Loader=LOADER)  # noqa: S506 - a safe loader
