"""Records: a list of single records, what it shows and what it is ordered by."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from vendora_graph.contracts import Filter
from vendora_graph.offline.ages import still_here
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.own_rows import rows_of_measure
from vendora_graph.offline.record_columns import columns_named, numbered, show_columns
from vendora_graph.offline.record_nouns import right_after
from vendora_graph.offline.variants import base_of, filters_of, generalise

_COUNTED = frozenset({"units", "count"})


def take_records(framer: Framer) -> None:
    """Make a list of records where one is asked for, and leave out measures that cannot be cut as asked."""
    if framer.frame.has("what_if"):  # `which used units should we wholesale`: the scenario tells them one by one
        framer.frame.record = ""
    numbered(framer)
    rows_of_measure(framer)
    _sold_records(framer)
    _rank_measure(framer)
    if framer.frame.record:
        generalise(framer)
    _records(framer)
    _typed_out(framer)
    _unlisted(framer)


def _sold_records(framer: Framer) -> None:
    """`which part numbers sold the most`: of records that are sold, their sales and not what stands of them (`sold_records`)."""
    frame, known = framer.frame, framer.lexicon.section("sold_records")
    metric = str(known.get(frame.record))
    moved = {str(word) for word in framer.lexicon.section("aged_stock").get("moved") or ()} | set(framer.raw["sales_words"])
    if metric in framer.catalog.metrics and (not frame.metrics or frame.from_hint) and any({t.text, t.stem} & moved for t in frame.tokens):
        frame.metrics, frame.from_hint = [metric], False


def _records(framer: Framer) -> None:
    """A list of records: the record dimension becomes the grouping, its own figures are shown first."""
    frame = framer.frame
    if not frame.record:
        return
    _take_conditions(framer)
    said = _columns(framer)
    own = [m for m in framer.catalog.dimensions[frame.record].record_metrics if m in framer.catalog.metrics]
    asked = [m for m in frame.metrics if can_cut(framer.lexicon, m, frame.record) and (m in said or not (own and frame.from_hint))]
    wanted = [f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions]
    fitting = [m for m in own if all(can_cut(framer.lexicon, m, d) for d in (frame.record, *wanted))]
    times = {_time_of(framer, m) for m in asked}
    fitting = [m for m in fitting if not times or _time_of(framer, m) in times]  # a deal charged back in June has no gross of June
    if own and not fitting and set(asked) <= set(own):
        asked, wanted = _stand_ins(framer, own, wanted) or asked, []
    if own and not (asked or fitting or frame.metrics):
        odd = next((d for d in wanted if not any(can_cut(framer.lexicon, m, d) for m in own)), [frame.record, *wanted][-1])
        frame.metrics = own
        frame.notes.append(("cannot_split", {"dimension": odd}))
    _shown(framer, asked, fitting)
    if all(can_cut(framer.lexicon, m, frame.record) for m in frame.metrics):
        frame.groups = [frame.record]
        for span in (s for s in frame.spans if any(d.key == frame.record for d in of_kind(s, "dimension"))):
            if framer.after_cue(span, {"group"}):
                frame.bind(span, "column")  # `the worst 5 by deal number`
        show_columns(framer)
    else:
        frame.record = ""


def _shown(framer: Framer, asked: list[str], fitting: list[str]) -> None:
    """What the list shows: the measures asked for, then the records' own figures that fit."""
    frame, known = framer.frame, framer.catalog.metrics
    shown = sorted(dict.fromkeys([*asked, *fitting]), key=lambda m: known[m].unit == "date")  # what a day is of comes first
    frame.metrics = shown or frame.metrics
    _only_counted(framer, asked)
    _by_worth(framer, fitting, asked)


def _take_conditions(framer: Framer) -> None:
    """What a measure counts by a condition of its own (`aged units`) is listed under that condition (`list_conditions`)."""
    frame, conditions = framer.frame, framer.lexicon.section("list_conditions")
    for name in [m for m in frame.metrics if m in conditions]:
        shown = [str(m) for m in conditions[name].get("show") or () if m in framer.catalog.metrics]
        frame.metrics = [*shown, *(m for m in frame.metrics if m != name)]
        frame.filters.extend(f for f in filters_of(conditions[name]) if f not in frame.filters)


def _time_of(framer: Framer, metric: str) -> tuple[bool, str]:
    """Whether a measure is a position, and the date it goes by."""
    info = framer.catalog.metrics[metric]
    return info.snapshot, "" if info.snapshot else info.time_dimension.rpartition("__")[2]


def _stand_ins(framer: Framer, own: list[str], wanted: list[str]) -> list[str]:
    """`internal ROs over $2,000`: what is shown of records whose own figures cannot be limited as asked (`record_stand_ins`)."""
    frame, columns = framer.frame, framer.lexicon.section("measure_columns")
    others = [str(m) for m in framer.lexicon.section("record_stand_ins").get(frame.record) or () if m in framer.catalog.metrics]
    shown = [m for m in others if all(can_cut(framer.lexicon, m, d) for d in (frame.record, *wanted))]
    if shown and wanted:
        limits = {m: str(columns[m]) for m in own if columns.get(m) in framer.catalog.dimensions}
        frame.filters = [f.model_copy(update={"dimension": limits.get(f.dimension, f.dimension)}) for f in frame.filters]
        frame.metrics = shown
    return shown if wanted else []


def _columns(framer: Framer) -> set[str]:
    """Take the words that name a column of the list (`with their cost`, `with stock number`) and return their measures."""
    frame, found = framer.frame, set[str]()
    for span in frame.spans:
        before = frame.tokens[span.start - 1].text if span.start else ""
        if before in framer.raw["beside_words"] and any(s.key == frame.record for s in of_kind(span, "dimension")):
            frame.bind(span, "column")
    for phrase, metric in framer.lexicon.section("list_columns").items():
        stems = [framer.lexicon.normaliser.stem(word) for word in str(phrase).split()]
        for at in range(len(frame.tokens) - len(stems) + 1):
            words = range(at, at + len(stems))
            if [frame.tokens[i].stem for i in words] == stems and not frame.bound.get(at, "").startswith("metric"):
                frame.metrics = list(dict.fromkeys([*frame.metrics, str(metric)]))
                frame.bound.update({i: "column" for i in words if i not in frame.bound})
                found.add(str(metric))
    return found


def _rank_measure(framer: Framer) -> None:
    """`oldest`, `newest` order by the measure their word names; a plain list of a measure lists its records."""
    frame = framer.frame
    record = ""
    if any(t.text in framer.lexicon.section("rank_words") for t in frame.tokens):  # `used cars sitting the longest`
        still_here(framer)
    for entry in _said_orders(framer):
        _open_records(framer, entry)
        if _same_family(framer, str(entry["by"])):
            if frame.groups and entry.get("grouped") in framer.catalog.metrics:  # `the store with the oldest stock`: its average
                frame.metrics = [str(entry["grouped"])]
                continue
            frame.rank_by, record = str(entry["by"]), str(entry["record"])
            orders = framer.lexicon.section("rank_words")
            frame.bound.update({at: "ranking" for at, token in enumerate(frame.tokens) if token.text in orders})
            own = framer.catalog.dimensions[record].record_metrics
            if frame.metrics and frame.rank_by in framer.catalog.metrics and frame.rank_by not in own and not (frame.groups or frame.grain):
                frame.metrics = list(dict.fromkeys([*frame.metrics, frame.rank_by]))
    if frame.metrics and (frame.has("strong_list") or _every_one(framer)):
        frame.groups = [] if set(frame.groups) <= columns_named(framer) else frame.groups  # `list the open ROs with the advisor`
        record = record or _record_of(framer)
    record = record or _of_values(framer) or _so_many(framer)
    if record and not (frame.groups or frame.record or frame.grain) and all(can_cut(framer.lexicon, m, record) for m in frame.metrics):
        frame.record = record


def _only_counted(framer: Framer, asked: list[str]) -> None:
    """`the deals that were unwound`: a count beside the records' own figures is 0 of those that are not meant."""
    frame, known = framer.frame, framer.catalog.metrics
    every = {*(framer.lexicon.vocabulary.get("generic_metrics") or ()), *framer.catalog.dimensions[frame.record].record_metrics}
    counts = [m for m in asked if known[m].unit in _COUNTED and not {m, base_of(framer.lexicon, m)} & every]
    frame.filters.extend(Filter(dimension=m, op="gt", values=("0",)) for m in counts if not any(f.dimension == m for f in frame.filters))


def _by_worth(framer: Framer, own: list[str], asked: list[str]) -> None:
    """`the ten largest repair orders`: of records that each count as one, the largest is the one of the most money.

    An amount that is named (`which 5 used cars cost us the most`) comes before the records' own.
    """
    frame, known = framer.frame, framer.catalog.metrics
    first = frame.metrics[0] if frame.metrics else ""
    named = next((m for m in asked if known[m].unit.startswith("usd")), "")
    worth = named or next((m for m in own if known[m].unit.startswith("usd") and first not in own), "")
    if frame.ranked and not frame.rank_by and first in known and known[first].unit in _COUNTED and worth:
        frame.rank_by = worth


def _so_many(framer: Framer) -> str:
    """`top 5 leases by gross`, `top 10 used units in stock by price`: so many of the things a measure counts, one by one."""
    frame, known, tokens = framer.frame, framer.catalog.metrics, framer.frame.tokens
    if not (frame.ranked and frame.limit and frame.metrics) or frame.groups or frame.grain is not None:
        return ""
    for metric, span in frame.metric_spans.items():
        at = span.start - 1
        while at > 0 and frame.bound.get(at, "").startswith("filter"):
            at -= 1
        if at < 0 or tokens[at].number != frame.limit or known[metric].unit not in _COUNTED:
            continue
        columns = framer.lexicon.section("list_columns")
        by = (str(columns[b.text]) for a, b in pairwise(tokens) if a.text == framer.raw["by_word"] and b.text in columns)
        frame.rank_by = next((name for name in by if name in known and known[name].family == known[metric].family), frame.rank_by)
        return str(framer.lexicon.section("family_records").get(known[metric].family) or "")
    return ""


def _every_one(framer: Framer) -> bool:
    """`show me every lease we wrote`: what is counted is listed one by one."""
    frame, words = framer.frame, framer.raw["per_words"][1:]
    ends = {frame.spans[i].end for i in frame.cues.get("list", ())}
    starts = (span.start for name, span in frame.metric_spans.items() if name in frame.metrics)
    return any(at > 1 and ends & {at - 1, at} and frame.tokens[at - 1].text in words for at in starts)


def _record_of(framer: Framer) -> str:
    """The records a measure is listed by: those of its family, else others it can be told by (`wholesale losses`: the units)."""
    families, metrics = framer.lexicon.section("family_records"), framer.frame.metrics
    own = families.get(framer.catalog.metrics[metrics[0]].family)
    known = [str(name) for name in dict.fromkeys((own, *families.values())) if name in framer.catalog.dimensions]
    return next((name for name in known if all(can_cut(framer.lexicon, m, name) for m in metrics)), "")


def _open_records(framer: Framer, entry: Mapping[str, Any]) -> None:
    """`our 5 oldest tickets`: records whose age is kept only while they stand open are those that do."""
    frame, shown = framer.frame, str(entry.get("shown"))
    if frame.record == entry.get("record") and not frame.metrics and not frame.rank_by and shown in framer.catalog.metrics:
        frame.metrics = [shown]
        frame.notes.append(("hint", {"label": framer.catalog.metrics[shown].label}))


def _said_orders(framer: Framer) -> list[Mapping[str, Any]]:
    """What the ordering words of the question may order by: a word may have several, by what it is said of."""
    said = {t.text for t in framer.frame.tokens} if framer.frame.ranked else set()
    found = [entries for word, entries in framer.lexicon.section("rank_words").items() if word in said]
    return [entry for entries in found for entry in (entries if isinstance(entries, list) else [entries])]


def _of_values(framer: Framer) -> str:
    """`show the Explorers that sat over 75 days`: values in the plural that are to be shown are told one by one."""
    frame, things = framer.frame, framer.lexicon.vocabulary.get("like_values") or ()
    known = framer.catalog.dimensions
    numbers = any(f.dimension in known and known[f.dimension].kind == "numeric" for f in frame.filters)
    if not (frame.from_hint and numbers and frame.metrics) or frame.ranked or frame.has("how_many"):
        return ""
    named = (s for s in frame.spans if any(v.key in things for v in of_kind(s, "value")))
    many = any(frame.tokens[s.end - 1].text != frame.tokens[s.end - 1].stem and right_after(framer, s, {"list"}) for s in named)
    families = framer.lexicon.section("family_records")
    return str(families.get(framer.catalog.metrics[frame.metrics[0]].family) or "") if many else ""


def _same_family(framer: Framer, metric: str) -> bool:
    info = framer.catalog.metrics.get(metric)
    families = {framer.catalog.metrics[m].family for m in framer.measures()}
    return info is not None and (not families or info.family in families)


def _typed_out(framer: Framer) -> None:
    """Only metrics that can be cut as asked stay, when at least one can (several may come from one record or rule)."""
    frame = framer.frame
    wanted = [*frame.groups, *(f.dimension for f in frame.filters if f.dimension in framer.catalog.dimensions)]
    fitting = [m for m in frame.metrics if all(can_cut(framer.lexicon, m, d) for d in wanted)]
    if fitting and (frame.record or frame.rules or frame.from_department):
        frame.metrics = fitting


def _unlisted(framer: Framer) -> None:
    """`list the appointments`: of what has no records here the figure is told, and that it cannot be told one by one."""
    frame = framer.frame
    asked = frame.has("strong_list") and len(frame.metrics) == 1
    if asked and not (frame.record or frame.groups or frame.grain or frame.ranked or framer.inherits()):
        frame.notes.append(("unlisted", {"label": framer.catalog.metrics[frame.metrics[0]].label}))
