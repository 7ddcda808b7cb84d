"""Sources: `where do our used cars come from`: the column a measure's things come from (`own_places` of the vocabulary)."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.offline.frame import Framer


def take_source(framer: Framer) -> None:
    """`where do our used cars come from`: by the place or source the measure's things come from."""
    frame, places = framer.frame, framer.lexicon.section("own_places")
    said = [t.text for t in frame.tokens if t.kind != "punct"]
    where, sources = framer.raw["where_word"], set(framer.raw["from_words"])
    asked = said[:1] == [where] or any({a, b} - sources == {where} for a, b in pairwise(said))  # `... and from where`
    asked = asked or (where in said and said[-1] in sources)  # `... and where did they come from`
    entry = next((places[m] for m in framer.measures()[:1] if m in places), None)
    if not asked or not set(said) & sources or entry is None or entry["by"] in {f.dimension for f in frame.filters}:
        return
    if set(frame.groups) - {entry["by"]}:
        return
    frame.pointed = not frame.metrics and framer.inherits()  # `leads yesterday`, then `from where`
    frame.metrics, frame.from_hint = [str(entry["measure"])], False
    frame.groups = [str(entry["by"])]
