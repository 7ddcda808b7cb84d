"""Which metrics a text is nearest to: its words against the name, the label and each synonym of a metric, rare words first."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process, utils

if TYPE_CHECKING:
    from vendora_graph.semantic.catalog import Catalog, MetricInfo

_FUZZY, _LONG, _STEM = 82, 5, 3
"""A word of at least `_LONG` letters may be misspelt by this much (0 to 100); a stem keeps at least `_STEM` letters."""
_COMMON = frozenset({
    "a", "an", "and", "are", "be", "by", "did", "do", "does", "for", "from", "had", "has", "have", "how", "i", "in", "is", "it", "last",
    "long", "many", "me", "month", "much", "my", "of", "on", "or", "our", "per", "show", "that", "the", "there", "this", "to", "us", "was",
    "we", "week", "were", "what", "when", "where", "which", "who", "why", "with", "year",
})  # fmt: skip
"""Words of questions, not of measures."""


class MetricIndex:
    """The phrases of every visible metric as sets of words, and how rare each word is."""

    def __init__(self, catalog: Catalog) -> None:
        """Cut all phrases into words once."""
        shown = {name: info for name, info in catalog.metrics.items() if not info.hidden}
        self._phrases = {name: [words for text in _phrases(info) if (words := frozenset(_words(text)))] for name, info in shown.items()}
        counted = Counter(word for phrases in self._phrases.values() for word in frozenset[str]().union(*phrases))
        self._weight = {word: math.log(1 + len(shown) / count) for word, count in counted.items()}
        self._known = tuple(sorted(self._weight))
        self._whole = {phrase: sum(self._weight[word] for word in sorted(phrase)) for some in self._phrases.values() for phrase in some}

    def nearest(self, text: str, limit: int) -> list[str]:
        """Return the names of the metrics nearest to the text, best first, ties by name."""
        asked = frozenset(found for word in _words(text) if (found := self._word(word)))
        near = {name: [p for p in phrases if not p.isdisjoint(asked)] for name, phrases in self._phrases.items()}
        scores = {name: max((self._score(phrase, asked) for phrase in phrases), default=0.0) for name, phrases in near.items()}
        return sorted(scores, key=lambda name: (-scores[name], name))[:limit]

    def _word(self, word: str) -> str | None:
        if word in self._weight or len(word) < _LONG:
            return word if word in self._weight else None
        found = process.extractOne(word, self._known, scorer=fuzz.ratio, score_cutoff=_FUZZY)
        return found[0] if found else None

    def _score(self, phrase: frozenset[str], asked: frozenset[str]) -> float:
        """Weigh the words the phrase and the text share, by how much of the phrase they are."""
        shared = sum(self._weight[word] for word in sorted(phrase & asked))
        return shared * shared / self._whole[phrase] if shared else 0.0


def _phrases(info: MetricInfo) -> tuple[str, ...]:
    return (info.name.replace("_", " "), info.label, *info.synonyms)


def _words(text: str) -> list[str]:
    return [_stem(word) for word in utils.default_process(text).split() if word not in _COMMON]


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _STEM:
            return word[: -len(ending)]
    return word
