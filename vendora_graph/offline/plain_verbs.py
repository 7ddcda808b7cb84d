"""Plain verbs: `what did we pay in chargebacks`: what is done with a figure that is named after it is no measure of its own."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, cue_names, of_kind
from vendora_graph.offline.spans import Span

_SUBJECT = 2


def plain_verbs(framer: Framer) -> None:
    """Give up what a verb with its subject means (`we pay`, `did we make`) where a measure is named right after it."""
    _closing(framer)
    frame, words = framer.frame, framer.raw["plain_verbs"]
    for at, token in enumerate(frame.tokens):
        if token.text not in words["verbs"] or not any(t.text in words["subjects"] for t in frame.tokens[max(at - _SUBJECT, 0) : at]):
            continue
        own = next((s for s in frame.spans if s.start <= at < s.end), None)
        end = own.end if own is not None else at + 1
        named = next((s for s in frame.spans if s.start >= end and _amount(framer, s) and not _link(framer, s)), None)
        if token.text in words["paying"] and _on_value(framer, own):
            frame.spans = tuple(s for s in frame.spans if s is not own)
            frame.bound.update(dict.fromkeys(range(own.start if own is not None else at, end), "context"))
            return
        if named is not None and (own is None or of_kind(own, "metric", "modifier")) and _leads(framer, end, named):
            frame.spans = tuple(s for s in frame.spans if s is not own and not (end <= s.start < named.start and _link(framer, s)))
            frame.bound.update(dict.fromkeys(range(own.start if own is not None else at, end), "context"))
            return


def counted_customers(framer: Framer) -> None:
    """`how many people financed`: customers are counted by what they did, which is named after them."""
    frame, entry = framer.frame, framer.lexicon.section("customers_counted")
    words, own = entry.get("words") or (), set(entry.get("staff_measures") or ())
    staff = any(s.key in own for span in frame.spans for s in of_kind(span, "metric"))
    given = framer.raw["plain_verbs"]["given"]
    for at, token in enumerate(frame.tokens[1:], start=1):  # `did we give people for their trade`
        if not staff and token.text in words and frame.tokens[at - 1].text in given:
            frame.spans = tuple(s for s in frame.spans if not (s.start == at and s.end == at + 1))
            frame.bound.setdefault(at, "customers counted")
    for cue in frame.spans:
        at = cue.end
        counting = "how_many" in cue_names(cue) and framer.raw["much_word"] not in frame.said(cue)
        if staff or not counting or at >= len(frame.tokens) - 1 or frame.tokens[at].text not in words:
            continue
        amounts = [s for s in frame.spans if _amount(framer, s)]
        there = [s for s in frame.spans if s.start <= at < s.end]
        longer = any(s.end - s.start > 1 and of_kind(s, "value") for s in there)  # `how many customer pay hours`
        if amounts or longer or any(of_kind(s, "metric", "hint", "rule") for s in there):
            return
        frame.spans = tuple(s for s in frame.spans if not s.start <= at < s.end)
        frame.bound[at] = "customers counted"
        if frame.tokens[at + 1].text in framer.raw["plain_verbs"]["taking"]:  # `bought a service contract`
            frame.bound[at + 1] = "context"
        return


def of_customers(framer: Framer, plan: Plan, at: int) -> bool:
    """Whether the word at a place counts customers, and each record of the measures is one customer's (a deal, a repair order)."""
    entry = framer.lexicon.section("customers_counted")
    tables, words = set(entry.get("tables") or ()), entry.get("words") or ()
    known = [framer.catalog.metrics[m] for m in plan.metrics]
    counts = all(info.unit in {"units", "count"} and tables & set(info.tables) for info in known)
    return at < len(framer.frame.tokens) and framer.frame.tokens[at].text in words and counts


def _closing(framer: Framer) -> None:
    """`how many deals did we close`: the verb of what is counted is no closing ratio."""
    frame, words = framer.frame, framer.raw["plain_verbs"]
    for span in frame.spans:
        alone = span.end - span.start == 1 and frame.tokens[span.start].text in words["endings"]
        if not alone or not of_kind(span, "metric", "rule") or not span.start or frame.tokens[span.start - 1].text not in words["subjects"]:
            continue
        counted = [s for s in frame.spans if s is not span and of_kind(s, "metric")]
        before = [s for s in counted if s.end < span.start]
        counted = before or counted[:1]  # `on which day did we close the most ROs`
        joined = {t.stem for s in counted[-1:] for t in frame.tokens[s.end : span.start]} & set(framer.raw["joiners"])
        rules = [framer.lexicon.section("rules").get(s.key) or {} for s in of_kind(span, "rule")]
        of_them = {m for rule in rules for m in rule.get("by_metric") or ()}  # `how many ups did we close`: those that bought
        if counted and not joined and not any(s.key in of_them for s in of_kind(counted[-1], "metric")):
            frame.spans = tuple(s for s in frame.spans if s is not span)
            frame.bound[span.start] = "context"
            return


def _amount(framer: Framer, span: Span) -> bool:
    """Whether a span names money (`spend on trades` asks for no count of trades)."""
    return any(framer.catalog.metrics[s.key].unit.startswith("usd") for s in of_kind(span, "metric") if s.key in framer.catalog.metrics)


def _on_value(framer: Framer, own: Span | None) -> bool:
    """`what rent did we pay`, `did we spend on policy`: a value of a column of amounts is what was paid, and no other amount is named."""
    usual, known = framer.lexicon.section("value_metrics"), framer.catalog.metrics
    others = [s for s in framer.frame.spans if s is not own and not _link(framer, s)]
    paid = {name for name, info in known.items() if info.unit.startswith("usd") and info.good == "down"}  # sales are not what was paid
    said = any(str(usual.get(v.key)) in paid for s in others for v in of_kind(s, "value"))
    return said and not any(of_kind(s, "metric") for s in others)


def _link(framer: Framer, span: Span) -> bool:
    """Whether a span is only a word that leads on (`pay out in commissions`)."""
    return all(t.text in framer.raw["plain_verbs"]["links"] for t in framer.frame.tokens[span.start : span.end])


def _leads(framer: Framer, start: int, named: Span) -> bool:
    """Only a word that leads to the figure, small words, and a column of it stand between (`pay in product chargebacks`)."""
    frame, links = framer.frame, framer.raw["plain_verbs"]["links"]
    column = next((s.start for s in frame.spans if s.end == named.start and of_kind(s, "dimension") and s.start >= start), named.start)
    between = frame.tokens[start:column]
    return any(t.text in links for t in between) and all(not t.content or t.text in links for t in between)
