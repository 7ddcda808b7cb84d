"""The period grammar: finds every period phrase in a row of tokens. Patterns are data (`english.yaml`, `periods`).

A match is a `PeriodSpec`: an operation with arguments, not yet dates. `period_math.resolve` turns it into dates.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from vendora_graph.offline.english import English
from vendora_graph.offline.normalise import Normaliser, Token, is_break

_ELEMENT = re.compile(r"\(([^)]*)\)|\[([^\]]*)\]|(\S+)")
_LEAF = "\0"
_MAX_N = 400
_YEARS = (1990, 2100)
_OLD = 2010
_DAYS = 31
_MONTHS = 12
_NUMERIC_DATE_PARTS = 2
_CENTURY = 100
_TOP = 2000


@dataclass(frozen=True, slots=True)
class PeriodSpec:
    """A period as said: `op` with `args` (numbers and words), and the periods it is made of."""

    op: str
    args: Mapping[str, int | str | date] = field(default_factory=dict)
    parts: tuple[PeriodSpec, ...] = ()

    def number(self, name: str, default: int = 1) -> int:
        """Return an integer argument."""
        value = self.args.get(name, default)
        return value if isinstance(value, int) else default

    def word(self, name: str) -> str:
        """Return a text argument, empty when absent."""
        value = self.args.get(name, "")
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class PeriodMatch:
    """Tokens `start` up to `end` (exclusive) say `spec`."""

    start: int
    end: int
    spec: PeriodSpec


@dataclass(frozen=True, slots=True)
class _Walk:
    node: Mapping[str, Any]
    at: int
    args: tuple[tuple[str, int | str | date], ...]
    parts: tuple[PeriodSpec, ...]
    skipped: bool = False


Slot = Callable[[Sequence[Token], int], "Iterator[tuple[int | str | date, int]]"]


class PeriodGrammar:
    """The compiled patterns of one English."""

    def __init__(self, english: English, normaliser: Normaliser) -> None:
        raw = english.raw
        calendar = raw["calendar"]
        self._months: Mapping[str, int] = calendar["months"]
        self._weekdays: Mapping[str, int] = calendar["weekdays"]
        self._units: Mapping[str, str] = calendar["units"]
        self._weak = frozenset(calendar["weak_months"]) | frozenset(calendar["weak_weekdays"])
        self._before_weak = frozenset(calendar["before_weak"])
        self._after_weak = frozenset(calendar["after_weak"])
        self._fillers = frozenset(calendar["fillers"])
        self._limits = frozenset(calendar["before_limit"])
        self._over, self._growth = str(raw["over_word"]), frozenset(calendar["growth"])
        self._quarters = {_run_together(normaliser.tokens(str(words))): int(n) for words, n in raw["quarters"].items()}
        self._halves = {_run_together(normaliser.tokens(str(words))): int(n) for words, n in raw["halves"].items()}
        self._holidays = {_run_together(normaliser.tokens(str(words))): str(name) for words, name in raw["holidays"].items()}
        self._ordinals: Mapping[str, int] = raw["ordinals"]
        self._slots: dict[str, Slot] = {
            "<n>": self._n, "<unit>": self._unit, "<month>": self._month, "<q>": self._q, "<half>": self._half,
            "<year>": self._year, "<dow>": self._dow, "<day>": self._day, "<date>": self._date, "<holiday>": self._holiday,
            "<ord>": self._ord, "<nth>": self._nth, "<months>": self._several,
        }  # fmt: skip
        self._atoms: dict[str, Any] = {}
        self._composites: dict[str, Any] = {}
        for rule in raw["periods"]:
            self._add(rule, normaliser)

    def find(self, tokens: Sequence[Token]) -> list[PeriodMatch]:
        """Return every match, of every length, in order of start and length."""
        found: dict[int, list[PeriodMatch]] = {}
        for start in range(len(tokens)):
            found[start] = self._walk(self._atoms, tokens, start, found)
        for _ in range(2):
            grown = {start: self._walk(self._composites, tokens, start, found) for start in range(len(tokens))}
            for start, matches in grown.items():
                known = {(m.end, m.spec.op) for m in found[start]}
                found[start].extend(m for m in matches if (m.end, m.spec.op) not in known)
        return sorted((m for ms in found.values() for m in ms), key=lambda m: (m.start, m.end))

    def _add(self, rule: Mapping[str, Any], normaliser: Normaliser) -> None:
        pattern = str(rule["p"])
        trie = self._composites if "<p>" in pattern else self._atoms
        fixed = {key: value for key, value in rule.items() if key not in {"p", "op"}}
        for words in _expand(pattern):
            node = trie
            for word in words:
                key = word if word.startswith("<") else normaliser.stem(word)
                node = node.setdefault(key, {})
            node.setdefault(_LEAF, (str(rule["op"]), fixed))

    def _walk(
        self, trie: Mapping[str, Any], tokens: Sequence[Token], start: int, found: Mapping[int, list[PeriodMatch]]
    ) -> list[PeriodMatch]:
        """Follow the trie from `start` with an explicit stack; the last token of a match is never a filler."""
        out: dict[int, PeriodMatch] = {}
        stack = [_Walk(trie, start, (), ())]
        while stack:
            walk = stack.pop()
            leaf = walk.node.get(_LEAF)
            if leaf is not None and not walk.skipped:
                op, fixed = leaf
                out.setdefault(walk.at, PeriodMatch(start, walk.at, PeriodSpec(op, {**fixed, **dict(walk.args)}, walk.parts)))
            if walk.at < len(tokens) and not is_break(tokens[walk.at]):
                stack.extend(self._steps(walk, tokens, found, first=walk.at == start))
        return list(out.values())

    def _steps(self, walk: _Walk, tokens: Sequence[Token], found: Mapping[int, list[PeriodMatch]], *, first: bool) -> Iterator[_Walk]:
        token = tokens[walk.at]
        skippable = token.stem in self._fillers or token.kind == "punct"
        if not first and skippable:
            yield _Walk(walk.node, walk.at + 1, walk.args, walk.parts, skipped=True)
        for key, node in walk.node.items():
            if key == "<p>":
                for match in found.get(walk.at, ()):
                    yield _Walk(node, match.end, walk.args, (*walk.parts, match.spec))
            elif key in self._slots:
                name = key.strip("<>")
                name = f"{name}2" if any(k == name for k, _ in walk.args) else name
                for value, size in self._slots[key](tokens, walk.at):
                    yield _Walk(node, walk.at + size, (*walk.args, (name, value)), walk.parts)
            elif key == token.stem:
                yield _Walk(node, walk.at + 1, walk.args, walk.parts)

    # ---------------------------------------------------------------------------------------------------- slots

    def _n(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        token = tokens[at]
        size = 1
        number = token.number
        if number is not None and token.kind in {"num", "word"} and not token.unit and number == int(number) and 0 < number <= _MAX_N:
            yield int(number), size

    def _unit(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[str, int]]:
        unit = self._units.get(tokens[at].stem)
        if unit is not None:
            yield unit, 1

    def _month(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        month = self._months.get(tokens[at].text.removesuffix("'s"))
        if month is not None and self._strong(tokens, at):
            yield month, 1

    def _several(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        """`octobers`: a month's name in the plural."""
        text = tokens[at].text
        month = self._months.get(text.removesuffix("s")) if text not in self._months else None
        if month is not None:
            yield month, 1

    def _dow(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        day = self._weekdays.get(tokens[at].stem, self._weekdays.get(tokens[at].text))
        if day is not None and self._strong(tokens, at):
            yield day, 1

    def _strong(self, tokens: Sequence[Token], at: int) -> bool:
        """`may`, `march`, `sat` are periods only where their neighbours say so."""
        if tokens[at].text not in self._weak:
            return True
        if at and tokens[at - 1].stem in self._before_weak:
            return True
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        return after is None or after.kind in {"punct", "yr"} or after.number is not None or after.stem in self._after_weak

    def _q(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        yield from _looked_up(self._quarters, tokens, at)

    def _half(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        yield from _looked_up(self._halves, tokens, at)

    def _holiday(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[str, int]]:
        for size in (1, 2, 3):
            key = _run_together(tokens[at : at + size])
            if key in self._holidays and at + size <= len(tokens):
                yield self._holidays[key], size

    def _year(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        token = tokens[at]
        if token.kind == "yr":
            yield _TOP + int(token.text.strip("'")), 1
        elif token.kind == "num" and token.raw.isdigit() and not self._limited(tokens, at) and _YEARS[0] <= int(token.raw) <= _YEARS[1]:
            yield int(token.raw), 1

    def _limited(self, tokens: Sequence[Token], at: int) -> bool:
        """`more than 2000`, `hit 2000 a copy`: a number after a word that limits, or an old year that no period word opens, is no year."""
        before = tokens[at - 1] if at else None
        if before is not None and before.text in self._limits:
            return not self._grown(tokens, at - 1)
        return int(tokens[at].raw) < _OLD and (before is None or before.stem not in self._before_weak)

    def _grown(self, tokens: Sequence[Token], over: int) -> bool:
        """`front gross growth 2025 over 2024`, `growth over 2024`: what is held over a year is a year, or how much something grew."""
        if tokens[over].text != self._over or int(tokens[over + 1].raw) < _OLD:
            return False
        year = over > 0 and any(True for _ in self._year(tokens, over - 1))
        return year or any(token.text in self._growth for token in tokens[:over])

    def _day(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        token = tokens[at]
        if token.kind in {"num", "ord"} and token.number is not None and token.text.isdigit() and 1 <= token.number <= _DAYS:
            yield int(token.number), 1

    def _ord(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        if tokens[at].kind == "ord":
            yield from self._day(tokens, at)

    def _nth(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
        number = self._ordinals.get(tokens[at].raw)
        if number is not None:
            yield number, 1

    def _date(self, tokens: Sequence[Token], at: int) -> Iterator[tuple[str, int]]:
        token = tokens[at]
        if token.kind == "iso" or (token.kind == "us" and _plausible(token.text)):
            yield token.text, 1


def _plausible(text: str) -> bool:
    """Whether month/day (or month/year) numbers can be a date."""
    parts = [int(part) for part in text.split("/")]
    if len(parts) == _NUMERIC_DATE_PARTS and parts[1] >= _CENTURY:
        return 1 <= parts[0] <= _MONTHS and _YEARS[0] <= parts[1] <= _YEARS[1]
    return 1 <= parts[0] <= _MONTHS and 1 <= parts[1] <= _DAYS


def _looked_up(names: Mapping[str, int], tokens: Sequence[Token], at: int) -> Iterator[tuple[int, int]]:
    """Yield the value of one or two tokens run together (`q3`, `third quarter`)."""
    for size in (1, 2):
        if at + size <= len(tokens):
            key = _run_together(tokens[at : at + size])
            if key in names:
                yield names[key], size


def _run_together(tokens: Sequence[Token]) -> str:
    """`3rd quarter` is no `3 quarters`: ordinals count as typed."""
    return "".join(token.raw if token.kind == "ord" else token.stem for token in tokens)


def _expand(pattern: str) -> list[list[str]]:
    """Expand `(a|b)` and `[x]` into all plain word sequences."""
    choices: list[list[list[str]]] = []
    for group, optional, word in _ELEMENT.findall(pattern):
        if group:
            choices.append([alternative.split() for alternative in group.split("|")])
        elif optional:
            choices.append([[], *(alternative.split() for alternative in optional.split("|"))])
        else:
            choices.append([[word]])
    return [list(itertools.chain.from_iterable(combination)) for combination in itertools.product(*choices)]
