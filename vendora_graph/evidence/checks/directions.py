"""Words of direction and rank agree with signs and places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from vendora_graph.contracts import Fact, ResultTable, Unit
from vendora_graph.evidence.arithmetic import is_change
from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.formats import render_value
from vendora_graph.evidence.phrases import Found, grouped
from vendora_graph.evidence.references import Token
from vendora_graph.evidence.resources import resource

_NEGATION_REACH = 3


@rule("directions.sign")
def sign(case: Case) -> Iterator[Problem]:
    """The word "up" needs a change above zero in the sentence, "improved" one towards the metric's good side."""
    known = grouped("directions", harmless="direction_harmless")
    for sentence in case.told:
        found = [word for word in known.find(sentence.tokens) if sentence.free(word)]
        for i, word in enumerate(found):
            following = found[i + 1].start if i + 1 < len(found) else len(sentence.tokens)
            previous = found[i - 1].end if i else 0
            problem = _disagreement(case, sentence, word, previous, following)
            if problem:
                yield Problem(f"{word.words!r} in the {sentence.where}: {problem}")


def _disagreement(case: Case, sentence: Sentence, word: Found[str], previous: int, following: int) -> str:
    evidence = _pair(sentence, word) + _changes(sentence, word, previous, following)
    if not evidence:
        return "no change in the sentence shows it"
    for fact, value in evidence:
        wanted = _wanted(case, fact, word.meaning)
        if wanted is None:
            return f"{fact.label!r} has no good side"
        if not _agrees(value, fact.unit, wanted, negated=_negated(sentence.tokens, word.start)):
            return f"{fact.label!r} says otherwise"
    return ""


def _changes(sentence: Sentence, word: Found[str], previous: int, following: int) -> list[tuple[Fact, Decimal]]:
    """Return the changes a word speaks of: those behind it before the next such word, else those before it."""
    found = [
        (ref.at, ref.fact, ref.fact.value) for ref in sentence.facts if is_change(ref.fact) and ref.fact.value is not None
    ]
    behind = [(fact, value) for at, fact, value in found if word.start < at < following]
    before = [(fact, value) for at, fact, value in found if previous <= at < word.start]
    anywhere = [(fact, value) for _, fact, value in found]
    return behind or before[-1:] or anywhere[:1]


def _pair(sentence: Sentence, word: Found[str]) -> list[tuple[Fact, Decimal]]:
    """Return what two plain figures around a word say: "rose from A to B" is B - A, "A, up from B" is A - B."""
    plain = [ref for ref in sentence.facts if not is_change(ref.fact) and ref.fact.value is not None]
    behind = [ref for ref in plain if ref.at >= word.end]
    before = [ref for ref in plain if ref.at < word.start]
    lead = [token.text for token in sentence.tokens[word.end : behind[0].at] if token.kind == "word"] if behind else []
    if len(behind) > 1 and "from" in lead and _linked(sentence.tokens, behind[0], behind[1], "to"):
        return _minus(behind[1], behind[0])
    if len(behind) > 1 and lead[-1:] == ["to"] and _linked(sentence.tokens, behind[0], behind[1], "from"):
        return _minus(behind[0], behind[1])
    if before and behind and word.meaning != "level" and _compares(sentence.tokens, word, behind[0]):
        return _minus(before[-1], behind[0])
    return []


def _linked(tokens: Sequence[Token], first: FactRef, second: FactRef, link: str) -> bool:
    return any(token.text == link for token in tokens[first.at + 1 : second.at])


def _compares(tokens: Sequence[Token], word: Found[str], target: FactRef) -> bool:
    run = tokens[word.end : target.at]
    opens = any(token.text in ("from", "than", "versus", "vs", "against") for token in run) or word.words in (
        "above",
        "below",
        "ahead of",
        "short of",
        "behind",
    )
    return opens and not any(token.kind == "mark" and token.text in ",;" for token in run)


def _minus(first: FactRef, second: FactRef) -> list[tuple[Fact, Decimal]]:
    if first.fact.value is None or second.fact.value is None or first.fact.unit != second.fact.unit:
        return []
    return [(first.fact, first.fact.value - second.fact.value)]


def _wanted(case: Case, fact: Fact, meaning: str) -> int | None:
    if meaning in ("good", "bad"):
        sides = {rules.good for name in fact.metric.split("/") if (rules := case.rules(name)) is not None}
        if sides not in ({"up"}, {"down"}):
            return None
        towards = 1 if sides == {"up"} else -1
        return towards if meaning == "good" else -towards
    return {"up": 1, "down": -1, "level": 0}[meaning]


def _agrees(value: Decimal, unit: Unit, wanted: int, *, negated: bool) -> bool:
    if wanted == 0:
        return (not any(digit in "123456789" for digit in render_value(value, unit))) != negated
    return (value * wanted > 0) != negated


def _negated(tokens: Sequence[Token], start: int) -> bool:
    words = resource("words")["negations"]
    return any(token.text in words for token in tokens[max(0, start - _NEGATION_REACH) : start])


@rule("directions.rank")
def rank(case: Case) -> Iterator[Problem]:
    """The words "highest", "best" and "second" need a row of a result that stands there."""
    known = grouped("ranks", harmless="rank_harmless")
    for sentence in case.told:
        for word in (*known.find(sentence.tokens), *_verbs(sentence)):
            claims = (sentence.free(word) or word.meaning == "lead") and not _followed_by_number(sentence, word)
            if claims and not any(_stands(case, ref.fact, word.meaning) for ref in _near(sentence, word)):
                yield Problem(f"{word.words!r} in the {sentence.where}")


def _verbs(sentence: Sentence) -> Iterator[Found[str]]:
    """Yield "leads" behind a name; elsewhere it is what the sales desk works on."""
    verbs, follow = resource("words")["rank_verbs"], resource("words")["rank_verb_objects"]
    for label in sentence.names:
        place = label.at + 1
        words = [token.text for token in sentence.tokens[place : place + 2]]
        if words[:1] and words[0] in verbs and words[1:] and words[1] in follow:
            yield Found(place, place + 1, sentence.tokens[place].text, "lead")


def _followed_by_number(sentence: Sentence, word: Found[str]) -> bool:
    """Words like "top {{q1}}" give the size of a list, they are no claim about a row."""
    return word.end < len(sentence.tokens) and sentence.tokens[word.end].kind == "q"


def _near(sentence: Sentence, word: Found[str]) -> list[FactRef]:
    plain = [ref for ref in sentence.facts if ref.fact.slice or ref.fact.period is not None]
    behind = [ref for ref in plain if ref.at >= word.end]
    return behind[:1] or plain[-1:]


def _stands(case: Case, fact: Fact, meaning: str) -> bool:
    return any(_place(case, fact, table, meaning) for table in case.tables_of.get(fact.id, ()))


def _place(case: Case, fact: Fact, table: ResultTable, meaning: str) -> bool:
    column = next((j for row in table.cells for j, cell in enumerate(row) if cell == fact.id), None)
    if column is None or len(table.cells) < 2:  # noqa: PLR2004 - one row has no rank
        return False
    rows = [row for row, key in zip(table.cells, table.keys, strict=False) if key and len(row) > column]
    values = [case.ledger.facts[cell].value for row in rows if (cell := row[column]) is not None and cell in case.ledger.facts]
    known = sorted((value for value in values if value is not None), reverse=True)
    if fact.value is None or not known:
        return False
    high, low = _ends(case, fact, table, len(rows))
    towards = {"max": 1, "min": -1, "lead": _listed_first(case, fact)}.get(meaning) or _towards(case, fact, meaning)
    if towards == 0 or not (high if towards > 0 else low):
        return False
    place = {"second": 1, "third": 2}.get(meaning, 0)
    ordered = known if towards > 0 else known[::-1]
    return place < len(ordered) and ordered[place] == fact.value


def _ends(case: Case, fact: Fact, table: ResultTable, rows: int) -> tuple[bool, bool]:
    """Return whether the highest and the lowest row are in the result: a cut list holds one end only."""
    if table.total_rows is None or rows >= table.total_rows:
        return True, True
    orders = [ask.order for ask in case.asks_of(fact) if ask.order is not None and ask.order[0] == fact.metric]
    return any(o[1] == "desc" for o in orders), any(o[1] == "asc" for o in orders)


def _listed_first(case: Case, fact: Fact) -> int:
    """Return which end comes first in the fact's own list; the highest where it has no order."""
    orders = [ask.order for ask in case.asks_of(fact) if ask.order is not None and ask.order[0] == fact.metric]
    return -1 if orders and all(order[1] == "asc" for order in orders) else 1


def _towards(case: Case, fact: Fact, meaning: str) -> int:
    rules = case.rules(fact.metric)
    side = {"up": 1, "down": -1}.get(rules.good, 0) if rules is not None else 0
    if meaning == "worst":
        return -side
    if meaning == "best":
        return side
    orders = [ask.order for ask in case.asks_of(fact) if ask.order is not None and ask.order[0] == fact.metric]
    return side or (1 if any(o[1] == "desc" for o in orders) else -1 if orders else 0)


CHECKS = (sign, rank)
