"""Of the last answer's things: `how old are they`, `what's that in dollars`, `as a percent of F&I gross`: a measure beside theirs."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.variants import base_of


def of_last(framer: Framer) -> None:
    """Take the measure that belongs to what was shown last, where a pronoun means it and the words alone name one of other things."""
    _own_age(framer)
    _count_and_amount(framer)
    if framer.inherits():
        _so_many_of_them(framer)
        _same_line(framer)
        _named_by_column(framer)
    if framer.inherits() and not framer.frame.record:
        _age(framer)
        _percent(framer)
        _worth(framer)


def _own_age(framer: Framer) -> None:
    """`warranty claims still open, count and average age`: the age of what is named beside it, and not of stock."""
    frame, ages = framer.frame, framer.lexicon.section("ages")
    first = base_of(framer.lexicon, frame.metrics[0]) if frame.metrics else ""
    own = str(ages.get(first))
    other = next((m for m in frame.metrics[1:] if m in ages.values() and m != own), "")
    if own in framer.catalog.metrics and other and not _has_noun(framer, other):
        stock, words = {str(k) for k, v in ages.items() if v == other}, framer.raw["count_words"]
        counted = {m for m, s in frame.metric_spans.items() if all(t.text in words for t in frame.tokens[s.start : s.end])}
        kept = [m for m in frame.metrics if not (base_of(framer.lexicon, m) in stock and m in counted)]
        counts = [i for i, t in enumerate(frame.tokens) if t.text in framer.raw["count_words"]]
        frame.bound.update(dict.fromkeys(counts, f"metric {own}"))
        frame.metrics = list(dict.fromkeys(own if m == other else m for m in kept))


def _has_noun(framer: Framer, metric: str) -> bool:
    """Whether an age says of what it is (`average age of inventory`)."""
    frame, span = framer.frame, framer.frame.metric_spans.get(metric)
    if span is None:
        return True
    of = any(t.text == framer.raw["of_word"] for t in frame.tokens[span.end - 1 : span.end + 1])
    return of or any(t.content and t.text not in framer.raw["own_age_words"] for t in frame.tokens[span.start : span.end])


def _count_and_amount(framer: Framer) -> None:
    """`contracts in transit - how many and how much money`: of one thing both are asked for, its count and its amount."""
    frame, known = framer.frame, framer.catalog.metrics
    said = [t.text for t in frame.tokens]
    both = sum(said[i : i + 2] == framer.raw["how_many"] for i in range(len(said))) and framer.raw["much_word"] in said
    if not both or len(frame.metrics) != 1 or frame.has("share"):
        return
    metric, counts, amounts = frame.metrics[0], framer.lexicon.section("counts"), framer.lexicon.section("amounts")
    pair = [str(counts.get(metric, metric)), str(amounts.get(metric, metric))]
    if len(set(pair)) > 1 and all(name in known for name in pair):
        frame.metrics = pair
        frame.bound.update({i: f"metric {pair[1]}" for i, t in enumerate(frame.tokens) if t.text in framer.raw["money_words"]})


def _same_line(framer: Framer) -> None:
    """VSC penetration by month, then `GAP, same months`: a line of the same buckets."""
    frame, previous, tokens = framer.frame, framer.ctx.previous, framer.frame.tokens
    same = any(tokens[i].text == framer.raw["same_word"] and tokens[i + 1].text != tokens[i + 1].stem for i in range(len(tokens) - 1))
    stretch = any(t.text in framer.raw["same_time"] for t in tokens)
    if previous is not None and previous.period is not None:
        lead, times = framer.raw["same_lead"], framer.raw["same_time"]
        leads = [i for i in range(len(tokens) - 1) if tokens[i].text in lead and tokens[i + 1].text in times]
        frame.bound.update({at: "period" for i in leads for at in (i, i + 1) if not frame.periods})
    if previous is not None and previous.grain is not None and same and stretch and frame.metrics and not frame.periods:
        frame.grain, frame.trend = previous.grain, True


def _named_by_column(framer: Framer) -> None:
    """Net profit, then `biggest 3 expense lines`: the column's name says what of, its usual measure (`dimension_metrics`)."""
    frame, known, usual = framer.frame, framer.catalog.metrics, framer.lexicon.section("dimension_metrics")
    previous, words = framer.ctx.previous, framer.lexicon.normaliser.tokens
    if frame.metrics or previous is None:
        return
    shown = {t.stem for m in previous.metrics if m in known for t in words(known[m].label)}
    for span in frame.spans:
        said = [t.stem for t in frame.tokens[span.start : span.end] if t.content]
        own = set(said) - shown if len(said) > 1 else set()
        metrics = [str(usual[s.key]) for s in of_kind(span, "dimension") if usual.get(s.key) in known]
        named = [m for m in metrics if own & {t.stem for t in words(known[m].label)} and m not in previous.metrics]
        if named:
            frame.metrics, frame.pointed = named[:1], True
            return


def _so_many_of_them(framer: Framer) -> None:
    """`VSC penetration for those two`: the number says no more than the pronoun."""
    tokens = framer.frame.tokens
    for at in range(1, len(tokens)):
        last = at + 1 == len(tokens) or not tokens[at + 1].content
        if tokens[at].number is not None and tokens[at - 1].text in framer.raw["pointing_words"] and last:
            framer.frame.bound.setdefault(at, "context")


def _said(framer: Framer) -> set[str]:
    return {t.text for t in framer.frame.tokens}


def _age(framer: Framer) -> None:
    """Open warranty claims, then `how old are they on average`: their age, and not the age of stock (`ages` of the vocabulary)."""
    frame, previous, ages = framer.frame, framer.ctx.previous, framer.lexicon.section("ages")
    aged = len(frame.metrics) == 1 and frame.metrics[0] in ages.values() and bool(_said(framer) & set(framer.raw["pointing_words"]))
    if not aged or previous is None:
        return
    own = str(ages.get(base_of(framer.lexicon, previous.metrics[0])))
    if own in framer.catalog.metrics and own != frame.metrics[0]:
        frame.metric_spans[own] = frame.metric_spans.get(frame.metrics[0], frame.spans[0])
        frame.metrics, frame.from_hint = [own], False
        frame.pointed = True


def _percent(framer: Framer) -> None:
    """Chargebacks, then `as a percent of F&I gross`: the rate the two have a name for together (`combinations`)."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or len(frame.metrics) != 1 or len(previous.metrics) != 1 or not frame.has("share") or frame.groups:
        return
    pair = {base_of(framer.lexicon, previous.metrics[0]), frame.metrics[0]}
    entries = framer.lexicon.vocabulary.get("combinations") or ()
    named = [e for e in entries if set(e["metrics"]) == pair and "share" in (e.get("cue") or ())]
    if named and len(pair) > 1 and named[0]["to"] in framer.catalog.metrics:
        much = any(t.text == framer.raw["much_word"] for t in frame.tokens)  # `how much of that is F&I`: the amount, and its share
        frame.metrics, frame.from_hint, frame.pointed = [*(frame.metrics if much else ()), str(named[0]["to"])], False, True


def _worth(framer: Framer) -> None:
    """Units in stock by model, then `what's that in dollars at cost`: the amount of the same things, in the same rows."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog.metrics
    if previous is None or not frame.from_hint or len(frame.metrics) != 1 or frame.groups or frame.periods:
        return
    shown, meant = known[previous.metrics[0]], known[frame.metrics[0]]
    pointed = _said(framer) & {*framer.raw["pointing_words"], *framer.raw["that_words"], *framer.raw["it_words"]}
    if pointed and meant.unit.startswith("usd") and meant.family == shown.family and not shown.unit.startswith("usd"):
        frame.from_hint, frame.pointed = False, True
