"""The caller's wishes: JSON-safe, and unable to widen what the caller may see."""

from __future__ import annotations

from typing_extensions import TypedDict


class Context(TypedDict, total=False):
    """Wishes for one question. Who asks is computed below the model, never read from here.

    `as_of` is an ISO date, `dealership_id` narrows to one of the caller's stores, `model` asks for another model where
    the installation allows it.
    """

    as_of: str
    dealership_id: str
    model: str
