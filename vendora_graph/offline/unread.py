"""Questions in which nothing, or too little, was understood: asked back, refused, or not held."""

from __future__ import annotations

from typing import Literal

from vendora_graph.contracts import Reading
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.judge import about, clarify, examples, headline, used_of
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.restate import in_words

_MOST = 0.5
_MANY = 3
_SMALL_MODEL = 40


def nothing_read(framer: Framer) -> Reading | None:
    """Judge a question without a measure, or one whose words are mostly of another world."""
    frame = framer.frame
    reasons = framer.raw["texts"]["reasons"]
    content = [i for i, t in enumerate(frame.tokens) if t.content]
    unused = [i for i in content if i not in frame.bound]
    lost = bool(content) and len(unused) / len(content) > _MOST
    if (frame.metrics or frame.record) and not (lost and (frame.from_hint or len(unused) > _MANY)):
        return None
    status: Literal["unread", "refused", "not_held"] = "unread" if len(unused) < len(content) or not content else "refused"
    if not content and framer.ctx.previous is None and frame.has("follow", "why", "is_good", "inside", "that"):
        return Reading(
            status="clarify", clarification=reasons["no_previous"], reason=reasons["no_previous"], alternatives=examples(framer.lexicon)
        )
    back = _back(framer, unused)
    if back is not None:
        return back
    if not content and not frame.metrics and not frame.has("why"):
        return clarify(framer, about(framer.lexicon, reasons["hello"]), examples(framer.lexicon))
    if _foreign(framer):
        status, reasons = "unread", {**reasons, "unread": reasons["other_language"]}
    elif framer.frame.tokens[0].text in framer.raw["imperatives"]:
        status, reasons = "refused", {**reasons, "off_topic": framer.raw["texts"]["doubts"]["write"]}
    elif content and _of_the_business(framer):
        status, reasons = "not_held", {**reasons, "unread": reasons["no_measure"]}
    reason = reasons["off_topic" if status == "refused" else "unread"]
    return Reading(
        status=status,
        reason=about(framer.lexicon, reason),
        alternatives=examples(framer.lexicon),
        unused=frame.unused(),
        used=used_of(framer),
    )


def _back(framer: Framer, unused: list[int]) -> Reading | None:
    """Ask back where all was understood but the measure, and where what is held is asked for."""
    frame, texts, lexicon = framer.frame, framer.raw["texts"], framer.lexicon
    if frame.metrics:
        return None
    labels = tuple(m.label for m in headline(lexicon))
    if frame.has("catalogue"):
        return clarify(framer, texts["reasons"]["catalogue"].format(areas=_all_areas(lexicon)), examples(lexicon))
    if not unused and frame.periods:
        return clarify(framer, texts["ask"]["measure"], labels)
    return clarify(framer, texts["ask"]["which_measure"], labels) if _measure_open(framer, unused) else None


def _measure_open(framer: Framer, unused: list[int]) -> bool:
    """`which location sold the most`, `compare Brooklyn and Chicago`: all is known but by which measure, and no usual one is."""
    frame, doing = framer.frame, {*framer.raw["sold_words"], *framer.raw["sales_words"], *framer.raw["opinions"]}
    asked = frame.groups or frame.filters or frame.ranked
    told = all(frame.tokens[i].text in doing or frame.tokens[i].stem in doing for i in unused)
    return not (framer.lexicon.vocabulary or frame.metrics or frame.topics) and bool(asked) and told


def _of_the_business(framer: Framer) -> bool:
    """Whether a word of the business was said (a value, a column, a department, a measure), though no measure was found."""
    known = ("metric", "value", "dimension", "group", "hint", "rule")
    spans = (s for s in framer.frame.spans if any(t.content for t in framer.frame.tokens[s.start : s.end]))
    return any(of_kind(span, *known) for span in spans)


def _foreign(framer: Framer) -> bool:
    """Whether most words are in no vocabulary at all: another language, or no language."""
    words = [t for t in framer.frame.tokens if t.kind == "word"]
    unknown = [t for t in words if t.stem not in framer.lexicon.words and t.text not in framer.lexicon.words]
    return len(unknown) > 1 and len(unknown) / len(words) >= _MOST


def _all_areas(lexicon: Lexicon) -> str:
    """All measures of a small model, the first of a large one."""
    labels = [info.label for info in lexicon.catalog.metrics.values() if not info.hidden]
    return in_words(labels if len(labels) <= _SMALL_MODEL else [m.label for m in headline(lexicon)])
