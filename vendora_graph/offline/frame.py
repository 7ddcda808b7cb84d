"""Frame: the cover's spans become slots. What a cue does is looked up in data; which meaning a span takes depends on its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from vendora_graph.contracts import Filter, Grain
from vendora_graph.offline.context import ReadContext
from vendora_graph.offline.lexicon import Lexicon, Sense
from vendora_graph.offline.normalise import Token
from vendora_graph.offline.periods import PeriodGrammar, PeriodSpec
from vendora_graph.offline.spans import Span


@dataclass(slots=True)
class Frame:
    """The slots of a question while they are being filled. `bound` says what each token became part of."""

    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]
    metrics: list[str] = field(default_factory=list)
    from_hint: bool = False
    choices: dict[str, list[str]] = field(default_factory=dict)
    rule: str = ""
    rules: list[str] = field(default_factory=list)
    topics: list[tuple[str, Span]] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    departments: list[str] = field(default_factory=list)
    modifiers: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    unclear_values: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    side_by_side: bool = False
    periods: list[tuple[int, PeriodSpec]] = field(default_factory=list)
    compare_at: list[int] = field(default_factory=list)
    versus: str = ""
    order: str = ""
    limit: int | None = None
    ranked: bool = False
    record: str = ""
    grain: Grain | None = None
    trend: bool = False
    cues: dict[str, list[int]] = field(default_factory=dict)
    bound: dict[int, str] = field(default_factory=dict)
    notes: list[tuple[str, dict[str, str]]] = field(default_factory=list)

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


def cue_names(span: Span) -> set[str]:
    """Return the cues a span may be."""
    return {sense.key for sense in span.senses if sense.kind == "cue"}


def of_kind(span: Span, *kinds: str) -> list[Sense]:
    """Return the senses of a span of the given kinds."""
    return [sense for sense in span.senses if sense.kind in kinds]


class Framer:
    """Fills a frame from a cover, step by step in `STEPS` order."""

    def __init__(
        self, lexicon: Lexicon, grammar: PeriodGrammar, ctx: ReadContext, tokens: tuple[Token, ...], spans: tuple[Span, ...]
    ) -> None:
        self.lexicon = lexicon
        self.grammar = grammar
        self.catalog = lexicon.catalog
        self.raw = lexicon.english.raw
        self.ctx = ctx
        self.frame = Frame(tokens, spans)

    def run(self) -> Frame:
        """Run every step."""
        self._cues()
        self._metrics()
        self._hints()
        self._modifiers()
        self._periods()
        self._typos()
        return self.frame

    # ------------------------------------------------------------------------------------------------- cues, topics

    def _cues(self) -> None:
        for index, span in enumerate(self.frame.spans):
            for name in sorted(cue_names(span)):
                self.frame.cues.setdefault(name, []).append(index)
            for sense in of_kind(span, "topic"):
                self.frame.topics.append((sense.key, span))
            only_cue = all(s.kind == "cue" for s in span.senses)
            if only_cue:
                self.frame.bind(span, "cue " + sorted(cue_names(span))[0])

    def _typos(self) -> None:
        for span in self.frame.spans:
            if span.reason == "typo" and span.read_as and span.start in self.frame.bound:
                raw = " ".join(dict.fromkeys(t.raw for t in self.frame.tokens[span.start : span.end]))
                self.frame.notes.append(("typo", {"raw": raw, "read": self._read_words(span)}))

    def _read_words(self, span: Span) -> str:
        return next((s.phrase for s in span.senses if s.phrase), span.read_as)

    # ----------------------------------------------------------------------------------------------------- metrics

    def _metrics(self) -> None:
        sure, unsure = self._metric_spans()
        for span in sure:
            self._take_metric(span)
        for span in unsure:
            if not self._reads_otherwise(span):
                self._take_metric(span)
        self._take_rules_and_reports()

    def _metric_spans(self) -> tuple[list[Span], list[Span]]:
        sure, unsure = [], []
        for span in self.frame.spans:
            if of_kind(span, "metric"):
                (unsure if of_kind(span, "value", "dimension", "group", "rule") else sure).append(span)
        return sure, unsure

    def _reads_otherwise(self, span: Span) -> bool:
        """Whether a span that may be a metric is better read as a value, a group or a rule here."""
        frame = self.frame
        if of_kind(span, "rule"):
            return True
        if any(s.key not in frame.metrics and self.fits(s.key) for s in of_kind(span, "value")) and (frame.metrics or self._inherits()):
            return True
        dimensions = of_kind(span, "dimension")
        if dimensions and self._is_record(span, dimensions):
            return True
        grouped = bool(dimensions) and self.after_cue(span, {"group"})
        return grouped and bool(frame.metrics or self._inherits())

    def _is_record(self, span: Span, dimensions: Sequence[Sense]) -> bool:
        """`show me the units over 90 days`: a list cue, or a threshold, makes a record noun a list of records."""
        if not any(self.catalog.dimensions[s.key].kind == "record" for s in dimensions if s.key in self.catalog.dimensions):
            return False
        return self.after_cue(span, {"list", "which"})

    def _inherits(self) -> bool:
        return self.ctx.previous is not None and bool(self.ctx.previous.metrics)

    def fits(self, dimension: str) -> bool:
        """Whether every metric so far (or of the last answer) can be cut by a dimension."""
        metrics = self.frame.metrics or (list(self.ctx.previous.metrics) if self.ctx.previous else [])
        return bool(metrics) and all(can_cut(self.lexicon, metric, dimension) for metric in metrics)

    def _take_metric(self, span: Span) -> None:
        names = list(dict.fromkeys(s.key for s in sorted(of_kind(span, "metric"), key=lambda s: -s.weight - self.prior(s.key))))
        best = [n for n in names if self.prior(n) >= self.prior(names[0]) - 1e-9]
        self.frame.bind(span, f"metric {names[0]}")
        if names[0] not in self.frame.metrics:
            self.frame.metrics.append(names[0])
        if len(best) > 1:
            self.frame.choices[names[0]] = best

    def prior(self, metric: str) -> float:
        """Return what role and the last answer add to a metric."""
        info = self.catalog.metrics[metric]
        previous = self.ctx.previous
        score = 0.05 if info.department and info.department == self.ctx.department else 0.0
        if previous is not None and previous.metrics:
            last = self.catalog.metrics.get(previous.metrics[0])
            score += 0.1 if last is not None and last.family and last.family == info.family else 0.0
        return score

    def _take_rules_and_reports(self) -> None:
        for span in self.frame.spans:
            for sense in of_kind(span, "rule"):
                self.frame.rules.append(sense.key)
                self.frame.bind(span, f"rule {sense.key}")
            for sense in of_kind(span, "report"):
                self.frame.reports.append(sense.key)
                self.frame.bind(span, f"report {sense.key}")

    # ------------------------------------------------------------------------------------------- hints, modifiers

    def _hints(self) -> None:
        """Weak words (`cars`, `sold`) name a metric only where nothing else does; elsewhere they go with what was named."""
        votes: dict[str, float] = {}
        spans = [span for span in self.frame.spans if of_kind(span, "hint") and span.start not in self.frame.bound]
        for span in spans:
            for sense in of_kind(span, "hint"):
                votes[sense.key] = votes.get(sense.key, 0.0) + sense.weight
        if votes and not self.frame.metrics and not self.frame.rules and not self.frame.reports:
            best = max(votes, key=lambda name: (votes[name] + self.prior(name), name))
            if not (self._inherits() and votes[best] <= self.lexicon.english.raw["weak_hint"]):
                self.frame.metrics.append(best)
                self.frame.from_hint = True
        for span in spans:
            if not of_kind(span, "dimension", "value") or self.frame.from_hint:
                self.frame.bind(span, "hint")

    def _modifiers(self) -> None:
        """`a copy`, `share`: replace the metric named by its per-unit or share form."""
        modifiers = self.lexicon.section("modifiers")
        for span in self.frame.spans:
            for sense in of_kind(span, "modifier"):
                if span.start in self.frame.bound:
                    continue
                entry = modifiers[sense.key]
                mapping = entry.get("map") or {}
                self.frame.modifiers.append(sense.key)
                if not self.frame.metrics and entry.get("default") in self.catalog.metrics:
                    self.frame.metrics.append(entry["default"])
                    self.frame.bind(span, f"modifier {sense.key}")
                changed = [mapping.get(m, m) for m in self.frame.metrics]
                if changed != self.frame.metrics or any(m in mapping.values() for m in self.frame.metrics) or entry.get("silent"):
                    self.frame.bind(span, f"modifier {sense.key}")
                self.frame.metrics = list(dict.fromkeys(m for m in changed if m in self.catalog.metrics))

    # ----------------------------------------------------------------------------------------------------- periods

    def _periods(self) -> None:
        for span in self.frame.spans:
            if span.period is not None:
                self.frame.periods.append((span.start, span.period))
                self.frame.bind(span, "period")

    # ----------------------------------------------------------------------------------------------------- helpers

    def before(self, span: Span) -> Iterator[Span]:
        """Yield the spans before one, nearest first."""
        index = self.frame.spans.index(span)
        yield from reversed(self.frame.spans[:index])

    def after_cue(self, span: Span, names: set[str], gap: Iterable[str] | None = None) -> bool:
        """Whether one of the cues stands right before a span, with only small words between."""
        allowed = frozenset(gap if gap is not None else self.raw["value_cue_gap"])
        at = span.start
        for earlier in self.before(span):
            between = self.frame.tokens[earlier.end : at]
            if any(t.stem not in allowed for t in between):
                return False
            if cue_names(earlier) & names:
                return True
            if not all(t.stem in allowed for t in self.frame.tokens[earlier.start : earlier.end]):
                return False
            at = earlier.start
        return False


def can_cut(lexicon: Lexicon, metric: str, dimension: str) -> bool:
    """Whether a metric can be grouped and filtered by a dimension."""
    info = lexicon.catalog.metrics.get(metric)
    if info is None:
        return False
    if dimension in info.dimensions or (metric, dimension) in lexicon.catalog.metric_paths:
        return True
    base = (lexicon.section("named_slices").get(metric) or {}).get("base", metric)
    return base != metric and can_cut(lexicon, str(base), dimension)
