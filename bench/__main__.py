"""Whole questions over the demo, warm: how long, how much of it in which node, and how much a bare graph and the bare SQL take.

Questions and SQL are an even sample of the golden questions. Each is asked once before it is measured: its shapes are compiled then;
answers are kept nowhere. The baseline is a LangGraph graph with as many supersteps, the same SQLite checkpointer and durability `sync`,
whose first node runs the hand-written SQL; both are measured in turn, each question on a thread of its own. Then the owner's scorecard
question, a whole cold process, its memory, the building of the demo, and how far off pace and forecast are.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from uuid import uuid4

import duckdb
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from typing_extensions import TypedDict

from bench import forecast
from bench.proof import Proof, measure_proof
from bench.questions import ROOT, SCORECARD, WARM_UP, sampled
from vendora_graph import Vendora
from vendora_graph.checkpoint import open_checkpointer
from vendora_graph.evaluation.cases import Case
from vendora_graph.evaluation.report import percentile
from vendora_graph.events import AnswerEvent
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import ensure_demo

P50_LIMIT_MS, P95_LIMIT_MS, TIMES_BASELINE = 60.0, 150.0, 3.0


@dataclass
class Measured:
    """Milliseconds of each question, of each node, and of the baseline of the same question."""

    total: list[float] = field(default_factory=list)
    baseline: list[float] = field(default_factory=list)
    nodes: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: list[str] = field(default_factory=list)
    cards: list[float] = field(default_factory=list)
    proof: Proof = field(default_factory=Proof)


class Counted(TypedDict):
    """The bare graph's state."""

    rows: int


async def ask(vendora: Vendora, case: Case) -> tuple[float, dict[str, float], str, int]:
    """Ask once; return milliseconds, milliseconds by node, the status, and how many nodes ran."""
    begun = last = perf_counter()
    node, nodes = "opening", defaultdict[str, float](float)
    wishes = {"dealership": case.dealership, "role": case.role, "person": case.person, "as_of": case.as_of}
    async for event in vendora.astream(case.question, thread=uuid4().hex, **wishes):
        now = perf_counter()
        nodes[node] += (now - last) * 1000
        last = now
        if isinstance(event, AnswerEvent):
            return (now - begun) * 1000, dict(nodes), event.answer.status, len(event.answer.metadata.trace)
        node = event.node
    raise SystemExit(f"{case.id}: no answer")


async def bare(connection: duckdb.DuckDBPyConnection, sql: str, supersteps: int, saver: BaseCheckpointSaver[str]) -> float:
    """Run the hand-written SQL in a graph of as many nodes; return milliseconds (the graph is compiled before the clock starts)."""
    graph = StateGraph(Counted)

    async def query(_: Counted) -> Counted:
        rows = await asyncio.to_thread(lambda: connection.cursor().execute(sql).fetchall())
        return {"rows": len(rows)}

    async def nothing(state: Counted) -> Counted:
        return {"rows": state["rows"]}

    names = [f"n{number}" for number in range(max(supersteps, 1))]
    for number, name in enumerate(names):
        graph.add_node(name, nothing if number else query)
        graph.add_edge(names[number - 1] if number else START, name)
    graph.add_edge(names[-1], END)
    compiled = graph.compile(checkpointer=saver)
    begun = perf_counter()
    await compiled.ainvoke({"rows": 0}, {"configurable": {"thread_id": uuid4().hex}}, durability="sync")
    return (perf_counter() - begun) * 1000


async def measure(settings: Settings, cases: list[Case]) -> Measured:
    """Warm up, then measure each question and its baseline in turn."""
    measured = Measured()
    path = ensure_demo(settings.cache_dir)
    raw = path.with_suffix(".bench.duckdb")  # a second file: one process opens one file with one configuration only
    raw.unlink(missing_ok=True)
    raw.hardlink_to(path)
    try:
        async with AsyncExitStack() as stack:
            vendora = await stack.enter_async_context(Vendora.open(settings))
            elsewhere = settings.model_copy(update={"cache_dir": settings.cache_dir / "bare"})
            saver = await open_checkpointer(elsewhere, stack)
            connection = duckdb.connect(str(raw), read_only=True)
            for case in cases[:WARM_UP]:
                await ask(vendora, case)
            gc.collect()
            for case in cases[WARM_UP:]:
                await _compare(measured, case, vendora, connection, saver)
            connection.close()
            measured.cards, measured.proof = await scorecards(vendora), await measure_proof(vendora, cases[WARM_UP:])
    finally:
        raw.unlink(missing_ok=True)
    return measured


async def _compare(
    measured: Measured, case: Case, vendora: Vendora, connection: duckdb.DuckDBPyConnection, saver: BaseCheckpointSaver[str]
) -> None:
    """Add one question and its baseline, each measured at the second time."""
    await ask(vendora, case)  # its shape is compiled; answers are not kept anywhere
    total, nodes, status, supersteps = await ask(vendora, case)
    await bare(connection, case.gold_sql or "", supersteps, saver)
    measured.baseline.append(await bare(connection, case.gold_sql or "", supersteps, saver))
    measured.total.append(total)
    measured.statuses.append(status)
    for node, ms in nodes.items():
        measured.nodes[node].append(ms)


async def scorecards(vendora: Vendora) -> list[float]:
    """Return the milliseconds of the owner's complex question, warm."""
    times = []
    for number in range(12):
        begun = perf_counter()
        answer = await vendora.aask(SCORECARD, thread=uuid4().hex, role="dealer_principal")
        if number > 1:
            times.append((perf_counter() - begun) * 1000)
        if answer.status != "answered":
            raise SystemExit(f"the scorecard question is {answer.status}: {answer.summary}")
    return times


def processes(cache: Path) -> list[str]:
    """Return lines on whole processes: a cold question against the imports it cannot do without, its memory, the demo's building."""
    environment = {"VENDORA_CACHE_DIR": str(cache), "PATH": "/usr/bin:/bin"}
    ask = [sys.executable, "-m", "vendora_graph", "ask", "units last month"]
    cold = median(_seconds(ask, environment) for _ in range(5))
    imports = median(_seconds([sys.executable, "-c", "import langgraph.graph, duckdb"], environment) for _ in range(5))
    watched = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True, check=True); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    run = subprocess.run([sys.executable, "-c", watched, *ask], capture_output=True, check=True, env=environment, text=True)
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        ensure_demo(Path(folder))
        built = perf_counter() - begun
    return [
        f"Cold `vendora ask`: {cold:.2f} s, {cold / imports:.2f} times `import langgraph.graph, duckdb` ({imports:.2f} s).",
        f"Resident memory of `vendora ask`: {float(run.stdout):.0f} MB. The demo is built in {built:.1f} s.",
    ]


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    begun = perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return perf_counter() - begun


def table(measured: Measured) -> str:
    """Return the result as Markdown."""
    whole = sum(measured.total)
    lines = ["| what | p50 ms | p95 ms | max ms | share |", "|---|---|---|---|---|"]
    rows = [("question, end to end", measured.total), ("baseline: bare graph and bare SQL", measured.baseline)]
    rows += [("the owner's scorecard question", measured.cards)]
    rows += [(f"node {name}", values) for name, values in sorted(measured.nodes.items(), key=lambda item: -sum(item[1]))]
    for name, values in rows:
        share = f"{100 * sum(values) / whole:.0f}%"
        lines.append(f"| {name} | {median(values):.1f} | {percentile(values, 95):.1f} | {max(values):.1f} | {share} |")
    answered = measured.statuses.count("answered")
    ratio = median(measured.total) / median(measured.baseline)
    lines += ["", f"{len(measured.total)} questions, {answered} answered. p50 is {ratio:.1f} times the baseline's."]
    lines += ["", *measured.proof.lines()]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, print and write the table; end with 1 when a limit of the project is missed."""
    settings = Settings.load(warehouse="demo", model="offline")
    measured = asyncio.run(measure(settings, sampled()))
    heading = "\n## Pace and forecast beside the same month of last year\n\n"
    errors = heading + "\n".join(asyncio.run(forecast.measure(settings))) + "\n"
    text = table(measured) + "\n" + "\n".join(processes(settings.cache_dir)) + "\n" + errors
    sys.stdout.write(text)
    (ROOT / "bench/results.md").write_text(f"# `make bench`\n\n{text}", encoding="utf-8")
    p50, p95 = median(measured.total), percentile(measured.total, 95)
    kept = p50 <= P50_LIMIT_MS and p95 <= P95_LIMIT_MS and p50 <= TIMES_BASELINE * median(measured.baseline)
    return 0 if kept and measured.proof.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
