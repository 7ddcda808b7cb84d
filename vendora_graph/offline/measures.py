"""Measures: which metrics a question names, which of them it is about, and what weak and modifying words add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import filters_of

_EPSILON = 1e-9
_LIST_CUES = {"list", "which"}


def fill_measures(framer: Framer) -> None:
    """Take metrics, rules and reports from the spans, then hints, modifiers and combinations."""
    _metrics(framer)
    _rules_and_reports(framer)
    _subordinate(framer)
    _hints(framer)
    _modifiers(framer)


def _metrics(framer: Framer) -> None:
    spans = [span for span in framer.frame.spans if of_kind(span, "metric")]
    sure = [span for span in spans if not (framer.frame.has("restore") and framer.inherits()) and not of_kind(span, "value", "dimension", "group", "rule", "topic", "modifier")]
    for span in sure:
        _take(framer, span)
    for span in spans:
        if span not in sure and not _reads_otherwise(framer, span):
            _take(framer, span)
    order = {name: span.start for name, span in framer.frame.metric_spans.items()}
    framer.frame.metrics.sort(key=lambda name: order.get(name, 0))


def _reads_otherwise(framer: Framer, span: Span) -> bool:
    """Whether a span that may be a metric is better read as a value, a grouping, a rule or a department here."""
    frame = framer.frame
    if of_kind(span, "rule"):
        return True
    if frame.has("restore") and framer.inherits() and framer.lexicon.normaliser.key(frame.said(span)) in _generic(framer):
        return True
    modifiers = framer.lexicon.section("modifiers")
    if any(m in (modifiers[s.key].get("map") or {}) for s in of_kind(span, "modifier") for m in frame.metrics):
        return True
    if of_kind(span, "value") and framer.after_cue(span, {"exclude"}, framer.raw["between_cue_and_value"]):
        return True
    if of_kind(span, "group") and frame.has("scorecard") and not frame.metrics:
        return True
    named = bool(frame.metrics) or framer.inherits()
    if named and any(framer.fits(s.key) for s in of_kind(span, "value")) and not framer.after_cue(span, {"follow"}, ()):
        return True
    if named and framer.inherits() and any(framer.fits(s.key) for s in of_kind(span, "value")):
        return True
    if _swaps(framer, span) or value_in_list(framer, span):
        return True
    dimensions = of_kind(span, "dimension")
    if dimensions and is_record(framer, span, dimensions):
        return True
    return bool(dimensions) and named and framer.after_cue(span, {"group"})


def value_in_list(framer: Framer, span: Span) -> bool:
    """`new and used units`: a slice's name joined to a value of the same kind is its value, of the base metric."""
    named = framer.lexicon.section("named_slices")
    values = {s.key for s in of_kind(span, "value")}
    beside = [o for o in framer.frame.spans if o is not span and any(s.key in values for s in of_kind(o, "value")) and joined(framer, o, span)]
    if not beside:
        return False
    for sense in of_kind(span, "metric"):
        entry = named.get(sense.key)
        if entry is not None and entry["base"] not in framer.frame.metrics and values & {f.dimension for f in filters_of(entry)}:
            framer.frame.metrics.append(entry["base"])
            framer.frame.metric_spans[entry["base"]] = span
            return True
    return not any(of_kind(o, "metric") for o in beside)


def joined(framer: Framer, first: Span, second: Span) -> bool:
    """Whether only `and`, a comma, a comparison and small words stand between two spans."""
    joiners, tokens = framer.raw["joiners"], framer.frame.tokens
    between = tokens[min(first.end, second.end) : max(first.start, second.start)]
    said = [t for t in between if t.stem in joiners or t.text in joiners or t.stem == framer.raw["versus_word"]]
    return bool(said) and not any(t.content and t not in said for t in between)


def _swaps(framer: Framer, span: Span) -> bool:
    """`same for sales`: a department's name after a follow-up word, when it has its own form of the last metric."""
    previous = framer.ctx.previous
    if previous is None or not framer.frame.has("follow"):
        return False
    departments = framer.lexicon.section("departments")
    return any(m in ((departments.get(s.key) or {}).get("swap") or {}) for s in of_kind(span, "group") for m in previous.metrics)


def is_record(framer: Framer, span: Span, dimensions: Sequence[Sense]) -> bool:
    """`show me the units over 90 days`: a list is asked for, and the noun names single records."""
    frame = framer.frame
    names = [s.key for s in dimensions if framer.catalog.dimensions[s.key].kind == "record"]
    if not names or frame.has("how_many", *framer.raw["grain_cues"]):
        return False
    listing = _right_after(framer, span, _LIST_CUES)
    if not (listing or _right_after(framer, span, set(framer.raw["record_rank_cues"]))) or framer.after_cue(span, {"group"}):
        return False
    if frame.has("who") or _grouped_otherwise(framer, span):
        return False
    weak = bool(of_kind(span, "metric", "hint"))
    return not weak or _narrowed(framer, span) or (listing and framer.inherits())


def _grouped_otherwise(framer: Framer, span: Span) -> bool:
    """Another noun is what the answer is cut by (`which store wholesaled the most cars`)."""
    for other in framer.frame.spans:
        if other is span or of_kind(other, "value", "metric", "hint"):
            continue
        if any(_category(framer, s) for s in of_kind(other, "dimension")) and framer.after_cue(other, {"group", "which", "list", *framer.raw["record_rank_cues"]}):
            return True
    return False


def _right_after(framer: Framer, span: Span, cues: set[str]) -> bool:
    """Whether a cue stands before a noun with only small words, numbers, values and other such cues between."""
    frame = framer.frame
    for index in (i for name in sorted(cues) for i in frame.cues.get(name, ())):
        cue = frame.spans[index]
        if cue.end <= span.start and all(_light(framer, at) for at in range(cue.end, span.start)):
            return True
    return False


def _light(framer: Framer, at: int) -> bool:
    token = framer.frame.tokens[at]
    if token.stem in framer.raw["record_gap"] or token.number is not None or token.kind == "punct":
        return True
    inside = next((s for s in framer.frame.spans if s.start <= at < s.end), None)
    return inside is not None and bool(of_kind(inside, "value", "cue")) and not of_kind(inside, "metric")


def _narrowed(framer: Framer, span: Span) -> bool:
    """Whether something says which records: a number, an order, `that ...`, or a metric of its own."""
    frame = framer.frame
    numbers = any(t.number is not None and i not in frame.bound for i, t in enumerate(frame.tokens))
    others = any(other.start != span.start for other in frame.metric_spans.values())
    return numbers or others or frame.has("with_condition", *framer.raw["record_rank_cues"])


def _take(framer: Framer, span: Span) -> None:
    frame = framer.frame
    text = frame.said(span)
    senses = [s for s in of_kind(span, "metric") if not (span.end - span.start == 1 and frame.tokens[span.start].stop and s.phrase.lower() != text)]
    if not senses:
        return
    scores = {s.key: s.weight + framer.prior(s.key) for s in reversed(senses)}
    names = sorted(dict.fromkeys(s.key for s in senses), key=lambda n: -scores[n])
    best = [n for n in names if scores[n] >= scores[names[0]] - _EPSILON]
    frame.bind(span, f"metric {names[0]}")
    if names[0] not in frame.metrics:
        frame.metrics.append(names[0])
        frame.metric_spans[names[0]] = span
    if len(best) > 1:
        frame.choices[names[0]] = best
    _inside(framer, span, names[0])


def _inside(framer: Framer, span: Span, metric: str) -> None:
    """A metric's phrase may hold a grouping (`pvr by manager`) or a record noun (`ros open over 10 days`)."""
    tokens = framer.frame.tokens
    for at in range(span.start, span.end):
        senses = [s for s in framer.lexicon.senses(compact(tokens[at : at + 1])) if s.kind == "dimension"]
        for size in range(span.end - at, 0, -1):
            senses = [s for s in framer.lexicon.senses(compact(tokens[at : at + size])) if s.kind == "dimension"]
            if senses:
                break
        grouped = at > span.start and "group" in framer.cues_ending(at)
        for sense in senses:
            if not can_cut(framer.lexicon, metric, sense.key):
                continue
            if grouped and framer.catalog.dimensions[sense.key].kind not in {"record", "numeric"}:
                framer.frame.groups.append(sense.key)
                return
            listed = at == span.start and _right_after(framer, span, _LIST_CUES)
            if listed and framer.catalog.dimensions[sense.key].kind == "record":
                framer.frame.record = sense.key
                return


def _rules_and_reports(framer: Framer) -> None:
    frame = framer.frame
    for span in frame.spans:
        for sense in of_kind(span, "rule"):
            frame.rules.append(sense.key)
            frame.rule_spans[sense.key] = span
            frame.bind(span, f"rule {sense.key}")
        for sense in of_kind(span, "report"):
            frame.reports.append(sense.key)
            frame.bind(span, f"report {sense.key}")


# -------------------------------------------------------------------------------------------------- more than one metric


def _subordinate(framer: Framer) -> None:
    """Two measures in one clause, not joined by `and`: the more specific one is asked for, the other says of what."""
    frame = framer.frame
    _combine(framer)
    if frame.has("what_if"):
        return
    changed = True
    while changed and len(frame.metrics) > 1:
        changed = False
        for first, second in zip(frame.metrics, frame.metrics[1:], strict=False):
            a, b = frame.metric_spans.get(first), frame.metric_spans.get(second)
            if a is None or b is None or _coordinated(framer, a, b):
                continue
            loser = first if _rank(framer, first, a) < _rank(framer, second, b) else second
            frame.metrics.remove(loser)
            frame.dropped.append(loser)
            _give_back(framer, loser, first if loser == second else second)
            changed = True
            break


def _give_back(framer: Framer, loser: str, winner: str) -> None:
    """The words of a measure left out are free again, unless they only said of what (`on deals financed`) or are the winner's own."""
    frame, span = framer.frame, framer.frame.metric_spans[loser]
    base = (framer.lexicon.section("named_slices").get(winner) or {}).get("base")
    if loser in (framer.lexicon.vocabulary.get("generic_metrics") or ()) or loser == base:
        return
    if loser in _parts_of(framer, winner):
        return
    if framer.lexicon.normaliser.key(frame.said(span)) in _generic(framer):
        return
    for at in range(span.start, span.end):
        frame.bound.pop(at, None)
        frame.freed.add(at)


def _parts_of(framer: Framer, metric: str) -> set[str]:
    """Every metric a computed one is made of."""
    known: set[str] = set()
    waiting = [metric]
    while waiting:
        info = framer.catalog.metrics.get(waiting.pop())
        fresh = [i.metric for i in info.inputs if i.metric not in known] if info else []
        known.update(fresh)
        waiting.extend(fresh)
    return known


def _combine(framer: Framer) -> None:
    """Pairs of metrics that have a name together (`chargebacks as a percent of F&I gross`)."""
    for entry in framer.lexicon.vocabulary.get("combinations") or ():
        wanted = [str(m) for m in entry["metrics"]]
        if set(framer.frame.metrics) == set(wanted) and entry["to"] in framer.catalog.metrics:
            if entry.get("cue") and not framer.frame.has(*entry["cue"]):
                continue
            span = framer.frame.metric_spans[wanted[0]]
            named = framer.lexicon.section("named_slices")
            framer.frame.filters.extend(f for m in wanted if m in named and m in (entry.get("keep") or ()) for f in filters_of(named[m]))
            framer.frame.metrics = [entry["to"] if m == wanted[0] else m for m in framer.frame.metrics if m not in wanted[1:]]
            framer.frame.metric_spans[entry["to"]] = span


def _coordinated(framer: Framer, first: Span, second: Span) -> bool:
    between = framer.frame.tokens[first.end : second.start]
    joiners = list(framer.raw["joiners"])
    key = framer.lexicon.normaliser.key
    if len(framer.frame.metric_spans) == 2 and key(framer.frame.said(second)) in _generic(framer):  # noqa: PLR2004
        joiners.remove(",")
    return any(t.stem in joiners or t.text in joiners or t.stem in framer.raw["clause_joiners"] for t in between)


def _rank(framer: Framer, metric: str, span: Span) -> tuple[bool, bool, bool, float, bool, int]:
    """Specificity: a slice of the other, not a generic name, more content words, then the earlier one."""
    frame = framer.frame
    named = framer.lexicon.section("named_slices")
    base = (named.get(metric) or {}).get("base")
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    generic = metric in general or framer.lexicon.normaliser.key(frame.said(span)) in _generic(framer)
    content = sum(t.content for t in frame.tokens[span.start : span.end])
    rate = framer.catalog.metrics[metric].unit == "rate" and frame.has("share")
    return (base in frame.metrics, rate, not generic, content * span.quality, framer.catalog.metrics[metric].snapshot, -span.start)


def _generic(framer: Framer) -> frozenset[str]:
    words = framer.lexicon.vocabulary.get("generic_names") or ()
    return frozenset(framer.lexicon.normaliser.key(str(word)) for word in words)


# ---------------------------------------------------------------------------------------------------- hints, modifiers


def _hints(framer: Framer) -> None:
    """Weak words (`cars`, `sold`) name a metric only where nothing else does."""
    frame = framer.frame
    votes: dict[str, float] = {}
    for span in frame.spans:
        if span.start in frame.bound or is_record(framer, span, of_kind(span, "dimension")):
            continue
        for sense in of_kind(span, "hint"):
            votes[sense.key] = votes.get(sense.key, 0.0) + sense.weight
    frame.votes = votes
    if not votes or frame.metrics or frame.rules or frame.reports or frame.record:
        return
    best = max(votes, key=lambda name: (votes[name] + framer.prior(name), name))
    if not (framer.inherits() and (votes[best] <= framer.raw["weak_hint"] or frame.has("follow"))):
        frame.metrics.append(best)
        frame.from_hint = True


def bind_context(framer: Framer) -> None:
    """Weak words beside a metric that took them up are used; so are modifiers of a metric that already is an average."""
    frame = framer.frame
    report = bool(frame.reports)
    averages = any(framer.catalog.metrics[m].additivity in {"ratio", "average", "median"} for m in frame.metrics)
    for span in frame.spans:
        if span.start in frame.bound:
            continue
        if of_kind(span, "hint") and frame.metrics:
            frame.bind(span, "context")
        elif of_kind(span, "modifier") and averages:
            frame.bind(span, "context")
        elif of_kind(span, "cue"):
            frame.bind(span, "cue")
        elif (report and of_kind(span, "number")) or (frame.has("reconcile") and of_kind(span, "group")):
            frame.bind(span, "context")
    _bind_own_words(framer)


def _bind_own_words(framer: Framer) -> None:
    """A word that stands in the metric's own name, synonyms or description, and means nothing else, is part of it."""
    frame = framer.frame
    left = [i for i, t in enumerate(frame.tokens) if t.content and i not in frame.bound and t.number is None]
    if not left or not frame.metrics:
        return
    infos = [framer.catalog.metrics[m] for m in frame.metrics]
    words = " ".join(" ".join((i.label, i.description, i.formula, i.filter_text, *i.synonyms)) for i in infos)
    stems = {t.stem for t in framer.lexicon.normaliser.tokens(words)}
    for at in left:
        senses = framer.lexicon.senses(compact(frame.tokens[at : at + 1]))
        heavy = {"value", "rule"} if at in frame.freed else {"value", "metric", "rule"}
        weighty = any(s.kind in heavy or _category(framer, s) for s in senses)
        if frame.tokens[at].stem in stems and not weighty:
            frame.bound[at] = "part of " + frame.metrics[0]


def _category(framer: Framer, sense: Sense) -> bool:
    return sense.kind == "dimension" and framer.catalog.dimensions[sense.key].kind in {"category", "person", "store", "flag"}


def _modifiers(framer: Framer) -> None:
    """`a copy`, `each lead`: replace a metric by its per-unit forms (one for each modifier said)."""
    frame = framer.frame
    modifiers = framer.lexicon.section("modifiers")
    mapped: list[str] = []
    for name, entry in modifiers.items():
        if any(m in (entry.get("of") or ()) and framer.after_cue(frame.metric_spans[m], {"group"}) for m in frame.dropped):
            mapped.extend(t for m, t in (entry.get("map") or {}).items() if m in frame.metrics and t in framer.catalog.metrics)
            frame.modifiers.append(str(name))
    for span in frame.spans:
        for sense in of_kind(span, "modifier"):
            if span.start in frame.bound:
                continue
            entry: Mapping[str, Any] = modifiers[sense.key]
            mapping = entry.get("map") or {}
            if entry.get("count_map") and frame.has("how_many") and not frame.has("share"):
                mapping = entry["count_map"]
            if not frame.metrics and entry.get("default") in framer.catalog.metrics:
                frame.metrics.append(entry["default"])
            _to_base(framer, mapping)
            hits = [mapping[m] for m in frame.metrics if mapping.get(m) in framer.catalog.metrics]
            mapped.extend(hits)
            if hits or entry.get("silent") or any(m in mapping.values() for m in frame.metrics):
                frame.modifiers.append(sense.key)
                frame.bind(span, f"modifier {sense.key}")
    if mapped:
        kept = [m for m in frame.metrics if not any(m in ((modifiers[k].get("map")) or {}) for k in frame.modifiers)]
        frame.metrics = list(dict.fromkeys([*mapped, *kept]))


def _to_base(framer: Framer, mapping: Mapping[str, Any]) -> None:
    """A slice whose base a modifier knows becomes base and filter (`used cars that have been here ...`)."""
    named = framer.lexicon.section("named_slices")
    for metric in list(framer.frame.metrics):
        base = (named.get(metric) or {}).get("base")
        if metric not in mapping and base in mapping:
            framer.frame.metrics = [base if m == metric else m for m in framer.frame.metrics]
            framer.frame.filters.extend(filters_of(named[metric]))


# ---------------------------------------------------------------------------------------------------- shares, defaults


def apply_shares(framer: Framer) -> None:
    """`what share of used sales was certified`: a metric, a value and a share word have a name together."""
    frame = framer.frame
    for entry in framer.lexicon.vocabulary.get("shares") or ():
        condition = entry.get("filter")
        if entry["to"] not in framer.catalog.metrics or not any(m in frame.metrics for m in entry["of"]):
            continue
        if entry.get("cue", True) and not frame.has("share", "average"):
            continue
        item = _matching(frame.filters, condition) if condition else None
        if condition and item is None:
            continue
        frame.metrics = list(dict.fromkeys(entry["to"] if m in entry["of"] else m for m in frame.metrics))
        frame.filters = [f for f in frame.filters if f is not item and f.dimension not in (entry.get("drop") or ())]
        frame.groups = [g for g in frame.groups if not condition or g != condition["dimension"]]
        return


def _matching(filters: Sequence[Filter], condition: Mapping[str, Any]) -> Filter | None:
    values = {str(v) for v in condition["values"]}
    op = condition.get("op", "in")
    return next((f for f in filters if f.dimension == condition["dimension"] and f.op == op and set(f.values) == values), None)


def default_metric(framer: Framer) -> None:
    """`top 5 salespeople`: a grouping or record without a measure has a usual one."""
    frame = framer.frame
    if frame.metrics or frame.rule or (frame.record and framer.catalog.dimensions[frame.record].record_metrics):
        return
    usual = {**framer.lexicon.section("dimension_metrics"), **framer.lexicon.section("numeric_metrics")}
    numeric = [f.dimension for f in frame.filters if f.dimension in framer.lexicon.section("numeric_metrics")]
    for name in [*numeric, *frame.groups, frame.record, *(f.dimension for f in frame.filters)]:
        metric = usual.get(name)
        if metric in framer.catalog.metrics:
            frame.metrics.append(str(metric))
            frame.from_hint = True
            return
