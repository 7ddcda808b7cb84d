"""Rankings and grains: `top 5`, `worst first`, `by month`, `best week for leads`."""

from __future__ import annotations

from vendora_graph.contracts import Grain
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.marks import needs
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.rank_target import take_target
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import as_filter, filters_of

_LIMIT_MAX = 1000
RANK_CUES = ("top", "bottom", "best", "worst", "best_first", "low_first", "slow", "fast")


def fill_ranking(framer: Framer) -> None:
    """Note that groups are to be ordered, by which word, and how many are wanted."""
    frame = framer.frame
    _on_top(framer)
    _one_to_other(framer)
    said = [name for name in RANK_CUES if frame.has(name)]
    if not said and not frame.has("rank"):
        _dangling_limit(framer)
        return
    frame.ranked = True
    frame.order = "bottom" if "bottom" in said and "top" not in said else (said[0] if said else "best")
    frame.order = next((name for name in ("slow", "fast") if name in said), frame.order)
    if frame.order in {"slow", "fast"}:  # the slowest response takes longest, the slowest day brings least
        units = [framer.catalog.metrics[m].unit for m in framer.measures()]
        gained = any(framer.catalog.metrics[m].good == "up" for m in frame.metrics)  # the slowest tech flags the fewest hours
        timed = bool(units) and not gained and all(unit in framer.raw["slow_units"] for unit in units)
        frame.order = "top" if timed == (frame.order == "slow") else "bottom"
    for name in (*said, "rank"):
        for index in frame.cues.get(name, ()):
            span = frame.spans[index]
            frame.bind(span, "ranking")
            _limit_beside(framer, span)
    _first_last(framer)
    if frame.limit is None:
        _dangling_limit(framer)
    _named_in_measure(framer)
    _parts_of_measure(framer)
    take_target(framer)
    _judged(framer)


def _lost(framer: Framer) -> None:
    """`who lost the most leads`: of what is counted, those that came to nothing, the most first (`lost_counts`)."""
    frame, counts = framer.frame, framer.lexicon.section("lost_counts")
    lost = any(frame.said(frame.spans[i]) in framer.raw["lost_orders"] for i in frame.cues.get("bottom", ()))
    if frame.order == "bottom" and lost and frame.metrics and all(m in counts for m in frame.metrics):
        frame.order = "top"
        frame.filters.extend(f for m in frame.metrics for f in [as_filter(counts[m])] if f not in frame.filters)


def _judged(framer: Framer) -> None:
    """`who got the worst surveys`: by how good they were, not by how many (`judged_forms`)."""
    frame, forms = framer.frame, framer.lexicon.section("judged_forms")
    _lost(framer)
    _judged_people(framer)
    if frame.order in {"best", "worst"} and any(m in forms for m in frame.metrics):
        for metric in frame.metrics:
            span, form = frame.metric_spans.get(metric, frame.spans[0]), str(forms.get(metric, metric))
            frame.metric_spans.setdefault(form, span)
            if form != metric and form not in frame.metrics:
                frame.notes.append(("read_as", {"word": frame.said(span), "label": framer.catalog.metrics[form].label}))
        frame.metrics = [m if forms.get(m) in frame.metrics else str(forms.get(m, m)) for m in frame.metrics]


def _judged_people(framer: Framer) -> None:
    """`best salesperson on internet leads`: people are judged by what they made of them (`judged_people`)."""
    frame, known = framer.frame, framer.catalog.dimensions
    other = framer.lexicon.section("judged_people").get(frame.metrics[0]) if len(frame.metrics) == 1 else None
    people = any(known[g].kind == "person" for g in frame.groups)
    if frame.order not in {"best", "worst"} or other not in framer.catalog.metrics or not people:
        return
    entry = framer.lexicon.section("named_slices").get(frame.metrics[0])
    span = frame.metric_spans.get(frame.metrics[0], frame.spans[0])
    if span.start and frame.tokens[span.start - 1].text == framer.raw["by_word"]:
        return  # `rank BDC reps by appointments`: the measure is named
    frame.filters.extend(filters_of(entry) if entry else ())
    frame.metrics, frame.metric_spans[str(other)] = [str(other)], span
    frame.notes.append(("read_as", {"word": frame.said(span), "label": framer.catalog.metrics[str(other)].label}))


def _named_in_measure(framer: Framer) -> None:
    """`the five slowest techs on efficiency`, `technician productivity, top 3`: people in the measure's name are put in order."""
    frame = framer.frame
    ordered = frame.limit is not None or frame.has("rank", "best_first", "low_first")  # `tech efficiency ranked`
    if not ordered or frame.groups or frame.record or frame.has(*framer.raw["grain_cues"]):
        return
    for metric, span in frame.metric_spans.items():
        for at in range(span.start, span.end) if metric in frame.metrics else ():
            senses = framer.lexicon.senses(compact(frame.tokens[at : at + 1]))
            name = next((s.key for s in senses if s.kind == "dimension" and framer.fits(s.key)), "")
            if name and framer.catalog.dimensions[name].kind == "person":
                frame.groups.append(name)
                return


def _parts_of_measure(framer: Framer) -> None:
    """`our three biggest expenses`: a measure said in the plural and put in order is told by its parts (`ranked_parts`)."""
    frame, parts = framer.frame, framer.lexicon.section("ranked_parts")
    for metric in frame.metrics if not (frame.groups or frame.record or frame.grain or frame.has("change", "why")) else ():
        span, name = frame.metric_spans.get(metric), str(parts.get(metric))
        last = frame.tokens[span.end - 1] if span is not None else None
        ordered = span is not None and bool(framer.cues_ending(span.start) & set(RANK_CUES))  # `our biggest expense`
        several = last is not None and last.text != last.stem
        if (several or ordered) and name in framer.catalog.dimensions and framer.fits(name):
            frame.groups.append(name)
            return


def _on_top(framer: Framer) -> None:
    """`lowest store on top`: after another order the words only say where its first row stands."""
    frame = framer.frame
    others = [frame.spans[i].end for name in RANK_CUES if name != "top" for i in frame.cues.get(name, ())]
    for index in list(frame.cues.get("top", ())):
        span = frame.spans[index]
        before = frame.tokens[span.start - 1].text if span.start else ""
        if before in framer.raw["top_openers"] and any(end < span.start for end in others):
            frame.bind(span, "ranking")
            frame.cues["top"].remove(index)
            if not frame.cues["top"]:
                del frame.cues["top"]


def _one_to_other(framer: Framer) -> None:
    """`least to most`: two orders joined by `to` are one, from the first to the second."""
    frame, ends = framer.frame, {"top": "best_first", "bottom": "low_first"}
    for name, other in (("top", "bottom"), ("bottom", "top")):
        first, second = ([frame.spans[i] for i in frame.cues.get(one, ())] for one in (name, other))
        if any([t.text for t in frame.tokens[a.end : b.start]] == [framer.raw["ratio_word"]] for a in first for b in second):
            frame.cues.setdefault(ends[name], [*frame.cues.pop(name), *frame.cues.pop(other)])
            return


def _first_last(framer: Framer) -> None:
    """`worst salesperson first`: after the word that orders and its noun, the word only says which end comes first."""
    frame = framer.frame
    starts = [frame.spans[i].end for name in RANK_CUES for i in frame.cues.get(name, ())]
    starts += [span.end for span in frame.rule_spans.values()]
    for at, token in enumerate(frame.tokens):
        if token.text == framer.raw["first_word"] and at not in frame.bound and any(end < at for end in starts):
            frame.bound[at] = "ranking"


def _limit_beside(framer: Framer, span: Span) -> None:
    frame = framer.frame
    for at in (span.end, span.start - 1, span.start - 2):
        if 0 <= at < len(frame.tokens) and at not in frame.bound:
            number = frame.tokens[at].number
            if number is not None and number == int(number) and 1 <= number <= _LIMIT_MAX and not frame.tokens[at].unit:
                frame.limit = int(number)
                frame.bound[at] = "ranking limit"
                return


def _dangling_limit(framer: Framer) -> None:
    """`biggest 5 ...` and `5 models`: a number right before a grouping word limits it."""
    frame = framer.frame
    for span in frame.spans if not frame.has("what_if") else ():  # `up 10 by store` is the size of a change
        if not frame.bound.get(span.start, "").startswith(("group ", "records ")) and not _so_many(framer, span):
            continue
        for at in (span.start - 1, span.start - 2):
            number = frame.tokens[at].number if at >= 0 and at not in frame.bound else None
            if number is not None and number == int(number) and 1 <= number <= _LIMIT_MAX:
                frame.ranked, frame.order, frame.limit = True, frame.order or "best", int(number)
                frame.bound[at] = "ranking limit"
                return


def _no_line(framer: Framer) -> bool:
    """`what would 50 more a copy bring us a month`, `needed per day`: an amount of one unit, and no line of them."""
    cues = framer.frame.cues
    if framer.frame.has("what_if"):
        cues.pop("grain_month", None)
    return needs(framer) and bool(cues.pop("grain_day", True))


def _so_many(framer: Framer, span: Span) -> bool:
    """`which five used cars have been here longest`: of what is put in order, so many of the noun that opens the question."""
    opener = framer.frame.tokens[span.start - 2].text if span.start > 1 else ""
    return framer.frame.ranked and opener in framer.raw["so_many_openers"] and bool(of_kind(span, "dimension"))


def fill_grain(framer: Framer) -> None:
    """Note the calendar unit a trend is shown by."""
    frame = framer.frame
    if _no_line(framer):
        return
    if frame.has("why") and frame.has("versus_previous_period"):
        return  # `why did net drop month over month`: against the month before
    for name, grain in framer.raw["grain_cues"].items():
        if name in frame.cues:
            frame.grain = _as_grain(grain)
            for index in frame.cues[name]:
                frame.bind(frame.spans[index], f"grain {grain}")
            break
    if frame.ranked and frame.grain is None:
        _ranked_unit(framer)
    if frame.grain is None and not frame.groups:
        _each_unit(framer)
        _limited_unit(framer)
        _any_unit(framer)
        _over_units(framer)
        _since_units(framer)
    frame.trend = frame.has("trend") or frame.grain is not None


def _ranked_unit(framer: Framer) -> None:
    """`best month for units`: an ordering word beside a calendar unit ranks the periods."""
    frame, units = framer.frame, framer.raw["calendar"]["units"]
    cues = [frame.spans[i] for name in (*RANK_CUES, "which") for i in frame.cues.get(name, ())]
    beside = [span.end for span in cues if frame.said(span) not in framer.raw["comparatives"]]  # `a better month than September`
    asked = [at + 1 for at, token in enumerate(frame.tokens) if token.text in framer.raw["which_words"]]
    for at in (*(_past_measures(framer, end) for end in beside), *asked):
        number = frame.tokens[at].number if at < len(frame.tokens) else None
        unit = at + (number is not None)  # `best 3 days`
        word = units.get(frame.tokens[unit].stem) if unit < len(frame.tokens) else None
        if word is not None and frame.bound.get(unit) is None:
            frame.grain = _as_grain(word)
            frame.bound[unit] = f"grain {word}"
            return


def _past_measures(framer: Framer, at: int) -> int:
    """`biggest chargeback month`: the unit may stand after the measure it is ranked by."""
    measures = ("metric", "rule", "hint", "value")
    while (span := next((s for s in framer.frame.spans if s.start == at and of_kind(s, *measures)), None)) is not None:
        at = span.end
    return at


def _limited_unit(framer: Framer) -> None:
    """`months this year with absorption above 70%`: the units whose own figure is limited."""
    frame, units = framer.frame, framer.raw["calendar"]["units"]
    if frame.grain is not None or not any(item.dimension in framer.catalog.metrics for item in frame.filters):
        return
    for at, token in enumerate(frame.tokens):
        word = units.get(token.stem)
        asked = at > 0 and frame.tokens[at - 1].text in framer.raw["unit_askers"]
        if word is not None and at not in frame.bound and (token.text != token.stem or asked):
            frame.grain = _as_grain(word)
            frame.bound[at] = f"grain {word}"
            return


def _each_unit(framer: Framer) -> None:
    """`last 3 months each`, `each of the last 3 months`: one figure for every unit of the stretch."""
    frame, each = framer.frame, framer.raw["each_words"]
    for span in frame.spans:
        unit = framer.raw["calendar"]["units"].get(str(span.period.args.get("unit"))) if span.period is not None else None
        if unit is None or span.period is None or span.period.op not in framer.raw["stretch_ops"]:
            continue
        around = [t.text for t in (*frame.tokens[max(span.start - 3, 0) : span.start], *frame.tokens[span.end : span.end + 1])]
        if any(word in around for word in each):
            frame.grain = _as_grain(unit)
            return


def _over_units(framer: Framer) -> None:
    """`headcount over the last 12 months`: a position over a stretch is one figure for every unit of it."""
    frame, measures = framer.frame, framer.measures()
    if not measures or not all(framer.catalog.metrics[m].snapshot for m in measures):
        return
    for span in frame.spans:
        unit = framer.raw["calendar"]["units"].get(str(span.period.args.get("unit"))) if span.period is not None else None
        before = [t.text for t in frame.tokens[max(span.start - 2, 0) : span.start + 1]]
        if unit and span.period and span.period.op == "last_n" and span.period.number("n") > 1 and framer.raw["over_word"] in before:
            frame.grain = _as_grain(unit)
            return


def _any_unit(framer: Framer) -> None:
    """`any month this year we lost money`, `which months did we miss plan`: the units themselves are looked at."""
    frame, units = framer.frame, framer.raw["calendar"]["units"]
    words = {framer.raw["any_word"], *(framer.raw["which_words"] if frame.has("target") else ())}
    for at, token in enumerate(frame.tokens[1:], start=1):
        if token.stem in units and at not in frame.bound and frame.tokens[at - 1].text in words:
            frame.grain = _as_grain(units[token.stem])
            frame.bound[at] = f"grain {token.stem}"
            return


def _since_units(framer: Framer) -> None:
    """`has ELR improved since July`: a change since a month is shown month by month."""
    frame = framer.frame
    since = [span.period for span in frame.spans if span.period is not None and span.period.op in framer.raw["since_ops"]]
    months = any(part.op in framer.raw["since_units"] for spec in since for part in spec.parts)
    if frame.has("change") and months and frame.grain is None and not frame.has("why", "compare"):
        frame.grain = "month"


def _as_grain(word: str) -> Grain:
    grains: dict[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}
    return grains[word]
