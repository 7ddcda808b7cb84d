"""Recency: `my last 10 deals`, `the newest RO`, `last car we sold`: single records by the day they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.words import lowered

_MOST = 1000


def take_recent(framer: Framer) -> None:
    """Make a list of the last records where a word for the last ones stands before their noun, and no stretch of time is meant."""
    frame, known = framer.frame, framer.lexicon.section("record_days")
    if frame.record or frame.grain or not known:
        return
    for at, token in enumerate(frame.tokens):
        if token.text not in framer.raw["recent_words"] or frame.bound.get(at, "cue").split()[0] not in {"cue", "ranking"}:
            continue
        noun, number = _noun_after(framer, at), _number_beside(framer, at)
        found = _record_of(framer, noun, known) if noun is not None else None
        if noun is None or found is None or (number is None and _plural(framer, noun, found[1].get("nouns", ()))):
            continue
        record, entry = found
        counted = {str(m) for m in entry.get("instead_of") or ()}
        beside = {str(m) for m in entry.get("beside") or ()}
        if any(m not in counted and m not in beside for m in frame.metrics if frame.metric_spans.get(m) in {noun, None}):
            continue
        _take(framer, at, noun, record, str(entry["by"]), number)
        frame.metrics = [m for m in frame.metrics if m not in counted]
        return


def _take(framer: Framer, at: int, noun: Span, record: str, by: str, number: int | None) -> None:
    frame = framer.frame
    for name in [n for n, places in frame.cues.items() if any(frame.spans[i].start == at for i in places)]:  # `newest` is no smallest
        frame.cues[name] = [i for i in frame.cues[name] if frame.spans[i].start != at]
        frame.cues = {n: places for n, places in frame.cues.items() if places}
    frame.record, frame.rank_by = record, by
    frame.ranked, frame.order, frame.limit = True, "top", number or 1
    frame.metrics.append(by)
    frame.notes.append(("by_day", {"label": lowered(framer.catalog.dimensions[record].plural)}))
    frame.bind(noun, f"records {record}")
    beside = {i for i in (at - 2, at - 1, at + 1) if 0 <= i < len(frame.tokens) and frame.tokens[i].number is not None}
    frame.bound.update(dict.fromkeys({at, *beside}, "ranking"))


def _noun_after(framer: Framer, at: int) -> Span | None:
    """The thing that the word is said of: right behind it, with a number, small words and values between."""
    for span in framer.frame.spans:
        if span.start <= at:
            continue
        if all(t.number is not None for t in framer.frame.tokens[span.start : span.end]):
            continue
        if span.period is not None:
            return None
        if of_kind(span, "dimension", "hint", "metric"):
            return span
        if not of_kind(span, "value") and any(t.content for t in framer.frame.tokens[span.start : span.end]):
            return None
    return None


def _number_beside(framer: Framer, at: int) -> int | None:
    tokens = framer.frame.tokens
    for i in (at + 1, at - 1, at - 2):  # `the 15 most recent`
        number = tokens[i].number if 0 <= i < len(tokens) and not tokens[i].unit else None
        if number is not None and number == int(number) and 1 <= number <= _MOST:
            return int(number)
    return None


def _plural(framer: Framer, noun: Span, nouns: Iterable[str]) -> bool:
    """Whether the noun, which may open a longer name (`cars we sold`), is said of several."""
    said = [t for t in framer.frame.tokens[noun.start : noun.end] if t.content and (t.stem in nouns or noun.end - noun.start == 1)]
    return any(t.text != t.stem for t in said)


def _record_of(framer: Framer, noun: Span, known: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """The records the noun means: by their own name, or by the thing they are of."""
    stems = {t.stem for t in framer.frame.tokens[noun.start : noun.end]}
    for record, entry in known.items():
        named = any(s.key == record for s in of_kind(noun, "dimension"))
        if record in framer.catalog.dimensions and (named or stems & set(entry.get("nouns", ()))):
            return record, entry
    return None


def recent_period(framer: Framer) -> str:
    """Where the last records are looked for when no period is said; empty where none are asked for."""
    frame, entry = framer.frame, framer.lexicon.section("record_days").get(framer.frame.record) or {}
    info = framer.catalog.metrics.get(frame.rank_by)
    return str(entry.get("period") or "") if info is not None and info.unit == "date" else ""
