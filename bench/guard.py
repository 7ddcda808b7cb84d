"""What the guard costs: medians over statements of our own, with plain parsing and writing as the baseline in the same run.

    python bench/guard.py [FILE.jsonl ...]   # files with {"sql", "dialect"} a line; without one, the test cases

Statements are taken with `any_table` where they come from files, and with a tenant's policy where they are ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from sqlglot.dialects.dialect import Dialect as Plain
from sqlglot.errors import SqlglotError

from vendora_graph.warehouse.guard import AccessPolicy, Dialect, GuardedShapes, examine
from vendora_graph.warehouse.tenancy import Tenancy

CASES = Path(__file__).resolve().parents[1] / "tests" / "guard" / "cases" / "legitimate.jsonl"
WARM_UP = 20
REPEAT = 3

Case = tuple[str, Dialect, AccessPolicy]


def load(files: Sequence[Path]) -> list[Case]:
    """Read statements; ours are scoped to a store."""
    anything, store = Tenancy.single().policy(()), Tenancy.dealership().policy(["dealer_001"])
    cases: list[Case] = []
    for path in files or [CASES]:
        for line in path.read_text(encoding="utf-8").splitlines():
            given = json.loads(line)
            ours = not files and not given["any_table"]
            cases.append((given["sql"], given["dialect"], store if ours else anything))
    return cases


def plain(sql: str, dialect: Dialect, policy: AccessPolicy) -> None:  # noqa: ARG001 - the same signature
    """Parse and write, as any program that handles SQL must; what cannot be read ends there."""
    grammar = Plain.get_or_raise(dialect)
    try:
        for tree in grammar.parse(sql):
            if tree is not None:
                grammar.generate(tree)
    except SqlglotError:
        return


def measure(run: Callable[[str, Dialect, AccessPolicy], object], cases: Sequence[Case]) -> list[float]:
    """Return the best of a few runs of each statement, in milliseconds."""
    for case in cases[:WARM_UP]:
        run(*case)
    times = []
    for case in cases:
        best = float("inf")
        for _ in range(REPEAT):
            started = perf_counter()
            run(*case)
            best = min(best, perf_counter() - started)
        times.append(best * 1000)
    return times


def row(name: str, times: list[float], baseline: list[float]) -> str:
    """Return one line of the table."""
    p95 = quantiles(times, n=20)[-1]
    return f"{name:<34}{len(times):>6}{median(times):>10.3f}{p95:>10.3f}{median(times) / median(baseline):>8.1f}x"


def main() -> None:
    """Print the table."""
    cases = load([Path(name) for name in sys.argv[1:]])
    shapes = GuardedShapes(size=len(cases) + 1)
    baseline = measure(plain, cases)
    full = measure(examine, cases)
    for case in cases:
        shapes.guard(*case)
    again = measure(shapes.guard, cases)
    accepted = sum(examine(*case).accepted for case in cases)
    print(f"{'ms a statement':<34}{'n':>6}{'median':>10}{'p95':>10}{'ratio':>9}")
    print(row("plain parse and write (baseline)", baseline, baseline))
    print(row("guard, first time", full, baseline))
    print(row("guard, shape already guarded", again, baseline))
    print(f"accepted {accepted} of {len(cases)} ({accepted / len(cases):.2%})")


if __name__ == "__main__":
    main()
