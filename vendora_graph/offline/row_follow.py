"""Rows of the last answer: `which of them lost money` limits what was shown; `that store` is one of them, and which is not known."""

from __future__ import annotations

from vendora_graph.contracts import MOST_ROWS, Filter, Plan
from vendora_graph.offline.frame import LIMITS, Framer, of_kind
from vendora_graph.offline.variants import base_of, filters_of, limits_of

_NEAR = 5


def rows_that_lost(framer: Framer) -> None:
    """Front gross by model, then `which of those lost money`: the rows below zero, and no profit of the store."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not previous.group_by or not previous.metrics:
        return
    info = framer.catalog.metrics.get(previous.metrics[0])
    pointed = {t.text for t in frame.tokens} & {*framer.raw["pointing_words"], *framer.raw["ones_words"]}
    if info is None or not info.unit.startswith("usd") or not pointed:
        return
    words = framer.raw["loss_words"]
    for size in range(1, len(frame.tokens) + 1):
        for at in range(len(frame.tokens) - size + 1):
            if " ".join(t.text for t in frame.tokens[at : at + size]) in words:
                frame.spans = tuple(s for s in frame.spans if s.end <= at or s.start >= at + size)
                frame.bound.update(dict.fromkeys(range(at, at + size), f"threshold {info.name}"))
                frame.filters.append(Filter(dimension=info.name, op="lt", values=("0",)))
                return


def rows_past(framer: Framer) -> None:
    """A list of used units over 60 days, then `only the ones over 90`: another limit on the same column, and no other count."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog.dimensions
    if previous is None or not any(known[g].kind == "record" for g in previous.group_by if g in known):
        return
    if framer.raw["how_many"] == [t.text for t in frame.tokens if t.text in framer.raw["how_many"]][:2]:
        return  # `how many over 90`
    limited, slices = {f.dimension for f in previous.filters if f.op not in {"in", "not_in"}}, framer.lexicon.section("named_slices")
    for span in frame.spans:
        named = [slices[s.key] for s in of_kind(span, "metric") if s.key in slices]
        items = [f for entry in named for f in filters_of(entry) if f.dimension in limited and f.op not in {"in", "not_in"}]
        if len(items) == 1 and frame.tokens[span.end - 1].number is not None:
            frame.filters.append(items[0])
            frame.spans = tuple(s for s in frame.spans if s.end <= span.start or s.start >= span.end)
            frame.bound.update(dict.fromkeys(range(span.start, span.end), f"threshold {items[0].dimension}"))
            return


def without_limit(framer: Framer, previous: Plan) -> Plan:
    """The top five, then `give me everyone with 40 or more`: every row the limit leaves, and no longer the first five."""
    everyone = {t.text for t in framer.frame.tokens} & set(framer.raw["everyone_words"])
    if not everyone or previous.ranking is None or framer.frame.limit is not None:
        return previous
    return previous.model_copy(update={"ranking": previous.ranking.model_copy(update={"limit": None})})


def past_last(framer: Framer) -> None:
    """Used units over 60 days, then `over 75?`: another number for the limit that the last answer had, and nothing else."""
    frame, previous, known = framer.frame, framer.ctx.previous, framer.catalog.dimensions
    words = [i for i, t in enumerate(frame.tokens) if t.kind != "punct"]
    cue = next((s for s in frame.spans if s.start == 0 and any(x.kind == "cue" and x.key in LIMITS for x in s.senses)), None)
    if previous is None or previous.group_by or cue is None or len(words) != cue.end + 1 or frame.tokens[words[-1]].number is None:
        return
    said = [f for f in previous.filters if f.op in LIMITS and f.dimension in known]
    slices = limits_of(framer.lexicon, previous.metrics[0])
    items = said or [f for f in slices if f.op in LIMITS and f.dimension in known]
    if len(items) != 1 or frame.tokens[words[-1]].unit or known[items[0].dimension].unit == "rate":
        return
    op = next(x.key for x in cue.senses if x.kind == "cue" and x.key in LIMITS)
    frame.filters.append(Filter(dimension=items[0].dimension, op=op, values=(str(frame.tokens[words[-1]].number),)))
    if not said:
        frame.metrics = [base_of(framer.lexicon, previous.metrics[0])]
        frame.filters.extend(f for f in slices if f.op not in LIMITS)
        frame.pointed = True
    frame.spans = ()
    frame.bound.update(dict.fromkeys(words, f"threshold {items[0].dimension}"))


def that_row(framer: Framer, plan: Plan) -> str:
    """Stores ranked, then `show that store by advisor`: one of the rows is meant, and no condition of the plan says which."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None:
        return ""
    held = {f.dimension for f in plan.filters if f.op == "in"}
    for span in frame.spans:
        names = {s.key for s in of_kind(span, "dimension")} & set(previous.group_by)
        before = frame.tokens[span.start - 1].text if span.start else ""
        one = frame.tokens[span.end - 1].text == frame.tokens[span.end - 1].stem
        if names and one and before in framer.raw["that_words"] and not names & held:
            return f"{before} {frame.said(span)}"
    return ""


def ungrouped(framer: Framer) -> None:
    """Units by store, then `just the total, not by store`, `don't split it by store`: without those rows."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or not previous.group_by:
        return
    negations, by = set(framer.raw["negations"]), framer.raw["by_word"]
    for span in frame.spans:
        named = {s.key for s in of_kind(span, "dimension")} & set(previous.group_by)
        if not named or not span.start or frame.tokens[span.start - 1].text != by:
            continue
        said = [i for i in range(max(span.start - _NEAR, 0), span.start - 1) if frame.tokens[i].text in negations]
        if said:
            frame.spans = tuple(s for s in frame.spans if s.end <= said[0] or s.start >= span.end)
            frame.bound.update(dict.fromkeys(range(said[0], span.end), "no group"))
            frame.flat = True
            return


def whole_again(framer: Framer) -> None:
    """Gross by store, then `and the whole group together?`: one figure of all of them, where nothing else is said."""
    frame, previous = framer.frame, framer.ctx.previous
    words = [t.text for t in frame.tokens if t.kind != "punct"]
    said = " ".join(words[1:] if words[:1] == framer.raw["joiners"][:1] else words)
    if previous is not None and previous.group_by and said in framer.raw["whole_again"]:
        frame.spans, frame.flat = (), True
        frame.bound.update(dict.fromkeys(range(len(frame.tokens)), "no group"))


def so_many_instead(framer: Framer) -> None:
    """Top 5 models, then `make it 10`: as many rows of the same order."""
    frame, previous = framer.frame, framer.ctx.previous
    if previous is None or previous.ranking is None or previous.ranking.limit is None:
        return
    years = {at for span in frame.spans if span.period is not None for at in range(span.start, span.end)}
    numbers = [at for at, token in enumerate(frame.tokens) if token.number is not None and at not in years]
    rest = [t.text for t in frame.tokens if t.content and t.number is None]
    many = frame.tokens[numbers[0]].number if len(numbers) == 1 and not frame.tokens[numbers[0]].unit else None
    if many and many == int(many) <= MOST_ROWS and set(rest) <= set(framer.raw["more_rows"]):
        frame.limit = int(many)
        frame.bound.update(dict.fromkeys(range(len(frame.tokens)), "ranking limit"))
