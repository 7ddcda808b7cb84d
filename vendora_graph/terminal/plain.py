"""Blocks as plain text, for pipes and files: no colour, no drawing, nothing wrapped."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from vendora_graph.terminal.blocks import Block, Chart, Code, Grid, Lead, Lines


def plain(blocks: Sequence[Block]) -> str:
    """Return the blocks as text with an empty line between them. A chart is left out: its figures stand in the table."""
    parts = (_block(block) for block in blocks)
    return "\n\n".join(part for part in parts if part) + "\n"


def width_of(text: str) -> int:
    """Return how many columns a text takes in a terminal (wide characters take two, combining ones none)."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _block(block: Block) -> str:
    match block:
        case Lead(text=text, heading=heading):
            return f"{heading}. {text}" if heading else text
        case Lines():
            return _lines(block)
        case Grid():
            return _grid(block)
        case Code(title=title, text=text):
            return f"{title}:\n{text}"
        case Chart():
            return ""


def _lines(block: Lines) -> str:
    bullet = "" if block.quiet else "- "
    body = [f"{f'{number}. ' if block.numbered else bullet}{item}" for number, item in enumerate(block.items, start=1)]
    return "\n".join([f"{block.title}:", *body] if block.title else body)


def _grid(block: Grid) -> str:
    lines = [*([block.columns] if any(block.columns) else []), *block.rows]
    widths = [max(width_of(line[index]) for line in lines) for index in range(len(block.columns))]
    body = ["  ".join(map(_pad, line, widths, block.right)).rstrip() for line in lines]
    return "\n".join([*([f"{block.title}:"] if block.title else []), *body, *([block.note] if block.note else [])])


def _pad(cell: str, width: int, right: bool) -> str:
    space = " " * (width - width_of(cell))
    return space + cell if right else cell + space
