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


def numbered(framer: Framer) -> None:
    """`list the unwinds with deal number and reason`: a record's number among the columns says what is listed one by one."""
    frame, known = framer.frame, framer.catalog.dimensions
    numbers = framer.raw["asked_columns"]["numbers"]
    if frame.record or not frame.has("list", "strong_list") or frame.grain is not None:
        return
    for span in (s for s in frame.spans if frame.tokens[s.end - 1].stem in numbers and s.end - s.start > 1):
        names = [s.key for s in of_kind(span, "dimension") if known[s.key].kind == "record"]
        fitting = [name for name in names if framer.measures() and framer.fits(name)]
        if fitting and any(t.text in framer.raw["column_words"] for t in frame.tokens[: span.start]):
            columns = columns_named(framer)
            if set(frame.groups) - columns:
                return  # `deals by salesperson with deal number`
            frame.record, frame.groups = fitting[0], [g for g in frame.groups if g not in columns]
            frame.bind(span, "column")
            return


def columns_named(framer: Framer) -> set[str]:
    """Return the columns of words named after `with`, and those joined to them."""
    return {name for _, names in _named(framer) for name in names}


def lost_column(framer: Framer, plan: Plan) -> str:
    """A column asked for that the list does not show."""
    if plan.intent != "list":
        return ""
    taken = {*plan.group_by, *(item.dimension for item in plan.filters)}
    return next((framer.frame.said(span) for span, names in _named(framer) if not taken & set(names)), "")


def _named(framer: Framer) -> Iterator[tuple[Span, list[str]]]:
    """The nouns after `with`, and those in a row behind it, that name a column of words."""
    frame, known = framer.frame, framer.catalog.dimensions
    small = {*framer.raw["articles"], *framer.raw["owners"], *framer.raw["joiners"], *framer.raw["column_joiners"]}
    figures = {str(word) for word in framer.lexicon.section("list_columns")}
    for start in (at + 1 for at, token in enumerate(frame.tokens) if token.text in framer.raw["column_words"]):
        at = start
        while at < len(frame.tokens):
            span = next((s for s in frame.spans if s.start == at and of_kind(s, "dimension", "metric")), None)
            if span is not None:
                names = [s.key for s in of_kind(span, "dimension") if known[s.key].kind in _SHOWN]
                figure = span.end - span.start == 1 and frame.tokens[at].stem in figures  # `age` is a figure of the record, no band of ages
                if names and not figure and not of_kind(span, "metric"):
                    yield span, names
                at = span.end
            elif frame.tokens[at].text in small or frame.tokens[at].stem in figures:
                at += 1
            else:
                break
