"""Definitions of the metrics in an answer, as the semantic model has them."""

from __future__ import annotations

from vendora_graph.contracts import Definition, Draft, Fact, Reading
from vendora_graph.semantic.catalog import Catalog, MetricInfo


def define(info: MetricInfo) -> Definition:
    """Return one metric's definition: meaning, what it counts, by which date."""
    parts = [info.description.rstrip(".")]
    if info.filter_text:
        parts.append(f"Counts {info.filter_text.rstrip('.')}")
    if info.basis:
        parts.append(f"Basis: {info.basis.rstrip('.')}")
    return Definition(metric=info.name, label=info.label, text=". ".join(part for part in parts if part) + ".", formula=info.formula)


def definitions_of(facts: tuple[Fact, ...], reading: Reading, catalog: Catalog) -> tuple[Definition, ...]:
    """Return the definitions of the metrics asked for and shown, in that order."""
    asked = reading.plan.metrics if reading.plan else ()
    names = dict.fromkeys((*asked, *(fact.metric for fact in facts)))
    return tuple(define(catalog.metrics[name]) for name in names if name in catalog.metrics)


def told_definition(draft: Draft, definitions: tuple[Definition, ...]) -> str:
    """Return the definition as the summary when that is what was asked; empty otherwise."""
    if not definitions or not any(finding.kind == "definition" for finding in draft.findings):
        return ""
    first = definitions[0]
    formula = f" Formula: {first.formula}." if first.formula else ""
    return f"{first.label}: {first.text}{formula}"
