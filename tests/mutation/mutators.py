"""Every mutator, by where it breaks things."""

from tests.mutation import by_calls, by_claims, by_facts, by_ledger, by_plan, by_text
from tests.mutation.nouns import Mutator

MUTATORS: tuple[Mutator, ...] = (
    *by_facts.MUTATORS, *by_text.MUTATORS, *by_calls.MUTATORS, *by_plan.MUTATORS, *by_claims.MUTATORS, *by_ledger.MUTATORS,
)  # fmt: skip
