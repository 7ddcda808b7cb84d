"""Reports on paper and screen: Markdown, HTML with drawn charts, PDF, a workbook, JSON. No figure is computed here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

from vendora_graph.errors import ConfigError
from vendora_graph.escape import for_html, for_markdown, for_spreadsheet

if TYPE_CHECKING:
    from vendora_graph.contracts import RenderedTable
    from vendora_graph.tools.senior.reports import Report, Section

LIGHTS = {"G": "#2e8b57", "A": "#e0a100", "R": "#c0392b"}
CHART = {
    "width": 520,
    "config": {
        "font": "Liberation Sans",
        "view": {"stroke": None},
        "axis": {"grid": False, "labelLimit": 160},
        "mark": {"color": "#27548a"},
    },
}
INK, RULE, SOFT = "#1f2933", "#c9d1d9", "#f3f5f7"

TOTAL = "Total"
"""How the first cell of a row over everything reads."""


def load(module: str) -> Any:  # noqa: ANN401 - an optional library
    """Return an optional library, or say how to install it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(f"This format needs {module}. Install it with: pip install 'vendora-graph[reports]'.") from error


def columns_of(section: Section) -> tuple[str, ...]:
    """Return the columns of a section, with the light where it has any."""
    return (*section.table.columns, "Light") if any(section.lights) else section.table.columns


def rows_of(section: Section) -> list[tuple[str, ...]]:
    """Return the rows of a section, with the light where it has any; what is not there is blank."""
    rows = [tuple("" if cell == "-" else cell for cell in row) for row in section.table.rows]
    return [(*row, light) for row, light in zip(rows, section.lights, strict=True)] if any(section.lights) else rows


def is_figure(table: RenderedTable, column: int) -> bool:
    """Tell whether a column holds figures."""
    return any(column < len(row) and row[column] is not None for row in table.facts)


def heading(made: Report) -> tuple[str, str]:
    """Return the title and the line under it."""
    return made.title, f"{made.store}, data through {made.data_through:%B} {made.data_through.day}, {made.data_through.year}"


def foot(made: Report) -> list[str]:
    """Return the notes at the end."""
    left = [f"Not shown to this role: {', '.join(made.left_out)}."] if made.left_out else []
    return [*made.notes, *left, "Every figure was computed by code and checked by a second computation."]


def as_markdown(made: Report) -> str:
    """Return the report as Markdown tables."""
    title, under = heading(made)
    lines = [f"# {for_markdown(title)}", "", for_markdown(under), ""]
    for section in made.sections:
        columns = columns_of(section)
        lines += [f"## {for_markdown(section.table.title)}", "", "| " + " | ".join(map(for_markdown, columns)) + " |"]
        marks = ["---:" if is_figure(section.table, n) else "---" for n in range(len(columns))]
        lines.append("| " + " | ".join(marks) + " |")
        lines += ["| " + " | ".join(_markdown_cells(section, row)) + " |" for row in rows_of(section)]
        lines += [*(["", for_markdown(section.table.note)] if section.table.note else []), ""]
    return "\n".join([*lines, *(f"*{for_markdown(note)}*  " for note in foot(made))])


def _markdown_cells(section: Section, row: tuple[str, ...]) -> list[str]:
    """Figures are ours and stay as they are; everything else may come from data."""
    return [cell if is_figure(section.table, n) else for_markdown(cell) for n, cell in enumerate(row)]


def drawn(chart: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chart specification with the look of a report."""
    bars = len(chart["data"]["values"])
    values = [{**point, "x": str(point["x"])} for point in chart["data"]["values"]]
    height = max(90, 17 * bars) if chart["encoding"]["x"]["field"] == "y" else 180
    spec = {**chart, **CHART, "height": height, "data": {"values": values}}
    del spec["title"]
    return spec


def as_html(made: Report) -> str:
    """Return the report as one page of HTML, charts inside as SVG."""
    title, under = heading(made)
    style = files("vendora_graph.commands").joinpath("report.css").read_text(encoding="utf-8")
    body = [f"<h1>{for_html(title)}</h1><p class='under'>{for_html(under)}</p>"]
    for section in made.sections:
        body.append(f"<section><h2>{for_html(section.table.title)}</h2>{_html_table(section)}")
        if section.table.note:
            body.append(f"<p class='note'>{for_html(section.table.note)}</p>")
        if section.chart is not None:
            body.append(f"<figure>{load('vl_convert').vegalite_to_svg(json.dumps(drawn(section.chart)))}</figure>")
        body.append("</section>")
    body.append("<footer>" + "".join(f"<p>{for_html(note)}</p>" for note in foot(made)) + "</footer>")
    head = f"<meta charset='utf-8'><title>{for_html(title)}</title><style>{style}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(body)}</body></html>\n"


def _html_table(section: Section) -> str:
    columns = columns_of(section)
    figures = [is_figure(section.table, n) for n in range(len(columns))]
    head = "".join(f"<th class='{'n' if f else ''}'>{for_html(c)}</th>" for c, f in zip(columns, figures, strict=True))
    rows = []
    for row in rows_of(section):
        cells = []
        for n, cell in enumerate(row):
            light = n == len(section.table.columns) and cell in LIGHTS
            inner = f"<span class='light {cell}'>{cell}</span>" if light else for_html(cell)
            cells.append(f"<td class='{'n' if figures[n] else ''}'>{inner}</td>")
        kind = " class='total'" if row[0] == TOTAL else ""
        rows.append(f"<tr{kind}>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def as_json(made: Report) -> str:
    """Return the report as JSON: rendered tables for people, facts for machines."""
    body = {
        "name": made.name, "title": made.title, "store": made.store, "data_through": made.data_through.isoformat(),
        "as_of": made.as_of.isoformat(), "withheld": made.withheld, "left_out": list(made.left_out), "notes": list(made.notes),
        "sections": [{"table": s.table.model_dump(mode="json"), "lights": list(s.lights), "chart": s.chart} for s in made.sections],
        "facts": [fact.model_dump(mode="json") for fact in made.facts],
    }  # fmt: skip
    return json.dumps(body, indent=2, ensure_ascii=False)


def as_workbook(made: Report) -> bytes:
    """Return the report as a workbook: a sheet a section; figures as numbers, in stored scale."""
    openpyxl = load("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    facts = {fact.id: fact for fact in made.facts}
    for number, section in enumerate(made.sections, start=1):
        sheet = book.create_sheet(f"{number}")
        sheet.append([for_spreadsheet(section.table.title)])
        sheet.append([for_spreadsheet(column) for column in columns_of(section)])
        for row, ids in zip(rows_of(section), section.table.facts, strict=True):
            cells: list[Any] = []
            for n, cell in enumerate(row):
                fact = facts.get(ids[n] or "") if n < len(ids) else None
                shown = fact is not None and fact.value is not None and cell != "withheld"
                cells.append(float(fact.value) if shown and fact is not None and fact.value is not None else for_spreadsheet(cell))
            sheet.append(cells)
        for place, column in enumerate(columns_of(section), start=1):
            sheet.column_dimensions[openpyxl.utils.get_column_letter(place)].width = max(14, len(column) + 2)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def as_pdf(made: Report) -> bytes:
    """Return the report as a PDF, letter size; the charts are drawn inside."""
    from vendora_graph.commands.paper import print_pdf

    return print_pdf(made)


RENDERERS: dict[str, Callable[[Report], str | bytes]] = {
    "md": as_markdown, "html": as_html, "pdf": as_pdf, "xlsx": as_workbook, "json": as_json,
}  # fmt: skip
