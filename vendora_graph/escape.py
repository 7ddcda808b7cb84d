"""Text from data is data: make it harmless where it is shown (HTML, Markdown, spreadsheets, terminals)."""

from __future__ import annotations

import html
import re

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)")
_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~$]|^\s*[+-](?=\s))")
_AUTOLINK = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|data|javascript|vbscript|file):|\bwww\.|@")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_ENTITIES = {":": "&#58;", ".": "&#46;", "@": "&#64;"}
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})*|\d+)(\.\d+)?%?\Z")


def plain(text: str) -> str:
    """Return the text without control, zero-width and direction-changing characters; line breaks become spaces."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\n", " ").replace("\r", " ").replace("\t", " "))


def for_html(text: str) -> str:
    """Return the text for an HTML element or a quoted attribute."""
    return html.escape(_CONTROL.sub("", text), quote=True)


def for_markdown(text: str) -> str:
    """Return the text for a Markdown paragraph or table cell: no links, images, HTML, tables or formatting come out of it.

    The sign that makes an address of it is written as an entity, so that viewers that link bare addresses do not.
    """
    escaped = _MARKDOWN.sub(r"\\\1", _ENTITY.sub("&amp;", plain(text)))
    return _AUTOLINK.sub(lambda found: found.group()[:-1] + _ENTITIES[found.group()[-1]], escaped)


def for_spreadsheet(text: str) -> str:
    """Return the text for a CSV or spreadsheet cell: what a spreadsheet would run as a formula gets an apostrophe in front.

    A plain number, also a negative one, stays a number. Signs that a workbook cannot hold go.
    """
    text = _UNPRINTABLE.sub("", text)
    stripped = text.lstrip(" \u00a0\u3000")
    if stripped.startswith(_FORMULA) and not _NUMBER.fullmatch(stripped.strip()):
        return f"'{text}"
    return text


def for_terminal(text: str) -> str:
    """Return the text for a terminal: no escape sequences, nothing that moves the cursor or turns the direction of writing.

    Line breaks stay.
    """
    return _CONTROL.sub("", _ESCAPES.sub("", text))
