"""Which period is the answer's and which it is held against, where a question names one, two or more."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from vendora_graph.offline.frame import Framer
from vendora_graph.offline.moved_most import moved_order, says_lost
from vendora_graph.offline.outcome import clock_of
from vendora_graph.offline.period_marks import changed_from, held_against, through_day
from vendora_graph.offline.period_math import ONE_DAY, add_units
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.period_pairs import elided
from vendora_graph.offline.periods import PeriodSpec

YEAR_BACK = frozenset({"same_last_year", "shift_year", "to_date_last_year"})
_LAST_YEAR = "_last_year"
_SMALL_GAP = 3
_PAIR = 2
_SHORT = frozenset({"week", "quarter"})
_FORWARD = ("recommend", "scorecard")


def split_periods(framer: Framer) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """Return (the answer's period, the period it is compared with), each None when not said."""
    periods = framer.frame.periods
    specs = _taken_apart([(at, through_day(framer, at, spec, [o for _, o in periods if o is not spec])) for at, spec in periods])
    if len(specs) == 1:
        return _one(framer, *specs[0])
    if len(specs) > _PAIR:
        return _row(framer, [spec for _, spec in specs]), None
    if specs:
        joined = _through(framer, specs)
        return (joined, None) if joined is not None else _pair(framer, specs)
    return None, None


def _taken_apart(specs: list[tuple[int, PeriodSpec]]) -> list[tuple[int, PeriodSpec]]:
    """`August, September and October`: the pair at the end of a row is two of its periods."""
    if len(specs) == 1:
        return specs
    return [(at, part) for at, spec in specs for part in (spec.parts if spec.op == "both" else (spec,))]


def _one(framer: Framer, at: int, spec: PeriodSpec) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    verb = _verb_first(framer)
    apart = elided(spec)
    if apart is not None:
        return apart
    stretch = spec.op in {"range", "months", "both"}
    grouped = framer.frame.groups and framer.frame.grain is None and not framer.frame.trend  # by store: side by side, not added up
    if spec.op == "both" and not verb and (grouped or resolve(spec, clock_of(framer)) is None):
        return _apart(framer, spec)
    if stretch and (verb or _from_one_to_other(framer, at, spec)):
        first, second = _two(spec)
        return (first, second) if verb else (second, first)
    asks_back = framer.inherits() and not framer.frame.metric_spans
    against = held_against(framer, at)
    compared = (_follows_compare(framer, at) and (not verb or asks_back)) or changed_from(framer, at) or against
    short = compared and spec.word("unit") in _SHORT and not asks_back  # `ROs down from last week`
    if (against or short) and spec.op == "last" and not framer.frame.has("target"):  # `are we ahead of last year`: this one, so far
        return PeriodSpec("this", spec.args), spec
    if framer.frame.has("target") or not compared:  # `budget vs actual q3`: what is compared is the target
        return spec, None
    return (None if framer.inherits() else _this_year(framer, spec)), spec


def _this_year(framer: Framer, spec: PeriodSpec) -> PeriodSpec | None:
    """`floorplan interest vs last year Q3`: one unit of last year is held against the same one of this year, once that has begun."""
    unit = spec.op.removesuffix(_LAST_YEAR)
    ours, theirs = resolve(PeriodSpec(unit, spec.args), clock_of(framer)) if unit != spec.op else None, resolve(spec, clock_of(framer))
    begun = ours is not None and theirs is not None and ours.period.start == add_units(theirs.period.start, "year", 1)
    return PeriodSpec(unit, spec.args) if begun else None


def _apart(framer: Framer, spec: PeriodSpec) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    """`in July and September`: two periods with a gap between are shown one against the other, the later one first."""
    found = [(resolve(part, clock_of(framer)), part) for part in spec.parts[:_PAIR]]
    if len(found) != _PAIR or any(resolved is None for resolved, _ in found):
        return spec, None
    ordered = sorted(found, key=lambda item: item[0].period.start if item[0] is not None else date.min)
    return ordered[1][1], ordered[0][1]


def _pair(framer: Framer, specs: list[tuple[int, PeriodSpec]]) -> tuple[PeriodSpec | None, PeriodSpec | None]:
    verb = _verb_first(framer)
    marked = [(at, spec) for at, spec in specs if _follows_compare(framer, at) and not (verb and at == specs[0][0])]
    marked = marked or [(at, spec) for at, spec in specs if held_against(framer, at)]
    if not marked and framer.frame.has(*_FORWARD):
        return specs[0][1], None  # "our Q4 ..., recommendations for 2024": the second period is what the advice is for
    ops = {spec.op for _, spec in specs}
    odd = len(ops) > 1 and (bool(ops & set(framer.raw["weekday_ops"])) or not _beside(framer, specs))
    both = len(marked) == len(specs) == _PAIR and not verb  # `vs last month and vs last year`: two comparisons of one figure
    framer.frame.scattered = framer.frame.scattered or (not marked and odd) or both
    versus = marked[0][1] if marked else specs[1][1]
    return next((spec for _, spec in specs if spec is not versus), None), versus


def _beside(framer: Framer, specs: list[tuple[int, PeriodSpec]]) -> bool:
    """Whether two periods that no word compares are joined, or one of them is the other a year back; else they are no pair."""
    if framer.frame.has("why", "change", "compare", "target") or any(spec.op in YEAR_BACK for _, spec in specs):
        return True
    joiners = {*framer.raw["joiners"], framer.raw["versus_word"]}
    return any(t.stem in joiners for t in framer.frame.tokens[specs[0][0] : specs[1][0]])


def _row(framer: Framer, specs: list[PeriodSpec]) -> PeriodSpec:
    """`Q1 vs Q2 vs Q3`: more than two periods of one kind are one stretch, shown by that kind."""
    grains = framer.raw["row_grains"]
    whole = _whole_of(framer, specs)
    if whole is not None:
        return whole
    if len({spec.op for spec in specs}) == 1 and specs[0].op in grains:
        ordered = _in_order(framer, specs)
        framer.frame.scattered = not ordered
        framer.frame.grain = framer.frame.grain or grains[specs[0].op]
        framer.frame.trend = True
        return PeriodSpec("range", {}, (ordered[0], ordered[-1])) if ordered else specs[0]
    framer.frame.notes.append(("one_period", {}))
    return specs[0]


def _whole_of(framer: Framer, specs: list[PeriodSpec]) -> PeriodSpec | None:
    """`saturday and sunday last weekend`: the period that the others together are."""
    for spec in specs:
        parts, found = _in_order(framer, [other for other in specs if other is not spec]), resolve(spec, clock_of(framer))
        ends = [resolve(part, clock_of(framer)) for part in (parts[:1] + parts[-1:])]
        days = [end.period for end in ends if end is not None]
        if found is not None and days and (days[0].start, days[-1].end) == (found.period.start, found.period.end):
            return spec
    return None


def _in_order(framer: Framer, specs: list[PeriodSpec]) -> list[PeriodSpec]:
    """The periods of a row from the first to the last, nothing where they leave a gap."""
    found = sorted(((resolved.period.start, resolved.period.end, i) for i, spec in enumerate(specs)
                    if (resolved := resolve(spec, clock_of(framer))) is not None))  # fmt: skip
    whole = len(found) == len(specs) and all(a[1] + ONE_DAY == b[0] for a, b in pairwise(found))
    return [specs[i] for _, _, i in found] if whole else []


def _from_one_to_other(framer: Framer, at: int, spec: PeriodSpec) -> bool:
    """`why did it fall from September to October`: a change between two units, not over all they span."""
    frame = framer.frame
    units = all(part.op in framer.raw["unit_ops"] for part in spec.parts)
    up_from = at > 0 and frame.has("compare") and frame.tokens[at - 1].text in framer.raw["change_from"]
    moved = frame.has("why", "change", "anomaly") or says_lost(framer)
    if not (moved or up_from) or frame.has("trend", *framer.raw["grain_cues"]):
        return False
    return units and (not frame.ranked or frame.has("why") or moved_order(framer) is not None)


def _two(spec: PeriodSpec) -> tuple[PeriodSpec, PeriodSpec]:
    """The two periods of a stretch that a comparison takes apart."""
    if len(spec.parts) > 1:
        return spec.parts[0], spec.parts[1]
    year = {"year": spec.number("year2", spec.number("year", 0))} if "year" in spec.args else {}
    first = {"year": spec.number("year", 0)} if "year" in spec.args else {}
    return PeriodSpec("month", {"month": spec.number("month"), **first}), PeriodSpec("month", {"month": spec.number("month2"), **year})


def _through(framer: Framer, specs: list[tuple[int, PeriodSpec]]) -> PeriodSpec | None:
    """`ytd new units through October`: the second period ends the first."""
    (_, first), (at, second) = specs[0], specs[1]
    if at and framer.frame.tokens[at - 1].stem == framer.raw["through_word"] and first.op in {"this", "to_date", "year"}:
        framer.frame.bound.setdefault(at - 1, "period")
        return PeriodSpec("range", {}, (first, second))
    return None


def _verb_first(framer: Framer) -> bool:
    """`compare october and september`: the verb opens the question and marks no period."""
    spans = [framer.frame.spans[i] for i in framer.frame.cues.get("compare", ())]
    return (
        bool(spans)
        and not any(t.content for t in framer.frame.tokens[: spans[0].start])
        and spans[0].end - spans[0].start == 1
        and any(framer.frame.tokens[spans[0].start].stem.startswith(str(v)) for v in framer.raw["compare_verbs"])
    )


def _follows_compare(framer: Framer, at: int) -> bool:
    if at and framer.frame.tokens[at - 1].text == framer.raw["than_word"]:  # `is ELR higher than last October`
        return True
    last = next((i for i in reversed(range(at)) if framer.frame.tokens[i].content), 0)
    verb = framer.frame.tokens[last].text in framer.raw["outcome_verbs"] and framer.frame.bound.get(last) == "cue compare"
    if verb and at - last <= _SMALL_GAP:  # `can parts exceed September`
        return True
    for index in framer.frame.cues.get("compare", ()):
        span = framer.frame.spans[index]
        if " ".join(t.text for t in framer.frame.tokens[span.start : span.end]) in framer.raw["beside_cues"]:
            continue  # `Tanya and Marcus side by side for October`: what stands beside is values, not periods
        word, link = framer.frame.tokens[span.end - 1].text, framer.frame.tokens[at - 1].text
        if word in framer.raw["compare_within"] and link in framer.raw["within_links"]:
            continue  # `how did parts and labor compare in October`: what is compared is all of October
        between = framer.frame.tokens[span.end : at]
        taken = any(framer.frame.bound.get(i, "").startswith(("filter", "metric")) for i in range(span.end, at))  # `vs be backs last week`
        if span.end <= at and len(between) <= _SMALL_GAP and not taken and not any(t.content for t in between):
            return True
    return False
