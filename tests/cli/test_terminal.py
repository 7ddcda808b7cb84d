from __future__ import annotations

import io
from decimal import Decimal

import pytest
from rich.console import Console

from tests.cli.samples import rich_answer
from vendora_graph.escape import for_terminal
from vendora_graph.terminal.blocks import Grid, Lead, blocks_of
from vendora_graph.terminal.chart import compact, draw, read_spec
from vendora_graph.terminal.plain import plain
from vendora_graph.terminal.pretty import show


def drawn(width: int, *, color: bool = False) -> str:
    out = io.StringIO()
    show(Console(file=out, width=width, force_terminal=color, color_system="truecolor" if color else None), blocks_of(rich_answer()))
    return out.getvalue()


def line_spec(values: list[object]) -> dict[str, object]:
    rows = [{"month": f"2026-{number:02d}", "gross": value} for number, value in enumerate(values, start=1)]
    encoding = {"x": {"field": "month", "type": "temporal"}, "y": {"field": "gross", "type": "quantitative", "axis": {"format": "$,.0f"}}}
    return {"title": "Front gross", "mark": {"type": "line"}, "data": {"values": rows}, "encoding": encoding}


def test_the_figure_leads():
    first = blocks_of(rich_answer())[0]
    assert isinstance(first, Lead)
    assert first.text == "Front gross was $89,940.75."


def test_columns_of_facts_stand_right():
    grid = next(block for block in blocks_of(rich_answer()) if isinstance(block, Grid))
    assert grid.right == (False, True)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_nothing_is_wider_than_the_window(width):
    lines = drawn(width).splitlines()
    assert max(map(len, lines)) <= width


def test_every_part_is_on_the_screen():
    text = drawn(100)
    for part in ("Chidi Okafor", "$30,500.25", "█", "What to do", "$14,300", "Assumed", "Keep in mind", "High (0.93)", "1 of 2 checks"):
        assert part in text


def test_a_terminal_gets_colour():
    assert "\x1b[" in drawn(80, color=True)


def test_plain_tables_line_up():
    lines = plain(blocks_of(rich_answer())).splitlines()
    start = lines.index("Front gross by salesperson:")
    assert lines[start + 1 : start + 4] == ["Salesperson   Front gross", "Ana Ruiz       $48,210.50", "Chidi Okafor   $30,500.25"]


def test_wide_characters_line_up():
    grid = Grid("", ("Who", "N"), (("山田", "1"), ("Bo", "22")), (False, True))
    assert plain([grid]) == "Who    N\n山田   1\nBo    22\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "ab"),
        ("a\x1b]8;;http://x\x07b", "ab"),
        ("a\x9b31mb", "a31mb"),
        ("a\u202eb", "ab"),
        ("naïve 日本 🚗", "naïve 日本 🚗"),
    ],
)
def test_control_is_taken_out(text, shown):
    assert for_terminal(text) == shown


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        ("1234567", "$", "$1.2M"),
        ("12345678", "$", "$12.3M"),
        ("45210.5", "$", "$45.2K"),
        ("-45210", "$", "-$45.2K"),
        ("0.1234", "%", "12.3%"),
        ("142", "", "142"),
        ("1.25", "", "1.2"),
    ],
)
def test_axis_figures_are_short(value, style, shown):
    assert compact(Decimal(value), style) == shown


def test_bars_are_as_long_as_their_values():
    rows = [{"who": "a", "n": "100"}, {"who": "b", "n": "50"}, {"who": "c", "n": "-50"}]
    encoding = {"y": {"field": "who", "type": "nominal"}, "x": {"field": "n", "type": "quantitative"}}
    lines = draw({"mark": "bar", "data": {"values": rows}, "encoding": encoding}, 60).splitlines()
    assert lines[0].count("█") == pytest.approx(2 * lines[1].count("█"), abs=2)
    assert lines[2].count("▒") == pytest.approx(lines[1].count("█"), abs=1)


def test_a_line_rises_with_its_values():
    lines = draw(line_spec([1, 2, 3, 4]), 60).splitlines()
    dots = [[column for column, char in enumerate(line.partition("┤")[2]) if char != "\u2800"] for line in lines[1:-1]]
    assert dots[0][-1] > dots[-1][-1]
    assert lines[-1].split()[0] == "2026-01"
    assert lines[-1].split()[-1] == "2026-04"


def test_a_flat_line_is_drawn():
    assert "┤" in draw(line_spec([5, 5, 5]), 60)


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"mark": "arc", "data": {"values": []}, "encoding": {}},
        line_spec([1, 2]),
        line_spec(["x", "y", "z"]),
        {**line_spec([1, 2, 3]), "encoding": {**line_spec([1, 2, 3])["encoding"], "color": {"field": "s"}}},
        {**line_spec([1, 2, 3]), "data": {"url": "http://x"}},
    ],
)
def test_what_cannot_be_drawn_well_is_not_drawn(spec):
    assert draw(spec, 80) == ""


def test_missing_points_are_left_out():
    assert len(read_spec(line_spec([1, None, 3, 4])).values) == 3
