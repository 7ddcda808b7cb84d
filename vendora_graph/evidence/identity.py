"""What makes a fact that fact: a hash of its meaning, the same on every machine and run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from decimal import Decimal

from vendora_graph.contracts import Fact, Grade, Period, Second, Slice, Unit

_LENGTH = 16


def canonical_decimal(value: Decimal | None) -> str | None:
    """Return one spelling for equal numbers: `1.50` and `1.5` are the same, `-0` is `0`."""
    if value is None:
        return None
    if value == 0:
        return "0"
    return format(value.normalize(), "f")


def fact_id(
    metric: str,
    slice_: Slice,
    period: Period | None,
    *,
    value: Decimal | None,
    basis: str = "",
    query_id: str | None = None,
    formula: str | None = None,
    parts: Sequence[str] = (),
) -> str:
    """Return the identity of a figure: 16 hexadecimal digits over what it means and what it says.

    The period counts by its days, not by its label; `parts` belong to the formula (the same words over other
    facts are another figure).
    """
    days = None if period is None else [period.start.isoformat(), period.end.isoformat()]
    ordered = sorted([dimension, member] for dimension, member in slice_)
    body = [metric, ordered, days, basis, query_id, formula, list(parts), canonical_decimal(value)]
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def id_of(fact: Fact) -> str:
    """Return the identity a fact should have; differs from `fact.id` when somebody changed the fact."""
    return fact_id(
        fact.metric,
        fact.slice,
        fact.period,
        value=fact.value,
        basis=fact.basis,
        query_id=fact.query_id,
        formula=fact.formula,
        parts=fact.parts,
    )


def make_fact(
    metric: str,
    value: Decimal | None,
    unit: Unit,
    *,
    label: str,
    slice: Slice = (),  # noqa: A002 - the noun of the contract
    period: Period | None = None,
    basis: str = "",
    grade: Grade = "metric",
    query_id: str | None = None,
    formula: str | None = None,
    parts: Sequence[str] = (),
    second: Second | None = None,
    n: int | None = None,
) -> Fact:
    """Return a fact with its identity; the slice is sorted by dimension.

    `value` is in stored scale: dollars, fractions for rates and points, never percent.
    """
    ordered = tuple(sorted(slice))
    identity = fact_id(metric, ordered, period, value=value, basis=basis, query_id=query_id, formula=formula, parts=parts)
    return Fact(
        id=identity, value=value, unit=unit, metric=metric, label=label, slice=ordered, period=period, basis=basis,
        grade=grade, query_id=query_id, formula=formula, parts=tuple(parts), second=second, n=n,
    )  # fmt: skip
