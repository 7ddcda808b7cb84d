"""Derived figures: code computes them from facts, keeps how, and can do it again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, get_args

from vendora_graph.contracts import Fact, Grade, Period, Slice, Unit
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence import expression, formula_words
from vendora_graph.evidence.formats import render_period
from vendora_graph.evidence.identity import make_fact
from vendora_graph.evidence.resources import resource

Operation = Literal["difference", "points", "change", "share", "per_unit", "ratio", "sum", "product", "mean", "expression"]

ALIASES: Mapping[str, Operation] = {"change_pct": "change", "percent_change": "change", "average": "mean"}
_KNOWN = frozenset(get_args(Operation))
ADDITIVE_UNITS = frozenset(("usd", "units", "count", "hours", "days", "minutes", "number"))
_PAIRS = frozenset(("difference", "points", "change", "share", "per_unit", "ratio", "product"))
_LINES = frozenset(("driver", "metric"))
_SAME_UNIT = frozenset(("difference", "points", "change", "share", "ratio", "sum", "mean"))


def calculate(operation: str, facts: Sequence[Fact], *, label: str = "", grade: Grade = "derived") -> Fact:
    """Return the fact that `operation` makes of `facts`, in the order of the formula.

    `difference` first minus second (rates give points); `change` that difference as a fraction of the second; `share`
    first over second of one unit; `per_unit` first over second of any units; `ratio` first over second as a multiple;
    `sum`, `mean` of one unit; `product` of two. A part without a value, a zero below, or a change from a base that is not
    positive gives a fact without a value.

    Raises:
        ModelOutputError: An unknown operation, a wrong number of facts, or units that do not fit; says what does.
    """
    name = _operation(operation)
    parts = tuple(facts)
    _check(name, parts)
    value = compute(name, [part.value for part in parts])
    text = label or _label(name, parts)
    return make_fact(
        metric=_metric(parts),
        value=value,
        unit=unit_of(name, [part.unit for part in parts]),
        label=text,
        slice=_common_slice(name, parts),
        period=_stretch(parts) if name == "mean" else _period(parts),
        basis=parts[0].basis if len({part.basis for part in parts}) == 1 else "",
        grade=grade,
        formula=f"{name}: {formula_words.written(name, parts)}",
        parts=[part.id for part in parts],
        n=min((part.n for part in parts if part.n is not None), default=None),
    )


def express(
    text: str,
    named: Mapping[str, Fact],
    unit: Unit,
    *,
    label: str,
    metric: str | None = None,
    slice: Slice | None = None,  # noqa: A002 - the noun of the contract
    period: Period | None = None,
    basis: str = "",
    grade: Grade = "derived",
    n: int | None = None,
) -> Fact:
    """Return the fact that arithmetic over named facts gives, for what no single operation says.

    `text` holds + - * / , parentheses, plain numbers and the names; only facts it names become parts. Metric, slice and period default to
    those of the parts together.

    Raises:
        ModelOutputError: `text` is no such arithmetic, or names a fact that is not given.
    """
    letters, names = expression.lettered(text)
    missing = [name for name in names if name not in named]
    if missing or not names:
        raise ModelOutputError(f"{text!r} names {', '.join(missing) or 'no figure'}.")
    parts = [named[name] for name in names]
    return make_fact(
        metric=metric or _metric(parts),
        value=expression.evaluate(text, {name: named[name].value for name in names}),
        unit=unit,
        label=label,
        slice=_common_slice("expression", parts) if slice is None else slice,
        period=period or _period(parts),
        basis=basis,
        grade=grade,
        formula=expression.write(unit, letters, [f"[{formula_words.where(part)}]" for part in parts]),
        parts=[part.id for part in parts],
        n=n,
    )


def difference(now: Fact, before: Fact, *, label: str = "") -> Fact:
    """Return now minus before; of two rates, in points."""
    return calculate("difference", (now, before), label=label)


def change(now: Fact, before: Fact, *, label: str = "") -> Fact:
    """Return the change from before to now as a fraction of before."""
    return calculate("change", (now, before), label=label)


def operation_of(fact: Fact) -> Operation | None:
    """Return the operation a derived fact's formula names, None for facts that code did not derive."""
    if fact.grade in ("metric", "sql", "benchmark", "target") or not fact.parts or fact.formula is None:
        return None
    head = expression.NAME if expression.is_expression(fact.formula) else fact.formula.partition(":")[0]
    return head if head in _KNOWN else None  # type: ignore[return-value]  # checked against the literal


def is_change(fact: Fact) -> bool:
    """Tell whether a figure is the change between two others, by its operation or as an expression of the one less the other.

    A line of a bridge is no change of its metric: it has a row of its own, which its sentence names.
    """
    name = operation_of(fact)
    if name != expression.NAME:
        return name in ("difference", "points", "change")
    return expression.arithmetic_in(fact.formula or "") == "a - b" and not any(dimension in _LINES for dimension, _ in fact.slice)


def recompute(fact: Fact, facts: Mapping[str, Fact]) -> Decimal | None:
    """Return the value a derived fact should have by its formula and parts.

    Raises:
        KeyError: A part is not among `facts`.
        ModelOutputError: The formula names no operation, or the parts do not fit it.
    """
    name = operation_of(fact)
    if name is None:
        raise ModelOutputError(f"{fact.label!r} has no formula that can be computed again.")
    parts = tuple(facts[part] for part in fact.parts)
    if name == expression.NAME:
        values = dict(zip(expression.LETTERS, (part.value for part in parts), strict=False))
        return expression.evaluate(expression.arithmetic_in(fact.formula or ""), values)
    _check(name, parts)
    return compute(name, [part.value for part in parts])


def derived_unit(fact: Fact, facts: Mapping[str, Fact]) -> Unit:
    """Return the unit a derived fact should have by its formula and parts.

    Raises:
        KeyError: A part is not among `facts`.
        ModelOutputError: The formula names no operation or unit.
    """
    name = operation_of(fact)
    if name is None:
        raise ModelOutputError(f"{fact.label!r} has no formula that can be computed again.")
    if name == expression.NAME:
        return expression.unit_in(fact.formula or "")
    return unit_of(name, [facts[part].unit for part in fact.parts])


def compute(operation: Operation, values: Sequence[Decimal | None]) -> Decimal | None:
    """Return the bare number of an operation over values, None where it is not defined."""
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return _LAWS[operation](known)


def unit_of(operation: Operation, units: Sequence[Unit]) -> Unit:
    """Return the unit an operation gives over units."""
    table: dict[str, dict[str, Unit]] = resource("units")
    first = units[0]
    if operation in ("difference", "points"):
        return table["difference"].get(first, first)
    if operation in ("change", "share"):
        return "rate"
    if operation == "ratio":
        return "x"
    if operation == "per_unit":
        return table["per_unit"].get(f"{first}/{units[1]}", table["per_unit"]["other"])
    if operation == "product":
        products = table["product"]
        return products.get(f"{first}/{units[1]}") or products.get(f"{units[1]}/{first}") or "number"
    return first


def _over(values: Sequence[Decimal]) -> Decimal | None:
    return None if values[1] == 0 else values[0] / values[1]


def _change(values: Sequence[Decimal]) -> Decimal | None:
    return None if values[1] <= 0 else (values[0] - values[1]) / values[1]


_LAWS: Mapping[str, Callable[[Sequence[Decimal]], Decimal | None]] = {
    "difference": lambda v: v[0] - v[1],
    "points": lambda v: v[0] - v[1],
    "change": _change,
    "share": _over,
    "per_unit": _over,
    "ratio": _over,
    "sum": lambda v: sum(v, Decimal(0)),
    "product": lambda v: v[0] * v[1],
    "mean": lambda v: sum(v, Decimal(0)) / len(v),
}


def _operation(name: str) -> Operation:
    known = ALIASES.get(name, name)
    usable = [operation for operation in get_args(Operation) if operation != expression.NAME]
    if known not in usable:
        raise ModelOutputError(f"There is no operation {name!r}. Use one of {', '.join(usable)}.")
    return known  # type: ignore[return-value]  # checked against the literal


def _check(name: Operation, parts: Sequence[Fact]) -> None:
    wanted = 2
    if name in _PAIRS and len(parts) != wanted:
        raise ModelOutputError(f"{name} takes two facts, got {len(parts)}.")
    if not parts:
        raise ModelOutputError(f"{name} takes at least one fact.")
    units = {part.unit for part in parts}
    if name in _SAME_UNIT and len(units) > 1:
        raise ModelOutputError(f"{name} takes facts of one unit, got {', '.join(sorted(units))}. Use per_unit or product.")
    if name == "points" and units != {"rate"}:
        raise ModelOutputError("points is the difference of two rates. Use difference for other units.")
    if name == "sum" and not units <= ADDITIVE_UNITS:
        raise ModelOutputError("Rates and averages do not add up. Sum their numerators and denominators, then use per_unit.")
    if name == "mean" and not units <= ADDITIVE_UNITS:
        raise ModelOutputError("An average of rates misleads. Ask query_metrics for the rate of the whole.")


def _metric(parts: Sequence[Fact]) -> str:
    return "/".join(dict.fromkeys(part.metric for part in parts))


def _common_slice(name: Operation, parts: Sequence[Fact]) -> Slice:
    """Return where the derived figure stands: a share at its first part, others at what all parts have in common."""
    if name == "share":
        return parts[0].slice
    common = set(parts[0].slice)
    for part in parts[1:]:
        common &= set(part.slice)
    return tuple(sorted(common))


def _period(parts: Sequence[Fact]) -> Period | None:
    """Return the period of the first part: a change is a statement about now."""
    return parts[0].period


def _stretch(parts: Sequence[Fact]) -> Period | None:
    """Return the days from the first part to the last: a mean is a statement about all of them."""
    periods = sorted((part.period for part in parts if part.period is not None), key=lambda period: period.start)
    if len({period.start for period in periods}) < 2:  # noqa: PLR2004
        return _period(parts)
    first, last = periods[0], periods[-1]
    if first.grain == "week":  # from the first day of the one to the last day of the other
        first, last = (Period(start=day, end=day, label=day.isoformat(), grain="day") for day in (first.start, last.end))
    label = resource("words")["stretch"].format(first=render_period(first), last=render_period(last))
    return Period(start=periods[0].start, end=periods[-1].end, label=label)


def _label(name: Operation, parts: Sequence[Fact]) -> str:
    words: str = resource("words")["derived_labels"][name]
    return words.format(first=parts[0].label, second=parts[-1].label)
