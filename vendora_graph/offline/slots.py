"""Slots that depend on neighbours: values with polarity, groupings, thresholds, rankings, lists, grains, comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from vendora_graph.contracts import Filter, Grain
from vendora_graph.offline.frame import Framer, can_cut, cue_names, of_kind
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.spans import Span
from vendora_graph.semantic.catalog import DimensionInfo

_OPS: Mapping[str, str] = {"gt": "gt", "ge": "ge", "lt": "lt", "le": "le"}
_LIMIT_MAX = 1000
_RANK_CUES = ("top", "bottom", "best", "worst", "best_first", "low_first")
_SINGLE = 1


def fill_slots(framer: Framer) -> None:
    """Run every neighbour-dependent step over the frame."""
    _departments(framer)
    _values(framer)
    _dimensions(framer)
    _who(framer)
    _thresholds(framer)
    _ranking(framer)
    _grain(framer)
    _comparison(framer)


def _departments(framer: Framer) -> None:
    """A department's name is context where a metric is named, a subject where none is."""
    for span in framer.frame.spans:
        for sense in of_kind(span, "group"):
            if span.start in framer.frame.bound and of_kind(span, "metric"):
                continue
            if any(framer.fits(s.key) for s in of_kind(span, "value")) and framer.frame.metrics:
                continue
            framer.frame.departments.append(sense.key)
            named = framer.frame.metrics
            if not named or any(framer.catalog.metrics[m].department == sense.key for m in named) or framer.ctx.previous:
                framer.frame.bind(span, f"department {sense.key}")


# ------------------------------------------------------------------------------------------------------------ values


def _values(framer: Framer) -> None:
    frame = framer.frame
    excluding = False
    found: list[tuple[Span, Sense, bool]] = []
    last_end = -1
    for span in frame.spans:
        sense = _value_sense(framer, span)
        if sense is None:
            continue
        joined = last_end >= 0 and _joined(framer, last_end, span.start)
        excluding = framer.after_cue(span, {"exclude"}, framer.raw["between_cue_and_value"]) or (excluding and joined)
        found.append((span, sense, excluding))
        last_end = span.end
        frame.bind(span, f"filter {sense.key}")
    for dimension in dict.fromkeys(sense.key for _, sense, _ in found):
        _merge_values(framer, dimension, [(sense, out) for _, sense, out in found if sense.key == dimension])
    frame.side_by_side = frame.side_by_side or _compared_values(framer, [span for span, _, _ in found])


def _value_sense(framer: Framer, span: Span) -> Sense | None:
    if span.start in framer.frame.bound:
        return None
    senses = [s for s in of_kind(span, "value") if framer.fits(s.key)]
    if not senses and not framer.frame.metrics and framer.ctx.previous is None:
        senses = of_kind(span, "value")
    if not senses:
        return None
    named = _named_beside(framer, span)
    senses.sort(key=lambda s: (s.key not in named, -s.weight))
    first = senses[0]
    rivals = [s for s in senses if s.key == first.key and s.values != first.values and s.weight >= first.weight - 1e-9]
    if rivals:
        options = tuple(sorted({value for s in [first, *rivals] for value in s.values}))
        framer.frame.unclear_values.append((first.key, _said(framer, span), options))
    return first


def _said(framer: Framer, span: Span) -> str:
    return " ".join(t.raw for t in framer.frame.tokens[span.start : span.end])


def _named_beside(framer: Framer, span: Span) -> set[str]:
    """Dimensions named right before or after a value (`salesperson Mike`)."""
    names: set[str] = set()
    for other in framer.frame.spans:
        if other.end == span.start or other.start == span.end:
            names.update(s.key for s in of_kind(other, "dimension"))
    return names


def _joined(framer: Framer, end: int, start: int) -> bool:
    joiners = framer.raw["joiners"]
    between = framer.frame.tokens[end:start]
    return bool(between) and all(t.stem in joiners or t.text in joiners for t in between)


def _merge_values(framer: Framer, dimension: str, senses: list[tuple[Sense, bool]]) -> None:
    """One filter for what is kept and one for what is left out; two named values of one dimension are shown apart."""
    kept = tuple(dict.fromkeys(v for sense, out in senses if not out for v in sense.values))
    dropped = tuple(dict.fromkeys(v for sense, out in senses if out for v in sense.values))
    if dropped:
        framer.frame.filters.append(Filter(dimension=dimension, op="not_in", values=dropped))
    if kept:
        framer.frame.filters.append(Filter(dimension=dimension, op="in", values=kept))
    if sum(1 for _, out in senses if not out) > _SINGLE and dimension not in framer.frame.groups:
        framer.frame.groups.append(dimension)


def _compared_values(framer: Framer, spans: list[Span]) -> bool:
    """`new vs used`: a compare cue stands between two values."""
    for first, second in zip(spans, spans[1:], strict=False):
        between = [s for s in framer.frame.spans if first.end <= s.start and s.end <= second.start]
        if any("compare" in cue_names(s) for s in between):
            return True
    return False


# -------------------------------------------------------------------------------------------------------- dimensions


def _dimensions(framer: Framer) -> None:
    frame = framer.frame
    for span in frame.spans:
        senses = of_kind(span, "dimension")
        if not senses or span.start in frame.bound:
            continue
        sense = next((s for s in senses if framer.fits(s.key)), senses[0])
        info = framer.catalog.dimensions[sense.key]
        if _labels_value(framer, span, sense.key):
            frame.bind(span, f"label of {sense.key}")
        elif info.kind == "numeric":
            continue
        elif info.kind == "record":
            _record(framer, span, sense.key)
        else:
            _group(framer, span, senses)


def _labels_value(framer: Framer, span: Span, dimension: str) -> bool:
    for other in framer.frame.spans:
        if other.end == span.start or other.start == span.end:
            if framer.frame.bound.get(other.start, "") == f"filter {dimension}" and not framer.after_cue(span, {"group"}):
                return True
    return False


def _group(framer: Framer, span: Span, senses: list[Sense]) -> None:
    frame = framer.frame
    sense = next((s for s in senses if framer.fits(s.key)), None)
    if sense is None and frame.metrics:
        swap = _replacement(framer, senses[0].key)
        if swap is None:
            frame.notes.append(("cannot_split", {"dimension": senses[0].key}))
            frame.bind(span, f"group {senses[0].key}")
            return
        sense = Sense("dimension", swap)
    sense = sense or senses[0]
    if sense.key not in frame.groups:
        frame.groups.append(sense.key)
    frame.bind(span, f"group {sense.key}")


def _replacement(framer: Framer, dimension: str) -> str | None:
    """The dimension that means the same for the metrics named (`salesperson` of a repair order is its advisor)."""
    options = framer.lexicon.section("stand_ins").get(dimension, ())
    return next((str(o) for o in options if framer.fits(str(o))), None)


def _record(framer: Framer, span: Span, dimension: str) -> None:
    frame = framer.frame
    frame.record = frame.record or dimension
    frame.bind(span, f"records {dimension}")


def _who(framer: Framer) -> None:
    """`who sold the most`: the first person dimension the metric can be cut by."""
    frame = framer.frame
    if not frame.has("who") or any(framer.catalog.dimensions[g].kind == "person" for g in frame.groups):
        return
    if any(framer.catalog.dimensions[f.dimension].kind == "person" for f in frame.filters if f.dimension in framer.catalog.dimensions):
        return
    people = [str(name) for name in framer.lexicon.vocabulary.get("people") or ()]
    people += [name for name, info in framer.catalog.dimensions.items() if info.kind == "person" and name not in people]
    for name in people:
        if name in framer.catalog.dimensions and framer.fits(name):
            frame.groups.append(name)
            frame.notes.append(("who", {"dimension": name}))
            return


# -------------------------------------------------------------------------------------------------------- thresholds


def _thresholds(framer: Framer) -> None:
    frame = framer.frame
    for index, token in enumerate(frame.tokens):
        if token.number is None or index in frame.bound or token.kind == "ord":
            continue
        op, used = _operator(framer, index)
        if not op:
            continue
        unit, unit_end = _unit_of(framer, index)
        second = _second_number(framer, unit_end) if op == "between" else None
        numbers = [token.number] if second is None else [token.number, frame.tokens[second].number or Decimal(0)]
        if second is not None and not unit:
            unit, unit_end = _unit_of(framer, second)
        target = _numeric_target(framer, unit, index)
        if target is None:
            continue
        if op == "between" and second is None:
            continue
        frame.filters.append(Filter(dimension=target, op=op, values=tuple(_plain(n) for n in numbers)))  # type: ignore[arg-type]
        last = max(unit_end, (second + 1) if second is not None else 0)
        for at in (*used, *range(index, last)):
            frame.bound.setdefault(at, f"threshold {target}")
        _bind_label(framer, target)


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _operator(framer: Framer, index: int) -> tuple[str, tuple[int, ...]]:
    """The comparison word around a number: before it (`over 60`), after it (`60 or more`, `60+`)."""
    frame = framer.frame
    token = frame.tokens[index]
    for span in frame.spans:
        names = cue_names(span)
        if span.end == index or (span.end < index and all(t.stem in framer.raw["between_cue_and_value"] for t in frame.tokens[span.end : index])):
            for name in ("between", "ge", "le", "gt", "lt"):
                if name in names and (name != "between" or _second_number(framer, index + 1) is not None):
                    return _OPS.get(name, name), tuple(range(span.start, span.end))
    if token.plus:
        return "ge", ()
    _, end = _unit_of(framer, index)
    for span in frame.spans:
        if span.start in {index + 1, end}:
            for name in ("ge", "le", "gt", "lt"):
                if name in cue_names(span):
                    return ("ge" if name == "gt" else "le" if name == "lt" else name), tuple(range(span.start, span.end))
    return "", ()


def _second_number(framer: Framer, start: int) -> int | None:
    tokens = framer.frame.tokens
    for at in range(start, min(len(tokens), start + 4)):
        if tokens[at].number is not None:
            return at
    return None


def _unit_of(framer: Framer, index: int) -> tuple[str, int]:
    """The unit of a number and the end of its words."""
    tokens = framer.frame.tokens
    token = tokens[index]
    if token.unit:
        return ("usd" if token.unit == "usd" else "rate"), index + 1
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after is not None:
        for unit, words in framer.raw["threshold_words"].items():
            if after.text in words or after.stem in words:
                return str(unit), index + 2
    return "", index + 1


def _numeric_target(framer: Framer, unit: str, index: int) -> str | None:
    """The numeric dimension a threshold is about, else the metric itself (a condition on its value)."""
    frame = framer.frame
    fitting = [n for n, d in framer.catalog.dimensions.items() if d.kind == "numeric" and (framer.fits(n) or not frame.metrics)]
    named = {s.key for span in frame.spans for s in of_kind(span, "dimension")}
    fitting.sort(key=lambda n: n not in named)
    for name in fitting:
        if name in named or (unit and _same_unit(framer.catalog.dimensions[name], unit)):
            return name
    metrics = frame.metrics or (list(framer.ctx.previous.metrics) if framer.ctx.previous else [])
    for metric in metrics:
        if not unit or str(framer.catalog.metrics[metric].unit).startswith(unit) or (unit == "units" and framer.catalog.metrics[metric].unit in {"units", "count"}):
            return metric
    if not unit and len(fitting) == _SINGLE:
        return fitting[0]
    return None


def _same_unit(dimension: DimensionInfo, unit: str) -> bool:
    return dimension.unit is not None and str(dimension.unit).startswith(unit)


def _bind_label(framer: Framer, target: str) -> None:
    for span in framer.frame.spans:
        if any(s.key == target for s in of_kind(span, "dimension")):
            framer.frame.bind(span, f"label of {target}")


# ------------------------------------------------------------------------------------------------------ ranking, grain


def _ranking(framer: Framer) -> None:
    frame = framer.frame
    said = [name for name in _RANK_CUES if frame.has(name)]
    if not said and not frame.has("rank"):
        _dangling_limit(framer)
        return
    frame.ranked = True
    frame.order = "bottom" if "bottom" in said and "top" not in said else (said[0] if said else "best")
    for name in (*said, "rank"):
        for index in frame.cues.get(name, ()):
            span = frame.spans[index]
            frame.bind(span, "ranking")
            _limit_beside(framer, span)


def _limit_beside(framer: Framer, span: Span) -> None:
    frame = framer.frame
    for at in (span.end, span.start - 1):
        if 0 <= at < len(frame.tokens) and at not in frame.bound:
            number = frame.tokens[at].number
            if number is not None and number == int(number) and 1 <= number <= _LIMIT_MAX and not frame.tokens[at].unit:
                frame.limit = int(number)
                frame.bound[at] = "ranking limit"
                return


def _dangling_limit(framer: Framer) -> None:
    """`biggest 5 ...` and `5 models`: a number right before a grouping word limits it."""
    frame = framer.frame
    for span in frame.spans:
        at = span.start - 1
        if frame.bound.get(span.start, "").startswith("group ") and at >= 0 and at not in frame.bound and frame.tokens[at].number:
            frame.ranked, frame.order, frame.limit = True, "best", int(frame.tokens[at].number or 1)
            frame.bound[at] = "ranking limit"


def _grain(framer: Framer) -> None:
    frame = framer.frame
    for name, grain in framer.raw["grain_cues"].items():
        if name in frame.cues:
            frame.grain = _as_grain(grain)
            for index in frame.cues[name]:
                frame.bind(frame.spans[index], f"grain {grain}")
            break
    frame.trend = frame.has("trend") or frame.grain is not None


def _as_grain(word: str) -> Grain:
    grains: dict[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    return grains[word]


# --------------------------------------------------------------------------------------------------------- comparison


def _comparison(framer: Framer) -> None:
    frame = framer.frame
    for name in ("same_period_last_year", "previous_period"):
        if frame.has(f"versus_{name}"):
            frame.versus = name
            return
    if not frame.has("compare", "change"):
        return
    cues = sorted(frame.spans[i].start for i in (*frame.cues.get("compare", ()), *frame.cues.get("change", ())))
    frame.compare_at = [at for at in cues if not _opens_threshold(framer, at)]
    if frame.has("target") and frame.has("compare"):
        frame.versus = "target"


def _opens_threshold(framer: Framer, at: int) -> bool:
    return framer.frame.bound.get(at, "").startswith(("threshold", "ranking", "grain"))


__all__ = ["can_cut", "fill_slots"]
