"""A draft laid open for the checks: sentences with their figures, what is used where, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from vendora_graph.contracts import (
    Draft,
    Fact,
    Ledger,
    MetricRules,
    Name,
    Period,
    Plan,
    ResultTable,
    TableSpec,
    ValidationPolicy,
)
from vendora_graph.evidence.asks import Ask, ask_of
from vendora_graph.evidence.phrases import Found
from vendora_graph.evidence.references import Token, key_of, sentences
from vendora_graph.evidence.tables import shown_rows
from vendora_graph.evidence.vocabulary import MetricBook, inside_labels, metric_book

Place = Literal["headline", "finding", "caveat", "assumption", "action", "measure", "owner", "title"]
CLAIMS: tuple[Place, ...] = ("headline", "finding")
Days = tuple[str, str]
Pairs = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FactRef:
    """A reference to a fact at token `at` of a sentence."""

    at: int
    key: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class PeriodRef:
    """A reference to a period at token `at` of a sentence."""

    at: int
    key: str
    period: Period


@dataclass(frozen=True, slots=True)
class NameRef:
    """A name at token `at` of a sentence: a reference, or typed letter for letter (`key` is then empty)."""

    at: int
    key: str
    name: Name


@dataclass(frozen=True)
class Sentence:
    """One sentence of a draft and what it refers to. `number` counts the text it stands in (first finding is 0)."""

    place: Place
    number: int
    kind: str
    tokens: tuple[Token, ...]
    facts: tuple[FactRef, ...]
    periods: tuple[PeriodRef, ...]
    names: tuple[NameRef, ...]
    metrics: tuple[Found[frozenset[str]], ...]

    @property
    def where(self) -> str:
        """Return the place in words."""
        return self.place if self.place == "headline" else f"{self.place} {self.number + 1}"

    @cached_property
    def labelled(self) -> frozenset[int]:
        """Return the tokens that belong to a metric's name: their words claim nothing."""
        return frozenset(i for found in self.metrics for i in range(found.start, found.end))

    @cached_property
    def text(self) -> str:
        """Return the words in lower case, references left out."""
        return " ".join(token.text for token in self.tokens if token.kind == "word")

    def free(self, found: Found[Any]) -> bool:
        """Tell whether a phrase stands outside metric names."""
        return self.labelled.isdisjoint(range(found.start, found.end))

    def between(self, first: int, second: int) -> tuple[Token, ...]:
        """Return the tokens between two positions."""
        return self.tokens[first + 1 : second]


def days(period: Period | None) -> Days | None:
    """Return what identifies a period: its first and last day."""
    return None if period is None else (period.start.isoformat(), period.end.isoformat())


@dataclass(frozen=True)
class Case:
    """Everything a check may look at."""

    question: str
    plan: Plan | None
    draft: Draft
    ledger: Ledger
    policy: ValidationPolicy

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Return every sentence of the draft, headline first."""
        draft, out = self.draft, list(self._read("headline", (self.draft.headline,)))
        for i, finding in enumerate(draft.findings):
            out += self._sentences("finding", i, finding.kind, finding.text)
        out += self._read("caveat", draft.caveats)
        out += self._read("assumption", draft.assumptions)
        out += self._read("action", tuple(item.action for item in draft.recommendations))
        out += self._read("measure", tuple(item.measure for item in draft.recommendations))
        out += self._read("owner", tuple(item.owner_role for item in draft.recommendations))
        titles = tuple(spec.title for spec in draft.tables) + ((draft.chart.title,) if draft.chart else ())
        out += self._read("title", titles)
        return tuple(out)

    @cached_property
    def claims(self) -> tuple[Sentence, ...]:
        """Return the sentences of headline and findings."""
        return tuple(sentence for sentence in self.sentences if sentence.place in CLAIMS)

    @cached_property
    def told(self) -> tuple[Sentence, ...]:
        """Return the sentences that may claim a direction or a place: headline, findings and caveats."""
        return tuple(sentence for sentence in self.sentences if sentence.place in (*CLAIMS, "caveat"))

    @cached_property
    def spoken(self) -> tuple[FactRef, ...]:
        """Return every fact referred to in text, recommendations included."""
        impacts = [(key_of(item.impact), item) for item in self.draft.recommendations if item.impact is not None]
        keys = [(key, fact) for key, _ in impacts if (fact := self.fact(key)) is not None]
        return tuple(ref for sentence in self.sentences for ref in sentence.facts) + tuple(FactRef(-1, k, f) for k, f in keys)

    @cached_property
    def shown(self) -> dict[str, Fact]:
        """Return the facts of the draft's tables and chart, by id, as a reader sees them."""
        out: dict[str, Fact] = {}
        for spec, table in self.tables:
            columns = [table.columns.index(c) for c in spec.columns or table.columns if c in table.columns]
            for row in table.cells[: shown_rows(spec, table)]:
                for j in columns:
                    self._add(out, row[j] if j < len(row) else None)
        if self.draft.chart is not None and self.draft.chart.table in self.ledger.tables:
            table = self.ledger.tables[self.draft.chart.table]
            places = [table.columns.index(c) for c in self.draft.chart.y if c in table.columns]
            for row in table.cells:
                for j in places:
                    self._add(out, row[j] if j < len(row) else None)
        return out

    @cached_property
    def tables(self) -> tuple[tuple[TableSpec, ResultTable], ...]:
        """Return the draft's tables with their results; unknown results are left out (another check names them)."""
        known = self.ledger.tables
        return tuple((spec, known[spec.table]) for spec in self.draft.tables if spec.table in known)

    @cached_property
    def used(self) -> dict[str, Fact]:
        """Return every fact a reader sees, by id."""
        return {**{ref.fact.id: ref.fact for ref in self.spoken}, **self.shown}

    @cached_property
    def behind(self) -> dict[str, Fact]:
        """Return every fact a reader sees, and every fact those were computed from."""
        return {fact.id: fact for one in self.used.values() for fact in self.closure(one)}

    @cached_property
    def tables_of(self) -> dict[str, tuple[ResultTable, ...]]:
        """Return the results each fact stands in, by fact id."""
        out: dict[str, list[ResultTable]] = {}
        for table in self.ledger.tables.values():
            for row in table.cells:
                for cell in row:
                    if cell is not None and table not in out.setdefault(cell, [])[-1:]:
                        out[cell].append(table)
        return {key: tuple(tables) for key, tables in out.items()}

    def fact(self, key: str) -> Fact | None:
        """Return the fact of a reference's key, None when the reference points at nothing."""
        return self.ledger.facts.get(self.ledger.numbers.get(key, ""))

    def rules(self, metric: str) -> MetricRules | None:
        """Return what the policy knows of a metric."""
        return self.policy.metric_info.get(metric)

    def closure(self, fact: Fact) -> tuple[Fact, ...]:
        """Return a fact with everything it was computed from, itself first."""
        known = self._closures.get(fact.id)
        if known is None:
            known = self._closures[fact.id] = tuple(self._walk(fact, set()))
        return known

    @cached_property
    def _closures(self) -> dict[str, tuple[Fact, ...]]:
        return {}

    def _walk(self, fact: Fact, seen: set[str]) -> Iterator[Fact]:
        if fact.id in seen:
            return
        seen.add(fact.id)
        yield fact
        for part in fact.parts:
            if part in self.ledger.facts:
                yield from self._walk(self.ledger.facts[part], seen)

    def metrics_of(self, fact: Fact) -> frozenset[str]:
        """Return the metrics a fact speaks of: its own and those of its parts."""
        return frozenset(part.metric for part in self.closure(fact))

    def days_of(self, fact: Fact) -> frozenset[Days]:
        """Return the periods a fact speaks of: its own and those of its parts."""
        return frozenset(key for part in self.closure(fact) if (key := days(part.period)) is not None)

    def asks_of(self, fact: Fact) -> tuple[Ask, ...]:
        """Return the tool calls whose results hold a fact."""
        known = self._asks.get(fact.id)
        if known is None:
            known = self._asks[fact.id] = tuple(ask_of(table) for table in self.tables_of.get(fact.id, ()))
        return known

    @cached_property
    def _asks(self) -> dict[str, tuple[Ask, ...]]:
        return {}

    def pairs_of(self, fact: Fact) -> Pairs:
        """Return the dimension values a fact is about: slices and filters of itself and its parts."""
        known = self._pairs.get(fact.id)
        if known is None:
            known = self._pairs[fact.id] = frozenset(pair for part in self.closure(fact) for pair in self._own_pairs(part))
        return known

    def _own_pairs(self, fact: Fact) -> set[tuple[str, str]]:
        """A row's own value is narrower than the filter it was fetched under; words for several values are no value."""
        pairs, row = set(fact.slice), dict(fact.slice)
        for ask in self.asks_of(fact):
            if ask.filters:
                worded = {d for d, op, values in ask.filters if op != "in" or row.get(d) not in (None, *values)}
                pairs |= {pair for pair in ask.named if pair[0] in worded or pair[0] not in row}
        return pairs

    @cached_property
    def _pairs(self) -> dict[str, Pairs]:
        return {}

    def excluded_of(self, fact: Fact) -> Pairs:
        """Return the dimension values that were filtered out of a fact."""
        return frozenset(pair for part in self.closure(fact) for ask in self.asks_of(part) for pair in ask.excluded)

    @cached_property
    def context(self) -> Pairs:
        """Return the dimension values the whole answer is about: filters of the reading and of the calls used."""
        pairs: set[tuple[str, str]] = set()
        if self.plan is not None:
            pairs |= {(f.dimension, value) for f in self.plan.filters if f.op == "in" for value in f.values}
        return frozenset(pairs)

    @cached_property
    def prose(self) -> str:
        """Return headline, findings, caveats and assumptions in lower case, references replaced by a space."""
        parts = [self.draft.headline, *(f.text for f in self.draft.findings), *self.draft.caveats, *self.draft.assumptions]
        return "\n".join(parts).lower()

    def _add(self, out: dict[str, Fact], identity: str | None) -> None:
        if identity is not None and identity in self.ledger.facts:
            out[identity] = self.ledger.facts[identity]

    def _read(self, place: Place, texts: tuple[str, ...]) -> Iterator[Sentence]:
        for number, text in enumerate(texts):
            yield from self._sentences(place, number, "", text)

    def _sentences(self, place: Place, number: int, kind: str, text: str) -> Iterator[Sentence]:
        for run in sentences(text, inside_labels(self.policy)):
            facts = tuple(FactRef(i, t.text, f) for i, t in enumerate(run) if t.kind == "f" and (f := self.fact(t.text)))
            periods = tuple(
                PeriodRef(i, t.text, self.ledger.periods[t.text])
                for i, t in enumerate(run)
                if t.kind == "p" and t.text in self.ledger.periods
            )
            names = tuple(
                NameRef(i, t.text, self.ledger.names[t.text]) for i, t in enumerate(run) if t.kind == "n" and t.text in self.ledger.names
            )
            yield Sentence(place, number, kind, run, facts, periods, names, tuple(self.book.phrases.find(run)))

    @cached_property
    def book(self) -> MetricBook:
        """Return what the policy's metrics are called."""
        return metric_book(self.policy)
