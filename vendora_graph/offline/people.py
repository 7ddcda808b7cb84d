"""People and departments as conditions: `turnover in the shop`, `how many techs do we have`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vendora_graph.contracts import Filter
from vendora_graph.offline.frame import Framer, can_cut, of_kind
from vendora_graph.offline.spans import Span
from vendora_graph.offline.variants import filters_of

EACH = "each department"
"""What a department in a row (`sales and service`) is bound as: its form of the measure is taken already."""


def department_filter(framer: Framer, names: Sequence[str] = ()) -> None:
    """A department beside measures that are kept by department is a condition on them (`service expenses`)."""
    entries = framer.lexicon.vocabulary.get("department_values") or ()
    named = names or framer.frame.departments
    any(_department_filter(framer, entry, named) for entry in entries)  # the first column that takes it; the next says the same again


def _department_filter(framer: Framer, entry: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Limit the measures by one column; tell whether it took a department."""
    frame = framer.frame
    dimension, values = str(entry.get("dimension") or ""), entry.get("of") or {}
    whole = set(frame.metrics) & set(entry.get("except") or ())
    if whole or dimension not in framer.catalog.dimensions or not frame.metrics or not framer.fits(dimension):
        return False
    if any(f.dimension == dimension for f in frame.filters) or framer.cut_by(dimension):
        return False
    wanted = [str(v) for name in names for v in values.get(name, ())]
    if wanted:
        frame.groups.extend([dimension] if len(names) > 1 and dimension not in frame.groups else ())
        frame.filters.append(Filter(dimension=dimension, values=tuple(dict.fromkeys(wanted))))
        for span in frame.spans:
            if any(s.key in values for s in of_kind(span, "group")):
                frame.bind(span, f"filter {dimension}")
    return bool(wanted)


def of_department(framer: Framer, span: Span, dimension: str) -> bool:
    """`people hired in sales`: the department, not the role of the same name, where people are kept by both."""
    entries = framer.lexicon.vocabulary.get("department_values") or ()
    names = {s.key for s in of_kind(span, "group")}
    fitting = [str(e["dimension"]) for e in entries if framer.fits(str(e["dimension"])) and names & set(e["of"])]
    return dimension in fitting[1:]


def own_measures(framer: Framer) -> None:
    """A measure that a department has a form of its own of: named beside it, or the asker's own (`days supply` of a parts manager)."""
    frame, departments = framer.frame, framer.lexicon.section("departments")
    _own_beside(framer)
    for name in _meant(framer, frame.spans):
        entry = departments.get(name) or {}
        own = entry.get("own") or {}
        for metric in [m for m in frame.metrics if own.get(m) in framer.catalog.metrics]:
            frame.metrics = [str(own[m]) if m == metric else m for m in frame.metrics]
            frame.filters.extend(filters_of(entry["own_filters"][metric]) if metric in (entry.get("own_filters") or {}) else ())
            if metric in frame.metric_spans:
                frame.metric_spans[str(own[metric])] = frame.metric_spans[metric]
            for span in frame.spans:
                if any(s.key == name for s in of_kind(span, "group")):
                    frame.bind(span, f"department {name}")


def _own_beside(framer: Framer) -> None:
    """`obsolescence % of the parts inventory and the inventory value`: a general amount beside a department's own (`own_beside`)."""
    frame, known = framer.frame, framer.catalog.metrics
    forms = framer.lexicon.section("own_beside")
    before = {known[m].department for m in frame.metrics[:-1]}
    for metric in [m for m in frame.metrics[1:] if m in forms]:
        own = str(forms[metric].get("to"))
        if own in known and before == {forms[metric].get("department")}:
            frame.metrics = [own if m == metric else m for m in frame.metrics]
            frame.metric_spans.setdefault(own, frame.metric_spans.get(metric, frame.spans[0]))


def _meant(framer: Framer, spans: Sequence[Span]) -> list[str]:
    """The departments named and not measured yet; the asker's own where none is named."""
    named = [(s.key, span) for span in spans for s in of_kind(span, "group")]
    own = [framer.ctx.department] if framer.ctx.department else []
    return [name for name, span in named if framer.frame.bound.get(span.start) != EACH] if named else own


def own_words(framer: Framer) -> None:
    """`sales this month` of a parts manager, `parts: sales`, `parts we sold`: a general word is the department's own measure."""
    frame, departments = framer.frame, framer.lexicon.section("departments")
    apart = [span for span in frame.spans if of_kind(span, "group") and not of_kind(span, "hint")]
    own: dict[str, str] = {}
    for name in _meant(framer, apart):
        own.update((departments.get(name) or {}).get("own_words") or {})
        if _sold(framer):
            own.update((departments.get(name) or {}).get("own_sold") or {})
    for metric in [m for m in frame.metrics if m in frame.metric_spans]:
        other = str(own.get(frame.said(frame.metric_spans[metric])))
        if other in framer.catalog.metrics:
            frame.metrics = [other if m == metric else m for m in frame.metrics]
            frame.metric_spans[other] = frame.metric_spans[metric]


def _sold(framer: Framer) -> bool:
    """Whether things were sold: `what hasn't sold in a year` says the opposite."""
    tokens, sold = framer.frame.tokens, set(framer.raw["sold_words"])
    return any(t.text in sold and not (i and tokens[i - 1].text in framer.raw["negations"]) for i, t in enumerate(tokens))


def person_measures(framer: Framer) -> None:
    """`what did Hector sell yesterday`: a weak word's measure that is none of the person named gives way to the usual one of theirs."""
    frame, usual, known = framer.frame, framer.lexicon.section("dimension_metrics"), framer.catalog.dimensions
    if not frame.from_hint or len(frame.metrics) != 1:
        return
    for span in frame.spans:
        people = [s.key for s in of_kind(span, "value")]
        if not people or any(known[name].kind != "person" for name in people) or any(framer.fits(name) for name in people):
            continue
        others = (str(usual[name]) for name in people if usual.get(name) in framer.catalog.metrics)
        other = next((m for m in others if any(can_cut(framer.lexicon, m, name) for name in people)), "")
        if other:
            frame.metrics = [other]
            frame.notes.append(("hint", {"label": framer.catalog.metrics[other].label}))
            return


def group_forms(framer: Framer) -> None:
    """`F&I managers above 1,800 a copy`: a general phrase is the measure of the people it is asked of (`group_forms`)."""
    frame, key = framer.frame, framer.lexicon.normaliser.key
    for entry in framer.lexicon.vocabulary.get("group_forms") or ():
        named = any(s.key == entry["dimension"] for span in frame.spans for s in of_kind(span, "dimension"))
        for metric in [m for m in frame.metrics if named and m in frame.metric_spans]:
            other, said = str((entry["metrics"]).get(metric)), key(frame.said(frame.metric_spans[metric]))
            if other in framer.catalog.metrics and said in {key(str(words)) for words in entry["words"]}:
                frame.metrics = [other if m == metric else m for m in frame.metrics]
                frame.metric_spans[other] = frame.metric_spans[metric]


def set_for(framer: Framer) -> None:
    """`appts I set for Saturday`: by the day they are for, where a day to come may be meant (`set_for`)."""
    frame, word, ahead = framer.frame, framer.raw["for_word"], framer.raw["ahead_ops"]
    swaps = framer.lexicon.section("set_for")
    days = [at for at, spec in frame.periods if spec.op in ahead and at and frame.tokens[at - 1].text == word]
    for metric in [m for m in frame.metrics if days and swaps.get(m) in framer.catalog.metrics]:
        frame.metrics = [str(swaps[metric]) if m == metric else m for m in frame.metrics]
        frame.metric_spans[str(swaps[metric])] = frame.metric_spans.get(metric, frame.spans[0])


def done_measures(framer: Framer) -> None:
    """`how many ROs did we open`: what was done, not what stands so now (`done_forms`)."""
    frame = framer.frame
    for metric, entry in framer.lexicon.section("done_forms").items():
        span = frame.metric_spans.get(metric)
        if span is None or metric not in frame.metrics or frame.tokens[span.end - 1].text != entry["word"]:
            continue
        if entry["said"] in {t.text for t in frame.tokens[span.start : span.end]}:
            frame.metrics = [str(entry["to"]) if m == metric else m for m in frame.metrics]
            frame.metric_spans[str(entry["to"])] = span


def role_filter(framer: Framer) -> None:
    """`technician turnover`: people of one role, of a measure that is kept by role and not by person."""
    frame, entry = framer.frame, framer.lexicon.section("counted_people")
    dimension = str(entry.get("dimension") or "")
    if dimension not in framer.catalog.dimensions or not frame.metrics or not framer.fits(dimension):
        return
    if any(f.dimension == dimension for f in frame.filters):
        return
    for span in frame.spans:
        roles = [s.key for s in of_kind(span, "dimension") if s.key in entry["of"]]
        if roles and span.start not in frame.bound and not any(framer.fits(r) for r in roles) and not framer.after_cue(span, {"group"}):
            frame.filters.append(Filter(dimension=dimension, values=tuple(map(str, entry["of"][roles[0]]))))
            frame.bind(span, f"filter {dimension}")
            return


def take_siblings(framer: Framer) -> None:
    """`loaner appointments`: a value only the sibling of a measure knows picks the sibling."""
    frame, siblings = framer.frame, framer.lexicon.section("siblings")
    for metric in [m for m in frame.metrics if siblings.get(m) in framer.catalog.metrics]:
        other = str(siblings[metric])
        for span in frame.spans:
            values = [s.key for s in of_kind(span, "value", "dimension")]
            only = values and len(values) == len(span.senses) and not any(can_cut(framer.lexicon, metric, d) for d in values)
            if only and span.start not in frame.bound and any(can_cut(framer.lexicon, other, d) for d in values):
                frame.metrics = [other if m == metric else m for m in frame.metrics]
                frame.metric_spans[other] = frame.metric_spans.get(metric, span)


def value_measures(framer: Framer) -> None:
    """`counter sales`: a value that the general name beside it cannot take says what is measured (`value_metrics`)."""
    frame, usual = framer.frame, framer.lexicon.section("value_metrics")
    if len(frame.metrics) != 1 or frame.metrics[0] not in frame.metric_spans:
        return
    named = frame.metric_spans[frame.metrics[0]]
    if framer.lexicon.normaliser.key(frame.said(named)) not in framer.lexicon.general_names:
        return
    for span in frame.spans:
        values = [s.key for s in of_kind(span, "value")]
        other = next((str(usual[d]) for d in values if usual.get(d) in framer.catalog.metrics), "")
        if other and span.end == named.start and not any(can_cut(framer.lexicon, frame.metrics[0], d) for d in values):
            frame.metrics, frame.metric_spans[other] = [other], named
            return


def count_people(framer: Framer) -> None:
    """`how many techs do we have`, `how many advisors left`: the headcount of their role, not what they did."""
    frame, entry = framer.frame, framer.lexicon.section("counted_people")
    words, moved = set(entry.get("words") or ()), entry.get("moved") or {}
    said = [t.text for t in frame.tokens if t.text in words]
    if not said or (frame.metrics and not frame.from_hint) or not (frame.has("how_many") or set(said) & set(moved)):
        return
    for span in frame.spans:
        role = next((entry["of"][s.key] for s in of_kind(span, "dimension") if s.key in entry["of"]), None)
        metric = next((str(moved[t]) for t in said if t in moved), str(entry["metric"]))
        counted = _right_after_how_many(framer, span.start) or _beside_moved(framer, span, moved)
        if role is None or metric not in framer.catalog.metrics or not counted:
            continue
        frame.metrics, frame.from_hint = [metric], False
        role = (entry.get("said") or {}).get(frame.said(span), role)
        frame.filters.append(Filter(dimension=str(entry["dimension"]), values=tuple(map(str, role))))
        frame.bind(span, f"filter {entry['dimension']}")
        for index, token in enumerate(frame.tokens):
            if token.text in words:
                frame.bound.setdefault(index, "people")
        _more_roles(framer, span, entry)
        return


def _more_roles(framer: Framer, first: Span, entry: Mapping[str, Any]) -> None:
    """`how many techs and advisors left`: the roles joined to the first, each with its own figure."""
    frame, joiner = framer.frame, framer.raw["joiners"]
    for span in (s for s in frame.spans if s.start > first.start and of_kind(s, "dimension")):
        role = next((entry["of"][s.key] for s in of_kind(span, "dimension") if s.key in entry["of"]), None)
        between = frame.tokens[first.end : span.start]
        if role is None or not between or not all(t.stem in joiner for t in between):
            return
        item, first = frame.filters[-1], span
        frame.filters[-1] = item.model_copy(update={"values": (*item.values, *map(str, role))})
        frame.groups.extend([item.dimension] if item.dimension not in frame.groups else [])
        frame.bind(span, f"filter {item.dimension}")


def rank_role(framer: Framer) -> None:
    """`who is the best F&I manager`: people of a role put in order are a grouping, not the staff of that role."""
    frame, entry = framer.frame, framer.lexicon.section("counted_people")
    if frame.metrics or frame.rule or frame.groups or not (frame.has("who", "which") or frame.has(*framer.raw["order_cues"])):
        return
    people = {str(values[0]): dimension for dimension, values in (entry.get("of") or {}).items() if len(values) == 1}
    for item in frame.filters:
        if item.dimension == entry.get("dimension") and item.op == "in" and set(item.values) <= set(people):
            frame.filters.remove(item)
            frame.groups.extend(people[value] for value in item.values)
            return


def _beside_moved(framer: Framer, span: Span, moved: Mapping[str, Any]) -> bool:
    """`techs lost this year`, `hired advisors`."""
    around = [*framer.frame.tokens[max(span.start - 1, 0) : span.start], *framer.frame.tokens[span.end : span.end + 1]]
    return any(t.text in moved for t in around)


def _right_after_how_many(framer: Framer, at: int) -> bool:
    return any(framer.frame.spans[i].end == at for i in framer.frame.cues.get("how_many", ()))


def department_people(framer: Framer) -> None:
    """`who in the parts department sold the most`: a weak word in a department named is of its own people and what they sell."""
    frame, departments = framer.frame, framer.lexicon.section("departments")
    named = list(dict.fromkeys(s.key for span in frame.spans for s in of_kind(span, "group")))
    entry = departments.get(named[0]) or {} if len(named) == 1 else {}
    person, usual = str(entry.get("people")), framer.lexicon.section("dimension_metrics")
    if frame.from_hint and frame.has("who") and not frame.groups and usual.get(person) in framer.catalog.metrics:
        frame.metrics, frame.from_hint, frame.groups = [str(usual[person])], False, [person]
        label = framer.catalog.metrics[frame.metrics[0]].label
        frame.notes.append(("hint", {"label": label}))
