"""From results to a draft: sentences from patterns, figures as references. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vendora_graph.contracts import ChartSpec, Draft, Finding, TableSpec
from vendora_graph.errors import ModelOutputError
from vendora_graph.offline import sentences
from vendora_graph.offline.asked import Asked, Call
from vendora_graph.offline.explanations import narrate_explanation
from vendora_graph.offline.honesty import ahead, few_records, nothing_kept, preliminary, unclosed_behind, unequal_days, uneven_days
from vendora_graph.offline.moved_lines import averaged, first_record, moved_first, without_rows
from vendora_graph.offline.oddities import narrate_anomalies
from vendora_graph.offline.place_lines import placed
from vendora_graph.offline.planner import apart, asks_share, calls_for, compared
from vendora_graph.offline.projections import narrate_forecast, narrate_pace, told_beside
from vendora_graph.offline.reconciling import narrate_reconciliation
from vendora_graph.offline.results import Done, Result, Table, row_value
from vendora_graph.offline.scenarios import narrate_scenario
from vendora_graph.offline.scorecards import narrate_scorecard
from vendora_graph.offline.share_lines import share_trend
from vendora_graph.offline.target_lines import narrate_target
from vendora_graph.offline.words import lowered, say
from vendora_graph.semantic.catalog import MetricInfo

AUTHOR = "offline"


def narrate(asked: Asked, done: Done) -> Draft:
    """Return the draft for a reading whose calls are all answered.

    Raises:
        ModelOutputError: A tool refused what the plan asks for; the message is the tool's.
    """
    calls = calls_for(asked, done)
    results = [done.results[call.id] for call in calls]
    draft = _draft(asked, calls, results)
    return draft.model_copy(update={"caveats": (*draft.caveats, *few_records(asked, draft, results))})


def _draft(asked: Asked, calls: tuple[Call, ...], results: list[Result]) -> Draft:
    refused = next((result.error for result in results if result.error), "")
    if refused and not (calls[0].tool == "scorecard" and any(result.tables for result in results)):
        raise ModelOutputError(refused)
    if asked.plan.intent == "definition" or not calls:
        return _definition(asked)
    if calls[0].tool != "query_metrics" and calls[-1].tool == "query_metrics":
        whole = _senior(asked, calls[:-1], results[:-1])
        if whole is not None:
            return _with_rows(_with_held(whole, calls, results, asked), results[-1], asked)
    senior = _senior(asked, calls, results)
    if senior is not None:
        return senior
    table = results[0].main
    told = _tell(asked, table, results)
    if apart(asked) is not None and len(results) > 1:
        told = _beside(told, asked, results[1].tables[0])
    return told.model_copy(
        update={
            "author": AUTHOR,
            "caveats": (
                *told.caveats,
                *_caveats(table, coming=bool(ahead(asked, table.period))),
                *unequal_days(asked), *uneven_days(asked),
                *preliminary(asked),
                *ahead(asked, table.period),
            ),
        }
    )


def _beside(draft: Draft, asked: Asked, table: Table) -> Draft:
    """Return a draft with the same figures of another period, of another length: told, not subtracted."""
    other = sentences.Told(asked, table, compares=False)
    if other.empty:
        return draft
    spec = TableSpec(ref=f"t{len(draft.tables) + 1}", table=table.id, title=other.infos[0].label)
    texts = () if asked.plan.group_by else tuple(other.of_other(index) for index in range(len(other.infos)))
    return draft.model_copy(
        update={
            "findings": (*draft.findings, *(Finding(text=text, kind="value") for text in texts)),
            "tables": (*draft.tables, spec),
            "caveats": (*draft.caveats, say("notes", "unequal_length")),
        }
    )


def _with_held(draft: Draft, calls: tuple[Call, ...], results: list[Result], asked: Asked) -> Draft:
    """Return a projection's draft with the figures of the period it is held against."""
    against = asked.plan.comparison is not None and asked.plan.comparison.period is not None
    if calls[0].tool != "pace" or not against or not results[1].tables:
        return draft
    return draft.model_copy(update={"findings": (*told_beside(asked, results[1].tables[0]), *draft.findings)})


def _with_rows(draft: Draft, result: Result, asked: Asked) -> Draft:
    """Return a senior draft with the rows the question also asked for as one more table."""
    if not result.tables:
        return draft
    spec = TableSpec(ref=f"t{len(draft.tables) + 1}", table=result.tables[0].id, title=asked.catalog.metrics[asked.plan.metrics[0]].label)
    return draft.model_copy(update={"tables": (*draft.tables, spec)})


def _senior(asked: Asked, calls: tuple[Call, ...], results: list[Result]) -> Draft | None:
    """Return the draft of a complex question by the tool it begins with; None for a plain query."""
    first = calls[0].tool
    if first == "explain_change":
        draft = narrate_explanation(asked, calls, results)
    elif first in ("scorecard", "compare_to_benchmark"):
        return narrate_scorecard(asked, calls, results)
    elif first in _ONE_TOOL:
        draft = _ONE_TOOL[first](asked, results)
    else:
        return None
    behind = [cell.metric for result in results for table in result.tables for row in table.rows for cell in row.cells if cell is not None]
    held = preliminary(asked, behind)
    honest = {"forecast": unclosed_behind(asked), "pace": held}.get(first, (*unequal_days(asked), *held))
    return draft.model_copy(update={"caveats": (*draft.caveats, *honest)})


_ONE_TOOL: Mapping[str, Callable[[Asked, list[Result]], Draft]] = {
    "find_anomalies": narrate_anomalies,
    "what_if": narrate_scenario,
    "reconcile": narrate_reconciliation,
    "forecast": narrate_forecast,
    "pace": narrate_pace,
    "compare_to_target": narrate_target,
}


def _tell(asked: Asked, table: Table, results: list[Result]) -> Draft:
    told = sentences.Told(asked, table, compared(asked) is not None)
    plan = asked.plan
    hollow = bool(plan.group_by) and not any(row_value(row, told.column(0)) is not None for row in told.table.body)
    if told.empty or told.nobody or hollow:
        shown = (told.table_spec(),) if len(told.table.rows) > 1 or len(told.infos) > 1 else ()
        return Draft(headline=told.no_group() if told.nobody and not told.empty else told.nothing(), findings=(), tables=shown)
    if plan.grain is not None:
        return _trend(told, results) if plan.ranking is None else _with_table(told, told.bucket(), chart="bar")
    if plan.intent == "list":
        return _with_table(told, first_record(told) or told.listing())
    if plan.group_by:
        return _with_table(told, moved_first(told) or placed(told) or told.grouped(), chart="bar")
    if asks_share(plan) and len(results) > 2:  # noqa: PLR2004
        return _share(told, results)
    return _figure(told)


def _share(told: sentences.Told, results: list[Result]) -> Draft:
    """The share first, then its part and its whole."""
    whole, share = (result.tables[0].rows[0].cells[0] for result in results[1:3])
    return Draft(headline=told.share(share, whole), findings=(), caveats=told.small())


def _figure(told: sentences.Told) -> Draft:
    findings = [Finding(text=text, kind="change") for text in told.changes(0)]
    for index in range(1, len(told.infos)):
        findings.append(Finding(text=told.plain(index), kind="value"))
        findings.extend(Finding(text=text, kind="change") for text in told.changes(index))
    tables = (told.table_spec(),) if len(told.infos) > 1 or told.compares else ()
    caveats = (*told.small(), *nothing_kept(told.asked, told.table.body[0]))
    return Draft(headline=told.figure(), findings=tuple(findings), tables=tables, caveats=caveats)


def _with_table(told: sentences.Told, headline: str, chart: str | None = None) -> Draft:
    findings = [Finding(text=text, kind="rank") for text in told.notes()]
    return Draft(
        headline=headline,
        findings=tuple(findings),
        tables=(told.table_spec(),),
        chart=_chart(told, "bar") if chart else None,
        caveats=without_rows(told),
    )


def _trend(told: sentences.Told, results: list[Result]) -> Draft:
    changes = [table.rows[0].cells[0] for result in results[1:] for table in result.tables]
    headline = told.trend(0, changes[0] if changes else None)
    more = [told.trend(i, changes[i] if i < len(changes) else None) for i in range(1, len(told.infos))]
    if told.asked.plan.averaged and len(changes) == len(told.infos):
        headline, *more = (averaged(told, i, mean) for i, mean in enumerate(changes))
    moved = changes[len(told.infos)] if len(changes) > len(told.infos) else None
    share = share_trend(told.asked, told.table, moved, told.words())
    if share is not None:
        headline, more = share, [headline, *more]
    return Draft(
        headline=headline,
        findings=tuple(Finding(text=text, kind="trend") for text in more),
        tables=(told.table_spec(),),
        chart=_chart(told, "line"),
    )


def _chart(told: sentences.Told, kind: str) -> ChartSpec | None:
    first = told.table.body[0].names
    if not first:
        return None
    plan = told.asked.plan
    x = plan.grain if plan.grain and plan.grain in first else plan.group_by[0]
    return ChartSpec(table=told.table.id, kind="line" if kind == "line" else "bar", x=x, y=(told.infos[0].label,))


def _definition(asked: Asked) -> Draft:
    infos: list[MetricInfo] = [asked.catalog.metrics[name] for name in asked.plan.metrics if name in asked.catalog.metrics]
    if not infos:
        raise ModelOutputError("The question names no metric of this model.")
    headline = say("definition", "headline", label=lowered(infos[0].label))
    return Draft(
        headline=headline,
        findings=(Finding(text=say("definition", "finding"), kind="definition"),),
        author=AUTHOR,
    )


def _caveats(table: Table, *, coming: bool) -> tuple[str, ...]:
    notes = []
    if not table.period_complete and table.period and not coming:
        notes.append(say("notes", "running", period=table.period))
    if table.note == "truncated":
        notes.append(say("notes", "truncated"))
    return tuple(notes)


__all__ = ["TableSpec", "narrate"]
