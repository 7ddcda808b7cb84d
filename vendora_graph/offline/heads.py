"""Heads: `receivables by type and age`: the last word of a grouping's name alone, where the measure has one grouping that ends so."""

from __future__ import annotations

from vendora_graph.offline.frame import Framer

_KINDS = frozenset({"category", "person", "flag"})
_FEW = 12
"""Values of a column that tells kinds (`by type`)."""


def take_heads(framer: Framer) -> None:
    """Group by the dimension whose name ends in a word that stands after `by` and means nothing else."""
    frame = framer.frame
    for at, token in enumerate(frame.tokens):
        taken = frame.bound.get(at, "cue")
        free = taken.startswith("cue") and "group" not in taken and not taken.startswith("cue grain")  # `by week` is no day of the week
        if (token.content or at in frame.bound) and free and token.number is None and _after_by(framer, at):
            name = _headed(framer, token.stem)
            if name and name not in frame.groups:
                frame.groups.append(name)
                frame.bound[at] = f"group {name}"


def _after_by(framer: Framer, at: int) -> bool:
    """`by type`, or joined to a grouping: `by age and type`."""
    tokens, frame = framer.frame.tokens, framer.frame
    while at > 0 and (tokens[at - 1].stem in framer.raw["joiners"] or frame.bound.get(at - 1, "").startswith("group ")):
        at -= 1
    return at > 0 and tokens[at - 1].text == framer.raw["by_word"]


def _headed(framer: Framer, stem: str) -> str:
    """The one dimension of the measures whose label ends in the word; of several the one that the measure's own name begins."""
    words, known = framer.lexicon.normaliser.tokens, framer.catalog.dimensions
    fitting = [name for name, info in known.items() if info.kind in _KINDS and framer.fits(name)]
    found = [name for name in fitting if [t.stem for t in words(known[name].label)][-1:] == [stem]]
    ours = [name for name in found if own_column(framer, name)]
    if len(found) != 1 and len(ours) != 1:  # `chargebacks by type`: the `chargeback type`
        own = {t.stem for m in framer.measures() for t in words(framer.catalog.metrics[m].label) if t.content}
        few = [name for name in fitting if len(framer.lexicon.value_counts.get(name) or ()) <= _FEW]
        names = {name: [[t.stem for t in words(said)] for said in known[name].synonyms] for name in few}
        ours = [name for name, said in names.items() if any(s[-1:] == [stem] and own & set(s[:-1]) for s in said)]
    return ours[0] if len(ours) == 1 else found[0] if len(found) == 1 else ""


def own_column(framer: Framer, name: str) -> bool:
    """Whether a dimension is named after the measures (`receivable type` of receivables)."""
    words, info = framer.lexicon.normaliser.tokens, framer.catalog.dimensions.get(name)
    own = {t.stem for m in framer.measures() for t in words(framer.catalog.metrics[m].label) if t.content}
    return info is not None and framer.fits(name) and bool(own & {t.stem for t in words(info.label)[:-1]})


def noun_inside(framer: Framer) -> list[str]:
    """`phone leads by salesperson`: the general measure (`generic_metrics`) whose name stands inside a value's words."""
    frame, general = framer.frame, framer.lexicon.vocabulary.get("generic_metrics") or ()
    limited = [s for s in frame.spans if s.end - s.start > 1 and frame.bound.get(s.start, "").startswith("filter ")]
    stems = (token.stem for span in limited for token in frame.tokens[span.start : span.end])
    return [s.key for stem in stems for s in framer.lexicon.senses(stem) if s.kind == "metric" and s.key in general]
