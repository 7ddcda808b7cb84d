"""Figures stand under their own period, row, metric and unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from vendora_graph.contracts import Name, Period
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.calendar import back
from vendora_graph.evidence.case import Case, Days, FactRef, NameRef, PeriodRef, Sentence, days
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.binding import bind, breaks
from vendora_graph.evidence.phrases import Found, grouped, valued
from vendora_graph.evidence.references import Token
from vendora_graph.evidence.resources import resource

_TIME = ("day", "week", "month", "quarter", "year")
_BASE_WORDS = frozenset(("from", "against", "than", "versus", "vs", "since", "with", "over"))
_NOW_WORDS = frozenset(("to", "in", "for", "during", "through"))


@rule("labels.period")
def period(case: Case) -> Iterator[Problem]:
    """A figure of another period than the sentence says, or of another than asked without saying so."""
    main = _main_days(case)
    for sentence in case.sentences:
        relative = _relative(case, sentence)
        for ref in sentence.facts:
            own = case.days_of(ref.fact)
            if own and not _period_fits(case, sentence, ref, main, relative):
                label = ref.fact.period.label if ref.fact.period else "another period"
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {label}, which its sentence does not say", (ref.key,))
        yield from _idle_periods(case, sentence)


def _main_days(case: Case) -> frozenset[Days]:
    if case.plan is not None and case.plan.period is not None:
        main = days(case.plan.period)
        return frozenset([main]) if main else frozenset()
    heads = [ref.fact for sentence in case.sentences if sentence.place == "headline" for ref in sentence.facts]
    return frozenset(key for fact in heads[:1] if (key := days(fact.period)) is not None)


def _period_fits(case: Case, sentence: Sentence, ref: FactRef, main: frozenset[Days], relative: list[Period]) -> bool:
    own = case.days_of(ref.fact)
    moved = operation_of(ref.fact) in ("difference", "points", "change")
    behind = _behind(sentence, ref) if moved else ()
    if behind:
        return _sides_fit(case, sentence, ref, behind)
    found = bind(sentence, ref, sentence.periods)
    if found.how == "none" and ref.fact.parts:
        stated = {days(label.period) for label in sentence.periods}
        return bool(own & main) or own <= stated
    if found.how == "none":
        return bool(own & main) or _is_last_day(case, ref, main) or _within(ref.fact.period, relative)
    if moved:
        return _sides_fit(case, sentence, ref, found.labels)
    wanted = [days(label.period) for label in found.labels]
    if len(found.labels) > 1 and not ref.fact.parts:
        return _in_turn(sentence, ref, found.labels, own)
    return any(key in own for key in wanted)


def _behind(sentence: Sentence, ref: FactRef) -> tuple[PeriodRef, ...]:
    """Return the periods behind a change, up to the next figure or comma: "by {{..}} from {{p..}} to {{p..}}"."""
    stop = next((i for i in range(ref.at + 1, len(sentence.tokens)) if _ends_reach(sentence.tokens[i])), len(sentence.tokens))
    return tuple(label for label in sentence.periods if ref.at < label.at < stop)


def _ends_reach(token: Token) -> bool:
    return token.kind == "f" or (token.kind == "mark" and token.text in ",;")


def _sides_fit(case: Case, sentence: Sentence, ref: FactRef, labels: Sequence[PeriodRef]) -> bool:
    """A change is told "from" or "against" its earlier period and "to" or "in" its later one."""
    parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
    now, before = days(parts[0].period), days(parts[-1].period)
    for label in labels:
        near = {token.text for token in sentence.tokens[max(0, label.at - 2) : label.at] if token.kind == "word"}
        wanted = (before,) if not near.isdisjoint(_BASE_WORDS) else (now,) if not near.isdisjoint(_NOW_WORDS) else (now, before)
        if days(label.period) not in wanted:
            return False
    return True


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
            if not any(span.start <= own.start and own.end <= span.end and (own.start == span.start or inside) for own in stated):
                yield Problem(f"{found.words!r} in the {sentence.where}: no figure in the sentence is of it")


@rule("labels.row")
def row(case: Case) -> Iterator[Problem]:
    """A figure of another row than the sentence names, or of a row the sentence does not name."""
    for sentence in case.sentences:
        for ref in sentence.facts:
            yield from _row_problems(case, sentence, ref)
        if sentence.place in ("headline", "finding"):
            yield from _idle_names(case, sentence)


def _row_problems(case: Case, sentence: Sentence, ref: FactRef) -> Iterator[Problem]:
    pairs, out = case.pairs_of(ref.fact), case.excluded_of(ref.fact)
    named = {(label.name.dimension, label.name.value) for label in sentence.names}
    for pair in ref.fact.slice:
        if pair not in named and not _said_otherwise(case, ref, pair):
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is of {pair[1]!r}, which its sentence does not name", (ref.key,))
    yield from _sides_of_rows(case, sentence, ref)
    found = bind(sentence, ref, sentence.names)
    for dimension in dict.fromkeys(label.name.dimension for label in found.labels):
        labels = [label for label in found.labels if label.name.dimension == dimension]
        if not _row_fits(sentence, ref, labels, pairs | out, found.how):
            shown = labels[-1].name.value
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is not of {shown!r}, which stands beside it", (ref.key,))


def _sides_of_rows(case: Case, sentence: Sentence, ref: FactRef) -> Iterator[Problem]:
    """A difference of two rows names the first before the second: "A is ahead of B by {{..}}"."""
    parts = [case.ledger.facts[part] for part in ref.fact.parts if part in case.ledger.facts]
    if operation_of(ref.fact) not in ("difference", "points", "change", "ratio") or len(parts) != 2:  # noqa: PLR2004 - two sides
        return
    for dimension, value in parts[0].slice:
        other = dict(parts[1].slice).get(dimension, value)
        named = [label.name.value for label in sentence.names if label.name.dimension == dimension]
        if dimension not in _TIME and other != value and named[:2] != [value, other]:
            yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where} is {value!r} less {other!r}, in this order", (ref.key,))


def _row_fits(sentence: Sentence, ref: FactRef, labels: Sequence[NameRef], pairs: frozenset[tuple[str, str]], how: str) -> bool:
    dimension = labels[0].name.dimension
    values = {value for known, value in pairs if known == dimension}
    if not values:
        return how == "carried" and not ref.fact.slice
    if len(labels) > 1 and not ref.fact.parts:
        last = labels[-1].at
        figures = [other for other in sentence.facts if other.at > last and not other.fact.parts]
        if len(figures) == len(labels) and ref in figures:
            return labels[figures.index(ref)].name.value in values
    return any(label.name.value in values for label in labels)


def _said_otherwise(case: Case, ref: FactRef, pair: tuple[str, str]) -> bool:
    """A filter of the question holds for the whole answer; time is said by periods."""
    if pair in case.context or pair[0] in _TIME:
        return True
    if case.plan is None:
        heads = {(n.name.dimension, n.name.value) for s in case.sentences if s.place in ("headline", "assumption") for n in s.names}
        worded = {d for ask in case.asks_of(ref.fact) for d, op, v in ask.filters if op != "in" or len(v) > 1}
        return pair in heads or pair[0] in worded
    return any(f.dimension == pair[0] and (f.op != "in" or len(f.values) > 1) for f in case.plan.filters)


def _idle_names(case: Case, sentence: Sentence) -> Iterator[Problem]:
    stated = frozenset(pair for ref in sentence.facts for pair in case.pairs_of(ref.fact) | case.excluded_of(ref.fact))
    for label in sentence.names:
        pair = (label.name.dimension, label.name.value)
        if pair not in stated and pair not in case.context:
            yield Problem(f"the {sentence.where} names {label.name.value!r}, no figure in it is of that row", (label.key,))


@rule("labels.excluded")
def excluded(case: Case) -> Iterator[Problem]:
    """A name stands behind "without" exactly when its rows were left out."""
    words = _excluding()
    for sentence in case.claims:
        yield from _left_out_periods(sentence)
        for label in sentence.names:
            near = sentence.tokens[max(0, label.at - 3) : label.at]
            said = any(token.text in words for token in near)
            for ref in sentence.facts:
                problem = _exclusion(case, label.name, ref, said=said)
                if problem:
                    yield Problem(f"{label.name.value!r} in the {sentence.where} {problem}", (label.key,))
                    break


def _left_out_periods(sentence: Sentence) -> Iterator[Problem]:
    for label in sentence.periods:
        if label.at and sentence.tokens[label.at - 1].text in ("without", "excluding", "except", "minus"):
            yield Problem(f"{label.period.label!r} in the {sentence.where} reads as if it were left out", (label.key,))


def _exclusion(case: Case, name: Name, ref: FactRef, *, said: bool) -> str:
    pair = (name.dimension, name.value)
    if pair in case.excluded_of(ref.fact) and not said:
        return "was left out of the figure, the sentence reads as if it were of it"
    if pair in case.pairs_of(ref.fact) and said:
        return "is what the figure is of, the sentence reads as if it were left out"
    return ""


@lru_cache(maxsize=1)
def _excluding() -> frozenset[str]:
    return frozenset(resource("words")["excluding"])


@rule("labels.metric")
def metric(case: Case) -> Iterator[Problem]:
    """A figure stands beside the name of its own metric; without a name beside it, the metric last named goes on."""
    carried: frozenset[str] = frozenset(case.plan.metrics) if case.plan else frozenset()
    for sentence in case.claims:
        mentions = [found for found in sentence.metrics if _is_name(case, found)]
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
    own = set(ref.fact.label.lower().split())
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


CHECKS = (period, relative_period, row, excluded, metric, unit, aggregate)
