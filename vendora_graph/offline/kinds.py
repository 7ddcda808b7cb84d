"""Kinds: a count, an amount of money or a rate. A measure of another kind than the question asks for is swapped, or asked about."""

from __future__ import annotations

from typing import Literal

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import LIMITS, Framer, of_kind
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.variants import base_of, filters_of, unslice

Kind = Literal["", "count", "amount"]
_COUNTS = frozenset({"units", "count"})
_TIMES = frozenset({"days", "minutes", "months"})
_WHOLES = frozenset({"additive", "semi_additive", "distinct"})
_NAMING = ("metric", "threshold", "filter", "part of", "group", "period")
_QUANTITIES = _COUNTS | {"hours", "days", "minutes", "months", "number", "x"}


def other_kind(framer: Framer) -> Kind:
    """Return the kind that was asked for where every measure is of another one, else an empty string."""
    frame, units = framer.frame, {framer.catalog.metrics[m].unit for m in framer.frame.metrics}
    if not units or frame.has("share") or _named_share(framer):
        return ""
    if units == {"rate"} and _how_much(framer):
        return "amount"
    if counting(framer) and not any(_is_quantity(framer, unit) or (unit.startswith("usd") and _money(framer)) for unit in units):
        return "count"
    if _money(framer) and not counting(framer) and not any(unit.startswith("usd") for unit in units):
        return "amount"
    return ""


def _is_quantity(framer: Framer, unit: str) -> bool:
    """Whether a unit answers `how many`: days, minutes and months only where they are what is counted (`how many days`)."""
    if unit not in _TIMES:
        return unit in _QUANTITIES
    named = {s.stem for m in framer.frame.metrics if m in framer.frame.metric_spans for s in _inside(framer, m)}
    return not framer.frame.dropped or unit[:-1] in named or unit[:-1] in {t.stem for t in _after_how_many(framer)}


def _inside(framer: Framer, metric: str) -> tuple[Token, ...]:
    span = framer.frame.metric_spans[metric]
    return framer.frame.tokens[span.start : span.end]


def _after_how_many(framer: Framer) -> list[Token]:
    frame = framer.frame
    return [t for i in frame.cues.get("how_many", ()) for t in frame.tokens[frame.spans[i].end : frame.spans[i].end + 1]]


def counting(framer: Framer) -> bool:
    """`how many`, a count of: not `how much`."""
    frame, words = framer.frame, set(framer.raw["count_words"])
    if frame.counted or _sold_things(framer) or _headed(framer):  # `ROs with a comeback`: the noun before is counted
        return True
    spans = (frame.spans[index] for index in frame.cues.get("how_many", ()))
    said = any(t.text in words for span in spans for t in frame.tokens[span.start : span.end])
    return said or marked(framer) or " ".join(framer.raw["how_many"]) in " ".join(t.text for t in frame.tokens)


def marked(framer: Framer) -> bool:
    """`comebacks #`: the sign asks for a count, where it is part of no name."""
    mark, bound = framer.raw["count_mark"], framer.frame.bound
    return any(t.raw == mark and bound.get(i, "cue").startswith("cue") for i, t in enumerate(framer.frame.tokens))


def _sold_things(framer: Framer) -> bool:
    """`GAP and VSC sold per manager`: things are counted, where their bare names else mean how often they were sold."""
    frame, words = framer.frame, {t.text for t in framer.frame.tokens}
    counted = set(framer.lexicon.vocabulary.get("sold_as_counts") or ())
    return bool(words & set(framer.raw["sold_words"])) and bool(frame.metrics) and set(frame.metrics) <= counted and not _rated(framer)


def _named_share(framer: Framer) -> bool:
    """`number of leases as a share of new`: the word for a share is part of the measure's name."""
    spans = [s for m, s in framer.frame.metric_spans.items() if m in framer.frame.metrics]
    return any(t.stem in framer.raw["share_words"] for s in spans if s.reason == "order" for t in framer.frame.tokens[s.start : s.end])


def _how_much(framer: Framer) -> bool:
    """`how much negative equity`: an amount is asked for by words that are no name of a rate (its label ends otherwise)."""
    frame, tokens = framer.frame, framer.lexicon.normaliser.tokens
    ends = {frame.spans[i].end for i in frame.cues.get("how_many", ()) if framer.raw["much_word"] in frame.said(frame.spans[i])}
    for metric in frame.metrics:
        span = frame.metric_spans.get(metric)
        if span is not None and span.start in ends:
            said = {t.stem for t in frame.tokens[span.start : span.end]}
            return not said & set(framer.raw["rate_words"]) and tokens(framer.catalog.metrics[metric].label)[-1].stem not in said
    return False


def _headed(framer: Framer) -> bool:
    """`contacted leads`: a noun that is counted ends a phrase that else, in another order, names a rate (`leads contacted`)."""
    frame, metrics = framer.frame, framer.catalog.metrics
    for metric in frame.metrics:
        span = frame.metric_spans.get(metric)
        rate = metrics[metric].unit == "rate"
        last = frame.tokens[span.end - 1] if rate and span is not None and span.reason == "order" else None
        if last is not None and last.stem in framer.lexicon.general_names and last.text != last.stem and not _rated(framer):
            return any(s.kind == "metric" and metrics[s.key].unit in _COUNTS for s in framer.lexicon.senses(last.stem))
    return False


def _rated(framer: Framer) -> bool:
    """Whether a word of the measures' names that says a rate was said."""
    return any(t.stem in framer.raw["rate_words"] for t in framer.frame.tokens)


def _money(framer: Framer) -> bool:
    """Dollars are asked for by a word that is no limit (`over 500 dollars`) and no part of a measure's name."""
    frame, words = framer.frame, set(framer.raw["money_words"])
    for index, token in enumerate(frame.tokens):
        after_number = index > 0 and frame.tokens[index - 1].number is not None
        named = frame.bound.get(index, "").startswith(("metric", "threshold", "filter"))
        if token.text in words and not after_number and not named:
            return True
    if _worth(framer):
        return True
    return bool(paid_word(framer)) or _brought_in(framer)


def _worth(framer: Framer) -> bool:
    """`dead stock value`, `value of used units in stock`: what a share or a count is worth is money, not the share or the count."""
    frame, words = framer.frame, set(framer.raw["worth_words"])
    own = {*words, *framer.raw["stock_worth_words"]} if _counted_stock(framer) else set[str]()
    if any(t.text in own and _worded(framer, at) for at, t in enumerate(frame.tokens)):
        return True
    rates = bool(frame.metrics) and all(framer.catalog.metrics[m].unit == "rate" for m in frame.metrics)
    beside = [frame.tokens[span.end : span.end + 1] for m, span in frame.metric_spans.items() if m in frame.metrics]
    before = [frame.tokens[max(span.start - 2, 0) : span.start] for m, span in frame.metric_spans.items() if m in frame.metrics]
    return rates and any(t.text in words for tokens in (*beside, *before) for t in tokens)


def _counted_stock(framer: Framer) -> bool:
    """Whether every measure counts what stands, and the vocabulary knows what that is worth (`amounts`)."""
    known, catalog = framer.lexicon.section("amounts"), framer.catalog.metrics
    bases = {base_of(framer.lexicon, m) for m in framer.frame.metrics}
    return (
        bool(bases)
        and not framer.frame.record
        and bases <= set(known)
        and all(catalog[m].snapshot and catalog[m].unit in _COUNTS for m in framer.frame.metrics)
    )


def _worded(framer: Framer, at: int) -> bool:
    """Whether a word stands for itself: no part of a name or a limit, and nothing before it says another worth (`retail value`)."""
    frame = framer.frame
    before = frame.bound.get(at - 1, "") if at and frame.tokens[at - 1].content else "metric"
    named = frame.bound.get(at, "").startswith(("metric", "threshold", "filter"))
    return not named and before.startswith(_NAMING) and not _limiting(framer, at)


def lost_worth(framer: Framer, plan: Plan) -> bool:
    """`retail value of our used stock`: a count is no answer to what things are worth."""
    words, units = set(framer.raw["worth_words"]), {framer.catalog.metrics[m].unit for m in plan.metrics}
    tokens, bound = framer.frame.tokens, framer.frame.bound
    idle = (at for at, t in enumerate(tokens) if t.text in words and not bound.get(at, "").startswith(("metric", *_NAMING, "amount")))
    return units <= _COUNTS and any(not _limiting(framer, at) for at in idle)


def of_average(framer: Framer, plan: Plan) -> bool:
    """Whether a share of something is asked that is no whole."""
    return plan.topic == "share" and any(framer.catalog.metrics[m].additivity not in _WHOLES for m in plan.metrics)


def lost_much(framer: Framer, plan: Plan) -> bool:
    """`how many and how much`: a count and an amount are asked for, and only counts would be shown."""
    frame, much = framer.frame, str(framer.raw["much_word"])
    said = [frame.said(frame.spans[i]).split()[-1] for i in frame.cues.get("how_many", ())]
    counts = all(framer.catalog.metrics[m].unit in _COUNTS for m in plan.metrics)
    return much in said and bool(set(said) & set(framer.raw["count_words"])) and counts


def idle_member(framer: Framer, plan: Plan) -> str:
    """`price and cost`, `$ and gross`: a word for money in a row with an amount is one more figure, and nothing took it up."""
    tokens, raw, known = framer.frame.tokens, framer.raw, framer.catalog.metrics
    words = {*raw["worth_words"], *raw["stock_worth_words"], *raw["money_words"]}
    amounts = [m for m in plan.metrics if known[m].unit.startswith("usd")]
    idle = (at for at, t in enumerate(tokens) if t.text in words and framer.frame.bound.get(at, "context") == "context")
    return next((tokens[at].raw for at in idle if len(amounts) == 1 and _joined_to(framer, at, amounts[0])), "")


def _joined_to(framer: Framer, at: int, metric: str) -> bool:
    """Whether a joining word is all that stands between a word and a measure, or the ambiguous word read as it."""
    frame, joining = framer.frame, (*framer.raw["joiners"], framer.raw["versus_word"])
    links = [(at + step, at + 2 * step) for step in (-1, 1) if 0 <= at + 2 * step < len(frame.tokens)]
    said = [frame.bound.get(other, "") for link, other in links if frame.tokens[link].stem in joining]
    return any(what == f"metric {metric}" or what.startswith("rule") for what in said)


def _limiting(framer: Framer, at: int) -> bool:
    """Whether a word only says what is limited or put in order (`worth over 30k`, `by value`)."""
    return framer.marked(at) or bool(framer.cues_starting(at + 1) & {*LIMITS, "between"})


def _brought_in(framer: Framer) -> bool:
    """`what did paint protection bring in`: money, where no measure was named and nothing is counted."""
    said = " ".join(token.text for token in framer.frame.tokens)
    phrases = (*framer.raw["brought_in"], *framer.raw["made_on"])
    return framer.frame.from_hint and any(f" {phrase} " in f" {said} " for phrase in phrases)


def paid_word(framer: Framer) -> str:
    """Return the word that asks what was paid, where nothing else took it; empty without one."""
    frame, paid = framer.frame, framer.raw["paid"]
    if not frame.tokens or frame.tokens[0].text not in paid["opening"]:
        return ""
    return next((t.raw for index, t in enumerate(frame.tokens) if t.text in paid["words"] and index not in frame.bound), "")


def _amount(framer: Framer, metric: str, kind: Kind) -> str:
    """`how much money is that` of units in stock: what they cost (`amounts`, `counts` of the vocabulary), of the same slice."""
    named, known = framer.lexicon.section("named_slices"), framer.lexicon.section("amounts" if kind == "amount" else "counts")
    base, found = metric, list[Filter]()
    while base in named and base not in known:
        found.extend(filters_of(named[base]))
        base = str(named[base]["base"])
    behind = framer.catalog.metrics[metric].count_metric if kind == "count" and framer.frame.carried else None
    other = str(known.get(base) or behind)
    if other not in framer.catalog.metrics:
        return metric
    taken = {f.dimension for f in framer.frame.filters}
    framer.frame.filters.extend(f for f in found if f.dimension not in taken)
    return other


def _beside(framer: Framer) -> bool:
    """`by store with dollars`: the amount is asked for beside the count."""
    tokens, words = framer.frame.tokens, {*framer.raw["money_words"], *framer.raw["worth_words"], *framer.raw["stock_worth_words"]}
    joiners, ends = set(framer.raw["beside_words"]), [s.end for m, s in framer.frame.metric_spans.items() if m in framer.frame.metrics]
    for at in (i for i, t in enumerate(tokens) if t.text in words):
        first = max([e for e in ends if e <= at], default=at)
        if any(not t.content and t.text in joiners - {framer.raw["with_word"]} for t in tokens[first:at]):
            return True
        if at and tokens[at - 1].text in joiners:
            return True
    return False


def _of_one(framer: Framer, kind: Kind) -> list[str]:
    """The measures; an amount asked for beside a count of what stands is of the same things, so slices are read as conditions."""
    if kind == "amount" and _counted_stock(framer) and _beside(framer):
        unslice(framer)
    return framer.frame.metrics


def _said_again(framer: Framer, metric: str) -> bool:
    """`VSC count and VSC penetration`: beside its count the rate is asked for by a name of its own."""
    frame, rates = framer.frame, set(framer.raw["rate_words"])
    spans = [s for s in frame.spans if any(sense.key == metric for sense in of_kind(s, "metric"))]
    return len(spans) > 1 and any(t.stem in rates for s in spans for t in frame.tokens[s.start : s.end])


def take_kind(framer: Framer) -> None:
    """`how many trades were upside down`, `dollars of dead stock`: a rate's numerator, where that is of the kind asked for."""
    kind = other_kind(framer)
    if not kind or (framer.frame.has("recommend") and not framer.frame.metric_spans):  # `our biggest opportunities in dollars`
        return
    frame, catalog = framer.frame, framer.catalog
    swapped: list[str] = []
    for metric in _of_one(framer, kind):
        info = catalog.metrics[metric]
        part = info.inputs[0].metric if info.inputs and info.formula_expr == "numerator / denominator" else metric
        if frame.counted and catalog.metrics[part].tables != catalog.metrics[frame.counted].tables:
            part = metric
        unit = catalog.metrics[part].unit
        swapped.append(part if (unit in _COUNTS if kind == "count" else unit == "usd") else _amount(framer, metric, kind))
        if metric in frame.metric_spans:
            frame.metric_spans.setdefault(swapped[-1], frame.metric_spans[metric])
    kept = frame.metrics if _beside(framer) else [m for m in frame.metrics if _said_again(framer, m)]
    frame.metrics = list(dict.fromkeys([*kept, *swapped]))
    if kind == "amount" and not other_kind(framer):
        for index, token in enumerate(frame.tokens):
            if token.text in {*framer.raw["money_words"], *framer.raw["worth_words"], *framer.raw["stock_worth_words"]}:
                frame.bound.setdefault(index, "amount")


def rated(framer: Framer) -> bool:
    """Whether a measure so far is a rate or a score."""
    return any(framer.catalog.metrics[m].unit in {"rate", "points", "x", "score", "bps"} for m in framer.frame.metrics)


def made_on(framer: Framer, plan: Plan) -> bool:
    """`what did we make on leases`: a count, or the profit of everything, is no answer to it."""
    said = " ".join(token.text for token in framer.frame.tokens)
    if not any(f" {phrase} " in f" {said} " for phrase in framer.raw["made_on"]):
        return False
    infos = [framer.catalog.metrics[name] for name in plan.metrics]
    if counting(framer) and all(info.name in framer.frame.metric_spans and info.unit in _COUNTS for info in infos):
        return False  # `how many price changes did we make on used units`
    books = [info for info in infos if info.ledger_month]
    whole = bool(books) and all(info in books or info.unit in _COUNTS for info in infos) and not plan.filters
    return whole or not any(info.unit.startswith("usd") for info in infos)
