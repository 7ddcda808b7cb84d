"""Frame: the slots of a question while they are filled, and what the filling steps share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vendora_graph.contracts import Filter, Grain
from vendora_graph.offline.context import ReadContext
from vendora_graph.offline.lexicon import Lexicon, Sense
from vendora_graph.offline.normalise import Token, compact
from vendora_graph.offline.periods import PeriodGrammar, PeriodSpec
from vendora_graph.offline.spans import Span, several
from vendora_graph.offline.spread_cues import spread_cues

_CUE_BLOCKERS = frozenset({"metric", "dimension", "value", "rule", "report", "period"})
_DEPARTMENT_PRIOR, _FAMILY_PRIOR = 0.05, 0.1
LIMITS = ("gt", "ge", "lt", "le")
"""Cues of a limit, which are the operators of its condition as well."""

_LONGEST_CUE = 4
_DASH = "-"
"""`non-captive`: a dash parts a word from what it says of it."""


@dataclass(slots=True)
class Frame:
    """The slots of a question. `bound` says what each token became part of."""

    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]
    metrics: list[str] = field(default_factory=list)
    metric_spans: dict[str, Span] = field(default_factory=dict)
    from_hint: bool = False
    from_department: bool = False
    choices: dict[str, list[str]] = field(default_factory=dict)
    rule: str = ""
    rules: list[str] = field(default_factory=list)
    rule_spans: dict[str, Span] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)
    counted: str = ""
    freed: set[int] = field(default_factory=set)
    votes: dict[str, float] = field(default_factory=dict)
    topics: list[tuple[str, Span]] = field(default_factory=list)
    open_topics: list[Span] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    modifiers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    unclear_values: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    side_by_side: bool = False
    clash: str = ""
    hole: str = ""
    scattered: bool = False
    left_out: list[tuple[int, PeriodSpec]] = field(default_factory=list)
    pointed: bool = False
    carried: bool = False
    flat: bool = False
    periods: list[tuple[int, PeriodSpec]] = field(default_factory=list)
    versus: str = ""
    order: str = ""
    limit: int | None = None
    ranked: bool = False
    place: int = 0
    rank_by: str = ""
    target_at: int = 0
    record: str = ""
    grain: Grain | None = None
    trend: bool = False
    other_store: str = ""
    cues: dict[str, list[int]] = field(default_factory=dict)
    bound: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    implied: list[Filter] = field(default_factory=list)

    def bind(self, span: Span, what: str) -> None:
        """Mark the words of a span as used for `what`."""
        for index in range(span.start, span.end):
            self.bound.setdefault(index, what)

    def has(self, *names: str) -> bool:
        """Whether any of the cues was said."""
        return any(name in self.cues for name in names)

    def unused(self) -> tuple[str, ...]:
        """Return the content words nothing was bound to, as typed, once each."""
        words = [t.raw for i, t in enumerate(self.tokens) if t.content and i not in self.bound]
        return tuple(dict.fromkeys(words))

    def said(self, span: Span) -> str:
        """Return the words of a span as typed."""
        return " ".join(dict.fromkeys(t.raw for t in self.tokens[span.start : span.end]))


def cue_names(span: Span) -> set[str]:
    """Return the cues a span may be."""
    return {sense.key for sense in span.senses if sense.kind == "cue"}


def of_kind(span: Span, *kinds: str) -> list[Sense]:
    """Return the senses of a span of the given kinds."""
    return [sense for sense in span.senses if sense.kind in kinds]


class Framer:
    """What every filling step works on: the frame, the lexicon, who asks."""

    def __init__(
        self, lexicon: Lexicon, grammar: PeriodGrammar, ctx: ReadContext, tokens: tuple[Token, ...], spans: tuple[Span, ...]
    ) -> None:
        self.lexicon = lexicon
        self.grammar = grammar
        self.catalog = lexicon.catalog
        self.raw = lexicon.english.raw
        self.ctx = ctx
        self.frame = Frame(tokens, spans)

    def collect(self) -> None:
        """Note cues, topics and periods; words that are cues only are used by that."""
        for cue, words in spread_cues([t.text for t in self.frame.tokens], self.raw):
            self.frame.cues.setdefault(cue, [])
            self.frame.bound.update(dict.fromkeys(words, f"cue {cue}"))
        for index, span in enumerate(self.frame.spans):
            if not of_kind(span, *_CUE_BLOCKERS) and not self.unit_at(span.start):
                for name in sorted(cue_names(span) - self._whether(span)):
                    self.frame.cues.setdefault(name, []).append(index)
            self.frame.topics.extend((sense.key, span) for sense in of_kind(span, "topic"))
            if all(s.kind == "cue" for s in span.senses):
                self.frame.bind(span, "cue " + min(cue_names(span)))
            if span.period is not None and not self._kind_of_unit(span):
                self.frame.periods.append((span.start, span.period))
                self.frame.bind(span, "period")

    def _whether(self, span: Span) -> set[str]:
        """`need to know if we beat September`: after a word for finding out, `if` supposes nothing."""
        words = self.raw["whether"]
        asked = span.start > 0 and self.frame.tokens[span.start].text == words["word"]
        return {words["cue"]} if asked and self.frame.tokens[span.start - 1].text in words["after"] else set()

    def _kind_of_unit(self, span: Span) -> bool:
        """`the best day of the month ... in October`: which kind of day, where another period says when."""
        if span.period is None or span.period.op != "this" or self.frame.tokens[span.start].text != self.raw["of_word"]:
            return False
        before = self.frame.tokens[span.start - 1].stem if span.start else ""
        others = any(other.period is not None and other is not span for other in self.frame.spans)
        if before not in self.raw["calendar"]["units"] or not others:
            return False
        self.frame.bind(span, "period")
        return True

    def collect_late(self) -> None:
        """Note the cues of words that might have been values and were not."""
        for index, span in enumerate(self.frame.spans):
            if (
                of_kind(span, "value", "dimension")
                and not of_kind(span, "metric", "rule", "report", "period")
                and span.start not in self.frame.bound
            ):
                for name in sorted(cue_names(span)):
                    self.frame.cues.setdefault(name, []).append(index)

    def note_typos(self) -> None:
        """Say which words were read as others, for the words that became part of the plan."""
        for span in self.frame.spans:
            if span.reason == "typo" and span.read_as and span.start in self.frame.bound:
                read = next((s.phrase for s in span.senses if s.phrase), span.read_as)
                self.frame.notes.append(("typo", {"raw": self.frame.said(span), "read": read}))

    def inherits(self) -> bool:
        """Whether there is an earlier answer to build on."""
        return self.ctx.previous is not None and bool(self.ctx.previous.metrics)

    def measures(self) -> list[str]:
        """Return the metrics so far, those of the records listed, or those of the last answer."""
        last = self.ctx.previous.metrics if self.inherits() and self.ctx.previous is not None else ()
        of_last = bool(last) and all(m in self.catalog.metrics and can_cut(self.lexicon, m, self.frame.record) for m in last)
        if self.frame.record and not self.frame.metrics and not of_last:
            own = [m for m in self.catalog.dimensions[self.frame.record].record_metrics if m in self.catalog.metrics]
            if own:
                return own
        return self.frame.metrics or (list(self.ctx.previous.metrics) if self.ctx.previous else [])

    def fits(self, dimension: str) -> bool:
        """Whether every metric so far (or of the last answer) can be cut by a dimension."""
        metrics = self.measures()
        return bool(metrics) and all(can_cut(self.lexicon, metric, dimension) for metric in metrics)

    def cut_by(self, dimension: str) -> bool:
        """Whether the question asks for figures by a dimension (`service numbers by shop`)."""
        named = [span for span in self.frame.spans if any(s.key == dimension for s in of_kind(span, "dimension"))]
        return any(self.after_cue(span, {"group"}) for span in named)

    def prior(self, metric: str) -> float:
        """Return what role and the last answer add to a metric."""
        info = self.catalog.metrics[metric]
        previous = self.ctx.previous
        score = _DEPARTMENT_PRIOR if info.department and info.department == self.ctx.department else 0.0
        if previous is not None and previous.metrics:
            last = self.catalog.metrics.get(previous.metrics[0])
            score += _FAMILY_PRIOR if last is not None and last.family and last.family == info.family else 0.0
        return score

    def before(self, span: Span) -> Iterator[Span]:
        """Yield the spans before one, nearest first."""
        index = self.frame.spans.index(span)
        yield from reversed(self.frame.spans[:index])

    def after_cue(self, span: Span, names: set[str], gap: Iterable[str] | None = None) -> bool:
        """Whether one of the cues stands right before a span, with only small words between."""
        return self.cue_before(span, names, gap) is not None

    def cue_before(self, span: Span, names: set[str], gap: Iterable[str] | None = None) -> Span | None:
        """Return the span of the cue that stands right before a span."""
        allowed = frozenset(gap if gap is not None else self.raw["value_cue_gap"])
        at = span.start
        for earlier in self.before(span):
            between = self.frame.tokens[earlier.end : at]
            if any(t.stem not in allowed and t.text != _DASH for t in between):
                return None
            if cue_names(earlier) & names and not of_kind(earlier, *_CUE_BLOCKERS):
                return earlier
            if not all(t.stem in allowed for t in self.frame.tokens[earlier.start : earlier.end]):
                return None
            at = earlier.start
        return None

    def cues_ending(self, at: int) -> set[str]:
        """Return the cues of any phrase that ends right before token `at`, whatever the cover made of its words."""
        names: set[str] = set()
        for size in range(1, _LONGEST_CUE + 1):
            if at - size >= 0:
                words = self.frame.tokens[at - size : at]
                cues = (s for s in self.lexicon.senses(compact(words)) if s.kind == "cue")
                names.update(s.key for s in cues if not several(words[0], s, self.lexicon))
        return names

    def small_word(self, at: int) -> bool:
        """Whether a word as it was said is one of the small ones (`split` is, `splits` are not)."""
        return self.frame.tokens[at].text in self.lexicon.english.stop

    def limits(self, cue: Span) -> bool:
        """Whether a cue is the word of a limit with its number right behind it (`minimum 5 deals`)."""
        after = self.frame.tokens[cue.end : cue.end + 1]
        return bool(cue_names(cue) & set(LIMITS)) and bool(after) and after[0].number is not None

    def unit_at(self, at: int) -> bool:
        """Whether a word is the unit of the number before it: in `15 minutes` it is no `min`."""
        token = self.frame.tokens[at]
        return at > 0 and self.frame.tokens[at - 1].number is not None and token.text in self.raw["threshold_words"]["minutes"]

    def marked(self, at: int) -> bool:
        """Whether a word stands where it changes the figure: right after `by`, `vs`, `only` or `without`, small words between."""
        marks = set(self.raw["marks"])
        while at > 0:
            if self.cues_ending(at) & marks:
                return True
            if self.frame.tokens[at - 1].content or self.frame.tokens[at - 1].kind == "punct":
                return False
            at -= 1
        return False

    def cues_starting(self, at: int) -> set[str]:
        """Return the cues of any phrase that starts at token `at`."""
        names: set[str] = set()
        for size in range(1, _LONGEST_CUE + 1):
            if at + size <= len(self.frame.tokens) and not self.unit_at(at):
                key = compact(self.frame.tokens[at : at + size])
                names.update(s.key for s in self.lexicon.senses(key) if s.kind == "cue")
        return names


def can_cut(lexicon: Lexicon, metric: str, dimension: str) -> bool:
    """Whether a metric (or what stands in for it on that cut) can be grouped and filtered by a dimension."""
    info = lexicon.catalog.metrics.get(metric)
    if info is None:
        return False
    if dimension in info.dimensions or (metric, dimension) in lexicon.catalog.metric_paths or dimension in dict(info.variants):
        return True
    base = (lexicon.section("named_slices").get(metric) or {}).get("base", metric)
    return base != metric and can_cut(lexicon, str(base), dimension)
