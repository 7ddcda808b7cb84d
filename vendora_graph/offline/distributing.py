"""A small word said once for a row of things: `with VSC and GAP`, `with both a service contract and gap`."""

from __future__ import annotations

from collections.abc import Sequence

from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lists import joined
from vendora_graph.offline.normalise import Token, compact
from vendora_graph.offline.spans import Span

_ROW = 2


def distributed(framer: Framer) -> list[Span]:
    """Return spans that the words of such a row make with the small word before it, empty where every item has none of its own."""
    row = _row(framer)
    opener = _opener(framer, row)
    if not opener:
        return []
    made = [_with(framer, opener, span) for span in row]
    return [span for span in made if span is not None] if all(made) else []


def own_values(framer: Framer) -> list[Span]:
    """`product gross without gap`: of a measure of the things themselves the exclusion is of them, not of the deals that lack them."""
    spans, columns = framer.frame.spans, framer.lexicon.section("own_columns")
    own = {c for s in spans for m in of_kind(s, "metric") for c in columns.get(m.key, ())}
    out: list[Span] = []
    for span in spans:
        rest = framer.lexicon.senses(compact(framer.frame.tokens[span.start + 1 : span.end]))
        values = [s for s in rest if s.kind == "value" and s.key in own]
        cues = [s for s in framer.lexicon.senses(framer.frame.tokens[span.start].stem) if s.kind == "cue"]
        negated = framer.frame.tokens[span.start].text in framer.raw["negations"]
        if negated and values and cues and span.end - span.start > 1:
            out.extend([Span(span.start, span.start + 1, tuple(cues)), Span(span.start + 1, span.end, tuple(values))])
        else:
            out.append(span)
    return out if len(out) > len(spans) else []


def _row(framer: Framer) -> list[Span]:
    """The first two or more spans in a row that may be values, joined to one another."""
    row: list[Span] = []
    for span in framer.frame.spans:
        if not of_kind(span, "value") or span.period is not None:
            continue
        if row and joined(framer, row[-1], span):
            row.append(span)
        elif len(row) < _ROW:
            row = [span]
    return row if len(row) >= _ROW else []


def _opener(framer: Framer, row: Sequence[Span]) -> tuple[Token, ...]:
    """The small word a row begins with, in its first phrase or right before it; `with` where the row is said to be of one deal."""
    if not row:
        return ()
    tokens, words = framer.frame.tokens, framer.raw["row_openers"]
    skipped, first = {*framer.raw["articles"], *framer.raw["both_words"], *framer.raw["any_words"]}, row[0]
    if tokens[first.start].text in words:
        return tokens[first.start : first.start + 1]
    at = first.start - 1
    while at >= 0 and tokens[at].text in skipped:
        at -= 1
    if at >= 0 and tokens[at].text in words:
        return tokens[at : at + 1]
    said = {t.text for t in tokens}
    together = said & set(framer.raw["both_words"]) or " ".join(framer.raw["same_record"]) in " ".join(t.text for t in tokens)
    return framer.lexicon.normaliser.tokens(words[0]) if together else ()


def _with(framer: Framer, opener: tuple[Token, ...], span: Span) -> Span | None:
    tokens = framer.frame.tokens
    own = tokens[span.start : span.end]
    if own[0].text == opener[0].text:
        own = own[1:]
    rest = compact([t for t in own if t.text not in framer.raw["articles"]])
    usual = (framer.raw["row_openers"][0],) if opener[0].text in framer.raw["having_words"] else ()
    found = [framer.lexicon.senses(first + rest) for first in (opener[0].stem, *usual)]
    senses = next((senses for senses in found if senses and all(s.kind == "value" for s in senses)), [])
    if not senses:
        return None
    return Span(span.start, span.end, tuple(senses), reason="phrase")
