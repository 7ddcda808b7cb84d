"""Names from data as inert text: one line, no control characters, nothing that reads as a reference."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120
_PARTED = re.compile(r"(?<=\{)(?=\{)|(?<=\})(?=\})|(?<=\])(?=[(\[])|(?<=:)(?=//)|(?<=<)(?=[A-Za-z/!?])|(?<=\bwww)(?=\.)", re.IGNORECASE)
"""Inside of what a viewer would take for a reference, a link, an image or a tag."""


def plain_name(value: str) -> str:
    """Return a stored value as one line of visible text, at most 120 characters long.

    Control, format and direction characters go; what reads as a reference, a link, an image or a tag is taken apart by a
    space. A name can neither hide text nor smuggle in anything, even where an answer is shown as Markdown or HTML.
    """
    line = " ".join(inert(value).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def inert(text: str) -> str:
    """Return a sentence that names stored values, with nothing in it that hides text, breaks the line, links or loads."""
    if not (text.isascii() and text.isprintable()):
        visible = "".join(" " if unicodedata.category(char) in ("Zl", "Zp", "Cc") else char for char in text)
        text = "".join(char for char in visible if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    return _PARTED.sub(" ", text)
