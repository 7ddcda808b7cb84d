"""What a second opinion may do to a verdict: take from the score, add feedback. It never raises one, never approves."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from vendora_graph.contracts import Check, Contract, Verdict
from vendora_graph.evidence.resources import resource
from vendora_graph.evidence.scoring import level_of
from vendora_graph.evidence.wording import masked

NAME = "opinion.model"


class SecondOpinion(Contract):
    """Say whether the answer misleads its reader. `none`: it does not; `minor`: it could say it better; `serious`: it does."""

    doubt: Literal["none", "minor", "serious"]
    reason: str = Field(default="", max_length=400, description="What misleads, in one sentence without digits.")


def lowered(verdict: Verdict, opinion: SecondOpinion, threshold: Decimal) -> Verdict:
    """Return the verdict with a second opinion added: the same, or lower. The opinion's figures are blotted out.

    Args:
        verdict: What the checks decided.
        opinion: What a model thinks of the same draft.
        threshold: The score from which drafts are approved.
    """
    line = resource("rubric")["opinion"]
    penalty = Decimal(line[opinion.doubt])
    if penalty == 0:
        return verdict
    reason = line["reason"].replace("{what}", masked(opinion.reason))
    check = Check(name=NAME, passed=False, penalty=penalty, reason=reason, hint=line["hint"])
    score = max(verdict.score - penalty, Decimal(0))
    said = f"[{check.name}] {check.reason} {check.hint}"
    return verdict.model_copy(
        update={
            "score": score,
            "level": "Low" if verdict.fatal else level_of(score),
            "approved": verdict.approved and score >= threshold,
            "checks": (*verdict.checks, check),
            "feedback": "\n".join(part for part in (verdict.feedback, said) if part),
        }
    )
