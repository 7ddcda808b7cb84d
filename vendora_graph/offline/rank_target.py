"""Rank target: `units and gross by salesperson, top 5 by gross`: the measure named after the order is what the rows are put in order by."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span

_CUES = ("rank", "top", "bottom", "best", "worst", "best_first", "low_first")
_NEAR = 4
_MEASURES = ("metric", "rule")


def find_target(framer: Framer) -> None:
    """Note the words of the measure after `top 5 by`, where other measures stand before the order."""
    frame = framer.frame
    cues = [frame.spans[i] for name in _CUES for i in frame.cues.get(name, ())]
    for cue in sorted(cues, key=lambda span: span.start):
        at = _after_by(framer, cue)
        earlier = any(of_kind(s, *_MEASURES) and s.end <= cue.start for s in frame.spans)
        if at and earlier and _measure(framer, at):
            frame.target_at = at
            return


def _after_by(framer: Framer, cue: Span) -> int:
    """Where the words begin that follow `top 5 by` or `ranked by`, or stand in `worst gross first`; 0 where there are none."""
    tokens, words = framer.frame.tokens, framer.raw["rank_links"]
    at = cue.end
    while at < len(tokens) and tokens[at].number is not None:
        at += 1
    linked = tokens[cue.end - 1].text in words
    if not linked and at < len(tokens) and tokens[at].text in words:
        linked, at = True, at + 1
    while at < len(tokens) and tokens[at].text in framer.raw["articles"]:
        at += 1
    linked = linked or any(t.text == framer.raw["first_word"] for t in tokens[at + 1 : at + _NEAR])
    return at if linked and at < len(tokens) else 0


def _measure(framer: Framer, at: int) -> bool:
    bare = {str(word) for entry in framer.lexicon.vocabulary.get("list_words") or () for word in entry["words"]}
    named = any(s.start == at and of_kind(s, *_MEASURES) for s in framer.frame.spans)
    return named or framer.frame.tokens[at].text in bare


def is_target(framer: Framer, span: Span) -> bool:
    """Whether a span is what the rows are put in order by."""
    return 0 < framer.frame.target_at == span.start


def take_target(framer: Framer) -> None:
    """Put the rows in order by the measure that the words after the order became."""
    frame, at = framer.frame, framer.frame.target_at
    if not at or not frame.ranked:
        return
    spans, words = (s for s in frame.spans if s.start == at), framer.lexicon.vocabulary.get("list_words") or ()
    named = [m for m, span in frame.metric_spans.items() if is_target(framer, span)]
    named += [sense.key for span in spans for sense in of_kind(span, "metric")]
    named += [str(entry["metric"]) for entry in words if frame.tokens[at].text in entry["words"]]
    frame.rank_by = next((m for m in named if m in frame.metrics), frame.rank_by)
    frame.metrics.sort(key=lambda metric: metric != frame.rank_by)  # what orders the rows is told first
