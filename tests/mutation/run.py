"""`python -m tests.mutation`: every mutant of every approved golden answer, judged, as a table; 1 when the bar is missed.

The golden questions and those of the golden plans are asked of the demo first, unless a file of records is given: then only those are
judged. `--answers` and `--mutants` bound it: an even sample of the questions, the first mutants of each mutator and answer. The work is
spread over the processors, from this module: a process that is spawned does not find what stands in a package's `__main__`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from tests.mutation.corpus import golden, load, made
from tests.mutation.harness import Brief, Row, judge, mutants, tally, trial
from tests.mutation.nouns import Case

BAR, ROOM, SHOWN, EVERY = 0.99, 0.01, 60, 100


@dataclass(frozen=True)
class Bounds:
    """How much is tried: `answers` golden questions, `mutants` of each mutator and answer; None for all."""

    records: Path | None = None
    answers: int | None = None
    mutants: int | None = None


def main(arguments: list[str]) -> int:
    bounds = _read(arguments)
    started = time.monotonic()
    corpus = load(bounds.records) if bounds.records else [*made(), *_asked(bounds.answers)]
    print(f"{len(corpus)} answers after {time.monotonic() - started:.0f} s", flush=True)
    rejected = [case.name for case in corpus if not judge(case).approved]
    trials = list(chain.from_iterable(_judged(corpus, bounds.mutants)))
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
    for one in [*missed_numbers, *(t for t in trials if not t.caught and not t.number_seen)][:SHOWN]:
        print(f"  NOT CAUGHT {one.name} / {one.case} #{one.number}: {one.headline}")
    print(f"{time.monotonic() - started:.0f} s")
    return 0 if caught / total >= BAR and not missed_numbers and len(rejected) <= ROOM * len(corpus) else 1


def _read(arguments: list[str]) -> Bounds:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("records", nargs="?", type=Path, help="approved answers, recorded before (see tests.mutation.corpus)")
    parser.add_argument("--answers", type=int, help="ask at most so many golden questions, evenly spread over the files")
    parser.add_argument("--mutants", type=int, help="judge at most so many mutants of each mutator and answer")
    return Bounds(**vars(parser.parse_args(arguments)))


def _asked(most: int | None) -> list[Case]:
    with tempfile.TemporaryDirectory() as folder:
        return golden(Path(folder), most, complex_too=True)


def _judged(corpus: list[Case], most: int | None) -> Iterator[list[Brief]]:
    """Yield what became of the mutants of one answer after the other, and print how far it is."""
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        for number, found in enumerate(pool.imap(partial(_judge, most=most), corpus, chunksize=4), start=1):
            yield found
            if number % EVERY == 0:
                print(f"{number} of {len(corpus)} answers", flush=True)


def _judge(case: Case, most: int | None) -> list[Brief]:
    return [trial(*found).brief for found in mutants([case]) if most is None or found[2] < most]


def _print(rows: list[Row]) -> None:
    print(f"{'mutator':42} {'number':6} {'mutants':>7} {'caught':>8} {'no cov.':>8}  caught by one check only")
    for row in rows:
        rate = f"{row.caught / row.mutants:.1%}" if row.mutants else "-"
        without = f"{row.without_coverage / row.mutants:.1%}" if row.mutants else "-"
        only = ", ".join(f"{name} {count}" for name, count in row.only.most_common(3))
        print(f"{row.mutator.name:42} {'yes' if row.mutator.number else '':6} {row.mutants:7} {rate:>8} {without:>8}  {only}")
