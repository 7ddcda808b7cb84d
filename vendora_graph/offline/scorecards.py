"""The senior analyst's draft over scorecards and benchmarks: tables, gaps ranked by dollars, at most three recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vendora_graph.contracts import Draft, Finding, RecommendationDraft, TableSpec
from vendora_graph.offline.asked import Asked, Call
from vendora_graph.offline.explanations import narrate_explanation
from vendora_graph.offline.honesty import unequal_card_days
from vendora_graph.offline.oddities import narrate_anomalies
from vendora_graph.offline.results import Cell, Result, Row, Table
from vendora_graph.offline.senior_plans import knowledge
from vendora_graph.offline.words import direction, lowered, say
from vendora_graph.semantic.catalog import MetricInfo

AUTHOR = "offline"
MOST_RECOMMENDED = 3
MOST_TOLD = 4


@dataclass(frozen=True, slots=True)
class Gap:
    """One metric against its benchmark."""

    info: MetricInfo
    own: Cell
    benchmark: Cell
    gap: Cell
    money: Cell | None
    source: str

    @property
    def loses(self) -> bool:
        """Whether the gap lies on the bad side."""
        value = self.gap.value or Decimal(0)
        return value < 0 if self.info.good == "up" else value > 0 if self.info.good == "down" else False

    @property
    def dollars(self) -> Decimal:
        """Return the size of the gap in dollars, zero when it has none."""
        return abs(self.money.value) if self.money is not None and self.money.value is not None else Decimal(0)


def narrate_scorecard(asked: Asked, calls: tuple[Call, ...], results: list[Result]) -> Draft:
    """Return the draft over every table the calls gave."""
    cards, marks = [], None
    extra: list[Draft] = []
    failed = [call for call, result in zip(calls, results, strict=True) if result.error]
    for call, result in zip(calls, results, strict=True):
        shown = [table for table in result.tables if table.tool == call.tool]
        if call.tool == "scorecard":
            cards += [(call.args["title"], table) for table in shown]
        elif call.tool == "find_anomalies" and shown:
            extra.append(narrate_anomalies(asked, [result], whole=False))
        elif call.tool == "explain_change" and shown:
            extra.append(narrate_explanation(asked, (call,), [result]))
        elif call.tool == "compare_to_benchmark" and shown:
            marks = shown[0]
    gaps = _gaps(marks, asked) if marks is not None else []
    specs = [TableSpec(ref=f"t{i}", table=table.id, title=title) for i, (title, table) in enumerate(cards, start=1)]
    if marks is not None and marks.rows:
        specs.append(TableSpec(ref=f"t{len(specs) + 1}", table=marks.id, title=say("scorecard", "benchmarks_title")))
    period = next((table.period for _, table in cards), marks.period if marks else None) or ""
    for draft in extra:
        specs += [spec.model_copy(update={"ref": f"t{len(specs) + n}"}) for n, spec in enumerate(draft.tables[:2], start=1)]
    more = tuple(finding for draft in extra for finding in _of_branch(draft))
    return Draft(
        headline=_headline(cards, gaps, period, asked),
        findings=(*_changes(cards, asked, period), *_told(gaps, period), *more),
        tables=tuple(specs),
        recommendations=_recommendations(gaps),
        caveats=(*_caveats(cards, gaps, period), *_honest(cards, asked), *(say("scorecard", "failed", part=_part(call, asked)) for call in failed)),
        chart=next((draft.chart for draft in extra if draft.chart is not None), None),
        author=AUTHOR,
    )


def _of_branch(draft: Draft) -> tuple[Finding, ...]:
    """Return a branch's first line as a finding, with what it found."""
    return (Finding(text=draft.headline, kind="change" if draft.chart is not None else "comparison"), *draft.findings)


def _part(call: Call, asked: Asked) -> str:
    """Return the words for a branch that failed."""
    if call.tool == "scorecard":
        return str(call.args["title"])
    metric = call.args.get("metric")
    return lowered(asked.catalog.metrics[metric].label) if metric else say("scorecard", call.tool)


def _gaps(marks: Table, asked: Asked) -> list[Gap]:
    found = []
    for row in marks.rows:
        own, benchmark, gap, *rest = row.cells
        if own is None or benchmark is None or gap is None or gap.value is None:
            continue
        info = asked.catalog.metrics[own.metric]
        found.append(Gap(info, own, benchmark, gap, rest[0] if rest else None, benchmark.named.get("benchmark", "")))
    return sorted(found, key=lambda g: (-g.dollars, g.info.name))


def _headline(cards: list[tuple[str, Table]], gaps: list[Gap], period: str, asked: Asked) -> str:
    for name in asked.plan.metrics:
        for _, table in cards:
            row = _row_of(table, name)
            if row is not None and row.cells[0] is not None:
                label = asked.catalog.metrics[name].label
                return say("scorecard", "headline", Label=label, value=row.cells[0].ref, period=period, extra=_versus(row))
    if gaps:
        first = gaps[0]
        return say("scorecard", "gap_headline", Label=first.info.label, value=first.own.ref, period=period)
    return say("scorecard", "nothing")


def _versus(row: Row) -> str:
    before, change = row.cells[1], row.cells[2]
    if before is None or change is None or before.value is None or not change.value:
        return ""
    words = {"direction": direction(change.value), "change": change.ref, "before": before.ref, "other": before.period or ""}
    return say("scorecard", "versus", **words)


def _row_of(table: Table, metric: str) -> Row | None:
    return next((row for row in table.rows if row.cells[0] is not None and row.cells[0].metric == metric), None)


def _changes(cards: list[tuple[str, Table]], asked: Asked, period: str) -> tuple[Finding, ...]:
    """Tell one figure a department, against the period before."""
    findings = []
    for title, table in cards[1:]:
        row = next((row for row in table.rows if row.cells[0] is not None and row.cells[0].value is not None), None)
        if row is None or row.cells[0] is None:
            continue
        label = asked.catalog.metrics[row.cells[0].metric].label
        text = say("scorecard", "department", title=title, label=lowered(label), value=row.cells[0].ref, period=period, extra=_versus(row))
        findings.append(Finding(text=text, kind="comparison"))
    return tuple(findings)


def _told(gaps: list[Gap], period: str) -> tuple[Finding, ...]:
    told = []
    for gap in [g for g in gaps if g.loses][:MOST_TOLD]:
        money = gap.money
        worth = say("scorecard", "worth", money=money.ref, period=period) if money is not None and money.value is not None else ""
        text = say(
            "scorecard",
            "gap",
            Label=gap.info.label,
            value=gap.own.ref,
            period=period,
            benchmark=gap.benchmark.ref,
            source=gap.source,
            other=gap.benchmark.period or "",
            side=say("directions", "lower" if (gap.gap.value or 0) < 0 else "higher"),
            gap=gap.gap.ref,
            worth=worth,
        )
        told.append(Finding(text=text, kind="benchmark"))
    return tuple(told)


def _recommendations(gaps: list[Gap]) -> tuple[RecommendationDraft, ...]:
    found = []
    for gap in gaps:
        advice = knowledge()["gaps"].get(gap.info.name) or {}
        if not gap.loses or gap.money is None or not gap.dollars or "action" not in advice:
            continue
        found.append(
            RecommendationDraft(
                action=advice["action"],
                owner_role=advice["owner"],
                impact=gap.money.ref,
                because=(gap.gap.ref.strip("{}"),),
                measure=advice["measure"],
            )
        )
    return tuple(found[:MOST_RECOMMENDED])


def _caveats(cards: list[tuple[str, Table]], gaps: list[Gap], period: str) -> tuple[str, ...]:
    caveats = []
    if any(not table.period_complete for _, table in cards):
        caveats.append(say("notes", "running", period=period))
        caveats.append(say("scorecard", "aligned"))
    if gaps:
        caveats.append(say("scorecard", "definitions"))
    if gaps and not any(gap.loses for gap in gaps):
        caveats.append(say("scorecard", "no_gap"))
    return tuple(caveats)


def _honest(cards: list[tuple[str, Table]], asked: Asked) -> tuple[str, ...]:
    return unequal_card_days(asked) if cards else ()
