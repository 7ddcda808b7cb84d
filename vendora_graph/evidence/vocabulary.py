"""Metric names as phrases: which words of a sentence name which metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

from vendora_graph.contracts import MetricRules, ValidationPolicy
from vendora_graph.evidence.phrases import PhraseSet, spelling
from vendora_graph.evidence.references import SENTENCE_END, Token

_MOST_KEPT = 16
_KEPT: dict[tuple[object, ...], tuple[tuple[MetricRules, ...], MetricBook]] = {}


@dataclass(frozen=True, slots=True)
class MetricBook:
    """What metrics are called: phrases with the metrics they may mean, labels in lower case, and the words of the labels."""

    phrases: PhraseSet[frozenset[str]]
    labels: Mapping[str, str]
    words: frozenset[str]


def metric_book(policy: ValidationPolicy) -> MetricBook:
    """Return the book of a policy's metrics.

    A policy is made for every draft, its rules once: books are kept by the identity of the rules, which are kept with them.
    """
    rules = tuple(policy.metric_info.values())
    key: tuple[object, ...] = (*policy.metric_info, *map(id, rules))
    kept = _KEPT.get(key)
    if kept is None:
        while len(_KEPT) >= _MOST_KEPT:
            _KEPT.pop(next(iter(_KEPT), ()), None)
        kept = _KEPT[key] = rules, _written(policy)
    return kept[1]


def metric_phrases(policy: ValidationPolicy) -> PhraseSet[frozenset[str]]:
    """Return the labels and synonyms of the policy's metrics; one phrase may name several metrics."""
    return metric_book(policy).phrases


def inside_labels(policy: ValidationPolicy) -> Callable[[Sequence[Token]], frozenset[int]] | None:
    """Return which tokens of a text stand inside a label with a full stop of its own (`Avg. score`, `Dept.`); None without such labels."""
    labels = (*(rules.label for rules in policy.metric_info.values()), *policy.dimension_labels.values())
    odd = tuple(label for label in labels if any(mark in label for mark in SENTENCE_END))
    return partial(_inside, _parted(odd)) if odd else None


@lru_cache(maxsize=_MOST_KEPT)
def _parted(labels: tuple[str, ...]) -> PhraseSet[bool]:
    return PhraseSet((label, label[-1] in SENTENCE_END) for label in labels)


def _inside(labels: PhraseSet[bool], text: Sequence[Token]) -> frozenset[int]:
    return frozenset(at for found in labels.find(text) for at in range(found.start, found.end + found.meaning))


def _written(policy: ValidationPolicy) -> MetricBook:
    labels: dict[tuple[str, ...], set[str]] = {}
    others: dict[tuple[str, ...], set[str]] = {}
    spelled: dict[tuple[str, ...], str] = {}
    for name, rules in policy.metric_info.items():
        for phrase in (rules.label, *rules.synonyms):
            words, _ = spelling(phrase)
            spelled[words] = max(spelled.get(words, ""), phrase, key=len)
            (labels if phrase is rules.label else others).setdefault(words, set()).add(name)
    meanings = {words: frozenset(labels.get(words) or others[words]) for words in sorted(spelled)}
    return MetricBook(
        PhraseSet((spelled[words], names) for words, names in meanings.items()),
        {rules.label.lower(): name for name, rules in policy.metric_info.items()},
        frozenset(word for rules in policy.metric_info.values() for word in spelling(rules.label)[0]),
    )
