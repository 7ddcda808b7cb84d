"""Values: `on used Accords`, `drop walk-ins`, `Ford vs Honda`: stored values become filters, with polarity."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Filter
from vendora_graph.offline.alike import one_kind
from vendora_graph.offline.frame import LIMITS, Framer, cue_names, of_kind
from vendora_graph.offline.heads import own_column
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.no_values import no_value
from vendora_graph.offline.others import beside_the_others
from vendora_graph.offline.people import of_department
from vendora_graph.offline.record_nouns import is_record
from vendora_graph.offline.small_follow import shown_columns, stands_out
from vendora_graph.offline.spans import Span
from vendora_graph.offline.surely import replaced

_SINGLE = 1


def fill_values(framer: Framer) -> None:
    """Turn the values said into filters, with what is kept and what is left out."""
    frame = framer.frame
    excluding = False
    found: list[tuple[Span, Sense, bool]] = []
    for span in frame.spans:
        _hidden_store(framer, span)
        sense = _value_sense(framer, span)
        if sense is None or replaced(framer, span):
            continue
        joined = bool(found) and joined_values(framer, found[-1][0], span)
        if framer.after_cue(span, {"include"}, framer.raw["between_cue_and_value"]) and not framer.inherits():
            frame.bind(span, "included")
            continue
        turned = span.reason == "negated"  # `but no gap`: the value is the negation
        cue = None if turned else framer.cue_before(span, {"exclude"}, framer.raw["between_cue_and_value"])
        excluding = cue is not None or _left_out_after(framer, span, sense) or (excluding and joined)
        _consume(framer, cue, sense)
        if joined and found[-1][1].key != sense.key:
            earlier, sense = _one_dimension(framer, found[-1][0], span, (found[-1][1], sense))
            found = _retyped(framer, found, earlier)
        found.append((span, sense, excluding))
        frame.bind(span, f"filter {sense.key}")
        _note_record(framer, span)
    found = [item for item in one_kind(framer, found) if not beside_the_others(framer, item[0], item[1].key)]
    for dimension in dict.fromkeys(sense.key for _, sense, _ in found):
        _merge_values(framer, dimension, [(sense, out) for _, sense, out in found if sense.key == dimension])
    frame.side_by_side = frame.side_by_side or _compared_values(framer, [span for span, _, _ in found])


def _left_out_after(framer: Framer, span: Span, sense: Sense) -> bool:
    """`reserve by lender, Ford Credit excluded`: the word that excludes stands after the value."""
    frame, words = framer.frame, framer.raw["excluded_words"]
    for end in (span.end + 2, span.end + 1):  # `taken out`, `excluded`
        if " ".join(t.text for t in frame.tokens[span.end : end]) in words or stands_out(framer, span):
            frame.bound.update(dict.fromkeys(range(span.end, min(end, len(frame.tokens))), f"filter {sense.key}"))
            return True
    return False


def _note_record(framer: Framer, span: Span) -> None:
    records = of_kind(span, "dimension")
    if records and is_record(framer, span, records):
        record = next(s.key for s in records if framer.catalog.dimensions[s.key].kind == "record")
        framer.frame.record = framer.frame.record or record


def _value_sense(framer: Framer, span: Span) -> Sense | None:
    if span.start in framer.frame.bound or _limit(framer, span) or _counts_places(framer, span) or no_value(framer, span):
        return None
    named = _named_beside(framer, span)
    senses = _fitting(framer, span, named)
    if of_kind(span, "group"):
        senses = [s for s in senses if not of_department(framer, span, s.key)]
        senses = [s for s in senses if not _of_whole(framer, s.key) and (not framer.cut_by(s.key) or _in_row(framer, span, s.key))]
    if of_kind(span, "hint"):
        plain = framer.lexicon.vocabulary.get("plain_values") or ()
        asked = (bool(framer.frame.metrics) and not framer.frame.from_hint) or framer.inherits()
        senses = [s for s in senses if s.key in named or (s.key in plain and asked)]
    if not senses:
        return None
    known = framer.catalog.dimensions
    asked_by = [s.key for s in of_kind(span, "dimension") if known[s.key].kind != "record"]  # of `which used cars` used is a limit
    if framer.after_cue(span, {"which", "who", "group"}, ()) and any(not framer.measures() or framer.fits(name) for name in asked_by):
        return None  # `which bank pays us the most`, `reserve by bank`: asked by it, not limited to it
    if _cut_by_flag(framer, span, senses):
        return None
    known_by = (named, shown_columns(framer))
    senses.sort(key=lambda s: (*(s.key not in n for n in known_by), _of_the_store(framer, span, s), not _own_column(framer, s), -s.weight))
    _note_rivals(framer, span, senses, named)
    return senses[0]


def _cut_by_flag(framer: Framer, span: Span, senses: list[Sense]) -> bool:
    """`visits by emergency`: the name of a column of truth values is a value too, and after `by` it is the column."""
    own = {s.key for s in of_kind(span, "dimension")} & {s.key for s in senses}
    return bool(own) and framer.after_cue(span, {"group"}) and all(is_flag(framer, name) for name in own)


def is_flag(framer: Framer, dimension: str) -> bool:
    """Whether a column holds truth values only."""
    stored, words = framer.lexicon.value_counts.get(dimension) or {}, framer.raw["flags"]
    return framer.catalog.dimensions[dimension].kind == "flag" or (bool(stored) and set(stored) <= {words["true"], words["false"]})


def _of_whole(framer: Framer, dimension: str) -> bool:
    """`did parts and service cover overhead`: a measure of the whole store is not limited to a department."""
    entries = framer.lexicon.vocabulary.get("department_values") or ()
    return any(e["dimension"] == dimension and set(framer.measures()) & set(e.get("whole") or ()) for e in entries)


def _in_row(framer: Framer, span: Span, dimension: str) -> bool:
    """`by how they paid, cash, finance or lease`: one of several values of what the figures are cut by."""
    return any(o is not span and any(s.key == dimension for s in of_kind(o, "value")) for o in framer.frame.spans)


def _fitting(framer: Framer, span: Span, named: set[str]) -> list[Sense]:
    """The values a span may be for the measures named; without one, any value."""
    senses = [s for s in of_kind(span, "value") if framer.fits(s.key)]
    if senses and _own_noun(framer, span):
        senses = [s for s in senses if s.key in named]
        if not senses:
            framer.frame.bind(span, f"part of {framer.frame.metrics[0]}")
    if span.end - span.start == 1 and framer.small_word(span.start) and framer.frame.metrics:
        senses = [s for s in senses if s.key in named or own_column(framer, s.key)]  # `split new and used`: a small word is no value
    if not senses and not framer.frame.metrics and framer.ctx.previous is None:
        people = framer.lexicon.vocabulary.get("people") or ()
        told = of_kind(span, "value")
        senses = [s for s in told if s.key in people or framer.catalog.dimensions[s.key].kind != "person"] or told
    return senses


def _own_noun(framer: Framer, span: Span) -> bool:
    """`what did the average trade cost us in over-allowance`: a word for what the measure is of says nothing more (`own_nouns`)."""
    frame, nouns = framer.frame, framer.lexicon.section("own_nouns")
    said = {t.text for t in frame.tokens[span.start : span.end] if t.kind != "punct"}
    named = [m for m in frame.metrics if m in frame.metric_spans and said <= set(nouns.get(m) or ())]
    return bool(named) and not framer.marked(span.start)


def _limit(framer: Framer, span: Span) -> bool:
    """`only where above 1500`: a number after a word that compares is a limit, though a value may be named so."""
    number = framer.frame.tokens[span.start].number is not None and span.end - span.start == 1
    return number and framer.after_cue(span, set(LIMITS), ())


def _counts_places(framer: Framer, span: Span) -> bool:
    """`top 3 homerooms`: before a number a word of an order is one, though a value may be named so."""
    after = framer.frame.tokens[span.end : span.end + 1]
    return bool(cue_names(span) & set(framer.raw["order_cues"])) and bool(after) and after[0].number is not None


def _of_the_store(framer: Framer, span: Span, sense: Sense) -> bool:
    """`Fords`, `used Ford` are cars, and to a manager of one store `Ford` is one too: every row of theirs is of the Ford store."""
    word = framer.frame.tokens[span.end - 1]
    several = word.text.endswith("s") and word.text != word.stem
    of_cars = several or _kind_before(framer, span)
    return (of_cars or len(framer.ctx.stores) == 1) and sense.key in (framer.lexicon.vocabulary.get("store_values") or ())


def _kind_before(framer: Framer, span: Span) -> bool:
    """`used Honda`: a kind of unit right before a name says that it is a unit's, and not the store's."""
    columns, before = set(framer.lexicon.vocabulary.get("unit_columns") or ()), framer.frame.tokens[max(span.start - 1, 0) : span.start]
    return any(s.kind == "value" and s.key in columns for t in before for s in framer.lexicon.senses(t.stem))


def _own_column(framer: Framer, sense: Sense) -> bool:
    """A trade's own disposition comes before its deal's type: `own_columns` of the vocabulary."""
    own = framer.lexicon.section("own_columns")
    return any(sense.key in own.get(metric, ()) for metric in framer.measures()[:1])


def _one_dimension(framer: Framer, first: Span, second: Span, senses: tuple[Sense, Sense]) -> tuple[Sense, Sense]:
    """`Ford vs Honda`: two values side by side are of one dimension where both can be; else, of like dimensions, it is asked."""
    open_ = not framer.measures()  # `compare the Ford and Honda stores`
    known = {s.key: s for s in of_kind(second, "value") if open_ or framer.fits(s.key)}
    told = {s.key for s in senses[1:]} if open_ else set(known)
    for sense in of_kind(first, "value"):
        if sense.key in told & set(known):
            return sense, known[sense.key]
    like = set(framer.lexicon.vocabulary.get("like_values") or ())
    people = all(framer.catalog.dimensions[s.key].kind == "person" for s in senses)
    if people or {senses[0].key, senses[1].key} <= like:
        framer.frame.clash = f"{framer.frame.said(first)} / {framer.frame.said(second)}"
    return senses


def _retyped(framer: Framer, found: list[tuple[Span, Sense, bool]], last: Sense) -> list[tuple[Span, Sense, bool]]:
    """`new, used and CPO`: the whole row is of the dimension its last values are of, as far back as it can be."""
    row = [*found[:-1], (found[-1][0], last, found[-1][2])]
    for at in range(len(row) - 1, 0, -1):
        span, sense, out = row[at - 1]
        other = next((s for s in of_kind(span, "value") if s.key == row[at][1].key and framer.fits(s.key)), None)
        if sense.key == row[at][1].key or other is None or not joined_values(framer, span, row[at][0]):
            break
        row[at - 1] = (span, other, out)
    return row


def _note_rivals(framer: Framer, span: Span, senses: list[Sense], named: set[str]) -> None:
    """A name that several values have as well is asked about; a first name is looked for among all who may be meant."""
    first = senses[0]
    like = [s for s in senses if s.weight >= first.weight - 1e-9]
    if framer.catalog.dimensions[first.key].kind == "person" and first.key not in named:
        rivals = [s for s in like if framer.catalog.dimensions[s.key].kind == "person"]
    else:
        rivals = [s for s in like if s.key == first.key]
    if len({s.values for s in rivals}) > 1:
        options = tuple(sorted({value for s in rivals for value in s.values}))
        framer.frame.unclear_values.append((first.key, framer.frame.said(span), options))


def _consume(framer: Framer, cue: Span | None, sense: Sense) -> None:
    """A cue that did its work as one thing (`drop` walk-ins) is no other (a `drop` in sales)."""
    if cue is not None:
        framer.frame.bound.update(dict.fromkeys(range(cue.start, cue.end), f"filter {sense.key}"))
        at = framer.frame.spans.index(cue)
        for name in ("change", "compare", "bottom", "top"):
            left = [i for i in framer.frame.cues.get(name, ()) if i != at]
            if name in framer.frame.cues and not left:
                del framer.frame.cues[name]


def _hidden_store(framer: Framer, span: Span) -> None:
    """A store of the group outside the asker's tenant is known, and not theirs to see."""
    if not of_kind(span, "other_store") or span.start in framer.frame.bound or of_kind(span, "metric"):
        return
    if not any(framer.fits(s.key) for s in of_kind(span, "value")) or span.end - span.start > 1:
        framer.frame.other_store = framer.frame.said(span)
        framer.frame.bind(span, "store")


def _named_beside(framer: Framer, span: Span) -> set[str]:
    """Dimensions named right before or after a value (`salesperson Mike`)."""
    names: set[str] = set()
    for other in framer.frame.spans:
        if other.end == span.start or other.start == span.end:
            names.update(s.key for s in of_kind(other, "dimension") if not of_kind(other, "hint"))
    return names


def joined_values(framer: Framer, first: Span, second: Span) -> bool:
    """Whether only `and`, `or`, a comma or `vs` stands between two values."""
    joiners = {*framer.raw["joiners"], framer.raw["versus_word"], *framer.raw["articles"]}
    between = framer.frame.tokens[first.end : second.start]
    return bool(between) and all({t.stem, t.text} & joiners for t in between)


def _merge_values(framer: Framer, dimension: str, senses: list[tuple[Sense, bool]]) -> None:
    """One filter for what is kept and one for what is left out; two named values of one dimension are shown apart."""
    kept = tuple(dict.fromkeys(v for sense, out in senses if not out for v in sense.values))
    dropped = tuple(dict.fromkeys(v for sense, out in senses if out for v in sense.values))
    if dropped and (not kept or set(kept) & set(dropped)):  # `the main shop without body`: what is kept says it already
        framer.frame.filters.append(Filter(dimension=dimension, op="not_in", values=dropped))
    if kept:
        same = next((f for f in framer.frame.filters if f.dimension == dimension and f.op == "in"), None)
        if same is not None and same in framer.frame.implied and not set(kept) & set(same.values):  # `aged` means used, but new was said
            framer.frame.filters.remove(same)
        elif same is not None and not set(kept) <= set(same.values):  # one said in a measure's name, one beside it
            framer.frame.filters.remove(same)
            framer.frame.groups = list(dict.fromkeys([*framer.frame.groups, dimension]))
            kept = tuple(dict.fromkeys((*same.values, *kept)))
        framer.frame.filters.append(Filter(dimension=dimension, op="in", values=kept))
    together = {t.text for t in framer.frame.tokens} & set(framer.raw["together_words"])
    if sum(1 for _, out in senses if not out) > _SINGLE and dimension not in framer.frame.groups and not together:
        framer.frame.groups.append(dimension)


def _compared_values(framer: Framer, spans: list[Span]) -> bool:
    """`new vs used`: a compare cue stands between two values."""
    for first, second in pairwise(spans):
        between = [s for s in framer.frame.spans if first.end <= s.start and s.end <= second.start]
        if any("compare" in cue_names(s) for s in between):
            return True
    return False
