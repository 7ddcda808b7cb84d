"""One repair by code: a figure or name that was typed becomes the reference it can only have been.

A typed figure is replaced when its value, unit, metric, period and row fit exactly one fact of its sentence; a typed name when it
is, letter for letter, exactly one name of the ledger. Everything else stays as it is, for the checks to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from vendora_graph.contracts import Draft, Fact, Finding, Ledger, ValidationPolicy
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.case import days
from vendora_graph.evidence.formats import render_value
from vendora_graph.evidence.references import Token, sentences
from vendora_graph.evidence.resources import resource
from vendora_graph.evidence.vocabulary import inside_labels, metric_phrases

_TYPED = re.compile(
    r"(?<![\w{.,])(?P<minus>-)?(?P<open>\()?(?P<money>\$)?(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<tail>\s?(?:%|percent\b|points?\b|pts\b)|x\b)?(?(open)\))(?![\w}%])"
)
_TIME = frozenset(("day", "week", "month", "quarter", "year"))
_NOT_BY_SIGHT = frozenset(("rate", "points"))


def repair(draft: Draft, ledger: Ledger, policy: ValidationPolicy) -> tuple[Draft, tuple[str, ...]]:
    """Return the draft with typed figures and names turned into references where that is certain, and what was turned.

    Only headline, findings and caveats are mended. The result is validated like any other draft.
    """
    notes: list[str] = []

    def mend(text: str) -> str:
        named, found = _names(text, ledger)
        mended, figures = _figures(named, ledger, policy)
        notes.extend(found + figures)
        return mended

    mended = draft.model_copy(
        update={
            "headline": mend(draft.headline),
            "findings": tuple(Finding(text=mend(finding.text), kind=finding.kind) for finding in draft.findings),
            "caveats": tuple(mend(text) for text in draft.caveats),
        }
    )
    return (mended, tuple(notes)) if notes else (draft, ())


def _names(text: str, ledger: Ledger) -> tuple[str, list[str]]:
    """Replace names typed letter for letter; a single word in lower case is no name by sight ("used")."""
    refs: dict[str, list[str]] = {}
    for key, name in ledger.names.items():
        refs.setdefault(name.value, []).append(key)
    notes: list[str] = []
    for value in sorted(refs, key=len, reverse=True):
        pattern = re.compile(rf"(?<![\w{{]){re.escape(value)}(?!\w)")
        if len(refs[value]) == 1 and value != value.lower() and pattern.search(text):
            text = pattern.sub("{{" + refs[value][0] + "}}", text)
            notes.append(f"{value!r} is {{{{{refs[value][0]}}}}}")
    return text, notes


def _figures(text: str, ledger: Ledger, policy: ValidationPolicy) -> tuple[str, list[str]]:
    edits: list[tuple[int, int, str]] = []
    notes: list[str] = []
    for run in sentences(text, inside_labels(policy)):
        start, end = run[0].start, run[-1].end
        for match in _TYPED.finditer(text, start, end):
            fitting = [key for key, fact in _candidates(run, ledger, policy) if _fits(match, fact)]
            if len(fitting) == 1:
                edits.append((match.start(), match.end(), "{{" + fitting[0] + "}}"))
                notes.append(f"{match.group().strip()!r} is {{{{{fitting[0]}}}}}")
    for start, end, reference in reversed(edits):
        text = text[:start] + reference + text[end:]
    return text, notes


def _candidates(run: tuple[Token, ...], ledger: Ledger, policy: ValidationPolicy) -> Iterator[tuple[str, Fact]]:
    """Yield the facts a sentence can speak of: of its metrics, periods and rows, where it names any."""
    metrics = {name for found in metric_phrases(policy).find(run) for name in found.meaning}
    periods = {days(ledger.periods[t.text]) for t in run if t.kind == "p" and t.text in ledger.periods}
    rows = {(n.dimension, n.value) for t in run if t.kind == "n" and (n := ledger.names.get(t.text)) is not None}
    for key, identity in ledger.numbers.items():
        fact = ledger.facts[identity]
        of_metric = not metrics or not metrics.isdisjoint(fact.metric.split("/"))
        of_period = not periods or days(fact.period) in periods
        own = {pair for pair in fact.slice if pair[0] not in _TIME}
        if of_metric and of_period and own <= rows and bool(own) == bool(rows):
            yield key, fact


def _fits(match: re.Match[str], fact: Fact) -> bool:
    """Tell whether a typed figure is a fact's: as it is rendered, or more exactly."""
    if fact.value is None or not _unit_fits(match, fact):
        return False
    scale = resource("units")["format"][fact.unit].get("scale", 1)
    typed = Decimal(match["digits"].replace(",", ""))
    shown = render_value(abs(fact.value), fact.unit, bare=True).replace(",", "")
    places = max(-int(typed.as_tuple().exponent), len(shown.partition(".")[2]))
    exact = (abs(fact.value) * scale).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    negative = match["open"] is not None or match["minus"] is not None
    signs = negative == (fact.value < 0) or (not negative and operation_of(fact) in ("difference", "points", "change"))
    return signs and (typed == Decimal(shown) or typed == exact)


def _unit_fits(match: re.Match[str], fact: Fact) -> bool:
    tail = (match["tail"] or "").strip()
    if match["money"]:
        return fact.unit.startswith("usd") and not tail
    if tail:
        return fact.unit in resource("units")["claims"]["suffix"][tail]
    return fact.unit not in _NOT_BY_SIGHT and not fact.unit.startswith("usd")
