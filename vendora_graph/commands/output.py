"""Answers on standard output: rich on a terminal, plain in a pipe, JSON where asked."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vendora_graph.contracts import Answer
    from vendora_graph.terminal.blocks import Block


def write(text: str) -> None:
    """Print text as it is."""
    sys.stdout.write(text)
    sys.stdout.flush()


def show_answer(answer: Answer, *, why: bool = False, as_json: bool = False) -> None:
    """Print an answer, with its evidence where asked."""
    from vendora_graph.terminal.blocks import blocks_of
    from vendora_graph.terminal.why import why_blocks

    if as_json:
        write(answer.model_dump_json(indent=2) + "\n")
        return
    show_blocks([*blocks_of(answer), *(why_blocks(answer) if why else [])])


def show_blocks(blocks: list[Block]) -> None:
    """Print blocks the way standard output can take them."""
    if not sys.stdout.isatty():
        from vendora_graph.terminal.plain import plain

        write(plain(blocks))
        return
    from rich.console import Console

    from vendora_graph.terminal.pretty import show

    show(Console(), blocks)
