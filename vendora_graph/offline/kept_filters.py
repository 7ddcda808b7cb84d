"""Conditions that a follow-up keeps of the last answer, and those it lifts or replaces."""

from __future__ import annotations

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.alike import lifted_columns, replaced_columns
from vendora_graph.offline.frame import Framer, can_cut
from vendora_graph.offline.small_follow import moved_limits, own_columns, set_beside
from vendora_graph.offline.variants import as_filter, base_of, filters_of, limits_of


def limited_beside(framer: Framer, previous: Plan) -> None:
    """Ups and closing ratio by salesperson, then `only people with at least 15 ups`: the figures beside the one limited stay."""
    frame, known = framer.frame, framer.catalog.metrics
    limited = {f.dimension for f in frame.filters} & set(frame.metrics)
    other = [g for g in frame.groups if g not in previous.group_by and not _same_people(framer, g, previous)]
    rows = bool(previous.group_by) and not (other or frame.record or frame.periods or frame.from_hint or frame.has("how_many"))
    if not rows or not limited or set(frame.metrics) != limited or not frame.has("only", "with_condition", "which", "who"):
        return
    forms = {m: next((to for _, to in known[m].variants if to in previous.metrics), m) for m in frame.metrics}  # units as credited
    frame.metrics = list(dict.fromkeys([*previous.metrics, *forms.values()]))
    frame.filters = [f.model_copy(update={"dimension": forms.get(f.dimension, f.dimension)}) for f in frame.filters]


def _same_people(framer: Framer, group: str, previous: Plan) -> bool:
    """Whether a word for people (`only people with ...`) means those whose rows were shown."""
    known = framer.catalog.dimensions
    return all(name in known and known[name].kind == "person" for name in (group, *previous.group_by))


def keep_filters(framer: Framer, previous: Plan) -> None:
    """Join the conditions of the last answer with those said now: one on the same column is replaced, one wanted back is lifted."""
    frame = framer.frame
    _same_column(framer, previous)
    set_beside(framer, previous)
    replaced = {f.dimension for f in frame.filters if f.op != "not_in"}
    replaced |= {f.dimension for f in previous.filters if f.dimension in frame.groups and f.op == "in" and len(f.values) == 1}  # by each
    replaced |= {said.removeprefix("all ") for said in frame.bound.values() if said.startswith("all ")}  # `all pay types`
    replaced |= replaced_columns(framer, previous.filters) | own_columns(framer) | lifted_columns(framer, previous)
    previous = moved_limits(framer, previous)
    added = {(f.dimension, f.op) for f in frame.filters}
    kept = [f for f in previous.filters if f.dimension not in replaced and (f.dimension, f.op) not in added]
    if frame.has("include", "restore"):
        back = {(f.dimension, v) for f in frame.filters if f.op == "in" for v in f.values}
        dropped = {d for d, _ in back if any(f.dimension == d and f.op == "not_in" for f in previous.filters)}
        kept = [item for f in previous.filters if (item := _less(f, back)) is not None and (f in kept or f.dimension in dropped)]
        if not back and {t.text for t in frame.tokens} & set(framer.raw["restored_words"]):  # `put it back in`: whatever was left out
            kept = [f for f in kept if f.op != "not_in"]
        frame.filters = [f for f in frame.filters if f.dimension not in dropped]
    kept = [f for f in kept if not _beside(framer, f) and not (frame.flat and _of_ranking(framer, f))]
    frame.filters = _without_clash([*kept, *_slice_of(framer, previous), *frame.filters])


def _same_column(framer: Framer, previous: Plan) -> None:
    """Deals under -2,500 on the front, then `used ones under -1,000`: another limit on the column that was limited."""
    frame, columns = framer.frame, framer.lexicon.section("measure_columns")
    held = {f.dimension for f in previous.filters}
    moved = {f.dimension: str(columns[f.dimension]) for f in frame.filters if str(columns.get(f.dimension)) in held}
    frame.filters = [f.model_copy(update={"dimension": moved.get(f.dimension, f.dimension)}) for f in frame.filters]


def _of_ranking(framer: Framer, item: Filter) -> bool:
    """People ranked, then `overall for the store`: pseudo people are left out of the ranking, not of the whole."""
    rules = [as_filter(entry) for entry in framer.lexicon.vocabulary.get("ranking_filters") or ()]
    return item in rules and not any(f == item for f in framer.frame.filters)


def _beside(framer: Framer, earlier: Filter) -> bool:
    """`vs Mike Brandt` after one person's figure: both, side by side."""
    frame = framer.frame
    return any(f.dimension == earlier.dimension and set(earlier.values) <= set(f.values) for f in frame.filters)


def _slice_of(framer: Framer, previous: Plan) -> list[Filter]:
    """`certified units`, then `and front`: the slice a measure was named for stays when the measure changes."""
    frame, named = framer.frame, framer.lexicon.section("named_slices")
    name = previous.metrics[0]
    added = [m for m in frame.metrics if m not in previous.metrics]
    listed = framer.lexicon.section("list_conditions").get(name)
    if added and listed and frame.has("list", "strong_list") and {t.text for t in frame.tokens} & set(framer.raw["pointing_words"]):
        return [f for f in filters_of(listed) if f.dimension not in {g.dimension for g in frame.filters}]  # `list em with the front gross`
    if not added or name not in named:
        return []
    taken = {f.dimension for f in frame.filters} | set(frame.groups)
    taken |= {f.dimension for m in added if m in named for f in filters_of(named[m])}
    found, name = limits_of(framer.lexicon, name), base_of(framer.lexicon, name)
    spread = {f.dimension for m in framer.lexicon.vocabulary.get("distributed") or () if m in named for f in filters_of(named[m])}
    those = {t.text for t in frame.tokens} & {*framer.raw["pointing_words"], *framer.raw["each_words"]}  # `hours on those`, `on each`
    if not those and not {f.dimension for f in found} <= spread:
        if not any(str((named.get(m) or {}).get("base")) == name for m in frame.metrics):
            return []
        found = [f for f in found if f.dimension in spread]  # `aged used units`, then `over 90?`: still the used ones
    return [f for f in found if f.dimension not in taken and all(can_cut(framer.lexicon, m, f.dimension) for m in frame.metrics)]


def _less(item: Filter, back: set[tuple[str, str]]) -> Filter | None:
    """An exclusion without the values that are wanted back."""
    if item.op != "not_in":
        return item
    left = tuple(v for v in item.values if (item.dimension, v) not in back)
    return item.model_copy(update={"values": left}) if left else None


def _without_clash(filters: list[Filter]) -> list[Filter]:
    """`used` then `drop certified`: a value left out leaves a list it stood in."""
    out: list[Filter] = []
    dropped = {(f.dimension, v) for f in filters if f.op == "not_in" for v in f.values}
    for item in filters:
        if item.op == "in":
            values = tuple(v for v in item.values if (item.dimension, v) not in dropped)
            out.append(item.model_copy(update={"values": values or item.values}))
        else:
            out.append(item)
    return out
