"""Prompts are Markdown files, one a role, filled with `string.Template`: a missing value raises, braces in data are harmless."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def _template(role: str) -> Template:
    return Template(files("vendora_graph.prompts").joinpath(f"{role}.md").read_text(encoding="utf-8"))


def render(role: str, **values: str) -> str:
    """Return the system prompt of a role.

    Raises:
        KeyError: A value the prompt needs is missing.
    """
    return _template(role).substitute({name: as_data(value) for name, value in values.items()})


def as_data(text: str) -> str:
    """Return text that cannot close the tag it stands in."""
    return text.replace("<", "‹").replace(">", "›")
