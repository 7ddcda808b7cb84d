"""Blocks on a terminal: colour, tables and charts, by `rich`. Texts are never read as markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from vendora_graph.terminal.blocks import Block, Chart, Code, Grid, Lead, Lines, Tone
from vendora_graph.terminal.chart import draw

TEXT_WIDTH = 100
"""Longer lines are tiring to read, however wide the window is."""

_TONES: dict[Tone, str] = {"good": "bold green", "ask": "bold cyan", "no": "bold red", "none": "bold yellow", "part": "bold magenta"}


def show(console: Console, blocks: Sequence[Block]) -> None:
    """Print the blocks with an empty line around each."""
    width = min(console.width, TEXT_WIDTH)
    console.print()
    for block in blocks:
        drawn = _lead(block, console, width) if isinstance(block, Lead) else _block(block, width)
        if drawn is not None:
            console.print(drawn, width=console.width if isinstance(block, Grid | Code) else width)
            console.print()


def _lead(block: Lead, console: Console, width: int) -> RenderableType:
    heading = [Text(block.heading, style=_TONES[block.tone])] if block.heading else []
    body = Text(block.text, style="bold" if block.tone in {"good", "part"} else "").wrap(console, width - 2)
    return Text("\n").join(Text.assemble(("▌ ", _TONES[block.tone]), line) for line in [*heading, *body])


def _block(block: Lines | Grid | Code | Chart, width: int) -> RenderableType | None:
    match block:
        case Lines():
            return _lines(block)
        case Grid():
            return _grid(block)
        case Code(title=title, text=text):
            return Group(Text(title, style="bold"), Padding(Syntax(text, "sql", background_color="default", word_wrap=True), (0, 0, 0, 2)))
        case Chart(spec=spec):
            return _chart(draw(spec, width - 2))


def _lines(block: Lines) -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column()
    for number, item in enumerate(block.items, start=1):
        mark = f"{number}." if block.numbered else " " if block.quiet else "•"
        grid.add_row(Text(mark, style="cyan"), Text(item, style="dim" if block.quiet else ""))
    return Group(Text(block.title, style="bold dim" if block.quiet else "bold"), grid) if block.title else grid


def _grid(block: Grid) -> RenderableType:
    headed = any(block.columns)
    table = Table(box=box.SIMPLE_HEAD if headed else None, show_header=headed, header_style="bold cyan", pad_edge=False)
    for name, right in zip(block.columns, block.right, strict=True):
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in block.rows:
        table.add_row(*(Text(cell) for cell in row))
    title = [Text(block.title, style="bold")] if block.title else []
    return Group(*title, table, *([Text(block.note, style="dim")] if block.note else []))


def _chart(drawing: str) -> RenderableType | None:
    return Padding(Text(drawing, style="cyan", no_wrap=True), (0, 0, 0, 2)) if drawing else None
