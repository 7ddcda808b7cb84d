"""Slots that depend on neighbours: values with polarity, groupings, thresholds, rankings, lists, grains, comparisons."""

from __future__ import annotations

from vendora_graph.offline.ages import age_at_sale
from vendora_graph.offline.daily import each_open_day, take_daily
from vendora_graph.offline.frame import LIMITS, Framer, can_cut, of_kind
from vendora_graph.offline.heads import take_heads
from vendora_graph.offline.labelling import labels_value, stands_for_rows
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.lists import value_in_list
from vendora_graph.offline.people import department_filter, of_department
from vendora_graph.offline.places import take_place
from vendora_graph.offline.ranking import RANK_CUES, fill_grain, fill_ranking
from vendora_graph.offline.record_nouns import column_of_list, is_record
from vendora_graph.offline.single import single_record
from vendora_graph.offline.sources import take_source
from vendora_graph.offline.spans import Span
from vendora_graph.offline.thresholds import fill_thresholds
from vendora_graph.offline.values import fill_values, joined_values
from vendora_graph.offline.variants import replacement
from vendora_graph.offline.what_if import take_ends


def fill_slots(framer: Framer) -> None:
    """Run every neighbour-dependent step over the frame."""
    age_at_sale(framer)
    _departments(framer)
    fill_values(framer)
    department_filter(framer)
    framer.collect_late()
    _dimensions(framer)
    _who(framer)
    take_source(framer)
    take_daily(framer)
    each_open_day(framer)
    take_ends(framer)
    fill_thresholds(framer)
    take_place(framer)
    fill_ranking(framer)
    fill_grain(framer)
    _comparison(framer)


def _departments(framer: Framer) -> None:
    """A department's name is context where a metric is named, a subject where none is."""
    for span in framer.frame.spans:
        for sense in of_kind(span, "group"):
            if (span.start in framer.frame.bound and of_kind(span, "metric")) or _counted_records(framer, span):
                continue
            values = [s.key for s in of_kind(span, "value") if framer.fits(s.key) and not framer.cut_by(s.key)]
            values = [name for name in values if not of_department(framer, span, name)]
            if values and (framer.frame.metrics or _plain_value(framer, values, sense.key)):
                continue
            if span.start in framer.frame.bound or (of_kind(span, "dimension") and framer.after_cue(span, {"group"})):
                continue
            if (framer.frame.metrics or framer.frame.rules or not _among_departments(framer, span)) and value_in_list(framer, span):
                continue
            framer.frame.departments.append(sense.key)
            named = framer.frame.metrics
            if not named or any(framer.catalog.metrics[m].department == sense.key for m in named) or framer.ctx.previous:
                framer.frame.bind(span, f"department {sense.key}")


def _counted_records(framer: Framer, span: Span) -> bool:
    """`top 5 parts`: so many of the things that the department is named for."""
    counted = span.start > 0 and framer.frame.tokens[span.start - 1].number is not None
    kinds = {framer.catalog.dimensions[s.key].kind for s in of_kind(span, "dimension")}
    return counted and "record" in kinds and framer.frame.has(*RANK_CUES)


def _among_departments(framer: Framer, span: Span) -> bool:
    """`how did service and parts do`: a department joined to a department."""
    others = [o for o in framer.frame.spans if o is not span and of_kind(o, "group")]
    return any(joined_values(framer, *sorted((o, span), key=lambda s: s.start)) for o in others)


def _plain_value(framer: Framer, values: list[str], department: str) -> bool:
    """`service only` after NPS: a value of the last measure, where the department has no form of its own of it."""
    previous, entry = framer.ctx.previous, framer.lexicon.section("departments").get(department) or {}
    swaps = set(entry.get("swap") or {}) & set(previous.metrics if previous is not None else ())
    return framer.inherits() and not swaps and bool(set(values) & set(framer.lexicon.vocabulary.get("plain_values") or ()))


# -------------------------------------------------------------------------------------------------------- dimensions


def _dimensions(framer: Framer) -> None:
    for span in framer.frame.spans:
        senses = of_kind(span, "dimension")
        if senses and span.start not in framer.frame.bound and _spoken(framer, span):
            _dimension(framer, span, senses)
    take_heads(framer)


def _spoken(framer: Framer, span: Span) -> bool:
    """A name of small words only (`make`) is a grouping only after a word that says so."""
    tokens, units = framer.frame.tokens, framer.raw["threshold_words"]["points"]
    anyone = framer.raw["anyone"]  # `do people show up to their appointments`: nobody in particular
    if tokens[span.start].text in anyone["words"] and span.start and tokens[span.start - 1].text in anyone["after"]:
        framer.frame.bind(span, "anyone")
        return False
    content = any(t.content for t in tokens[span.start : span.end])
    counted = span.start > 0 and tokens[span.start - 1].number is not None and tokens[span.start].text not in units  # `top 5 makes`
    return content or counted or framer.after_cue(span, {"group", "which", "list", "rank", *RANK_CUES})


def _dimension(framer: Framer, span: Span, senses: list[Sense]) -> None:
    sense = next((s for s in senses if framer.fits(s.key)), senses[0])
    kind = framer.catalog.dimensions[sense.key].kind
    if _all_of(framer, span, sense.key) or _together(framer, span, sense.key):
        framer.frame.bind(span, f"all {sense.key}")
    elif labels_value(framer, span, sense.key) or stands_for_rows(framer, span, sense.key):
        framer.frame.bind(span, f"label of {sense.key}")
    elif kind == "record":
        _records(framer, span, senses)
    elif column_of_list(framer, span):
        return
    elif kind == "store" and (_only_store(framer, span) or not (_all_stores(framer, span) or _asks_stores(framer, span))):
        framer.frame.bind(span, "store")
    elif kind != "numeric":
        _group(framer, span, senses)


def _records(framer: Framer, span: Span, senses: list[Sense]) -> None:
    if single_record(framer, span):
        _record(framer, span, senses)
        framer.frame.bound.setdefault(span.start - 1, "ranking limit")
        framer.frame.limit = framer.frame.limit or 1
    elif is_record(framer, span, senses):
        _record(framer, span, senses)


def _only_store(framer: Framer, span: Span) -> bool:
    """`which store ...` asked by who may see one store only: its figure, and that there is nothing to rank it against."""
    if len(framer.ctx.stores) != 1 or not _asks_stores(framer, span):
        return False
    framer.frame.notes.append(("one_store", {"store": framer.ctx.stores[0][1]}))
    return not framer.after_cue(span, {"group"})


def _all_stores(framer: Framer, span: Span) -> bool:
    """`all four stores`: the number is how many the asker has, and each is shown beside the whole."""
    at, together = span.start - 1, set(framer.raw["together_words"])
    if at < 0 or framer.frame.tokens[at].number != len(framer.ctx.stores):
        return False
    framer.frame.bound.setdefault(at, "store")
    return len(framer.ctx.stores) > 1 and not any(t.text in together for t in framer.frame.tokens)


def _all_of(framer: Framer, span: Span, dimension: str) -> bool:
    """`for all pay types`: no grouping, and the metric that is not limited to one of them."""
    before = framer.frame.tokens[span.start - 1].stem if span.start else ""
    if before not in framer.raw["all_words"] or framer.after_cue(span, {"group"}):
        return False
    if framer.catalog.dimensions[dimension].kind == "store" and _in_order(framer):
        return False
    wider = framer.lexicon.section("all_of").get(dimension) or {}
    framer.frame.metrics = [str(wider.get(m, m)) for m in framer.frame.metrics]
    return True


def _in_order(framer: Framer) -> bool:
    """`all stores: front gross, low to high`: the order is one of the stores, where nothing else is to be put in it."""
    by = any(t.text == framer.raw["by_word"] for t in framer.frame.tokens)
    return not (by or framer.frame.groups) and framer.frame.has("best_first", "low_first")


def _together(framer: Framer, span: Span, dimension: str) -> bool:
    """`new and used together`: every value in one figure, no split by them."""
    frame, words = framer.frame, set(framer.raw["together_words"])
    said = [i for i, t in enumerate(frame.tokens) if t.text in words]
    inside = [t for t in frame.tokens[span.start : span.end] if t.stem not in framer.raw["joiners"]]
    named = all(any(s.kind == "value" and s.key == dimension for s in framer.lexicon.senses(t.stem)) for t in inside)
    if not said or not inside or not named:
        return False
    frame.bound.update(dict.fromkeys(said, "together"))
    return True


def _group(framer: Framer, span: Span, senses: list[Sense]) -> None:
    frame, own = framer.frame, framer.lexicon.section("own_dimensions")
    departments = {framer.catalog.metrics[m].department for m in framer.measures()}
    departments = {framer.ctx.department} if any(framer.ctx.department in own.get(s.key, ()) for s in senses) else departments
    senses = sorted(senses, key=lambda s: s.key in own and not departments & set(own[s.key]))
    sense = next((s for s in senses if framer.fits(s.key)), None) or _usual(framer, senses)
    if sense is not None and sum(s.key in own and framer.fits(s.key) for s in senses) > 1:  # `by manager`: of the desk or of F&I
        frame.notes.append(("read_as", {"word": frame.said(span), "label": framer.catalog.dimensions[sense.key].label.lower()}))
    if sense is None and frame.metrics:
        swap = replacement(framer, senses[0].key)
        if swap is None and _leave_out(framer, senses):
            swap = next(s.key for s in senses if framer.fits(s.key))
        if swap is None:
            frame.notes.append(("cannot_split", {"dimension": senses[0].key}))
            frame.bind(span, f"group {senses[0].key}")
            return
        if swap not in {s.key for s in senses}:
            frame.notes.append(("stood_in", {"asked": senses[0].key, "dimension": swap}))
        sense = Sense("dimension", swap)
    sense = sense or senses[0]
    if sense.key not in frame.groups:
        frame.groups.append(sense.key)
    frame.bind(span, f"group {sense.key}")


def _usual(framer: Framer, senses: list[Sense]) -> Sense | None:
    """`which counterman sold the most`: a weak word's measure gives way to the usual one of what it cannot be cut by."""
    frame, usual = framer.frame, framer.lexicon.section("dimension_metrics")
    found = next((s for s in senses if usual.get(s.key) in framer.catalog.metrics), None)
    people = all(framer.catalog.dimensions[s.key].kind == "person" for s in senses)  # `which advisor sold the most`: no salespeople
    if found is None or not frame.from_hint or frame.filters or (replacement(framer, senses[0].key) and not people):
        return None
    frame.metrics = [str(usual[found.key])]
    return found


def _leave_out(framer: Framer, senses: list[Sense]) -> bool:
    """Of several measures those that cannot be cut as asked are left out, and said; none can: False."""
    frame = framer.frame
    for sense in senses:
        fitting = [m for m in frame.metrics if can_cut(framer.lexicon, m, sense.key)]
        if fitting:
            for metric in frame.metrics:
                if metric not in fitting:
                    frame.notes.append(("left_out", {"metric": metric, "dimension": sense.key}))
            frame.metrics = fitting
            return True
    return False


def _record(framer: Framer, span: Span, senses: list[Sense]) -> None:
    frame = framer.frame
    records = [s.key for s in senses if framer.catalog.dimensions[s.key].kind == "record"]
    fitting = [r for r in records if framer.fits(r)]
    frame.record = frame.record or (fitting or records)[0]
    frame.bind(span, f"records {frame.record}")


def _asks_stores(framer: Framer, span: Span) -> bool:
    """`by store`, `which store`, `rank our stores` group; `this store`, `our stores`, `all stores` do not."""
    if framer.after_cue(span, {"group", "which", "list", "compare", *RANK_CUES, "rank", "follow"}):
        return True
    opens = not any(t.content for t in framer.frame.tokens[: span.start])
    if opens and len(framer.ctx.stores) > 1 and framer.frame.has("with_condition", *LIMITS):
        return True  # `stores with absorption under 60%`
    counted = span.start > 0 and framer.frame.tokens[span.start - 1].number is not None  # `top 3 stores by units per salesperson`
    return framer.frame.has("rank", *RANK_CUES) and (counted or not framer.frame.groups)


def _who(framer: Framer) -> None:
    """`who sold the most`: the first person dimension the metric can be cut by."""
    frame = framer.frame
    each = any(t.text in framer.raw["everyones"] for t in frame.tokens)  # `everybody's units`
    anybody = frame.has("everyone") and (each or (frame.has(*LIMITS) and not framer.inherits()))  # `anybody under 1.0 hours per RO`
    own = framer.lexicon.section("own_people")
    acting = set(map(str, own.values()))  # lenders ranked, then `who's the worst`
    if not (_asks_who(framer) or anybody) or any(g in acting or framer.catalog.dimensions[g].kind == "person" for g in frame.groups):
        return
    known = framer.catalog.dimensions
    if any(f.op != "not_in" and f.dimension in known and known[f.dimension].kind == "person" for f in frame.filters):
        return
    last = framer.ctx.previous.group_by if framer.ctx.previous is not None and not frame.metrics else ()  # `who's lowest` of those shown
    people = [g for g in last if g in acting or (g in framer.catalog.dimensions and framer.catalog.dimensions[g].kind == "person")]
    people += [str(own[m]) for m in framer.measures()[:1] if m in own]
    people += [str(name) for name in framer.lexicon.vocabulary.get("people") or ()]
    people += [name for name, info in framer.catalog.dimensions.items() if info.kind == "person" and name not in people]
    for name in people:
        if name in framer.catalog.dimensions and framer.fits(name):
            frame.groups.append(name)
            frame.notes.append(("who", {"dimension": name}))
            return


def _asks_who(framer: Framer) -> bool:
    """Whether a person is asked for: `customers who bought` only says which customers."""
    nouns, tokens = framer.lexicon.vocabulary.get("uncounted_nouns") or (), framer.frame.tokens
    spans = [framer.frame.spans[i] for i in framer.frame.cues.get("who", ())]
    return any(not span.start or tokens[span.start - 1].text not in nouns for span in spans)


def _comparison(framer: Framer) -> None:
    frame = framer.frame
    for name in ("same_period_last_year", "previous_period"):
        if frame.has(f"versus_{name}") and not (frame.grain is not None and name == "previous_period"):
            frame.versus = name
            return
    if not frame.has("compare", "change"):
        return
    if frame.has("target") and frame.has("compare"):
        frame.versus = "target"
