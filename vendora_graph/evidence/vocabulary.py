"""Metric names as phrases: which words of a sentence name which metrics."""

from __future__ import annotations

from functools import lru_cache

from vendora_graph.contracts import ValidationPolicy
from vendora_graph.evidence.phrases import PhraseSet

_Key = tuple[tuple[str, str, tuple[str, ...]], ...]


def metric_phrases(policy: ValidationPolicy) -> PhraseSet[frozenset[str]]:
    """Return the labels and synonyms of the policy's metrics; one phrase may name several metrics."""
    return _phrases(tuple((name, rules.label, rules.synonyms) for name, rules in policy.metric_info.items()))


@lru_cache(maxsize=16)
def _phrases(metrics: _Key) -> PhraseSet[frozenset[str]]:
    meanings: dict[str, set[str]] = {}
    for name, label, synonyms in metrics:
        for phrase in (label, *synonyms):
            meanings.setdefault(phrase.lower(), set()).add(name)
    labels = {label.lower(): name for name, label, _ in metrics}
    return PhraseSet((phrase, frozenset({labels[phrase]} if phrase in labels else names)) for phrase, names in sorted(meanings.items()))
