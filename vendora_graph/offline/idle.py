"""The idle: `who hasn't sold a car this week`, `which salespeople have zero demos`: people with none, of those known to have been there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span

_NAMED = ("metric", "hint", "rule")


def take_idle(framer: Framer) -> None:
    """Ask for the people whose count is nought, beside a figure that shows who was there (`idle_people`)."""
    frame = framer.frame
    if frame.has("how_many", "why", "target", "compare"):
        return
    for entry in framer.lexicon.vocabulary.get("idle_people") or ():
        person = str(entry["by"])
        if person not in framer.catalog.dimensions or not _asked(framer, person):
            continue
        known, states = entry["measures"], entry.get("states") or {}
        found = _none_of(framer, known) or _done_nothing(framer, known) or _not_done(framer, states)
        if found is not None and not _more(framer, found[0], entry):
            _take(framer, entry, *found)
            return


def _asked(framer: Framer, person: str) -> bool:
    """Whether people of the kind, or nobody in particular, are asked for."""
    named = [s.key for span in framer.frame.spans for s in of_kind(span, "dimension") if framer.catalog.dimensions[s.key].kind == "person"]
    return person in named or (not named and framer.frame.has("who", "everyone"))


def _more(framer: Framer, at: int, entry: Mapping[str, Any]) -> bool:
    """Whether another measure is named before it: `who lost the most leads without a sale` is of leads."""
    earlier = (s for s in framer.frame.spans if s.end <= at and of_kind(s, "metric"))
    return any(framer.frame.tokens[s.end - 1].stem not in entry.get("things", ()) for s in earlier)


def _none_of(framer: Framer, measures: Mapping[str, Any]) -> tuple[int, Span, str] | None:
    """Where a word for none stands right before a measure, that measure's span, and what counts it."""
    frame = framer.frame
    for at, token in enumerate(frame.tokens):
        if token.text not in framer.raw["negations"] and not (token.number == 0 and not token.unit):
            continue
        after = next((s for s in frame.spans if s.start > at and any(t.content for t in frame.tokens[s.start : s.end])), None)
        between = frame.tokens[at + 1 : after.start] if after is not None else ()
        keys = [s.key for s in of_kind(after, *_NAMED)] if after is not None else []
        metric = next((str(measures[key]) for key in keys if key in measures), "")
        if after is not None and metric in framer.catalog.metrics and not any(t.content for t in between):
            return at, after, metric
    return None


def _done_nothing(framer: Framer, measures: Mapping[str, Any]) -> tuple[int, Span, str] | None:
    """`who sold nothing this week`: the word for none stands right behind what was done."""
    frame = framer.frame
    for span in frame.spans:
        metric = next((str(measures[s.key]) for s in of_kind(span, *_NAMED) if s.key in measures), "")
        if metric in framer.catalog.metrics and any(t.text in framer.raw["nothing_words"] for t in frame.tokens[span.end : span.end + 1]):
            frame.bound[span.end] = f"threshold {metric}"
            return span.start, span, metric
    return None


def _not_done(framer: Framer, states: Mapping[str, Any]) -> tuple[int, Span, str] | None:
    """`anybody without a sale`: a state that is said of leads and visits otherwise is of the people themselves."""
    negations = set(framer.raw["negations"])
    for span in framer.frame.spans:
        words = [t.text for t in framer.frame.tokens[span.start : span.end]]
        metric = next((str(states[s.key]) for s in of_kind(span, "value") if s.key in states), "")
        negated = bool({*words, *(w.replace("nt", "n't") for w in words)} & negations)
        if metric in framer.catalog.metrics and negated:
            return span.start, span, metric
    return None


def _take(framer: Framer, entry: Mapping[str, Any], at: int, span: Span, metric: str) -> None:
    frame, person, beside = framer.frame, str(entry["by"]), str(entry["beside"])
    rest = span.end
    while rest < len(frame.tokens) and (not frame.tokens[rest].content or _thing(framer, rest, entry)):
        rest += 1
    words = set(range(at, rest))
    frame.cues = {n: [i for i in places if frame.spans[i].start not in words] for n, places in frame.cues.items()}
    frame.cues = {n: places for n, places in frame.cues.items() if places or n == "who"}
    frame.metrics, frame.from_hint = list(dict.fromkeys([metric, beside])), False
    frame.metric_spans = {metric: span}
    frame.rule, frame.rules, frame.modifiers, frame.dropped = "", [], [], []
    frame.groups = [person]
    frame.filters.append(Filter(dimension=metric, op="le", values=("0",)))
    frame.bound.update(dict.fromkeys(words, f"threshold {metric}"))
    labels = {"by": framer.catalog.dimensions[person].plural, "label": framer.catalog.metrics[beside].label}
    frame.notes.append(("idle", labels))


def _thing(framer: Framer, at: int, entry: Mapping[str, Any]) -> bool:
    """`hasn't sold a car`: the thing that was not sold adds nothing."""
    return framer.frame.tokens[at].stem in entry.get("things", ())
