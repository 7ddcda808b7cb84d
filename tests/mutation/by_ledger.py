# ruff: noqa: E501 - one case a line reads as a table
"""What stands around a figure in the evidence is wrong: labels, bases, totals, sources, the question's own numbers, the order of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.mutation.nouns import (
    Case,
    Identical,
    Make,
    Mutant,
    Mutator,
    key_of,
    retext,
    same_draft,
    same_evidence,
    same_reading,
    spoken_facts,
    with_draft,
    with_fact,
    with_table,
)
from vendora_graph.contracts import Fact, RecommendationDraft, ResultTable, Second, TableSpec

ADDED_UP = ("additive",)


def _shown(case: Case) -> list[tuple[int, TableSpec, ResultTable]]:
    return [(i, spec, case.ledger.tables[spec.table]) for i, spec in enumerate(case.draft.tables) if spec.table in case.ledger.tables]


def _fact(case: Case, cell: str | None) -> Fact | None:
    return case.ledger.facts.get(cell or "")


def _neighbours(case: Case) -> Iterator[Mutant]:
    """Two neighbouring rows of a ranking change places."""
    for _, _, table in _shown(case):
        if table.ordered and len(table.keys) > 2:
            values = [fact.value for row in table.cells if row and (fact := _fact(case, row[0])) is not None]
            for i in range(min(len(values) - 1, 3)):
                if values[i] != values[i + 1] and table.keys[i] and table.keys[i + 1]:
                    keys, cells = list(table.keys), list(table.cells)
                    keys[i], keys[i + 1], cells[i], cells[i + 1] = keys[i + 1], keys[i], cells[i + 1], cells[i]
                    yield Mutant(with_table(case, table.id, keys=tuple(keys), cells=tuple(cells)))


def _row_left_out(case: Case) -> Iterator[Mutant]:
    """A row is missing from the middle of a result, nothing else changes."""
    for _, _, table in _shown(case):
        named = [i for i, key in enumerate(table.keys) if key]
        for i in named[:1] + named[len(named) // 2 : len(named) // 2 + 1]:
            if len(named) > 2:
                yield Mutant(with_table(case, table.id, keys=table.keys[:i] + table.keys[i + 1 :], cells=table.cells[:i] + table.cells[i + 1 :]))


def _cut(case: Case) -> Iterator[Mutant]:
    """A breakdown shows a part of its rows only, where all were asked for."""
    for i, spec, table in _shown(case):
        whole = case.plan is not None and bool(case.plan.group_by or case.plan.grain) and (case.plan.ranking is None or case.plan.ranking.limit is None)
        named = sum(1 for key in table.keys if key)
        if whole and spec.limit is None and named > 3:
            yield Mutant(with_draft(case, tables=(*case.draft.tables[:i], spec.model_copy(update={"limit": named // 2}), *case.draft.tables[i + 1 :])))


def _total(case: Case) -> Iterator[Mutant]:
    """The total of a complete breakdown is not the sum of its rows, in both computations."""
    for _, _, table in _shown(case):
        rows = [row for key, row in zip(table.keys, table.cells, strict=False) if not key]
        named = sum(1 for key in table.keys if key)
        for row in rows:
            fact = _fact(case, row[0] if row else None)
            rules = case.policy.metric_info.get(fact.metric) if fact is not None else None
            sums = rules is not None and rules.additivity in ADDED_UP and table.total_rows == named
            if fact is not None and fact.value and sums and not fact.parts:
                value = fact.value * Decimal("1.12") + 1
                yield Mutant(with_fact(case, fact.id, value=value, second=Second(value=value, method="by day, summed again")), seal=True, derive=True)


def _row_of_total(case: Case) -> Iterator[Mutant]:
    """A row of a complete breakdown is too high, in both computations; the total stays."""
    for _, _, table in _shown(case):
        named = [row for key, row in zip(table.keys, table.cells, strict=False) if key]
        fact = _fact(case, named[0][0] if named and named[0] else None)
        rules = case.policy.metric_info.get(fact.metric) if fact is not None else None
        complete = rules is not None and rules.additivity in ADDED_UP and len(named) == table.total_rows and () in table.keys
        if fact is not None and fact.value is not None and complete and not fact.parts and len(named) > 1:
            value = fact.value * 2 + 1
            yield Mutant(with_fact(case, fact.id, value=value, second=Second(value=value, method="by day, summed again")), seal=True, derive=True)


def _label(case: Case) -> Iterator[Mutant]:
    for fact in spoken_facts(case, derived=False)[:2]:
        other = next((rules.label for name, rules in sorted(case.policy.metric_info.items()) if name != fact.metric and rules.label != fact.label), None)
        if other is not None and fact.grade == "metric":
            yield Mutant(with_fact(case, fact.id, label=other))


def _period_label(case: Case) -> Iterator[Mutant]:
    """A period is told by the name of another month or year; its days stay."""
    for key, one in case.ledger.periods.items():
        for start in (one.start - timedelta(days=40), one.start.replace(year=one.start.year - 1, day=1)):
            renamed = one.model_copy(update={"label": f"{start:%B %Y}"})
            facts = {k: f.model_copy(update={"period": renamed}) if f.period == one else f for k, f in case.ledger.facts.items()}
            ledger = case.ledger.model_copy(update={"facts": facts, "periods": {**case.ledger.periods, key: renamed}})
            yield Mutant(replace(case, ledger=ledger), seal=True)


def _quoted(case: Case) -> Iterator[Mutant]:
    for key, value in case.ledger.quoted.items():
        if "{{" + key + "}}" in " ".join([case.draft.headline, *(f.text for f in case.draft.findings), *case.draft.assumptions]):
            yield Mutant(replace(case, ledger=case.ledger.model_copy(update={"quoted": {**case.ledger.quoted, key: f"{value}7"}})))


def _nowhere(case: Case) -> Iterator[Mutant]:
    """A figure that no call of this turn gave, with a second computation of its own, under this turn's number."""
    for fact in spoken_facts(case, derived=False)[:2]:
        if fact.value is not None and fact.grade == "metric":
            value = fact.value * Decimal("1.31") + 2
            made = fact.model_copy(update={"id": "0" * 16, "value": value, "second": Second(value=value, method="by day"), "query_id": "q-earlier"})
            ledger = case.ledger
            facts = {**ledger.facts, made.id: made}
            changed = replace(case, ledger=ledger.model_copy(update={"facts": facts, "numbers": {**ledger.numbers, key_of(case, fact): made.id}}))
            yield Mutant(changed, seal=True)


def _nowhere_same_query(case: Case) -> Iterator[Mutant]:
    """As before, with the name of a query that ran."""
    for mutant in _nowhere(case):
        query = next(iter(case.ledger.queries), None)
        made = mutant.case.ledger.facts["0" * 16].model_copy(update={"query_id": query})
        yield Mutant(replace(mutant.case, ledger=mutant.case.ledger.model_copy(update={"facts": {**mutant.case.ledger.facts, made.id: made}})), seal=True)


def _basis(case: Case) -> Iterator[Mutant]:
    """Booked is told as delivered, or another basis is mixed into one column."""
    for fact in spoken_facts(case, derived=False)[:2]:
        if fact.grade == "metric" and fact.basis:
            other = fact.basis.replace("booked", "delivered") if "booked" in fact.basis else "deal recap, by delivered date"
            yield Mutant(with_fact(case, fact.id, basis=other), seal=True)


def _second_alike(case: Case) -> Iterator[Mutant]:
    """Both computations were edited in the same way after they were made."""
    for fact in spoken_facts(case, derived=False):
        if fact.value and fact.second is not None and fact.second.value is not None:
            yield Mutant(with_fact(case, fact.id, value=-fact.value, second=Second(value=-fact.second.value, method=fact.second.method)))


def _formula_of_others(case: Case) -> Iterator[Mutant]:
    """A derived figure has a formula that fits and parts of other days than it says."""
    for fact in spoken_facts(case, derived=True):
        own = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
        for other in case.ledger.facts.values():
            if own and other.metric == own[0].metric and not other.parts and other.id not in fact.parts and other.slice == own[0].slice and other.period != own[0].period:
                yield Mutant(with_fact(case, fact.id, parts=(other.id, *fact.parts[1:])), seal=True, derive=True)
                break


def _swapped_parts(case: Case) -> Iterator[Mutant]:
    """Earlier less later: the sign is turned and the formula agrees."""
    for fact in spoken_facts(case, derived=True):
        if len(fact.parts) == 2 and fact.value and (fact.formula or "").startswith(("difference", "change", "points", "share")):
            yield Mutant(with_fact(case, fact.id, parts=fact.parts[::-1]), seal=True, derive=True)


def _other_impact(case: Case) -> Iterator[Mutant]:
    """The impact of advice is another figure than the one that was computed for it; or its grounds are."""
    keys = {identity: key for key, identity in case.ledger.numbers.items()}
    derived = [f for f in case.ledger.facts.values() if f.parts and f.id in keys and f.value is not None]
    for i, item in enumerate(case.draft.recommendations):
        grounds = {ground.strip("{} ") for ground in item.because}
        metrics = {name for key in grounds if (fact := case.fact(key)) is not None for name in fact.metric.split("/")}
        other = next((f for f in derived if metrics.isdisjoint(f.metric.split("/")) and keys[f.id] != (item.impact or "").strip("{} ")), None)
        if other is not None:
            yield Mutant(with_draft(case, recommendations=_exchanged(case, i, item.model_copy(update={"impact": keys[other.id]}))))


def _exchanged(case: Case, i: int, item: RecommendationDraft) -> tuple[RecommendationDraft, ...]:
    return (*case.draft.recommendations[:i], item, *case.draft.recommendations[i + 1 :])


def _owner(case: Case) -> Iterator[Mutant]:
    for i, item in enumerate(case.draft.recommendations[:1]):
        for words in ("The 14 salespeople", "Riverside's half dozen"):
            yield Mutant(with_draft(case, recommendations=_exchanged(case, i, item.model_copy(update={"owner_role": words}))))


def _advice_added(case: Case) -> Iterator[Mutant]:
    """Advice that nothing supports, beside an answer that needs none."""
    for action in ("Sales fell because of staffing, so cut prices.", "Copy Riverside, the best store.", "Win back the 14 lost deals."):
        keys = [key_of(case, fact) for fact in spoken_facts(case)[:1]]
        made = RecommendationDraft(action=action, owner_role="Sales manager", because=tuple(keys))
        yield Mutant(with_draft(case, recommendations=(*case.draft.recommendations[:2], made)))


def _chart(case: Case) -> Iterator[Mutant]:
    chart = case.draft.chart
    if chart is None:
        return
    for changes in ({"title": "Riverside's record month"}, {"title": "Up since February"}, {"y": ("Plan",)}, {"table": "t99"}):
        yield Mutant(with_draft(case, chart=chart.model_copy(update=changes)))


def _caveat_taken(needed: str) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        if any(needed in caveat for caveat in case.draft.caveats):
            yield Mutant(with_draft(case, caveats=tuple(c for c in case.draft.caveats if needed not in c)))

    return make


def _benchmark(**changes: Any) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for fact in list(case.ledger.facts.values()):
            if fact.grade == "benchmark" and fact.unit != changes.get("unit"):
                yield Mutant(with_fact(case, fact.id, **changes), seal=True, derive=True)

    return make


def _benchmark_value(case: Case) -> Iterator[Mutant]:
    """A published figure was changed after it was read."""
    for fact in list(case.ledger.facts.values()):
        if fact.grade == "benchmark" and fact.value is not None:
            yield Mutant(with_fact(case, fact.id, value=fact.value * 2))


def _name_gone(case: Case) -> Iterator[Mutant]:
    """The condition of a figure is no longer said beside it, where the question did not give it."""
    wanted = {(f.dimension, v) for f in case.plan.filters for v in f.values} if case.plan else set()
    for key, name in case.ledger.names.items():
        if (name.dimension, name.value) not in wanted:
            for changed in retext(case, lambda text, key=key: text.replace(" at {{" + key + "}}", "").replace("{{" + key + "}}: ", "").replace(" for {{" + key + "}}", "")):
                yield Mutant(changed)


def _renamed(case: Case) -> Iterator[Mutant]:
    """A name of the evidence is spelt as another one."""
    for key, name in list(case.ledger.names.items())[:3]:
        if "{{" + key + "}}" in " ".join([case.draft.headline, *(f.text for f in case.draft.findings)]):
            names = {**case.ledger.names, key: name.model_copy(update={"value": "Foreign Motors"})}
            yield Mutant(replace(case, ledger=case.ledger.model_copy(update={"names": names})))


def _foreign_rows(case: Case) -> Iterator[Mutant]:
    """Every row label of a shown result is of somebody else's data; the figures stay."""
    for _, _, table in _shown(case):
        if any(table.keys):
            keys = tuple(tuple((d, f"{v} of Foreign Motors") for d, v in key) for key in table.keys)
            yield Mutant(with_table(case, table.id, keys=keys))


def _m(name: str, says: str, make: Make, *, number: bool, identical: Identical = same_reading) -> Mutator:
    return Mutator(name, says, make, identical, number)


MUTATORS = (
    _m("neighbours change places", "two neighbouring rows of a ranking change places", _neighbours, number=False),
    _m("row left out", "a row is missing from a result", _row_left_out, number=False),
    _m("breakdown cut short", "half of the rows asked for are shown", _cut, number=False),
    _m("total of other rows", "a total is not the sum of its rows", _total, number=True),
    _m("row of another total", "a row is too high for its total", _row_of_total, number=True),
    _m("label of another metric in the evidence", "the evidence calls a figure by another name", _label, number=False, identical=same_evidence),
    _m("period by another name", "a period is told by the name of another month", _period_label, number=False),
    _m("number of the question changed", "the asker is said to have named another number", _quoted, number=True),
    _m("figure of no call", "a figure of an earlier turn under a number of this one", _nowhere, number=True),
    _m("figure of no result", "a figure that stands in no result of this turn", _nowhere_same_query, number=True),
    _m("another basis", "booked is told as delivered in the evidence", _basis, number=False, identical=same_evidence),
    _m("both computations edited", "a figure has the other sign in both computations", _second_alike, number=True),
    _m("parts of other days", "a change is of other days than it says", _formula_of_others, number=True, identical=same_evidence),
    _m("parts exchanged", "a change is earlier less later", _swapped_parts, number=True, identical=same_evidence),
    _m("impact of another metric", "the impact of advice is a figure of something else", _other_impact, number=True),
    _m("claim in who is to act", "who is to act is told with a figure or a name", _owner, number=False),
    _m("advice from nowhere", "advice claims a cause, a name or a figure that nothing shows", _advice_added, number=False),
    _m("chart of something else", "a chart claims or draws something else", _chart, number=False, identical=same_draft),
    _m("future unsaid", "that days lie ahead is not said", _caveat_taken("lies in the future"), number=False),
    _m("preliminary unsaid", "that a month is not closed is not said", _caveat_taken("not closed"), number=False),
    _m("benchmark in another unit", "a published figure is in another unit than ours", _benchmark(unit="days"), number=False, identical=same_evidence),
    _m("benchmark edited", "a published figure is twice what was published", _benchmark_value, number=True, identical=same_evidence),
    _m("name taken away", "the row of a figure is not said", _name_gone, number=False),
    _m("name of another spelling", "a name is spelt as another one", _renamed, number=False),
    _m("rows of somebody else", "the rows are labelled as somebody else's", _foreign_rows, number=False),
)  # fmt: skip
