"""Words left over: content words of a question that nothing used, and those of them that change no figure."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.chosen import parts_of
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.heads import own_column
from vendora_graph.offline.modifiers import own_stems
from vendora_graph.offline.normalise import compact

_SHORT = 3
"""Content words of a question that is about one thing."""


def left_over(framer: Framer) -> list[int]:
    """Content words without a use that are neither loose English nor words of the measure itself."""
    frame, raw = framer.frame, framer.raw
    left = [i for i, t in enumerate(frame.tokens) if t.content and i not in frame.bound]
    own = own_stems(framer)
    loose = {str(word) for word in raw["loose"]} | set(framer.lexicon.vocabulary.get("loose") or ())
    loose -= set(raw["paid"]["words"]) if frame.from_hint else set()  # `pay for advisors`: the measure is a guess, and this is the subject
    parts = set().union(*(parts_of(framer, m) for m in frame.metrics)) if frame.metrics else set()
    weighty = {i for span in frame.open_topics for i in range(span.start, span.end)}
    plain = [i for i in left if _loose(framer, i, loose) or _own(framer, i, own, parts)]
    return [i for i in left if i in weighty or i not in plain]


def _loose(framer: Framer, index: int, loose: set[str]) -> bool:
    """A word that changes no figure, unless it is a value the measures can take (`from the factory`)."""
    token = framer.frame.tokens[index]
    senses = framer.lexicon.senses(compact(framer.frame.tokens[index : index + 1]))
    return bool({token.text, token.stem} & loose) and not any(s.kind == "value" and own_column(framer, s.key) for s in senses)


def _own(framer: Framer, index: int, stems: set[str], parts: set[str]) -> bool:
    """Whether a word is of the measure's own name, or names what it is made of (`trades` of a share of trades)."""
    senses = framer.lexicon.senses(compact(framer.frame.tokens[index : index + 1]))
    named = framer.frame.tokens[index].stem in stems and _light(framer, index) and not framer.marked(index)
    return named or any(s.kind == "metric" and s.key in parts for s in senses)


def by_nothing(framer: Framer, _plan: Plan) -> str:
    """`flagged hours by team`: what stands after the word for a grouping names none, and as loose English it would go unseen."""
    frame, loose = framer.frame, set(framer.raw["value_cue_gap"])
    for cue in (frame.spans[i] for i in frame.cues.get("group", ())):
        at = cue.end
        while at < len(frame.tokens) and frame.tokens[at].text in loose:
            at += 1
        by = frame.tokens[cue.end - 1].text == framer.raw["by_word"]
        unseen = at < len(frame.tokens) and at not in frame.bound and not frame.tokens[at].content and frame.tokens[at].number is None
        if by and unseen:
            return f"{frame.tokens[cue.end - 1].raw} {frame.tokens[at].raw}"
    return ""


def senses_at(framer: Framer, index: int) -> list[str]:
    """Return the kinds of sense that one word alone has."""
    return [s.kind for s in framer.lexicon.senses(compact(framer.frame.tokens[index : index + 1]))]


def _light(framer: Framer, index: int) -> bool:
    return framer.frame.tokens[index].number is None and not {"value", "number"} & set(senses_at(framer, index))


def known_word(framer: Framer, index: int) -> bool:
    """Tell whether a word stands in a name that is known, or is one itself."""
    token = framer.frame.tokens[index]
    inside = any(span.start <= index < span.end and of_kind(span, "value", "metric", "dimension") for span in framer.frame.spans)
    return inside or token.number is not None or bool(senses_at(framer, index))


def subject_left(framer: Framer) -> bool:
    """Whether a word nothing used says what the question is about (`unusual with deposits`); other such words are named in the answer."""
    tokens, raw, left = framer.frame.tokens, framer.raw, left_over(framer)
    before = (next((t.text for t in reversed(tokens[:at]) if t.text not in raw["articles"]), "") for at in left)
    short = bool(left) and sum(t.content for t in tokens) <= _SHORT  # `are deposits on track`
    return short or any(word in raw["subject_words"] for word in before)


def beside_report(framer: Framer, plan: Plan) -> str:
    """`my board, units front back per rep`: measures named beside a report that is a table of its own ones only."""
    frame, reports = framer.frame, framer.lexicon.section("reports")
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    fixed = any((reports.get(name) or {}).get("group_by") for name in frame.reports)
    shown = {*plan.metrics, *general}
    dropped = {m for m in frame.metric_spans if not {m, *(to for _, to in framer.catalog.metrics[m].variants)} & shown}
    lost = [span for m, span in frame.metric_spans.items() if m in dropped and frame.bound.get(span.start) == f"metric {m}"]
    return " ".join(frame.said(span) for span in lost) if fixed and frame.has("group") else ""
