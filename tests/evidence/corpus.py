# ruff: noqa: E501, PLR0915 - one case a line reads as a table
"""Sixty approved answers of the kinds a dealership asks for, made by hand from `world`.

Each is the five nouns of one validation. A corpus recorded from real runs has the same shape (see `tests.mutation.corpus`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tests.evidence.world import METRICS, PEOPLE, Request, Result, ask, month, period, policy
from vendora_graph.contracts import (
    ChartSpec,
    Comparison,
    Draft,
    Fact,
    Filter,
    Finding,
    Ledger,
    Period,
    Plan,
    Ranking,
    RecommendationDraft,
    ResultTable,
    Second,
    Slice,
    TableSpec,
    ValidationPolicy,
)
from vendora_graph.evidence.arithmetic import calculate
from vendora_graph.evidence.ledger import add_facts, make_fact, merge, number, quote_numbers

OCT, SEP, AUG = month(2026, 10), month(2026, 9), month(2026, 8)
MTD, OCT_12 = month(2026, 11, 12), period(date(2026, 10, 1), date(2026, 10, 13), "October 1-13, 2026")
OCT_LY = month(2025, 10)
Q3 = period(date(2026, 7, 1), date(2026, 9, 30), "Q3 2026", grain="quarter")
HALF = period(date(2026, 5, 1), date(2026, 10, 31), "May to October 2026")
LAST_90 = period(date(2026, 8, 15), date(2026, 11, 12), "August 15 to November 12, 2026")
DAY = period(date(2026, 11, 12), date(2026, 11, 12), "November 12, 2026", grain="day")


@dataclass(frozen=True)
class Sample:
    """One case: what `validate` takes, and a name."""

    name: str
    question: str
    plan: Plan | None
    draft: Draft
    ledger: Ledger
    policy: ValidationPolicy


@dataclass(frozen=True)
class Refs:
    """References of a numbered ledger, looked up by meaning."""

    ledger: Ledger

    def f(self, fact: Fact | str) -> str:
        identity = fact if isinstance(fact, str) else fact.id
        return "{{" + next(key for key, value in self.ledger.numbers.items() if value == identity) + "}}"

    def p(self, one: Period) -> str:
        return "{{" + next(k for k, v in self.ledger.periods.items() if (v.start, v.end) == (one.start, one.end)) + "}}"

    def n(self, value: str) -> str:
        return "{{" + next(key for key, name in self.ledger.names.items() if name.value == value) + "}}"

    def at(self, metric: str, place: Slice = (), one: Period | None = None) -> str:
        """Return the reference of the plain figure of a metric at a place (and period)."""
        return self.f(self.fact(metric, place, one))

    def fact(self, metric: str, place: Slice = (), one: Period | None = None) -> Fact:
        return next(
            fact
            for fact in self.ledger.facts.values()
            if fact.metric == metric and not fact.parts and fact.grade == "metric" and set(place) <= set(fact.slice)
            and (bool(place) or not [d for d, _ in fact.slice if d != "month"] or one is not None)
            and (one is None or (fact.period is not None and (fact.period.start, fact.period.end) == (one.start, one.end)))
        )

    def cell(self, result: Result, row: int, column: str) -> str:
        table = result.table
        return self.f(table.cells[row][table.columns.index(column)] or "")


def build(question: str, *results: Result, more: tuple[Fact, ...] = (), tables: tuple[ResultTable, ...] = ()) -> Refs:
    """Return the references of a ledger of these results."""
    ledger = Ledger(turn=1)
    for result in results:
        ledger = merge(ledger, result.ledger())
    ledger = add_facts(ledger, more)
    for table in tables:
        ledger = add_facts(ledger, (), table)
    return Refs(quote_numbers(number(ledger, 1), question))


def spec(result: Result, limit: int | None = None, columns: tuple[str, ...] = ()) -> TableSpec:
    return TableSpec(ref="t1", table=result.table.id, title="", columns=columns, limit=limit)


def calculated(fact: Fact) -> ResultTable:
    """Return the table the calculate tool leaves."""
    return ResultTable(id=f"tc{fact.id}", tool="calculate", request='{"label":"","of":[],"operation":"x"}', columns=(fact.label,), keys=(fact.slice,), cells=((fact.id,),), period=fact.period)  # fmt: skip


def word(fact: Fact, up: str = "up", down: str = "down", level: str = "unchanged") -> str:
    value = fact.value or Decimal(0)
    return up if value > 0 else down if value < 0 else level


def totals() -> Iterator[Sample]:
    """One figure of one period, with and without filters."""
    for i, (name, one, question) in enumerate(
        (
            ("units_retail", OCT, "how many cars did we retail last month"),
            ("front_gross", OCT, "front gross in October?"),
            ("total_gross", Q3, "total gross for Q3"),
            ("back_pvr", OCT, "F&I gross per unit last month"),
            ("finance_rate", SEP, "finance penetration in September"),
            ("closing_rate", OCT, "what did we close last month"),
            ("response_median", OCT, "median response time last month"),
            ("labor_rate", OCT, "effective labor rate for October"),
            ("leads", LAST_90, "leads in the last 90 days"),
            ("inventory_units", DAY, "how many cars are in stock"),
        )
    ):
        result = ask("t1", Request((name,), one))
        refs = build(question, result)
        label = METRICS[name].label
        draft = Draft(headline=f"{label}: {refs.at(name)} in {refs.p(one)}.", tables=(spec(result),), author="offline")
        yield Sample(f"total {i}", question, Plan(metrics=(name,), period=one), draft, refs.ledger, policy())


def filtered() -> Iterator[Sample]:
    """One figure under a condition the question named."""
    for i, (name, one, filters, words) in enumerate(
        (
            ("units_retail", OCT, (("vehicle_class", "in", ("used",)),), "used"),
            ("total_gross", OCT, (("store", "in", ("South",)),), "South"),
            ("front_pvr", SEP, (("salesperson", "in", ("Ana Ruiz",)),), "Ana Ruiz"),
            ("leads", OCT, (("lead_source", "not_in", ("walk_in",)),), "walk_in"),
            ("closing_rate", Q3, (("lead_source", "in", ("website",)),), "website"),
        )
    ):
        result = ask("t1", Request((name,), one, filters=filters))
        refs = build("q", result)
        out = filters[0][1] == "not_in"
        how = "without" if out else "for"
        fact = refs.ledger.facts[result.table.cells[0][0] or ""]
        draft = Draft(headline=f"{METRICS[name].label} {how} {refs.n(words)}: {refs.f(fact)} in {refs.p(one)}.")
        plan = Plan(metrics=(name,), period=one, filters=tuple(Filter(dimension=d, op=op, values=v) for d, op, v in filters))
        yield Sample(f"filtered {i}", f"{METRICS[name].label} {words}", plan, draft, refs.ledger, policy())


def to_date() -> Iterator[Sample]:
    """A running month beside the same days of the month before."""
    for i, name in enumerate(("units_retail", "total_gross", "total_pvr", "leads")):
        result = ask("t1", Request((name,), MTD, compare=OCT_12))
        refs = build("q", result)
        label = METRICS[name].label
        cells = [refs.ledger.facts[cell or ""] for cell in result.table.cells[0]]
        now, before, diff = cells[0], cells[1], cells[2]
        draft = Draft(
            headline=f"{label} to date: {refs.f(now)} in {refs.p(MTD)}, {word(diff)} {refs.f(diff)} from {refs.f(before)} in {refs.p(OCT_12)}.",
            findings=(Finding(text=f"Against {refs.p(OCT_12)}, {label} is {word(cells[3])} {refs.f(cells[3])}.", kind="change"),),
            tables=(spec(result),),
            caveats=("Both periods have the same number of selling days.",),
        )
        plan = Plan(intent="compare", metrics=(name,), period=MTD, comparison=Comparison(kind="previous_period", period=OCT_12, aligned="selling_days"))
        yield Sample(f"to date {i}", f"{label} this month against last", plan, draft, refs.ledger, policy())


def compared() -> Iterator[Sample]:
    """A whole month against another, amounts and rates."""
    for i, (name, other, kind) in enumerate(
        (
            ("units_retail", SEP, "previous_period"),
            ("front_gross", OCT_LY, "same_period_last_year"),
            ("front_pvr", SEP, "previous_period"),
            ("finance_rate", SEP, "previous_period"),
            ("closing_rate", SEP, "previous_period"),
            ("response_median", SEP, "previous_period"),
            ("net_profit", SEP, "previous_period"),
        )
    ):
        result = ask("t1", Request((name,), OCT, compare=other))
        refs = build("q", result)
        label = METRICS[name].label
        cells = [refs.ledger.facts[cell or ""] for cell in result.table.cells[0]]
        findings = [Finding(text=f"The change in {label} from {refs.p(other)} to {refs.p(OCT)} is {refs.f(cells[2])}.", kind="change")]
        if METRICS[name].rules.good in ("up", "down"):
            towards = (cells[2].value or 0) * (1 if METRICS[name].rules.good == "up" else -1)
            verb = "improved" if towards > 0 else "worsened" if towards < 0 else "was unchanged"
            findings.append(Finding(text=f"{label} {verb} by {refs.f(cells[2])} from {refs.p(other)} to {refs.p(OCT)}."))
        draft = Draft(
            headline=f"{label} {word(cells[2], 'rose', 'fell', 'held steady')} from {refs.f(cells[1])} in {refs.p(other)} to {refs.f(cells[0])} in {refs.p(OCT)}.",
            findings=tuple(findings),
            tables=(spec(result),),
        )
        plan = Plan(intent="compare", metrics=(name,), period=OCT, comparison=Comparison(kind=kind, period=other))  # type: ignore[arg-type]
        yield Sample(f"compared {i}", f"{label} October against {other.label}", plan, draft, refs.ledger, policy())


def broken_down() -> Iterator[Sample]:
    """A metric by a dimension, with its total and a share."""
    for i, (name, dimension, one) in enumerate(
        (
            ("units_retail", "vehicle_class", OCT),
            ("total_gross", "store", OCT),
            ("units_retail", "model", Q3),
            ("front_gross", "salesperson", SEP),
            ("leads", "lead_source", OCT),
        )
    ):
        result = ask("t1", Request((name,), one, group_by=(dimension,), order_by=(name, "desc"), total=True))
        facts = [result.facts[row[0] or ""] for row in result.table.cells]
        share = calculate("share", (facts[0], facts[-1]), label=f"Share of {METRICS[name].label}")
        refs = build("q", result, more=(share,), tables=(calculated(share),))
        label = METRICS[name].label
        first, second = facts[0].slice[0][1], facts[1].slice[0][1]
        draft = Draft(
            headline=f"{label} in {refs.p(one)}: {refs.f(facts[-1])} in all.",
            findings=(
                Finding(text=f"{refs.n(first)} has the highest {label}: {refs.f(facts[0])}, a share of {refs.f(share)}.", kind="share"),
                Finding(text=f"{refs.n(second)} follows with {refs.f(facts[1])}.", kind="rank"),
            ),
            tables=(spec(result),),
        )
        plan = Plan(intent="breakdown", metrics=(name,), period=one, group_by=(dimension,))
        yield Sample(f"breakdown {i}", f"{label} by {dimension}", plan, draft, refs.ledger, policy())


def ranked() -> Iterator[Sample]:
    """Top and bottom lists."""
    for i, (name, dimension, direction, limit) in enumerate(
        (
            ("units_retail", "salesperson", "desc", 3),
            ("total_gross", "model", "desc", 2),
            ("front_pvr", "salesperson", "asc", 3),
            ("closing_rate", "salesperson", "desc", 5),
            ("response_median", "salesperson", "asc", 3),
        )
    ):
        result = ask("t1", Request((name,), Q3, group_by=(dimension,), order_by=(name, direction), limit=limit))
        refs = build(f"top {limit}", result)
        facts = [result.facts[row[0] or ""] for row in result.table.cells]
        label = METRICS[name].label
        extreme = "highest" if direction == "desc" else "lowest"
        names = [fact.slice[0][1] for fact in facts]
        draft = Draft(
            headline=f"{refs.n(names[0])} has the {extreme} {label} in {refs.p(Q3)}: {refs.f(facts[0])}.",
            findings=(Finding(text=f"Next is {refs.n(names[1])} with {refs.f(facts[1])}.", kind="rank"),),
            tables=(spec(result, limit=limit),),
            chart=ChartSpec(table="t1", kind="bar", x=dimension, y=(label,)),
            assumptions=("You said {{q1}} rows.",),
        )
        plan = Plan(intent="ranking", metrics=(name,), period=Q3, group_by=(dimension,), ranking=Ranking(by=name, direction=direction, limit=limit))  # type: ignore[arg-type]
        yield Sample(f"ranking {i}", f"top {limit} {dimension} by {label}", plan, draft, refs.ledger, policy())


def trends() -> Iterator[Sample]:
    """A metric month by month."""
    for i, name in enumerate(("units_retail", "total_gross", "front_pvr", "closing_rate", "leads")):
        result = ask("t1", Request((name,), HALF, grain="month"))
        facts = [result.facts[row[0] or ""] for row in result.table.cells]
        peak = max(facts, key=lambda fact: fact.value or Decimal(0))
        move = calculate("difference", (facts[-1], facts[0]), label=f"Change in {METRICS[name].label}")
        refs = build("q", result, more=(move,), tables=(calculated(move),))
        label = METRICS[name].label
        first, last = (fact.period for fact in (facts[0], facts[-1]))
        assert first is not None
        assert last is not None
        assert peak.period is not None
        draft = Draft(
            headline=f"{label} {word(move, 'rose', 'fell', 'held steady')} {refs.f(move)} from {refs.f(facts[0])} in {refs.p(first)} to {refs.f(facts[-1])} in {refs.p(last)}.",
            findings=(Finding(text=f"The highest {label} was {refs.f(peak)} in {refs.p(peak.period)}.", kind="trend"),),
            tables=(spec(result),),
            chart=ChartSpec(table="t1", kind="line", x="month", y=(label,)),
        )
        plan = Plan(intent="trend", metrics=(name,), period=HALF, grain="month")
        yield Sample(f"trend {i}", f"{label} trend last 6 months", plan, draft, refs.ledger, policy())


def several() -> Iterator[Sample]:
    """Several metrics in one question."""
    for i, names in enumerate((("units_retail", "total_gross"), ("front_gross", "back_gross", "total_gross"), ("leads", "closing_rate"), ("front_pvr", "back_pvr", "total_pvr"), ("units_new", "units_used"))):
        result = ask("t1", Request(names, OCT))
        refs = build("q", result)
        parts = [f"{METRICS[name].label} {refs.at(name)}" for name in names]
        draft = Draft(headline=f"In {refs.p(OCT)}: {', '.join(parts)}.", tables=(spec(result),))
        yield Sample(f"several {i}", " and ".join(METRICS[n].label for n in names), Plan(metrics=names, period=OCT), draft, refs.ledger, policy())


def two_sides() -> Iterator[Sample]:
    """Two values of one dimension against each other."""
    for i, (name, dimension, values) in enumerate(
        (("units_retail", "vehicle_class", ("new", "used")), ("total_gross", "store", ("North", "South")), ("front_pvr", "salesperson", PEOPLE[:2]))
    ):
        result = ask("t1", Request((name,), OCT, group_by=(dimension,), filters=((dimension, "in", tuple(values)),)))
        facts = {fact.slice[0][1]: fact for fact in result.facts.values()}
        one, two = facts[values[0]], facts[values[1]]
        gap = calculate("difference", (one, two))
        refs = build("q", result, more=(gap,), tables=(calculated(gap),))
        label = METRICS[name].label
        draft = Draft(
            headline=f"{label} in {refs.p(OCT)}: {refs.n(values[0])} {refs.f(one)}, {refs.n(values[1])} {refs.f(two)}.",
            findings=(Finding(text=f"{refs.n(values[0])} is {word(gap, 'ahead of', 'behind', 'level with')} {refs.n(values[1])} by {refs.f(gap)}.", kind="comparison"),),
            tables=(spec(result),),
        )
        plan = Plan(intent="compare", metrics=(name,), period=OCT, group_by=(dimension,), filters=(Filter(dimension=dimension, values=tuple(values)),), comparison=Comparison(kind="values"))
        yield Sample(f"two sides {i}", f"{label} {values[0]} vs {values[1]}", plan, draft, refs.ledger, policy())


def benchmarked() -> Iterator[Sample]:
    """A metric against a published figure, with advice whose impact is arithmetic."""
    quarter = period(date(2025, 7, 1), date(2025, 9, 30), "Q3 2025", grain="quarter")
    for i, (name, value) in enumerate((("back_pvr", "1666"), ("front_pvr", "1840"), ("total_pvr", "3100"), ("closing_rate", "0.2"))):
        units = "leads" if name == "closing_rate" else "units_retail"
        result = ask("t1", Request((name, units), Q3))
        own, volume = (result.facts[cell or ""] for cell in result.table.cells[0])
        mark = make_fact(name, Decimal(value), own.unit, label=f"{own.label}, average dealership", period=quarter, basis="average dealership, published October 2025, comparable", grade="benchmark")
        gap = calculate("difference", (own, mark), label=f"{own.label} against the benchmark")
        worth = calculate("product", (gap, volume), label="Gap over all units")
        bench = ResultTable(id="t2", tool="compare_to_benchmark", request=f'{{"metrics":["{name}"]}}', columns=(mark.label, gap.label), keys=((),), cells=((mark.id, gap.id),), period=Q3)
        refs = build("q", result, more=(mark, gap, worth), tables=(bench, calculated(worth)))
        side = word(gap, "above", "below", "level with")
        draft = Draft(
            headline=f"{own.label} in {refs.p(Q3)}: {refs.f(own)}, {refs.f(gap)} {side} the benchmark of {refs.f(mark)} for {refs.p(quarter)}.",
            tables=(spec(result),),
            recommendations=(
                RecommendationDraft(action="Review the worst deals with the desk every morning.", owner_role="sales manager", impact=refs.f(worth), because=(refs.f(gap), refs.f(volume)), measure=f"{own.label} at the end of the next quarter."),
            ),
        )
        plan = Plan(intent="benchmark", metrics=(name,), period=Q3, comparison=Comparison(kind="benchmark"))
        yield Sample(f"benchmark {i}", f"{own.label} against the industry", plan, draft, refs.ledger, policy())


def explained() -> Iterator[Sample]:
    """A change taken apart: the only place for words of cause."""
    for i, (name, dimension) in enumerate((("total_gross", "vehicle_class"), ("units_retail", "salesperson"), ("front_gross", "model"))):
        result = ask("t1", Request((name,), OCT, compare=SEP))
        parts = ask("t2", Request((name,), OCT, group_by=(dimension,), compare=SEP))
        table = parts.table.model_copy(update={"tool": "explain_change"})
        parts = Result(table, parts.facts)
        moves = [parts.facts[row[2] or ""] for row in table.cells]
        whole = result.facts[result.table.cells[0][2] or ""].value or Decimal(0)
        largest = max(moves, key=lambda fact: (fact.value or Decimal(0)) * (1 if whole > 0 else -1))
        refs = build("q", result, parts)
        cells = [result.facts[cell or ""] for cell in result.table.cells[0]]
        label = METRICS[name].label
        draft = Draft(
            headline=f"{label} {word(cells[2], 'rose', 'fell', 'held steady')} {refs.f(cells[2])} to {refs.f(cells[0])} in {refs.p(OCT)}.",
            findings=(
                Finding(text=f"The main driver is {refs.n(largest.slice[0][1])}: {label} {word(largest, 'rose', 'fell', 'held steady')} {refs.f(largest)} there.", kind="cause"),
            ),
            tables=(spec(parts),),
        )
        plan = Plan(intent="explain", metrics=(name,), period=OCT, comparison=Comparison(kind="previous_period", period=SEP), steps=("explain_change",))
        yield Sample(f"explained {i}", f"why did {label} change", plan, draft, refs.ledger, policy())


def delicate() -> Iterator[Sample]:
    """Small samples, open months, zeros, assumptions, words left over, no reading at all."""
    few = period(date(2026, 11, 9), date(2026, 11, 12), "November 9-12, 2026")
    result = ask("t1", Request(("front_pvr",), few, filters=(("salesperson", "in", ("Bo Lindqvist",)),)))
    refs = build("q", result)
    fact = result.facts[result.table.cells[0][0] or ""]
    assert fact.n in range(1, 5)
    plan = Plan(metrics=("front_pvr",), period=few, filters=(Filter(dimension="salesperson", values=("Bo Lindqvist",)),))
    draft = Draft(headline=f"Front gross per unit of {refs.n('Bo Lindqvist')} in {refs.p(few)}: {refs.f(fact)}.", caveats=("This is a small sample.",))
    yield Sample("small n", "Bo front PVR this week", plan, draft, refs.ledger, policy())

    one = period(date(2026, 11, 12), date(2026, 11, 12), "November 12, 2026", grain="day")
    result = ask("t1", Request(("front_pvr",), one, filters=(("salesperson", "in", ("Ana Ruiz",)),)))
    refs = build("q", result)
    fact = result.facts[result.table.cells[0][0] or ""]
    assert fact.value is None
    plan = Plan(metrics=("front_pvr",), period=one, filters=(Filter(dimension="salesperson", values=("Ana Ruiz",)),))
    yield Sample("no data", "Ana Ruiz front PVR yesterday", plan, Draft(headline=f"Front gross per unit of {refs.n('Ana Ruiz')} in {refs.p(one)}: {refs.f(fact)}.", caveats=("There is no data for it.",)), refs.ledger, policy())

    result = ask("t1", Request(("net_profit",), MTD))
    refs = build("q", result)
    draft = Draft(headline=f"Net profit to date: {refs.at('net_profit')} in {refs.p(MTD)}.", caveats=("The month is not closed, the figure is preliminary.",))
    yield Sample("open month", "net profit this month", Plan(metrics=("net_profit",), period=MTD), draft, refs.ledger, policy(open_months=("2026-11",)))

    result = ask("t1", Request(("units_retail",), OCT, filters=(("model", "in", ("Accord",)),)))
    refs = build("q", result)
    draft = Draft(headline=f"Retail units of {refs.n('Accord')}: {refs.f(result.table.cells[0][0] or '')} in {refs.p(OCT)}.", assumptions=("Last month means the last complete one.",))
    plan = Plan(metrics=("units_retail",), period=OCT, filters=(Filter(dimension="model", values=("Accord",)),))
    yield Sample("assumed", "accords sold lately, shiny", plan, draft, refs.ledger, policy(stated_assumptions=("Last month means the last complete one.",), unused=("shiny",)))

    result = ask("t1", Request(("total_gross",), OCT))
    refs = build("q", result)
    draft = Draft(headline=f"Total gross in {refs.p(OCT)}: {refs.at('total_gross')}.", tables=(spec(result),))
    yield Sample("unread", "total gross last month, como estamos", None, draft, refs.ledger, policy())
    yield Sample("offline", "total gross last month", Plan(metrics=("total_gross",), period=OCT), draft, refs.ledger, policy(analyst_is_offline=True, independent=False))

    none = make_fact("units_retail", Decimal(0), "units", label="Retail units", slice=(("model", "Pilot"), ("salesperson", "Eli Novak")), period=one, query_id="q9", n=0, second=Second(value=Decimal(0), method="by day"))
    table = ResultTable(id="t1", tool="query_metrics", request=Request(("units_retail",), one, filters=(("salesperson", "in", ("Eli Novak",)), ("model", "in", ("Pilot",)))).canonical(), columns=("Retail units",), keys=((),), cells=((none.id,),), period=one, total_rows=1)
    refs = Refs(number(add_facts(Ledger(turn=1), (none,), table), 1))
    draft = Draft(headline=f"Retail units of {refs.n('Pilot')} by {refs.n('Eli Novak')} in {refs.p(one)}: {refs.f(none)}.")
    plan = Plan(metrics=("units_retail",), period=one, filters=(Filter(dimension="model", values=("Pilot",)), Filter(dimension="salesperson", values=("Eli Novak",))))
    yield Sample("zero", "Pilots by Eli Novak yesterday", plan, draft, refs.ledger, policy())


def narrated() -> Iterator[Sample]:
    """The offline narrator's own sentences, on figures of this world."""
    result = ask("t1", Request(("units_retail",), OCT, group_by=("salesperson",), order_by=("units_retail", "desc"), total=True))
    refs = build("q", result)
    rows = [result.facts[row[0] or ""] for row in result.table.cells]
    lead = refs.n(rows[0].slice[0][1])
    draft = Draft(
        headline=f"Retail units in {refs.p(OCT)}: {refs.f(rows[-1])} in all. {lead} leads with {refs.f(rows[0])}.",
        tables=(spec(result),),
        chart=ChartSpec(table="t1", kind="bar", x="salesperson", y=("Retail units",)),
    )
    plan = Plan(intent="breakdown", metrics=("units_retail",), period=OCT, group_by=("salesperson",))
    yield Sample("narrated breakdown", "units by salesperson", plan, draft, refs.ledger, policy())

    result = ask("t1", Request(("front_pvr",), MTD, group_by=("salesperson",), order_by=("front_pvr", "desc"), total=True))
    refs = build("q", result)
    rows = [result.facts[row[0] or ""] for row in result.table.cells]
    thin = [refs.n(fact.slice[0][1]) for fact in rows[:-1] if fact.n is not None and fact.n < 5]
    enough = next(fact for fact in rows if fact.n is not None and fact.n >= 5)
    assert len(thin) > 1
    draft = Draft(
        headline=f"Front gross per unit in {refs.p(MTD)}: {refs.f(rows[-1])} for the whole.",
        findings=(
            Finding(text=f"{refs.n(enough.slice[0][1])} stands at {refs.f(enough)}.", kind="rank"),
            Finding(text=f"Small numbers: {', '.join(thin)} rest on few records.", kind="rank"),
        ),
        tables=(spec(result),),
    )
    plan = Plan(intent="breakdown", metrics=("front_pvr",), period=MTD, group_by=("salesperson",))
    yield Sample("narrated small", "front pvr by salesperson mtd", plan, draft, refs.ledger, policy())

    filters = (("lead_source", "not_in", ("walk_in", "third_party")),)
    result = ask("t1", Request(("leads",), Q3, group_by=("salesperson",), filters=filters, order_by=("leads", "asc"), limit=3))
    refs = build("3", result)
    row = result.facts[result.table.cells[0][0] or ""]
    name = refs.n(dict(row.slice)["salesperson"])
    out = f"(without {refs.n('walk_in')}, {refs.n('third_party')})"
    draft = Draft(headline=f"{name} is last by sales leads in {refs.p(Q3)} {out}, with {refs.f(row)}.", tables=(spec(result, limit=3),))
    plan = Plan(intent="ranking", metrics=("leads",), period=Q3, group_by=("salesperson",), filters=(Filter(dimension="lead_source", op="not_in", values=("walk_in", "third_party")),), ranking=Ranking(by="leads", direction="asc", limit=3))
    yield Sample("narrated ranking", "bottom 3 by leads without walk-ins and third party", plan, draft, refs.ledger, policy())

    result = ask("t1", Request(("front_gross",), HALF, grain="month"))
    facts = [result.facts[row[0] or ""] for row in result.table.cells]
    move = calculate("difference", (facts[-1], facts[0]))
    refs = build("q", result, more=(move,), tables=(calculated(move),))
    first, last = facts[0].period, facts[-1].period
    assert first is not None
    assert last is not None
    draft = Draft(headline=f"Front gross went from {refs.f(facts[0])} in {refs.p(first)} to {refs.f(facts[-1])} in {refs.p(last)}, {word(move)} {refs.f(move)}.", tables=(spec(result),))
    yield Sample("narrated trend", "front gross trend", Plan(intent="trend", metrics=("front_gross",), period=HALF, grain="month"), draft, refs.ledger, policy())

    result = ask("t1", Request(("units_retail",), MTD, compare=OCT_12))
    refs = build("q", result)
    cells = [result.facts[cell or ""] for cell in result.table.cells[0]]
    draft = Draft(
        headline=f"{refs.f(cells[0])} retail units in {refs.p(MTD)}.",
        findings=(Finding(text=f"{word(cells[2], 'Up', 'Down')} {refs.f(cells[2])} ({refs.f(cells[3])}) from {refs.f(cells[1])} in {refs.p(OCT_12)}, with the same number of selling days.", kind="change"),),
        tables=(spec(result),),
        caveats=(f"{refs.p(MTD)} is still running: figures go through the last complete day.",),
    )
    plan = Plan(intent="compare", metrics=("units_retail",), period=MTD, comparison=Comparison(kind="previous_period", period=OCT_12, aligned="selling_days"))
    yield Sample("narrated change", "units mtd vs last month", plan, draft, refs.ledger, policy())

    result = ask("t1", Request(("inventory_units",), DAY, filters=(("vehicle_class", "in", ("used",)),)))
    refs = build("over 60 days", result)
    draft = Draft(headline=f"{refs.f(result.table.cells[0][0] or '')} units in stock on {refs.p(DAY)} ({refs.n('used')}).", assumptions=("You asked for days in stock over {{q1}}.",))
    plan = Plan(metrics=("inventory_units",), period=DAY, filters=(Filter(dimension="vehicle_class", values=("used",)),))
    yield Sample("narrated stock", "used units in stock over 60 days", plan, draft, refs.ledger, policy())


def samples() -> list[Sample]:
    """Return the whole corpus, always in this order."""
    makers = (totals, filtered, to_date, compared, broken_down, ranked, trends, several, two_sides, benchmarked, explained, delicate, narrated)
    return [sample for make in makers for sample in make()]
