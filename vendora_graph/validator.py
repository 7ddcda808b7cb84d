"""L3 as an object: the one seam where the graph asks for a verdict (`HierarchicalFlowManager.l3_validator`)."""

from __future__ import annotations

import inspect
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from vendora_graph.contracts import Draft, Ledger, Plan, ValidationPolicy, Verdict
from vendora_graph.errors import ModelOutputError
from vendora_graph.evidence.scoring import level_of
from vendora_graph.evidence.validate import validate


class MasterValidator:
    """Validates drafts with code. A subclass or a replacement may reject or end the loop, never make a figure true."""

    def validate_analysis(
        self, *, question: str, plan: Plan | None, draft: Draft, ledger: Ledger, policy: ValidationPolicy
    ) -> Verdict | dict[str, Any]:
        """Return the verdict on a draft, or a mapping `{"approved", "feedback", "confidence"}`."""
        return validate(question, plan, draft, ledger, policy)


class Seam(Protocol):
    """What stands at L3: a `MasterValidator`, or what replaces it."""

    def validate_analysis(self, *, question: str, plan: Plan | None, draft: Draft, ledger: Ledger, policy: ValidationPolicy) -> object:
        """Return a verdict, a mapping, or a coroutine of either."""


async def ask_validator(
    validator: Seam, *, question: str, plan: Plan | None, draft: Draft, ledger: Ledger, policy: ValidationPolicy
) -> tuple[Verdict, bool]:
    """Return the verdict of the seam and whether code agrees with an approval.

    A replaced seam may answer with a mapping or a coroutine. Its approval does not lift what the checks found: the verdict
    keeps their findings, and the second value says whether the draft may be delivered as proven.

    Raises:
        ModelOutputError: The seam answered with something else.
    """
    said: object = validator.validate_analysis(question=question, plan=plan, draft=draft, ledger=ledger, policy=policy)
    if inspect.isawaitable(said):
        said = await said
    if isinstance(said, Verdict):
        return said, said.approved
    own = validate(question, plan, draft, ledger, policy)
    if not isinstance(said, dict) or "approved" not in said:
        raise ModelOutputError("validate_analysis must return a Verdict or {'approved', 'feedback', 'confidence'}.")
    approved = bool(said["approved"])
    score = _score(said.get("confidence"), own)
    verdict = own.model_copy(
        update={
            "approved": approved,
            "score": score,
            "level": level_of(score),
            "feedback": str(said.get("feedback") or own.feedback),
        }
    )
    return verdict, approved and own.approved


def _score(confidence: object, own: Verdict) -> Decimal:
    """A replaced seam may lower the score; it cannot raise it above what code found."""
    try:
        claimed = Decimal(str(confidence))
    except InvalidOperation:
        return own.score
    return min(claimed, own.score)
