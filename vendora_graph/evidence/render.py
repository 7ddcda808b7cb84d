"""Drafts as people read them: references replaced by figures, periods, names and tables, by code alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from vendora_graph.contracts import (
    Analysis,
    Contract,
    Draft,
    Fact,
    Ledger,
    Recommendation,
    RecommendationDraft,
)
from vendora_graph.errors import InternalError
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.formats import render_period, render_value, withheld_word
from vendora_graph.evidence.names import plain_name
from vendora_graph.evidence.phrases import direction_words
from vendora_graph.evidence.references import Token, key_of, tokens
from vendora_graph.evidence.resources import resource
from vendora_graph.evidence.tables import fill_table

__all__ = ["RenderedDraft", "fill_table", "render_draft", "render_text", "render_value"]

_REACH = 3
"""Words between a direction word and the change it speaks of."""


class RenderedDraft(Contract):
    """A draft in words: no reference is left in it."""

    headline: str
    analysis: Analysis = Analysis()
    recommendations: tuple[Recommendation, ...] = ()
    caveats: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


def render_draft(draft: Draft, ledger: Ledger, *, withheld: Collection[str] = (), labels: Mapping[str, str] | None = None) -> RenderedDraft:
    """Return the draft with every reference replaced.

    Args:
        draft: A draft whose references exist (validate it first).
        ledger: The evidence of its turn.
        withheld: Fact ids that were not proven: shown as "withheld", in text and in tables.
        labels: Words for dimensions in table heads.

    Raises:
        InternalError: A reference points at nothing.
    """

    def say(text: str) -> str:
        return render_text(text, ledger, withheld=withheld)

    return RenderedDraft(
        headline=say(draft.headline),
        analysis=Analysis(
            findings=tuple(say(finding.text) for finding in draft.findings),
            tables=tuple(fill_table(spec, ledger, withheld=withheld, labels=labels) for spec in draft.tables),
        ),
        recommendations=tuple(_recommendation(item, ledger, withheld) for item in draft.recommendations),
        caveats=tuple(say(text) for text in draft.caveats),
        assumptions=tuple(say(text) for text in draft.assumptions),
    )


def render_text(text: str, ledger: Ledger, *, withheld: Collection[str] = ()) -> str:
    """Return one text with its references replaced; a change behind "down" or "fell" shows its size without sign.

    Raises:
        InternalError: A reference points at nothing.
    """
    out: list[str] = []
    done = 0
    words = tokens(text)
    for index, token in enumerate(words):
        if token.kind in "fpnqt":
            out += [text[done : token.start], _shown(token, words, index, ledger, withheld)]
            done = token.end
    out.append(text[done:])
    return "".join(out)


def _shown(token: Token, words: tuple[Token, ...], index: int, ledger: Ledger, withheld: Collection[str]) -> str:
    key = token.text
    try:
        if token.kind == "f":
            fact = ledger.facts[ledger.numbers[key]]
            return withheld_word() if fact.id in withheld else _figure(fact, words, index)
        if token.kind == "p":
            return render_period(ledger.periods[key])
        if token.kind == "n":
            return plain_name(ledger.names[key].value)
        if token.kind == "q":
            return ledger.quoted[key]
    except KeyError as error:
        raise InternalError(f"{{{{{key}}}}} points at nothing in the ledger; drafts are validated before they are rendered.") from error
    return "the table"


def _figure(fact: Fact, words: tuple[Token, ...], index: int) -> str:
    value = fact.value
    if value is not None and operation_of(fact) in ("difference", "points", "change") and _has_direction(words, index):
        value = abs(value)
    return render_value(value, fact.unit, bare=_unit_is_typed(fact, words, index))


def _has_direction(words: tuple[Token, ...], index: int) -> bool:
    """Tell whether a direction word stands near enough to carry the sign of the figure."""
    known = direction_words()
    before = _run(words[index - 1 :: -1] if index else ())
    after = _run(words[index + 1 :])
    return not known.isdisjoint(before) or not known.isdisjoint(after)


def _run(nearby: Sequence[Token]) -> list[str]:
    """Return the words next to a figure: names, periods and an opening parenthesis after another change do not end them."""
    found: list[str] = []
    for token in nearby:
        if token.kind == "word":
            found.append(token.text)
        elif token.kind not in "npf" and token.text != "(":
            break
        if len(found) == _REACH:
            break
    return found


def _unit_is_typed(fact: Fact, words: tuple[Token, ...], index: int) -> bool:
    if fact.value is None:
        return False
    claims = resource("units")["claims"]
    if index and fact.unit in claims["prefix"].get(words[index - 1].text, ()) and words[index - 1].end == words[index].start:
        return True
    following = words[index + 1].text if index + 1 < len(words) else ""
    return following in resource("units")["shown_by_renderer"].get(fact.unit, ())


def _recommendation(item: RecommendationDraft, ledger: Ledger, withheld: Collection[str]) -> Recommendation:
    fact = None
    if item.impact is not None:
        identity = ledger.numbers.get(key_of(item.impact))
        fact = ledger.facts.get(identity) if identity and identity not in withheld else None
    return Recommendation(
        action=render_text(item.action, ledger, withheld=withheld),
        owner_role=item.owner_role,
        impact=None if fact is None else _worth(fact),
        formula=None if fact is None else fact.formula,
        fact=None if fact is None else fact.id,
        measure=render_text(item.measure, ledger, withheld=withheld),
    )


def _worth(fact: Fact) -> str:
    """Return what closing a gap is worth: its size, also of a shortfall."""
    return render_value(None if fact.value is None else abs(fact.value), fact.unit)
