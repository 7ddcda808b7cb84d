"""Unmet: what was said and the plan has no place for: a limit without a number, two orders at odds, a noun to be counted, a pace."""

from __future__ import annotations

from itertools import pairwise

from vendora_graph.contracts import Filter, Plan
from vendora_graph.offline.frame import LIMITS, Framer, can_cut, of_kind
from vendora_graph.offline.normalise import compact
from vendora_graph.offline.plain_verbs import of_customers
from vendora_graph.offline.spans import Span

_HIGHEST, _LOWEST = ("top", "best"), ("bottom", "worst")
_NAMED = ("metric", "hint", "rule", "report")
_TAKEN = ("metric", "rule", "filter", "group", "records", "modifier", "report", "threshold", "column")
_IDLE = ("cue", "context")
_PAIR = 2
_LONGEST = 3


def open_limit(framer: Framer, _plan: Plan) -> str:
    """`ROs under an hour`: a limit of one unit, said without a number, that no condition and no period took up."""
    frame, ones = framer.frame, framer.raw["one_words"]
    units = {str(word) for words in framer.raw["threshold_words"].values() for word in words} | set(framer.raw["calendar"]["units"])
    for span in (frame.spans[i] for name in LIMITS for i in frame.cues.get(name, ())):
        after = frame.tokens[span.end : span.end + _PAIR]
        one = len(after) == _PAIR and after[0].text in ones and bool({after[1].text, after[1].stem} & units)
        if one and not frame.bound.get(span.start, "").startswith(("threshold", "period", "filter", "metric")):
            return " ".join(t.raw for t in frame.tokens[span.start : span.end + _PAIR])
    return ""


def opposed(framer: Framer, plan: Plan) -> str:
    """`the most ROs but the lowest hours per RO`: two orders that run against each other, where one can be shown."""
    frame = framer.frame
    if plan.ranking is None:
        return ""
    ends = [_order(framer, names) for names in (_HIGHEST, _LOWEST)]
    return " / ".join(frame.said(span) for span in ends if span is not None) if all(ends) else ""


def _order(framer: Framer, names: tuple[str, ...]) -> Span | None:
    """The words that put in order so, and are no part of a name or a limit."""
    frame = framer.frame
    spans = (frame.spans[i] for name in names for i in frame.cues.get(name, ()))
    return next((s for s in spans if frame.bound.get(s.start, "").startswith(("ranking", "cue"))), None)


def uncounted(framer: Framer, plan: Plan) -> str:
    """`how many stores closed their books`: the noun to be counted is neither the measure nor what it is shown by."""
    frame = framer.frame
    for span in (frame.spans[i] for i in frame.cues.get("how_many", ())):
        at = span.end
        if not {t.text for t in frame.tokens[span.start : at]} & set(framer.raw["count_words"]):
            continue
        while at < len(frame.tokens) and frame.tokens[at].text in framer.raw["counted_gap"]:
            at += 1
        noun = next((s for s in frame.spans if s.start <= at < s.end), None)
        if of_customers(framer, plan, at):
            return ""
        if _days_of(framer, at):
            return " ".join(t.raw for t in frame.tokens[at : at + _PAIR])
        taken = frame.bound.get(at, "").startswith(_TAKEN) and not (noun is not None and _who_did(framer, noun, plan))
        if at < len(frame.tokens) and not taken and _thing(framer, at, noun):
            return frame.tokens[at].raw
    return ""


def _days_of(framer: Framer, at: int) -> bool:
    """`how many selling days`: a calendar unit is counted, and what stands before it only says which."""
    frame = framer.frame
    return at + 1 < len(frame.tokens) and at + 1 not in frame.bound and frame.tokens[at + 1].stem in framer.raw["calendar"]["units"]


def _who_did(framer: Framer, noun: Span, plan: Plan) -> bool:
    """`how many techs clocked in`: people are only what the figures are shown by, and nothing says which of them are counted."""
    people = any(framer.catalog.dimensions[s.key].kind == "person" for s in of_kind(noun, "dimension"))
    limited = any(f.op not in {"in", "not_in"} for f in plan.filters)
    return people and framer.frame.bound.get(noun.start, "").startswith("group ") and not limited and plan.ranking is None


def _thing(framer: Framer, at: int, noun: Span | None) -> bool:
    """Whether a word names a kind of thing (a column's name, `customers`), and no measure as well."""
    if framer.frame.tokens[at].text in (framer.lexicon.vocabulary.get("uncounted_nouns") or ()):
        return True
    if noun is None:
        return False
    kinds = {framer.catalog.dimensions[s.key].kind for s in of_kind(noun, "dimension")} - {"record", "numeric"}
    return bool(kinds) and not of_kind(noun, *_NAMED)


def paceless(framer: Framer, plan: Plan) -> bool:
    """`are we on pace for fixed gross`: a measure of closed months has no pace, and no month was named instead."""
    monthly = all(framer.catalog.metrics[m].ledger_month for m in plan.metrics)
    return monthly and framer.frame.has("pace") and plan.intent == "value" and not framer.frame.periods


def weak_verb(framer: Framer, plan: Plan) -> str:
    """`is October closed yet`: the only word for a measure is a weak one, and nothing else says what it is of."""
    frame, limit = framer.frame, framer.raw["weak_hint"]
    if not frame.from_hint or plan.intent != "value" or plan.filters or not frame.votes or max(frame.votes.values()) > limit:
        return ""
    return next((frame.said(s) for s in frame.spans if any(h.key in plan.metrics for h in of_kind(s, "hint"))), "")


def whole_beside_part(framer: Framer, plan: Plan) -> str:
    """`body shop gross and net`: the name of one measure says a department, and the one joined to it would be the whole store's."""
    frame = framer.frame
    if len(plan.metrics) != _PAIR or plan.group_by or plan.intent not in {"value", "trend", "compare"}:
        return ""
    first, second = (frame.metric_spans.get(name) for name in plan.metrics)
    if first is None or second is None or first.start >= second.start or _department(framer, second) or _any_filter(framer, plan):
        return ""
    part = _department(framer, first)
    kept = [str(e["dimension"]) for e in framer.lexicon.vocabulary.get("department_values") or ()][:1]
    one = any(can_cut(framer.lexicon, plan.metrics[1], name) for name in kept)
    return frame.said(second) if part and one else ""


def contradicted(framer: Framer, plan: Plan) -> str:
    """`appointments cancelled` of those not cancelled, `CP dollars per RO` of warranty: a condition against the measure's own."""
    for item in (f for f in plan.filters if f.op == "in" and f.dimension in framer.catalog.dimensions):
        limited = framer.lexicon.section("all_of").get(item.dimension) or {}
        for name in plan.metrics:
            kept, out = _own_values(framer, name, item.dimension)
            outside = name in limited and kept and not set(item.values) <= kept
            if out & set(item.values) or outside or _held_otherwise(framer, name, item):
                return " ".join(item.values)
    return ""


def _held_otherwise(framer: Framer, metric: str, item: Filter) -> bool:
    """`wholesale units we lost money on`: the words of a measure's definition hold it to other values of the column (`held_to`)."""
    info = framer.catalog.metrics[metric]
    entries = [e for e in framer.lexicon.vocabulary.get("held_to") or () if str(e["words"]) in info.filter_text]
    held = [*info.default_filters, *((str(e["dimension"]), tuple(map(str, e["values"]))) for e in entries)]
    return any(name == item.dimension and not set(values) & set(item.values) for name, values in held)


def _own_values(framer: Framer, metric: str, dimension: str) -> tuple[set[str], set[str]]:
    """The values of a column that a measure's own filters name, and those they leave out (`not cancelled`)."""
    kept, out = set[str](), set[str]()
    tokens = framer.lexicon.normaliser.tokens(framer.catalog.metrics[metric].filter_text)
    for start in range(len(tokens)):
        for end in range(start + 1, min(start + _LONGEST, len(tokens)) + 1):
            senses = framer.lexicon.senses(compact(tokens[start:end]))
            values = {v for s in senses if s.kind == "value" and s.key == dimension for v in s.values}
            (out if start and tokens[start - 1].text in framer.raw["negations"] else kept).update(values)
    return kept, out


def _any_filter(framer: Framer, plan: Plan) -> bool:
    """Whether the answer is limited to a department anyway."""
    kept = {str(e["dimension"]) for e in framer.lexicon.vocabulary.get("department_values") or ()}
    return any(item.dimension in kept for item in plan.filters)


def _department(framer: Framer, span: Span) -> bool:
    """Whether a part of a measure's name is the name of a department, or a value of the column it is kept in."""
    kept = {str(e["dimension"]) for e in framer.lexicon.vocabulary.get("department_values") or ()}
    for start in range(span.start, span.end):
        for end in range(start + 1, span.end + 1):
            senses = framer.lexicon.senses(compact(framer.frame.tokens[start:end]))
            if any(s.kind == "group" or (s.kind == "value" and s.key in kept) for s in senses):
                return True
    return False


def stray_adjective(framer: Framer, _plan: Plan) -> str:
    """`old receivables`, `other labor gross`: a small word right before what is measured says which, and nothing came of it."""
    frame, words = framer.frame, framer.raw["telling_words"]
    for span in frame.spans:
        at = span.start - 1
        named = bool(of_kind(span, "metric", "hint")) and frame.bound.get(span.start, "").startswith(_NAMED)
        if at >= 0 and named and frame.tokens[at].text in words and frame.bound.get(at, "cue").startswith(_IDLE):
            return f"{frame.tokens[at].raw} {frame.said(span)}"
    return ""


def trailing_state(framer: Framer, plan: Plan) -> str:
    """`ROs ready`, `parts left`, `appointments kept`: a word right behind what is measured says in which state, and nothing came of it."""
    frame, loose = framer.frame, {str(word) for word in framer.lexicon.vocabulary.get("loose") or ()}
    own = words_of(framer, plan)
    for span in frame.spans:
        at = span.end
        if not of_kind(span, *_NAMED, "dimension") or not frame.bound.get(span.start, "").startswith(_TAKEN):
            continue
        while at < len(frame.tokens) and frame.tokens[at].text in framer.raw["copulas"]:
            at += 1
        word = frame.tokens[at] if at < len(frame.tokens) else None
        if word is None or word.stem in own or not frame.bound.get(at, "cue").startswith(_IDLE) or frame.bound.get(at) == "cue change":
            continue
        grouped = frame.bound.get(span.start, "").startswith("group")  # `which rooftop turned in ..` is a verb
        participle = word.text in loose and word.text.endswith(tuple(framer.raw["participle_ends"])) and not grouped
        if word.text in framer.raw["state_words"] or (participle and not _leads_to_filter(framer, at + 1)):
            return f"{frame.said(span)} {word.raw}"
    return ""


def _leads_to_filter(framer: Framer, at: int) -> bool:
    """`leads assigned to Tanya`: the word only leads to a condition that the plan holds."""
    frame = framer.frame
    after = next((i for i in range(at, len(frame.tokens)) if frame.tokens[i].content), -1)
    return frame.bound.get(after, "").startswith("filter")


def asked_how(framer: Framer, plan: Plan) -> str:
    """`how old is our parts inventory`: a length of time was asked for, and nothing of the plan is one."""
    frame, words = framer.frame, framer.raw["how_words"]
    units = {framer.catalog.metrics[m].unit for m in plan.metrics}
    if units & set(words["units"]) or any(f.op not in {"in", "not_in"} for f in plan.filters):
        return ""
    for at in range(1, len(frame.tokens)):
        pair = frame.tokens[at - 1].text == words["opener"] and frame.tokens[at].text in words["asks"]
        if pair and frame.bound.get(at, "cue").startswith(_IDLE):
            return f"{frame.tokens[at - 1].raw} {frame.tokens[at].raw}"
    return ""


def period_closed(framer: Framer, plan: Plan) -> str:
    """`did October close`: what closed is the period, and no measure says whether it did."""
    frame, verbs = framer.frame, framer.raw["closing_verbs"]
    for span in frame.spans if plan.intent == "value" and not plan.filters else ():
        after = frame.tokens[span.end : span.end + 1]
        last = span.end + 1 == len([t for t in frame.tokens if t.kind != "punct"])
        if span.period is not None and span.start == 1 and after and after[0].text in verbs and last:
            return f"{frame.said(span)} {after[0].raw}"
    return ""


def over_period(framer: Framer, plan: Plan) -> str:
    """`which accounts are over last year`: above what they were then, not during it."""
    frame, words = framer.frame, framer.raw["over_words"]
    for span in frame.spans if plan.comparison is None else ():
        first = frame.tokens[span.start].text
        if span.period is not None and span.start and first == words["over"] and frame.tokens[span.start - 1].text in words["after"]:
            return frame.said(span)
    return ""


def both_at_once(framer: Framer, plan: Plan) -> str:
    """`ROs with CP and warranty both`: each value has its own row, and what has both is in neither row alone."""
    several = any(f.op == "in" and len(f.values) > 1 and f.dimension in plan.group_by for f in plan.filters)
    distinct = all(framer.catalog.metrics[m].additivity == "distinct" for m in plan.metrics)
    said = any(t.text == framer.raw["both_word"] for t in framer.frame.tokens)
    return str(framer.raw["both_word"]) if several and distinct and said else ""


def other_order(framer: Framer, plan: Plan) -> str:
    """`which advisor has the oldest open RO`: an order by age, and what the rows are put in order by is no time."""
    frame, words = framer.frame, set(framer.raw["age_orders"])
    if plan.intent not in {"ranking", "list"} or plan.ranking is None or plan.ranking.by not in framer.catalog.metrics:
        return ""
    timed = framer.catalog.metrics[plan.ranking.by].unit in (*framer.raw["slow_units"], "date")
    spans = (frame.spans[i] for name in ("top", "bottom") for i in frame.cues.get(name, ()))
    return "" if timed else next((frame.said(s) for s in spans if words & set(frame.said(s).split())), "")


def untimed(framer: Framer, plan: Plan) -> str:
    """`leads that bought and how long it took`: a length of time is asked for, and no measure shown is one or is kept per one."""
    tokens, units = framer.frame.tokens, framer.raw["time_units"]
    lengths, words = framer.raw["time_words"], set(framer.raw["average_words"])
    asked = [a for a, b in pairwise(tokens) if a.text == framer.raw["how_word"] and b.text in lengths]
    asked += [a for a, b in pairwise(tokens) if a.text in words and b.text in framer.raw["time_nouns"]]  # `average days from lead to sale`
    timed = plan.grain is not None or any(framer.catalog.metrics[m].unit.endswith(tuple(units)) for m in plan.metrics)
    return "" if timed or not asked else " ".join(t.raw for t in tokens if t.kind != "punct" and t.word >= asked[0].word)


def dated_position(framer: Framer, plan: Plan) -> str:
    """`ROs open since before November 1`: a position is read on one day, and since when is no part of it."""
    frame = framer.frame
    if plan.grain is not None or plan.comparison is not None or not all(framer.catalog.metrics[m].snapshot for m in plan.metrics):
        return ""
    spans = (span for span in frame.spans if span.period is not None and span.period.op in framer.raw["since_ops"])
    return next((frame.said(span) for span in spans), "")


def words_of(framer: Framer, plan: Plan) -> set[str]:
    """The words of the names and definitions of what is shown, and of the columns it is limited by."""
    infos = [framer.catalog.metrics[name] for name in plan.metrics]
    columns = [framer.catalog.dimensions[f.dimension] for f in plan.filters if f.dimension in framer.catalog.dimensions]
    texts = [text for i in infos for text in (i.label, i.description, i.basis, *i.synonyms)] + [c.label for c in columns]
    return {token.stem for text in texts for token in framer.lexicon.normaliser.tokens(text)}
