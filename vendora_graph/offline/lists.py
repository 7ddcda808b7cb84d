"""Lists: what the words of a row (`new and used units`, `units, front, back, total`) are, read beside one another."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import filters_of, unslice


def joined(framer: Framer, first: Span, second: Span) -> bool:
    """Whether only `and`, a comma, a comparison and small words stand between two spans."""
    joiners, tokens = framer.raw["joiners"], framer.frame.tokens
    between = tokens[min(first.end, second.end) : max(first.start, second.start)]
    held = {*joiners, framer.raw["versus_word"], *framer.raw["versus_verbs"]}
    said = [t for t in between if t.stem in held or t.text in held]
    return bool(said) and not any(t.content and t not in said for t in between)


def new_clause(framer: Framer, start: int, end: int) -> bool:
    """Whether a clause of its own begins between two places (`... and what did he gross`; after an order `... and their closing ratio`)."""
    tokens, joiner, words = framer.frame.tokens[start:end], framer.raw["joiners"][0], framer.raw["clause_openers"]
    small = framer.raw["clause_small"]  # `and at what gross`
    said = [t for i, t in enumerate(tokens) if not (i and tokens[i - 1].stem == joiner and t.text in small)]
    owners = framer.raw["owners"] if framer.frame.has("top", "bottom", "best", "worst") else ()
    return any(a.stem == joiner and (b.text in words or b.text in owners) for a, b in pairwise(said))


def listed_measure(framer: Framer, span: Span) -> bool:
    """`trades and look-to-book`, `units, used units`: joined to another measure, a word that names a measure of its own is one."""
    slices = framer.lexicon.section("named_slices")
    named = {s.key for s in of_kind(span, "metric")}
    beside = [o for o in framer.frame.spans if o is not span and of_kind(o, "metric") and joined(framer, o, span)]
    if framer.inherits():
        return False
    if named - set(slices):
        return any(not of_kind(o, "value") for o in beside)
    if _first_of_row(framer, span, beside) or _last_of_row(framer, span, beside) or _named_in_row(framer, span, beside):
        return True
    if any(_same_slice(framer, name, s.key) for name in named for o in beside for s in of_kind(o, "metric")):
        return True  # `used units and used gross`
    bases = {str(slices[name]["base"]) for name in named}
    return any(_whole(framer, o) and any(s.key in bases for s in of_kind(o, "metric")) for o in beside)


def _named_in_row(framer: Framer, span: Span, beside: list[Span]) -> bool:
    """`new units, used units and total gross`: whole names in a row with another measure, and nothing but commas and `and` between."""
    tokens, slices, row = framer.frame.tokens, framer.lexicon.section("named_slices"), sorted([span, *beside], key=lambda o: o.start)
    parts = [o for o in row if all(s.key in slices for s in of_kind(o, "metric"))]
    whole = all(sum(t.content for t in tokens[o.start : o.end]) > 1 for o in parts)
    inside = {i for o in row for i in range(o.start, o.end)}
    between = [tokens[i] for i in range(row[0].start, row[-1].end) if i not in inside]
    return 1 < len(parts) < len(row) and whole and all(t.stem in framer.raw["joiners"] or t.text in framer.raw["joiners"] for t in between)


def _first_of_row(framer: Framer, span: Span, beside: list[Span]) -> bool:
    """`used units, front PVR and F&I PVR`: more than a bare value, and the first of a row of measures."""
    several = sum(t.content for t in framer.frame.tokens[span.start : span.end]) > 1
    return several and bool(beside) and all(o.start > span.start for o in beside) and not any(_is_value(framer, o) for o in beside)


def _is_value(framer: Framer, span: Span) -> bool:
    """Whether a measure's name is a value as well that a measure can be limited by (the name of a target's measure is none)."""
    return any(can_cut(framer.lexicon, m.key, v.key) for v in of_kind(span, "value") for m in of_kind(span, "metric"))


def heads_row(framer: Framer, span: Span) -> bool:
    """`give me used units, front gross and PVR`: the first of a row of figures over a time is one of them, no list of records."""
    named = of_kind(span, "metric")
    beside = [o for o in framer.frame.spans if o is not span and of_kind(o, "metric") and joined(framer, o, span)]
    flows = any(not framer.catalog.metrics[s.key].snapshot for o in beside for s in of_kind(o, "metric"))
    asked = not framer.frame.has("strong_list", "with_condition", *framer.raw["record_rank_cues"])
    row = [o for o in framer.frame.spans if o is not span and of_kind(o, "metric") and o.start > span.start]
    several = bool(beside) and len(row) > 1 and all(o.start > span.start for o in beside)  # `give me units, total gross and doc fees`
    return bool(named) and flows and asked and not framer.inherits() and (several or _first_of_row(framer, span, beside))


def _last_of_row(framer: Framer, span: Span, beside: list[Span]) -> bool:
    """`front PVR and used units`: joined by `and` to the measure before."""
    several = sum(t.content for t in framer.frame.tokens[span.start : span.end]) > 1
    before = [o for o in beside if o.end <= span.start and not of_kind(o, "value")]
    joiner = framer.raw["joiners"][0]
    return several and any(t.stem == joiner for o in before for t in framer.frame.tokens[o.end : span.start])


def _same_slice(framer: Framer, first: str, second: str) -> bool:
    slices = framer.lexicon.section("named_slices")
    if first not in slices or second not in slices or slices[first]["base"] == slices[second]["base"]:
        return False
    return _one_slice(framer)


def _one_slice(framer: Framer) -> bool:
    """Whether every slice named is of one kind (`new units, new front, used units, used front` are split by the kind)."""
    slices = framer.lexicon.section("named_slices")
    said = {s.key for span in framer.frame.spans for s in of_kind(span, "metric") if s.key in slices}
    return len({filters_of(slices[name]) for name in said}) == 1


def _whole(framer: Framer, span: Span) -> bool:
    """A measure that is no word of a modifier: the whole beside its slice (`units, used units`)."""
    return not of_kind(span, "value", "modifier") and framer.frame.tokens[span.start].content


def value_in_list(framer: Framer, span: Span) -> bool:
    """`new and used units`: a slice's name joined to a value of the same kind is its value, of the base metric."""
    named = framer.lexicon.section("named_slices")
    values = {s.key for s in of_kind(span, "value")}
    beside = _row(framer, span, values)
    if not beside:
        return False
    for sense in of_kind(span, "metric"):
        entry = named.get(sense.key)
        if entry is not None and values & {f.dimension for f in filters_of(entry)}:
            if entry["base"] not in framer.frame.metrics:
                framer.frame.metrics.append(entry["base"])
                framer.frame.metric_spans[entry["base"]] = span
            return True
    row = {s.key for o in beside for s in of_kind(o, "value")}
    return any(not of_kind(o, "metric") for o in beside) or any(framer.frame.metrics and framer.fits(d) for d in values & row)


def _row(framer: Framer, span: Span, dimensions: set[str]) -> list[Span]:
    """The other values of a row (`cash vs finance vs lease`): each joined to the one beside it."""
    others = [o for o in framer.frame.spans if o is not span and any(s.key in dimensions for s in of_kind(o, "value"))]
    row, grown = [span], True
    while grown:
        fresh = [o for o in others if o not in row and any(joined(framer, o, known) or o.end == known.start for known in row)]
        row, grown = [*row, *fresh], bool(fresh)
    return row[1:]


def part_asked(framer: Framer) -> list[Span]:
    """`what percent of our parts gross is from the body shop`: a share of the whole, not the rate its words make in another order."""
    frame, shares, verbs = framer.frame, set(framer.raw["share_words"]), {*framer.raw["part_verbs"], *framer.raw["from_words"]}
    found = [s for s in frame.spans if s.reason == "order" and of_kind(s, "metric") and frame.tokens[s.start].stem in shares]
    told = [s for s in found if frame.tokens[s.start + 1].text == framer.raw["of_word"] and s.end + 1 < len(frame.tokens)]
    return [s for s in told if frame.tokens[s.end].text in verbs and any(o.start > s.end and of_kind(o, "value") for o in frame.spans)]


def row_ends(framer: Framer) -> list[Span]:
    """`cash vs finance vs lease units`: a measure's name whose first word ends a row of values is read word by word."""
    spans, ends = framer.frame.spans, _row_starts(framer)
    for before, span in pairwise([s for s in spans if of_kind(s, "value", "metric")]):
        names = span.end - span.start > 1 and len(of_kind(span, "metric")) == len(span.senses)
        dimensions = {s.key for s in of_kind(before, "value")}
        tokens = framer.frame.tokens[span.start : span.end]
        first = [s for size in range(1, len(tokens)) for s in framer.lexicon.senses(compact(tokens[:size]))]
        if of_kind(before, "metric") and (_one_slice(framer) or not _slices(framer, span)):  # `used units and used gross`
            first = [s for s in first if s.values not in {v.values for v in of_kind(before, "value")}]
        if names and joined(framer, before, span) and any(s.kind == "value" and s.key in dimensions for s in first):
            ends.append(span)
    return ends


def _slices(framer: Framer, span: Span) -> bool:
    """Whether a name is of a measure that is a slice of another one (`fixed absorption` is none)."""
    return any(s.key in framer.lexicon.section("named_slices") for s in of_kind(span, "metric"))


def _row_starts(framer: Framer) -> list[Span]:
    """`mix of customer pay, warranty and internal`: a measure's name whose last words begin a row of values is read word by word."""
    spans, starts, tokens = framer.frame.spans, list[Span](), framer.frame.tokens
    for span, after in pairwise([s for s in spans if of_kind(s, "value", "metric")]):
        dimensions = {s.key for s in of_kind(after, "value") if not of_kind(after, "metric", "group")}
        if len(of_kind(span, "metric")) != len(span.senses) or not joined(framer, span, after):
            continue
        tails = [framer.lexicon.senses(compact(tokens[at : span.end])) for at in range(span.start + 1, span.end)]
        if any(s.kind == "value" and s.key in dimensions for senses in tails for s in senses):
            starts.append(span)
    return starts


def antecedent(framer: Framer, span: Span) -> bool:
    """`used units bought in Q3 and average recon on them`: what opens the question is counted, and the pronoun means it.

    `trade-ins we took in October and average ACV`: no more than a figure of the same family follows at the end.
    """
    frame, tokens = framer.frame, framer.frame.tokens
    if framer.inherits() or not of_kind(span, "metric") or any(t.content for t in tokens[: span.start]):
        return False
    later = [s for s in frame.spans if s.start > span.end and of_kind(s, "metric") and tokens[s.start - 1].stem == framer.raw["joiners"][0]]
    return any(t.text in framer.raw["pronouns"] for s in later for t in tokens[s.end :]) or any(_ends(framer, span, s) for s in later)


def _ends(framer: Framer, first: Span, last: Span) -> bool:
    """Whether a figure ends the question, of the family of the things that opened it in the plural, with no other between."""
    tokens, known = framer.frame.tokens, framer.catalog.metrics
    families = [{known[s.key].family for s in of_kind(span, "metric")} for span in (first, last)]
    several = tokens[first.end - 1].text != tokens[first.end - 1].stem and not of_kind(first, "hint")
    others = [s for s in framer.frame.spans if first.end <= s.start and s.end <= last.start and of_kind(s, "metric", "value", "dimension")]
    alone = not others and not any(t.content for t in tokens[last.end :])
    return several and alone and bool(families[0] & families[1])


def with_amount(framer: Framer, span: Span) -> bool:
    """`cars in stock over 90 days with cost`: after `with` a weak word for an amount asks for it beside the count."""
    frame, catalog = framer.frame, framer.catalog
    before = frame.tokens[span.start - 1].text if span.start else ""
    keys = [s.key for s in of_kind(span, "hint") if catalog.metrics[s.key].unit.startswith("usd") and s.key not in frame.metrics]
    family = {catalog.metrics[m].family for m in frame.metrics}
    worth = framer.lexicon.section("amounts")
    own = [str(worth[m]) for m in frame.metrics if m in worth and keys]  # `contracts in transit and dollars`
    key = next((k for k in (*own, *keys) if catalog.metrics[k].family in family), "")
    if before not in framer.raw["beside_words"] or not key or any(catalog.metrics[m].unit.startswith("usd") for m in frame.metrics):
        return False
    unslice(framer)
    frame.metrics.append(key)
    frame.bind(span, f"metric {key}")
    return True


def bare_measures(framer: Framer) -> None:
    """`units, front, back, total`: a bare word of a row of measures is the measure it stands for beside them (`list_words`)."""
    frame = framer.frame
    for entry in framer.lexicon.vocabulary.get("list_words") or ():
        metric = str(entry["metric"])
        if metric not in framer.catalog.metrics or metric in frame.metrics or not _fits(framer, entry):
            continue
        given = str(entry.get("instead"))
        named = given in frame.metric_spans and given in frame.metrics and frame.said(frame.metric_spans[given]) in entry["words"]
        if named and _later(framer, entry, given):
            frame.metrics = [metric if m == given else m for m in frame.metrics]
            frame.metric_spans[metric] = frame.metric_spans.pop(given)
            continue
        at = next((i for i, t in enumerate(frame.tokens) if t.text in entry["words"] and _bare(framer, i)), None)
        if at is not None:
            span = Span(at, at + 1, (Sense("metric", metric),))
            unslice(framer)  # `aged used, dollars`: both of the same things
            frame.metrics.append(metric)
            frame.metric_spans[metric] = span
            frame.bound[at] = f"metric {metric}"
    _said_twice(framer)
    order = {name: span.start for name, span in frame.metric_spans.items()}
    frame.metrics.sort(key=lambda name: order.get(name, 0))


def _said_twice(framer: Framer) -> None:
    """`used stock by model, units and cost`: in a row of one family, with no period, the general word is the count named before."""
    frame = framer.frame
    for entry in framer.lexicon.vocabulary.get("list_words") or ():
        given, metric = str(entry.get("twice")), str(entry["metric"])
        named = {given, metric} <= set(frame.metrics) & set(frame.metric_spans)
        if named and not frame.periods and _fits(framer, entry) and _of_row(framer, entry, given):
            frame.metrics.remove(given)
            frame.metric_spans.pop(given)


def _of_row(framer: Framer, entry: Mapping[str, Any], given: str) -> bool:
    """Whether a general word stands behind its measure, beside another of the same family."""
    frame, metric = framer.frame, str(entry["metric"])
    general, own = frame.metric_spans[given], framer.catalog.metrics[metric].family
    beside = [s for m, s in frame.metric_spans.items() if m not in {metric, given} and framer.catalog.metrics[m].family == own]
    behind = frame.metric_spans[metric].end <= general.start and frame.said(general) in entry["words"]
    return behind and any(joined(framer, general, span) for span in beside)


def _later(framer: Framer, entry: Mapping[str, Any], metric: str) -> bool:
    """`used inventory by make, units and dollars`: behind an ambiguous word of the rule (`after`), or the measure beside, it is of that."""
    spans, given = framer.frame.metric_spans, framer.frame.metric_spans[metric]
    if entry.get("behind"):  # `labor gross and sales`, not `sales and labor gross`
        return any(name in spans and spans[name].end <= given.start for name in entry["beside"])
    rule = framer.frame.rule_spans.get(str(entry.get("after")))
    return "after" not in entry or (rule is not None and rule.end <= given.start)


def _fits(framer: Framer, entry: Mapping[str, Any]) -> bool:
    """Whether the measures named are those beside which the word has this meaning."""
    frame = framer.frame
    families = {framer.catalog.metrics[m].family for m in frame.metrics}
    rules = framer.lexicon.section("rules")
    named = {*frame.metrics, *(str(m) for name in frame.rules for m in (rules.get(name) or {}).get("metrics") or ())}
    return bool(set(entry.get("beside") or ()) & named) or str(entry.get("family")) in families


def _bare(framer: Framer, at: int) -> bool:
    """Whether a word is an item of a row: a comma or `and` touches it, and it is part of no measure's name."""
    tokens, joiners = framer.frame.tokens, set(framer.raw["joiners"])
    around = [tokens[i] for i in (at - 1, at + 1) if 0 <= i < len(tokens)]
    named = framer.frame.bound.get(at, "").startswith(("metric", "period"))
    return not named and (0 < framer.frame.target_at == at or any({t.stem, t.text} & joiners for t in around))


def negates(framer: Framer, span: Span) -> bool:
    """`ROs opened but not closed`: after a measure a negation is a condition on it, and names no report."""
    named = any(said.end <= span.start for metric, said in framer.frame.metric_spans.items() if metric in framer.frame.metrics)
    return named and framer.frame.tokens[span.start].text in framer.raw["negations"]
