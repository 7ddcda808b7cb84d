"""Claims that need their own kind of evidence: benchmarks, causes, estimates, advice, access, words left over."""

from __future__ import annotations

from collections.abc import Iterator

from vendora_graph.contracts import Fact
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.case import Case, FactRef, Sentence
from vendora_graph.evidence.checks.base import Problem, rule
from vendora_graph.evidence.checks.binding import breaks
from vendora_graph.evidence.checks.proof import proven
from vendora_graph.evidence.phrases import Found, grouped, listed, says
from vendora_graph.evidence.references import key_of
from vendora_graph.evidence.resources import resource

_DECOMPOSITION = "explain_change"


def _marked(fact: Fact) -> bool:
    return any(words in fact.basis.lower() for words in resource("words")["says_incomparable"])


@rule("benchmarks.source")
def source(case: Case) -> Iterator[Problem]:
    """A benchmark names its source and its period."""
    for fact in case.behind.values():
        if fact.grade == "benchmark" and (not fact.basis or fact.period is None):
            yield Problem(f"{fact.label!r}", (fact.id,))


@rule("benchmarks.definition")
def definition(case: Case) -> Iterator[Problem]:
    """A benchmark is set against the metric it measures, in its unit, and only where both mean the same."""
    for fact in case.behind.values():
        parts = [case.ledger.facts[part] for part in fact.parts if part in case.ledger.facts]
        marks = [part for part in parts if part.grade == "benchmark"]
        own = [part for part in parts if part.grade != "benchmark"]
        for mark in marks:
            wrong = [part for part in own if part.metric != mark.metric or part.unit != mark.unit]
            if (wrong and (fact.formula or "").startswith(("difference", "change", "ratio", "points"))) or _marked(mark):
                yield Problem(f"{fact.label!r} sets {mark.label!r} against another definition", (fact.id,))
    said = says(case.prose, "says_incomparable")
    for fact in case.used.values():
        if fact.grade == "benchmark" and ((_marked(fact) and not said) or _stranger(case, fact)):
            yield Problem(f"{fact.label!r} is of another definition", (fact.id,))


def _stranger(case: Case, mark: Fact) -> bool:
    """Tell whether a benchmark stands in an answer that has no figure of its metric."""
    return not any(fact.metric == mark.metric and fact.grade != "benchmark" for fact in case.behind.values())


@rule("benchmarks.age")
def age(case: Case) -> Iterator[Problem]:
    """An old benchmark costs score."""
    most = resource("rubric")["limits"]["benchmark_days"]
    for fact in case.behind.values():
        if fact.grade == "benchmark" and fact.period is not None and (case.policy.as_of - fact.period.end).days > most:
            yield Problem(f"{fact.label!r} is of {fact.period.label}", (fact.id,))
            return


@rule("access.allowed")
def allowed(case: Case) -> Iterator[Problem]:
    """No figure of a class the asker may not see, nor anything computed from one."""
    classes = case.policy.allowed_classes
    for fact in case.behind.values() if classes is not None else ():
        for name in fact.metric.split("/"):
            rules = case.rules(name)
            if rules is not None and rules.access and classes is not None and rules.access not in classes:
                yield Problem(f"{fact.label!r}", (fact.id,))


@rule("access.known")
def known(case: Case) -> Iterator[Problem]:
    """A figure's metric is one of the semantic model."""
    for fact in case.behind.values() if case.policy.metric_info else ():
        if fact.grade == "metric" and case.rules(fact.metric) is None:
            yield Problem(f"{fact.metric!r}", (fact.id,))


@rule("causes.supported")
def causes(case: Case) -> Iterator[Problem]:
    """Words of cause stand beside figures of a decomposition, in a finding that is one."""
    phrases = listed("causes", harmless="cause_harmless")
    for sentence in case.sentences:
        if sentence.place == "measure":
            continue
        for found in phrases.find(sentence.tokens):
            if sentence.free(found) and not _decomposed(case, [ref.fact for ref in sentence.facts]):
                yield Problem(f"{found.words!r} in the {sentence.where}")


@rule("causes.direction")
def causes_direction(case: Case) -> Iterator[Problem]:
    """What drove a change moved the same way as the whole."""
    phrases = listed("causes", harmless="cause_harmless")
    for sentence in case.claims:
        parts = [ref.fact for ref in sentence.facts if operation_of(ref.fact) == "difference" and _decomposed(case, [ref.fact])]
        wholes = [total for part in parts if (total := _whole(case, part)) is not None]
        claims = any(sentence.free(found) for found in phrases.find(sentence.tokens)) and not says(sentence.text, "says_offset")
        if claims and wholes and not any((part.value or 0) * (whole.value or 0) > 0 for part in parts for whole in wholes):
            yield Problem(f"the {sentence.where}")


def _whole(case: Case, part: Fact) -> Fact | None:
    """Return the change of the whole that a part belongs to: same metric and days, fewer dimensions."""
    for fact in case.behind.values():
        same = operation_of(fact) == "difference" and fact.metric == part.metric and case.days_of(fact) == case.days_of(part)
        if same and set(fact.slice) < set(part.slice):
            return fact
    return None


@rule("causes.finding")
def cause_findings(case: Case) -> Iterator[Problem]:
    """A finding of kind cause refers to a decomposition."""
    for number, finding in enumerate(case.draft.findings):
        facts = [ref.fact for s in case.claims if s.place == "finding" and s.number == number for ref in s.facts]
        if finding.kind == "cause" and not _decomposed(case, facts):
            yield Problem(f"finding {number + 1}")


def _decomposed(case: Case, facts: list[Fact]) -> bool:
    tables = [table for fact in facts for part in case.closure(fact) for table in case.tables_of.get(part.id, ())]
    return any(table.tool == _DECOMPOSITION for table in tables)


@rule("claims.evidence")
def evidence(case: Case) -> Iterator[Problem]:
    """A sentence of headline or findings rests on a figure or a table, or says plainly what there is none of."""
    if case.plan is not None and case.plan.intent == "definition":
        return
    for sentence in case.claims:
        figured = sentence.facts or any(token.kind in "ft" for token in sentence.tokens)
        if not figured and sentence.kind not in ("note", "definition") and not says(sentence.text, "says_plainly"):
            yield Problem(f"{' '.join(token.raw for token in sentence.tokens)[:80]!r} in the {sentence.where}")


@rule("claims.estimates")
def estimates(case: Case) -> Iterator[Problem]:
    """A forecast is called one, and so is a target."""
    called = {"forecast": "says_estimate", "target": "says_target"}
    for sentence in case.claims:
        for ref in sentence.facts:
            if ref.fact.grade in called and not says(_clause(sentence, ref), called[ref.fact.grade]):
                yield Problem(f"{{{{{ref.key}}}}} in the {sentence.where}", (ref.key,))


def _clause(sentence: Sentence, ref: FactRef) -> str:
    """Return the words around a figure up to the next comma on either side."""
    tokens = sentence.tokens
    start = next((i for i in range(ref.at, -1, -1) if tokens[i].text == ","), 0)
    end = next((i for i in range(ref.at, len(tokens)) if tokens[i].text == ","), len(tokens))
    return " ".join(token.raw for token in tokens[start:end])


@rule("claims.called")
def called(case: Case) -> Iterator[Problem]:
    """What is called a forecast, a benchmark or a target is one."""
    for sentence in case.claims:
        facts = {part.id: part for ref in sentence.facts for part in case.closure(ref.fact)}.values()
        for found in grouped("called").find(sentence.tokens) if facts else ():
            behind = _behind(sentence, found)
            meant = [case.closure(ref.fact) for ref in behind] or [tuple(facts)]
            if not all(any(_is_called(case, fact, found) for fact in one) for one in meant):
                yield Problem(f"{found.words!r} in the {sentence.where}: no figure in the sentence is one")


def _behind(sentence: Sentence, found: Found[str]) -> list[FactRef]:
    """Return the figure a name stands before, with nothing but plain words between them, and where it is a range its other end."""
    first = next((ref for ref in sentence.facts if ref.at >= found.end), None)
    if first is None or breaks(sentence.between(found.end - 1, first.at)):
        return []
    end = [ref for ref in sentence.facts if [token.text for token in sentence.between(first.at, ref.at)] == ["to"]]
    return [first, *end]


def _is_called(case: Case, fact: Fact, found: Found[str]) -> bool:
    ahead = fact.period is not None and fact.period.start > case.policy.data_through
    return fact.grade == found.meaning or found.words.rstrip("s") in fact.label.lower() or (ahead and found.meaning == "forecast")


@rule("recommendations.grounded")
def grounded(case: Case) -> Iterator[Problem]:
    """Advice rests on figures the reader sees."""
    for number, item in enumerate(case.draft.recommendations, start=1):
        facts = [case.fact(key_of(key)) for key in item.because if "f" in key]
        seen = [fact for fact in facts if fact is not None and fact.id in case.behind]
        if not seen or len(seen) < len(item.because):
            yield Problem(f"recommendation {number}", item.because)
        if not item.owner_role.strip():
            yield Problem(f"recommendation {number} names nobody to do it")


@rule("recommendations.impact")
def impact(case: Case) -> Iterator[Problem]:
    """An impact is arithmetic over figures that were computed twice, and has something to do with its grounds."""
    for number, item in enumerate(case.draft.recommendations, start=1):
        if item.impact is None:
            continue
        fact = case.fact(key_of(item.impact))
        if fact is None or fact.grade not in ("derived", "forecast") or not fact.parts or not proven(case, fact) or fact.value is None:
            yield Problem(f"recommendation {number}", (key_of(item.impact),))
            continue
        grounds = {part.id for key in item.because if (ground := case.fact(key_of(key))) is not None for part in case.closure(ground)}
        if grounds.isdisjoint(part.id for part in case.closure(fact)):
            yield Problem(f"the impact of recommendation {number} does not come from its grounds", (key_of(item.impact),))


@rule("recommendations.count")
def count(case: Case) -> Iterator[Problem]:
    """Three things to do are enough."""
    if len(case.draft.recommendations) > resource("rubric")["limits"]["recommendations"]:
        yield Problem(f"{len(case.draft.recommendations)} recommendations")


@rule("words.unused")
def unused(case: Case) -> Iterator[Problem]:
    """Words of the question that nothing used cost score, each."""
    words = case.policy.unused
    if words:
        yield Problem(", ".join(words), count=len(words))


@rule("words.assumptions")
def assumptions(case: Case) -> Iterator[Problem]:
    """Each assumption that was made costs a little."""
    made = dict.fromkeys((*case.policy.stated_assumptions, *case.draft.assumptions))
    if made:
        yield Problem("; ".join(made), count=len(made))


_CLAIMS = (source, definition, age, causes, cause_findings, causes_direction, evidence, estimates, called)
_REST = (allowed, known, grounded, impact, count, unused, assumptions)
CHECKS = (*_CLAIMS, *_REST)
