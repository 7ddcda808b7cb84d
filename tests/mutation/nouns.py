# ruff: noqa: E501 - one case a line reads as a table
"""The five nouns of one validation, and what a reader sees of them, told without the code under test.

Nothing here may import `vendora_graph.evidence`, `.offline` or the checks: a mutant is dropped as identical by these rules alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from vendora_graph.contracts import Draft, Fact, Finding, Ledger, Plan, ResultTable, ValidationPolicy

REF = re.compile(r"\{\{(\d+f\d+|[pnqt]\d+)\}\}")
FACT_REF = re.compile(r"\{\{(\d+f\d+)\}\}")


@dataclass(frozen=True)
class Case:
    """What `validate` takes."""

    name: str
    question: str
    plan: Plan | None
    draft: Draft
    ledger: Ledger
    policy: ValidationPolicy

    def fact(self, key: str) -> Fact | None:
        return self.ledger.facts.get(self.ledger.numbers.get(key, ""))


@dataclass(frozen=True)
class Mutant:
    """A changed case. `seal`: facts get honest identities again; `derive`: what was computed from them is computed anew."""

    case: Case
    seal: bool = False
    derive: bool = False


Make = Callable[[Case], Iterator[Mutant]]
Identical = Callable[[Case, Case], bool]


@dataclass(frozen=True)
class Mutator:
    """One way to be wrong. `says` is what a reader would see changed; `number` tells that a figure they read changes."""

    name: str
    says: str
    make: Make
    identical: Identical
    number: bool


# ------------------------------------------------------------------------------------------------- what a reader sees


def shown(fact: Fact | None) -> str:
    """Return a figure as a reader would take it: rounded as dealers read it."""
    if fact is None:
        return "?"
    if fact.value is None:
        return "none"
    if fact.unit in ("rate", "points"):
        return f"{(fact.value * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)} {fact.unit}"
    places = {"usd": "1", "usd_per_unit": "1", "usd_per_day": "1", "usd_per_hour": "0.01"}.get(fact.unit, "0.1")
    return f"{fact.value.quantize(Decimal(places), ROUND_HALF_UP)} {fact.unit}"


def read(text: str, case: Case) -> str:
    """Return a text with its references told."""

    def tell(match: re.Match[str]) -> str:
        key = match.group(1)
        if "f" in key:
            return f"<{shown(case.fact(key))}>"
        if key in case.ledger.periods:
            one = case.ledger.periods[key]
            return f"<{one.label} {one.start} {one.end} {one.complete}>"
        if key in case.ledger.names:
            return f"<{case.ledger.names[key].value}>"
        return f"<{case.ledger.quoted.get(key, key)}>"

    return REF.sub(tell, text)


def view(case: Case) -> tuple[object, ...]:
    """Return everything a reader sees."""
    draft = case.draft
    texts = [draft.headline, *(f.text for f in draft.findings), *draft.caveats, *draft.assumptions]
    advice = [(read(r.action, case), r.owner_role, _impact(r.impact, case), read(r.measure, case), len(r.because)) for r in draft.recommendations]
    tables = [_rows(case.ledger.tables.get(spec.table), spec.columns, spec.limit, case) for spec in draft.tables]
    chart = None if draft.chart is None else (draft.chart.kind, _rows(case.ledger.tables.get(draft.chart.table), draft.chart.y, None, case))
    titles = [spec.title for spec in draft.tables] + ([draft.chart.title] if draft.chart else [])
    return ([read(t, case) for t in texts], advice, tables, chart, titles)


def _impact(impact: str | None, case: Case) -> str:
    return "" if impact is None else read("{{" + impact.strip("{} ") + "}}", case)


def _rows(table: ResultTable | None, columns: tuple[str, ...], limit: int | None, case: Case) -> object:
    if table is None:
        return None
    heads = columns or table.columns
    places = [table.columns.index(c) for c in heads if c in table.columns]
    rows = list(zip(table.keys, table.cells, strict=False))[:limit]
    return (heads, [(key, [shown(case.ledger.facts.get(cells[j] or "")) for j in places if j < len(cells)]) for key, cells in rows])


# ------------------------------------------------------------------------------------------------ rules of sameness


def same_reading(before: Case, after: Case) -> bool:
    """Identical when a reader sees the same words and figures."""
    return view(before) == view(after)


def same_question(before: Case, after: Case) -> bool:
    """Identical when the question asks for the same; what the answer says is not changed by these mutators."""
    return before.plan == after.plan


def same_evidence(before: Case, after: Case) -> bool:
    """Identical when the evidence under the answer is the same, though a reader sees no difference."""
    return before.ledger == after.ledger and before.draft == after.draft


def same_draft(before: Case, after: Case) -> bool:
    """Identical when the draft is the same: what it claims of its evidence counts, not only what shows."""
    return before.draft == after.draft


# ------------------------------------------------------------------------------------------------------------ tools


def retext(case: Case, change: Callable[[str], str | None], *, places: str = "hf") -> Iterator[Case]:
    """Yield the case with one text changed at a time; `places`: h headline, f findings, c caveats."""
    draft = case.draft
    if "h" in places:
        text = change(draft.headline)
        if text is not None and text != draft.headline:
            yield with_draft(case, headline=text)
    for i, finding in enumerate(draft.findings if "f" in places else ()):
        text = change(finding.text)
        if text is not None and text != finding.text:
            changed = Finding(text=text, kind=finding.kind)
            yield with_draft(case, findings=(*draft.findings[:i], changed, *draft.findings[i + 1 :]))
    for i, caveat in enumerate(draft.caveats if "c" in places else ()):
        text = change(caveat)
        if text is not None and text != caveat:
            kept = (text,) if text else ()
            yield with_draft(case, caveats=(*draft.caveats[:i], *kept, *draft.caveats[i + 1 :]))


def with_draft(case: Case, **changes: object) -> Case:
    return replace(case, draft=case.draft.model_copy(update=changes))


def with_fact(case: Case, identity: str, **changes: object) -> Case:
    """Return the case with one fact's content changed under its old identity."""
    facts = {**case.ledger.facts, identity: case.ledger.facts[identity].model_copy(update=changes)}
    return replace(case, ledger=case.ledger.model_copy(update={"facts": facts}))


def with_table(case: Case, identity: str, **changes: object) -> Case:
    tables = {**case.ledger.tables, identity: case.ledger.tables[identity].model_copy(update=changes)}
    return replace(case, ledger=case.ledger.model_copy(update={"tables": tables}))


def spoken(case: Case) -> list[str]:
    """Return the keys of the facts in headline and findings, in order, once each."""
    text = " ".join([case.draft.headline, *(f.text for f in case.draft.findings)])
    return list(dict.fromkeys(FACT_REF.findall(text)))


def spoken_facts(case: Case, *, derived: bool | None = None) -> list[Fact]:
    """Return the facts in headline and findings; `derived` keeps only those with (or without) parts."""
    facts = [fact for key in spoken(case) if (fact := case.fact(key)) is not None]
    return [fact for fact in facts if derived is None or bool(fact.parts) == derived]


def key_of(case: Case, fact: Fact) -> str:
    return next(key for key, identity in case.ledger.numbers.items() if identity == fact.id)
