"""English as data: `english.yaml` read once into a frozen object that survives a JSON round trip."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from vendora_graph import yaml_text
from vendora_graph.errors import InternalError

_FILE = Path(__file__).with_name("english.yaml")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_DAY = "day"


@dataclass(frozen=True, slots=True)
class English:
    """The words and patterns of `english.yaml`, and what a business adds to them.

    `raw` is the parsed file; the other fields are the parts the tokeniser needs on every question.
    """

    raw: Mapping[str, Any]
    stop: frozenset[str]
    abbreviations: Mapping[str, str]
    numbers: Mapping[str, int]
    multipliers: Mapping[str, int]
    plural_rules: tuple[tuple[str, str, int], ...]
    plural_keep: frozenset[str]
    plural_not: tuple[str, ...]
    irregular: Mapping[str, str]
    max_chars: int
    max_tokens: int
    span: int


def make_english(raw: Mapping[str, Any], vocabulary: Mapping[str, Any] | None = None) -> English:
    """Build `English` from the parsed file; the business's own `abbreviations` win, its `filler` words are small words too."""
    vocabulary = vocabulary or {}
    plural = raw["plural"]
    limits = raw["limits"]
    return English(
        raw=raw,
        stop=frozenset([*str(raw["stop"]).split(), *str(vocabulary.get("filler") or "").split()]),
        abbreviations={**_text(raw["abbreviations"]), **_of_days(raw), **_text(vocabulary.get("abbreviations") or {})},
        numbers={str(word): int(n) for word, n in raw["numbers"].items()},
        multipliers={str(word): int(n) for word, n in raw["number_multipliers"].items()},
        plural_rules=tuple((str(end), str(new), int(size)) for end, new, size in plural["rules"]),
        plural_keep=frozenset(str(word) for word in plural["keep"]),
        plural_not=tuple(str(end) for end in plural["not_endings"]),
        irregular=_text(plural["irregular"]),
        max_chars=int(limits["max_chars"]),
        max_tokens=int(limits["max_tokens"]),
        span=int(limits["span"]),
    )


def _of_days(raw: Mapping[str, Any]) -> dict[str, str]:
    """`every monday`, `every tuesday`: the abbreviations written once for all days of the week."""
    days = [word for word in raw["calendar"]["weekdays"] if word.endswith(_DAY)]
    return {short.format(day=day): full.format(day=day) for short, full in raw["day_abbreviations"].items() for day in days}


@lru_cache(maxsize=1)
def english_data() -> dict[str, Any]:
    """Return the parsed `english.yaml`."""
    return parsed(_content().decode("utf-8"), _FILE)


def english_hash() -> str:
    """Return the hash of `english.yaml`, without parsing it."""
    return hashlib.sha256(_content()).hexdigest()


@cache
def _content() -> bytes:
    """The file as this process read it: an upgrade beside a running process must not put its old words under the new hash."""
    return _FILE.read_bytes()


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping with the fast loader where libyaml is present."""
    return parsed(path.read_text(encoding="utf-8"), path)


def parsed(text: str, path: Path) -> dict[str, Any]:
    """Return a YAML mapping read from a file."""
    loaded = yaml_text.load(text)
    if not isinstance(loaded, dict):
        raise InternalError(f"{path.name} must hold a mapping")
    return loaded


def _text(mapping: Mapping[Any, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in mapping.items()}
