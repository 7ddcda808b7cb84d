"""The words of a formula: each part told by its label, row and period, so that a reader sees what a figure was computed from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from vendora_graph.contracts import Fact
from vendora_graph.evidence import expression

_SIGNS = {"difference": " - ", "points": " - ", "sum": " + ", "product": " x ", "share": " / ", "per_unit": " / ", "ratio": " / "}
Labels = Callable[[Fact], Iterable[str]]


def where(part: Fact, period: str | None = None) -> str:
    """Return the words of one part; `period` stands for the name of its days."""
    place = ", ".join(member for _, member in part.slice)
    words = [part.label, place, period if period is not None else part.period.label if part.period else ""]
    return ", ".join(word for word in words if word)


def written(operation: str, parts: Sequence[Fact]) -> str:
    """Return the formula of an operation over parts, without its name."""
    return _joined(operation, [f"[{where(part)}]" for part in parts])


def _joined(operation: str, names: Sequence[str]) -> str:
    if operation == "change":
        return f"({names[0]} - {names[1]}) / {names[1]}"
    if operation == "mean":
        return f"({' + '.join(names)}) / {len(names)}"
    return _SIGNS[operation].join(names)


def spelled(formula: str) -> str:
    """Return a formula as a reader is shown it: the words of each part stand where its letter stood."""
    if not expression.is_expression(formula):
        return formula
    parts = dict(_PART.findall(formula.partition(" | ")[2]))
    words = {**parts, "*": "x"}
    return re.sub(r"\b[a-z]\b|\*", lambda found: words.get(found[0], found[0]), expression.arithmetic_in(formula))


_PART = re.compile(r"(?:^|; )([a-z]) = (\[.*?\])(?=; [a-z] = \[|$)")


def tells(formula: str, operation: str, parts: Sequence[Fact], labels: Labels) -> bool:
    """Tell whether a formula names the very parts of its fact, in their order.

    `labels` gives what the days of a part may be called. A formula that names no part in brackets claims nothing.
    """
    words = formula.partition(": ")[2]
    if "[" not in words:
        return True
    own = [f"[{where(part)}]" for part in parts]
    if words == _joined(operation, own) if operation != expression.NAME else words.partition(" | ")[2] == _lettered(own):
        return True
    named = [_pattern(part, labels) for part in parts]
    if operation != expression.NAME:
        marks = [f"\0{number}\0" for number in range(len(parts))]
        due = re.escape(_joined(operation, marks))
        return re.fullmatch(_filled(due, marks, named), words) is not None
    return re.fullmatch(_lettered(named), words.partition(" | ")[2]) is not None


def _lettered(names: Sequence[str]) -> str:
    return "; ".join(f"{letter} = {name}" for letter, name in zip(expression.LETTERS, names, strict=False))


def _filled(due: str, marks: Sequence[str], named: Sequence[str]) -> str:
    for mark, name in zip(marks, named, strict=True):
        due = due.replace(re.escape(mark), name)
    return due


def _pattern(part: Fact, labels: Labels) -> str:
    """Return a pattern of one part in brackets, its days under any of their names."""
    known = {where(part), *(where(part, label) for label in labels(part))}
    return r"\[(?:" + "|".join(re.escape(words) for words in sorted(known)) + r")\]"
