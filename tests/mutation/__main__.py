# ruff: noqa: E501 - one case a line reads as a table
"""`python -m tests.mutation [RECORDS.jsonl]`: run every mutant and print the table. Ends with 1 when the bar is missed."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from tests.mutation.corpus import cases
from tests.mutation.harness import Row, judge, mutants, tally, trial

BAR, ROOM = 0.99, 0.01


def main(arguments: list[str]) -> int:
    corpus = cases(Path(arguments[0]) if arguments else None)
    rejected = [case.name for case in corpus if not judge(case).approved]
    trials = [trial(*found) for found in mutants(corpus)]
    rows = tally(trials)
    _print(rows)
    total, caught = len(trials), sum(t.caught for t in trials)
    missed_numbers = [t for t in trials if t.mutator.number and not t.caught]
    without = sum(t.without_coverage for t in trials)
    print(f"\n{total} mutants of {len(corpus)} answers by {len(rows)} mutators: {caught / total:.2%} caught, {without / total:.2%} without the coverage check")
    print(f"mutants that change a number the reader sees: {len(missed_numbers)} of {sum(t.mutator.number for t in trials)} not caught")
    print(f"untouched answers rejected: {len(rejected)} of {len(corpus)} {rejected or ''}")
    for name, count in Counter(t.checks[0] for t in trials if len(t.checks) == 1).most_common():
        print(f"  caught by {name} alone: {count}")
    for one in [t for t in trials if not t.caught][:40]:
        print(f"  NOT CAUGHT {one.mutator.name} / {one.case} #{one.number}: {one.mutant.draft.headline}")
    return 0 if caught / total >= BAR and not missed_numbers and len(rejected) <= ROOM * len(corpus) else 1


def _print(rows: list[Row]) -> None:
    print(f"{'mutator':38} {'number':6} {'mutants':>7} {'caught':>8} {'no cov.':>8}  caught by one check only")
    for row in rows:
        rate = f"{row.caught / row.mutants:.1%}" if row.mutants else "-"
        without = f"{row.without_coverage / row.mutants:.1%}" if row.mutants else "-"
        only = ", ".join(f"{name} {count}" for name, count in row.only.most_common(3))
        print(f"{row.mutator.name:38} {'yes' if row.mutator.number else '':6} {row.mutants:7} {rate:>8} {without:>8}  {only}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
