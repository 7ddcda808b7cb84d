"""Text to tokens: case, punctuation, numbers, abbreviations, inflection. Linear in the length of the text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from vendora_graph.offline.english import English
from vendora_graph.offline.numerals import NumberWord, one_number

NumberUnit = Literal["", "usd", "pct"]

_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_AMPERSAND = re.compile(r"\b([a-z]{1,2})\s?&\s?([a-z])\b")
_QUOTES = str.maketrans(
    {
        "\u2019": "'",
        "\u2018": "'",
        "`": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2013": "-",
        "\u2014": " - ",
        "\u2212": "-",
        "\u2265": ">=",
        "\u2264": "<=",
    }
)
_TOKEN = re.compile(
    r"""(?P<iso>\d{4}-\d{1,2}-\d{1,2})
      | (?P<us>\d{1,2}/(?:\d{4}|\d{1,2}(?:/\d{2,4})?)(?![\d/]))
      | (?P<num>\$?\d[\d,]*(?:\.\d+)?(?:%|\+)?(?![a-z\d]|\.\d))
      | (?P<mix>\$?\d[\d,]*(?:\.\d+)?(?:k|mm|m)\+?(?![a-z\d]))
      | (?P<ord>\d{1,2}(?:st|nd|rd|th)(?![a-z\d]))
      | (?P<wo>w/o(?![a-z])|w/(?=\s|[a-z]))
      | (?P<word>[a-z\d]+(?:'[a-z]+)*'?)
      | (?P<op>>=|<=|>|<|=)
      | (?P<yr>(?<=\s)'\d{2}(?!\d))
      | (?P<punct>[-&\#%@/,;:.?!+()$])""",
    re.VERBOSE,
)
_BREAKS = frozenset(";?!")
_NUMERIC_KINDS = frozenset({"num", "mix", "ord", "us", "iso"})
_LETTERS = 3
_VOWELS = frozenset("aeiou")
_BONES = 4
_SHORT = 2
"""A multiplier of one or two letters is written on the number (`6k`)."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a question.

    `stem` is what lookups use; `raw` is what the asker typed (shown when unused); `word` counts the asker's words, so that two
    tokens from one abbreviation share it. `number` is set for numerals and number words; `kind` is the shape it had.
    """

    text: str
    stem: str
    raw: str
    word: int
    kind: str
    number: Decimal | None = None
    unit: NumberUnit = ""
    plus: bool = False
    stop: bool = False

    @property
    def content(self) -> bool:
        """Whether the word must be accounted for."""
        return not self.stop and self.kind not in {"punct", "op"}


class Normaliser:
    """Turns text into tokens, the same way for questions and for vocabulary."""

    def __init__(self, english: English) -> None:
        self._english = english
        phrases = sorted((key for key in english.abbreviations if " " in key or "/" in key or "-" in key), key=len, reverse=True)
        self._phrases = re.compile(r"(?:\b|(?<=[$#]))(" + "|".join(map(re.escape, phrases)) + r")\b") if phrases else None  # `$/unit`

    def clean(self, text: str) -> str:
        """Fold case, quotes and width; drop control characters; cut at the length limit."""
        folded = unicodedata.normalize("NFKC", text[: self._english.max_chars]).translate(_QUOTES).lower()
        visible = "".join(ch if unicodedata.category(ch)[0] != "C" else " " for ch in folded)
        plain = "".join(ch for ch in unicodedata.normalize("NFKD", visible) if not unicodedata.combining(ch))
        plain = _DOTTED.sub(lambda m: m.group().replace(".", ""), plain)
        plain = _AMPERSAND.sub(r"\1\2", plain)
        if self._phrases is not None:
            plain = self._phrases.sub(lambda m: self._english.abbreviations[m.group(1)], plain)
        return plain

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return the tokens of a text (at most the configured number of them)."""
        out: list[Token] = []
        cleaned = self.clean(text)
        for count, match in enumerate(_TOKEN.finditer(cleaned)):
            if len(out) >= self._english.max_tokens:
                break
            out.extend(self._expand(match.lastgroup or "word", match.group(), count, cleaned[: match.start()][-1:]))
        return tuple(self._dashes(self._signed(self._multiplied(out))))

    def stem(self, word: str) -> str:
        """Return the singular of a word by the rules of english.yaml."""
        english = self._english
        base = word[:-2] if word.endswith("'s") else word.rstrip("'")
        if base in english.irregular:
            return english.irregular[base]
        if base in english.plural_keep or base.endswith(english.plural_not):
            return base
        for ending, replacement, size in english.plural_rules:
            if len(base) >= size and base.endswith(ending):
                return base[: len(base) - len(ending)] + replacement
        return base

    def key(self, text: str) -> str:
        """Return the lookup key of a phrase: its stems, run together."""
        return compact(self.tokens(text))

    def _expand(self, kind: str, raw: str, word: int, before: str) -> list[Token]:
        if kind in _NUMERIC_KINDS or kind in {"yr", "op"}:
            return [self._numeric(kind, raw, word)]
        known = self._english.abbreviations
        short = (
            known.get(raw) or known.get(raw.removesuffix("'s")) or (known.get(raw[:-1]) if kind == "word" and raw.endswith("s") else None)
        )
        if short is None:
            if kind == "punct":
                return [Token(raw, raw, raw, word, "punct", stop=True)] if raw != "." or before else []
            return [self._word(raw, raw, word)]
        return [replace(self._word(part, part, word), raw=raw) for part in short.split()]

    def _word(self, text: str, raw: str, word: int) -> Token:
        number = self._english.numbers.get(text)
        stem = self.stem(text)
        stop = text in self._english.stop or stem in self._english.stop
        return Token(text, stem, raw, word, "word", Decimal(number) if number is not None else None, stop=stop)

    def _numeric(self, kind: str, raw: str, word: int) -> Token:
        if kind in {"us", "iso", "op", "yr"}:
            return Token(raw, raw, raw, word, kind)
        body = raw.strip("$%+").rstrip("stndrh") if kind == "ord" else raw.strip("$%+")
        letters = body.lstrip("0123456789.,")
        digits = Decimal(body.removesuffix(letters).replace(",", "").rstrip(".") or "0")
        number = digits * self._english.multipliers.get(letters, 1)
        unit: NumberUnit = "usd" if raw.startswith("$") else "pct" if raw.endswith("%") else ""
        plain = body.replace(",", "")
        return Token(plain, plain, raw, word, kind, number, unit, plus=raw.endswith("+"))

    def _multiplied(self, tokens: list[Token]) -> list[Token]:
        """`6 grand`, `twenty-five thousand`: words that are one number together become one token."""
        words = [self._number_word(token) for token in tokens]
        out, at = list[Token](), 0
        while at < len(tokens):
            found = one_number(words[at:], self._english.raw["number_links"])
            size, number = found if found is not None else (1, None)
            run = tokens[at : at + size]
            out.append(run[0] if number is None else self._joined(run, number))
            at += size
        return out

    def _number_word(self, token: Token) -> NumberWord:
        times = self._english.multipliers.get(token.text, 1) if token.kind == "word" and len(token.text) > _SHORT else 1
        return NumberWord(token.text, None if token.kind == "ord" else token.number, times, spelled=token.kind == "word")

    def _joined(self, run: list[Token], number: Decimal) -> Token:
        money = {token.text for token in run} & set(self._english.raw["threshold_words"]["usd"])
        unit: NumberUnit = "usd" if money else run[0].unit
        shown, raw = f"{number:f}", " ".join(token.raw for token in run)
        return replace(run[0], number=number, text=shown, stem=shown, raw=raw, kind="num", unit=unit, stop=False)

    def _signed(self, tokens: list[Token]) -> list[Token]:
        """`below minus 1,500`, `under -$500`: behind a comparison the sign is a part of the number."""
        minus, before = set(self._english.raw["sign_words"]), set(self._english.raw["before_sign"])
        out: list[Token] = []
        for token in tokens:
            signed = len(out) > 1 and out[-1].text in minus and out[-2].text in before
            if signed and token.number is not None and token.kind != "ord":
                shown = f"-{token.text}"
                token = replace(token, number=-token.number, text=shown, stem=shown, raw=f"{out.pop().raw} {token.raw}")
            out.append(token)
        return out

    @staticmethod
    def _dashes(tokens: list[Token]) -> list[Token]:
        """Keep a dash only between two numbers (a range); a dash inside a word only parts it."""
        kept: list[Token] = []
        for index, token in enumerate(tokens):
            if token.text == "-":
                around = tokens[index - 1 : index] + tokens[index + 1 : index + 2]
                if len(around) != 2 or not all(t.kind in _NUMERIC_KINDS or t.text.isalpha() for t in around):  # noqa: PLR2004
                    continue
            kept.append(token)
        return kept


def compact(tokens: tuple[Token, ...] | list[Token]) -> str:
    """Join stems without blanks, so that `front end`, `front-end` and `frontend` are one key."""
    return "".join(token.stem for token in tokens if token.kind != "punct")


def skeleton(word: str) -> str:
    """Return a word without its vowels and doubled letters (`mangr` and `manager` are both `mngr`), empty when too little is left."""
    bones = [a for a, b in zip(word, " " + word, strict=False) if a != b and (b == " " or a not in _VOWELS)]
    return "".join(bones) if len(bones) >= _BONES and word.isalpha() else ""


def is_break(token: Token) -> bool:
    """Whether no phrase may run across this token."""
    return token.kind == "punct" and token.text in _BREAKS


def letters_share(text: str) -> float:
    """Return the share of letters that are Latin (1.0 for a text without letters)."""
    letters = [ch for ch in text[:2000] if ch.isalpha()]
    if len(letters) < _LETTERS:
        return 1.0
    return sum(1 for ch in letters if ch.isascii() or "LATIN" in unicodedata.name(ch, "")) / len(letters)
