"""Arithmetic again, and the second path: every figure was computed twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from vendora_graph.contracts import Fact
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence.arithmetic import derived_unit, operation_of, recompute
from vendora_graph.evidence.case import Case, Days, days
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.formula_words import tells
from vendora_graph.evidence.resources import resource

_TIME = frozenset({"day", "week", "month", "quarter", "year"})

@rule("arithmetic.recomputed")
def recomputed(case: Case) -> Iterator[Problem]:
    """A derived figure is what its formula gives of its parts."""
    for fact in case.behind.values():
        if fact.grade == "target" and fact.parts and fact.value != _total(case, fact):
            yield Problem(f"{fact.label!r} is not the sum of what is on file", (fact.id,))
        if fact.grade not in ("derived", "forecast") or (fact.grade == "forecast" and operation_of(fact) is None):
            continue
        name = operation_of(fact)
        missing = [part for part in fact.parts if part not in case.ledger.facts]
        if name is None or missing:
            yield Problem(f"{fact.label!r} cannot be computed again", (fact.id,))
            continue
        try:
            again = recompute(fact, case.ledger.facts)
            unit = derived_unit(fact, case.ledger.facts)
        except ModelOutputError as error:
            yield Problem(f"{fact.label!r}: {error}", (fact.id,))
            continue
        if again != fact.value or unit != fact.unit:
            yield Problem(f"{fact.label!r} is {again} {unit} by its formula, not {fact.value} {fact.unit}", (fact.id,))


def _total(case: Case, fact: Fact) -> Decimal | None:
    """Return what the targets on file under a target add up to; None where one of them is missing."""
    values = [part.value if (part := case.ledger.facts.get(name)) is not None else None for name in fact.parts]
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None


@rule("arithmetic.told")
def told(case: Case) -> Iterator[Problem]:
    """A formula names the very parts its figure was computed from."""
    names = _names_of_days(case)
    for fact in case.behind.values():
        operation = operation_of(fact)
        parts = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
        if operation is None or len(parts) < len(fact.parts):
            continue
        if not tells(fact.formula or "", operation, parts, lambda part: names[days(part.period)]):
            yield Problem(f"{fact.label!r} was not computed from what its formula names", (fact.id,))


def _names_of_days(case: Case) -> dict[Days | None, set[str]]:
    """Return what each period of the evidence is called: calls may name the same days in their own words."""
    found: dict[Days | None, set[str]] = {None: set()}
    known = [*case.ledger.periods.values(), *(fact.period for fact in case.ledger.facts.values() if fact.period is not None)]
    for period in known:
        found.setdefault(days(period), set()).add(period.label)
    return found


@rule("arithmetic.sense")
def sense(case: Case) -> Iterator[Problem]:
    """Sums add what adds up, shares are of their own whole, changes compare like with like."""
    for fact in case.behind.values():
        name = operation_of(fact)
        parts = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
        if fact.grade == "target" and not all(_is_filed_for(fact, part) for part in parts):
            yield Problem(f"{fact.label!r} is made of the targets of other days", (fact.id,))
        if fact.grade == "forecast" and name is None and len(parts) == 1 and not _is_estimated_from(case, fact, parts[0]):
            yield Problem(f"{fact.label!r} is estimated from another figure", (fact.id,))
        if name is None or not parts:
            continue
        what = _nonsense(case, name, parts) or _without_target(case, fact)
        if what:
            yield Problem(f"{fact.label!r} {what}", (fact.id,))


def _nonsense(case: Case, name: str, parts: list[Fact]) -> str:
    first, second = parts[0], parts[-1]
    if name in ("sum", "mean"):
        return _bad_sum(case, parts) if name == "sum" else _bad_mean(parts)
    if name == "share" and not (
        set(second.slice) <= set(first.slice) and first.metric == second.metric and days(first.period) == days(second.period)
    ):
        own = case.rules(first.metric), case.rules(second.metric)
        related = all(rules is not None for rules in own) and first.metric != second.metric and days(first.period) == days(second.period)
        return "" if related and first.slice == second.slice else "is no share: the second part does not hold the first"
    if "target" in (first.grade, second.grade) and name != "expression":
        return _against_target(first, second)
    plain = {"benchmark", "target"}.isdisjoint((first.grade, second.grade))
    if name in ("difference", "points", "change") and plain and _dimensions(first) != _dimensions(second):
        return "compares a part with a whole"
    if name in ("difference", "points", "change") and first.metric != second.metric and not _same_family(case, first, second):
        return f"compares {first.label!r} with {second.label!r}"
    return ""


def _is_estimated_from(case: Case, estimate: Fact, part: Fact) -> bool:
    """Tell whether an estimate about one figure is of its metric, days and row; its call's conditions need not be told again."""
    limited = {dimension for ask in case.asks_of(estimate) for dimension, _, _ in ask.filters}
    row = {pair for pair in part.slice if pair[0] not in limited}
    return part.metric == estimate.metric and days(part.period) == days(estimate.period) and row <= set(estimate.slice)


def _is_filed_for(target: Fact, part: Fact) -> bool:
    """Tell whether a target on file is of days that lie in those of the target it is a part of."""
    if target.period is None or part.period is None:
        return True
    return target.period.start <= part.period.end and part.period.start <= (target.period.full_end or target.period.end)


def _without_target(case: Case, fact: Fact) -> str:
    """Return what is wrong with a figure that says it is held to a target: its last part is one, of the same place and days."""
    parts = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
    label = fact.label.lower()
    if not label.endswith("percent of target") and "gap to target" not in label:
        return ""
    if parts[-1].grade == "target":
        return _against_target(parts[0], parts[-1])
    if "target" not in parts[-1].label.lower():
        return "is of no target"
    return "" if "target" not in parts[0].label.lower() else "holds the target against the figure"


def _against_target(first: Fact, second: Fact) -> str:
    """Return what is wrong with setting a figure against a target: it is of the same place and days, and is what the figure is held to."""
    if first.grade == "target":
        return "" if second.grade == "target" else "holds the target against the figure"
    if _dimensions(first) != _dimensions(second):
        return "is set against the target of another place"
    own, target = first.period, second.period
    if own is None or target is None:
        return ""
    ends = (own.end, own.full_end or own.end)
    same = target.start == own.start and not {target.end, target.full_end}.isdisjoint(ends)
    return "" if same else "is set against the target of another time"


def _dimensions(fact: Fact) -> set[str]:
    return {dimension for dimension, _ in _place(fact)}


def _bad_sum(case: Case, parts: list[Fact]) -> str:
    kinds = {rules.additivity for part in parts if (rules := case.rules(part.metric)) is not None}
    if kinds & {"ratio", "median", "average"}:
        return "adds up rates or averages"
    if "distinct" in kinds and len({part.slice for part in parts}) > 1:
        return "adds up distinct counts that may overlap"
    if "semi_additive" in kinds and len({days(part.period) for part in parts}) > 1:
        return "adds up one stock on several days"
    return "adds the same figure twice" if len({part.id for part in parts}) < len(parts) else ""


def _bad_mean(parts: list[Fact]) -> str:
    """Return what is wrong with a mean: it is of the buckets of one line, whole, each once, none between left out."""
    periods = sorted((part.period for part in parts if part.period is not None), key=lambda period: period.start)
    if len(periods) < len(parts) or len({part.metric for part in parts}) > 1 or len({_place(part) for part in parts}) > 1:
        return "averages figures that are no buckets of one line"
    if len({period.grain for period in periods}) > 1 or not all(period.complete for period in periods):
        return "averages periods that are not all whole and of one length"
    gaps = any(after.start - before.end != timedelta(days=1) for before, after in pairwise(periods))
    return "averages periods that do not follow one another" if gaps else ""


def _place(fact: Fact) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair in fact.slice if pair[0] not in _TIME)


def _same_family(case: Case, first: Fact, second: Fact) -> bool:
    own, other = case.rules(first.metric), case.rules(second.metric)
    if own is None or other is None:
        return False
    return own.family == other.family != ""


def agrees(fact: Fact) -> bool:
    """Tell whether a fact's second value is its first: exactly, but for the documented tolerance of divided figures."""
    if fact.second is None:
        return False
    one, two = fact.value, fact.second.value
    if one is None or two is None:
        return one is two
    if one == two:
        return True
    tolerance = resource("rubric")["tolerance"]
    if fact.unit not in tolerance["units"]:
        return False
    return abs(one - two) <= max(abs(one), abs(two)) * Decimal(tolerance["relative"])


def proven(case: Case, fact: Fact) -> bool:
    """Tell whether a fact was computed twice: itself, or, for a derived one, everything under it.

    Benchmarks come from a shipped file and name their source instead. An estimate that no formula gives was estimated twice.
    """
    if fact.grade == "benchmark" or (fact.grade == "target" and fact.query_id is None and not fact.parts):
        return fact.basis != ""
    if fact.second is not None and not agrees(fact):
        return False
    if fact.grade == "forecast" and operation_of(fact) is None and fact.second is None:
        return False
    if fact.grade in ("derived", "forecast", "target") and fact.parts:
        return all(part in case.ledger.facts and part != fact.id and proven(case, case.ledger.facts[part]) for part in fact.parts)
    return fact.second is not None


@rule("proof.agrees")
def second_path(case: Case) -> Iterator[Problem]:
    """The second computation gives the same figure."""
    for fact in case.behind.values():
        if fact.second is not None and not agrees(fact):
            yield Problem(f"{fact.label!r} is {fact.value}, computed again {fact.second.value} ({fact.second.method})", (fact.id,))


@rule("proof.spoken")
def spoken(case: Case) -> Iterator[Problem]:
    """What headline, findings, chart and recommendations say was computed twice."""
    seen: set[str] = set()
    for ref in case.spoken:
        if ref.fact.id not in seen and not proven(case, ref.fact) and (ref.fact.second is None or agrees(ref.fact)):
            seen.add(ref.fact.id)
            yield Problem(f"{{{{{ref.key}}}}} ({ref.fact.label})", (ref.fact.id,))
    chart = case.draft.chart
    if chart is not None and chart.table in case.ledger.tables:
        cells = {cell for row in case.ledger.tables[chart.table].cells for cell in row if cell is not None}
        drawn = [case.shown[cell] for cell in cells & case.shown.keys() if not proven(case, case.shown[cell])]
        if drawn:
            yield Problem(f"the chart draws {drawn[0].label!r}", tuple(sorted(fact.id for fact in drawn)))


@rule("proof.withheld")
def withheld(case: Case) -> Iterator[Problem]:
    """A table's unproven cells are withheld and the level falls; the answer says so."""
    open_cells = sorted(fact.id for fact in case.shown.values() if fact.grade != "sql" and not proven(case, fact))
    if open_cells:
        yield Problem(f"{len(open_cells)} of {len(case.shown)} table cells", tuple(open_cells))


@rule("proof.free_sql")
def free_sql(case: Case) -> Iterator[Problem]:
    """Figures of free SQL are shown at most with a moderate level."""
    found = sorted(fact.id for fact in case.behind.values() if fact.grade == "sql")
    if found:
        yield Problem(f"{len(found)} figures", tuple(found))


CHECKS = (recomputed, told, sense, second_path, spoken, withheld, free_sql)
