"""The senior analyst's draft over scorecards and benchmarks: tables, gaps ranked by dollars, at most three recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from vendora_graph.contracts import Draft, Finding, RecommendationDraft, TableSpec
from vendora_graph.offline.asked import Asked, Call
from vendora_graph.offline.explanations import narrate_explanation
from vendora_graph.offline.honesty import preliminary, unequal_card_days
from vendora_graph.offline.oddities import narrate_anomalies
from vendora_graph.offline.results import Cell, Result, Row, Table
from vendora_graph.offline.senior_plans import knowledge
from vendora_graph.offline.words import NUMERAL, direction, filter_words, lowered, name_refs, say
from vendora_graph.semantic.catalog import MetricInfo

AUTHOR = "offline"
MOST_RECOMMENDED = 3
MOST_TOLD = 4
TITLES = ("benchmarks_title", "own_title")


@dataclass(frozen=True, slots=True)
class Gap:
    """One metric against its benchmark."""

    info: MetricInfo
    own: Cell
    benchmark: Cell
    gap: Cell
    money: Cell | None
    source: str
    trust: str

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
    """Return the draft over every table the calls gave; a branch that failed is a caveat."""
    both = zip(calls, results, strict=True)
    pairs = [(call, result, [table for table in result.tables if table.tool == call.tool]) for call, result in both]
    cards = [(str(call.args["title"]), table) for call, _, shown in pairs if call.tool == "scorecard" for table in shown]
    compared = [(result, shown) for call, result, shown in pairs if call.tool == "compare_to_benchmark" and shown]
    branches = [draft for call, result, shown in pairs if shown and (draft := _branch(asked, call, result)) is not None]
    gaps = _gaps(compared[0][1][0], compared[0][0], asked) if compared else []
    rest = [gap for gap in gaps if gap is not _first(gaps, asked)]
    own = compared[0][1][1] if compared and len(compared[0][1]) > 1 else None
    period = next((table.period for _, table in cards), compared[0][1][0].period if compared else None) or ""
    more = tuple(finding for draft in branches for finding in _of_branch(draft))
    failed = tuple(say("scorecard", "failed", part=_part(call, asked)) for call, result, _ in pairs if result.error)
    shown = [name for _, table in cards for row in table.rows if row.cells[0] is not None for name in (row.cells[0].metric,)]
    return Draft(
        headline=_headline(cards, gaps, period, asked, _where(asked, results)),
        findings=(*_changes(cards, asked), *_told(rest, asked), *_without(own, asked), *more),
        tables=_specs(cards, compared, branches),
        recommendations=_recommendations(gaps),
        caveats=(*_caveats(cards, gaps, own, period, asked), *_honest(cards, asked), *preliminary(asked, shown), *failed),
        chart=next((draft.chart for draft in branches if draft.chart is not None), None),
        author=AUTHOR,
    )


def _branch(asked: Asked, call: Call, result: Result) -> Draft | None:
    """Return a branch's own draft: what is out of line, or the cause of the worst gap."""
    if call.tool == "find_anomalies":
        return narrate_anomalies(asked, [result], whole=False)
    return narrate_explanation(asked, (call,), [result]) if call.tool == "explain_change" else None


def _specs(cards: list[tuple[str, Table]], compared: list[tuple[Result, list[Table]]], branches: list[Draft]) -> tuple[TableSpec, ...]:
    """Return the tables in order: departments, benchmarks and what has none, then two of each branch."""
    found = [TableSpec(ref="", table=table.id, title=title) for title, table in cards]
    for _, tables in compared[:1]:
        marks = [(table, title) for table, title in zip(tables, TITLES, strict=False) if table.rows]
        found += [TableSpec(ref="", table=table.id, title=say("scorecard", title)) for table, title in marks]
    found += [spec for draft in branches for spec in draft.tables[:2]]
    return tuple(spec.model_copy(update={"ref": f"t{n}"}) for n, spec in enumerate(found, start=1))


def _of_branch(draft: Draft) -> tuple[Finding, ...]:
    """Return a branch's first line as a finding, with what it found."""
    return (Finding(text=draft.headline, kind="change" if draft.chart is not None else "comparison"), *draft.findings)


def _part(call: Call, asked: Asked) -> str:
    """Return the words for a branch that failed."""
    if call.tool == "scorecard":
        return str(call.args["title"])
    metric = call.args.get("metric")
    return lowered(asked.catalog.metrics[metric].label) if metric else say("scorecard", call.tool)


def _gaps(marks: Table, result: Result, asked: Asked) -> list[Gap]:
    """Return the gaps: those worth most first; what only partly compares is marked so."""
    found = []
    for row in marks.rows:
        own, benchmark, gap, *rest = row.cells
        if own is None or benchmark is None or gap is None or gap.value is None:
            continue
        info = asked.catalog.metrics[own.metric]
        found.append(Gap(info, own, benchmark, gap, rest[0] if rest else None, benchmark.named.get("benchmark", ""), _trust(info, result)))
    named = asked.plan.metrics
    return sorted(found, key=lambda g: (-g.dollars, named.index(g.info.name) if g.info.name in named else len(named), g.info.name))


def _trust(info: MetricInfo, result: Result) -> str:
    """Return how far a benchmark carries: high, moderate where it is old or only partly comparable."""
    weak = next((part for part in result.words.split(";") if part.strip().startswith(f"{info.label}:")), "")
    return say("scorecard", "moderate" if weak else "high")


def _where(asked: Asked, results: list[Result]) -> str:
    tables = [table for result in results for table in result.tables]
    names = {**{k: v for t in tables for k, v in t.filter_names.items()}, **name_refs(tuple(tables))}
    return filter_words(asked.plan.filters, asked.catalog, names, list(dict.fromkeys(NUMERAL.findall(asked.question))))


def _headline(cards: list[tuple[str, Table]], gaps: list[Gap], period: str, asked: Asked, where: str) -> str:
    first = _first(gaps, asked)
    if first is not None:
        return _gap_line(first, "gap_first", f"{period}{where}")
    for name in asked.plan.metrics:
        for _, table in cards:
            row = _row_of(table, name)
            if row is not None and row.cells[0] is not None:
                label = asked.catalog.metrics[name].label
                return say("scorecard", "headline", Label=label, value=row.cells[0].ref, period=f"{period}{where}", extra=_versus(row))
    return say("scorecard", "nothing")


def _first(gaps: list[Gap], asked: Asked) -> Gap | None:
    """Return the gap that is told first: where opportunities are asked for the one worth most, of named figures theirs."""
    named = [gap for gap in gaps if gap.info.name in asked.plan.metrics]
    if asked.plan.intent == "recommend":
        return next((gap for gap in named if gap.loses and gap.dollars and gap is gaps[0]), None)
    return named[0] if named and asked.plan.intent == "benchmark" else None


def _versus(row: Row) -> str:
    before, change = row.cells[1], row.cells[2]
    if before is None or change is None or before.value is None or not change.value:
        return ""
    words = {"direction": direction(change.value), "change": change.ref, "before": before.ref, "other": before.period or ""}
    return say("scorecard", "versus", **words)


def _row_of(table: Table, metric: str) -> Row | None:
    return next((row for row in table.rows if row.cells[0] is not None and row.cells[0].metric == metric), None)


def _changes(cards: list[tuple[str, Table]], asked: Asked) -> tuple[Finding, ...]:
    """Tell one figure a department, against the period before; the first one has the headline."""
    findings = []
    for title, table in cards[1:]:
        row = next((row for row in table.rows if row.cells[0] is not None and row.cells[0].value is not None), None)
        if row is None or row.cells[0] is None:
            continue
        label = asked.catalog.metrics[row.cells[0].metric].label
        text = say("scorecard", "department", title=title, label=lowered(label), value=row.cells[0].ref, extra=_versus(row))
        findings.append(Finding(text=text, kind="comparison"))
    return tuple(findings)


def _told(gaps: list[Gap], asked: Asked) -> tuple[Finding, ...]:
    """Tell the gaps that lose; of figures that were asked for the others too."""
    asked_for = asked.plan.intent == "benchmark"
    told = [gap for gap in gaps if gap.loses or asked_for][:MOST_TOLD]
    return tuple(Finding(text=_gap_line(gap, "gap"), kind="benchmark") for gap in told)


def _gap_line(gap: Gap, pattern: str, period: str = "") -> str:
    money = gap.money
    worth = say("scorecard", "worth", money=money.ref) if money is not None and money.value is not None else ""
    return say(
        "scorecard",
        pattern,
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


def _without(own: Table | None, asked: Asked) -> tuple[Finding, ...]:
    """Tell the asked figures that have no comparable benchmark: against their own year before, and their target."""
    found = []
    for row in own.rows if own is not None else ():
        now, before, change, target, gap = row.cells
        if now is None or now.metric not in asked.plan.metrics:
            continue
        words = {"Label": asked.catalog.metrics[now.metric].label, "value": now.ref}
        if before is not None and change is not None and change.value:
            extra = {"direction": direction(change.value), "change": change.ref, "before": before.ref, "other": before.period or ""}
            found.append(Finding(text=say("scorecard", "own_past", **words, **extra), kind="comparison"))
        if target is not None and gap is not None and gap.value:
            sided = {"side": say("directions", "lower" if gap.value < 0 else "higher"), "gap": gap.ref, "target": target.ref}
            found.append(Finding(text=say("scorecard", "own_target", **sided, **words), kind="comparison"))
    return tuple(found)


def _recommendations(gaps: list[Gap]) -> tuple[RecommendationDraft, ...]:
    """Return at most three, by dollars: each gap is of another kind of gross, so they do not overlap."""
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
                measure=say("scorecard", "measure", measure=advice["measure"], trust=gap.trust),
            )
        )
    return tuple(found[:MOST_RECOMMENDED])


def _caveats(cards: list[tuple[str, Table]], gaps: list[Gap], own: Table | None, period: str, asked: Asked) -> tuple[str, ...]:
    caveats = []
    if any(not table.period_complete for _, table in cards):
        caveats.append(say("notes", "running", period=period))
        if not unequal_card_days(asked):
            caveats.append(say("scorecard", "aligned"))
    if gaps:
        caveats.append(say("scorecard", "definitions"))
    if own is not None and own.rows:
        caveats.append(say("scorecard", "without"))
    if gaps and not any(gap.loses for gap in gaps):
        caveats.append(say("scorecard", "no_gap"))
    return tuple(caveats)


def _honest(cards: list[tuple[str, Table]], asked: Asked) -> tuple[str, ...]:
    return unequal_card_days(asked) if cards else ()
