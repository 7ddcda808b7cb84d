"""Hand-made answers and a library that gives them: what the command line is tested with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from vendora_graph.contracts import (
    Analysis,
    Answer,
    AnswerMetadata,
    Check,
    Clarification,
    Definition,
    Fact,
    Period,
    QueryRecord,
    Recommendation,
    RenderedTable,
    Second,
    Status,
)
from vendora_graph.events import AnswerEvent, StepEvent

NOVEMBER = Period(start=date(2026, 11, 1), end=date(2026, 11, 12), label="November 2026 to date", complete=False)
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="October 2026", grain="month")
SEPTEMBER = Period(start=date(2026, 9, 1), end=date(2026, 9, 30), label="September 2026", grain="month")
PEOPLE = (("Ana Ruiz", "48210.50"), ("Chidi Okafor", "30500.25"), ("Dee", "11230.00"))


def fact(value: str | None, *, metric: str = "front_gross", period: Period | None = OCTOBER, unit: str = "usd", **slices: str) -> Fact:
    labels = tuple(sorted(slices.items()))
    amount = None if value is None else Decimal(value)
    name = f"{metric}|{labels}|{period.label if period else ''}|{value}"
    second = Second(value=amount, method="by day, recombined")
    return Fact(id=name, value=amount, unit=unit, metric=metric, label=metric, slice=labels, period=period, second=second)


def table_of(facts: list[Fact], *, columns: tuple[str, ...] = ("Salesperson", "Front gross")) -> RenderedTable:
    rows = tuple((one.slice[0][1] if one.slice else one.period.label, f"${one.value:,.2f}") for one in facts)
    return RenderedTable(title="Front gross by salesperson", columns=columns, rows=rows, facts=tuple((None, one.id) for one in facts))


def answered(facts: list[Fact], **more: object) -> Answer:
    fields = {"status": "answered", "question": "?", "summary": "Front gross was $89,940.75.", "evidence": tuple(facts), **more}
    return Answer.model_validate(fields)


def with_status(status: Status, summary: str = "A sentence.", **more: object) -> Answer:
    return Answer.model_validate({"status": status, "question": "?", "summary": summary, **more})


def rich_answer() -> Answer:
    facts = [fact(value, salesperson=name) for name, value in PEOPLE]
    chart = {
        "title": "Front gross by salesperson",
        "mark": "bar",
        "data": {"values": [{"who": name, "gross": value} for name, value in PEOPLE]},
        "encoding": {
            "y": {"field": "who", "type": "nominal"},
            "x": {"field": "gross", "type": "quantitative", "axis": {"format": "$,.0f"}},
        },
    }
    return answered(
        facts,
        analysis=Analysis(findings=("Ana Ruiz leads with $48,210.50.",), tables=(table_of(facts),)),
        visualization=chart,
        recommendations=(
            Recommendation(
                action="Approve deals under $500.",
                owner_role="sales_manager",
                impact="$14,300",
                formula="11 x $1,300",
                measure="share of such deals by 13 December.",
            ),
        ),
        definitions=(Definition(metric="front_gross", label="Front gross", text="Price less cost.", formula="sum(front_gross)"),),
        checks=(Check(name="references", passed=True), Check(name="assumptions", passed=False, reason="one stated assumption")),
        queries=(QueryRecord(id="q1", sql="SELECT SUM(front_gross) FROM deal", dialect="duckdb", rows=3, ms=1.5),),
        confidence_level="High",
        quality_score=Decimal("0.93"),
        assumptions=('"gross" was read as front gross.',),
        caveats=("November is still running.",),
        as_of=date(2026, 11, 13),
        data_through=date(2026, 11, 12),
        metadata=AnswerMetadata(
            agent_path=("L1_orchestrator", "L2_data_analyst"), trace=("orchestrator", "respond"), processing_time_ms=47.2
        ),
    )


def clarify() -> Answer:
    return with_status(
        "clarify",
        "Gross can mean two things.",
        clarification=Clarification(question="Front gross, or front and back?", options=("front gross", "total gross")),
    )


class FakeVendora:
    """Follows the library's protocol; answers come from `reply`, which may raise."""

    def __init__(self, reply: Callable[..., Answer], metrics: tuple[str, ...] = ("front_gross", "units_retail")) -> None:
        self.reply = reply
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.catalog = SimpleNamespace(metrics=dict.fromkeys(metrics))
        self.closed = False
        self.forgotten: list[str] = []

    def open(self, settings: object = None, **_: object) -> FakeVendora:
        self.settings = settings
        return self

    async def __aenter__(self) -> FakeVendora:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closed = True

    async def aask(self, question: str, **wishes: object) -> Answer:
        self.asked.append((question, wishes))
        return self.reply(question, **wishes)

    async def aforget(self, thread: str) -> None:
        self.forgotten.append(thread)

    async def sql_for(self, metric: str) -> str:
        return f"SELECT {metric} FROM deal"

    async def astream(self, question: str, **wishes: object) -> AsyncIterator[StepEvent | AnswerEvent]:
        yield StepEvent("data_analyst", "L2 data analyst", "asking for front gross")
        yield AnswerEvent(await self.aask(question, **wishes))
