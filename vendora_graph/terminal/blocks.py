"""An answer as a short list of blocks, in reading order. Both renderings draw these, so they cannot say different things."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from vendora_graph.contracts import Answer, Check, Recommendation, RenderedTable
from vendora_graph.escape import for_terminal
from vendora_graph.evidence.formula_words import spelled

Tone = Literal["good", "ask", "no", "none", "part"]

_STATUS: dict[str, tuple[str, Tone]] = {
    "answered": ("", "good"),
    "partial": ("Only part of this is proven", "part"),
    "withheld": ("Withheld: not proven", "part"),
    "clarify": ("A question first", "ask"),
    "refused": ("Not something I do", "no"),
    "not_allowed": ("Not allowed", "no"),
    "not_held": ("Not in the data", "none"),
    "empty": ("No records", "none"),
}
"""What stands above the first sentence. `empty`, `not_held`, `not_allowed` and `withheld` must never look alike."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The first thing read: the sentence that holds the figure, under a word when there is no full answer."""

    text: str
    heading: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Lines:
    """A few sentences, as bullets or numbered. `quiet` ones are small print."""

    title: str
    items: tuple[str, ...]
    numbered: bool = False
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of strings; `right` says which columns hold figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification, drawn where there is a terminal to draw on."""

    spec: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Code:
    """Program text under a title."""

    title: str
    text: str


Block = Lead | Lines | Grid | Chart | Code


def blocks_of(answer: Answer) -> list[Block]:
    """Return the blocks of an answer: figure and meaning, evidence for the eye, what to do, what to know, how sure."""
    heading, tone = _STATUS[answer.status]
    blocks: list[Block] = [Lead(for_terminal(answer.summary), heading, tone)]
    if answer.clarification is not None:
        blocks += _clarification(answer)
    findings = tuple(for_terminal(text) for text in answer.analysis.findings if text.strip() != answer.summary.strip())
    if findings:
        blocks.append(Lines("", findings))
    blocks += [grid_of(table) for table in answer.analysis.tables if table.rows]
    if answer.visualization is not None:
        blocks.append(Chart(answer.visualization))
    if answer.recommendations:
        blocks.append(Lines("What to do", tuple(_recommendation(item) for item in answer.recommendations), numbered=True))
    blocks += _small_print(answer)
    return blocks


def grid_of(table: RenderedTable) -> Grid:
    """Return a rendered table as a grid; a column is right-aligned when any of its cells is a fact."""
    right = tuple(any(row[index] is not None for row in table.facts if index < len(row)) for index in range(len(table.columns)))
    rows = tuple(tuple(for_terminal(cell) for cell in row) for row in table.rows)
    return Grid(for_terminal(table.title), tuple(for_terminal(name) for name in table.columns), rows, right, for_terminal(table.note))


def confidence_line(answer: Answer) -> str:
    """Return how sure we are and what was checked, in one line."""
    if answer.confidence_level is None:
        return ""
    score = f" ({answer.quality_score:.2f})" if answer.quality_score is not None else ""
    return f"Confidence: {answer.confidence_level}{score}. {_checked(answer.checks)}".strip()


def origin_line(answer: Answer) -> str:
    """Return where the figures come from: days, agents, time."""
    parts = [
        f"As of {answer.as_of}" if answer.as_of else "",
        f"data through {answer.data_through}" if answer.data_through else "",
        " > ".join(name.replace("_", " ") for name in answer.metadata.agent_path),
        answer.metadata.model,
        f"{answer.metadata.processing_time_ms:.0f} ms" if answer.metadata.processing_time_ms else "",
    ]
    return for_terminal(" · ".join(part for part in parts if part))


def _clarification(answer: Answer) -> Iterator[Block]:
    if answer.clarification is None:
        return
    if answer.clarification.question.strip() != answer.summary.strip():
        yield Lines("", (for_terminal(answer.clarification.question),))
    if answer.clarification.options:
        yield Lines("For example", tuple(for_terminal(option) for option in answer.clarification.options), numbered=True)


def _small_print(answer: Answer) -> Iterator[Block]:
    if answer.alternatives:
        yield Lines("You could ask", tuple(for_terminal(text) for text in answer.alternatives))
    if answer.assumptions:
        yield Lines("Assumed", tuple(for_terminal(text) for text in answer.assumptions), quiet=True)
    if answer.caveats:
        yield Lines("Keep in mind", tuple(for_terminal(text) for text in answer.caveats), quiet=True)
    last = tuple(line for line in (confidence_line(answer), origin_line(answer)) if line)
    if last:
        yield Lines("", last, quiet=True)


def _recommendation(item: Recommendation) -> str:
    impact = f" Worth {item.impact}{f' ({spelled(item.formula)})' if item.formula else ''}." if item.impact else ""
    measure = f" We will know by: {item.measure}" if item.measure else ""
    return for_terminal(f"{item.action} [{item.owner_role.replace('_', ' ')}]{impact}{measure}")


def _checked(checks: tuple[Check, ...]) -> str:
    if not checks:
        return ""
    failed = [for_terminal(check.reason or check.name).rstrip(".") for check in checks if not check.passed]
    passed = len(checks) - len(failed)
    marked_down = f" Marked down: {'; '.join(failed)}." if failed else ""
    return f"{passed} of {len(checks)} checks passed.{marked_down}"
