"""Metric names as phrases: which words of a sentence name which metrics."""

from __future__ import annotations

from functools import lru_cache

from vendora_graph.contracts import ValidationPolicy
from vendora_graph.evidence.phrases import PhraseSet, spelling

_Key = tuple[tuple[str, str, tuple[str, ...]], ...]


def metric_phrases(policy: ValidationPolicy) -> PhraseSet[frozenset[str]]:
    """Return the labels and synonyms of the policy's metrics; one phrase may name several metrics."""
    return _phrases(tuple((name, rules.label, rules.synonyms) for name, rules in policy.metric_info.items()))


@lru_cache(maxsize=256)
def _phrases(metrics: _Key) -> PhraseSet[frozenset[str]]:
    labels: dict[tuple[str, ...], set[str]] = {}
    others: dict[tuple[str, ...], set[str]] = {}
    spelled: dict[tuple[str, ...], str] = {}
    for name, label, synonyms in metrics:
        for phrase in (label, *synonyms):
            words, _ = spelling(phrase)
            spelled[words] = max(spelled.get(words, ""), phrase, key=len)
            (labels if phrase is label else others).setdefault(words, set()).add(name)
    meanings = {words: frozenset(labels.get(words) or others[words]) for words in sorted(spelled)}
    return PhraseSet((spelled[words], names) for words, names in meanings.items())
