"""What follows a question that was asked back: what was missing of it (`Which measure?`, `front gross`), or a step further on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vendora_graph.asked_back import AskedBack, TakenUp
from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline.english import English
from vendora_graph.offline.normalise import Normaliser, Token

Read = Callable[[str, Plan | None], Reading]
"""Reads a question that may build on a plan."""


def take_up(said: str, previous: Plan | None, back: AskedBack | None, read: Read, normaliser: Normaliser, english: English) -> TakenUp:
    """Return what is said now, in the light of the question that was asked back before it, if one was."""
    if back is None:
        return TakenUp(said, previous, read(said, previous))
    question = completed(said, back, lambda text: read(text, previous), normaliser, english)
    if question != said:
        return TakenUp(question, previous, read(question, previous))
    if back.plan is not None:
        further = read(said, back.plan)
        if further.carried:
            return TakenUp(said, previous, _still_open(further, back, english))
    alone = back.alone and not _points(normaliser.tokens(back.question), english.raw)
    before = None if alone else previous
    return TakenUp(said, before, read(said, before))


def _points(tokens: tuple[Token, ...], raw: Mapping[str, Any]) -> bool:
    """Whether a question means the answer before it by a pronoun (`which lender owes us the most of it`)."""
    return any(t.text in {*raw["lifted_pronouns"], *raw["pointing_words"], *raw["ranked_pronouns"]} for t in tokens)


def _still_open(further: Reading, back: AskedBack, english: English) -> Reading:
    """A step further on what was only offered: the question stays put, and the offer takes the step."""
    if further.status != "plan":
        return further
    shown = further.restated.rstrip(".")
    asked = str(english.raw["texts"]["ask"]["still_open"]).format(asked=back.asked, restated=shown)
    return Reading(
        status="clarify", clarification=asked, reason=asked, alternatives=(shown,), used=further.used, unused=further.unused,
        margin=0.0, carried=True, offer=further.plan,
    )  # fmt: skip


def completed(said: str, back: AskedBack, read: Callable[[str], Reading], normaliser: Normaliser, english: English) -> str:
    """Return the question asked back with what is said now, as far as that makes it one that can be answered; else what is said."""
    raw, tokens = english.raw["fragments"], [t for t in normaliser.tokens(said) if t.kind != "punct"]
    if back.offered and tokens and all(t.text in raw["consent"] for t in tokens):
        return back.offered if read(back.offered).restated.rstrip(".") == back.offered else said
    words = _words(said, raw["leads"])
    if not words or not _fragment(tokens, raw, led=not said.startswith(words)):
        return said
    for question in _whole(words, back):
        reading = read(question)
        if reading.status == "plan" and not {w.lower() for w in reading.unused} & {t.raw.lower() for t in tokens}:
            return question
    return said


def _words(said: str, leads: list[str]) -> str:
    """Return what is said without the words that only lead to it (`what about`, `I meant`)."""
    opening = "|".join(re.escape(lead) for lead in leads)
    return re.sub(rf"^\s*(?:(?:{opening})\b[\s,]*)+", "", said, flags=re.IGNORECASE).strip(" ?!.")


def _fragment(tokens: list[Token], raw: Mapping[str, Any], *, led: bool) -> bool:
    """Tell whether words are a part of a question, not one of their own."""
    return sum(t.content for t in tokens) <= raw["longest"] and (led or tokens[0].text not in raw["never"])


def _whole(words: str, back: AskedBack) -> Iterator[str]:
    """Yield the question with what was unclear in it replaced, then with the words behind it."""
    if back.about and back.about.lower() in back.question.lower():
        yield re.sub(re.escape(back.about), lambda _: words, back.question, count=1, flags=re.IGNORECASE)
    yield f"{back.question.rstrip(' ?!.')} {words}"
