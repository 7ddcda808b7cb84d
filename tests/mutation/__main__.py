"""`python -m tests.mutation [RECORDS.jsonl]`: every mutant of every approved golden answer, judged, as a table; 1 when the bar is missed.

Without a file of records the golden questions are asked of the demo first. The work is spread over the processors.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from tests.mutation.corpus import golden, load, made
from tests.mutation.harness import Brief, Row, judge, mutants, tally, trial
from tests.mutation.nouns import Case

BAR, ROOM, SHOWN = 0.99, 0.01, 60


def main(arguments: list[str]) -> int:
    corpus = [*made(), *(load(Path(arguments[0])) if arguments else _asked())]
    rejected = [case.name for case in corpus if not judge(case).approved]
    trials = [one for found in _judged(corpus) for one in found]
    rows = tally(trials)
    _print(rows)
    total, caught = len(trials), sum(t.caught for t in trials)
    missed_numbers = [t for t in trials if t.number_seen and not t.caught]
    without = sum(t.without_coverage for t in trials)
    print(f"\n{total} mutants of {len(corpus)} answers by {len(rows)} mutators: {caught / total:.2%} caught")
    print(f"without the coverage check: {without / total:.2%} caught")
    print(f"mutants that change a number the reader sees: {len(missed_numbers)} of {sum(t.number_seen for t in trials)} not caught")
    print(f"untouched answers rejected: {len(rejected)} of {len(corpus)} {rejected or ''}")
    for name, count in Counter(t.checks[0] for t in trials if len(t.checks) == 1).most_common():
        print(f"  caught by {name} alone: {count}")
    for one in [t for t in trials if not t.caught][:SHOWN]:
        print(f"  NOT CAUGHT {one.name} / {one.case} #{one.number}: {one.headline}")
    return 0 if caught / total >= BAR and not missed_numbers and len(rejected) <= ROOM * len(corpus) else 1


def _asked() -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        return golden(Path(folder))


def _judged(corpus: list[Case]) -> Iterator[list[Brief]]:
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        yield from pool.imap(_judge, corpus, chunksize=4)


def _judge(case: Case) -> list[Brief]:
    return [trial(*found).brief for found in mutants([case])]


def _print(rows: list[Row]) -> None:
    print(f"{'mutator':42} {'number':6} {'mutants':>7} {'caught':>8} {'no cov.':>8}  caught by one check only")
    for row in rows:
        rate = f"{row.caught / row.mutants:.1%}" if row.mutants else "-"
        without = f"{row.without_coverage / row.mutants:.1%}" if row.mutants else "-"
        only = ", ".join(f"{name} {count}" for name, count in row.only.most_common(3))
        print(f"{row.mutator.name:42} {'yes' if row.mutator.number else '':6} {row.mutants:7} {rate:>8} {without:>8}  {only}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
