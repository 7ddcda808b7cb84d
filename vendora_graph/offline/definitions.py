"""Definitions by the form of the question: `what's in SG&A`, `does fixed gross include the body shop`."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, of_kind


def take_definition(framer: Framer) -> None:
    """Note that what a measure means is asked, by a form that no phrase of the lexicon is."""
    frame = framer.frame
    if framer.raw["definition_form"]["counts"] in " ".join(_words(framer)) and framer.inherits() and not frame.metrics:
        frame.cues.setdefault("inside", [])  # `what counts as filled`: of the measure of the last answer
    if frame.periods or frame.has("how_many", "definition", "inside"):
        return
    if _what_is_in(framer) or _does_it_include(framer):
        frame.cues.setdefault("definition", [])


def _words(framer: Framer) -> list[str]:
    return [t.text for t in framer.frame.tokens if t.kind != "punct"]


def _what_is_in(framer: Framer) -> bool:
    """`what's in SG&A`: nothing but the measure after it."""
    form, said = framer.raw["definition_form"], _words(framer)
    spans = [s for s in framer.frame.spans if of_kind(s, "metric")]
    after = said[2:3] if said[1:2] and said[1] in form["asks"] else said[1:2]
    opens = bool(said) and said[0] in form["opens"] and bool(set(after) & set(form["inside"]))
    inside = set().union(*(range(s.start, s.end) for s in spans)) if spans else set()
    rest = [t for i, t in enumerate(framer.frame.tokens) if t.content and i not in inside]
    return opens and bool(spans) and not rest


def _does_it_include(framer: Framer) -> bool:
    """`does fixed gross include body shop`: a measure, then a verb of what belongs to it."""
    form, said = framer.raw["definition_form"], _words(framer)
    verbs = [i for i, t in enumerate(framer.frame.tokens) if t.text in form["verbs"]]
    named = [s for s in framer.frame.spans if of_kind(s, "metric", "rule")]
    return bool(said) and said[0] in form["asks"] and bool(verbs) and any(s.end <= verbs[0] for s in named)
