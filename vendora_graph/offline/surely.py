"""Which names of measures are surely measures, before it is known which measure the question is about."""

from __future__ import annotations

from collections.abc import Sequence

from vendora_graph.offline.frame import LIMITS, Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span


def limits_other(framer: Framer, span: Span, named: Sequence[Span]) -> bool:
    """`receivables over 90 days`: a limit that has a name of its own, beside a measure of another family, is the limit of that."""
    tokens = framer.frame.tokens
    numbers = any(t.number is not None for t in tokens[span.start : span.end])
    if tokens[span.start].text in framer.raw["threshold_words"]["points"] and span.end - span.start == 1:
        more = span.start and tokens[span.start - 1].text in framer.raw["what_if_levels"]["changes"]
        at = span.start - 1 - bool(more)  # `improved 2 points`, `2 more points`: the unit of the number
        return at >= 0 and tokens[at].number is not None
    if tokens[span.start].text in framer.raw["threshold_words"]["days"] and _counted(framer, span.start):
        return True  # `60 or more days on the lot`
    if not numbers or not framer.cues_starting(span.start).intersection(LIMITS):
        return False
    key, general, metrics = framer.lexicon.normaliser.key, framer.lexicon.general_names, framer.catalog.metrics
    others = [o for o in named if o is not span and key(framer.frame.said(o)) not in general]
    families = {metrics[s.key].family for o in others for s in of_kind(o, "metric")}
    return bool(families) and not families & {metrics[s.key].family for s in of_kind(span, "metric")}


def _counted(framer: Framer, at: int) -> bool:
    """Whether a number counts the word at a place, with `or more` between at most."""
    before = [t for t in framer.frame.tokens[max(at - 3, 0) : at] if t.text not in framer.raw["or_more_words"]]
    return bool(before) and before[-1].number is not None


def only_metric(framer: Framer, span: Span, spans: Sequence[Span]) -> bool:
    """A name of a measure that is nothing else here: beside others, a value none of them can take is no value."""
    if of_kind(span, "dimension", "group", "rule", "topic", "modifier"):
        return False
    values, others = of_kind(span, "value"), {s.key for o in spans if o is not span for s in of_kind(o, "metric")}
    if not values or not others or framer.inherits():
        return not values
    return not any(can_cut(framer.lexicon, m, v.key) for m in others for v in values)


def replaced(framer: Framer, span: Span) -> bool:
    """`gross instead of sales`: the measure given up for another."""
    frame = framer.frame
    small = {*framer.raw["articles"], *framer.raw["limit_openers"], "to"}
    said = [t.text for t in frame.tokens[: span.start]]
    while said and said[-1] in small and said[-1] != framer.raw["of_word"]:
        said.pop()
    if not any(said[-len(words) :] == words for words in framer.raw["instead_of"]):
        return False
    frame.bind(span, "given up")
    return True


def only_part(framer: Framer) -> None:
    """`gross, front only`: of an ambiguous word and a measure that `only` stands beside, the measure is asked for."""
    frame, rules = framer.frame, framer.lexicon.section("rules")
    loose = {str(m) for name in frame.rules for m in (rules.get(name) or {}).get("metrics") or ()}
    cues = [frame.spans[i] for i in frame.cues.get("only", ())]
    for metric in [m for m in frame.metrics if m in frame.metric_spans]:
        span = frame.metric_spans[metric]
        if any(span.end == cue.start or cue.end == span.start for cue in cues) and set(frame.metrics) - {metric} <= loose:
            frame.metrics = [metric]
            frame.notes = [note for note in frame.notes if note[0] != "rule"] if loose - {metric} else frame.notes
            return


def asked_for(framer: Framer, span: Span) -> bool:
    """`how many sales`, `vs sales`: a measure, unless the other side of it is a value of the same column (`service NPS vs sales NPS`)."""
    columns = {s.key for s in of_kind(span, "value") if framer.fits(s.key)}
    sides = [o for o in framer.frame.spans if o.end <= span.start and columns & {s.key for s in of_kind(o, "value")}]
    return framer.after_cue(span, {"how_many"}, ()) or (framer.after_cue(span, {"compare"}, ()) and not sides)
