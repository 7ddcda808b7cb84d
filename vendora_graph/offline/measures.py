"""Measures: which metrics a question names, which of them it is about, and what weak and modifying words add."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from vendora_graph.contracts import Filter
from vendora_graph.offline.chosen import choose_measures
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.lists import antecedent, bare_measures, heads_row, joined, listed_measure, negates, value_in_list
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.record_nouns import LIST_CUES, describes, grouped_otherwise, is_record, right_after
from vendora_graph.offline.senses import PART_OF_NAME
from vendora_graph.offline.shown_by import own_flag, per_noun
from vendora_graph.offline.single import single_record
from vendora_graph.offline.spans import Span
from vendora_graph.offline.surely import asked_for, limits_other, only_metric, replaced
from vendora_graph.offline.variants import filters_of

_EPSILON = 1e-9


def fill_measures(framer: Framer) -> None:
    """Take metrics, rules and reports from the spans, and find which of several metrics is asked for."""
    _metrics(framer)
    _rules_and_reports(framer)
    choose_measures(framer)
    bare_measures(framer)


def _metrics(framer: Framer) -> None:
    named = [span for span in framer.frame.spans if of_kind(span, "metric")]
    spans = [span for span in named if not limits_other(framer, span, named) and not replaced(framer, span)]
    sure = [span for span in spans if not (framer.frame.has("restore") and framer.inherits()) and only_metric(framer, span, spans)]
    for span in sure:
        _take(framer, span)
    for span in spans:
        if span not in sure and not _reads_otherwise(framer, span):
            _take(framer, span)
    order = {name: span.start for name, span in framer.frame.metric_spans.items()}
    framer.frame.metrics.sort(key=lambda name: order.get(name, 0))


def _reads_otherwise(framer: Framer, span: Span) -> bool:
    """Whether a span that may be a metric is better read as a value, a grouping, a rule or a department here."""
    return bool(of_kind(span, "rule")) or any(test(framer, span) for test in _OTHERWISE)


def _restored(framer: Framer, span: Span) -> bool:
    return (
        framer.frame.has("restore")
        and framer.inherits()
        and framer.lexicon.normaliser.key(framer.frame.said(span)) in framer.lexicon.general_names
    )


def _modifies(framer: Framer, span: Span) -> bool:
    modifiers = framer.lexicon.section("modifiers")
    return any(m in (modifiers[s.key].get("map") or {}) for s in of_kind(span, "modifier") for m in framer.frame.metrics)


def _left_out(framer: Framer, span: Span) -> bool:
    """`excluding F-150s and leases`: a value after a word that excludes, or joined to one."""
    if not of_kind(span, "value"):
        return False
    if framer.after_cue(span, {"exclude"}, framer.raw["between_cue_and_value"]):
        return True
    earlier = next((other for other in framer.before(span) if of_kind(other, "value")), None)
    return earlier is not None and joined(framer, earlier, span) and _left_out(framer, earlier)


def _subject(framer: Framer, span: Span) -> bool:
    return bool(of_kind(span, "group")) and framer.frame.has("scorecard") and not framer.frame.metrics


def _filters(framer: Framer, span: Span) -> bool:
    named = bool(framer.frame.metrics) or framer.inherits()
    if not named or not any(framer.fits(s.key) for s in of_kind(span, "value")) or asked_for(framer, span):
        return False
    if listed_measure(framer, span) or antecedent(framer, span):
        return False
    if framer.inherits() and _alone(framer, span):
        return False
    return framer.inherits() or not framer.after_cue(span, {"follow"}, ())


def _alone(framer: Framer, span: Span) -> bool:
    """`and their appointments set`: the whole question is the name of a measure, in more than one word, and of no slice."""
    slices, tokens = framer.lexicon.section("named_slices"), framer.frame.tokens
    content = [i for i, t in enumerate(tokens) if t.content]
    named = any(s.key not in slices for s in of_kind(span, "metric"))
    return named and len(content) > 1 and all(span.start <= i < span.end for i in content)


def _records_or_groups(framer: Framer, span: Span) -> bool:
    dimensions = of_kind(span, "dimension")
    if dimensions and is_record(framer, span, dimensions):
        return True
    named = bool(framer.frame.metrics) or framer.inherits()
    return bool(dimensions) and named and framer.after_cue(span, {"group"})


def _swaps(framer: Framer, span: Span) -> bool:
    """`same for sales`: a department's name after a follow-up word, when it has its own form of the last metric."""
    previous = framer.ctx.previous
    if previous is None or not framer.frame.has("follow"):
        return False
    departments = framer.lexicon.section("departments")
    return any(m in ((departments.get(s.key) or {}).get("swap") or {}) for s in of_kind(span, "group") for m in previous.metrics)


_OTHERWISE: Sequence[Callable[[Framer, Span], bool]] = (
    _restored,
    _modifies,
    _left_out,
    _subject,
    _filters,
    _swaps,
    value_in_list,
    _records_or_groups,
    single_record,
)


def _take(framer: Framer, span: Span) -> None:
    frame = framer.frame
    text = frame.said(span)
    senses = [
        s
        for s in of_kind(span, "metric")
        if not (span.end - span.start == 1 and frame.tokens[span.start].stop and s.phrase.lower() != text)
    ]
    if not senses or _other_number(framer, span):
        return
    scores = {s.key: s.weight + framer.prior(s.key) for s in reversed(senses)}
    names = sorted(dict.fromkeys(s.key for s in senses), key=lambda n: -scores[n])
    if _turned_round(framer, span, names[0]):
        return
    best = [n for n in names if scores[n] >= scores[names[0]] - _EPSILON]
    frame.bind(span, f"metric {names[0]}")
    if len(best) == 1 and all(s.weight == PART_OF_NAME for s in senses):
        frame.notes.append(("read_as", {"word": frame.said(span), "label": framer.catalog.metrics[names[0]].label}))
    if names[0] not in frame.metrics:
        frame.metrics.append(names[0])
        frame.metric_spans[names[0]] = span
    if len(best) > 1:
        frame.choices[names[0]] = best
    _inside(framer, span, names[0])


def _other_number(framer: Framer, span: Span) -> bool:
    """`on the line`: a word whose plural alone is a measure (`exact_measures`)."""
    token, exact = framer.frame.tokens[span.start], framer.lexicon.vocabulary.get("exact_measures") or ()
    keys = {framer.lexicon.normaliser.key(str(word)) for word in exact}
    return span.end - span.start == 1 and token.stem in keys and token.text not in exact


def _turned_round(framer: Framer, span: Span, metric: str) -> bool:
    """`not a loser`, `didn't lose money`: a measure that only says which records count, turned round by a negation."""
    frame, entry = framer.frame, framer.lexicon.section("list_conditions").get(metric)
    items = filters_of(entry) if entry else ()
    before = [t.text for t in frame.tokens[max(span.start - 2, 0) : span.start]]
    if len(items) != 1 or items[0].op != "in" or not set(before) & set(framer.raw["negations"]):
        return False
    frame.filters.append(items[0].model_copy(update={"op": "not_in"}))
    frame.bind(span, f"filter {items[0].dimension}")
    for at in range(max(span.start - 2, 0), span.start):
        if frame.tokens[at].text in framer.raw["negations"]:
            frame.bound[at] = f"filter {items[0].dimension}"
    return True


def _inside(framer: Framer, span: Span, metric: str) -> None:
    """A metric's phrase may hold a grouping (`pvr by manager`) or a record noun (`ros open over 10 days`)."""
    _named_value(framer, span, metric)
    for at in range(span.start, span.end):
        senses: list[Sense] = []
        size = 0
        for size in range(span.end - at, 0, -1):
            senses = [s for s in framer.lexicon.senses(compact(framer.frame.tokens[at : at + size])) if s.kind == "dimension"]
            if senses:
                break
        cues = framer.cues_ending(at)
        opening = {"which", *framer.raw["record_rank_cues"]}  # `which lead source costs the most per sale`, `best salesperson in units`
        each = at > 0 and framer.frame.tokens[at - 1].text in framer.raw["per_words"][1:]  # `each salesperson's units`
        grouped = "group" in cues and not per_noun(framer, span, at) if at > span.start or each else bool(cues & opening)
        for sense in senses:
            named = own_flag(framer, span, metric, sense.key)
            if named or not can_cut(framer.lexicon, metric, sense.key):
                continue
            if grouped and framer.catalog.dimensions[sense.key].kind not in {"record", "numeric"}:
                framer.frame.groups.append(sense.key)
                return
            several = framer.frame.tokens[span.end - 1].text != framer.frame.tokens[span.end - 1].stem
            stands = several and at + size == span.end and framer.catalog.metrics[metric].snapshot  # `the unfunded deals`
            listed = (at == span.start or stands) and right_after(framer, span, LIST_CUES) and not heads_row(framer, span)
            listed = listed and not describes(framer, at + size - 1, span)
            if listed and not grouped_otherwise(framer, span) and framer.catalog.dimensions[sense.key].kind == "record":
                framer.frame.record = sense.key
                return


def _named_value(framer: Framer, span: Span, metric: str) -> None:
    """`google reviews`, `used car turn`: a value inside a measure's name is a condition, for the dimensions the vocabulary lists."""
    info = framer.catalog.metrics[metric]
    unsaid = [] if metric in framer.lexicon.section("named_slices") else framer.lexicon.vocabulary.get("values_unsaid") or ()
    label, told = ({t.stem for t in framer.lexicon.normaliser.tokens(text)} for text in (info.label, f"{info.label} {info.description}"))
    for key in _words_inside(framer, span):
        senses = framer.lexicon.senses(key)
        open_to = [d for d in unsaid if not _told(framer, senses, d, told, label)]
        listed = [*framer.lexicon.vocabulary.get("values_in_names", ()), *open_to]
        sense = next((s for s in senses if s.kind == "value" and s.key in listed and can_cut(framer.lexicon, metric, s.key)), None)
        if sense is not None:
            framer.frame.filters.append(Filter(dimension=sense.key, values=sense.values))
            return


def _words_inside(framer: Framer, span: Span) -> Iterator[str]:
    """What the words inside a name are looked up by, the longest first; a mistyped one as it was read."""
    for at in range(span.start, span.end):
        for size in range(span.end - at, 0, -1):
            if size < span.end - span.start:
                yield compact(framer.frame.tokens[at : at + size])
    if span.reason == "typo":
        yield from span.read_as.split()


def _told(framer: Framer, senses: Sequence[Sense], dimension: str, told: set[str], label: set[str]) -> bool:
    """Whether a measure's label or definition says a value itself, and not every value (`new and used`)."""
    every = set(framer.catalog.dimensions[dimension].values) <= told - label
    return not every and any(v in told for s in senses if s.kind == "value" and s.key == dimension for v in s.values)


def _rules_and_reports(framer: Framer) -> None:
    frame = framer.frame
    for span in frame.spans:
        for sense in of_kind(span, "rule"):
            frame.rules.append(sense.key)
            frame.rule_spans[sense.key] = span
            frame.bind(span, f"rule {sense.key}")
        for sense in of_kind(span, "report") if not negates(framer, span) else ():
            frame.reports.append(sense.key)
            frame.bind(span, f"report {sense.key}")


def category(framer: Framer, sense: Sense) -> bool:
    """Whether a sense names a dimension that answers are usually cut by."""
    return sense.kind == "dimension" and framer.catalog.dimensions[sense.key].kind in {"category", "person", "store", "flag"}
