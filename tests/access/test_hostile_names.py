"""A dealership whose people carry markup, links and formulas for names: they are read as text wherever an answer is shown."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from vendora_graph import Vendora
from vendora_graph.commands.printing import RENDERERS
from vendora_graph.contracts import Answer, Reading
from vendora_graph.settings import Settings
from vendora_graph.terminal.blocks import blocks_of
from vendora_graph.terminal.plain import plain
from vendora_graph.tools.senior.reports import Report, run_report

NAMES = (
    "![x](https://evil.example/?q=all)",
    "[pay here](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "=cmd|'/c calc'!A1",
    "{{1f1}} {{n1}}",
    "\x1b[2J\x1b]8;;https://evil.example\x07up\u202e",
    "www.evil.example | | # **all**",
)
OUTSIDE = re.compile(r"https?://|\]\(|\bwww\.|<[a-z/!?]|\x1b|\u202e|\{\{", re.IGNORECASE)


@pytest.fixture(scope="module")
def told(demo: Path) -> Iterator[tuple[Answer, Report]]:
    """Return a ranking of salespeople and the sales board, over a copy whose salespeople are renamed."""
    hostile = demo.with_name("hostile.duckdb")
    shutil.copy(demo, hostile)
    with duckdb.connect(str(hostile)) as connection:
        found = connection.execute("SELECT employee_id FROM employee WHERE role = 'sales' ORDER BY 1").fetchall()
        for number, (person,) in enumerate(found):
            name = f"{NAMES[number % len(NAMES)]} {number}"
            connection.execute("UPDATE employee SET full_name = ? WHERE employee_id = ?", [name, person])

    async def ask() -> tuple[Answer, Report]:
        settings = Settings(model="offline", warehouse=f"duckdb:///{hostile}", cache_dir=demo.parent / "hostile")
        async with Vendora.open(settings) as opened:
            answer = await opened.aask("rank salespeople by gross in october")
            services = (await opened.aopen()).services
            principal = services.identities.principal()
            return answer, await run_report("sales-board", services, principal, services.profile.as_of, Reading(status="plan"))

    yield asyncio.run(ask())
    hostile.unlink()


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inside in value.values():
            yield from strings(inside)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield from strings(inside)


def test_the_answer_is_given_and_holds_no_link_tag_or_reference(told: tuple[Answer, Report]) -> None:
    answer = told[0]
    assert answer.status == "answered"
    shown = [answer.summary, *strings(answer.analysis.model_dump(mode="json")), *answer.caveats, *answer.assumptions]
    assert any("evil.example" in text for text in shown)
    assert not [text for text in shown if OUTSIDE.search(text)]
    assert not OUTSIDE.search(plain(blocks_of(answer)))


def test_a_report_in_markdown_has_no_link_image_or_tag(told: tuple[Answer, Report]) -> None:
    text = str(RENDERERS["md"](told[1]))
    assert "evil.example" in text
    assert not OUTSIDE.search(text)
    assert not re.search(r"(?<!\\)[\[\]<>*`_]", re.sub(r"(?m)^\*|\*  $", "", text))
    widths = {line.count("|") - line.count("\\|") for line in text.splitlines() if line.startswith("|") and "evil" in line}
    assert len(widths) == 1


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_report_in_html_holds_only_our_own_tags(told: tuple[Answer, Report]) -> None:
    seen = _Tags()
    seen.feed(str(RENDERERS["html"](told[1])))
    assert not seen.found & {"a", "img", "script", "iframe", "object", "image", "foreignobject"}
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("href", "src", "xlink:href")}


def test_a_workbook_holds_no_formula(told: tuple[Answer, Report]) -> None:
    book = openpyxl.load_workbook(BytesIO(bytes(RENDERERS["xlsx"](told[1]))))  # type: ignore[arg-type]  # a workbook is bytes
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if "cmd" in str(cell.value)]
    assert not [cell.value for cell in cells if cell.data_type == "f" or str(cell.value).startswith(("=", "+", "@"))]


def test_paper_and_json_are_made(told: tuple[Answer, Report]) -> None:
    assert bytes(RENDERERS["pdf"](told[1]))[:5] == b"%PDF-"  # type: ignore[arg-type]  # a PDF is bytes
    assert json.loads(str(RENDERERS["json"](told[1])))["sections"]


def test_a_question_about_one_of_them_holds_no_link_either(told: tuple[Answer, Report], demo: Path) -> None:
    hostile = f"duckdb:///{demo.with_name('hostile.duckdb')}"
    with Vendora.open(Settings(model="offline", warehouse=hostile, cache_dir=demo.parent / "hostile")) as opened:
        for question in ("how many units did pay here sell in october", "gross of evil.example by month", "why is gross of up down"):
            assert not OUTSIDE.search(plain(blocks_of(opened.ask(question))))
