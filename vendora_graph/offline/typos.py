"""Typos: which known words a mistyped one may stand for."""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import OSA

from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token, skeleton

MIN_TYPO = 4
_DISTANCES = ((5, 1), (99, 2))
_MAX_FIXES = 3
_RIVAL = 0.5
_S = "s"
"""A mistyped plural may end as no plural does (`untis`)."""
_SWAP = 0.3
"""Two letters changed about (`untis`) are the likelier slip."""
_NAMES, _STRICT = 2, 3
"""Words of topics and cues: one slip at most (a refusal must not be a misreading)."""


def corrections(token: Token, lexicon: Lexicon) -> list[str]:
    """Return up to three known words a mistyped word may stand for; a known word is never corrected."""
    stem = token.stem
    if stem in lexicon.words or token.text in lexicon.words or not stem.isalpha():
        return []
    if len(token.text) < MIN_TYPO:
        return _dropped_letter(stem, lexicon)
    if stem in lexicon.phrases:
        return []
    ranked = sorted({*_near(stem, lexicon), *(_near(stem[:-1], lexicon) if stem.endswith(_S) and len(stem) > MIN_TYPO else ())})
    if not ranked:
        whole = lexicon.skeletons.get(skeleton(stem), "")
        return [whole] if whole else []
    return list(dict.fromkeys(word for score, word in ranked if score <= ranked[0][0] + _RIVAL))[:_MAX_FIXES]


def _near(stem: str, lexicon: Lexicon) -> list[tuple[float, str]]:
    """The known words a few slips away, with how far each is."""
    limit = next(distance for size, distance in _DISTANCES if len(stem) <= size)
    found = process.extract(stem, lexicon.words.keys(), scorer=OSA.distance, score_cutoff=limit, limit=8)
    found = [(word, distance, at) for word, distance, at in found if lexicon.words[word] < _STRICT or distance <= 1]
    return [
        (distance + 0.1 * lexicon.words[word] + (word[0] != stem[0]) * 0.6 - _turned(word, stem) * _SWAP, word)
        for word, distance, _ in found
        if _similar(word, stem, distance)
    ]


def _turned(word: str, stem: str) -> bool:
    """Two letters changed about in a word long enough to be known by the others."""
    return len(stem) >= MIN_TYPO and sorted(word) == sorted(stem)


def _dropped_letter(stem: str, lexicon: Lexicon) -> list[str]:
    """A word of three letters is a typo of a word with a letter more and the same ends (`rte` for `rate`); of several only in a phrase."""
    if len(stem) != MIN_TYPO - 1:
        return []
    found = [w for w, rank in lexicon.words.items() if len(w) == MIN_TYPO and rank < _NAMES and w[0] == stem[0] and w[-1] == stem[-1]]
    fits = sorted(w for w in found if any(w[:i] + w[i + 1 :] == stem for i in (1, 2)))
    return fits if len(fits) <= _MAX_FIXES else []


def _similar(word: str, stem: str, distance: float) -> bool:
    """Short words and names bear one slip only; a slip must leave most of the word."""
    return len(word) >= MIN_TYPO - 1 and distance * 3 <= max(len(word), len(stem)) and (distance <= 1 or word[0] == stem[0])
