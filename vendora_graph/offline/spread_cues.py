"""Cues spread over a question: words that ask for something together, with others between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def spread_cues(said: Sequence[str], raw: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Yield the cues and the places of the words that are used up by each."""
    if _supposes(said, raw["whether"]):
        yield raw["whether"]["cue"], ()
    words = raw["what_to_do"]
    if said[:1] == [words["opens"]] and set(said[1:2]) & set(words["modals"]) and words["verb"] in said[2 : 2 + words["within"]]:
        yield words["cue"], (1, said.index(words["verb"]))  # `what should Westmere Honda do about service gross`
    judging = raw["judging"]
    if said[:1] and said[0] in judging["opens"] and set(said[1:]) & set(judging["ends"]):
        yield judging["cue"], ()  # `is our F&I gross per unit good`: an opinion word asks to hold the figure against something
    yield from _outcome(said, raw)


def _supposes(said: Sequence[str], words: Mapping[str, Any]) -> bool:
    """`if closing ratio went to 25 percent`, `what happens to F&I gross if penetration goes up`."""
    at = said.index(words["word"]) if words["word"] in said else -1
    return at == 0 or (at > 0 and said[at - 1] not in words["after"] and bool(set(said) & set(words["asks"])))


def _outcome(said: Sequence[str], raw: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...]]]:
    """`will used beat last month`: how a running period ends is asked, however far the verb stands from what says so."""
    ahead, done = {*raw["will_words"], *raw["can_words"]}, set(raw["held_against"])
    first = next((at for at, word in enumerate(said) if word in ahead | done), len(said))
    beat = next((at for at in range(first + 1, len(said)) if said[at] in raw["outcome_verbs"]), 0)
    if beat and set(said[beat + 1 :]) & set(raw["outcome_behind"]):  # a period or a target is what is beaten
        for cue in raw["outcome_cues"] if said[first] in ahead else (raw["versus_cue"],):
            yield cue, (first, beat)
