"""Figures stand under the name of their own metric, with their own unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.binding import breaks
from vendora_graph.evidence.phrases import Found, grouped, listed
from vendora_graph.evidence.resources import resource


@rule("labels.metric")
def metric(case: Case) -> Iterator[Problem]:
    """A figure stands beside the name of its own metric; without a name beside it, the metric last named goes on."""
    carried: frozenset[str] = frozenset(case.plan.metrics) if case.plan else frozenset()
    for sentence in case.claims:
        mentions = [found for found in sentence.metrics if _is_name(case, found) and not _limits(sentence, found)]
        for ref in sentence.facts:
            named = _named_beside(sentence, ref, mentions)
            allowed = named or carried
            if allowed and not _speaks_of(case, ref, allowed):
                yield Problem(
                    f"{{{{{ref.key}}}}} in the {sentence.where} is {ref.fact.label!r}, the words beside it name another", (ref.key,)
                )
            carried = named or carried
        if mentions and not sentence.facts:
            carried = mentions[-1].meaning


def _is_name(case: Case, found: Found[frozenset[str]]) -> bool:
    """One short word such as "units" or "gross" is no name unless it is a metric's whole label."""
    if found.end - found.start > 1:
        return True
    return any((rules := case.rules(name)) is not None and rules.label.lower() == found.words for name in found.meaning)


def _limits(sentence: Sentence, found: Found[frozenset[str]]) -> bool:
    """Tell whether a name only says which records count: a number of the question stands as its bound (`days in stock under {{q1}}`)."""
    bounds, at = frozenset(resource("words")["bounds"]), found.end
    while at < len(sentence.tokens) and sentence.tokens[at].text in bounds:
        at += 1
    return found.end < at < len(sentence.tokens) and sentence.tokens[at].kind == "q"


def _speaks_of(case: Case, ref: FactRef, allowed: frozenset[str]) -> bool:
    own = case.metrics_of(ref.fact)
    if own & allowed:
        return True
    return any("/" in name and set(name.split("/")) & allowed for name in own)


def _named_beside(sentence: Sentence, ref: FactRef, mentions: Sequence[Found[frozenset[str]]]) -> frozenset[str]:
    following = min((other.at for other in sentence.facts if other.at > ref.at), default=len(sentence.tokens))
    behind = [m for m in mentions if ref.at < m.start < following and not breaks(sentence.between(ref.at, m.start))]
    previous = max((other.at for other in sentence.facts if other.at < ref.at), default=-1)
    taken = [m for m in mentions if previous >= 0 and previous < m.start and not breaks(sentence.between(previous, m.start))]
    before = [m for m in mentions if previous < m.start < ref.at and m not in taken]
    label = ref.fact.label.lower()
    own = set(label.split()) - {label}
    names = [found for found in (*before[-1:], *behind[:1]) if found.words not in own]
    return frozenset(name for found in names for name in found.meaning)


@rule("labels.unit")
def unit(case: Case) -> Iterator[Problem]:
    """A unit typed beside a figure is the figure's own; code adds symbols."""
    claims = resource("units")["claims"]
    for sentence in case.sentences:
        run = sentence.tokens
        for ref in sentence.facts:
            before = run[ref.at - 1].text if ref.at else ""
            after = run[ref.at + 1].text if ref.at + 1 < len(run) and (ref.at + 1) not in sentence.labelled else ""
            wrong = [w for side, w in (("prefix", before), ("suffix", after)) if w in claims[side] and ref.fact.unit not in claims[side][w]]
            if wrong:
                yield Problem(
                    f"{{{{{ref.key}}}}} in the {sentence.where} has the unit {ref.fact.unit}, the text says {wrong[0]!r}", (ref.key,)
                )


@rule("labels.own_unit")
def own_unit(case: Case) -> Iterator[Problem]:
    """A figure behind nothing but its metric's name is in the metric's unit."""
    for sentence in case.claims:
        for ref in sentence.facts:
            named = _named_alone(sentence, ref)
            units = {rules.unit for name in (named.meaning if named is not None else ()) if (rules := case.rules(name)) is not None}
            if units and ref.fact.unit not in units and ref.fact.label.lower() != (named.words if named is not None else ""):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is {ref.fact.label!r} ({ref.fact.unit})", (ref.key,))


def _named_alone(sentence: Sentence, ref: FactRef) -> Found[frozenset[str]] | None:
    """Return the metric's name at the start of a clause with only periods, names and words of place between it and a figure."""
    plain = frozenset(resource("words")["between_name_and_value"])
    for found in sentence.metrics:
        opens = found.start == 0 or sentence.tokens[found.start - 1].kind == "mark"
        run = sentence.between(found.end - 1, ref.at)
        if opens and found.end <= ref.at and all(token.kind in "pn" or token.text in plain for token in run):
            return found
    return None


@rule("labels.measured")
def measured(case: Case) -> Iterator[Problem]:
    """The words "per selling day" stand beside a figure that is one, and such a figure has them in its sentence."""
    for sentence in case.claims:
        told = grouped("measured").find(sentence.tokens)
        for found in told:
            near = _measured(sentence, found)
            if near is not None and sentence.free(found) and found.meaning not in near.fact.label.lower():
                yield Problem(f"{{{{{near.key}}}}} in the {sentence.where} is not {found.words}", (near.key,))
        said = {found.meaning for found in told}
        for ref in sentence.facts:
            for words in resource("words")["measured"]:
                if words in ref.fact.label.lower() and words not in said:
                    yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is {words}, which its sentence does not say", (ref.key,))


def _measured(sentence: Sentence, found: Found[str]) -> FactRef | None:
    """Return the figure that words of measure belong to: the one right before them, else the next behind, else the last before."""
    right = [ref for ref in sentence.facts if ref.at == found.start - 1]
    behind = [ref for ref in sentence.facts if ref.at >= found.end]
    return next(iter([*right, *behind, *sentence.facts[::-1]]), None)


@rule("labels.aggregate")
def aggregate(case: Case) -> Iterator[Problem]:
    """The words "average" and "median" stand beside figures that are one."""
    for sentence in case.claims:
        for found in grouped("aggregates").find(sentence.tokens):
            if sentence.free(found) and not any(_is_aggregate(case, ref, found.meaning) for ref in sentence.facts):
                yield Problem(f"{found.words!r} in the {sentence.where}: no figure in the sentence is one")


def _is_aggregate(case: Case, ref: FactRef, word: str) -> bool:
    kinds = {rules.additivity for name in case.metrics_of(ref.fact) if (rules := case.rules(name)) is not None}
    if word == "median":
        return "median" in kinds
    derived = (ref.fact.formula or "").partition(":")[0] in ("mean", "per_unit", "ratio")
    return derived or not kinds.isdisjoint(("average", "ratio"))


@rule("labels.total")
def total(case: Case) -> Iterator[Problem]:
    """What is called the whole is no row of it."""
    for sentence in case.claims:
        for found in listed("wholes").find(sentence.tokens):
            for ref in sentence.facts:
                behind = [token.kind for token in sentence.between(ref.at, found.start)] in ([], ["word"])  # "{{..}} minutes in all"
                if ref.at < found.start and behind and (rows := _rows_of(case, ref)):
                    yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {', '.join(rows)}", (ref.key,))
        for found in listed("wholes_before").find(sentence.tokens):
            for ref in [ref for ref in sentence.facts if ref.at >= found.end][:1]:
                apart = any(token.kind == "n" or token.text in (",", ";") for token in sentence.between(found.end - 1, ref.at))
                if not apart and (rows := _rows_of(case, ref)):
                    yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {', '.join(rows)}", (ref.key,))


def _rows_of(case: Case, ref: FactRef) -> list[str]:
    """Return the values of the row a figure stands in; none where it is a result's total or its only row."""
    keys = [
        key
        for table in case.tables_of.get(ref.fact.id, ())
        for key, cells in zip(table.keys, table.cells, strict=False)
        if ref.fact.id in cells and len(table.keys) > 1
    ]
    return [value for _, value in keys[0]] if keys and () not in keys else []


CHECKS = (metric, unit, own_unit, measured, aggregate, total)
