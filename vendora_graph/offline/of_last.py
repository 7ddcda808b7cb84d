"""Of the last answer's things: `how old are they`, `what's that in dollars`, `as a percent of F&I gross`: a measure beside theirs."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.variants import base_of


def of_last(framer: Framer) -> None:
    """Take the measure that belongs to what was shown last, where a pronoun means it and the words alone name one of other things."""
    if framer.inherits() and not framer.frame.record:
        _age(framer)
        _percent(framer)
        _worth(framer)


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
        frame.metrics, frame.from_hint, frame.pointed = [str(named[0]["to"])], False, True


def _worth(framer: Framer) -> None:
    """Units in stock by model, then `what's that in dollars at cost`: the amount of the same things, in the same rows."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog.metrics
    if previous is None or not frame.from_hint or len(frame.metrics) != 1 or frame.groups or frame.periods:
        return
    shown, meant = known[previous.metrics[0]], known[frame.metrics[0]]
    pointed = _said(framer) & {*framer.raw["pointing_words"], *framer.raw["that_words"], *framer.raw["it_words"]}
    if pointed and meant.unit.startswith("usd") and meant.family == shown.family and not shown.unit.startswith("usd"):
        frame.from_hint, frame.pointed = False, True
