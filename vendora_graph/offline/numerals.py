"""Numerals said in several words: `6 grand`, `twenty-five thousand`, `a hundred and twenty`: one number each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

_TEN, _TWENTY, _HUNDRED = 10, 20, 100


@dataclass(frozen=True, slots=True)
class NumberWord:
    """A word as far as it is a number: its own value, what it multiplies by (1: nothing), and whether it was spelled out."""

    text: str
    number: Decimal | None = None
    times: int = 1
    spelled: bool = False


def one_number(words: Sequence[NumberWord], links: Mapping[str, str]) -> tuple[int, Decimal] | None:
    """Return how many of the words, from the first on, are one number, and which; None where the first is no number or stands alone."""
    first = words[0]
    if first.number is None:
        return None
    total, current, end = Decimal(0), first.number, 1
    while end < len(words):
        word, spelled = words[end], first.spelled
        if word.times > 1 and not (word.times == _HUNDRED and not 0 < current < _HUNDRED):
            hundred = word.times == _HUNDRED
            total, current = (total, current * word.times) if hundred else (total + current * word.times, Decimal(0))
            end += 1
            continue
        link = _RULES.get(links.get(word.text, "")) if end + 1 < len(words) else None
        if link is not None and not _linked(words[end + 1 :], current):
            break
        after = words[end + 1] if link is not None else word
        rules = [link] if link is not None else list(_RULES.values())
        if after.number is None or not (spelled and after.spelled) or not any(rule(total, current, after.number) for rule in rules):
            break
        current, end = current + after.number, end + (1 if link is None else 2)
    return (end, total + current) if end > 1 else None


def _linked(rest: Sequence[NumberWord], current: Decimal) -> bool:
    """Whether what follows a linking word belongs to the number (`a hundred and ten`), and is no second one (`five and nine hundred`)."""
    return current >= _HUNDRED and current % _HUNDRED == 0 and not (len(rest) > 1 and rest[1].times > 1)


def _digit_of_tens(_total: Decimal, current: Decimal, number: Decimal) -> bool:
    """`twenty five`."""
    return 0 < number < _TEN and current % _HUNDRED >= _TWENTY and current % _TEN == 0


def _rest_of_hundred(total: Decimal, current: Decimal, number: Decimal) -> bool:
    """`one hundred twenty`, `two thousand five (hundred)`."""
    whole = (current >= _HUNDRED and current % _HUNDRED == 0) or (current == 0 and total > 0)
    return whole and 0 < number < _HUNDRED


_RULES: Mapping[str, Callable[[Decimal, Decimal, Decimal], bool]] = {"tens": _digit_of_tens, "hundreds": _rest_of_hundred}
