"""All checks, in the order they are reported."""

from vendora_graph.evidence.checks import (
    changes,
    claims,
    coverage,
    directions,
    label_periods,
    label_rows,
    labels,
    numerals,
    periods,
    proof,
    references,
    samples,
    tables,
)
from vendora_graph.evidence.checks.base import Problem, Rule

ALL: tuple[Rule, ...] = (
    *references.CHECKS,
    *label_periods.CHECKS,
    *label_rows.CHECKS,
    *labels.CHECKS,
    *changes.CHECKS,
    *numerals.CHECKS,
    *directions.CHECKS,
    *proof.CHECKS,
    *tables.CHECKS,
    *coverage.CHECKS,
    *periods.CHECKS,
    *samples.CHECKS,
    *claims.CHECKS,
)

__all__ = ["ALL", "Problem", "Rule"]
