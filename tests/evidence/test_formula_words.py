"""A formula is shown with the words of its parts where their letters stand."""

from __future__ import annotations

import pytest

from vendora_graph.evidence.formula_words import spelled


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("expression usd: a * b / 3.0 | a = [Gap in PVR, Q3 2026]; b = [Units, Q3 2026]", "[Gap in PVR, Q3 2026] x [Units, Q3 2026] / 3.0"),
        ("expression usd: a - b * (c / d) | a = [A; b, x]; b = [B]; c = [a * c]; d = [D]", "[A; b, x] - [B] x ([a * c] / [D])"),
        ("difference: [A] - [B]", "difference: [A] - [B]"),
    ],
)
def test_letters_give_way_to_their_words(formula: str, shown: str) -> None:
    assert spelled(formula) == shown
