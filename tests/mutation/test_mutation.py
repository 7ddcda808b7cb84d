"""CI's part of the proof: a fixed stratified thousand, the untouched answers, and the wall between mutators and checks."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutation.corpus import golden, load, made, record
from tests.mutation.harness import Trial, judge, mutants, sample, tally, trial
from tests.mutation.mutators import MUTATORS
from tests.mutation.nouns import Case, Mutant, Mutator

pytestmark = pytest.mark.timeout(900)
HERE = Path(__file__).parent
BEHIND_THE_WALL = ("nouns.py", "by_text.py", "by_facts.py", "by_calls.py", "by_plan.py", "by_claims.py", "by_ledger.py", "mutators.py")
FORBIDDEN = (
    *(f"vendora_graph.{part}" for part in ("evidence", "offline", "nodes", "tools", "validator")),
    "tests.evidence",
)


GOLDEN_QUESTIONS = 40
"""As many are asked in CI, evenly spread over the files; `make mutation` asks all."""


@pytest.fixture(scope="module")
def corpus(demo_cache: Path) -> list[Case]:
    return [*made(), *golden(demo_cache, GOLDEN_QUESTIONS)]


@pytest.fixture(scope="module")
def everything(corpus: list[Case]) -> list[tuple[Mutator, Case, int, Mutant]]:
    return list(mutants(corpus))


@pytest.fixture(scope="module")
def trials(everything) -> list[Trial]:
    return [trial(*found) for found in sample(everything, 1000)]


def test_there_are_enough_mutators_and_each_says_what_a_reader_would_see():
    assert len(MUTATORS) >= 45
    assert len({mutator.name for mutator in MUTATORS}) == len(MUTATORS)
    assert all(len(mutator.says.split()) >= 3 for mutator in MUTATORS)


RARE = {"future unsaid", "impact of another metric", "parts of other days", "total of other rows", "row of another total"}
"""They need an answer of a kind that forty questions may not have; `make mutation` has some."""


def test_every_mutator_makes_mutants_of_this_corpus(trials):
    idle = {row.mutator.name for row in tally(t.brief for t in trials) if row.mutants == 0}
    assert idle <= RARE


def test_the_thousand_are_always_the_same(everything):
    one = [(m.name, case.name, number) for m, case, number, _ in sample(everything, 1000)]
    two = [(m.name, case.name, number) for m, case, number, _ in sample(everything[::-1], 1000)]
    assert sorted(one) == sorted(two)
    assert len(one) == 1000


def test_at_least_99_of_100_mutants_are_caught(trials):
    missed = [f"{t.mutator.name} / {t.case} #{t.number}" for t in trials if not t.caught]
    assert len(missed) <= len(trials) // 100, missed


def test_no_changed_number_gets_through(trials):
    missed = [f"{t.mutator.name} / {t.case} #{t.number}" for t in trials if t.mutator.number and not t.caught]
    assert missed == []


def test_untouched_answers_are_approved(corpus):
    rejected = {case.name: judge(case).fatal for case in corpus if not judge(case).approved}
    assert len(corpus) >= 95
    assert len(rejected) <= len(corpus) // 100, rejected


def test_without_the_coverage_check_wrong_answers_to_another_question_get_through(trials):
    asked = [t for t in trials if t.mutator.name.endswith("asked")]
    assert asked
    assert sum(t.without_coverage for t in asked) < len(asked) // 2
    assert all(t.caught for t in asked)


@pytest.mark.parametrize("name", BEHIND_THE_WALL)
def test_mutators_do_not_import_what_they_test(name):
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    imported = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imported += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert [module for module in imported if module.startswith(FORBIDDEN)] == []


def test_a_recorded_run_is_read_back_as_it_was(tmp_path):
    corpus = made()[:5]
    path = tmp_path / "recorded.jsonl"
    path.write_text("\n".join(record(case) for case in corpus), encoding="utf-8")
    assert load(path) == corpus
    assert [judge(case) for case in load(path)] == [judge(case) for case in corpus]


def test_the_whole_run_works_to_its_end_on_a_file_of_records(tmp_path):
    path = tmp_path / "recorded.jsonl"
    path.write_text("\n".join(record(case) for case in made()[:3]), encoding="utf-8")
    command = [sys.executable, "-m", "tests.mutation", str(path), "--mutants", "1"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "mutants of 3 answers" in done.stdout
    assert "without the coverage check" in done.stdout
    assert "alone" in done.stdout
