"""Record columns: what a list of records shows beside its figures (`the open ROs with the advisor`, `aged units with make and model`)."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.contracts import Plan
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span

_SHOWN = frozenset({"category", "person", "flag", "store"})


def show_columns(framer: Framer) -> None:
    """Show the columns named after `with` in a list of records, each that its figures can be cut by."""
    frame = framer.frame
    for span, names in _named(framer):
        fitting = [name for name in names if all(can_cut(framer.lexicon, metric, name) for metric in frame.metrics)]
        if fitting and fitting[0] not in frame.groups:
            frame.groups.append(fitting[0])
            frame.bind(span, f"column {fitting[0]}")


def lost_column(framer: Framer, plan: Plan) -> str:
    """A column asked for that the list does not show."""
    if plan.intent != "list":
        return ""
    taken = {*plan.group_by, *(item.dimension for item in plan.filters)}
    return next((framer.frame.said(span) for span, names in _named(framer) if not taken & set(names)), "")


def _named(framer: Framer) -> Iterator[tuple[Span, list[str]]]:
    """The nouns after `with`, and those joined to them, that name a column of words."""
    frame, known, small = framer.frame, framer.catalog.dimensions, {*framer.raw["articles"], *framer.raw["owners"]}
    end = -1
    for span in frame.spans:
        names = [s.key for s in of_kind(span, "dimension") if known[s.key].kind in _SHOWN]
        if not names or of_kind(span, "metric"):
            continue
        at = span.start - 1
        while at >= 0 and frame.tokens[at].text in small:
            at -= 1
        word = frame.tokens[at].text if at >= 0 else ""
        if word in framer.raw["column_words"] or (at == end and word in {*framer.raw["joiners"], *framer.raw["column_joiners"]}):
            end = span.end
            yield span, names
