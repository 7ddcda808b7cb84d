"""`python -m bench.validate`: how long a verdict takes, on a small answer and on one the size of a scorecard.

The baseline of the same run is one JSON round trip of the same ledger, which a checkpoint costs anyway. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

from tests.evidence.corpus import OCT, SEP, Sample, build, samples, spec, word
from tests.evidence.world import METRICS, Request, ask, policy
from vendora_graph.contracts import Draft, Finding, Ledger, Plan
from vendora_graph.evidence.validate import validate

SMALL_LIMIT_MS, LARGE_LIMIT_MS = 2.0, 100.0
RUNS = 200


def scorecard() -> Sample:
    """Return an answer of sixty facts, twelve findings and three tables."""
    flows = [name for name, metric in METRICS.items() if metric.source != "stock" and metric.rules.unit != "minutes"]
    money = ask("t1", Request(tuple(flows[:6]), OCT, compare=SEP))
    rates = ask("t2", Request(tuple(flows[6:12]), OCT, compare=SEP))
    board = Request(("units_retail", "total_gross"), OCT, group_by=("salesperson",), order_by=("units_retail", "desc"), total=True)
    people = ask("t3", board)
    refs = build("how are we doing", money, rates, people)
    findings = []
    for result in (money, rates):
        for name in result.table.columns:
            metric = next((m for m in METRICS.values() if m.label == name), None)
            if metric is None:
                continue
            place = result.table.columns.index(name)
            now, before, move = (result.facts[cell or ""] for cell in result.table.cells[0][place : place + 3])
            text = f"{name} in {refs.p(OCT)}: {refs.f(now)}, {word(move)} {refs.f(move)} from {refs.f(before)} in {refs.p(SEP)}."
            flat = f"{name} in {refs.p(OCT)}: {refs.f(now)}, against {refs.f(before)} in {refs.p(SEP)}."
            findings.append(Finding(text=text if move.value else flat, kind="change"))
    draft = Draft(headline=findings[0].text, findings=tuple(findings), tables=(spec(money), spec(rates), spec(people)))
    plan = Plan(intent="scorecard", metrics=tuple(flows[:12]), period=OCT)
    return Sample("scorecard", "how are we doing", plan, draft, refs.ledger, policy())


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds."""
    run()
    laps = []
    for _ in range(RUNS):
        start = perf_counter()
        run()
        laps.append((perf_counter() - start) * 1000)
    return median(laps), sorted(laps)[int(RUNS * 0.95)]


def judge(sample: Sample) -> object:
    """Return the verdict on a sample, which must be an approval: a refusal could be quicker."""
    found = validate(sample.question, sample.plan, sample.draft, sample.ledger, sample.policy)
    assert found.approved, found.feedback
    return found


def main() -> int:
    """Print the table; return 1 when a limit is missed."""
    small, large = next(s for s in samples() if s.name == "to date 0"), scorecard()
    print(f"{'answer':12} {'facts':>5} {'findings':>8} {'p50 ms':>8} {'p95 ms':>8} {'limit':>6} {'json ms':>8}")
    late = False
    for name, sample, limit in (("small", small, SMALL_LIMIT_MS), ("scorecard", large, LARGE_LIMIT_MS)):
        p50, p95 = timed(lambda sample=sample: judge(sample))
        json_ms, _ = timed(lambda sample=sample: Ledger.model_validate_json(sample.ledger.model_dump_json()))
        late |= p50 > limit
        print(f"{name:12} {len(sample.ledger.facts):5} {len(sample.draft.findings):8} {p50:8.2f} {p95:8.2f} {limit:6.0f} {json_ms:8.2f}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
