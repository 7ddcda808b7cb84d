"""The golden questions over the small demo, on any engine: what is told, in a form that can be compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from vendora_graph.api import Vendora
from vendora_graph.contracts import Answer
from vendora_graph.errors import VendoraError
from vendora_graph.evaluation.cases import Case
from vendora_graph.settings import Settings

SMALL: dict[str, Any] = {"months": 15, "rooftops": 2}
GOLDEN = Path(__file__).parents[1] / "golden"
TODAY = date(2026, 11, 13)
PATIENCE_S = 600.0
"""What is compared is figures, not speed: an emulator on a busy machine takes a minute for a statement."""

Told = tuple[str, str, tuple[Any, ...]]


def figures(answer: Answer) -> Told:
    """Return the status, the sentence, and every figure with what it is of and what its second path gave."""
    facts = [(f.metric, f.slice, f.period.start if f.period else None, f.value, f.second and f.second.value) for f in answer.evidence]
    plain = [(m, s, p, *(v if v is None else v.normalize() for v in values)) for m, s, p, *values in facts]
    return answer.status, answer.summary, tuple(sorted(plain, key=repr))


async def answers(url: str, cache: Path, cases: Iterable[Case], **more: Any) -> dict[str, Told]:
    """Ask every turn of the cases, as who asks there; an error is told by its kind and its words."""
    found: dict[str, Told] = {}
    settings = Settings(warehouse=url, cache_dir=cache, as_of=TODAY, query_timeout_seconds=PATIENCE_S, **more)
    async with Vendora(settings) as vendora:
        for case in cases:
            thread = uuid4().hex
            asker: dict[str, Any] = {"role": case.role, "person": case.person, "as_of": case.as_of}
            for turn, _, asked in case.turns():
                try:
                    said = await vendora.aask(asked.question, dealership=case.dealership or "dealer_001", thread=thread, **asker)
                except VendoraError as error:
                    found[turn] = (type(error).__name__, str(error), ())
                else:
                    found[turn] = figures(said)
    return found


def differences(truth: dict[str, Told], other: dict[str, Told]) -> dict[str, tuple[Told, Told]]:
    """Return the turns that were told differently."""
    assert truth.keys() == other.keys()
    return {name: (truth[name], other[name]) for name in truth if other[name] != truth[name]}
