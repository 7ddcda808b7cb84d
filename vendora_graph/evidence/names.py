"""Names from data as inert text: one line, no control characters, nothing that reads as a reference."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 120
_BRACES = re.compile(r"\{\{|\}\}")


def plain_name(value: str) -> str:
    """Return a stored value as one line of visible text, at most 120 characters long.

    Control, format and direction characters go, double braces are taken apart: a name can neither hide text nor smuggle
    in a reference.
    """
    visible = "".join(" " if unicodedata.category(char) in ("Zl", "Zp", "Cc") else char for char in value)
    kept = "".join(char for char in visible if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    line = _BRACES.sub(lambda match: " ".join(match.group()), " ".join(kept.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
