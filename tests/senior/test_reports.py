"""Standing reports: every one renders in every format, with nothing withheld."""

from __future__ import annotations

import asyncio
import json
from io import BytesIO

import openpyxl
import pytest

from vendora_graph import Vendora
from vendora_graph.commands.printing import RENDERERS
from vendora_graph.contracts import Reading
from vendora_graph.errors import QuestionError
from vendora_graph.settings import Settings
from vendora_graph.tools.senior.reports import Report, report_names, run_report


async def make(names: list[str]) -> list[Report]:
    async with Vendora(Settings(model="offline", warehouse="demo")) as vendora:
        services = (await vendora.aopen()).services
        principal = services.identities.principal()
        return [await run_report(name, services, principal, services.profile.as_of, Reading(status="plan")) for name in names]


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    """Every standing report."""
    return asyncio.run(make(report_names()))


def test_every_report_is_proven_and_renders(reports: list[Report]) -> None:
    for report in reports:
        assert report.withheld == 0
        assert not report.left_out
        assert report.sections
        assert f"# {report.title}" in RENDERERS["md"](report)  # type: ignore[operator]  # Markdown is text
        assert bytes(RENDERERS["pdf"](report))[:5] == b"%PDF-"  # type: ignore[arg-type]  # a PDF is bytes
        body = json.loads(RENDERERS["json"](report))
        assert len(body["sections"]) == len(report.sections)
        book = openpyxl.load_workbook(BytesIO(RENDERERS["xlsx"](report)))  # type: ignore[arg-type]  # a workbook is bytes
        assert len(book.sheetnames) == len(report.sections)


def test_charts_are_drawn_into_the_page(reports: list[Report]) -> None:
    board = next(report for report in reports if report.name == "sales-board")
    page = RENDERERS["html"](board)
    assert isinstance(page, str)
    assert "<svg" in page
    assert "<script" not in page


def test_lights_follow_the_projected_gap(reports: list[Report]) -> None:
    control = next(report for report in reports if report.name == "daily-operating-control").sections[0]
    lights = dict(zip((row[0] for row in control.table.rows), control.lights, strict=True))
    assert lights["New units"] == "R"  # 31 of 79.9 after 10 of 24 selling days lands at 74.4
    assert lights["Used units"] == "G"  # 32 of 72.9 lands at 76.8


def test_an_unknown_report_names_the_known_ones() -> None:
    with pytest.raises(QuestionError, match="daily-operating-control"):
        asyncio.run(make(["daily-operating"]))
