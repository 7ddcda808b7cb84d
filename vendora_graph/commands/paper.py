"""Reports as PDF: tables and charts on letter paper, one page where the report is meant for one."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from vendora_graph.commands import printing

if TYPE_CHECKING:
    from vendora_graph.tools.senior.reports import Report, Section

SCALES = (1.0, 0.92, 0.84, 0.76, 0.68)
"""A one-page report is set smaller, step by step, until it fits."""
MARGIN = 40


def print_pdf(made: Report) -> bytes:
    """Return the pages; a report meant for one page is scaled down to fit it where it can be."""
    body, pages = _set(made, SCALES[0])
    for scale in SCALES[1:]:
        if not made.one_page or pages == 1:
            break
        body, pages = _set(made, scale)
    return body


def _set(made: Report, scale: float) -> tuple[bytes, int]:
    platypus = printing.load("reportlab.platypus")
    styles, pagesizes = printing.load("reportlab.lib.styles"), printing.load("reportlab.lib.pagesizes")
    wide = max(len(printing.columns_of(s)) for s in made.sections) > 6  # noqa: PLR2004
    size = pagesizes.landscape(pagesizes.letter) if wide else pagesizes.letter
    out = BytesIO()
    page = platypus.SimpleDocTemplate(
        out,
        pagesize=size,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=34,
        bottomMargin=30,
        title=made.title,
        author="VENDORA",
        invariant=1,
    )
    big = styles.ParagraphStyle("big", fontName="Helvetica-Bold", fontSize=18 * scale, leading=22 * scale, textColor=printing.INK)
    small = styles.ParagraphStyle("small", fontName="Helvetica", fontSize=8.5 * scale, leading=11 * scale, textColor="#5b6770")
    second = styles.ParagraphStyle(
        "h2", fontName="Helvetica-Bold", fontSize=11 * scale, leading=14 * scale, spaceBefore=10 * scale, spaceAfter=4 * scale
    )
    title, under = printing.heading(made)
    story: list[Any] = [platypus.Paragraph(_escaped(title), big), platypus.Paragraph(_escaped(under), small)]
    for section in made.sections:
        story.append(platypus.Paragraph(_escaped(section.table.title), second))
        story.append(_table(section, scale, size[0] - 2 * MARGIN))
        if section.table.note:
            story += [platypus.Spacer(1, 4 * scale), platypus.Paragraph(_escaped(section.table.note), small)]
        if section.chart is not None:
            story += [platypus.Spacer(1, 8 * scale), _chart(section, scale, size[0] - 2 * MARGIN)]
    story += [platypus.Spacer(1, 10 * scale), *(platypus.Paragraph(_escaped(note), small) for note in printing.foot(made))]
    page.build(story)
    return out.getvalue(), int(page.page)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _table(section: Section, scale: float, width: float) -> Any:  # noqa: ANN401 - a flowable of the library
    platypus, colors = printing.load("reportlab.platypus"), printing.load("reportlab.lib.colors")
    styles = printing.load("reportlab.lib.styles")
    columns, rows = printing.columns_of(section), printing.rows_of(section)
    figures = [printing.is_figure(section.table, n) for n in range(len(columns))]
    font = 8.5 * scale
    head = [
        platypus.Paragraph(
            _escaped(c), styles.ParagraphStyle("th", fontName="Helvetica-Bold", fontSize=font, leading=font * 1.15, alignment=2 if f else 0)
        )
        for c, f in zip(columns, figures, strict=True)
    ]
    lit = 0.06 if "Light" in columns else 0.0
    labels = sum(1 for f, c in zip(figures, columns, strict=True) if not f and c != "Light") or 1
    first = 0.28 if labels == 1 else 0.20
    rest = (1 - lit - first * labels) / max(sum(figures), 1)
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 1), (-1, -1), "Helvetica", font), ("LINEBELOW", (0, 0), (-1, 0), 1, colors.HexColor(printing.INK)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, colors.HexColor(printing.RULE)), ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [colors.white, colors.HexColor(printing.SOFT)]),
        ("TOPPADDING", (0, 0), (-1, -1), 2.4 * scale), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4 * scale),
    ]  # fmt: skip
    look += [("ALIGN", (n, 1), (n, -1), "RIGHT") for n, f in enumerate(figures) if f]
    look += [("FONT", (0, n), (-1, n), "Helvetica-Bold", font) for n, row in enumerate(rows, start=1) if row[0] == printing.TOTAL]
    for number, row in enumerate(rows, start=1):
        if row[-1] in printing.LIGHTS and any(section.lights):
            cell = (len(columns) - 1, number)
            look += [
                ("BACKGROUND", cell, cell, colors.HexColor(printing.LIGHTS[row[-1]])),
                ("TEXTCOLOR", cell, cell, colors.white),
                ("ALIGN", cell, cell, "CENTER"),
            ]
    widths = [width * (rest if f else lit if c == "Light" else first) for c, f in zip(columns, figures, strict=True)]
    return platypus.Table(
        [head, *[list(row) for row in rows]], colWidths=widths, repeatRows=1, hAlign="LEFT", style=platypus.TableStyle(look)
    )


def _chart(section: Section, scale: float, width: float) -> Any:  # noqa: ANN401 - a flowable of the library
    platypus, utils = printing.load("reportlab.platypus"), printing.load("reportlab.lib.utils")
    picture = printing.load("vl_convert").vegalite_to_png(json.dumps(printing.drawn(section.chart or {})), scale=2)
    wide, high = utils.ImageReader(BytesIO(picture)).getSize()
    shown = min(width, wide / 2) * min(scale, 1.0) * 0.9
    return platypus.Image(BytesIO(picture), width=shown, height=shown * high / wide, hAlign="LEFT")
