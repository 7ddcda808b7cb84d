"""Ask every golden question, compare, measure. Gold is computed first, so that the library has the warehouse for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from vendora_graph.evaluation.cases import Case, Turn
from vendora_graph.evaluation.gold import Gold, gold_runner
from vendora_graph.evaluation.match import mismatches

if TYPE_CHECKING:
    from vendora_graph import Vendora
    from vendora_graph.contracts import Answer

Verdict = Literal["right", "silent", "loud"]
"""`silent`: wrong, and it says `answered`. `loud`: wrong, and it says that it could not (another status, or an error)."""

Golds = dict[str, Gold]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one turn of one case.

    Attributes:
        id: `case` or `case.1` for its first follow-up.
        kind: What kind of question it is.
        verdict: Right, silently wrong or loudly wrong.
        problems: What is wrong, one sentence each.
        status: The answer's status, or `error`.
        said: The answer's first sentence, or the error's message.
        ms: How long each repetition took, in milliseconds.
    """

    id: str
    kind: str
    question: str
    verdict: Verdict
    status: str
    said: str
    problems: tuple[str, ...] = ()
    gold: Gold | None = None
    answer: Answer | None = field(default=None, repr=False)
    ms: tuple[float, ...] = ()


def compute_golds(cases: Sequence[Case], warehouse: str) -> Golds:
    """Run every gold statement.

    Raises:
        WarehouseError: One fails; the message carries it.
    """
    turns = [(turn_id, turn.gold_sql) for case in cases for turn_id, _, turn in case.turns() if turn.gold_sql]
    if not turns:
        return {}
    with gold_runner(warehouse) as run:
        return {turn_id: run(sql) for turn_id, sql in turns}


async def evaluate(
    vendora: Vendora, cases: Sequence[Case], golds: Golds, *, repeat: int = 1, on_case: Callable[[str], None] | None = None
) -> list[Outcome]:
    """Ask all cases in order, each in a conversation of its own, `repeat` times; repetitions must give the same bytes."""
    metrics = frozenset(vendora.catalog.metrics)
    outcomes: list[Outcome] = []
    run = uuid4().hex  # conversations are kept: an earlier evaluation's must not be continued
    for case in cases:
        if on_case is not None:
            on_case(case.id)
        rounds = [await _ask_case(vendora, case, f"eval-{run}-{case.id}-{number}") for number in range(repeat)]
        for position, (turn_id, kind, turn) in enumerate(case.turns()):
            said = [one[position] for one in rounds]
            outcomes.append(_judge(turn_id, kind, turn, said, golds.get(turn_id), metrics))
    return outcomes


Said = tuple["Answer | Exception", float]


async def _ask_case(vendora: Vendora, case: Case, thread: str) -> list[Said]:
    said: list[Said] = []
    for _, _, turn in case.turns():
        begun = perf_counter()
        try:
            result: Answer | Exception = await vendora.aask(
                turn.question, dealership=case.dealership, role=case.role, person=case.person, as_of=case.as_of, thread=thread
            )
        except Exception as error:  # noqa: BLE001  # an evaluation goes on: whatever a question dies of is one loud error more
            result = error
        said.append((result, (perf_counter() - begun) * 1000))
    await vendora.aforget(thread)  # a thousand conversations that nobody will go on with
    return said


def _judge(turn_id: str, kind: str, turn: Turn, said: Sequence[Said], gold: Gold | None, metrics: frozenset[str]) -> Outcome:
    first, times = said[0][0], tuple(ms for _, ms in said)
    if isinstance(first, Exception):
        problem = f"{type(first).__name__}: {first}"
        return Outcome(turn_id, kind, turn.question, "loud", "error", str(first), (problem,), gold, None, times)
    problems = mismatches(first, gold, metrics) if gold is not None else _status_problems(first, turn)
    if len({_bytes(result) for result, _ in said}) > 1:
        problems.append("repetitions gave different answers")
    verdict: Verdict = "right" if not problems else "silent" if first.status == "answered" else "loud"
    return Outcome(turn_id, kind, turn.question, verdict, first.status, first.summary, tuple(problems), gold, first, times)


def _status_problems(answer: Answer, turn: Turn) -> list[str]:
    return [] if answer.status == turn.expect else [f"expected {turn.expect}, the answer is {answer.status}: {answer.summary}"]


def _bytes(result: Answer | Exception) -> bytes:
    return repr(result).encode() if isinstance(result, Exception) else result.canonical()
