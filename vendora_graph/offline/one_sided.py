"""One-sided: a condition said of one of two things joined (`used cars and new trucks`) is none of the other, and one plan holds both."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import filters_of

_HEADS = ("metric", "hint", "rule")
_TAKEN = ("metric", "filter", "rule")


def one_sided(framer: Framer, plan: Plan) -> str:
    """Return the words of such a condition; empty without any."""
    return _second_only(framer, plan) or _first_only(framer, plan) or _slice_lost(framer, plan)


def _second_only(framer: Framer, plan: Plan) -> str:
    """`leads and internet appointments`, `used cars vs new trucks`: said right before the second thing, the first being complete."""
    for first, at in _joined(framer):
        if not of_kind(first, *_HEADS):
            continue
        run = list(_values_from(framer, at))
        lonely = [span for span in run if _lonely(framer, plan, span)]
        if lonely and _with(framer, first.end) and not _measured(framer, run[-1]):
            continue  # `amount financed with credit unions`
        if lonely and _headed(framer, run[-1]):
            return framer.frame.said(lonely[0])
    return ""


def _with(framer: Framer, at: int) -> bool:
    return framer.frame.tokens[at].text == str(framer.raw["with_word"])


def _measured(framer: Framer, last: Span) -> bool:
    """Whether a measure stands right behind a run of values."""
    return any(s.start == last.end and of_kind(s, "metric", "rule") for s in framer.frame.spans)


def _first_only(framer: Framer, plan: Plan) -> str:
    """`new trucks and used cars`: the first thing has a condition of its own, and the second is complete without it."""
    frame = framer.frame
    for first, at in _joined(framer):
        if not _lonely(framer, plan, first) or not of_kind(first, "dimension"):
            continue
        second = next((s for s in frame.spans if s.start >= at), None)
        before = next((s for s in reversed(frame.spans) if s.end <= first.start), None)
        if second is None or before is None or not of_kind(second, "metric"):
            continue
        if {s.key for s in of_kind(second, "value")} & {s.key for s in of_kind(before, "value")}:
            return frame.said(first)
    return ""


def _slice_lost(framer: Framer, plan: Plan) -> str:
    """`new truck gross and used gross`: a measure is named for one value, and the condition of the other thing holds for it too."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    kept = {f.dimension: set(f.values) for f in plan.filters if f.op == "in"}
    for metric, span in frame.metric_spans.items():
        for own in filters_of(named[metric]) if metric in named and len(plan.metrics) > 1 else ():
            if own.op == "in" and own.dimension in kept and not set(own.values) & kept[own.dimension]:
                return frame.said(span)
    return ""


def _joined(framer: Framer) -> Iterator[tuple[Span, int]]:
    """Yield the span before each `and` or `vs`, and where what is joined to it begins."""
    frame, words = framer.frame, {framer.raw["versus_word"], *framer.raw["joiners"], *framer.raw["beside_words"]}
    for at, token in enumerate(frame.tokens):
        first = _thing_before(framer, at)
        if not {token.stem, token.text} & words or first is None or frame.bound.get(at, "cue").startswith(_TAKEN):
            continue
        after = at + 1
        while after < len(frame.tokens) and frame.tokens[after].text in framer.raw["articles"]:
            after += 1
        yield first, after


def _thing_before(framer: Framer, at: int) -> Span | None:
    """The thing that ends at a place, or before a period that does (`ROs closed yesterday and customer pay labor`)."""
    frame = framer.frame
    for span in reversed([s for s in frame.spans if s.end <= at]):
        said = frame.bound.get(span.start, "")
        if span.end == at and said.startswith("period"):
            at = span.start
            continue
        return span if span.end == at and said.startswith(_TAKEN) else None
    return None


def _values_from(framer: Framer, at: int) -> Iterator[Span]:
    """Yield the values that stand one right behind the other from a place on."""
    for span in (s for s in framer.frame.spans if s.start >= at):
        if span.start != at or not framer.frame.bound.get(span.start, "").startswith("filter "):
            return
        yield span
        at = span.end


def _headed(framer: Framer, last: Span) -> bool:
    """Whether a run of values says of what: a noun right behind it, or its last word is one (`trucks`, `Toyotas`)."""
    after, word = next((s for s in framer.frame.spans if s.start == last.end), None), framer.frame.tokens[last.end - 1]
    several = word.text.endswith("s") and word.text != word.stem  # `Toyotas`
    return several or bool(of_kind(last, "dimension", *_HEADS)) or (after is not None and bool(of_kind(after, *_HEADS)))


def _lonely(framer: Framer, plan: Plan, span: Span) -> bool:
    """Whether a value limits the whole plan, and is not one of several shown apart."""
    name = framer.frame.bound.get(span.start, "").removeprefix("filter ")
    return name not in plan.group_by and any(f.dimension == name and f.op == "in" for f in plan.filters)
