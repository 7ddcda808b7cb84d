"""A Vega-Lite specification as a terminal drawing: bars for rankings, a braille line for trends. Pure text, no colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from pydantic import JsonValue

from vendora_graph.escape import for_terminal
from vendora_graph.terminal.plain import width_of

HEIGHT = 8
MAX_BARS = 20
MIN_POINTS = 3
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SCALES = ((10**9, 10**9, "B"), (10**6, 10**6, "M"), (10**4, 10**3, "K"))
"""From which size on, divided by what, under which letter."""


@dataclass(frozen=True, slots=True)
class Series:
    """The points of a drawing: labels and values of the same length; `style` says how a value reads (`$`, `%` or nothing)."""

    title: str
    kind: str
    labels: tuple[str, ...]
    values: tuple[Decimal, ...]
    style: str


def draw(spec: Mapping[str, JsonValue], width: int) -> str:
    """Return the drawing, or an empty text where a terminal would not show it well (several series, few points)."""
    series = read_spec(spec)
    if series is None or len(series.values) < (MIN_POINTS if series.kind == "line" else 2):
        return ""
    body = _line(series, width) if series.kind == "line" else _bars(series, width)
    return "\n".join([series.title, *body] if series.title else body)


def read_spec(spec: Mapping[str, JsonValue]) -> Series | None:
    """Return the one series of a specification with inline data, or None when it has another shape."""
    encoding, data, mark = spec.get("encoding"), spec.get("data"), spec.get("mark")
    kind = mark.get("type") if isinstance(mark, dict) else mark
    if not isinstance(encoding, dict) or not isinstance(data, dict) or "color" in encoding or kind not in {"line", "bar"}:
        return None
    channels = [channel for name in ("x", "y") if isinstance(channel := encoding.get(name), dict)]
    values = [channel for channel in channels if channel.get("type") == "quantitative"]
    labels = [channel for channel in channels if channel.get("type") != "quantitative"]
    rows = data.get("values")
    if len(values) != 1 or len(labels) != 1 or not isinstance(rows, list):
        return None
    return _series(str(kind), for_terminal(str(spec.get("title") or "")), labels[0], values[0], rows)


def compact(value: Decimal, style: str) -> str:
    """Return a value for an axis: `$45.2K`, `12.5%`, `1,204`. Axes are for the eye; the exact figure stands in the table."""
    if style == "%":
        return f"{value * 100:.1f}%"
    sign, size, money = "-" if value < 0 else "", abs(value), "$" if style == "$" else ""
    for least, scale, letter in _SCALES:
        if size >= least:
            return f"{sign}{money}{size / scale:.1f}{letter}"
    return f"{sign}{money}{size:,.0f}" if size == size.to_integral_value() else f"{sign}{money}{size:,.1f}"


def _series(kind: str, title: str, label: Mapping[str, JsonValue], value: Mapping[str, JsonValue], rows: list[JsonValue]) -> Series | None:
    pairs = []
    for row in rows:
        if not isinstance(row, dict) or row.get(str(value.get("field"))) is None:
            continue
        try:
            number = Decimal(str(row[str(value.get("field"))]))
        except InvalidOperation:
            return None
        pairs.append((for_terminal(str(row.get(str(label.get("field")), ""))), number))
    axis = value.get("axis")
    form = str(axis.get("format", "")) if isinstance(axis, dict) else ""
    style = "$" if "$" in form else "%" if "%" in form else ""
    return Series(title, kind, tuple(name for name, _ in pairs), tuple(number for _, number in pairs), style)


def _bars(series: Series, width: int) -> list[str]:
    names, values = series.labels[:MAX_BARS], series.values[:MAX_BARS]
    figures = [compact(value, series.style) for value in values]
    name_width = min(max(map(width_of, names)), width // 3)
    room = max(10, width - name_width - max(map(len, figures)) - 4)
    largest = max(abs(value) for value in values) or Decimal(1)
    return [
        f"{_fit(name, name_width)}  {_bar(value / largest * room)} {figure}"
        for name, value, figure in zip(names, values, figures, strict=True)
    ]


def _bar(length: Decimal) -> str:
    """Return a bar of so many columns; a negative one is hatched."""
    whole, part = divmod(int(abs(length) * 8), 8)
    if length < 0:
        return "▒" * max(1, whole)
    return "█" * whole + (_EIGHTHS[part] if part else "" if whole else "▏")


def _fit(text: str, width: int) -> str:
    while width_of(text) > width:
        text = text.removesuffix("…")[:-1] + "…"
    return text + " " * (width - width_of(text))


def _line(series: Series, width: int) -> list[str]:
    low, high = min(series.values), max(series.values)
    ticks = [compact(value, series.style) for value in (high, (high + low) / 2, low)]
    margin = max(map(len, ticks))
    columns = max(20, width - margin - 3)
    canvas = _plot(series.values, columns)
    sides = {0: ticks[0], (HEIGHT - 1) // 2: ticks[1], HEIGHT - 1: ticks[2]}
    body = [f"{sides.get(index, ''):>{margin}} ┤{''.join(chr(0x2800 + cell) for cell in row)}" for index, row in enumerate(canvas)]
    return [*body, " " * (margin + 2) + _axis(series.labels, columns)]


def _plot(values: Sequence[Decimal], columns: int) -> list[list[int]]:
    """Return rows of braille cells with the values joined by straight lines; a cell has two by four dots."""
    canvas = [[0] * columns for _ in range(HEIGHT)]
    low, spread = min(values), (max(values) - min(values)) or Decimal(1)
    step = Decimal(columns * 2 - 1) / (len(values) - 1)
    points = [(int(index * step), int((1 - (value - low) / spread) * (HEIGHT * 4 - 1))) for index, value in enumerate(values)]
    for (x0, y0), (x1, y1) in pairwise(points):
        length = max(abs(x1 - x0), abs(y1 - y0), 1)
        for moved in range(length + 1):
            x, y = x0 + round((x1 - x0) * moved / length), y0 + round((y1 - y0) * moved / length)
            canvas[y // 4][x // 2] |= _DOTS[x % 2][y % 4]
    return canvas


def _axis(labels: Sequence[str], columns: int) -> str:
    """Return the labels under their points, as many as fit; the first and the last are always there."""
    line = [" "] * columns
    step = (columns - 1) / (len(labels) - 1)
    free = 0
    last = labels[-1][:columns]
    reserved = columns - len(last)
    for index, label in enumerate(labels[:-1]):
        start = max(0, min(round(index * step) - (len(label) // 2 if index else 0), columns - len(label)))
        if start >= free and start + len(label) < reserved:
            line[start : start + len(label)] = label
            free = start + len(label) + 2
    line[reserved:] = last
    return "".join(line).rstrip()
