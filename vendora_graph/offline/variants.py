"""Variants: `used_front_pvr` is `front_pvr` of used vehicles. One form for following up, the named form for answering."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.spans import Span
from vendora_graph.offline.words import lowered


def variants_of(lexicon: Lexicon) -> Mapping[str, Mapping[str, Any]]:
    """Return the model's variants: name -> {base, filters: [{dimension, op, values}]}."""
    return {name: entry for name, entry in lexicon.section("named_slices").items() if name in lexicon.catalog.metrics}


def filters_of(entry: Mapping[str, Any]) -> tuple[Filter, ...]:
    """Return the filters that make a base metric the variant."""
    return tuple(as_filter(item) for item in entry["filters"])


def as_filter(item: Mapping[str, Any]) -> Filter:
    """Return a condition of the vocabulary (`{dimension, op, values}`)."""
    return Filter(dimension=str(item["dimension"]), op=item.get("op", "in"), values=tuple(str(v) for v in item["values"]))


def said_moved(framer: Framer) -> bool:
    """Whether a word says that cars moved (`sold`, `retailed`): what stands is not asked for then."""
    words = {str(word) for word in framer.lexicon.section("aged_stock").get("moved") or ()}
    return any({token.text, token.stem} & words for token in framer.frame.tokens)


def at_sale(lexicon: Lexicon, item: Filter) -> Filter:
    """Return a condition on what stands as the one on what moved (`moved_forms`: days in stock become those at the sale)."""
    return item.model_copy(update={"dimension": str(lexicon.section("moved_forms").get(item.dimension, item.dimension))})


def base_of(lexicon: Lexicon, metric: str) -> str:
    """Return the measure a slice is a slice of (`aged_60`: units in stock), any other measure itself."""
    named = lexicon.section("named_slices")
    while metric in named:
        metric = str(named[metric]["base"])
    return metric


def limits_of(lexicon: Lexicon, metric: str) -> list[Filter]:
    """Return what a slice is limited by, its bases' limits included; nothing of any other measure."""
    named, found = lexicon.section("named_slices"), list[Filter]()
    while metric in named:
        found.extend(filters_of(named[metric]))
        metric = str(named[metric]["base"])
    return found


def unslice(framer: Framer) -> None:
    """Read slices of one measure as that measure and conditions: what limits the count limits the amount beside it."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    bases = {base_of(framer.lexicon, m) for m in frame.metrics}
    while len(bases) == 1 and not bases & set(frame.metrics) and any(m in named for m in frame.metrics):
        found = [f for m in frame.metrics if m in named for f in filters_of(named[m])]
        frame.filters.extend(f for f in found if f not in frame.filters)
        for m in [m for m in frame.metrics if m in named]:
            frame.metric_spans.setdefault(str(named[m]["base"]), frame.metric_spans.get(m, frame.spans[0]))
        frame.metrics = list(dict.fromkeys(str(named[m]["base"]) if m in named else m for m in frame.metrics))


def generalise(framer: Framer) -> None:
    """Turn variants into base and filter where the question groups or filters by the variant's own dimension."""
    frame, known = framer.frame, variants_of(framer.lexicon)
    touched = {*frame.groups, *(f.dimension for f in frame.filters)}
    waiting = [m for m in frame.metrics if m in known]
    while waiting:
        name = waiting.pop(0)
        entry = known[name]
        wider = next((target for c, target in framer.catalog.metrics[name].variants if c in touched & _chain(known, name)), None)
        if wider is not None:
            frame.metrics = [wider if m == name else m for m in frame.metrics]
        elif name in frame.metrics and entry["base"] in framer.catalog.metrics and _to_be_split(framer, name, touched):
            frame.metrics = [entry["base"] if m == name else m for m in frame.metrics]
            frame.rank_by = str(entry["base"]) if frame.rank_by == name else frame.rank_by
            frame.filters = [f.model_copy(update={"dimension": entry["base"]}) if f.dimension == name else f for f in frame.filters]
            _set_against(framer, name, entry)
            taken = {f.dimension for f in frame.filters if f.op != "not_in" or _turned(entry, f)} | set(frame.groups)
            own = [f for f in filters_of(entry) if f.dimension not in taken]
            frame.filters.extend(own if len(frame.metrics) == 1 or frame.record else _for_all(framer, name, own))
            waiting.extend([entry["base"]] if entry["base"] in known else [])
    frame.metrics = list(dict.fromkeys(frame.metrics))


def _for_all(framer: Framer, name: str, own: list[Filter]) -> list[Filter]:
    """`front gross per unit by salesperson and new units`: a slice that has no form of its own there limits every figure, which is said."""
    frame, sliced = framer.frame, {f.dimension for f in own}
    known = framer.lexicon.section("named_slices")
    base = str(known[name]["base"])
    others = [m for m in frame.metrics if m != base]
    parted = {f.dimension for m in others if m in known for f in filters_of(known[m])}
    same = [m for m in others if any(target == m for _, target in framer.catalog.metrics[base].variants)]
    same += [base] if frame.metrics.count(base) > 1 else []
    if own and same:  # `units by salesperson and used units`
        labels = ", ".join(framer.catalog.metrics[m].label for m in same)
        frame.notes.append(("unspread", {"labels": labels, "slice": framer.catalog.metrics[name].label}))
    if not own or same or sliced & parted or not all(can_cut(framer.lexicon, m, d) for m in others for d in sliced):
        return []
    frame.notes.extend(("distributed", {"metric": m}) for m in others)
    return own


def _set_against(framer: Framer, name: str, entry: Mapping[str, Any]) -> None:
    """`used units in October against new`: the slice a measure is named for and the value behind the comparison, side by side."""
    frame, said = framer.frame, framer.frame.metric_spans.get(name)
    cues = [frame.spans[i] for i in frame.cues.get("compare", ())]
    after = [cue.end for cue in cues if said is not None and said.end <= cue.start]
    words = {*framer.raw["against_words"], framer.raw["than_word"]}  # `why is used front lower than new`
    after = after or [at + 1 for at, t in enumerate(frame.tokens) if said is not None and at >= said.end and t.text in words]
    if said is not None and not after and any(cue.end <= said.start and _verb(framer, cue) for cue in cues):
        joined = frame.tokens[said.end : said.end + 1]  # `compare internet leads and walk-ins`
        after = [said.end + 1] if joined and joined[0].stem == framer.raw["joiners"][0] else []
    for own in filters_of(entry) if after else ():
        values = [s for s in frame.spans if frame.bound.get(s.start) == f"filter {own.dimension}"]
        apart = any(min(after) <= value.start for value in values)
        for index, other in enumerate(frame.filters):
            if apart and other.dimension == own.dimension and other.op == own.op == "in" and not set(other.values) & set(own.values):
                frame.filters[index] = own.model_copy(update={"values": (*own.values, *other.values)})
                frame.groups = list(dict.fromkeys([*frame.groups, own.dimension]))
                frame.side_by_side = True


def _verb(framer: Framer, cue: Span) -> bool:
    return framer.frame.tokens[cue.start].stem.startswith(tuple(str(verb) for verb in framer.raw["compare_verbs"]))


def _turned(entry: Mapping[str, Any], left_out: Filter) -> bool:
    """Whether what is left out is the slice itself (`internet leads`, then `not internet`)."""
    return any(_same(own, left_out.model_copy(update={"op": own.op})) for own in filters_of(entry))


def _chain(known: Mapping[str, Mapping[str, Any]], name: str) -> set[str]:
    """Every dimension a slice and its bases are limited by."""
    dimensions: set[str] = set()
    for _ in range(len(known)):
        if name not in known:
            break
        dimensions.update(f.dimension for f in filters_of(known[name]))
        name = str(known[name]["base"])
    return dimensions


def _to_be_split(framer: Framer, name: str, touched: set[str]) -> bool:
    """Whether a slice must be read as base and filter: records, shares, cuts by its own or by a stood-in dimension."""
    own = {f.dimension for f in filters_of(variants_of(framer.lexicon)[name])}
    base = framer.catalog.metrics[base_of(framer.lexicon, name)]
    stood_in = {c for c, _ in (*framer.catalog.metrics[name].variants, *base.variants) if c not in framer.catalog.metrics[name].dimensions}
    shared = framer.frame.has("share") and framer.catalog.metrics[name].unit != "rate" and len(framer.frame.metrics) == 1
    return bool(framer.frame.record) or shared or bool(touched & (own | stood_in))


def stand_in(framer: Framer) -> None:
    """Take the metric the model names for a cut (units by salesperson are counted from the credited splits)."""
    frame = framer.frame
    _beyond(framer)
    counted = framer.lexicon.section("noun_columns")  # deals without a product are no products of another kind
    touched = {*frame.groups, *(f.dimension for f in frame.filters if f.op != "not_in" or f.dimension not in counted)}
    replaced = {m: target for m in frame.metrics for c, target in framer.catalog.metrics[m].variants if c in touched}
    catalog = framer.catalog.metrics
    for name, target in replaced.items():  # leads sold are no deals booked
        if catalog[name].department != catalog[target].department and name in frame.metric_spans:
            frame.notes.append(("read_as", {"word": frame.said(frame.metric_spans[name]), "label": catalog[target].label}))
    frame.metrics = list(dict.fromkeys(replaced.get(m, m) for m in frame.metrics))
    frame.rank_by = replaced.get(frame.rank_by, frame.rank_by)
    frame.filters = [f.model_copy(update={"dimension": replaced.get(f.dimension, f.dimension)}) for f in frame.filters]
    if replaced:
        _beyond(framer)  # `walk-in closing ratio`: of showroom visits after all


def replacement(framer: Framer, dimension: str) -> str | None:
    """The dimension that means the same for the metrics named (`salesperson` of a repair order is its advisor)."""
    options = framer.lexicon.section("stand_ins").get(dimension, ())
    return next((str(o) for o in options if framer.fits(str(o))), None)


def fitting_groups(framer: Framer) -> None:
    """`used >60 days count by source`: groupings of a measure that nothing named, by what means the same for it."""
    frame = framer.frame
    if frame.from_hint and not frame.has("who"):
        frame.groups = [g if framer.fits(g) else replacement(framer, g) or g for g in frame.groups]


def keeps_value(framer: Framer, span: Span, hits: Sequence[str]) -> bool:
    """`per new unit`: a value inside the words is a condition on what they make, or stands in its name; else they do not fit."""
    tokens, catalog = framer.frame.tokens, framer.catalog
    for at in range(span.start, span.end):
        values = [s for s in framer.lexicon.senses(tokens[at].stem) if s.kind == "value" and s.weight > 1]
        named = all(tokens[at].stem in {t.stem for t in framer.lexicon.normaliser.tokens(catalog.metrics[m].label)} for m in hits)
        if not values or named:
            continue
        sense = next((s for s in values if all(can_cut(framer.lexicon, m, s.key) for m in hits)), None)
        if sense is None:
            return False
        framer.frame.filters.append(Filter(dimension=sense.key, values=sense.values))
    return True


def _beyond(framer: Framer) -> None:
    """`bad leads`: a value that a measure leaves out by its definition is counted by another one (`beyond` of the vocabulary)."""
    frame = framer.frame
    for entry in framer.lexicon.vocabulary.get("beyond") or ():
        values = set(entry["values"])
        item = next((f for f in frame.filters if f.dimension == entry["dimension"] and f.op == "in" and set(f.values) <= values), None)
        said = {t.text for t in frame.tokens} & set(entry.get("unless_said") or ())
        if item is None or said or frame.metrics != [entry["metric"]] or entry["to"] not in framer.catalog.metrics:
            continue
        frame.metrics = [str(entry["to"])]
        if entry.get("drop"):
            frame.filters.remove(item)


def specialise(lexicon: Lexicon, plan: Plan, named: Collection[str] = ()) -> Plan:
    """Turn base and filter into the variant that has a name of its own, for a question with one metric.

    A share is one of the whole of a variant (`share of internet leads that came after hours`) only where that was `named`.
    """
    if len(plan.metrics) != 1 or (plan.topic == "share" and (plan.group_by or len(plan.filters) <= 1)):
        return plan
    base = plan.metrics[0]
    for name, entry in sorted(variants_of(lexicon).items(), key=lambda item: (-len(item[1]["filters"]), item[0])):
        own = filters_of(entry)
        if entry["base"] != base or any(f.dimension in plan.group_by for f in own) or not entry.get("answer", True):
            continue
        if plan.topic == "share" and (name not in named or len(own) >= len(plan.filters)):
            continue
        if all(any(_same(f, have) for have in plan.filters) for f in own):
            rest = tuple(f for f in plan.filters if not any(_same(f, o) for o in own))
            rest = tuple(f.model_copy(update={"dimension": name}) if f.dimension == base else f for f in rest)
            ranking = plan.ranking.model_copy(update={"by": name}) if plan.ranking and plan.ranking.by == base else plan.ranking
            return plan.model_copy(update={"metrics": (name,), "filters": rest, "ranking": ranking})
    return plan


def _same(first: Filter, second: Filter) -> bool:
    return first.dimension == second.dimension and first.op == second.op and set(first.values) == set(second.values)


def set_apart(framer: Framer) -> None:
    """`csi` of several stores: scores on different scales have no value together, and are shown by what tells the scales apart."""
    frame, apart = framer.frame, framer.lexicon.section("apart")
    by = {str(apart[m]) for m in frame.metrics if m in apart}
    told = {item.dimension for item in frame.filters} & {*by, *map(str, framer.lexicon.vocabulary.get("store_values") or ())}
    if len(by) != 1 or not all(m in apart for m in frame.metrics) or len(framer.ctx.stores) <= 1 or frame.groups or frame.record or told:
        return
    frame.groups.extend(by)
    label = framer.catalog.metrics[frame.metrics[0]].label
    frame.notes.append(("set_apart", {"label": label, "by": lowered(framer.catalog.dimensions[next(iter(by))].label)}))
