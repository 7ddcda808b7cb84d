"""What proving costs: the verdict on the owner's scorecard, and the second path's statements beside those that answer.

`python -m bench.proof` measures this part alone; `make bench` has it too. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from time import thread_time

from bench.questions import SCORECARD, sampled
from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Ledger, Verdict
from vendora_graph.evaluation.cases import Case
from vendora_graph.settings import Settings

VERDICT_LIMIT_MS, TIMES_PRIMARY = 100.0, 1.0
ROUNDS = 5


@dataclass
class Proof:
    """Milliseconds: of each verdict on the scorecard (of this thread, whatever else the machine does), and of all statements."""

    verdicts: list[float] = field(default_factory=list)
    card: tuple[float, float] = (0.0, 0.0)
    questions: tuple[float, float] = (0.0, 0.0)
    facts: int = 0

    @property
    def kept(self) -> bool:
        """Tell whether both limits hold: a verdict in time, and checking at most doubles the warehouse's work."""
        times = [checking <= TIMES_PRIMARY * answering for answering, checking in (self.card, self.questions)]
        return median(self.verdicts) <= VERDICT_LIMIT_MS and all(times)

    def lines(self) -> list[str]:
        """Return the result as Markdown."""
        rows = [("the scorecard", *self.card), ("the sampled questions", *self.questions)]
        head = f"A verdict on the scorecard ({self.facts} facts) takes {median(self.verdicts):.1f} ms, at most {max(self.verdicts):.1f} ms"
        table = [f"| {name} | {one:.0f} | {two:.0f} | {(one + two) / one:.2f} |" for name, one, two in rows]
        columns = "| warehouse time of | answering ms | checking ms | times |"
        return [f"{head} (limit {VERDICT_LIMIT_MS:.0f}).", "", columns, "|---|---|---|---|", *table]


async def measure_proof(vendora: Vendora, cases: Sequence[Case]) -> Proof:
    """Ask everything once to warm up, then measure."""
    validator = (await vendora.aopen()).services.validator
    plain, measured = validator.validate_analysis, Proof()

    def timed(*, ledger: Ledger, **nouns: object) -> Verdict:
        begun = thread_time()
        verdict: Verdict = plain(ledger=ledger, **nouns)
        measured.verdicts.append((thread_time() - begun) * 1000)
        measured.facts = len(ledger.facts)
        return verdict

    validator.validate_analysis = timed
    try:
        for number in range(ROUNDS + 1):
            spent = _spent(await vendora.aask(SCORECARD, role="dealer_principal"))
            if number:
                measured.card = (measured.card[0] + spent[0], measured.card[1] + spent[1])
        measured.verdicts = measured.verdicts[1:]
    finally:
        validator.validate_analysis = plain
    for case in cases:
        await _asked(vendora, case)
        spent = _spent(await _asked(vendora, case))
        measured.questions = (measured.questions[0] + spent[0], measured.questions[1] + spent[1])
    return measured


async def _asked(vendora: Vendora, case: Case) -> Answer:
    return await vendora.aask(case.question, dealership=case.dealership, role=case.role, person=case.person, as_of=case.as_of)


def _spent(answer: Answer) -> tuple[float, float]:
    """Return the milliseconds of the statements that answered, and of those that checked."""
    by_purpose = {purpose: sum(q.ms for q in answer.queries if q.purpose == purpose) for purpose in ("primary", "second")}
    return by_purpose["primary"], by_purpose["second"]


async def _alone() -> Proof:
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        return await measure_proof(vendora, sampled())


def main() -> int:
    """Print the table; return 1 when a limit is missed."""
    proof = asyncio.run(_alone())
    sys.stdout.write("\n".join(proof.lines()) + "\n")
    return int(not proof.kept)


if __name__ == "__main__":
    raise SystemExit(main())
