"""References: they exist, they are of this turn, and nobody changed what they point at."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.evidence.case import Case, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.identity import id_of
from vendora_graph.evidence.phrases import listed
from vendora_graph.evidence.references import key_of, references, turn_of


@rule("references.well_formed")
def well_formed(case: Case) -> Iterator[Problem]:
    """Braces are used for references only, in one of the five forms."""
    for sentence in case.sentences:
        for token in sentence.tokens:
            if token.kind == "bad":
                yield Problem(f"{token.raw!r} in the {sentence.where}")


@rule("references.exist")
def exist(case: Case) -> Iterator[Problem]:
    """Every reference points at a fact, period, name, number of the question or table."""
    ledger = case.ledger
    table_refs = {spec.ref for spec in case.draft.tables}
    for place, key in _text_references(case):
        if "f" in key:
            if case.fact(key) is None and turn_of(key) == ledger.turn:
                yield Problem(f"{{{{{key}}}}} in the {place}", (key,))
        elif key not in ledger.periods and key not in ledger.names and key not in ledger.quoted and key not in table_refs:
            yield Problem(f"{{{{{key}}}}} in the {place}", (key,))


@rule("references.this_turn")
def this_turn(case: Case) -> Iterator[Problem]:
    """A fact of an earlier turn answered another question."""
    for place, key in _text_references(case):
        if "f" in key and turn_of(key) != case.ledger.turn:
            yield Problem(f"{{{{{key}}}}} in the {place} is of turn {turn_of(key)}, this is turn {case.ledger.turn}", (key,))


@rule("references.intact")
def intact(case: Case) -> Iterator[Problem]:
    """A fact's identity is the hash of what it says; a changed fact has another."""
    for key, fact in case.behind.items():
        if key != fact.id or id_of(fact) != fact.id:
            yield Problem(f"{fact.label!r} was changed after it was computed", (fact.id,))


@rule("references.tables")
def tables(case: Case) -> Iterator[Problem]:
    """Tables and charts name results and columns that exist."""
    known = case.ledger.tables
    for spec in case.draft.tables:
        if spec.table not in known:
            yield Problem(f"there is no result {spec.table!r}")
            continue
        missing = [column for column in spec.columns if column not in known[spec.table].columns]
        if missing:
            yield Problem(f"the result {spec.table!r} has no column {missing[0]!r}")
    chart = case.draft.chart
    if chart is not None:
        if chart.table not in known:
            yield Problem(f"there is no result {chart.table!r} to draw")
        else:
            yield from (Problem(f"the chart has no column {c!r}") for c in chart.y if c not in known[chart.table].columns)


@rule("references.quoted")
def quoted(case: Case) -> Iterator[Problem]:
    """A number of the question stands only behind words that say it is the asker's."""
    said = listed("you_said")
    for sentence in case.sentences:
        for index, token in enumerate(sentence.tokens):
            if token.kind == "q" and not any(_reaches(sentence, found.end, index) for found in said.find(sentence.tokens)):
                yield Problem(f"{{{{{token.text}}}}} in the {sentence.where}", (token.text,))
            elif token.kind == "q" and case.ledger.quoted.get(token.text, "") not in case.question:
                yield Problem(f"{{{{{token.text}}}}} in the {sentence.where} is not in the question", (token.text,))


def _reaches(sentence: Sentence, end: int, index: int) -> bool:
    """Tell whether "you asked" still holds at a token: no figure stands between, and no bracket was closed."""
    return end <= index and not any(token.kind == "f" or token.text == ")" for token in sentence.tokens[end:index])


def _text_references(case: Case) -> Iterator[tuple[str, str]]:
    """Yield every reference of the draft with the place it stands in, recommendations' impact and grounds included."""
    draft = case.draft
    for name, texts in (
        ("headline", (draft.headline,)),
        ("finding", tuple(f.text for f in draft.findings)),
        ("caveat", draft.caveats),
        ("assumption", draft.assumptions),
        ("action", tuple(r.action for r in draft.recommendations)),
        ("measure", tuple(r.measure for r in draft.recommendations)),
        ("title", tuple(s.title for s in draft.tables)),
    ):
        for text in texts:
            for key in references(text):
                yield name, key
    for item in draft.recommendations:
        if item.impact is not None:
            yield "impact", key_of(item.impact)
        for ground in item.because:
            yield "grounds", key_of(ground)


CHECKS = (well_formed, exist, this_turn, intact, tables, quoted)
