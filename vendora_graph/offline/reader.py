"""The reader: normalise -> spans -> cover -> frame -> resolve -> judge. Pure, deterministic, a few milliseconds a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline.ages import aged_sold, have_here, take_state
from vendora_graph.offline.context import Person, ReadContext
from vendora_graph.offline.cover import best_cover
from vendora_graph.offline.definitions import take_definition
from vendora_graph.offline.departments import take_departments
from vendora_graph.offline.distributing import distributed, own_values
from vendora_graph.offline.doubts import doubtful
from vendora_graph.offline.elided import said_in_full
from vendora_graph.offline.ellipsis import in_full
from vendora_graph.offline.excluded import excluded_spans, only_spans
from vendora_graph.offline.follow import inherit
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.heads import own_column
from vendora_graph.offline.idle import take_idle
from vendora_graph.offline.judge import asking_back, before_reading, impossible, not_begun, plan_reading, topic_reading
from vendora_graph.offline.kinds import take_kind
from vendora_graph.offline.last_counts import (
    both_rates,
    by_how_much,
    counted_part,
    made_on_them,
    rate_of_sides,
    reasons_of,
    rests_on,
    second_outcome,
)
from vendora_graph.offline.left_out import take_left_out
from vendora_graph.offline.lexicon import Lexicon, ValueEntry
from vendora_graph.offline.lists import part_asked, row_ends
from vendora_graph.offline.marks import take_mark
from vendora_graph.offline.measures import fill_measures
from vendora_graph.offline.modifiers import apply_modifiers, apply_shares, bind_context, default_metric, take_hints
from vendora_graph.offline.normalise import Token, compact
from vendora_graph.offline.of_last import of_last
from vendora_graph.offline.overlaps import clear_spans
from vendora_graph.offline.people import (
    count_people,
    department_filter,
    department_people,
    done_measures,
    group_forms,
    own_measures,
    own_words,
    person_measures,
    rank_role,
    role_filter,
    set_for,
    take_siblings,
    value_measures,
)
from vendora_graph.offline.periods import PeriodGrammar
from vendora_graph.offline.plain_verbs import counted_customers, plain_verbs
from vendora_graph.offline.pointing import point_back
from vendora_graph.offline.rank_target import find_target
from vendora_graph.offline.recency import take_recent
from vendora_graph.offline.resolve import resolve_plan
from vendora_graph.offline.row_follow import past_last, rows_past, rows_that_lost, so_many_instead, ungrouped, whole_again
from vendora_graph.offline.rules import apply_departments, apply_rules
from vendora_graph.offline.share_parts import counted_parts
from vendora_graph.offline.slots import fill_slots
from vendora_graph.offline.small_follow import small_spans
from vendora_graph.offline.spans import Span, find_spans
from vendora_graph.offline.surely import only_part
from vendora_graph.offline.taken_back import said_twice, taken_back
from vendora_graph.offline.target_words import own_targets
from vendora_graph.offline.told import Told, is_of, plain_strays, stands, told
from vendora_graph.offline.unread import nothing_read
from vendora_graph.offline.variants import fitting_groups
from vendora_graph.offline.whose import apply_my, take_own

_FIRST = (
    own_targets, count_people, take_departments, own_measures, own_words, group_forms, done_measures,
    set_for, take_siblings, value_measures, person_measures, reasons_of,
)  # fmt: skip
"""What people and departments say of the measures, before anything else is filled."""

_OWN = (only_part, role_filter, department_people, take_own, take_idle, take_recent)
_BESIDE = (counted_parts, rests_on, made_on_them, by_how_much, second_outcome, counted_part, both_rates, rate_of_sides)
"""What stands beside a figure: what it rests on, what became of the things counted, its parts and rates."""

_DEPARTMENT_PRIOR = 0.05
_TOSS_UP = 0.05


class Reader:
    """Reads questions about one semantic model.

    Example:
        >>> reader = Reader(Lexicon.build(catalog, vocabulary, values))  # doctest: +SKIP
        >>> reader.read("used gross a copy by month", ctx).plan  # doctest: +SKIP
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.grammar = PeriodGrammar(lexicon.english, lexicon.normaliser)

    def read(self, question: str, ctx: ReadContext) -> Reading:
        """Return what a question asks for, or why it cannot be answered. Never raises on any text."""
        tokens, ctx = self._of_its_own(self.lexicon.normaliser.tokens(question), ctx)
        early = before_reading(question, tokens, self.lexicon)
        return early if early is not None else self._told(in_full(said_in_full(tokens, ctx.previous, self.lexicon), self.lexicon), ctx)

    def _of_its_own(self, tokens: tuple[Token, ...], ctx: ReadContext) -> tuple[tuple[Token, ...], ReadContext]:
        """`different question, how long ...`: what follows is no step of the conversation."""
        for phrase in self.lexicon.english.raw["new_topic"]:
            size = len(phrase.split())
            if " ".join(t.text for t in tokens[:size]) == phrase and len(tokens) > size:
                rest = tokens[size:]
                return (rest[1:] if rest[0].kind == "punct" else rest), replace(ctx, previous=None)
        return tokens, ctx

    def _told(self, tokens: tuple[Token, ...], ctx: ReadContext) -> Reading:
        """Read a question; a measure that it describes and does not name is read for the description, which is said."""
        named, found = self._read(tokens, ctx), told(tokens, self.lexicon)
        if not found.metric or stands(named, found, self.lexicon):
            return named
        reading, strays = self._without_strays(found, ctx)
        if not is_of(reading, found.metric, self.lexicon) or reading.unused != strays:
            same = named.plan is not None and named.plan.intent != "definition" and is_of(named, found.metric, self.lexicon)
            return named if same else reading
        note = str(self.lexicon.english.raw["texts"]["assume"]["read_as"])
        label = self.lexicon.catalog.metrics[found.metric].label
        return reading.model_copy(update={"assumptions": (note.format(word=found.words, label=label), *reading.assumptions)})

    def _without_strays(self, found: Told, ctx: ReadContext) -> tuple[Reading, tuple[str, ...]]:
        """The reading of a description; plain words beside a full one (`... and had to be undone`) are named as not used."""
        reading = self._read(found.tokens, ctx)
        strays = plain_strays(found, reading, self.lexicon)
        if not strays:
            return reading, ()
        again = self._read(tuple(t for t in found.tokens if t.raw not in strays), ctx)
        kept = again.plan is not None and is_of(again, found.metric, self.lexicon) and not again.unused
        return (again.model_copy(update={"unused": strays}), strays) if kept else (reading, ())

    def _read(self, tokens: tuple[Token, ...], ctx: ReadContext) -> Reading:
        stores = frozenset(store for store, _ in ctx.stores)
        spans = clear_spans(tokens, find_spans(tokens, self.lexicon, self.grammar, stores), self.lexicon)
        cover = best_cover(tokens, spans, self._priors(ctx))
        back = taken_back(tokens, cover.spans, self.lexicon.english)
        if back is not None:
            reading = self._read((*tokens[: back.words.start], *tokens[back.words.stop :]), ctx)
            return reading.model_copy(update={"assumptions": (back.said, *reading.assumptions)})
        twice = said_twice(tokens, cover.spans, self.lexicon.english)
        if twice is not None:
            return self._read((*tokens[: twice.start], *tokens[twice.stop :]), ctx)
        framer = Framer(self.lexicon, self.grammar, ctx, tokens, cover.spans)
        strangers = [*_strangers(framer), *row_ends(framer), *part_asked(framer)]
        if strangers:
            apart = {(span.start, span.end) for span in strangers}
            cover = best_cover(tokens, [span for span in spans if (span.start, span.end) not in apart], self._priors(ctx))
            framer = Framer(self.lexicon, self.grammar, ctx, tokens, cover.spans)
        own = own_values(framer)
        if own:
            return self._judged(Framer(self.lexicon, self.grammar, ctx, tokens, tuple(own)))
        made = {span.start: span for span in distributed(framer)}
        if made:
            framer = Framer(self.lexicon, self.grammar, ctx, tokens, tuple(made.get(span.start, span) for span in cover.spans))
        return self._judged(framer)

    def _judged(self, framer: Framer) -> Reading:
        reading, frame = self._judge(framer), framer.frame
        whole = frame.metric_spans and frame.periods  # a measure and its time: nothing of an open question is missing
        return reading.model_copy(update={"carried": True}) if frame.carried and not whole else reading

    def _judge(self, framer: Framer) -> Reading:
        small_spans(framer)
        excluded_spans(framer)
        only_spans(framer)
        plain_verbs(framer)
        counted_customers(framer)
        rows_that_lost(framer)
        rows_past(framer)
        past_last(framer)
        ungrouped(framer)
        so_many_instead(framer)
        whole_again(framer)
        framer.collect()
        take_left_out(framer)
        find_target(framer)
        fill_measures(framer)
        point_back(framer)
        take_hints(framer)
        apply_modifiers(framer)
        take_definition(framer)
        refused = topic_reading(framer)
        if refused is not None:
            return refused
        previous = self._fill(framer)
        back = asking_back(framer, apply_my(framer)) or nothing_read(framer)
        if back is not None:
            return back
        out = resolve_plan(framer, previous)
        return not_begun(framer, out) or impossible(framer, out) or doubtful(framer, out) or plan_reading(framer, out, _margin(framer))

    @staticmethod
    def _fill(framer: Framer) -> Plan | None:
        for step in _FIRST:
            step(framer)
        apply_rules(framer)
        if framer.frame.rules:
            apply_modifiers(framer)  # `grossed the least per unit`
        for step in _OWN:
            step(framer)
        fill_slots(framer)
        take_mark(framer)
        of_last(framer)
        previous = inherit(framer)
        apply_departments(framer)
        rank_role(framer)
        _guess(framer)
        department_filter(framer)
        apply_shares(framer)
        for step in _BESIDE:
            step(framer)
        take_kind(framer)
        bind_context(framer)
        framer.note_typos()
        return previous

    def _priors(self, ctx: ReadContext) -> Mapping[str, float]:
        return {
            name: _DEPARTMENT_PRIOR
            for name, info in self.lexicon.catalog.metrics.items()
            if info.department and info.department == ctx.department
        }


def _guess(framer: Framer) -> None:
    """Take the usual measure where none was named: of what we have, and of a state it stands in, its own."""
    default_metric(framer)
    fitting_groups(framer)
    have_here(framer)
    take_state(framer)
    aged_sold(framer)


def _strangers(framer: Framer) -> list[Span]:
    """Phrases that are values no measure of the question can take (`in the shop` beside turnover): their words are read one by one."""
    values = [s for s in framer.frame.spans if s.senses and all(sense.kind == "value" for sense in s.senses)]
    long = [s for s in values if s.end - s.start > 1]
    if not long:
        return []
    probe = Framer(framer.lexicon, framer.grammar, framer.ctx, framer.frame.tokens, framer.frame.spans)
    probe.collect()
    fill_measures(probe)
    foreign = [s for s in long if probe.frame.metrics and not any(probe.fits(sense.key) for sense in s.senses)]
    return [s for s in foreign if _names_department(framer, s) or _holds_value(probe, s)]


def _names_department(framer: Framer, span: Span) -> bool:
    words = (compact(framer.frame.tokens[i : i + 1]) for i in range(span.start, span.end))
    return any(sense.kind == "group" for word in words for sense in framer.lexicon.senses(word))


def _holds_value(framer: Framer, span: Span) -> bool:
    """`from the factory` beside receivables: a word of the phrase is a value of a column of the measures' own."""
    words = [compact(framer.frame.tokens[i : i + 1]) for i in range(span.start, span.end) if framer.frame.tokens[i].content]
    return any(sense.kind == "value" and own_column(framer, sense.key) for word in words for sense in framer.lexicon.senses(word))


def _margin(framer: Framer) -> float:
    """How sure the reading is: the weakest span it rests on; a measure that might as well be another one counts as a toss-up."""
    if any(metric in framer.frame.metrics for metric in framer.frame.choices):
        return _TOSS_UP
    used = [span.quality for span in framer.frame.spans if span.start in framer.frame.bound]
    return min(used, default=1.0)


__all__ = ["Lexicon", "Person", "ReadContext", "Reader", "ValueEntry"]
