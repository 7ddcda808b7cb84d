"""Counts beside a figure: `how many cars was that` of the last answer, what a rate is based on, the part of a count, its reasons."""

from __future__ import annotations

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.kinds import counting
from vendora_graph.offline.variants import base_of, limits_of
from vendora_graph.semantic.catalog import MetricInfo

_COUNTS = frozenset({"units", "count"})
_BOTH = 2
"""Figures of a question that asks for two: a whole and its part, two rates of one whole."""


def counted_last(framer: Framer) -> bool:
    """Whether a count is asked for by a pronoun or `on`: a plain noun beside it is what the figure of the last answer was made on."""
    said, opens = {t.text for t in framer.frame.tokens}, framer.frame.tokens[:1]
    previous = framer.ctx.previous
    led = opens and opens[0].text in framer.raw["count_openers"] and previous is not None and len(previous.metrics) == 1
    pointed = said & {*framer.raw["pointing_words"], *framer.raw["last_words"]} or led
    return counting(framer) and bool(pointed) and not framer.frame.groups


def its_count(framer: Framer, previous: Plan) -> None:
    """Take the count that the last figure rests on, where the words name one of that kind (`surveys`, `cars`)."""
    frame, known = framer.frame, framer.catalog.metrics
    own = _count_of(framer, previous.metrics[0])
    if not own or not frame.metrics or not counted_last(framer) or frame.periods or frame.filters:
        return
    general = set(framer.lexicon.vocabulary.get("generic_metrics") or ()) - set(framer.lexicon.section("named_slices"))
    named = frame.metrics[0] if len(frame.metrics) == 1 and frame.metrics[0] in general else ""
    plain = bool(named) and known[named].unit == known[own].unit and (known[own].unit == "units" or _called(framer, named, own))
    if plain or {own, previous.metrics[0]} & set(frame.metrics):
        frame.metrics = [own]
    elif len(frame.metrics) == 1 and base_of(framer.lexicon, frame.metrics[0]) == base_of(framer.lexicon, own):
        _limited(framer, own)
    elif len(frame.metrics) == 1 and _and_more(framer, frame.metrics[0]):
        frame.metrics = [own, *frame.metrics]


def _and_more(framer: Framer, metric: str) -> bool:
    """`how many is that and avg age`: how many comes first, with no noun of its own, and another figure is joined to it."""
    frame, span = framer.frame, framer.frame.metric_spans.get(metric)
    cue = next((frame.spans[i] for i in frame.cues.get("how_many", ())), None)
    if span is None or cue is None or cue.start or cue.end > span.start:
        return False
    between = frame.tokens[cue.end : span.start]
    return not any(t.content for t in between) and any(t.stem == framer.raw["joiners"][0] for t in between)


def _called(framer: Framer, named: str, own: str) -> bool:
    """Contracts in transit, then `how many contracts is that`: the noun said is a word of the count's own name."""
    span, label = framer.frame.metric_spans.get(named), framer.lexicon.normaliser.tokens(framer.catalog.metrics[own].label)
    return span is not None and bool({t.stem for t in framer.frame.tokens[span.start : span.end]} & {t.stem for t in label})


def _limited(framer: Framer, own: str) -> None:
    """F-150s in stock, then `how many of those are over 60 days`: the limit that the slice is named for, of those shown."""
    frame = framer.frame
    limits = [f for f in limits_of(framer.lexicon, frame.metrics[0]) if f.op != "in"]
    if limits:
        frame.metrics = [own]
        frame.filters.extend(limits)


def _count_of(framer: Framer, metric: str) -> str:
    """Return the count a measure rests on; of a count, itself."""
    known = framer.catalog.metrics
    if known[metric].unit in _COUNTS:
        return metric
    other = framer.lexicon.section("counts").get(base_of(framer.lexicon, metric)) or known[metric].count_metric
    return str(other) if other in known else ""


def rests_on(framer: Framer) -> None:
    """`NPS for Q3, and how many surveys is that based on`: the count behind a rate, beside it."""
    frame, known = framer.frame, framer.catalog.metrics
    said = " ".join(t.text for t in frame.tokens)
    general = {*(framer.lexicon.vocabulary.get("generic_metrics") or ())} if len(frame.metrics) > 1 else set()
    spans = {m: frame.tokens[s.start : s.end] for m, s in frame.metric_spans.items()}
    general = {m for m in general if sum(t.content for t in spans.get(m, ())) == 1}  # `and on how many used cars` has a noun of its own
    named = [m for m in frame.metrics if m in frame.metric_spans and m not in general]  # `surveys` alone is a word for the scores
    own = _count_of(framer, named[0]) if len(named) == 1 else ""
    asked = counting(framer) and any(phrase in said for phrase in framer.raw["based_on"])
    if asked and own and own not in frame.metrics and known[own].unit in _COUNTS:
        frame.metrics = [*named, own]
        for at, token in enumerate(frame.tokens):
            if token.text in framer.raw["based_words"]:
                frame.bound.setdefault(at, f"metric {own}")


def reasons_of(framer: Framer) -> None:
    """`how many unwinds did we have, and why`: by the reason that is held of each (`count_reasons` of the vocabulary)."""
    frame, why = framer.frame, [framer.frame.spans[i] for i in framer.frame.cues.get("why", ())]
    reason = framer.lexicon.section("count_reasons").get(frame.metrics[0]) if len(frame.metrics) == 1 else None
    last = max((i for i, t in enumerate(frame.tokens) if t.kind != "punct"), default=-1)
    if why and _named_reason(framer):
        del frame.cues["why"]
        named = {i for s in frame.spans if of_kind(s, "dimension") for i in range(s.start, s.end)}
        losing = [i for i, t in enumerate(frame.tokens) if t.text in framer.raw["loss_verbs"] and i not in named]
        frame.bound.update(dict.fromkeys(losing, "context"))
    elif reason in framer.catalog.dimensions and why and why[0].end == last + 1 and why[0].start and counting(framer):
        frame.groups.append(str(reason))
        del frame.cues["why"]
        frame.bind(why[0], f"group {reason}")


def _named_reason(framer: Framer) -> bool:
    """`why are we losing leads? lost reasons for Q3`: the column that holds the reasons is named, so no driver is looked for."""
    reasons = set(framer.lexicon.vocabulary.get("reason_columns") or ())
    named = any(s.key in reasons for span in framer.frame.spans for s in of_kind(span, "dimension"))
    return named or any(t.stem == framer.raw["reason_word"] for t in framer.frame.tokens)


def counted_part(framer: Framer) -> None:
    """`how many ROs did we close, and how many were customer pay`: the whole, and the parts it is made of."""
    frame = framer.frame
    cues = sorted(frame.spans[i].start for i in frame.cues.get("how_many", ()))
    if len(cues) != _BOTH or len(frame.metrics) != 1 or frame.groups or frame.grain is not None or frame.has("share", "compare"):
        return
    if any(cues[1] <= span.start for span in frame.metric_spans.values()) or not _follows_on(framer, cues[1]):
        return
    inside = {said.removeprefix("filter ") for at, said in frame.bound.items() if at > cues[1] and said.startswith("filter ")}
    parts = [f for f in frame.filters if f.dimension in inside and f.op == "in" and len(f.values) == 1]
    known = framer.catalog.dimensions
    if len(parts) == 1 and known[parts[0].dimension].kind == "category" and not {f.dimension for f in frame.filters} - {parts[0].dimension}:
        name = parts[0].dimension
        frame.filters.remove(parts[0])
        frame.groups.append(name)
        frame.bound.update({at: f"group {name}" for at, said in frame.bound.items() if at > cues[1] and said == f"filter {name}"})


def _follows_on(framer: Framer, at: int) -> bool:
    """Whether a clause is joined to the one before it and says what became of the same things (`and how many of them were`)."""
    tokens, raw = framer.frame.tokens, framer.raw
    joined = any(t.stem in raw["joiners"] for t in tokens[max(at - 2, 0) : at])
    return joined and any(t.text in raw["being_words"] for t in tokens[at + 2 : at + 5])


def both_rates(framer: Framer) -> None:
    """`what percent of ups took a demo, and what percent did we write up`: the second is a rate of the same whole."""
    frame, known = framer.frame, framer.catalog.metrics
    shares = sorted(frame.spans[i].start for i in frame.cues.get("share", ()))
    if len(shares) != _BOTH or len(frame.metrics) != _BOTH or known[frame.metrics[0]].unit != "rate":
        return
    first, second = frame.metrics
    span = frame.metric_spans.get(second) or next((s for s in frame.rule_spans.values() if s.start >= shares[1]), None)
    if span is None or span.start < shares[1] or known[second].unit not in _COUNTS:
        return
    whole = _whole(known[first])
    forms = [m for m, info in known.items() if whole and _whole(info) == whole and info.inputs[0].metric == second and not info.hidden]
    if forms:
        frame.metrics = [first, forms[0]]
        frame.metric_spans.setdefault(forms[0], span)


def rate_of_sides(framer: Framer) -> None:
    """`do confirmed appointments show better than unconfirmed`: of two kinds side by side how often, not how many (`rate_forms`)."""
    frame, forms = framer.frame, framer.lexicon.section("rate_forms")
    sides = [f for f in frame.filters if f.op == "in" and len(f.values) == _BOTH and f.dimension in frame.groups]
    compared = sides and any(t.text in framer.raw["comparatives"] for t in frame.tokens)
    if compared and len(frame.metrics) == 1 and framer.catalog.metrics[frame.metrics[0]].unit in _COUNTS:
        rate = str(forms.get(frame.metrics[0]))
        frame.metrics = [rate] if rate in framer.catalog.metrics and framer.fits(sides[0].dimension) else frame.metrics


def by_how_much(framer: Framer) -> None:
    """`what share were upside down, and by how much on average`: the amount of what is counted, beside it (`much_forms`)."""
    frame, forms = framer.frame, framer.lexicon.section("much_forms")
    words = [t.text for t in frame.tokens]
    phrase = [framer.raw["by_word"], framer.raw["how_many"][0], framer.raw["much_word"]]
    asked = any(words[i : i + len(phrase)] == phrase for i in range(1, len(words)))
    form = str(forms.get(frame.metrics[0])) if asked and len(frame.metrics) == 1 and frame.metrics[0] in frame.metric_spans else ""
    if form in framer.catalog.metrics:
        frame.metrics.append(form)
        frame.metric_spans.setdefault(form, frame.metric_spans[frame.metrics[0]])


def second_outcome(framer: Framer) -> None:
    """`how many appraisals did we do, and how many did we buy`: what became of the things counted, beside them (`outcome_filters`)."""
    frame, entries = framer.frame, framer.lexicon.vocabulary.get("outcome_filters") or ()
    for cue in sorted((frame.spans[i] for i in frame.cues.get("how_many", ())), key=lambda s: s.start):
        before = {m for m, span in frame.metric_spans.items() if m in frame.metrics and span.start < cue.start}
        clause = _clause(framer, cue.end)
        if not before or any(span.start in clause for span in frame.metric_spans.values()):
            continue
        said = {frame.tokens[i].text for i in clause}
        fitting = (e for e in entries if e.get("to") in framer.catalog.metrics and before & set(e["metrics"]))
        found = next((e for e in fitting if said & set(e["words"])), None)
        if found is not None and found["to"] not in frame.metrics:
            frame.metrics.append(str(found["to"]))
            frame.bound.update({i: f"metric {found['to']}" for i in clause if frame.bound.get(i, "cue") != "period"})
            frame.metric_spans.setdefault(str(found["to"]), cue)


def _clause(framer: Framer, start: int) -> range:
    """The words behind a cue up to the next joining word or mark."""
    tokens, joiners = framer.frame.tokens, set(framer.raw["joiners"])
    ends = (i for i in range(start, len(tokens)) if {tokens[i].stem, tokens[i].text} & joiners or tokens[i].kind == "punct")
    return range(start, next(ends, len(tokens)))


def _whole(info: MetricInfo) -> str:
    """What a rate is a part of; empty of what is no plain rate."""
    plain = info.unit == "rate" and info.formula_expr == "numerator / denominator" and len(info.inputs) == _BOTH
    return info.inputs[1].metric if plain else ""


def made_on_them(framer: Framer) -> None:
    """`how many did we wholesale, and what did we make on them`: the gross of what was counted, and no profit of the store (`made_of`)."""
    frame, known = framer.frame, framer.lexicon.section("made_of")
    said = " ".join(t.text for t in frame.tokens)
    asked = any(f"{phrase} {word}" in said for phrase in framer.raw["made_on"] for word in framer.raw["pointing_words"])
    count = next((m for m in frame.metrics if base_of(framer.lexicon, m) in known), "")
    if not asked or not count or len(frame.metrics) > _BOTH:
        return
    base, items = base_of(framer.lexicon, count), limits_of(framer.lexicon, count)
    frame.metrics = [base, str(known[base])]
    frame.filters.extend(f for f in items if f.dimension not in {g.dimension for g in frame.filters})
    frame.metric_spans.setdefault(base, frame.metric_spans.get(count, frame.spans[0]))
    frame.metric_spans.setdefault(str(known[base]), frame.metric_spans[base])
