"""`validate`: may this draft reach a reader? Pure, synchronous, the same answer every time."""

from __future__ import annotations

from vendora_graph.contracts import Check, Draft, Fact, Ledger, Plan, ValidationPolicy, Verdict
from vendora_graph.evidence.case import Case
from vendora_graph.evidence.checks import ALL
from vendora_graph.evidence.checks.proof import proven
from vendora_graph.evidence.scoring import level_of, score, to_check


def validate(question: str, plan: Plan | None, draft: Draft, ledger: Ledger, policy: ValidationPolicy) -> Verdict:
    """Return the verdict on a draft.

    Args:
        question: What was asked, as typed.
        plan: The independent reading of the question, or None when it could not be read (the level is then capped).
        draft: Text in references, whoever wrote it.
        ledger: The evidence of this turn; facts carry their second path where one was computed.
        policy: Everything else the checks may depend on.

    Returns:
        Approved when no fatal check failed and the score reaches the policy's threshold. `checks` holds every check,
        passed or not; `feedback` is for the analyst; `withheld` are ids of facts a reader was to see that are not proven.
    """
    case = Case(question, plan, draft, ledger, policy)
    checks = tuple(to_check(rule.name, tuple(rule.look(case))) for rule in ALL)
    fatal = tuple(check.name for check in checks if check.fatal and not check.passed)
    agreed = plan is not None and policy.independent and not policy.analyst_is_offline
    value = score(checks, independent=agreed)
    return Verdict(
        approved=not fatal and value >= policy.threshold,
        score=value,
        level="Low" if fatal else level_of(value),
        checks=checks,
        fatal=fatal,
        feedback=_feedback(checks),
        withheld=tuple(sorted(fact.id for fact in case.used.values() if not proven(case, fact) and not _said_unproven(case, fact))),
    )


def _said_unproven(case: Case, fact: Fact) -> bool:
    """Tell whether a figure of free SQL stands in tables only; its table says that it is not proven."""
    return fact.grade == "sql" and fact.second is None and all(ref.fact.id != fact.id for ref in case.spoken)


def _feedback(checks: tuple[Check, ...]) -> str:
    """Return what the analyst is told: fatal checks first, one line each."""
    failed = sorted((check for check in checks if not check.passed), key=lambda check: not check.fatal)
    return "\n".join(f"[{check.name}] {check.reason} {check.hint}".rstrip() for check in failed)
