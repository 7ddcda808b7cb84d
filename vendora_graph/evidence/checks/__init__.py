"""All checks, in the order they are reported."""

from vendora_graph.evidence.checks import (
    changes,
    claims,
    coverage,
    coverage_question,
    directions,
    joined,
    label_periods,
    label_rows,
    labels,
    numerals,
    periods,
    plain,
    proof,
    references,
    samples,
    source,
    tables,
)
from vendora_graph.evidence.checks.base import Problem, Rule

ALL: tuple[Rule, ...] = (
    *references.CHECKS,
    *label_periods.CHECKS,
    *label_rows.CHECKS,
    *labels.CHECKS,
    *changes.CHECKS,
    *joined.CHECKS,
    *numerals.CHECKS,
    *plain.CHECKS,
    *directions.CHECKS,
    *proof.CHECKS,
    *tables.CHECKS,
    *source.CHECKS,
    *coverage.CHECKS,
    *coverage_question.CHECKS,
    *periods.CHECKS,
    *samples.CHECKS,
    *claims.CHECKS,
)

__all__ = ["ALL", "Problem", "Rule"]
