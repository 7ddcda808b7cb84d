"""Build the answer from the state of a turn: proven, partly proven, or without data."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vendora_graph.contracts import (
    Analysis,
    Answer,
    AnswerMetadata,
    Check,
    Clarification,
    Definition,
    Draft,
    Fact,
    Ledger,
    Plan,
    RenderedTable,
    Status,
    Verdict,
)
from vendora_graph.evidence.names import inert, plain_name
from vendora_graph.evidence.references import key_of, references
from vendora_graph.evidence.render import render_draft, render_value
from vendora_graph.evidence.wording import masked
from vendora_graph.tools.access_gate import held_to_own
from vendora_graph.tools.charts import chart_spec
from vendora_graph.tools.definitions import definitions_of, told_definition
from vendora_graph.tools.rounds import denials
from vendora_graph.tools.sayings import say

if TYPE_CHECKING:
    from vendora_graph.services import Services
    from vendora_graph.state import State

LEVELS = {"data_analyst": "L2_data_analyst", "senior_analyst": "L2_senior_analyst", "rescue": "L2_offline_analyst"}


def answer_proven(state: State, services: Services, thread: str) -> Answer:
    """Return the answer of an approved draft."""
    draft, ledger, verdict = state["draft"], state["ledger"], state["verdict"]
    assert draft is not None and verdict is not None  # noqa: S101, PT018 - the router sends only approved drafts here
    labels = {name: info.label for name, info in services.catalog.dimensions.items()}
    rendered = render_draft(draft, ledger, withheld=verdict.withheld, labels=labels)
    facts = used_facts(draft, ledger, verdict)
    definitions = definitions_of(facts, state["reading"], services.catalog)
    own = say("own_only") if held_to_own(state["reading"]) and facts else ""
    summary = own + (told_definition(draft, definitions) or rendered.headline)
    extra = (*((say("rescued"),) if state.get("rescued") else ()), *_unused(state), *_unusual(verdict, ledger))
    return Answer(
        status=_status(facts, verdict, state["reading"].plan),
        question=state["question"],
        summary=summary,
        analysis=rendered.analysis,
        recommendations=rendered.recommendations,
        confidence_level=verdict.level,
        quality_score=verdict.score,
        definitions=definitions,
        visualization=chart_spec(draft.chart, ledger, services.catalog),
        evidence=facts,
        assumptions=tuple(dict.fromkeys(map(inert, (*_read_as(state), *state["reading"].assumptions, *rendered.assumptions)))),
        caveats=(*extra, *rendered.caveats),
        alternatives=state["routing"].alternatives,
        **common(state, facts, services, thread),
    )


def _read_as(state: State) -> tuple[str, ...]:
    """Say how the question was read: where the reader is also the analyst, the asker is the one who can check it."""
    restated = state["reading"].restated
    return (say("read_as").format(reading=restated),) if restated and state.get("author") == "offline" else ()


def _unused(state: State) -> tuple[str, ...]:
    """Name the words of the question that nothing used: none is dropped in silence."""
    words = state["reading"].unused
    return (say("unused").format(words=", ".join(plain_name(word) for word in words)),) if words else ()


def _unusual(verdict: Verdict, ledger: Ledger) -> tuple[str, ...]:
    """Name what is unlike the store's own past: it may be so, or the data may be wrong."""
    found = next((check for check in verdict.checks if check.name == "samples.history" and not check.passed), None)
    labels = [ledger.facts[ref].label for ref in found.refs if ref in ledger.facts] if found else []
    return (say("unusual").format(labels=", ".join(dict.fromkeys(labels))),) if labels else ()


def _status(facts: tuple[Fact, ...], verdict: Verdict, plan: Plan | None) -> Status:
    """Nothing in the period asked for is no answer, though the period it is compared with, or the whole, may hold something."""
    asked = [f for f in facts if plan is not None and f.grade == "metric" and f.metric in plan.metrics and f.period == plan.period]
    if facts and all(fact.value is None for fact in asked or facts):
        return "empty"
    rows = [f for f in asked if plan is not None and {d for d, _ in f.slice} >= set(plan.group_by)]
    if asked and not rows and not verdict.withheld:  # `anyone under 85%`
        return "empty"
    return "partial" if verdict.withheld else "answered"


def answer_unproven(state: State, services: Services, thread: str) -> Answer:
    """Return what passed of a draft that did not: a table of proven facts, or nothing but the reason."""
    ledger, verdict = state["ledger"], state.get("verdict")
    facts = tuple(f for f in ledger.facts.values() if _agrees(f))
    reason = _why(state)
    if verdict is None and reason == state.get("failure_reason") and reason:
        return Answer(
            status="not_allowed" if reason in denials(state["messages"]) else "not_held",
            question=state["question"],
            summary=reason,
            alternatives=state["routing"].alternatives,
            **common(state, (), services, thread),
        )
    if not facts or verdict is None:
        return Answer(
            status="withheld",
            question=state["question"],
            summary=say("withheld"),
            caveats=(reason,),
            alternatives=state["routing"].alternatives,
            **common(state, (), services, thread),
        )
    return Answer(
        status="partial",
        question=state["question"],
        summary=say("partial"),
        analysis=Analysis(tables=(_facts_table(facts),)),
        confidence_level="Low",
        quality_score=verdict.score,
        definitions=definitions_of(facts, state["reading"], services.catalog),
        evidence=facts,
        caveats=(reason,),
        **common(state, facts, services, thread),
    )


def _why(state: State) -> str:
    """Return why nothing was proven; a tool's own sentence where the offline analyst met one."""
    if state.get("failure") == "limit":
        return say("limit")
    if state.get("failure") == "model_output" and state.get("author") == "offline" and state.get("failure_reason"):
        return state["failure_reason"]
    return say("unproven")


def _agrees(fact: Fact) -> bool:
    return fact.grade == "metric" and fact.second is not None and fact.value is not None and fact.second.value == fact.value


def _facts_table(facts: Iterable[Fact]) -> RenderedTable:
    chosen = sorted(facts, key=lambda f: (f.label, f.slice, f.period.start if f.period else None, f.id))[:50]
    rows = tuple(
        (f.label, ", ".join(plain_name(v) for _, v in f.slice), f.period.label if f.period else "", render_value(f.value, f.unit))
        for f in chosen
    )
    cells = tuple((None, None, None, f.id) for f in chosen)
    return RenderedTable(title=say("partial_title"), columns=("Metric", "For", "Period", "Value"), rows=rows, facts=cells)


def answer_without_data(state: State, services: Services, thread: str) -> Answer:
    """Return a question back, a refusal, or what is not held; no figure is involved."""
    routing = state["routing"]
    status: Status = "clarify" if routing.status in ("clarify", "unread") else routing.status  # type: ignore[assignment]  # plan is excluded by the caller
    clarification = None
    if status == "clarify":
        question = inert(routing.clarification or say("clarify"))
        clarification = Clarification(question=question, options=tuple(map(inert, routing.options or routing.alternatives)))
    return Answer(
        status=status,
        question=state["question"],
        summary=inert(routing.reason) or (clarification.question if clarification else say(status)),
        clarification=clarification,
        alternatives=tuple(map(inert, routing.alternatives)),
        **common(state, (), services, thread),
    )


def used_facts(draft: Draft, ledger: Ledger, verdict: Verdict) -> tuple[Fact, ...]:
    """Return the facts a reader sees, and the parts of derived ones, in a fixed order; withheld ones are left out."""
    wanted: dict[str, None] = {}
    for text in _texts(draft):
        wanted.update(dict.fromkeys(ledger.numbers[ref] for ref in references(text) if ref in ledger.numbers))
    impacts = [key_of(item.impact) for item in draft.recommendations if item.impact]
    wanted.update(dict.fromkeys(ledger.numbers[ref] for ref in impacts if ref in ledger.numbers))
    for spec in draft.tables:
        for row in ledger.tables[spec.table].cells:
            wanted.update(dict.fromkeys(cell for cell in row if cell))
    queue = list(wanted)
    while queue:
        for part in ledger.facts[queue.pop()].parts:
            if part in ledger.facts and part not in wanted:
                wanted[part] = None
                queue.append(part)
    return tuple(ledger.facts[i] for i in wanted if i not in verdict.withheld)


def _texts(draft: Draft) -> tuple[str, ...]:
    recommended = (text for item in draft.recommendations for text in (item.action, item.measure))
    return (draft.headline, *(f.text for f in draft.findings), *recommended, *draft.caveats, *draft.assumptions)


def common(state: State, facts: tuple[Fact, ...], services: Services, thread: str) -> dict[str, Any]:
    """Return the fields every answer has."""
    ledger = state["ledger"]
    plan = state["reading"].plan
    bases = tuple(dict.fromkeys(fact.basis for fact in facts if fact.basis))
    return {
        "period": plan.period if plan else None,
        "basis": "; ".join(bases),
        "checks": _checks(state),
        "rejected": tuple(state["rejected"]),
        "queries": tuple(ledger.queries[key] for key in sorted(ledger.queries)),
        "data_sources": _sources(facts, services),
        "as_of": state["as_of"],
        "data_through": state["data_through"],
        "metadata": _metadata(state, thread),
    }


def _checks(state: State) -> tuple[Check, ...]:
    """Return the checks of the last verdict; of a draft that is not delivered, without the figures it typed."""
    verdict = state.get("verdict")
    if verdict is None:
        return ()
    if verdict.approved and state.get("deliver"):
        return (*_overruled(state), *verdict.checks)
    return (*_overruled(state), *(check.model_copy(update={"reason": masked(check.reason)}) for check in verdict.checks))


def _overruled(state: State) -> tuple[Check, ...]:
    """Say that the orchestrator's model would have turned the question away."""
    decision = state["routing"].overruled
    return (Check(name="routing.overruled", passed=True, reason=say("overruled").format(decision=decision)),) if decision else ()


def _sources(facts: tuple[Fact, ...], services: Services) -> tuple[str, ...]:
    tables = {t for f in facts if f.metric in services.catalog.metrics for t in services.catalog.metrics[f.metric].tables}
    return tuple(sorted(tables))


def _metadata(state: State, thread: str) -> AnswerMetadata:
    usage = state["usage"]
    analyst = state.get("analyst")
    path = ("L1_orchestrator",) if analyst is None else ("L1_orchestrator", LEVELS[analyst])
    models = tuple(dict.fromkeys((*usage.models, *(("offline",) if state.get("rescued") else ()))))
    return AnswerMetadata(
        task_id=f"{thread}:{state['turn']}" if thread else str(state["turn"]),
        thread_id=thread,
        complexity=state["routing"].complexity,
        agent_path=path,
        trace=tuple(state["trace"]),
        revision_count=state["revisions"],
        processing_time_ms=round((time.time() - state["started"]) * 1000, 3),
        model=", ".join(models) or "offline",
        tokens=usage.tokens,
        cost_usd=usage.cost_usd,
        cached=usage.cached_calls > 0,
    )


__all__ = ["Definition", "answer_proven", "answer_unproven", "answer_without_data"]
