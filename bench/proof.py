"""What proving costs: the verdict on the owner's scorecard, and the second path's statements beside those that answer.

`python -m bench.proof` measures this part alone; `make bench` has it too. Ends with 1 when a limit is missed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, thread_time

from bench.questions import SCORECARD, sampled
from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Ledger, Verdict
from vendora_graph.evaluation.cases import Case
from vendora_graph.settings import Settings
from vendora_graph.tools.fetch import query_id
from vendora_graph.warehouse.port import DEFAULT_LIMITS, GuardedStatement, Limits, ResultSet

VERDICT_LIMIT_MS, TIMES_PRIMARY = 100.0, 1.0
ROUNDS = 5
ALONE = 3
"""Runs of a statement by itself, of which the fastest counts: what it costs the warehouse, not what it waited for."""


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
        columns = "| warehouse time of (each statement by itself) | answering ms | checking ms | times |"
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
        for _ in range(ROUNDS + 1):
            await vendora.aask(SCORECARD, role="dealer_principal")
        measured.verdicts = measured.verdicts[1:]
    finally:
        validator.validate_analysis = plain
    async with _Statements(vendora) as statements:
        measured.card = await statements.spent(await vendora.aask(SCORECARD, role="dealer_principal"))
        for case in cases:
            await _asked(vendora, case)
            spent = await statements.spent(await _asked(vendora, case))
            measured.questions = (measured.questions[0] + spent[0], measured.questions[1] + spent[1])
    return measured


async def _asked(vendora: Vendora, case: Case) -> Answer:
    return await vendora.aask(case.question, dealership=case.dealership, role=case.role, person=case.person, as_of=case.as_of)


class _Statements:
    """The statements a question sends to the warehouse, kept to be run again one by one."""

    def __init__(self, vendora: Vendora) -> None:
        self._vendora = vendora
        self._seen: dict[str, GuardedStatement] = {}

    async def __aenter__(self) -> _Statements:
        self._warehouse = (await self._vendora.aopen()).services.warehouse
        self._plain = self._warehouse.fetch

        async def fetch(statement: GuardedStatement, *, deadline_s: float, limits: Limits = DEFAULT_LIMITS) -> ResultSet:
            self._seen[query_id(statement.sql, statement.params)] = statement
            return await self._plain(statement, deadline_s=deadline_s, limits=limits)

        self._warehouse.fetch = fetch
        return self

    async def __aexit__(self, *_: object) -> None:
        self._warehouse.fetch = self._plain

    async def spent(self, answer: Answer) -> tuple[float, float]:
        """Return the milliseconds of the statements that answered, and of those that checked, each run by itself."""
        by_purpose = {"primary": 0.0, "second": 0.0}
        for record in answer.queries:
            if record.id in self._seen:
                by_purpose[record.purpose] += min([await self._once(self._seen[record.id]) for _ in range(ALONE)])
        return by_purpose["primary"], by_purpose["second"]

    async def _once(self, statement: GuardedStatement) -> float:
        begun = perf_counter()
        await self._plain(statement, deadline_s=60)
        return (perf_counter() - begun) * 1000


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
