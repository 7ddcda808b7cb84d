"""Wording: how a vocabulary describes a measure in plain words, and what forms of one word have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vendora_graph.offline.normalise import Normaliser, Token

Phrase = tuple[str, ...]
_ENDINGS = ("ing", "ed", "es", "s", "e")
_SHORTEST, _LONG = 3, 5
_LETTERS = "ls"
"""Consonants that short words double by themselves (`sell`, `less`)."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to describe a measure: of every group one phrase must be said, in any order.

    `said` are used up by the measure, `beside` stay what they are (a grouping, a value), `maybe` are used up where they stand, and
    none of `never` may be said.
    """

    metric: str
    said: tuple[tuple[Phrase, ...], ...]
    beside: tuple[tuple[Phrase, ...], ...] = ()
    maybe: tuple[tuple[Phrase, ...], ...] = ()
    never: tuple[tuple[Phrase, ...], ...] = ()


def form(token: Token) -> str:
    """Return what a word is looked up by: a number in figures, any other by its root."""
    return root(token.text) if token.number is None else f"{token.number:f}"


def root(word: str) -> str:
    """Return what forms of a verb or noun have in common (`leases`, `leasing`, `lease`: `leas`)."""
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST), "")
    bare = word.removesuffix(ending)
    double = len(bare) > _SHORTEST and bare[-1] == bare[-2]
    if double and (len(bare) > _LONG if bare[-1] in _LETTERS else bool(ending)):
        bare = bare[:-1]
    return f"{bare[:-1]}i" if bare.endswith("y") else bare


def wordings(section: Mapping[str, Any], normaliser: Normaliser) -> tuple[Wording, ...]:
    """Read the descriptions of a vocabulary (`told`): `$percent + lead|inquiry + reach|talk to`, by measure.

    Args:
        section: `words` (what a `$name` stands for) and `metrics` (measure -> lines). `?` after a group: may be missing; `-`
            before: must not be said; `=` before: must be said, and is used by what it means otherwise.
        normaliser: How questions are written out; the descriptions are, too.
    """
    names = {f"${name}": str(words) for name, words in (section.get("words") or {}).items()}
    described = section.get("metrics") or {}
    forms: dict[str, Phrase] = {}
    return tuple(_wording(str(metric), str(line), names, normaliser, forms) for metric, lines in described.items() for line in lines)


def revived(row: Sequence[Any]) -> Wording:
    """Return a wording that was kept as JSON."""
    metric, *parts = row
    return Wording(str(metric), *(tuple(tuple(tuple(phrase) for phrase in group) for group in part) for part in parts))


def _wording(metric: str, line: str, names: Mapping[str, str], normaliser: Normaliser, forms: dict[str, Phrase]) -> Wording:
    parts: dict[str, list[tuple[Phrase, ...]]] = {"": [], "=": [], "?": [], "-": []}
    for raw in line.split(" + "):
        mark = raw[0] if raw[0] in "=-" else "?" if raw.endswith("?") else ""
        phrases = "|".join(names.get(word, word) for word in raw.strip("=-? ").split("|")).split("|")
        for phrase in phrases:
            if phrase not in forms:
                forms[phrase] = tuple(form(token) for token in normaliser.tokens(phrase))
        parts[mark].append(tuple(sorted({forms[p] for p in phrases}, key=lambda words: (-len(words), words))))
    return Wording(metric, *(tuple(parts[mark]) for mark in ("", "=", "?", "-")))
