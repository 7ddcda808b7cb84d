"""Rules of the business's vocabulary: ambiguous words, who "my" is, the metrics a department or report stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vendora_graph.offline.chosen import spread_slice
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.lists import joined
from vendora_graph.offline.omissions import free_unfit
from vendora_graph.offline.placing import and_later, later_clause, listed_with, too, with_later
from vendora_graph.offline.rank_target import is_target
from vendora_graph.offline.rule_choice import beside_metric, metrics_of_rule
from vendora_graph.offline.spans import Span
from vendora_graph.offline.usual_fit import fit_usual, whole_card
from vendora_graph.offline.variants import filters_of
from vendora_graph.offline.what_if import changes, stands_to_change

_BESIDE = (is_target, and_later, with_later, too, later_clause, stands_to_change)
_FEW = 3
"""Content words of a question that is nothing but a share of the last answer (`as a percent of gross`)."""


def apply_rules(framer: Framer) -> None:
    """Give ambiguous words their meaning from role and context, or leave the question to be asked (`frame.rule`)."""
    for name in tuple(framer.frame.rules):
        entry = framer.lexicon.section("rules").get(name) or {}
        if _percent_of(framer, entry):
            framer.frame.rules.remove(name)
            continue
        if framer.frame.metrics and not entry.get("always"):
            if _moved_by_change(framer, name, entry) or any(test(framer, name, entry) for test in _ALONE):
                continue
            if not entry.get("also_cues"):
                _join(framer, name, entry)
            for cue in entry.get("also_cues") or ():
                framer.frame.cues.setdefault(str(cue), [])
            continue
        if entry.get("follows") and framer.inherits():
            _carry(framer, name, entry)
        else:
            _choose(framer, name, entry)


def _moved_by_change(framer: Framer, name: str, entry: Mapping[str, Any]) -> bool:
    """`what happens to gross if used units go up 10`: what the change would move is a figure beside it, not one of what changes."""
    frame = framer.frame
    changed = [m for m in frame.metrics if m in frame.metric_spans and changes(framer, frame.metric_spans[m])]
    span = frame.rule_spans[name]
    words = {*framer.raw["what_if_words"]} - {*framer.raw["whether"]["asks"]}
    moves = {t.text for t in frame.tokens[span.end : span.end + 1]} & words  # `and gross falls`
    if not changed or moves or changes(framer, span) or entry.get("also_cues"):
        return False
    _join_measures(framer, name, entry)
    return True


def _choose(framer: Framer, name: str, entry: Mapping[str, Any]) -> None:
    """The ambiguous word is the measure: what it stands for here, or a question to be asked."""
    frame = framer.frame
    metrics = _that_fit(framer, entry, metrics_of_rule(framer, entry))
    if frame.metrics:
        return
    frame.rule = name
    if metrics:
        frame.metrics = metrics
        frame.notes.append(_note(framer, name, entry, metrics))
        _parts(framer, entry)


def _carry(framer: Framer, name: str, entry: Mapping[str, Any]) -> None:
    """`up or down?` after an answer: its own measure, against what is said or the rule's usual period."""
    frame = framer.frame
    frame.rules.remove(name)
    for cue in entry.get("also_cues") or ():
        frame.cues.setdefault(str(cue), [])
    if not frame.periods:
        _parts(framer, entry)


def _percent_of(framer: Framer, entry: Mapping[str, Any]) -> bool:
    """`net profit as a percent of gross`: measure and ambiguous word have a name together."""
    frame, previous = framer.frame, framer.ctx.previous
    known = entry.get("percent_of") or {}
    content = sum(token.content for token in frame.tokens)
    follows = previous is not None and (frame.has("follow", "that") or content <= _FEW)
    base = frame.metrics or (list(previous.metrics) if previous is not None and follows else [])
    if not frame.has("share") or len(base) != 1 or base[0] not in known:
        return False
    frame.pointed = frame.pointed or not frame.metrics
    frame.metrics = [str(known[base[0]])]
    return True


def _takes_over(framer: Framer, name: str, entry: Mapping[str, Any]) -> bool:
    """`closing percentage for leads`: the ambiguous word is the measure, the general one says which reading and of what."""
    frame = framer.frame
    general = framer.lexicon.vocabulary.get("generic_metrics") or ()
    departments = entry.get("by_department") or {}
    if len(frame.metrics) != 1 or frame.metrics[0] not in general:
        return False
    chosen = (entry.get("by_role") or {}).get(framer.ctx.role) or departments.get(framer.catalog.metrics[frame.metrics[0]].department)
    if not chosen or listed_with(framer, name):
        return False
    named = framer.lexicon.section("named_slices").get(frame.metrics[0])
    frame.filters.extend(filters_of(named) if named else ())
    frame.metrics, frame.rule = [str(m) for m in chosen], name
    return True


def _asked_anyway(framer: Framer, name: str, entry: Mapping[str, Any]) -> bool:
    """`deals where we gave away ...`: beside a general noun only, a word that must be asked about is asked about."""
    frame, general = framer.frame, framer.lexicon.vocabulary.get("generic_metrics") or ()
    if not entry.get("ask_beside") or not set(frame.metrics) <= set(general):
        return False
    if metrics_of_rule(framer, entry):  # `units by model, best sellers first`
        frame.cues.update({str(cue): frame.cues.get(str(cue), []) for cue in entry.get("cues") or ()})
        return False
    frame.rule, frame.metrics = name, []
    return True


def _of_slice(framer: Framer, name: str, entry: Mapping[str, Any]) -> bool:
    """`gross on split deals`: a count named for a slice says of what; `count and gross` asks for both."""
    frame, named, span = framer.frame, framer.lexicon.section("named_slices"), framer.frame.rule_spans[name]
    counted = frame.metrics[0]
    amount = bool(entry.get("versus")) and framer.catalog.metrics[counted].unit.startswith("usd")  # `is new front gross up`: that itself
    if len(frame.metrics) != 1 or counted not in named or amount or listed_with(framer, name) or too(framer, span):
        return False
    chosen, items = metrics_of_rule(framer, entry), filters_of(named[counted])
    if entry.get("group_by") and chosen == [named[counted]["base"]]:  # `worst closer on used cars`: the slice is what is ranked
        frame.rule = name
        frame.notes.append(("rule", {"rule": name}))
        _parts(framer, entry)
        return True
    if not chosen or named[counted]["base"] in chosen or not all(can_cut(framer.lexicon, m, f.dimension) for m in chosen for f in items):
        return False
    base = [str(named[counted]["base"])] if frame.has("how_many") else []
    frame.metrics, frame.rule = [*base, *chosen], name
    frame.filters.extend(items)
    frame.notes.append(("rule", {"rule": name}))
    _parts(framer, entry)
    return True


def _that_fit(framer: Framer, entry: Mapping[str, Any], chosen: list[str]) -> list[str]:
    """A value said (`from the retail counter`) that the chosen measures cannot take picks another reading of the word."""
    own = entry.get("by_dimension") or {}
    every = [m for group in (*(entry.get("by_department") or {}).values(), *own.values()) for m in group if m in framer.catalog.metrics]
    for span in framer.frame.spans:
        values = [s.key for s in of_kind(span, "value")]
        if span.start in framer.frame.bound or not values or any(can_cut(framer.lexicon, m, d) for m in chosen for d in values):
            continue
        other = next((m for d in values for m in (*own.get(d, ()), *every) if can_cut(framer.lexicon, m, d)), None)
        if other is not None and not of_kind(span, "metric", "group"):
            return [other]
    return chosen


def _join(framer: Framer, name: str, entry: Mapping[str, Any]) -> None:
    """`PVR, service contract pen and GAP pen`: an ambiguous word in a list of measures is one of them."""
    frame, span = framer.frame, framer.frame.rule_spans[name]
    others = [*frame.metric_spans.values(), *(s for s in frame.rule_spans.values() if s is not span)]
    candidates = {_kin(framer, m) for m in entry.get("metrics") or () if m in framer.catalog.metrics}
    if any(joined(framer, span, other) for other in others) or any(test(framer, span) for test in _BESIDE):
        _join_measures(framer, name, entry)
    elif not candidates & {_kin(framer, m) for m in frame.metrics} and not entry.get("also_cues"):
        _free(framer, span)


def _join_measures(framer: Framer, name: str, entry: Mapping[str, Any]) -> None:
    """Take what the word stands for beside the others, at its place in their row."""
    frame, span = framer.frame, framer.frame.rule_spans[name]
    metrics = beside_metric(framer, entry, span)
    if metrics is None:
        metrics = metrics_of_rule(framer, entry)
    elif not metrics:  # `sublet sales and gross`: the gross of that alone is not held
        _free(framer, span)
        return
    other = bool(entry.get("otherwise")) and set(metrics) <= set(frame.metrics)
    if other:  # `PVR and F&I PVR`: one reading is named, so the word means the other
        metrics = [m for m in entry.get("otherwise") or () if m in framer.catalog.metrics]
    first = next((m for m in frame.metrics if m in frame.metric_spans and frame.metric_spans[m].start > span.start), None)
    at = frame.metrics.index(first) if first else len(frame.metrics)
    frame.metrics[at:at] = [m for m in metrics if m not in frame.metrics]
    frame.metric_spans.update({m: span for m in metrics[:1] if is_target(framer, span) or stands_to_change(framer, span)})
    frame.notes.append(_note(framer, name, entry, metrics))
    spread_slice(framer, span)


def _note(framer: Framer, name: str, entry: Mapping[str, Any], metrics: list[str]) -> tuple[str, dict[str, str]]:
    """What is said of an ambiguous word: its usual reading in the rule's words, another one by its name."""
    usual = set(entry.get("metrics") or ())
    other = entry.get("by_metric") or entry.get("otherwise") or entry.get("part_of") or entry.get("by_value")
    part = metrics == list(entry.get("part_of") or ()) or (entry.get("by_value") and set(metrics) != usual)
    if (set(metrics) & usual and not part) or not other:
        return "rule", {"rule": name}
    labels = ", ".join(framer.catalog.metrics[m].label for m in metrics)
    return "read_as", {"word": framer.frame.said(framer.frame.rule_spans[name]), "label": labels}


def _free(framer: Framer, span: Span) -> None:
    for at in range(span.start, span.end):
        framer.frame.bound.pop(at, None)
        framer.frame.freed.add(at)


def _kin(framer: Framer, metric: str) -> tuple[str, str, str]:
    """What makes a word beside a measure say the same again: department, family, and whether it is a plain count or a rate."""
    info = framer.catalog.metrics[metric]
    kind = "count" if info.unit in {"units", "count"} else info.unit * (info.unit == "rate")
    return info.department or "", info.family or "", kind


def _parts(framer: Framer, entry: Mapping[str, Any]) -> None:
    """What else a rule says: a comparison, a grouping, filters, an intent's cue."""
    frame = framer.frame
    if entry.get("versus") and not frame.versus:
        frame.versus = str(entry["versus"])
    for group in entry.get("group_by") or ():
        if group not in frame.groups and all(can_cut(framer.lexicon, m, group) for m in frame.metrics):
            frame.groups.append(group)
    for cue in entry.get("cues") or ():
        frame.cues.setdefault(str(cue), [])


_ALONE = (_asked_anyway, _takes_over, _of_slice)


def apply_departments(framer: Framer) -> None:
    """A department or a report without a metric stands for its own headline metrics."""
    frame = framer.frame
    whole_card(framer)
    for name in frame.reports:
        entry = framer.lexicon.section("reports").get(name) or {}
        frame.metrics = _known(framer, entry.get("metrics")) or frame.metrics
        frame.choices.clear()
        _parts(framer, entry)
    departments = framer.lexicon.section("departments")
    if frame.reports:
        _bind_departments(framer)
    if frame.metrics and not frame.from_hint:
        _unbind_foreign(framer)
        return
    if frame.reports:
        return
    usual = any(g in framer.lexicon.section("dimension_metrics") for g in frame.groups)
    wanted = list(dict.fromkeys(m for name in frame.departments for m in _known(framer, _headline(framer, departments.get(name) or {}))))
    fitting = not usual or any(can_cut(framer.lexicon, m, g) for m in wanted for g in frame.groups)
    if wanted and not (frame.from_hint or frame.rule) and fitting:
        frame.metrics, frame.from_department = wanted, True
        free_unfit(framer)
        _bind_departments(framer)
    elif (
        not frame.metrics
        and not usual
        and _asks_something(framer)
        and frame.has("scorecard", "recommend", "anomaly", "benchmark", "what_if", "pace", "why", "forecast", "reconcile")
        and not frame.has("at_close")
    ):
        _usual(framer)


def _asks_something(framer: Framer) -> bool:
    """Words of weight, or a question of small words that asks for the whole (`how are we doing`, and not how the reader is)."""
    tokens, addressed = framer.frame.tokens, set(framer.raw["addressed"])
    whole = framer.ctx.previous is None and framer.frame.has("pace", "scorecard")
    return any(t.content for t in tokens) or (whole and not any(t.text in addressed for t in tokens))


def _headline(framer: Framer, entry: Mapping[str, Any]) -> Sequence[str]:
    """What a department is told by: `what did service make` asks for what it made, not for its headline figures."""
    made = entry.get("made") and {t.text for t in framer.frame.tokens} & set(framer.raw["made_words"])
    return [str(entry["made"])] if made else entry.get("metrics") or ()


def _usual(framer: Framer) -> None:
    """Nothing is named: the scorecard of the role, as far as it can be limited as asked."""
    frame, own = framer.frame, framer.lexicon.section("roles").get(framer.ctx.role) or {}
    frame.metrics = _known(framer, own.get("scorecard") or framer.lexicon.vocabulary.get("scorecard"))
    frame.from_department = True
    fit_usual(framer)
    frame.groups = [g for g in frame.groups if framer.fits(g)]


def _known(framer: Framer, names: Any) -> list[str]:  # noqa: ANN401 (a list from YAML)
    return [str(m) for m in names or () if m in framer.catalog.metrics]


def _bind_departments(framer: Framer) -> None:
    for span in framer.frame.spans:
        if any(s.kind == "group" for s in span.senses):
            framer.frame.bind(span, "department")


def _unbind_foreign(framer: Framer) -> None:
    framer.frame.departments = [
        d for d in framer.frame.departments if any(framer.catalog.metrics[m].department == d for m in framer.frame.metrics)
    ]
