"""Figures stand under their own period."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from vendora_graph.contracts import Fact, Period
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.calendar import back
from vendora_graph.evidence.case import Case, Days, FactRef, PeriodRef, Sentence, days
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.binding import bind
from vendora_graph.evidence.phrases import Found, valued
from vendora_graph.evidence.references import Token

_BASE_WORDS = frozenset(("from", "against", "than", "versus", "vs", "since", "with", "over", "compared"))
_NOW_WORDS = frozenset(("to", "in", "for", "during", "through"))


@rule("labels.period")
def period(case: Case) -> Iterator[Problem]:
    """A figure of another period than the sentence says, or of another than asked without saying so."""
    main = _main_days(case)
    for sentence in case.sentences:
        relative = _relative(case, sentence)
        for ref in sentence.facts:
            own = _own_days(case, ref.fact)
            if own and not _period_fits(case, sentence, ref, main, relative):
                label = ref.fact.period.label if ref.fact.period else "another period"
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {label}, which its sentence does not say", (ref.key,))
        yield from _idle_periods(case, sentence)


def _own_days(case: Case, fact: Fact) -> frozenset[Days]:
    """Return the periods a figure may be told under: of a forecast only its own, not those it was made of."""
    own = days(fact.period)
    return frozenset([own]) if fact.grade == "forecast" and own is not None else case.days_of(fact)


def _main_days(case: Case) -> frozenset[Days]:
    if case.plan is not None and case.plan.period is not None:
        main = days(case.plan.period)
        return frozenset([main]) if main else frozenset()
    heads = [ref.fact for sentence in case.sentences if sentence.place == "headline" for ref in sentence.facts]
    return frozenset(key for fact in heads[:1] if (key := days(fact.period)) is not None)


def _period_fits(case: Case, sentence: Sentence, ref: FactRef, main: frozenset[Days], relative: list[Period]) -> bool:
    own = _own_days(case, ref.fact)
    moved = operation_of(ref.fact) in ("difference", "points", "change")
    behind = _behind(sentence, ref) if moved else ()
    if behind or (moved and _between_told_values(sentence, ref)):
        return not behind or _sides_fit(case, sentence, ref, behind)
    found = bind(sentence, ref, sentence.periods)
    if found.how == "none" and ref.fact.parts:
        stated = {days(label.period) for label in sentence.periods}
        return bool(own & main) or own <= stated
    if found.how == "none":
        return bool(own & main) or _is_last_day(case, ref, main) or _within(ref.fact.period, relative)
    if moved:
        return _sides_fit(case, sentence, ref, found.labels)
    if len(found.labels) > 1 and not ref.fact.parts:
        return _in_turn(sentence, ref, found.labels, own) and not _inside_out(sentence, ref, own)
    return any(days(label.period) in own for label in found.labels) and not _inside_out(sentence, ref, own)


def _between_told_values(sentence: Sentence, ref: FactRef) -> bool:
    """Tell whether both values of a change stand before it: each under its own period, the change needs none of its own."""
    return set(ref.fact.parts) <= {other.fact.id for other in sentence.facts if other.at < ref.at}


def _behind(sentence: Sentence, ref: FactRef) -> tuple[PeriodRef, ...]:
    """Return the periods behind a change, up to the next figure or comma: "by {{..}} from {{p..}} to {{p..}}"."""
    stop = next((i for i in range(ref.at + 1, len(sentence.tokens)) if _ends_reach(sentence.tokens[i])), len(sentence.tokens))
    return tuple(label for label in sentence.periods if ref.at < label.at < stop)


def _ends_reach(token: Token) -> bool:
    return token.kind == "f" or (token.kind == "mark" and token.text in ",;")


def _sides_fit(case: Case, sentence: Sentence, ref: FactRef, labels: Sequence[PeriodRef]) -> bool:
    """A change is told "from" or "against" its earlier period and "to" or "in" its later one."""
    parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
    if not parts:
        return False
    now, before = days(parts[0].period), days(parts[-1].period)
    for label in labels:
        near = {token.text for token in sentence.tokens[max(0, label.at - 2) : label.at] if token.kind == "word"}
        wanted = (before,) if not near.isdisjoint(_BASE_WORDS) else (now,) if not near.isdisjoint(_NOW_WORDS) else (now, before)
        if days(label.period) not in wanted:
            return False
    return True


def _inside_out(sentence: Sentence, ref: FactRef, own: frozenset[Days]) -> bool:
    """Tell whether a longer period is told to lie in a figure's own ("October is first in October 5")."""
    mine = [label for label in sentence.periods if days(label.period) in own and _is_in(sentence, label)]
    longer = [label for label in sentence.periods if label.at < ref.at and _holds(label.period, ref.fact.period)]
    return bool(mine) and any(not _is_in(sentence, label) for label in longer)


_INSIDE = frozenset(("in", "during", "within", "of", "over", "for", "across"))


def _is_in(sentence: Sentence, label: PeriodRef) -> bool:
    return any(token.text in _INSIDE for token in sentence.tokens[max(0, label.at - 2) : label.at])


def _holds(longer: Period, own: Period | None) -> bool:
    return own is not None and longer.start <= own.start and own.end <= longer.end and (longer.start, longer.end) != (own.start, own.end)


def _in_turn(sentence: Sentence, ref: FactRef, labels: Sequence[PeriodRef], own: frozenset[Days]) -> bool:
    """Several periods, then as many figures: they belong together in order; otherwise any may be meant."""
    last = labels[-1].at
    figures = [other for other in sentence.facts if other.at > last and not other.fact.parts]
    if len(figures) == len(labels) and ref in figures:
        return days(labels[figures.index(ref)].period) in own
    return any(days(label.period) in own for label in labels)


def _is_last_day(case: Case, ref: FactRef, main: frozenset[Days]) -> bool:
    """A snapshot is read on the last day of the period asked for."""
    rules, own = case.rules(ref.fact.metric), ref.fact.period
    snapshot = rules is not None and rules.additivity == "semi_additive"
    return snapshot and own is not None and any(start <= own.start.isoformat() and own.end.isoformat() == end for start, end in main)


def _within(own: Period | None, spans: Sequence[Period]) -> bool:
    return own is not None and any(span.start <= own.start and own.end <= span.end for span in spans)


def _relative(case: Case, sentence: Sentence) -> list[Period]:
    return [_span(case, found) for found in valued("relative_periods").find(sentence.tokens)]


def _span(case: Case, found: Found[Any]) -> Period:
    grain, count = found.meaning
    return back(case.policy.as_of, grain, count)


def _idle_periods(case: Case, sentence: Sentence) -> Iterator[Problem]:
    """A period named beside figures of which none is of it, nor inside it."""
    if not sentence.facts:
        return
    stated = frozenset(key for ref in sentence.facts for key in case.days_of(ref.fact))
    for label in sentence.periods:
        start, end = label.period.start.isoformat(), label.period.end.isoformat()
        if not any(start <= own[0] and own[1] <= end for own in stated):
            yield Problem(f"the {sentence.where} names {label.period.label}, no figure in it is of that period", (label.key,))


def _fills(own: Period, span: Period, case: Case) -> bool:
    """Tell whether a period is the whole of what a word names, or all of the running one there is."""
    return own.start == span.start and (own.end == span.end or span.end >= case.policy.as_of)


@rule("labels.relative_period")
def relative_period(case: Case) -> Iterator[Problem]:
    """Words such as "last month" agree with the day of the question and with a figure of the sentence."""
    for sentence in case.claims:
        stated = [part.period for ref in sentence.facts for part in case.closure(ref.fact) if part.period is not None]
        for found in valued("relative_periods").find(sentence.tokens):
            if not sentence.free(found):
                continue
            span = _span(case, found)
            inside = found.start > 0 and sentence.tokens[found.start - 1].text in ("month", "quarter", "period", "week", "days")
            if not any(span.start <= own.start and own.end <= span.end and (inside or _fills(own, span, case)) for own in stated):
                yield Problem(f"{found.words!r} in the {sentence.where}: no figure in the sentence is of it")


@rule("labels.step")
def step(case: Case) -> Iterator[Problem]:
    """The words "year over year" stand beside a change of periods a year apart, and so on."""
    for sentence in case.claims:
        for found in valued("steps").find(sentence.tokens):
            least, most = found.meaning
            if sentence.free(found) and not any(least <= apart <= most for apart in _apart(case, sentence)):
                yield Problem(f"{found.words!r} in the {sentence.where}: no change in the sentence is of such a step")


def _apart(case: Case, sentence: Sentence) -> Iterator[int]:
    """Yield the days between the first days of what each change of a sentence compares."""
    for ref in sentence.facts:
        sides = [case.ledger.facts[part].period for part in ref.fact.parts if part in case.ledger.facts]
        if operation_of(ref.fact) in ("difference", "points", "change") and len(sides) > 1 and sides[0] and sides[-1]:
            yield abs((sides[0].start - sides[-1].start).days)


CHECKS = (period, relative_period, step)
