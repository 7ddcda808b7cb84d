"""The questions that are measured: an even sample of the golden ones, and the owner's scorecard."""

from __future__ import annotations

from pathlib import Path

from vendora_graph.evaluation.cases import Case, load_cases

ROOT = Path(__file__).parents[1]
WARM_UP, QUESTIONS = 5, 50
SCORECARD = (
    "Analyze our Q4 performance across all departments, compare with industry benchmarks, and provide strategic recommendations "
    "for 2024 growth initiatives."
)


def sampled() -> list[Case]:
    """Return the sample, those that warm up first."""
    cases = [case for case in load_cases(ROOT / "tests/golden") if case.gold_sql and not case.then]
    return cases[:: max(1, len(cases) // (WARM_UP + QUESTIONS))][: WARM_UP + QUESTIONS]
