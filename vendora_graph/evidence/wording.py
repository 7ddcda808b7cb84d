"""Whether free text states a quantity: asked of words that are shown without being a draft."""

from __future__ import annotations

import re

from vendora_graph.evidence.checks.numerals import is_numeral
from vendora_graph.evidence.phrases import listed
from vendora_graph.evidence.references import tokens

_REFERENCE_OR_DIGITS = re.compile(r"\{\{[^{}]*\}\}|\d(?:[\d.,]*\d)?")


_QUOTED = re.compile(r"'[^']{1,200}'")


def masked(text: str) -> str:
    """Return a text with what it quotes and every numeral outside a reference blotted out: a rejected draft's figures are not repeated."""
    text = _QUOTED.sub("'...'", text)
    return _REFERENCE_OR_DIGITS.sub(lambda found: found.group() if found.group().startswith("{{") else "#", text)


def has_figures(text: str) -> bool:
    """Return whether a text holds a numeral of any script, a number written out, or a quantity word."""
    words = tokens(text)
    if any(token.kind in ("word", "mark", "bad") and is_numeral(token) for token in words):
        return True
    return any(True for _ in listed("numbers", "quantities", harmless="number_harmless").find(words))
