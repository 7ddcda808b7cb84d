"""Several measures in one question: which is asked for, which only says of what, and which have a name together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer, can_cut, cue_names, of_kind
from vendora_graph.offline.lists import joined
from vendora_graph.offline.rank_target import is_target
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import at_sale, filters_of, said_moved, variants_of

_PAIR = 2
_COUNTED = frozenset({"units", "count"})


def choose_measures(framer: Framer) -> None:
    """Two measures in one clause, not joined by `and`: the more specific one is asked for, the other says of what."""
    frame = framer.frame
    _combine(framer)
    if frame.has("what_if"):
        _drop_outcomes(framer)
        return
    changed = True
    while changed and len(frame.metrics) > 1:
        changed = False
        for first, second in zip(frame.metrics, frame.metrics[1:], strict=False):
            a, b = frame.metric_spans.get(first), frame.metric_spans.get(second)
            if a is None or b is None or _coordinated(framer, a, b):
                continue
            loser = first if _rank(framer, first, a) < _rank(framer, second, b) and not _says_which(framer, first, second) else second
            frame.metrics.remove(loser)
            frame.dropped.append(loser)
            if loser == first and _counts(framer, a, b):
                frame.counted = loser
            winner = first if loser == second else second
            if not _as_condition(framer, loser, winner) and not _same_per_unit(framer, loser, winner):
                _give_back(framer, loser, winner)
            changed = True
            break
    _distribute(framer)
    _pair_asked(framer)
    if len(frame.metrics) > 1:  # `stall utilization and hours per tech per day`: a noun in one name cuts no other measure
        frame.groups = [g for g in frame.groups if all(can_cut(framer.lexicon, m, g) for m in frame.metrics)]


def _pair_asked(framer: Framer) -> None:
    """`our front end and back end gross`: a total that is called by its two parts is shown with them (`pairs` of the vocabulary)."""
    frame = framer.frame
    parts = [str(m) for m in framer.lexicon.section("pairs").get(frame.metrics[0]) or ()] if len(frame.metrics) == 1 else []
    span = frame.metric_spans.get(frame.metrics[0]) if parts else None
    if span is None or frame.has("top", "bottom", "compare", "share", "why", "what_if", "trend", "total"):
        return
    words = {t.stem for t in frame.tokens[span.start : span.end]}
    if framer.raw["joiners"][0] in words:
        frame.metrics = [*parts, *frame.metrics]
        frame.metric_spans.update(dict.fromkeys(parts, span))


def _says_which(framer: Framer, first: str, second: str) -> bool:
    """`price to market on used over 60 days`: behind `on` a count of a slice says of which a figure of another kind is."""
    known, named, span = framer.catalog.metrics, framer.lexicon.section("named_slices"), framer.frame.metric_spans[second]
    at = span.start - 1
    while at >= 0 and framer.frame.tokens[at].text in framer.raw["articles"]:
        at -= 1
    led = at >= 0 and framer.frame.tokens[at].text in framer.raw["of_them_words"]
    fits = second in named and all(can_cut(framer.lexicon, first, f.dimension) for f in filters_of(named[second]))
    return led and fits and known[second].unit in _COUNTED and known[first].unit not in _COUNTED


def _drop_outcomes(framer: Framer) -> None:
    """`what would 0.3 more hours do to the bottom line`: where a change ends up is told by the scenario, it is not asked beside it."""
    frame = framer.frame
    told = framer.lexicon.vocabulary.get("outcomes") or ()
    changed = [name for name in frame.metrics if name not in told]
    if changed:
        frame.dropped.extend(name for name in frame.metrics if name in told)
        untold = framer.lexicon.section("outcomes_untold")
        frame.notes.extend(("outcome", {"text": str(untold[name])}) for name in frame.dropped if name in untold)
        frame.metrics = changed


def _as_condition(framer: Framer, loser: str, winner: str) -> bool:
    """`money in aged used`: a measure named for a slice, left out beside another one, says which records count."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    found: list[Filter] = []
    name = loser
    while name in named:
        found.extend(filters_of(named[name]))
        name = str(named[name]["base"])
    own = {winner, *([str(named[winner]["base"])] if winner in named else [])}
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    if said_moved(framer):
        found = [f if can_cut(framer.lexicon, winner, f.dimension) else at_sale(framer.lexicon, f) for f in found]
    if not found or loser in own or loser in general or not all(can_cut(framer.lexicon, winner, f.dimension) for f in found):
        return False
    taken = {f.dimension for f in frame.filters}
    added = [f for f in found if f.dimension not in taken]
    span = frame.metric_spans.get(loser)
    said = {t.stem for t in frame.tokens[span.start : span.end]} if span is not None else set()
    frame.filters.extend(added)
    frame.implied.extend(f for f in added if not said & set(f.values))
    return True


def _same_per_unit(framer: Framer, loser: str, winner: str) -> bool:
    """`average front gross on used`: the measure left out is the per-unit form of what the other one is a slice of."""
    frame, forms = framer.frame, (framer.lexicon.section("modifiers").get("per_unit") or {}).get("map") or {}
    base = str((framer.lexicon.section("named_slices").get(winner) or {}).get("base"))
    form = str(forms.get(winner))
    if forms.get(base) != loser or form not in framer.catalog.metrics:
        return False
    frame.metrics = [form if m == winner else m for m in frame.metrics]
    frame.metric_spans[form] = frame.metric_spans[winner]
    return True


def _distribute(framer: Framer) -> None:
    """`CPO units and front gross`, `used front gross, back gross and units`: the first slice holds for the others of the same rows."""
    frame, spread = framer.frame, framer.lexicon.vocabulary.get("distributed") or ()
    if len(frame.metrics) < _PAIR or frame.metrics[0] not in spread or frame.has("compare"):
        return
    spans = [frame.metric_spans.get(m) for m in frame.metrics]
    rows = {tuple(framer.catalog.metrics[m].tables) for m in frame.metrics}
    row = all(a is not None and b is not None and joined(framer, a, b) for a, b in pairwise(spans))
    near = len(frame.metrics) == _PAIR and spans[0] is not None and spans[1] is not None and _at_end(framer, spans[0], spans[1])
    if not ((near or (row and len(rows) == 1)) and _spread(framer)):
        _unspread(framer, spread)


def _at_end(framer: Framer, first: Span, second: Span) -> bool:
    """`new cars and gross`, `new cars sold last month and average price`: joined to it, or joined at the end with no noun between."""
    tokens, joiner = framer.frame.tokens, framer.raw["joiners"][0]
    nouns = [s for s in framer.frame.spans if first.end <= s.start and s.end < second.start and of_kind(s, "metric", "value", "dimension")]
    last = not any(t.content for t in tokens[second.end :]) and not any(t.content for t in tokens[: first.start])
    only = {t.stem for t in tokens[first.end : second.start]} == {joiner}
    return only or (last and not nouns and tokens[second.start - 1].stem == joiner)


def _unspread(framer: Framer, spread: Sequence[str]) -> None:
    """`used units, front gross, total gross`: what follows in a row is of everything, which is said."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    whole = [m for m in frame.metrics[1:] if m not in named and m not in variants_of(framer.lexicon)]
    if frame.metrics[:1] and frame.metrics[0] in spread and whole and not frame.has("compare"):
        labels = ", ".join(framer.catalog.metrics[m].label for m in whole)
        frame.notes.append(("unspread", {"labels": labels, "slice": framer.catalog.metrics[frame.metrics[0]].label}))


def spread_slice(framer: Framer, span: Span) -> None:
    """`used units and gross`, `used units by model, best on gross`: the slice holds for an ambiguous word joined to it as well."""
    frame = framer.frame
    first = frame.metric_spans.get(frame.metrics[0])
    sliced = frame.metrics[0] in (framer.lexicon.vocabulary.get("distributed") or ()) and len(frame.metrics) == _PAIR
    near = first is not None and first.end <= span.start and (joined(framer, first, span) or is_target(framer, span))
    if sliced and near and not frame.has("compare"):
        _spread(framer)


def _spread(framer: Framer) -> bool:
    """Cut every measure by the slice of the first; False where one of them cannot be, or has a slice of its own."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    entry, others = named[frame.metrics[0]], frame.metrics[1:]
    item = filters_of(entry)
    sliced = {*named, *variants_of(framer.lexicon)}
    if any(m in sliced or not all(can_cut(framer.lexicon, m, f.dimension) for f in item) for m in others):
        return False
    frame.notes.extend(("distributed", {"metric": m}) for m in others)
    frame.metrics[0] = str(entry["base"])
    frame.filters.extend(item)
    return True


def _counts(framer: Framer, first: Span, second: Span) -> bool:
    """`ROs with a comeback`: the noun that opens the question is what is counted, the other measure says which of them."""
    shares = {t.text for t in framer.frame.tokens} & set(framer.raw["share_words"])
    opens = not any(t.content for t in framer.frame.tokens[: first.start]) and not shares
    between = (s for s in framer.frame.spans if first.end <= s.start and s.end <= second.start)
    return opens and any("with_condition" in cue_names(s) for s in between)


def _give_back(framer: Framer, loser: str, winner: str) -> None:
    """The words of a measure left out are free again, unless they only said of what (`on deals financed`) or are the winner's own."""
    frame, span = framer.frame, framer.frame.metric_spans[loser]
    base = (framer.lexicon.section("named_slices").get(winner) or {}).get("base")
    if loser in (framer.lexicon.vocabulary.get("generic_metrics") or ()) or loser == base:
        return
    if loser in parts_of(framer, winner):
        return
    infos = framer.catalog.metrics
    general = framer.lexicon.normaliser.key(frame.said(span)) in framer.lexicon.general_names
    if general and not (infos[loser].unit == infos[winner].unit[:3] and infos[loser].department != infos[winner].department):
        return
    for at in range(span.start, span.end):
        frame.bound.pop(at, None)
        frame.freed.add(at)


def parts_of(framer: Framer, metric: str) -> set[str]:
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
            spans = sorted((framer.frame.metric_spans[m] for m in wanted), key=lambda s: s.start)
            if entry.get("joined") and any(_coordinated(framer, a, b) for a, b in pairwise(spans)):  # `service appointments and no-shows`
                _each_its_own(framer, entry["joined"])
                continue
            if entry.get("same_clause") and (said_moved(framer) or any(_coordinated(framer, a, b) for a, b in pairwise(spans))):
                continue
            if entry.get("that") and not all(_one_noun(framer, a, b) for a, b in pairwise(spans)):
                continue
            if entry.get("bare") and not any(framer.frame.said(s).lower() in entry["bare"] for s in spans):
                continue  # `parts: what hasn't sold in a year`: the name of the department alone
            if entry.get("cue") and not framer.frame.has(*entry["cue"]):
                continue
            span = framer.frame.metric_spans[wanted[0]]
            named = framer.lexicon.section("named_slices")
            framer.frame.filters.extend(f for m in wanted if m in named and m in (entry.get("keep") or ()) for f in filters_of(named[m]))
            framer.frame.metrics = [entry["to"] if m == wanted[0] else m for m in framer.frame.metrics if m not in wanted[1:]]
            framer.frame.metric_spans[entry["to"]] = span


def _each_its_own(framer: Framer, own: Mapping[str, str]) -> None:
    """Take for each measure of a row its form beside the others."""
    frame = framer.frame
    for metric, other in own.items():
        frame.metric_spans[other] = frame.metric_spans[metric]
    frame.metrics = [own.get(m, m) for m in frame.metrics]


def _one_noun(framer: Framer, first: Span, second: Span) -> bool:
    """`value of parts that haven't moved in a year`: the second measure only says which of the first."""
    between = [s for s in framer.frame.spans if first.end <= s.start and s.end <= second.start]
    return len(between) == 1 and "that" in cue_names(between[0]) and second.start - first.end == between[0].end - between[0].start


def _coordinated(framer: Framer, first: Span, second: Span) -> bool:
    if is_target(framer, second):  # `units by model, sorted by gross`
        return True
    if any(t.text in framer.raw["more_last"] for t in framer.frame.tokens[second.end : second.end + 1]):
        return True  # `rank them on closing ratio, show their ups too`
    between = framer.frame.tokens[first.end : second.start]
    joiners = list(framer.raw["joiners"])
    key = framer.lexicon.normaliser.key
    named = len(framer.frame.metric_spans) + len(framer.frame.rule_spans)
    after = [t.stem for t in framer.frame.tokens[second.end : second.end + 1]]
    if named == 2 and after != joiners[:1] and key(framer.frame.said(second)) in framer.lexicon.general_names:  # noqa: PLR2004
        joiners.remove(",")
    parting = {*joiners, *framer.raw["clause_joiners"], framer.raw["versus_word"]}
    inside = _between_values(framer, first.end, second.start)
    return any({t.stem, t.text} & parting for at, t in enumerate(between, first.end) if at not in inside) or _beside(framer, first, second)


def _beside(framer: Framer, first: Span, second: Span) -> bool:
    """`stock by model with days supply`: after a grouping and `with` an amount or a length of time is one more column."""
    frame, metrics = framer.frame, framer.catalog.metrics
    before = frame.tokens[second.start - 1].text
    cut = any(of_kind(s, "dimension") for s in frame.spans if first.end <= s.start and s.end < second.start)
    units = {metrics[s.key].unit for s in of_kind(second, "metric")}
    return cut and before == framer.raw["with_word"] and all(u.startswith(("usd", "days", "minutes", "rate")) for u in units)


def _between_values(framer: Framer, start: int, end: int) -> set[int]:
    """`leads after hours vs business hours response time`: what stands between two values parts the values, not the measures."""
    values = [s for s in framer.frame.spans if start <= s.start and s.end <= end and of_kind(s, "value") and not of_kind(s, "metric")]
    return {at for a, b in pairwise(values) if joined(framer, a, b) for at in range(a.end, b.start)}


def _rank(framer: Framer, metric: str, span: Span) -> tuple[bool, bool, bool, bool, float, bool, int]:
    """Specificity: a slice of the other, not a generic name, what stands before what moved, more content words, then the earlier one."""
    frame = framer.frame
    named = framer.lexicon.section("named_slices")
    base = (named.get(metric) or {}).get("base")
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    generic = metric in general or framer.lexicon.normaliser.key(frame.said(span)) in framer.lexicon.general_names
    content = sum(t.content for t in frame.tokens[span.start : span.end])
    rate = framer.catalog.metrics[metric].unit == "rate" and frame.has("share")
    snapshot = framer.catalog.metrics[metric].snapshot
    stands = generic and snapshot and not said_moved(framer)  # `how many cars are on the lot`
    return (base in frame.metrics, rate, not generic, stands, content * span.quality, snapshot, -span.start)
