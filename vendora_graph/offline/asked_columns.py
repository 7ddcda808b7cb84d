"""Asked columns: `10 oldest used units: stock number, model and age`, `biggest wholesale losses`: a list, though no verb asks for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token, compact

_NAMES = frozenset({"dimension", "metric"})
_LONGEST = 4
"""Words of a column's name."""


def columns_asked(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """Return a question that ends in a row of columns, a record's number among them, as a list with these columns."""
    words = lexicon.english.raw["asked_columns"]
    if any(t.text in words["unless"] for t in tokens):
        return tokens
    for at in range(1, len(tokens) - 1):
        head, start = _head(tokens, at, words["verbs"]), _start(tokens, at, words)
        if head and start and _row_of_columns(tokens[start:], lexicon):
            listed = head[0].text in {*words["verbs"], *words["lists"]}
            lead = () if listed else _said(words["lead"], head[0], lexicon)
            return (*lead, *head, *_said(words["with"], tokens[start], lexicon), *tokens[start:])
    return tokens


def biggest_losses(tokens: tuple[Token, ...], lexicon: Lexicon) -> tuple[Token, ...]:
    """`5 biggest front end losses`: of what was lost the biggest is the lowest figure, told one by one."""
    words = lexicon.english.raw["losses"]
    for at, token in enumerate(tokens):
        end = next((i for i in range(at + 1, min(at + 1 + _LONGEST, len(tokens))) if tokens[i].text in words["nouns"]), 0)
        between = tokens[at + 1 : end]
        if token.text not in words["orders"] or not end or any(t.kind == "punct" or t.number is not None for t in between):
            continue
        if any(t.text == lexicon.english.raw["by_word"] for t in tokens) or not _can_lose(tokens[at + 1 : end + 1], lexicon):
            continue
        named = any(s.kind == "metric" for s in lexicon.senses(compact(tokens[at + 1 : end + 1])))
        rest = tokens[end:] if named else tokens[end + 1 :]
        if not named and not any(s.kind in _NAMES for s in lexicon.senses(compact(between))):
            continue
        before = tokens[:at]
        lead = () if any(t.text in words["lists"] for t in before) else _said(words["lead"], token, lexicon)
        return (*lead, *before, *_said(words["worst"], token, lexicon), *between, *rest)
    return tokens


def _can_lose(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a measure the words name, with or without `losses`, may lie below zero."""
    names = (list(tokens), list(tokens[:-1]))
    found = [s.key for name in names for s in lexicon.senses(compact(name)) if s.kind == "metric"] if tokens else []
    known = [lexicon.catalog.metrics[name] for name in found]
    return any(info.low < 0 if info.low is not None else info.good == "up" for info in known) or len(tokens) == 1


def _said(text: str, near: Token, lexicon: Lexicon) -> Iterator[Token]:
    return (replace(t, raw=near.raw, word=near.word) for t in lexicon.normaliser.tokens(text))


def _head(tokens: Sequence[Token], at: int, verbs: Sequence[str]) -> tuple[Token, ...]:
    """What stands before the mark or the preposition that leads to the columns; marks at its end are left out."""
    end = at
    while end and (tokens[end - 1].kind == "punct" or tokens[end - 1].text in verbs):
        end -= 1
    return tuple(tokens[:end])


def _start(tokens: Sequence[Token], at: int, words: dict[str, list[str]]) -> int:
    """Where the columns begin behind a mark or a preposition; 0 where nothing leads to columns."""
    if not (tokens[at].kind == "punct" and tokens[at].text in words["marks"]) and tokens[at].text not in words["leading"]:
        return 0
    at += 1
    while at < len(tokens) - 1 and (tokens[at].text in {*words["verbs"], *words["leading"], *words["small"]} or tokens[at].kind == "punct"):
        at += 1
    return at


def _row_of_columns(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether the words are nothing but names of columns, one of them the number of a record."""
    items, known = list(_items(tokens, lexicon)), lexicon.catalog.dimensions
    numbers = set(lexicon.english.raw["asked_columns"]["numbers"])
    records = [
        item
        for item in items
        if any(s.kind == "dimension" and known[s.key].kind == "record" for s in lexicon.senses(compact(item))) and item[-1].stem in numbers
    ]
    return bool(records) and all(_is_column(item, lexicon) for item in items)


def _items(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[list[Token]]:
    joiners, small = {*lexicon.english.raw["column_joiners"], "&"}, {*lexicon.english.raw["asked_columns"]["small"]}
    item: list[Token] = []
    for token in tokens:
        if token.text in joiners or token.kind == "punct":
            yield from [item] if item else []
            item = []
        elif item or token.text not in small:
            item.append(token)
    yield from [item] if item else []


def _is_column(item: list[Token], lexicon: Lexicon) -> bool:
    figures = [lexicon.normaliser.key(str(phrase)) for phrase in lexicon.section("list_columns")]
    amounts = lexicon.english.raw["asked_columns"]["amounts"]
    named = any(s.kind in _NAMES for s in lexicon.senses(compact(item))) or compact(item) in figures
    return len(item) <= _LONGEST and (named or (len(item) == 1 and item[0].text in amounts))
