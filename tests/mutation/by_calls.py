# ruff: noqa: E501 - one case a line reads as a table
"""The right words and checked figures, of another call than the question needed; and results shown wrongly.

A mutated call changes both computations of its figures: the second path proves how a figure was computed, not that it was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.mutation.nouns import FACT_REF, Case, Identical, Make, Mutant, Mutator, same_reading, view, with_draft, with_table
from vendora_graph.contracts import Fact, Finding, Period, ResultTable, Second

Body = dict[str, Any]


def _calls(case: Case) -> list[tuple[ResultTable, Body]]:
    """Return the calls of the metric tool whose figures the headline speaks of."""
    return [(table, json.loads(table.request)) for table in case.ledger.tables.values() if table.tool == "query_metrics"]


def _moved(fact: Fact, factor: str) -> tuple[Decimal | None, Second | None]:
    """Return plausible figures of another call: both computations agree."""
    if fact.value is None:
        return None, fact.second
    value = fact.value * Decimal(factor)
    if fact.unit in ("units", "count", "minutes"):
        value = value.quantize(Decimal(1)) + 1
    return value, Second(value=value, method="by day, summed again")


def _recall(case: Case, table: ResultTable, body: Body, change: Callable[[Fact], dict[str, Any]], factor: str = "1.23") -> Case:
    """Return the case in which a call was another: its facts changed, both computations moved alike."""
    facts = dict(case.ledger.facts)
    for identity in {cell for row in table.cells for cell in row if cell in facts}:
        fact = facts[identity]
        if not fact.parts:
            value, second = _moved(fact, factor)
            facts[identity] = fact.model_copy(update={"value": value, "second": second, **change(fact)})
    request = json.dumps(body, sort_keys=True, separators=(",", ":"))
    tables = {**case.ledger.tables, table.id: table.model_copy(update={"request": request})}
    return replace(case, ledger=case.ledger.model_copy(update={"facts": facts, "tables": tables}))


def _call(edit: Callable[[Case, ResultTable, Body], Iterator[Case]]) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for table, body in _calls(case):
            for changed in edit(case, table, body):
                yield Mutant(changed, seal=True, derive=True)

    return make


def _dropped_filter(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    for i, item in enumerate(body["filters"]):
        if item["dimension"] in body["group_by"]:
            continue
        kept = {**body, "filters": body["filters"][:i] + body["filters"][i + 1 :]}
        gone = item["dimension"]
        yield _recall(case, table, kept, lambda f, gone=gone: {"slice": tuple(p for p in f.slice if p[0] != gone)}, "1.9")  # type: ignore[misc]


def _kept_slice(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    for i, item in enumerate(body["filters"]):
        if item["dimension"] not in body["group_by"]:
            yield _recall(case, table, {**body, "filters": body["filters"][:i] + body["filters"][i + 1 :]}, lambda f: {}, "1.9")


def _added_filter(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    if not any(item["dimension"] == "vehicle_class" for item in body["filters"]) and "vehicle_class" not in body["group_by"]:
        more = {**body, "filters": [*body["filters"], {"dimension": "vehicle_class", "op": "in", "values": ["new"]}]}
        yield _recall(case, table, more, lambda f: {"slice": tuple(sorted((*f.slice, ("vehicle_class", "new"))))}, "0.43")
        many = {**body, "filters": [*body["filters"], {"dimension": "vehicle_class", "op": "in", "values": ["new", "used"]}]}
        yield _recall(case, table, many, lambda f: {}, "0.97")


def _other_value(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """Another store, person or source than the question named."""
    for i, item in enumerate(body["filters"]):
        if item["op"] != "in" or len(item["values"]) > 1:
            continue
        filters = [*body["filters"][:i], {**item, "values": ["Elsewhere"]}, *body["filters"][i + 1 :]]
        name = item["dimension"]

        def moved(fact: Fact, name: str = name) -> dict[str, Any]:
            return {"slice": tuple((d, "Elsewhere" if d == name else v) for d, v in fact.slice)}

        changed = _recall(case, table, {**body, "filters": filters}, moved, "0.83")
        yield changed
        names = {k: n.model_copy(update={"value": "Elsewhere"}) if n.dimension == name else n for k, n in changed.ledger.names.items()}
        yield replace(changed, ledger=changed.ledger.model_copy(update={"names": names}))


def _turned_filter(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """Only what should have been left out, or everything but what was asked for."""
    for i, item in enumerate(body["filters"]):
        if item["dimension"] in body["group_by"]:
            continue
        op = "in" if item["op"] == "not_in" else "not_in"
        filters = [*body["filters"][:i], {**item, "op": op}, *body["filters"][i + 1 :]]
        yield _recall(case, table, {**body, "filters": filters}, lambda f: {}, "0.6")


def _shift(day: str, by: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=by)).isoformat()


def _shifted(one: Period | None, by: int, label: str) -> Period | None:
    return one if one is None else one.model_copy(update={"start": one.start + timedelta(days=by), "end": one.end + timedelta(days=by), "label": label, "grain": None})


def _shifted_period(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """The neighbouring days, told honestly: the answer to another question."""
    for by in (-31, -7, -1):
        span = {key: _shift(day, by) for key, day in body["period"].items()}
        main = (body["period"]["start"], body["period"]["end"])

        def moved(fact: Fact, by: int = by, main: tuple[str, str] = main) -> dict[str, Any]:
            inside = fact.period is not None and main[0] <= fact.period.start.isoformat() and fact.period.end.isoformat() <= main[1]
            return {"period": _shifted(fact.period, by, "the days before")} if inside else {}

        changed = _recall(case, table, {**body, "period": span}, moved, "0.91")
        periods = {
            key: _shifted(one, by, "the days before") if main[0] <= one.start.isoformat() and one.end.isoformat() <= main[1] else one
            for key, one in case.ledger.periods.items()
        }
        ledger = changed.ledger.model_copy(update={"periods": periods})
        yield with_table(replace(changed, ledger=ledger), table.id, period=_shifted(table.period, by, "the days before"))


def _period_under_label(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """The neighbouring days under the label of those asked for."""
    span = {key: _shift(day, -30) for key, day in body["period"].items()}
    yield _recall(case, table, {**body, "period": span}, lambda f: {}, "0.91")


def _truncated_period(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """Less than the period, under its label."""
    start, end = body["period"]["start"], body["period"]["end"]
    if start == end:
        return
    short = _shift(end, -1)

    def moved(fact: Fact) -> dict[str, Any]:
        same = fact.period is not None and (fact.period.start.isoformat(), fact.period.end.isoformat()) == (start, end)
        return {"period": fact.period.model_copy(update={"end": date.fromisoformat(short)})} if same and fact.period else {}

    yield _recall(case, table, {**body, "period": {"start": start, "end": short}}, moved, "0.95")


_SIBLING = {
    "units_retail": ("units_new", "New units"), "units_new": ("units_used", "Used units"), "units_used": ("units_retail", "Retail units"),
    "front_gross": ("total_gross", "Total gross"), "back_gross": ("front_gross", "Front gross"), "total_gross": ("front_gross", "Front gross"),
    "front_pvr": ("total_pvr", "Total gross per unit"), "back_pvr": ("total_pvr", "Total gross per unit"), "total_pvr": ("front_pvr", "Front gross per unit"),
    "finance_rate": ("closing_rate", "Closing rate"), "closing_rate": ("finance_rate", "Finance penetration"), "inventory_units": ("aged_units", "Units over 60 days"),
    "net_profit": ("total_gross", "Total gross"),
}  # fmt: skip


def _other_metric(*, retell: bool) -> Callable[[Case, ResultTable, Body], Iterator[Case]]:
    """Another metric of the same family: under the asked label, or told by its own name."""

    def edit(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
        for name in body["metrics"]:
            unasked = case.plan is not None and name not in case.plan.metrics
            if unasked or name not in _SIBLING or _SIBLING[name][0] in body["metrics"]:
                continue
            other, label = _SIBLING[name]
            order = body.get("order_by")
            order = {**order, "by": other} if order and order["by"] == name else order
            request = {**body, "metrics": [other if m == name else m for m in body["metrics"]], "order_by": order}

            def moved(fact: Fact, name: str = name, other: str = other, label: str = label) -> dict[str, Any]:
                return {"metric": other, "label": label} if fact.metric == name else {"value": fact.value, "second": fact.second}

            changed = _recall(case, table, request, moved, "1.23")
            derived = {k: f.model_copy(update={"metric": other}) if f.parts and f.metric == name else f for k, f in changed.ledger.facts.items()}
            changed = replace(changed, ledger=changed.ledger.model_copy(update={"facts": derived}))
            old = next((f.label for f in case.ledger.facts.values() if f.metric == name and not f.parts and f.grade == "metric"), label)
            yield _retold(changed, table.id, old, label) if retell else changed

    return edit


def _retold(case: Case, identity: str, old: str, new: str) -> Case:
    columns = tuple(column.replace(old, new) for column in case.ledger.tables[identity].columns)
    draft = case.draft
    findings = tuple(Finding(text=f.text.replace(old, new), kind=f.kind) for f in draft.findings)
    chart = draft.chart.model_copy(update={"y": tuple(c.replace(old, new) for c in draft.chart.y)}) if draft.chart else None
    changed = with_draft(case, headline=draft.headline.replace(old, new), findings=findings, chart=chart)
    return with_table(changed, identity, columns=columns)


def _other_days_compared(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """The whole month before for a running one; or the wrong year."""
    span = body.get("compare")
    if span is None:
        return
    for start, end, label, factor in (
        (_shift(span["start"], 0), _shift(span["end"], 18), "the whole month before", "2.4"),
        (_shift(span["start"], -365), _shift(span["end"], -365), "a year before that", "0.9"),
    ):
        asked = case.plan is not None and case.plan.comparison is not None
        running = any(not one.complete and one.start.isoformat() == body["period"]["start"] for one in case.ledger.periods.values())
        if not asked and not (running and label == "the whole month before"):
            continue  # a comparison nobody asked for may be with any days it names
        other = Period(start=date.fromisoformat(start), end=date.fromisoformat(end), label=label)

        def moved(fact: Fact, other: Period = other, factor: str = factor) -> dict[str, Any]:
            same = fact.period is not None and (fact.period.start.isoformat(), fact.period.end.isoformat()) == (span["start"], span["end"])
            if not same:
                return {"value": fact.value, "second": fact.second}
            value, second = _moved(fact, factor)
            return {"period": other, "value": value, "second": second}

        changed = _recall(case, table, {**body, "compare": {"start": start, "end": end}}, moved, "1")
        periods = {k: other if (p.start.isoformat(), p.end.isoformat()) == (span["start"], span["end"]) else p for k, p in case.ledger.periods.items()}
        yield replace(changed, ledger=changed.ledger.model_copy(update={"periods": periods}))


def _other_grouping(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    if not body["group_by"] or (case.plan is not None and not case.plan.group_by):
        return  # rows that nobody asked for may be of any dimension they name
    old = body["group_by"][0]
    new = "store" if old != "store" else "model"

    def move(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        return tuple(sorted((new if d == old else d, v) for d, v in pairs))

    order = {**body, "group_by": [new]}
    changed = _recall(case, table, order, lambda f: {"slice": move(f.slice)}, "1.1")
    names = {k: n.model_copy(update={"dimension": new}) if n.dimension == old else n for k, n in case.ledger.names.items()}
    changed = replace(changed, ledger=changed.ledger.model_copy(update={"names": names}))
    yield with_table(changed, table.id, keys=tuple(move(key) for key in table.keys))


def _other_grain(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    if body["grain"] is not None:
        yield _recall(case, table, {**body, "grain": "week" if body["grain"] != "week" else "month"}, lambda f: {}, "0.24")


def _turned_order(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    """The other end of a ranking, rows as the call gave them."""
    order = body.get("order_by")
    if order is not None and len(table.cells) > 1 and case.plan is not None and case.plan.ranking is not None:
        other = {**order, "direction": "asc" if order["direction"] == "desc" else "desc"}
        changed = _recall(case, table, {**body, "order_by": other}, lambda f: {"value": f.value, "second": f.second})
        yield with_table(changed, table.id, keys=table.keys[::-1], cells=table.cells[::-1])


def _order_by_other(case: Case, table: ResultTable, body: Body) -> Iterator[Case]:
    order = body.get("order_by")
    if order is not None and len(table.cells) > 1 and case.plan is not None and case.plan.ranking is not None:
        yield _recall(case, table, {**body, "order_by": {**order, "by": "leads"}}, lambda f: {"value": f.value, "second": f.second})


# ------------------------------------------------------------------------------------------------ results shown wrongly


def _tables(case: Case) -> list[ResultTable]:
    shown = {spec.table for spec in case.draft.tables}
    return [table for table in case.ledger.tables.values() if table.id in shown and sum(1 for key in table.keys if key) > 1]


def _rows(change: Callable[[ResultTable], dict[str, Any] | None]) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for table in _tables(case):
            changes = change(table)
            if changes is not None:
                yield Mutant(with_table(case, table.id, **changes))

    return make


def _cells_swapped(table: ResultTable) -> dict[str, Any]:
    rows = [list(row) for row in table.cells]
    rows[0][0], rows[1][0] = rows[1][0], rows[0][0]
    return {"cells": tuple(tuple(row) for row in rows)}


def _out_of_order(case: Case) -> Iterator[Mutant]:
    """The rows of a ranking the other way round, the total where it was; rows that are all alike have no order."""
    for table in _tables(case):
        named = [i for i, key in enumerate(table.keys) if key]
        values = {case.ledger.facts[cell].value for i in named if (cell := table.cells[i][0]) in case.ledger.facts}
        if table.ordered and len(values) > 1:
            places = dict(zip(named, named[::-1], strict=True))
            order = [places.get(i, i) for i in range(len(table.keys))]
            yield Mutant(with_table(case, table.id, keys=tuple(table.keys[i] for i in order), cells=tuple(table.cells[i] for i in order)))


def _column_swapped(case: Case) -> Iterator[Mutant]:
    for table in case.ledger.tables.values():
        if len(table.columns) > 1 and table.id in {spec.table for spec in case.draft.tables}:
            yield Mutant(with_table(case, table.id, columns=(table.columns[1], table.columns[0], *table.columns[2:])))


def _row_dropped(case: Case) -> Iterator[Mutant]:
    for i, spec in enumerate(case.draft.tables):
        if spec.limit is not None and spec.limit > 1:
            short = spec.model_copy(update={"limit": spec.limit - 1})
            yield Mutant(with_draft(case, tables=(*case.draft.tables[:i], short, *case.draft.tables[i + 1 :])))


def _row_of_other_columns(case: Case) -> Iterator[Mutant]:
    """One column of a row holds the figure of another column."""
    for table in case.ledger.tables.values():
        if len(table.columns) > 1 and table.id in {spec.table for spec in case.draft.tables} and table.cells[0][1] is not None:
            first = table.cells[0]
            yield Mutant(with_table(case, table.id, cells=((first[1], *first[1:]), *table.cells[1:])))


def _no_table(case: Case) -> Iterator[Mutant]:
    if case.draft.tables:
        spec = case.draft.tables[0].model_copy(update={"table": "t99"})
        yield Mutant(with_draft(case, tables=(spec, *case.draft.tables[1:])))
        spec = case.draft.tables[0].model_copy(update={"columns": ("Plan",)})
        yield Mutant(with_draft(case, tables=(spec, *case.draft.tables[1:])))


def _no_rows(case: Case) -> Iterator[Mutant]:
    """A breakdown without its rows."""
    asked = case.plan is not None and (case.plan.group_by or case.plan.grain) and case.plan.intent in ("breakdown", "trend")
    if asked and any(len(table.cells) > 3 for table in _tables(case)):
        yield Mutant(with_draft(case, tables=(), findings=(), chart=None, headline=case.draft.headline))


# ----------------------------------------------------------------------------------------------- halves left unanswered


def _metric_dropped(case: Case) -> Iterator[Mutant]:
    if case.plan is None or len(case.plan.metrics) < 2:
        return
    head, _, cut = case.draft.headline.rpartition(", ")
    if not head or not FACT_REF.search(cut) or case.draft.findings:
        return  # what is missing must be missing everywhere
    for spec in case.draft.tables:
        columns = case.ledger.tables[spec.table].columns[:-1]
        yield Mutant(with_draft(case, headline=head + ".", tables=(spec.model_copy(update={"columns": columns}),)))


def _comparison_dropped(case: Case) -> Iterator[Mutant]:
    if case.plan is None or case.plan.comparison is None or case.plan.comparison.period is None:
        return
    call = next(((t, b) for t, b in _calls(case) if b.get("compare")), None)
    if call is None:
        return
    table, _ = call
    label, now = table.columns[0], table.cells[0][0]
    key = next(k for k, v in case.ledger.numbers.items() if v == now)
    main = next(k for k, p in case.ledger.periods.items() if (p.start, p.end) == (case.plan.period.start, case.plan.period.end))  # type: ignore[union-attr]  # compared plans have one
    text = f"{label} to date: {{{{{key}}}}} in {{{{{main}}}}}."
    yield Mutant(with_draft(case, headline=text, findings=(), tables=(), chart=None))


def _empty_headline(case: Case) -> Iterator[Mutant]:
    yield Mutant(with_draft(case, headline="The figures are in the table."))


def _complete_flag(case: Case) -> Iterator[Mutant]:
    """A running month is told as the month."""
    for one in case.ledger.periods.values():
        if one.complete:
            continue
        whole = one.model_copy(update={"complete": True, "full_end": None, "label": f"{one.start:%B %Y}"})
        facts = {k: f.model_copy(update={"period": whole}) if f.period == one else f for k, f in case.ledger.facts.items()}
        periods = {k: whole if p == one else p for k, p in case.ledger.periods.items()}
        changed = replace(case, ledger=case.ledger.model_copy(update={"facts": facts, "periods": periods}))
        yield Mutant(with_draft(changed, headline=case.draft.headline.replace(" to date", "")), seal=True)


def _beyond_data(case: Case) -> Iterator[Mutant]:
    """A period that ends after the data, called complete."""
    for one in case.ledger.periods.values():
        if one.complete or one.full_end is None:
            continue
        whole = one.model_copy(update={"complete": True, "end": one.full_end, "full_end": None, "label": f"{one.start:%B %Y}"})
        facts = {k: f.model_copy(update={"period": whole}) if f.period == one else f for k, f in case.ledger.facts.items()}
        periods = {k: whole if p == one else p for k, p in case.ledger.periods.items()}
        yield Mutant(replace(case, ledger=case.ledger.model_copy(update={"facts": facts, "periods": periods})), seal=True)


def same_seen(before: Case, after: Case) -> bool:
    """Identical when a reader sees the same and the calls asked for the same."""
    return view(before) == view(after) and [t.request for t in before.ledger.tables.values()] == [t.request for t in after.ledger.tables.values()]


def _m(name: str, says: str, make: Make, *, number: bool, identical: Identical = same_reading) -> Mutator:
    return Mutator(name, says, make, identical, number)


MUTATORS = (
    _m("dropped filter", "a condition of the question is left out of the figure", _call(_dropped_filter), number=True),
    _m("dropped filter, label kept", "a condition is left out, the figure is told as if it held", _call(_kept_slice), number=True),
    _m("added filter", "the figure is of less than asked", _call(_added_filter), number=True),
    _m("another store's number", "the figure is of another store, person or source", _call(_other_value), number=True),
    _m("turned filter", "the figure is of what should have been left out", _call(_turned_filter), number=True),
    _m("neighbouring days", "the answer is for other days, and says so", _call(_shifted_period), number=True),
    _m("neighbouring days, label kept", "the figure is of other days under the label asked for", _call(_period_under_label), number=True),
    _m("a day short", "the last day is missing", _call(_truncated_period), number=True),
    _m("metric of the family", "the figure is of a metric of the same family, under the asked name", _call(_other_metric(retell=False)), number=True),
    _m("metric of the family, told", "the answer is about a metric of the same family", _call(_other_metric(retell=True)), number=True),
    _m("compared with other days", "the comparison is with other days", _call(_other_days_compared), number=True),
    _m("other grouping", "the rows are of another dimension", _call(_other_grouping), number=True),
    _m("other grain", "the rows are weeks, not months, or the other way round", _call(_other_grain), number=True),
    _m("other end of the list", "the worst come first where the best were asked for", _call(_turned_order), number=False, identical=same_seen),
    _m("ranked by another metric", "the list is ranked by something else", _call(_order_by_other), number=False, identical=same_seen),
    _m("cells exchanged", "two figures of a column change rows", _rows(_cells_swapped), number=True),
    _m("rows rotated", "every figure stands one row too low", _rows(lambda t: {"cells": (t.cells[-1], *t.cells[:-1])}), number=True),
    _m("labels rotated", "every label stands one row too low", _rows(lambda t: {"keys": (t.keys[-1], *t.keys[:-1])}), number=False),
    _m("list out of order", "a ranking is not in its order", _out_of_order, number=False),
    _m("columns exchanged", "two columns change names", _column_swapped, number=False),
    _m("figure of another column", "a figure stands in another column", _row_of_other_columns, number=True),
    _m("fewer rows than asked", "a row of a top list is missing", _row_dropped, number=False),
    _m("table of nothing", "a table or column that does not exist", _no_table, number=False),
    _m("breakdown without rows", "the rows asked for are not shown", _no_rows, number=False),
    _m("half unanswered: metric", "one of the metrics asked for is missing", _metric_dropped, number=False),
    _m("half unanswered: comparison", "what it was to be compared with is missing", _comparison_dropped, number=False),
    _m("headline without answer", "the first line says nothing", _empty_headline, number=False),
    _m("partial month as full", "a running month is told as the month", _complete_flag, number=False),
    _m("days that are not there", "a period that ends after the data is told as complete", _beyond_data, number=False),
)  # fmt: skip
