"""Break approved answers in every way, ask for a verdict, count what gets through."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tests.mutation.mutators import MUTATORS
from tests.mutation.nouns import Case, Mutant, Mutator
from vendora_graph.contracts import Fact, Verdict
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence.arithmetic import recompute
from vendora_graph.evidence.ledger import id_of
from vendora_graph.evidence.validate import validate

COVERAGE = "coverage."


@dataclass(frozen=True)
class Brief:
    """What became of one mutant, small enough to send between processes."""

    name: str
    number_seen: bool
    case: str
    number: int
    caught: bool
    without_coverage: bool
    checks: tuple[str, ...]
    headline: str


@dataclass(frozen=True)
class Trial:
    """One mutant and what became of it. `checks` are the names of the checks that refused it."""

    mutator: Mutator
    case: str
    number: int
    caught: bool
    without_coverage: bool
    checks: tuple[str, ...]
    mutant: Case

    @property
    def brief(self) -> Brief:
        """Return the trial without its nouns."""
        head = self.mutant.draft.headline
        return Brief(self.mutator.name, self.mutator.number, self.case, self.number, self.caught, self.without_coverage, self.checks, head)


@dataclass
class Row:
    """The tally of one mutator."""

    mutator: Mutator
    mutants: int = 0
    caught: int = 0
    without_coverage: int = 0
    only: Counter[str] = field(default_factory=Counter)


def judge(case: Case) -> Verdict:
    """Return the verdict on a case."""
    return validate(case.question, case.plan, case.draft, case.ledger, case.policy)


def sealed(mutant: Mutant) -> Case:
    """Return the mutant's case with honest identities: a wrong computation hashes what it computed, too."""
    if not mutant.seal:
        return mutant.case
    ledger = mutant.case.ledger
    names: dict[str, str] = {}
    facts: dict[str, Fact] = {}

    def seal(old: str) -> str:
        if old in names:
            return names[old]
        fact = ledger.facts[old]
        parts = tuple(seal(part) if part in ledger.facts else part for part in fact.parts)
        changed = fact.model_copy(update={"parts": parts})
        if mutant.derive and changed.parts:
            changed = changed.model_copy(update={"value": _derived(changed, facts)})
        changed = changed.model_copy(update={"id": id_of(changed)})
        names[old], facts[changed.id] = changed.id, changed
        return changed.id

    for old in ledger.facts:
        seal(old)
    numbers = {key: names[old] for key, old in ledger.numbers.items()}
    tables = {
        key: table.model_copy(update={"cells": tuple(tuple(names.get(c or "", c) for c in row) for row in table.cells)})
        for key, table in ledger.tables.items()
    }
    return replace(mutant.case, ledger=ledger.model_copy(update={"facts": facts, "numbers": numbers, "tables": tables}))


def _derived(fact: Fact, facts: dict[str, Fact]) -> object:
    """Return what the formula gives of the changed parts; where it gives nothing, the old value stays."""
    try:
        return recompute(fact, facts)
    except (KeyError, ModelOutputError):
        return fact.value


def mutants(cases: Iterable[Case], mutators: Iterable[Mutator] = MUTATORS) -> Iterator[tuple[Mutator, Case, int, Mutant]]:
    """Yield every mutant that differs in meaning from what it was made of."""
    for case in cases:
        for mutator in mutators:
            number = 0
            for mutant in mutator.make(case):
                if not mutator.identical(case, mutant.case):
                    yield mutator, case, number, mutant
                    number += 1


def trial(mutator: Mutator, case: Case, number: int, mutant: Mutant) -> Trial:
    """Return what became of one mutant."""
    after = sealed(mutant)
    verdict = judge(after)
    failed = tuple(check.name for check in verdict.checks if not check.passed and check.fatal)
    others = tuple(name for name in failed if not name.startswith(COVERAGE))
    lenient = sum((c.penalty for c in verdict.checks if c.name.startswith(COVERAGE) and not c.passed), verdict.score)
    caught_without = bool(others) or lenient < case.policy.threshold
    return Trial(mutator, case.name, number, not verdict.approved, caught_without, failed, after)


def sample(found: list[tuple[Mutator, Case, int, Mutant]], size: int) -> list[tuple[Mutator, Case, int, Mutant]]:
    """Return a fixed sample: as evenly over mutators as they allow, chosen by a hash that never changes."""
    strata: dict[str, list[tuple[Mutator, Case, int, Mutant]]] = {}
    for entry in found:
        strata.setdefault(entry[0].name, []).append(entry)
    strata = dict(sorted(strata.items()))
    for entries in strata.values():
        entries.sort(key=lambda e: hashlib.sha256(f"{e[0].name}|{e[1].name}|{e[2]}".encode()).hexdigest())
    out: list[tuple[Mutator, Case, int, Mutant]] = []
    depth = 0
    while len(out) < size and any(len(entries) > depth for entries in strata.values()):
        out += [entries[depth] for entries in strata.values() if len(entries) > depth]
        depth += 1
    return out[:size]


def tally(trials: Iterable[Brief]) -> list[Row]:
    """Return the table: one row a mutator, in the order of the list."""
    rows = {mutator.name: Row(mutator) for mutator in MUTATORS}
    for one in trials:
        row = rows[one.name]
        row.mutants += 1
        row.caught += one.caught
        row.without_coverage += one.without_coverage
        if len(one.checks) == 1:
            row.only[one.checks[0]] += 1
    return list(rows.values())
