"""Counted nouns of a limit: `CSI by advisor with at least 10 surveys`, `ELR of advisors with 50 or more ROs`."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.normalise import compact

_COUNTS = frozenset({"units", "count", "hours"})
_NAMES = frozenset({"metric", "rule", "dimension"})


def counted_noun(framer: Framer, at: int) -> str | None:
    """Return the measure that the noun at `at` counts, taken beside those asked for; None where the noun names none."""
    frame = framer.frame
    names = [name for name in _named(framer, at) if _beside(framer, name)]
    if not names or not frame.metrics or not (frame.groups or frame.has("who", "which")):
        return None
    if names[0] not in frame.metrics:
        own = {m for m, s in frame.metric_spans.items() if s.start <= at < s.end}  # `at least ten deals`: the noun is no figure beside
        frame.metrics = [*(m for m in frame.metrics if m not in own or m == frame.metrics[0]), names[0]]
        frame.dropped = [m for m in frame.dropped if m != names[0]]
    frame.bound[at] = f"threshold {names[0]}"
    return names[0]


def foreign_noun(framer: Framer, at: int) -> bool:
    """Whether the noun after a number names something else than the measures (`over 10 surveys` of a score)."""
    tokens = framer.frame.tokens
    if at >= len(tokens) or not tokens[at].content:
        return False
    kinds = {s.kind for s in framer.lexicon.senses(compact(tokens[at : at + 1]))}
    return bool(kinds & _NAMES) and "period" not in kinds and tokens[at].stem not in _own_words(framer, framer.measures())


def spent(framer: Framer, words: range) -> None:
    """A word of a limit (`min 5 surveys`) puts nothing in order."""
    frame = framer.frame
    for name in framer.raw["rank_cues"]:
        left = [i for i in frame.cues.get(name, ()) if frame.spans[i].start not in words]
        if name in frame.cues and not left:
            del frame.cues[name]


def measure_at(framer: Framer, end: int) -> bool:
    """`any tech with zero training hours`: the measure right after a zero, where groups are shown."""
    named = any(s.start == end for m, s in framer.frame.metric_spans.items() if m in framer.frame.metrics)
    columns = framer.lexicon.section("measure_columns")
    column = any(s.start == end and m in columns for m, s in framer.frame.metric_spans.items())  # `deals with zero back end gross`
    return named and bool(framer.frame.groups or framer.frame.has("who") or (column and framer.frame.dropped))


def _named(framer: Framer, at: int) -> list[str]:
    """The measures a noun may count: by its own name, or as what a measure's figures are counted by."""
    tokens, catalog = framer.frame.tokens, framer.catalog
    if at >= len(tokens) or not tokens[at].content:
        return []
    span = next((s for s in framer.frame.spans if s.start <= at < s.end), None)
    named = [s.key for s in of_kind(span, "metric")] if span is not None else []
    counts = [str(catalog.metrics[m].count_metric) for m in framer.measures() if catalog.metrics[m].count_metric]
    return [*named, *(m for m in counts if m in catalog.metrics and tokens[at].stem in _own_words(framer, [m]))]


def _beside(framer: Framer, name: str) -> bool:
    info = framer.catalog.metrics.get(name)
    cuts = [*framer.frame.groups, *(f.dimension for f in framer.frame.filters if f.dimension in framer.catalog.dimensions)]
    fits = all(can_cut(framer.lexicon, name, cut) for cut in cuts)
    return info is not None and not info.hidden and info.unit in _COUNTS and name not in framer.measures() and fits


def _own_words(framer: Framer, metrics: list[str]) -> set[str]:
    infos = [framer.catalog.metrics[m] for m in metrics if m in framer.catalog.metrics]
    text = " ".join(" ".join((i.label, i.description, *i.synonyms)) for i in infos)
    return {t.stem for t in framer.lexicon.normaliser.tokens(text)}
