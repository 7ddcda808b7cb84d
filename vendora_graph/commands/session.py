"""Asking through the library, with the agent at work shown on a terminal."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from vendora_graph.commands.options import Wishes

if TYPE_CHECKING:
    from vendora_graph import Vendora
    from vendora_graph.contracts import Answer
    from vendora_graph.settings import Settings

OnStep = Callable[[str], None]


async def ask_once(settings: Settings, question: str, wishes: Wishes, on_step: OnStep | None = None) -> Answer:
    """Open the library, ask one question, close it."""
    from vendora_graph import Vendora

    async with Vendora.open(settings) as vendora:
        started()
        return await ask_open(vendora, question, wishes, on_step)


async def ask_open(vendora: Vendora, question: str, wishes: Wishes, on_step: OnStep | None = None) -> Answer:
    """Ask an open library; `on_step` hears which agent is at work."""
    from vendora_graph.errors import InternalError
    from vendora_graph.events import AnswerEvent

    if on_step is None:
        return await vendora.aask(question, **asdict(wishes))
    async for event in vendora.astream(question, **asdict(wishes)):
        if isinstance(event, AnswerEvent):
            return event.answer
        on_step(f"{event.label}: {event.detail}" if event.detail else event.label)
    raise InternalError("The question ended without an answer. Please report it.")


def started() -> None:
    """End the start: from here on garbage is collected again (`cli.main` had stopped it), but not in what was loaded."""
    gc.freeze()
    atexit.register(gc.unfreeze)  # the interpreter ends tidily
    gc.enable()


def prepare_demo(settings: Settings) -> None:
    """Build the demo dealership with a progress bar when it is asked for and not there yet."""
    from vendora_graph.commands.progress import build_with_progress
    from vendora_graph.warehouse.demo_file import DEMO, DemoParameters, demo_path

    if settings.warehouse == DEMO:
        parameters = DemoParameters()
        if not demo_path(settings.cache_dir, parameters).exists():
            build_with_progress(demo_path(settings.cache_dir, parameters), parameters)


def shows_progress() -> bool:
    """Return whether a person watches: then, and only then, the agents' steps are shown (on standard error)."""
    return sys.stderr.isatty()
