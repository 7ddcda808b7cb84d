"""Weak and modifying words: hints, per-unit forms, shares, usual measures of a grouping, words that are part of a measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vendora_graph.contracts import Filter
from vendora_graph.offline.daily import averaged_beside
from vendora_graph.offline.frame import Framer, can_cut, cue_names, of_kind
from vendora_graph.offline.heads import noun_inside
from vendora_graph.offline.lists import new_clause, with_amount
from vendora_graph.offline.measures import category
from vendora_graph.offline.no_values import theirs
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.own_limits import labels_limit
from vendora_graph.offline.pointing import same_form, strange, take_outcome, value_measure
from vendora_graph.offline.record_nouns import is_record
from vendora_graph.offline.spans import Span
from vendora_graph.offline.target_words import DIMENSION, usual_targets
from vendora_graph.offline.variants import as_filter, filters_of, keeps_value


def take_hints(framer: Framer) -> None:
    """Weak words (`cars`, `sold`) name a metric only where nothing else does."""
    frame = framer.frame
    votes: dict[str, float] = {}
    for span in frame.spans:
        if span.start in frame.bound or is_record(framer, span, of_kind(span, "dimension")):
            continue
        for sense in of_kind(span, "hint"):
            votes[sense.key] = votes.get(sense.key, 0.0) + sense.weight
    frame.votes = votes
    own = value_measure(framer, votes)
    if own and not (framer.inherits() or frame.metrics or frame.rules or frame.reports or frame.record):
        frame.metrics.append(own)
        return
    if votes and not framer.inherits() and bool(frame.rules) != bool(frame.metrics):
        _own_clause(framer)
    if not votes or frame.metrics or frame.rules or frame.reports or frame.record:
        return
    best = max(votes, key=lambda name: (votes[name] + framer.prior(name), name))
    if not (framer.inherits() and (votes[best] <= framer.raw["weak_hint"] or frame.has("follow"))):
        frame.metrics.append(best)
        frame.from_hint = True


def _own_clause(framer: Framer) -> None:
    """`what did Brandt sell and what did he gross`: a weak word in a clause of its own asks for its figure as well."""
    frame = framer.frame
    named = [*frame.rule_spans.values(), *(frame.metric_spans[m] for m in frame.metrics if m in frame.metric_spans)]
    for span in frame.spans:
        hints = [s.key for s in of_kind(span, "hint") if framer.catalog.metrics[s.key].unit in {"units", "count"}]
        if hints and span.start not in frame.bound and any(new_clause(framer, span.end, r.start) for r in named):
            frame.metrics = list(dict.fromkeys([hints[0], *frame.metrics]))
            frame.metric_spans[hints[0]] = span
            frame.bind(span, f"metric {hints[0]}")
            return


def bind_context(framer: Framer) -> None:
    """Weak words beside a metric that took them up are used; so are modifiers of a metric that already is an average."""
    frame = framer.frame
    averages = any(framer.catalog.metrics[m].additivity in {"ratio", "average", "median"} for m in frame.metrics)
    for span in frame.spans:
        if span.start in frame.bound:
            continue
        alone = frame.carried and not frame.metric_spans  # `advertising`, `per car`, then `per lead`
        weak = (of_kind(span, "hint") and frame.metrics) or (of_kind(span, "modifier") and averages and not alone)
        if weak and (take_outcome(framer, span) or with_amount(framer, span)):
            continue
        said_of = frame.carried and same_form(framer, span)  # `how many did each of them sell`
        if of_kind(span, "modifier") and weak and not keeps_value(framer, span, frame.metrics):
            continue
        if weak and (said_of or not framer.marked(span.start)) and not _outcome(framer, span) and not strange(framer, span):
            frame.bind(span, "context")
        elif _as_cue(framer, span):
            frame.bind(span, "cue")
        elif (frame.reports and of_kind(span, "number")) or (frame.has("reconcile") and of_kind(span, "group")):
            frame.bind(span, "context")
    _bind_own_words(framer)


def _as_cue(framer: Framer, span: Span) -> bool:
    """A word that is a cue and no measure; a measure left out is a cue only of a change or a comparison, never of a scorecard."""
    frame = framer.frame
    if span.start in frame.freed and cue_names(span) == {"scorecard"}:
        return False
    return bool(of_kind(span, "cue")) and (not of_kind(span, "metric") or frame.has("why", "change", "compare"))


def _outcome(framer: Framer, span: Span) -> bool:
    """`be-backs sold`: of things counted in another table, what became of them is a condition, not context."""
    words = framer.lexicon.vocabulary.get("outcome_words") or ()
    done = set(framer.lexicon.vocabulary.get("sold_by_doing") or ())
    if framer.frame.tokens[span.start].text not in words or set(framer.frame.metrics) <= done:
        return False
    infos = [framer.catalog.metrics[m] for m in framer.frame.metrics]
    own = {t for s in of_kind(span, "hint") for t in framer.catalog.metrics[s.key].tables}
    return not same_form(framer, span) and all(i.unit in {"count", "units"} and not own & set(i.tables) for i in infos)


def _bind_own_words(framer: Framer) -> None:
    """A word that stands in the metric's own name, synonyms or description, and means nothing else, is part of it."""
    frame = framer.frame
    left = [i for i, t in enumerate(frame.tokens) if t.content and i not in frame.bound and t.number is None]
    if not left or not frame.metrics:
        return
    stems = own_stems(framer)
    for at in left:
        senses = framer.lexicon.senses(compact(frame.tokens[at : at + 1]))
        heavy = {"value", "rule"} if at in frame.freed else {"value", "metric", "rule"}
        weighty = any(s.kind in heavy or category(framer, s) for s in senses)
        if frame.tokens[at].stem in stems and not weighty and not framer.marked(at):
            frame.bound[at] = "part of " + frame.metrics[0]


def own_stems(framer: Framer) -> set[str]:
    """The words of the measures' names and formulas. What a description says is no name: `duplicates` is no part of unique leads."""
    infos = [framer.catalog.metrics[m] for m in framer.frame.metrics]
    words = " ".join(" ".join((i.label, i.formula, *i.synonyms)) for i in infos)
    return {t.stem for t in framer.lexicon.normaliser.tokens(words)}


def apply_modifiers(framer: Framer) -> None:
    """`a copy`, `each lead`: replace a metric by its per-unit forms (one for each modifier said)."""
    frame = framer.frame
    modifiers = framer.lexicon.section("modifiers")
    mapped, both = _from_dropped(framer, modifiers), list[str]()
    averaged_beside(framer, (modifiers.get("average") or {}).get("map") or {})
    for span in frame.spans:
        for sense in of_kind(span, "modifier"):
            if span.start not in frame.bound and not labels_limit(framer, span) and not theirs(framer, span, modifiers[sense.key]):
                both.extend(frame.metrics if _listed(framer, span) and not mapped else ())
                mapped.extend(_modified(framer, span, sense.key, modifiers[sense.key]))
    if mapped:
        kept = [m for m in frame.metrics if m in both or not any(m in ((modifiers[k].get("map")) or {}) for k in frame.modifiers)]
        frame.metrics = list(dict.fromkeys([*both, *mapped, *kept]))


def _listed(framer: Framer, span: Span) -> bool:
    """`reviews in October and the average`: joined by `and` to a measure named before, a modifier asks for one more figure."""
    tokens, joiners, at = framer.frame.tokens, {framer.raw["joiners"][0], framer.raw["versus_word"]}, span.start - 1
    while at >= 0 and tokens[at].stem not in joiners and (not tokens[at].content or framer.frame.bound.get(at) == "cue share"):
        at -= 1
    return at >= 0 and tokens[at].stem in joiners and any(s.end <= at for s in framer.frame.metric_spans.values())


def _from_dropped(framer: Framer, modifiers: Mapping[str, Any]) -> list[str]:
    """`floorplan for each new unit`: a measure left out after `per` modifies the one asked for."""
    frame, mapped = framer.frame, list[str]()
    for name, entry in modifiers.items():
        said = [m for m in frame.dropped if m in (entry.get("of") or ()) and framer.after_cue(frame.metric_spans[m], {"group"})]
        if said:
            hits = [t for m, t in (entry.get("map") or {}).items() if m in frame.metrics and t in framer.catalog.metrics]
            mapped.extend(hits)
            frame.modifiers.extend([str(name)] if hits else ())
            frame.filters.extend(f for m in said for f in _slice(framer, m) if hits and all(_unsaid(framer, h, f) for h in hits))
    return mapped


def _unsaid(framer: Framer, metric: str, item: Filter) -> bool:
    """Whether a measure can take a condition that its own name does not say (`recon per used unit`)."""
    label = {t.stem for t in framer.lexicon.normaliser.tokens(framer.catalog.metrics[metric].label)}
    return can_cut(framer.lexicon, metric, item.dimension) and not label & set(item.values)


def _slice(framer: Framer, metric: str) -> Sequence[Filter]:
    named = framer.lexicon.section("named_slices")
    return filters_of(named[metric]) if metric in named else ()


def _modified(framer: Framer, span: Span, name: str, entry: Mapping[str, Any]) -> list[str]:
    """The metrics one modifier makes of those named; its words are used when it fits."""
    frame, mapping = framer.frame, entry.get("map") or {}
    said = {t.text for t in frame.tokens}
    if frame.has(*(entry.get("unless") or ())) or said & set(entry.get("unless_said") or ()) or not set(entry.get("said") or ()) <= said:
        mapping = {}
    after = next((t.text for t in frame.tokens[span.end :] if t.text not in framer.raw["articles"]), "")
    counted = frame.has("how_many") or frame.tokens[span.start].text in framer.raw["relatives"] or after in framer.raw["amounts"]
    if entry.get("count_map") and counted and not frame.has("share"):
        mapping = entry["count_map"]
    if not frame.metrics and entry.get("default") in framer.catalog.metrics:
        frame.metrics.append(entry["default"])
    _to_base(framer, mapping)
    _of_rule(framer, entry.get("of_rules") or {})
    hits = [str(mapping[m]) for m in frame.metrics if mapping.get(m) in framer.catalog.metrics]
    frame.filters.extend(f for m in frame.metrics if mapping.get(m, m) != m for f in _slice(framer, m) if _lost(framer, str(mapping[m]), f))
    formed = hits or [m for m in frame.metrics if m in mapping.values()]  # `avg front gross per used car`
    if formed and not keeps_value(framer, span, formed):
        return []
    own = entry.get("filters") or {}
    frame.filters.extend(as_filter(own[m]) for m in frame.metrics if m in own)
    silent = entry.get("silent") and (frame.metrics or not frame.rules)  # `average gross`: what `gross` is comes later
    if hits or silent or any(m in mapping.values() for m in frame.metrics):
        frame.modifiers.append(name)
        frame.bind(span, f"modifier {name}")
    return hits


def _of_rule(framer: Framer, known: Mapping[str, Any]) -> None:
    """`turned its inventory`: with the words beside it, an ambiguous word is one measure."""
    frame = framer.frame
    for name in [rule for rule in frame.rules if rule in known and not frame.metrics]:
        frame.rules.remove(name)
        frame.metrics = [str(known[name])]


def _lost(framer: Framer, metric: str, item: Filter) -> bool:
    """`web leads that closed`: what a slice is limited by holds for what is made of it, where its definition does not say so."""
    told = {t.stem for t in framer.lexicon.normaliser.tokens(framer.catalog.metrics[metric].description)}
    return _unsaid(framer, metric, item) and not told & set(item.values)


def _to_base(framer: Framer, mapping: Mapping[str, Any]) -> None:
    """A slice whose base a modifier knows becomes base and filter (`used cars that have been here ...`)."""
    named = framer.lexicon.section("named_slices")
    for metric in list(framer.frame.metrics):
        entry = named.get(metric) or {}
        base = str(entry.get("base"))
        if metric not in mapping and base in mapping and entry.get("answer", True):
            framer.frame.metrics = [base if m == metric else m for m in framer.frame.metrics]
            framer.frame.filters.extend(filters_of(named[metric]))


def apply_shares(framer: Framer) -> None:
    """`what share of used sales was certified`: a metric, a value and a share word have a name together."""
    frame = framer.frame
    _whole_of_unit(framer)
    for entry in framer.lexicon.vocabulary.get("shares") or ():
        condition = entry.get("filter")
        if entry["to"] not in framer.catalog.metrics or not any(m in frame.metrics for m in entry["of"]):
            continue
        averaged = frame.has("average") and not frame.has(*framer.raw["grain_cues"])  # `average monthly leases` are leases
        unsaid = entry.get("cue", True) and not (averaged or frame.has("share"))
        if unsaid or set(entry.get("unless_groups") or ()) & set(frame.groups):
            continue
        item = _matching(frame.filters, condition) if condition else None
        if condition and item is None:
            continue
        counted = [m for m in frame.metrics if m in entry["of"]] if not condition and _counted_first(framer) else []
        same = set((framer.lexicon.section("rules").get(frame.rule) or {}).get("metrics") or ())  # `percent of used inventory over 60 days`
        kept = [m for m in frame.metrics if m in entry["of"] or m not in same]
        much = averaged and any(t.text == framer.raw["much_word"] for t in frame.tokens)  # `upside down`, then `by how much on average`
        to = str(entry.get("much", entry["to"])) if much else str(entry["to"])
        frame.metrics = list(dict.fromkeys([*counted, *(to if m in entry["of"] else m for m in kept)]))
        frame.filters = [f for f in frame.filters if f is not item and f.dimension not in (entry.get("drop") or ())]
        frame.groups = [g for g in frame.groups if not condition or g != condition["dimension"]]
        return


def _whole_of_unit(framer: Framer) -> None:
    """`how much of our used gross came from trucks`: a part of a whole amount, not of the figure per unit the word else means."""
    frame, said = framer.frame, {t.text for t in framer.frame.tokens}
    forms = (framer.lexicon.section("modifiers").get("per_unit") or {}).get("map") or {}
    wholes = {str(form): str(whole) for whole, form in forms.items()}
    if frame.has("share") and not frame.has("change", "compare") and not said & set(framer.raw["per_words"]):
        frame.metrics = [wholes.get(m, m) if framer.catalog.metrics[m].unit.startswith("usd_per") else m for m in frame.metrics]


def _counted_first(framer: Framer) -> bool:
    """`how many leases did we write and what share of new was that`: the count is asked for, and then the share."""
    frame, tokens = framer.frame, framer.frame.tokens
    ends = [frame.spans[i].end for i in frame.cues.get("how_many", ())]
    starts = [frame.spans[i].start for i in frame.cues.get("share", ())]
    return any(t.stem == framer.raw["joiners"][0] for e in ends[:1] for s in starts[:1] for t in tokens[e:s])


def _matching(filters: Sequence[Filter], condition: Mapping[str, Any]) -> Filter | None:
    values = {str(v) for v in condition["values"]}
    op = condition.get("op", "in")
    return next((f for f in filters if f.dimension == condition["dimension"] and f.op == op and set(f.values) == values), None)


def default_metric(framer: Framer) -> None:
    """`top 5 salespeople`: a grouping or record without a measure has a usual one."""
    frame = framer.frame
    listed = frame.record and framer.catalog.dimensions[frame.record].record_metrics
    if frame.metrics or frame.rule or listed or usual_targets(framer):
        return
    usual = {**framer.lexicon.section("dimension_metrics"), **framer.lexicon.section("numeric_metrics")}
    numeric = [f.dimension for f in frame.filters if f.dimension in framer.lexicon.section("numeric_metrics")]
    names = [*numeric, *frame.groups, frame.record, *(f.dimension for f in frame.filters if f.op != "not_in")]
    known = [*noun_inside(framer), *(str(usual[name]) for name in names if usual.get(name) in framer.catalog.metrics)]
    cuts = {*frame.groups, *(f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions)}
    known.sort(key=lambda metric: sum(not can_cut(framer.lexicon, metric, cut) for cut in cuts))
    told = {f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions} - {DIMENSION}
    if known and all(can_cut(framer.lexicon, known[0], cut) for cut in told):
        frame.metrics.append(known[0])
        frame.from_hint = True
        apply_modifiers(framer)  # `walk-ins that bought`
