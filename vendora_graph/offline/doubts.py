"""Doubts: what was said and would change the figure, and stands in no slot. Such a question is asked back, never answered without it."""

from __future__ import annotations

from vendora_graph.contracts import Plan, Reading
from vendora_graph.offline import unmet
from vendora_graph.offline.doubt_table import DOUBTS
from vendora_graph.offline.frame import Framer
from vendora_graph.offline.judge import used_of
from vendora_graph.offline.ledger import half_held, within_month
from vendora_graph.offline.leftover import known_word, left_over, subject_left
from vendora_graph.offline.omissions import (
    lost_exclusion,
)
from vendora_graph.offline.outcome import Outcome
from vendora_graph.offline.period_math import day_text
from vendora_graph.offline.restate import restate
from vendora_graph.offline.what_if import Doubts
from vendora_graph.offline.whole_only import BY_INTENT

_PLAIN = frozenset({"value", "breakdown", "ranking", "trend", "compare", "list"})


def doubtful(framer: Framer, out: Outcome) -> Reading | None:
    """Judge a plan that leaves out a negation, a number or a word of weight, or gives a rate where a count was asked for."""
    plan = out.plan
    lost = "" if plan.intent in _PLAIN else lost_exclusion(framer, plan)
    if lost:
        said = restate(framer, plan).rstrip(".")
        return _ask(framer, str(framer.raw["texts"]["doubts"]["negation"]).format(words=lost, restated=said), said, plan)
    if plan.intent in BY_INTENT and plan.metrics:
        said = restate(framer, plan.model_copy(update={"group_by": (), "ranking": None})).rstrip(".")
        question = _question(framer, plan, said, BY_INTENT[plan.intent])
        return _ask(framer, question, said, plan) if question else _subject(framer, plan)
    if plan.intent not in _PLAIN or not plan.metrics or framer.frame.reports:
        return _subject(framer, plan)
    said = restate(framer, plan).rstrip(".")
    if within_month(framer, plan):
        return _by_month(framer, plan)
    if half_held(framer, plan.comparison):
        return _half_held(framer, plan)
    question = _question(framer, plan, said)
    return _ask(framer, question, said, plan) if question else _unplaced(framer, said, plan) or _uncounted(framer, plan, said)


def _subject(framer: Framer, plan: Plan) -> Reading | None:
    """`anything unusual with deposits`: a word for the subject that names nothing, where the usual figures of the whole would be shown."""
    usual = (framer.frame.from_department or framer.frame.from_hint) and plan.metrics and not framer.frame.reports
    return _unplaced(framer, restate(framer, plan).rstrip("."), plan) if usual and subject_left(framer) else None


def _uncounted(framer: Framer, plan: Plan, said: str) -> Reading | None:
    words, label = unmet.uncounted(framer, plan), framer.catalog.metrics[plan.metrics[0]].label
    text = str(framer.raw["texts"]["doubts"]["uncounted"]).format(words=words, metric=label, restated=said)
    return _ask(framer, text, said, plan) if words else None


def _question(framer: Framer, plan: Plan, said: str, doubts: Doubts | None = None) -> str:
    """What must be asked back: the first doubt that holds."""
    texts = framer.raw["texts"]["doubts"]
    label = framer.catalog.metrics[plan.metrics[0]].label
    for name, words_of in doubts or DOUBTS:
        words = words_of(framer, plan)
        if words:
            return str(texts[name]).format(words=words, metric=label, restated=said)
    return ""


def _half_held(framer: Framer, plan: Plan) -> Reading:
    """A comparison with a period the data holds a part of: the answer's own period is offered."""
    alone = restate(framer, plan.model_copy(update={"comparison": None, "intent": "value"})).rstrip(".")
    text = str(framer.raw["texts"]["doubts"]["half_held"])
    return _ask(framer, text.format(start=day_text(framer.ctx.data_start), restated=alone), alone)


def _by_month(framer: Framer, plan: Plan) -> Reading:
    """A measure of the ledger by less than a month: the month is offered."""
    texts, label = framer.raw["texts"], framer.catalog.metrics[plan.metrics[0]].label
    reading = _ask(framer, str(texts["doubts"]["ledger"]).format(metric=label), "")
    offered = tuple(str(texts[name]).format(metric=label) for name in ("examples", "examples_month"))
    return reading.model_copy(update={"alternatives": offered})


def _unplaced(framer: Framer, said: str, plan: Plan) -> Reading | None:
    texts, left = framer.raw["texts"]["doubts"], left_over(framer)
    if not left:
        return None
    if {framer.frame.tokens[i].text for i in left} & set(framer.raw["write_words"]):
        return Reading(status="refused", reason=texts["write"], alternatives=(said,), used=used_of(framer), unused=framer.frame.unused())
    words = " ".join(dict.fromkeys(framer.frame.tokens[i].raw for i in left))
    if any(known_word(framer, i) for i in left):
        return _ask(framer, texts["unplaced"].format(words=words, restated=said), said)
    reason = texts["unknown"].format(words=words, restated=said)
    shown = (said,)
    return Reading(
        status="not_held", reason=reason, alternatives=shown, used=used_of(framer), unused=framer.frame.unused(), offer=plan
    )


def _ask(framer: Framer, question: str, said: str, plan: Plan | None = None) -> Reading:
    return Reading(
        status="clarify", clarification=question, reason=question, alternatives=(said,), used=used_of(framer),
        unused=framer.frame.unused(), margin=0.0, offer=plan,
    )  # fmt: skip
