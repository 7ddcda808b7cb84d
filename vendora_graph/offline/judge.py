"""Judge: is this a plan, a question back, a refusal, something not held, or nothing we can read? One kind sentence each."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from vendora_graph.contracts import Reading
from vendora_graph.offline.frame import Framer, of_kind
from vendora_graph.offline.lexicon import Lexicon
from vendora_graph.offline.normalise import Token, letters_share
from vendora_graph.offline.outcome import Outcome
from vendora_graph.offline.period_math import day_text
from vendora_graph.offline.restate import in_words, note_text, restate
from vendora_graph.offline.spans import Span

_SQL = re.compile(
    r"^\s*(?:select\b.{0,400}\bfrom\b|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|drop\s+table\b|with\s+\S+\s+as\s*\()",
    re.IGNORECASE | re.DOTALL,
)
_LATIN = 0.6
_AREAS = 5
_TO_WHAT = 3
_ALTERNATIVES = 3
_REFUSALS: frozenset[str] = frozenset({"refused", "not_held", "not_allowed", "clarify"})


def before_reading(question: str, tokens: tuple[Token, ...], lexicon: Lexicon) -> Reading | None:
    """Judge what needs no reading: empty, too long, another script, SQL."""
    reasons = lexicon.english.raw["texts"]["reasons"]
    limit = lexicon.english
    if not any(token.kind != "punct" for token in tokens):
        foreign = letters_share(question) < _LATIN
        return Reading(
            status="unread", reason=about(lexicon, reasons["other_language" if foreign else "empty"]), alternatives=examples(lexicon)
        )
    if len(question) > limit.max_chars or len(tokens) >= limit.max_tokens:
        return Reading(status="unread", reason=reasons["too_long"], alternatives=examples(lexicon))
    if letters_share(question) < _LATIN:
        return Reading(status="unread", reason=about(lexicon, reasons["other_language"]), alternatives=examples(lexicon))
    if _SQL.search(question[:1000]):
        return Reading(status="refused", reason=reasons["sql"], alternatives=examples(lexicon))
    return None


def _orders(framer: Framer) -> list[tuple[str, Span]]:
    """`change the November goal to 1600`: a verb that changes opens the sentence, and what to change to ends it."""
    frame, raw = framer.frame, framer.raw["orders"]
    words = [t for t in frame.tokens if t.kind != "punct"]
    at = next((i for i, t in enumerate(words) if t.text not in raw["polite"]), len(words))
    ends = len(words) > at + _TO_WHAT and words[-1].number is not None and words[-2].text in raw["links"]
    shown = framer.inherits() and any(t.text in raw["shown"] for t in words)  # `change it to 10`: the last answer
    told = raw["topic"] in framer.lexicon.section("topics")  # another business may refuse nothing of the kind
    if not told or not ends or words[at].text not in raw["verbs"] or frame.has("what_if") or shown:
        return []
    return [(raw["topic"], Span(0, 1, ()))]


def topic_reading(framer: Framer) -> Reading | None:
    """Judge by a topic the vocabulary knows: a write request, pay of a person, a thing the data does not hold."""
    for name, span in (*_orders(framer), *framer.frame.topics):
        entry: Mapping[str, Any] = framer.lexicon.section("topics").get(name) or {}
        if _open_to(framer, entry):
            _take_measure(framer, entry.get("measure") or {}, span)
            framer.frame.open_topics.append(span)
            continue
        needs = entry.get("needs_cue")
        if needs and not framer.frame.has(*needs):
            continue
        if entry.get("needs_person") and not _names_person(framer):
            continue
        if entry.get("unless_metric") and (framer.frame.rules or (framer.frame.metrics and not framer.frame.from_hint)):
            continue
        if entry.get("unless_done") and _asks_what_was_done(framer, span):
            continue
        if _value_instead(framer, span, entry.get("unless_families") or ()):
            continue
        framer.frame.bind(span, f"topic {name}")
        status = entry.get("status", "refused")
        shown = tuple(str(a) for a in entry.get("alternatives") or ()) or examples(framer.lexicon, entry.get("metrics"))
        return Reading(
            status=status if status in _REFUSALS else "refused", reason=str(entry["reason"]), alternatives=shown,
            clarification=str(entry["reason"]) if status == "clarify" else None, used=used_of(framer), unused=(),
        )  # fmt: skip
    return None


def _asks_what_was_done(framer: Framer, span: Span) -> bool:
    """`what did we write off`: a verb after `did we` in a question tells of the past, and asks for nothing to be done."""
    frame, done = framer.frame, framer.raw["done_question"]
    opened = any(t.text in done["opens"] for t in frame.tokens[: span.start])
    before = [t.text for t in frame.tokens[max(span.start - 2, 0) : span.start]]
    return opened and len(before) > 1 and before[0] in done["verbs"] and before[1] in done["subjects"]


def _value_instead(framer: Framer, span: Span, families: Collection[str]) -> bool:
    """`leads from the website`: beside a measure of such a family the word is a value of the data, not a topic."""
    known = {framer.catalog.metrics[m].family for m in framer.frame.metrics}
    return bool(known) and known <= set(families) and any(framer.fits(s.key) for s in of_kind(span, "value"))


def _take_measure(framer: Framer, measure: Mapping[str, Any], span: Span) -> None:
    """`what was Michael Torres paid`: where the topic is open, a named person and its words ask for its measure."""
    frame = framer.frame
    if frame.said(span).lower() in (measure.get("words") or ()) and not frame.metrics and _names_person(framer):
        frame.metrics = [str(measure["metric"])]
        frame.metric_spans[frame.metrics[0]] = span
        frame.bind(span, f"metric {frame.metrics[0]}")


def _open_to(framer: Framer, entry: Mapping[str, Any]) -> bool:
    """Say whether the access matrix decides for this role; of a named person it does for the roles that may see every name."""
    role = framer.ctx.role
    if role in (entry.get("allowed_roles") or ()):
        return True
    return role in (entry.get("unnamed_roles") or ()) and not _names_person(framer)


def _names_person(framer: Framer) -> bool:
    dimensions = framer.catalog.dimensions
    return any(
        s.kind == "value" and dimensions[s.key].kind == "person" for span in framer.frame.spans for s in span.senses if s.key in dimensions
    )


def asking_back(framer: Framer, question: str = "") -> Reading | None:
    """Judge what must be asked back: an ambiguous word, name or measure."""
    frame, ask = framer.frame, framer.raw["texts"]["ask"]
    if question:
        return clarify(framer, question, ())
    if frame.rule and not frame.metrics:
        entry = framer.lexicon.section("rules").get(frame.rule) or {}
        if entry.get("ask"):
            span = frame.rule_spans.get(frame.rule)
            about = frame.said(span) if span is not None else ""
            return clarify(framer, str(entry["ask"]), tuple(str(o) for o in entry.get("options") or ()), about)
    for dimension, said, options in frame.unclear_values:
        label = framer.catalog.dimensions[dimension].label.lower()
        return clarify(framer, ask["value"].format(label=label, phrase=said), options, said)
    for chosen, names in frame.choices.items():
        if chosen in frame.metrics:
            said = frame.said(frame.metric_spans[chosen])
            labels = tuple(framer.catalog.metrics[n].label for n in names)
            rule = framer.catalog.metrics[chosen].clarify
            question = framer.catalog.clarifying.get(rule or "") or ask["metric"].format(phrase=said)
            return clarify(framer, question, labels, said)
    return None


def clarify(framer: Framer, question: str, options: tuple[str, ...], about: str = "") -> Reading:
    """Return a question back, with what may be meant, and the words it is about."""
    return Reading(
        status="clarify",
        clarification=question,
        reason=question,
        options=options,
        used=used_of(framer),
        unused=framer.frame.unused(),
        margin=0.0,
        about=about,
    )


def impossible(framer: Framer, out: Outcome) -> Reading | None:
    """Judge a plan that cannot be run: a date that does not exist, a metric that cannot be cut this way."""
    reasons = framer.raw["texts"]["reasons"]
    if out.bad_period:
        return clarify(framer, reasons["unknown_period"], ())
    if _changed_nothing(framer, out):
        label = framer.catalog.metrics[out.plan.metrics[0]].label
        reason = reasons["nothing_new"].format(words=" ".join(framer.frame.unused()), metric=label)
        return Reading(status="not_held", reason=reason, alternatives=_splits(framer), used=used_of(framer), unused=framer.frame.unused())
    if framer.frame.other_store:
        reason = reasons["other_store"].format(store=framer.frame.other_store)
        return Reading(status="not_allowed", reason=reason, alternatives=examples(framer.lexicon), used=used_of(framer))
    without = _without_knowledge(framer, out)
    if without is not None:
        return without
    for name, values in framer.frame.notes:
        if name == "cannot_split":
            dimension = framer.catalog.dimensions[values["dimension"]].label.lower()
            label = framer.catalog.metrics[framer.frame.metrics[0]].label
            options = _splits(framer)
            reason = reasons["cannot_split"].format(metric=label, dimension=dimension)
            return Reading(status="not_held", reason=reason, alternatives=options, used=used_of(framer), unused=framer.frame.unused())
    return None


def _without_knowledge(framer: Framer, out: Outcome) -> Reading | None:
    """What a model without words of its own has nothing to judge by: benchmarks, advice, scenarios, a second basis."""
    missing = framer.raw["texts"]["reasons"]["no_knowledge"].get(out.plan.intent)
    if framer.lexicon.vocabulary or missing is None or not out.plan.metrics:
        return None
    plain = out.plan.model_copy(update={"intent": "value"})
    label = framer.catalog.metrics[out.plan.metrics[0]].label
    shown = (restate(framer, plain),)
    return Reading(status="not_held", reason=missing.format(metric=label), alternatives=shown, used=used_of(framer), unused=())


def not_begun(framer: Framer, out: Outcome) -> Reading | None:
    """Judge `used units against target this month` on the first of it: no day of the unit is over, and nothing of it is scheduled."""
    period, scheduled = out.plan.period, framer.lexicon.vocabulary.get("ahead_metrics") or ()
    if period is None or period.grain in {None, "day"} or out.plan.intent in {"forecast", "definition"}:
        return None
    if not framer.ctx.data_through < period.start <= framer.ctx.as_of or any(m in scheduled for m in out.plan.metrics):
        return None
    reason = framer.raw["texts"]["reasons"]["not_begun"].format(period=period.label, through=day_text(framer.ctx.data_through))
    return Reading(status="not_held", reason=reason, alternatives=examples(framer.lexicon, out.plan.metrics[:3]), used=used_of(framer))


def _changed_nothing(framer: Framer, out: Outcome) -> bool:
    """A follow-up whose words all went unused would only repeat the last answer."""
    previous = framer.ctx.previous
    if previous is None or not framer.frame.unused() or not out.plan.metrics:
        return False
    same = ("metrics", "group_by", "grain", "filters", "period", "comparison", "ranking", "intent")
    return all(getattr(previous, name) == getattr(out.plan, name) for name in same)


def _splits(framer: Framer) -> tuple[str, ...]:
    info = framer.catalog.metrics[framer.frame.metrics[0]]
    names = [framer.catalog.dimensions[d] for d in info.dimensions if d in framer.catalog.dimensions]
    pattern = framer.raw["texts"]["examples_by"]
    shown = [d for d in names if d.kind in {"category", "person", "store"}][:_ALTERNATIVES]
    return tuple(pattern.format(metric=info.label, dimension=d.label.lower()) for d in shown)


def plan_reading(framer: Framer, out: Outcome, margin: float) -> Reading:
    """Return the reading of a plan, with everything assumed."""
    spoken = [(name, values) for name, values in framer.frame.notes if name != "rule" or not framer.frame.reports]
    notes = [note_text(framer, name, values) for name, values in spoken]
    said = tuple(dict.fromkeys(s for s in [*notes, *_metric_notes(framer, out), *out.assumptions] if s))
    other = (f"{framer.catalog.metrics[out.plan.metrics[0]].label}, {out.other_period.label}",) if out.other_period else ()
    return Reading(
        status="plan", plan=out.plan, complexity=out.complexity, restated=restate(framer, out.plan), assumptions=said,
        unused=framer.frame.unused(), used=used_of(framer), alternatives=other, margin=round(max(0.0, min(1.0, margin)), 4),
    )  # fmt: skip


def _metric_notes(framer: Framer, out: Outcome) -> list[str]:
    """What a metric's own clarifying rule says about how it is read."""
    rules, said = framer.lexicon.section("rules"), []
    if framer.frame.from_hint:
        said.append(str(framer.raw["texts"]["assume"]["hint"]).format(label=framer.catalog.metrics[framer.frame.metrics[0]].label))
    for name in out.plan.metrics if out.plan.intent not in {"scorecard", "report"} else ():
        rule = framer.catalog.metrics[name].clarify
        entry = rules.get(rule or "") or {}
        text = entry.get("assume") if entry.get("always") else None
        if text:
            said.append(str(text))
        said += _short_name(framer, name)
    return said


def _short_name(framer: Framer, metric: str) -> list[str]:
    """Say what a short name that could mean two measures was read as ("used gross")."""
    span, entry = framer.frame.metric_spans.get(metric), (framer.lexicon.vocabulary.get("short_names") or {}).get(metric)
    if span is None or entry is None:
        return []
    words = " ".join(token.text for token in framer.frame.tokens[span.start : span.end])
    return [str(entry["assume"])] if words in entry["words"] else []


def used_of(framer: Framer) -> tuple[tuple[str, str], ...]:
    """Return (word as typed, what it became part of), in order."""
    frame = framer.frame
    return tuple((t.raw, frame.bound[i]) for i, t in enumerate(frame.tokens) if i in frame.bound and t.kind != "punct")


def about(lexicon: Lexicon, sentence: str) -> str:
    """Return a sentence that names what can be asked about."""
    return sentence.format(areas=in_words([m.label for m in headline(lexicon)]))


def headline(lexicon: Lexicon) -> list[Any]:
    """Return the measures to name first."""
    names = [n for n in lexicon.vocabulary.get("scorecard") or () if n in lexicon.catalog.metrics]
    names += [n for n, info in lexicon.catalog.metrics.items() if not info.hidden and n not in names]
    return [lexicon.catalog.metrics[n] for n in names[:_AREAS]]


def examples(lexicon: Lexicon, names: Any = None) -> tuple[str, ...]:  # noqa: ANN401 (a list from YAML)
    """Return questions that can be answered, of the given metrics or the headline ones."""
    pattern = lexicon.english.raw["texts"]["examples"]
    chosen = [lexicon.catalog.metrics[n] for n in names or () if n in lexicon.catalog.metrics] or headline(lexicon)
    return tuple(pattern.format(metric=info.label) for info in chosen[:_ALTERNATIVES])
