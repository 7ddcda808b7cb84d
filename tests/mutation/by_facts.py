# ruff: noqa: E501 - one case a line reads as a table
"""Wrong figures in the evidence: the computation went wrong, what checks it did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from tests.mutation.nouns import Case, Mutant, Mutator, same_evidence, same_reading, spoken_facts, with_fact
from vendora_graph.contracts import Fact, Second

Change = Callable[[Fact], Decimal | None]


def _value(change: Change, wanted: Callable[[Fact], bool] = lambda fact: True) -> Callable[[Case], Iterator[Mutant]]:
    """Change the first computation of each spoken metric figure; the second stays."""

    def make(case: Case) -> Iterator[Mutant]:
        for fact in spoken_facts(case, derived=False):
            if fact.grade == "metric" and fact.value is not None and wanted(fact):
                yield Mutant(with_fact(case, fact.id, value=change(fact)), seal=True, derive=True)

    return make


def _money(fact: Fact) -> bool:
    return fact.unit.startswith("usd")


def _v(fact: Fact) -> Decimal:
    return fact.value if fact.value is not None else Decimal(0)


def _table_cells(case: Case) -> Iterator[Mutant]:
    for spec in case.draft.tables:
        for row in case.ledger.tables[spec.table].cells[:3]:
            fact = case.ledger.facts.get(row[0] or "")
            if fact is not None and fact.value is not None and fact.grade == "metric":
                yield Mutant(with_fact(case, fact.id, value=fact.value + 3), seal=True, derive=True)


def _percent_both(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.unit == "rate" and fact.value and fact.second is not None:
            second = Second(value=(fact.second.value or Decimal(0)) * 100, method=fact.second.method)
            yield Mutant(with_fact(case, fact.id, value=fact.value * 100, second=second), seal=True, derive=True)


def _derived(change: Change) -> Callable[[Case], Iterator[Mutant]]:
    def make(case: Case) -> Iterator[Mutant]:
        for fact in spoken_facts(case, derived=True):
            if fact.value is not None:
                yield Mutant(with_fact(case, fact.id, value=change(fact)), seal=True)

    return make


def _derived_unit(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=True):
        other = {"points": "rate", "rate": "points", "usd": "units", "units": "usd"}.get(fact.unit)
        if other is not None:
            yield Mutant(with_fact(case, fact.id, unit=other), seal=True)


def _unit(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        other = {"rate": "number", "usd": "count", "units": "usd", "count": "usd", "usd_per_unit": "rate", "minutes": "rate", "usd_per_hour": "hours"}.get(fact.unit)
        if other is not None and fact.grade == "metric":
            yield Mutant(with_fact(case, fact.id, unit=other), seal=True)


def _other_parts(case: Case) -> Iterator[Mutant]:
    """Recompute a derived figure from another row or period than it says."""
    for fact in spoken_facts(case, derived=True):
        mine = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
        others = [f for f in case.ledger.facts.values() if mine and f.unit == mine[-1].unit and not f.parts and f.id not in fact.parts and f.metric == mine[-1].metric]
        others = [f for f in others if (f.slice, f.period) != (mine[-1].slice, mine[-1].period)]  # the same figure of another call is the same
        for other in others[:2]:
            yield Mutant(with_fact(case, fact.id, parts=(*fact.parts[:-1], other.id)), seal=True, derive=True)


def _average_of_ratios(case: Case) -> Iterator[Mutant]:
    for table in case.ledger.tables.values():
        ratios = [case.ledger.facts[row[0]] for row in table.cells if row and row[0] in case.ledger.facts]
        ratios = [f for f in ratios if f.unit in ("rate", "usd_per_unit") and f.value is not None and not f.parts]
        if len(ratios) > 1:
            mean = sum((_v(f) for f in ratios), Decimal(0)) / len(ratios)
            fact = ratios[0]
            parts = tuple(f.id for f in ratios)
            changed = with_fact(case, fact.id, value=mean)
            yield Mutant(changed, seal=True)
            made = fact.model_copy(update={"value": mean, "grade": "derived", "formula": "mean: all rows", "parts": parts[1:], "second": None, "query_id": None})
            ledger = case.ledger.model_copy(update={"facts": {**case.ledger.facts, fact.id: made}})
            yield Mutant(replace(case, ledger=ledger), seal=True, derive=True)


def _sum_of_rates(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=True):
        rates = [f.id for f in case.ledger.facts.values() if f.unit in ("rate", "usd_per_unit", "minutes") and not f.parts]
        if len(rates) > 1 and fact.unit != "x":
            yield Mutant(with_fact(case, fact.id, formula="sum: all rows", parts=tuple(rates), unit=case.ledger.facts[rates[0]].unit), seal=True, derive=True)


def _tampered(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.value is not None and fact.second is not None:
            later = fact.value * 2 + 1
            yield Mutant(with_fact(case, fact.id, value=later, second=Second(value=later, method=fact.second.method)))


def _no_second(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.second is not None:
            yield Mutant(with_fact(case, fact.id, second=None))


def _second_differs(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.second is not None and fact.second.value is not None:
            yield Mutant(with_fact(case, fact.id, second=Second(value=fact.second.value + 1, method=fact.second.method)))


def _none_to_zero(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.value is None:
            yield Mutant(with_fact(case, fact.id, value=Decimal(0)), seal=True)


def _zero_of_nothing(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.value is None:
            yield Mutant(with_fact(case, fact.id, value=Decimal(0), second=Second(value=Decimal(0), method="by day"), n=0), seal=True)


def _benchmark(**changes: object) -> Callable[[Case], Iterator[Mutant]]:
    def make(case: Case) -> Iterator[Mutant]:
        for fact in list(case.ledger.facts.values()):
            if fact.grade == "benchmark":
                yield Mutant(with_fact(case, fact.id, **changes), seal=True, derive=True)

    return make


def _free_sql(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False):
        if fact.second is not None:
            yield Mutant(with_fact(case, fact.id, grade="sql", second=None, value=_v(fact) + 5), seal=True, derive=True)


MUTATORS = (
    Mutator("wrong figure", "a figure is seven percent too high", _value(lambda f: _v(f) * Decimal("1.07") + 1), same_reading, True),
    Mutator("off by one", "a count is one too many", _value(lambda f: _v(f) + 1, lambda f: f.unit in ("units", "count")), same_reading, True),
    Mutator("fan-out doubling", "a sum is counted once for each joined row", _value(lambda f: _v(f) * 2, lambda f: f.unit in ("usd", "units", "count")), same_reading, True),
    Mutator("fan-out of some", "a sum counts some rows again", _value(lambda f: _v(f) + _v(f) / 9, _money), same_reading, True),
    Mutator("dropped rows", "rows without a key are missing from a sum", _value(lambda f: _v(f) * Decimal("0.96")), same_reading, True),
    Mutator("negatives dropped", "losses are left out of a gross", _value(lambda f: _v(f) + 512, _money), same_reading, True),
    Mutator("sign flip", "a figure has the other sign", _value(lambda f: -_v(f)), same_reading, True),
    Mutator("swapped numerator", "a ratio is upside down", _value(lambda f: 1 / _v(f) if f.value else None, lambda f: f.unit in ("rate", "usd_per_unit", "usd_per_hour")), same_reading, True),
    Mutator("in thousands", "an amount is a thousandth of what it is", _value(lambda f: _v(f) / 1000, _money), same_reading, True),
    Mutator("in cents", "an amount is a hundred times what it is", _value(lambda f: _v(f) * 100, _money), same_reading, True),
    Mutator("rounded away", "an amount is rounded to the thousand", _value(lambda f: _v(f).quantize(Decimal("1e3")), lambda f: f.unit == "usd"), same_reading, True),
    Mutator("figure without a value", "a figure that exists is told as missing", _value(lambda f: None), same_reading, True),
    Mutator("wrong table cell", "a figure of a table is three too high", _table_cells, same_reading, True),
    Mutator("percent for a fraction", "a rate is a hundred times what it is, in both computations", _percent_both, same_reading, True),
    Mutator("average of ratios", "a rate is the mean of its rows' rates", _average_of_ratios, same_reading, True),
    Mutator("sum of rates", "rates are added up", _sum_of_rates, same_reading, True),
    Mutator("derived off", "a difference or share is not what its parts give", _derived(lambda f: _v(f) * Decimal("1.1") + Decimal("0.01")), same_reading, True),
    Mutator("derived sign", "a change has the other sign", _derived(lambda f: -_v(f)), same_reading, True),
    Mutator("percent for points", "a difference of rates is told in percent, or an amount in units", _derived_unit, same_reading, True),
    Mutator("unit slip", "a figure has another unit", _unit, same_reading, True),
    Mutator("other base", "a change or share is against another row or period than it says", _other_parts, same_evidence, True),
    Mutator("tampered", "a figure was changed after it was computed", _tampered, same_reading, True),
    Mutator("computed once", "a figure that was never checked is told as proven", _no_second, same_evidence, False),
    Mutator("second differs", "a figure is told though its check gave another", _second_differs, same_evidence, False),
    Mutator("zero for no data", "no data is told as zero", _none_to_zero, same_reading, True),
    Mutator("zero of no rows", "an average over no rows is told as zero, twice", _zero_of_nothing, same_reading, True),
    Mutator("free sql in the headline", "a figure of free SQL that nothing proved leads the answer", _free_sql, same_reading, True),
    Mutator("benchmark of another metric", "a published figure of another metric is set against ours", _benchmark(metric="finance_rate"), same_evidence, False),
    Mutator("benchmark of another definition", "a published figure that is marked not comparable is compared", _benchmark(basis="per financed unit, not comparable"), same_evidence, False),
    Mutator("benchmark without source", "a published figure from nowhere", _benchmark(basis=""), same_evidence, False),
    Mutator("benchmark without date", "a published figure of no period", _benchmark(period=None), same_evidence, False),
)  # fmt: skip
