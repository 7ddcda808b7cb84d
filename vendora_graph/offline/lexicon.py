"""The lexicon: every phrase of the semantic model, of its data and of English, with what it may mean.

Built once per (catalog, vocabulary, values), kept on disk as JSON. Phrases are keyed by their stems run together, so that
`front end`, `front-end` and `Frontend` are one; a second index keys the same phrases by their sorted content words, so that
`gross of service` finds `service gross`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from vendora_graph.offline.english import English, english_data, english_hash, make_english
from vendora_graph.offline.normalise import Normaliser, Token, compact, skeleton
from vendora_graph.offline.senses import PART_OF_NAME, STORE_PART, Kind, Sense, ValueEntry, all_senses
from vendora_graph.offline.wording import Wording, revived, wordings
from vendora_graph.semantic.catalog import Catalog

FORMAT = 16
_BAG_WORDS = range(2, 7)
_BAG_KINDS = frozenset({"metric", "dimension", "report"})
_NAMED = frozenset({"metric", "dimension"})
_SHORT_NUMBER, _SHORT_WORD = 2, 3
_RANKS: Mapping[str, int] = {"value": 2, "topic": 3, "cue": 3}
_Row = list[Any]


@dataclass(frozen=True)
class Lexicon:
    """Phrases with their senses, and the data the later steps of reading need."""

    catalog: Catalog
    english: English
    vocabulary: Mapping[str, Any]
    normaliser: Normaliser
    phrases: Mapping[str, list[_Row] | str]
    bags: Mapping[str, list[_Row] | str]
    words: Mapping[str, int]
    value_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    told: tuple[Wording, ...] = ()

    @classmethod
    def build(
        cls, catalog: Catalog, vocabulary: Mapping[str, Any] | None = None, values: Mapping[str, Sequence[ValueEntry]] | None = None
    ) -> Lexicon:
        """Build the lexicon of a semantic model.

        Args:
            catalog: What can be asked.
            vocabulary: The parsed `vocabulary.yaml` of the model, or None.
            values: Stored values by concept dimension.
        """
        vocabulary = vocabulary or {}
        values = values or {}
        english = make_english(english_data(), vocabulary)
        normaliser = Normaliser(english)
        numeric = frozenset(name for name, info in catalog.dimensions.items() if info.kind == "numeric")
        builder = _Builder(normaliser, numeric, names_first=not vocabulary)
        builder.learn(english, vocabulary.get("loose") or ())
        for phrase, sense in all_senses(catalog, vocabulary, values):
            for spelled in _spellings(phrase, english.raw["contracted"]):
                builder.add(spelled, sense)
        counts = {dim: {entry.value: entry.count for entry in entries} for dim, entries in values.items()}
        described = wordings(vocabulary.get("told") or {}, normaliser)
        return cls(catalog, english, vocabulary, normaliser, builder.phrases, builder.bags, builder.words, counts, described)

    @classmethod
    def cached(
        cls, catalog: Catalog, vocabulary: Mapping[str, Any] | None, values: Mapping[str, Sequence[ValueEntry]], cache_dir: Path | None
    ) -> Lexicon:
        """Return the lexicon from `cache_dir` when one of the same model and values lies there, else build and keep it."""
        if cache_dir is None:
            return cls.build(catalog, vocabulary, values)
        path = cache_dir / f"lexicon-{fingerprint(catalog, vocabulary, values)}.json"
        loaded = cls._read(path, catalog)
        if loaded is not None:
            return loaded
        lexicon = cls.build(catalog, vocabulary, values)
        lexicon.save(path)
        return lexicon

    def save(self, path: Path) -> None:
        """Write the lexicon as JSON, beside first and then renamed; a cache that cannot be written is no error."""
        body = {
            "format": FORMAT,
            "english": self.english.raw,
            "vocabulary": self.vocabulary,
            "words": self.words,
            "counts": self.value_counts,
            "told": [astuple(wording) for wording in self.told],
        }
        body.update(phrases=_packed(self.phrases), bags=_packed(self.bags))
        beside = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps(body, separators=(",", ":"), ensure_ascii=False, default=str), encoding="utf-8")
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)

    @classmethod
    def _read(cls, path: Path, catalog: Catalog) -> Lexicon | None:
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(body, dict) or body.get("format") != FORMAT:
            return None
        vocabulary = body["vocabulary"]
        english = make_english(body["english"], vocabulary)
        described = tuple(revived(row) for row in body["told"])
        words = body["words"]
        return cls(catalog, english, vocabulary, Normaliser(english), body["phrases"], body["bags"], words, body["counts"], described)

    def senses(self, key: str) -> list[Sense]:
        """Return the senses of a compact key."""
        return [_sense(row) for row in _rows(self.phrases.get(key, ()))]

    def bag_senses(self, tokens: Sequence[Token]) -> list[Sense]:
        """Return the senses of the content words of `tokens` in any order."""
        return [_sense(row) for row in _rows(self.bags.get(_bag(tokens), ()))]

    @cached_property
    def general_names(self) -> frozenset[str]:
        """Keys of names so general that another measure beside them is what is asked for."""
        return frozenset(self.normaliser.key(str(word)) for word in self.vocabulary.get("generic_names") or ())

    @cached_property
    def skeletons(self) -> Mapping[str, str]:
        """The known word of each row of consonants that only one word has (`mngr` -> manager)."""
        found: dict[str, str] = {}
        for word, rank in self.words.items():
            bones = skeleton(word) if rank < _RANKS["cue"] else ""
            if bones:
                found[bones] = word if found.get(bones, word) == word else ""
        return found

    @cached_property
    def exact(self) -> Mapping[str, frozenset[str]]:
        """Words whose singular or plural is another word (`parts`, `ups`): key -> the forms that count."""
        forms: dict[str, frozenset[str]] = {}
        for word in self.vocabulary.get("exact_words") or ():
            key = self.normaliser.key(str(word))
            form = " ".join(token.text for token in self.normaliser.tokens(str(word)))
            forms[key] = forms.get(key, frozenset()) | {form}
        return forms

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a mapping of the vocabulary, empty when absent."""
        found = self.vocabulary.get(name) or {}
        return found if isinstance(found, Mapping) else {}


class _Builder:
    """Collects phrases; the order of senses is the order of arrival, which is deterministic."""

    def __init__(self, normaliser: Normaliser, numeric: frozenset[str], *, names_first: bool) -> None:
        self._normaliser, self._numeric, self._names_first = normaliser, numeric, names_first
        self.phrases: dict[str, list[_Row]] = {}
        self.bags: dict[str, list[_Row]] = {}
        self.words: dict[str, int] = {}

    def add(self, phrase: str, sense: Sense) -> None:
        tokens = self._normaliser.tokens(phrase)
        key = compact(tokens)
        if not key or (key.isdigit() and len(key) <= _SHORT_NUMBER):
            return
        known = self.phrases.get(key, ())
        if sense.weight == STORE_PART and self._known_otherwise(key):
            return
        if sense.weight == PART_OF_NAME and any(row[3] != PART_OF_NAME for row in known):
            return
        if self._names_first and sense.kind == "cue" and any(row[0] in _NAMED for row in known):
            return  # to a model without words of its own a column called `plan` or `industry` is what the word means
        row = [sense.kind, sense.key, list(sense.values), sense.weight, phrase, list(sense.tenants)]
        _append(self.phrases, key, row)
        content = [token for token in tokens if token.content]
        column = sense.kind == "dimension" and sense.key in self._numeric  # `lowest front gross deal` names no column
        if sense.kind in _BAG_KINDS and not column and len(content) in _BAG_WORDS and not any(t.number is not None for t in content):
            _append(self.bags, _bag(tokens), row)
        for token in tokens:
            self._learn(token.stem, _RANKS.get(sense.kind, 1))

    def _known_otherwise(self, key: str) -> bool:
        """Whether a word of a store's name means something without the store; the word of two stores means both."""
        rows = self.phrases.get(key, ())
        return any(row[3] != STORE_PART for row in rows) if rows else key in self.words

    def learn(self, english: English, loose: Sequence[str] = ()) -> None:
        """Know every word of English data and every loose one of the business, so that none of them is taken for a typo."""
        calendar = english.raw["calendar"]
        known: list[str] = [*english.stop, *english.numbers, *english.irregular, *english.raw.get("common", "").split()]
        for name in ("months", "weekdays", "units"):
            known.extend(calendar[name])
        plain = (english.raw["money_words"], english.raw["loose"], english.raw["excluded_words"])
        for words in (*english.raw["threshold_words"].values(), *plain):
            known.extend(str(word) for word in words if len(str(word)) > _SHORT_WORD)
        for rule in english.raw["periods"]:
            known.extend(str(rule["p"]).replace("(", " ").replace(")", " ").replace("|", " ").replace("[", " ").replace("]", " ").split())
        known.extend(str(word) for word in loose if len(str(word)) > _SHORT_WORD)
        for word in sorted(known):
            self._learn(self._normaliser.stem(word), 0)

    def _learn(self, stem: str, rank: int) -> None:
        if stem.isalpha() and rank < self.words.get(stem, 9):
            self.words[stem] = rank


def _spellings(phrase: str, verbs: Sequence[str]) -> tuple[str, ...]:
    """A phrase as it stands, and with `did not` as it is said (`didn't`, `didnt`)."""
    verb = next((v for v in verbs if f" {v} not " in f" {phrase} "), None)
    return (phrase,) if verb is None else (phrase, *(phrase.replace(f"{verb} not", f"{verb}{short}") for short in ("n't", "nt")))


def _append(index: dict[str, list[_Row]], key: str, row: _Row) -> None:
    rows = index.setdefault(key, [])
    same = next((old for old in rows if old[:3] == row[:3]), None)
    if same is None:
        rows.append(row)
        return
    same[3] = max(same[3], row[3])
    same[5] = sorted({*same[5], *row[5]}) if same[5] and row[5] else []


def _packed(index: Mapping[str, Any]) -> dict[str, str]:
    """One string a key: a cache of thousands of small lists would take four times as long to load."""
    return {key: json.dumps(_rows(rows), separators=(",", ":"), ensure_ascii=False) for key, rows in index.items()}


def _rows(rows: Any) -> Any:  # noqa: ANN401 (a list, or the same list as text)
    return json.loads(rows) if isinstance(rows, str) else rows


def _sense(row: _Row) -> Sense:
    return Sense(row[0], row[1], tuple(row[2]), row[3], row[4], tuple(row[5]))


def _bag(tokens: Sequence[Token]) -> str:
    return " ".join(sorted(token.stem for token in tokens if token.content))


def fingerprint(catalog: Catalog, vocabulary: Mapping[str, Any] | None, values: Mapping[str, Sequence[ValueEntry]]) -> str:
    """Return the hash a cached lexicon is kept under."""
    body = [
        FORMAT, catalog.name, catalog.version, english_hash(), vocabulary or {},
        {name: [(e.value, e.count, e.dealership_ids, e.aliases) for e in entries] for name, entries in values.items()},
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:20]


__all__ = ["Kind", "Lexicon", "Sense", "ValueEntry", "fingerprint"]
