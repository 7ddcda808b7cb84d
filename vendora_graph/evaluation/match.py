"""Is this answer right? Every gold figure must stand among the answer's facts, under the same labels. `docs/eval.md` has the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vendora_graph.contracts import Answer, Fact, Period, Slice
from vendora_graph.evaluation.gold import Gold, GoldRow

TOLERANCE = Decimal("0.000001")
MONEY_PLACES = 2
RATE_PLACES = 4
DECEMBER = 12

Matched = dict[int, tuple[Fact, ...]]
"""Gold row number -> the facts found for its columns."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What a gold column's name says about the fact it wants: a metric, and which side of a comparison."""

    metric: str | None
    side: str = ""


def mismatches(answer: Answer, gold: Gold, metrics: frozenset[str]) -> list[str]:
    """Return what is wrong with an answer, one sentence each; empty means right.

    Args:
        answer: What the library answered.
        gold: The result of the hand-written SQL.
        metrics: The names of the semantic model, which a gold column may use to pin a metric.
    """
    nothing = all(value is None for row in gold.rows for _, value in row.figures)
    if nothing:
        return [] if answer.status == "empty" else [f"the gold result is empty, the answer is {answer.status}"]
    if answer.status != "answered":
        return [f"the answer is {answer.status}: {answer.summary}"]
    matched: Matched = {}
    problems = []
    for number, row in enumerate(gold.rows):
        found, missing = _match_row(row, answer.evidence, metrics)
        matched[number] = found
        problems += missing
    return problems or [*_order_problems(answer, gold, matched), *_extra_problems(answer, gold, matched)]


def agrees(fact: Fact, value: Decimal) -> bool:
    """Return whether a fact holds a value: within a millionth, or equal when both are written at the fact's own scale."""
    if fact.value is None:
        return False
    if abs(fact.value - value) <= TOLERANCE * max(abs(value), abs(fact.value)):
        return True
    exponent = fact.value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    enough = MONEY_PLACES if fact.unit.startswith("usd") else RATE_PLACES
    return places >= enough and abs(fact.value - value) <= Decimal(1).scaleb(-places) / 2


def period_names(period: Period | None) -> frozenset[str]:
    """Return the texts that name a period in a gold row: its label, its first day, `2026-09`, `2026-Q3`, `2026`."""
    if period is None:
        return frozenset()
    start, end = period.start, period.end
    names = {period.label.casefold(), start.isoformat()}
    if start == end and period.grain is None:
        names.add(f"{start:%Y-%m}")
    if start.year == end.year:
        quarter = f"q{(start.month - 1) // 3 + 1}"
        by_grain = {
            "month": [f"{start:%Y-%m}"],
            "quarter": [f"{start.year}-{quarter}", f"{quarter} {start.year}"],
            "year": [f"{start.year}"],
        }
        names.update(by_grain.get(period.grain or _natural_grain(period), ()))
    return frozenset(names)


def _natural_grain(period: Period) -> str:
    start, end = period.start, period.full_end or period.end
    if start.day != 1 or start == end:
        return ""
    if start.month == end.month:
        return "month"
    if start.month == 1 and end.month == DECEMBER:
        return "year"
    return "quarter" if start.month % 3 == 1 and end.month == start.month + 2 else ""


def _match_row(row: GoldRow, facts: Sequence[Fact], metrics: frozenset[str]) -> tuple[tuple[Fact, ...], list[str]]:
    labelled = [fact for fact in facts if _carries(fact, row.labels)]
    by_id = {fact.id: fact for fact in facts}
    found: dict[str, Fact] = {}
    missing = []
    for column, value in sorted(row.figures, key=lambda item: bool(pin_of(item[0], metrics).side)):
        if value is None:
            continue
        pin = pin_of(column, metrics)
        candidates = [fact for fact in labelled if agrees(fact, value) and _pinned(fact, pin, by_id) and _is_whole(fact, row.labels, facts)]
        fitting = [fact for fact in candidates if _on_side(fact, pin, found)]
        if fitting:
            found[column] = fitting[0]
        else:
            missing.append(_missing(row, column, value, pin, labelled))
    return tuple(found.values()), missing


def pin_of(column: str, metrics: frozenset[str]) -> Pin:
    """Return what a column's name pins: `front_gross`, `front_gross_prior`, `front_gross_change`, or nothing."""
    if column in metrics:
        return Pin(column)
    for side in ("prior", "change"):
        base = column.removesuffix(f"_{side}")
        if base != column and base in metrics:
            return Pin(base, side)
    return Pin(None)


def _pinned(fact: Fact, pin: Pin, facts: Mapping[str, Fact]) -> bool:
    if pin.metric is None:
        return True
    if pin.side == "change":
        parts = {facts[part].metric for part in fact.parts if part in facts}
        return fact.grade == "derived" and (fact.metric == pin.metric or pin.metric in parts)
    return fact.metric == pin.metric


def _on_side(fact: Fact, pin: Pin, found: Mapping[str, Fact]) -> bool:
    """A `_prior` figure belongs to an earlier period than the one it is compared with."""
    now = found.get(pin.metric or "")
    if pin.side != "prior" or now is None or now.period is None:
        return True
    return fact.period is not None and fact.period.start < now.period.start


def _carries(fact: Fact, labels: Sequence[str]) -> bool:
    names = {value.casefold() for _, value in fact.slice} | period_names(fact.period)
    return all(label.casefold() in names for label in labels)


def _is_whole(fact: Fact, labels: Sequence[str], facts: Sequence[Fact]) -> bool:
    """Return False for a part of a breakdown that the gold row does not ask for.

    A label more than asked is fine when it is a condition of the question (the same for all), not one group of several.
    """
    wanted = {label.casefold() for label in labels}
    extra = {(name, value) for name, value in fact.slice if value.casefold() not in wanted and not _is_condition(value)}
    if not extra:
        return True
    return not any(_family(other) == _family(fact) and other.slice != fact.slice and _carries(other, labels) for other in facts)


def _missing(row: GoldRow, column: str, value: Decimal, pin: Pin, labelled: Sequence[Fact]) -> str:
    labels = ", ".join(row.labels)
    elsewhere = sorted({fact.metric for fact in labelled if agrees(fact, value) and fact.metric != pin.metric})
    near = [fact for fact in labelled if fact.metric == pin.metric][:3] or labelled[:3]
    held = "; ".join(f"{fact.metric} {fact.period.label if fact.period else ''} {_short(fact.value)}" for fact in near)
    note = f" (the value stands under {', '.join(elsewhere)})" if elsewhere and pin.metric else ""
    return f"{labels + ': ' if labels else ''}{column} should be {_short(value)}{note}; the answer holds {held or 'nothing there'}"


def _short(value: Decimal | None) -> str:
    return "nothing" if value is None else f"{value:.12g}"


def _order_problems(answer: Answer, gold: Gold, matched: Matched) -> Iterator[str]:
    """Compare the order of the delivered rows; rows that tie in the sorted figure may stand either way."""
    if gold.order is None or len(gold.rows) <= 1 or not gold.rows[0].labels:
        return
    place = _places(answer, matched)
    numbers = [number for number in sorted(matched) if number in place]
    delivered = sorted(numbers, key=lambda number: place[number])
    keys = [_sort_key(gold.rows[number], gold.order) for number in numbers]
    got = [_sort_key(gold.rows[number], gold.order) for number in delivered]
    if keys != got:
        names = ", ".join(" ".join(gold.rows[number].labels) for number in delivered)
        yield f"the order is wrong: {names}"


def _sort_key(row: GoldRow, order: Sequence[str]) -> tuple[object, ...]:
    figures = tuple(value for name, value in row.figures if name in order)
    return figures or row.labels


def _places(answer: Answer, matched: Matched) -> dict[int, tuple[int, int]]:
    """Return where each gold row stands: in the delivered tables, or else in the order of the evidence."""
    in_tables: dict[str, tuple[int, int]] = {}
    for table_number, table in enumerate(answer.analysis.tables):
        for row_number, cells in enumerate(table.facts):
            for cell in cells:
                if cell is not None:
                    in_tables.setdefault(cell, (table_number, row_number))
    for positions in (in_tables, {fact.id: (0, number) for number, fact in enumerate(answer.evidence)}):
        stands = {number: [positions[fact.id] for fact in facts if fact.id in positions] for number, facts in matched.items()}
        places = {number: min(found) for number, found in stands.items() if found}
        if len(places) > 1:
            return places
    return {}


def _extra_problems(answer: Answer, gold: Gold, matched: Matched) -> Iterator[str]:
    """Without a LIMIT the groups must be the same: a filter that was ignored shows as groups that should not be there."""
    if gold.limited or not gold.rows[0].labels:
        return
    found = [fact for facts in matched.values() for fact in facts if fact.slice]
    wanted = {fact.slice for fact in found}
    alike = {_family(fact) for fact in found}
    extra = {
        fact.slice
        for fact in answer.evidence
        if fact.value and fact.slice not in wanted and _family(fact) in alike and not _is_total(fact, wanted)
    }
    if extra:
        names = "; ".join(sorted(", ".join(value for _, value in labels) for labels in extra)[:5])
        yield f"{len(extra)} groups that the gold result does not have: {names}"


def _is_condition(value: str) -> bool:
    """Return whether a label is the words of a filter (`not chat`, `> 60`, `cash or lease`), not the name of a group."""
    return value.startswith(("not ", "> ", ">= ", "< ", "<= ", "between ")) or " or " in value


def _is_total(fact: Fact, wanted: Collection[Slice]) -> bool:
    """Return whether a fact is the whole of a filtered breakdown: where the groups have names it has the filter's words."""
    conditions = {(name, value) for name, value in fact.slice if _is_condition(value)}
    return any(pair not in labels for pair in conditions for labels in wanted)


def _family(fact: Fact) -> tuple[str, Period | None, tuple[str, ...]]:
    return fact.metric, fact.period, tuple(name for name, _ in fact.slice)
