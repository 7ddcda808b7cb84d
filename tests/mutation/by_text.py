# ruff: noqa: E501 - one case a line reads as a table
"""Wrong words over right evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.mutation.nouns import FACT_REF, Case, Identical, Make, Mutant, Mutator, retext, same_draft, same_reading, spoken, with_draft
from vendora_graph.contracts import Fact, Finding, Period, RecommendationDraft

Text = Callable[[str], str | None]


def _text(change: Text, places: str = "hf") -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for changed in retext(case, change, places=places):
            yield Mutant(changed)

    return make


def _each(change: Callable[[Case], Iterator[Text]], places: str = "hf") -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for text in change(case):
            for changed in retext(case, text, places=places):
                yield Mutant(changed)

    return make


def _replace(old: str, new: str) -> Text:
    return lambda text: text.replace(old, new, 1) if old in text else None


def _brace(key: str) -> str:
    return "{{" + key + "}}"


# --------------------------------------------------------------------------------------------------- other references


def _others(case: Case, fact: Fact) -> list[tuple[str, Fact]]:
    return [(key, other) for key, identity in case.ledger.numbers.items() if (other := case.ledger.facts.get(identity)) is not None and other.id != fact.id]


def _swap_fact(wanted: Callable[[Fact, Fact], bool]) -> Make:
    def texts(case: Case) -> Iterator[Text]:
        for key in spoken(case):
            fact = case.fact(key)
            if fact is None:
                continue
            fitting = [other for other, one in _others(case, fact) if wanted(fact, one)]
            for other in fitting[:2]:
                yield _replace(_brace(key), _brace(other))

    return _each(texts)


def _days(fact: Fact) -> object:
    return None if fact.period is None else (fact.period.start, fact.period.end)


def _other_row(one: Fact, other: Fact) -> bool:
    return one.metric == other.metric and one.unit == other.unit and one.slice != other.slice and _days(one) == _days(other) and bool(one.parts) == bool(other.parts)


def _other_period(one: Fact, other: Fact) -> bool:
    return one.metric == other.metric and one.unit == other.unit and _days(one) != _days(other) and bool(one.parts) == bool(other.parts)


def _other_metric(one: Fact, other: Fact) -> bool:
    return one.metric != other.metric and one.slice == other.slice and _days(one) == _days(other) and not one.parts and not other.parts


def _other_kind(one: Fact, other: Fact) -> bool:
    return one.metric == other.metric and bool(one.parts) != bool(other.parts)


def _in_any_order(text: str) -> str:
    """Return a text with the names of each list in brackets sorted: their order says nothing."""
    return re.sub(r"\((?:without )?((?:\{\{n\d+\}\}(?:, )?)+)\)", lambda found: f"({sorted(found.group(1).split(', '))})", text)


def _both_ways(prefix: str) -> Make:
    """Exchange two names of one dimension, or two periods, of one text."""

    def texts(case: Case) -> Iterator[Text]:
        entries: dict[str, object] = {**case.ledger.periods, **case.ledger.names}

        def change(text: str) -> str | None:
            found = list(dict.fromkeys(re.findall(r"\{\{(" + prefix + r"\d+)\}\}", text)))
            if len(found) < 2 or not FACT_REF.search(text) or not _kin(entries.get(found[0]), entries.get(found[1])):
                return None
            one, two = _brace(found[0]), _brace(found[1])
            turned = text.replace(one, "\0").replace(two, one).replace("\0", two)
            return None if _in_any_order(turned) == _in_any_order(text) else turned

        yield change

    return _each(texts)


def _same_change(one: Fact | None, other: Fact | None) -> bool:
    """A change and the same change in percent may stand in either order."""
    return one is not None and other is not None and one.parts != () and one.parts == other.parts


def _exchange_facts(case: Case) -> Iterator[Mutant]:
    def change(text: str) -> str | None:
        found = list(dict.fromkeys(FACT_REF.findall(text)))
        if len(found) < 2:
            return None
        if _same_change(case.fact(found[0]), case.fact(found[1])):
            return None
        one, two = _brace(found[0]), _brace(found[1])
        return text.replace(one, "\0").replace(two, one).replace("\0", two)

    for changed in retext(case, change):
        yield Mutant(changed)


def _other_label(prefix: str) -> Make:
    def texts(case: Case) -> Iterator[Text]:
        entries: dict[str, object] = dict(case.ledger.periods if prefix == "p" else case.ledger.names)
        for one in entries:
            for other in [key for key in entries if key != one and _kin(entries[key], entries[one])][:2]:
                yield _replace(_brace(one), _brace(other))

    return _each(texts)


def _kin(one: object, other: object) -> bool:
    """Names of one dimension can be taken for each other; all periods of other days can."""
    if isinstance(one, Period) and isinstance(other, Period) and (one.start, one.end) == (other.start, other.end):
        return False
    return getattr(one, "dimension", None) == getattr(other, "dimension", None)


def _fabricated(case: Case) -> Iterator[Mutant]:
    for key in spoken(case):
        for changed in retext(case, _replace(_brace(key), "{{1f997}}")):
            yield Mutant(changed)


def _stale(case: Case) -> Iterator[Mutant]:
    for key in spoken(case):
        for changed in retext(case, _replace(_brace(key), "{{0f" + key.split("f")[1] + "}}")):
            yield Mutant(changed)


def _malformed(form: str) -> Make:
    def texts(case: Case) -> Iterator[Text]:
        for key in spoken(case)[:2]:
            yield _replace(_brace(key), form.replace("KEY", key))

    return _each(texts)


# ------------------------------------------------------------------------------------------------------- typed figures


def _typed(write: Callable[[int], str]) -> Make:
    """Type a wrong figure where a reference stood."""

    def texts(case: Case) -> Iterator[Text]:
        for key in spoken(case):
            fact = case.fact(key)
            if fact is not None:
                yield _replace(_brace(key), write(abs(int((fact.value or 0) * 1)) + 7))

    return _each(texts)


def _script(zero: int) -> Callable[[int], str]:
    return lambda number: "".join(chr(zero + int(digit)) for digit in str(number))


def _roman(number: int) -> str:
    out = ""
    for value, letters in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value and len(out) < 9:
            out, number = out + letters, number - value
    return out


_ONES = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def _spelled(number: int) -> str:
    number = 10 + number % 90
    return f"{_TENS[number // 10]}-{_ONES[number % 10]}".rstrip("-")


def _chinese(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def _behind_figure(words: str, *but: str) -> Make:
    """Type words behind the first figure, unless its unit is one of `but`."""

    def texts(case: Case) -> Iterator[Text]:
        for key in spoken(case):
            fact = case.fact(key)
            if fact is not None and fact.unit not in but:
                yield _replace(_brace(key), _brace(key) + words)

    return _each(texts)


def _append(words: str, places: str = "h") -> Make:
    return _text(lambda text: text.rstrip(".") + words, places)


def _sentence(words: str, places: str = "h") -> Make:
    return _text(lambda text: f"{text} {words}", places)


# ------------------------------------------------------------------------------------------------------ turned words

_TURNED = (
    ("rose", "fell"), ("up", "down"), ("above", "below"), ("ahead of", "behind"), ("improved", "worsened"),
    ("highest", "lowest"), ("held steady", "jumped"), ("without", "for"), ("follows", "leads"),
)  # fmt: skip


def _turn(*pairs: tuple[str, str]) -> Make:
    def texts(case: Case) -> Iterator[Text]:
        for one, two in pairs:
            for old, new in ((one, two), (two, one)):
                yield lambda text, old=old, new=new: re.sub(rf"\b{old}\b", new, text, count=1) if re.search(rf"\b{old}\b", text) else None  # type: ignore[misc]

    return _each(texts)


def _turned_exclusion(text: str) -> str | None:
    """Tell what was left out as in, and what is in as left out."""
    if re.search(r"without \{\{n", text):
        return re.sub(r"without (?=\{\{n)", "for ", text, count=1)
    return re.sub(r"\b(?:for|of) (?=\{\{n)", "without ", text, count=1)


def _wordings(olds: tuple[str, ...], news: tuple[str, ...]) -> Make:
    def texts(case: Case) -> Iterator[Text]:
        for old in olds:
            for new in news:
                yield lambda text, old=old, new=new: re.sub(rf"\b{old}\b", new, text, count=1) if re.search(rf"\b{old}\b", text) else None  # type: ignore[misc]

    return _each(texts)


def _negate(case: Case) -> Iterator[Mutant]:
    def change(text: str) -> str | None:
        return re.sub(r"\b(rose|fell|improved|worsened)\b", r"never \1", text, count=1) if re.search(r"\b(rose|fell|improved|worsened)\b", text) else None

    for changed in retext(case, change):
        yield Mutant(changed)


# -------------------------------------------------------------------------------------------------- labels and periods

def _relabel(case: Case) -> Iterator[Mutant]:
    """Call a figure by the name of another metric, of its own family where there is one."""
    known = case.policy.metric_info
    for key in spoken(case):
        fact = case.fact(key)
        own = known.get(fact.metric) if fact is not None else None
        if own is None:
            continue
        others = [r.label for name, r in sorted(known.items()) if name not in own.label and r.label.lower() not in own.label.lower() and own.label.lower() not in r.label.lower()]
        near = [r.label for name, r in sorted(known.items()) if r.family == own.family and r.label in others and " " in r.label]
        for other in (near or [label for label in others if " " in label])[:1]:
            for changed in retext(case, _other_name(own.label, other)):
                yield Mutant(changed)


def _other_name(own: str, other: str) -> Text:
    pattern = re.compile(rf"(?<!\w){re.escape(own)}(?! per)", re.IGNORECASE)
    return lambda text: pattern.sub(other, text, count=1) if pattern.search(text) else None


def _period_words(words: str) -> Make:
    return _text(lambda text: re.sub(r"\{\{p\d+\}\}", words, text, count=1))


def _year_before(case: Case) -> Iterator[Mutant]:
    """Words that fit last year only."""
    last = case.policy.as_of.year - 1
    if not any(one.start.year == one.end.year == last for one in case.ledger.periods.values()):
        yield from _period_words("the year before")(case)


def _partial_words(case: Case) -> Iterator[Mutant]:
    """Take every sign that a period is running out of the text."""
    if not any(not one.complete for one in case.ledger.periods.values()):
        return
    text = re.sub(r" in (?:the )?\{\{p\d+\}\}", "", case.draft.headline.replace(" to date", ""))
    yield Mutant(with_draft(case, headline=text, findings=(), caveats=()))


def _whole(case: Case) -> Iterator[Mutant]:
    if any(not one.complete for one in case.ledger.periods.values()):
        for words in (" for the full month", " over the whole month", ", the entire month"):
            yield Mutant(with_draft(case, headline=case.draft.headline.rstrip(".") + words + "."))


def _drop_caveat(case: Case) -> Iterator[Mutant]:
    for needed in ("small sample", "not closed"):
        if any(needed in caveat for caveat in case.draft.caveats):
            yield Mutant(with_draft(case, caveats=tuple(c for c in case.draft.caveats if needed not in c)))


# ------------------------------------------------------------------------------------------------- causes and advice


def _cause_kind(case: Case) -> Iterator[Mutant]:
    for i, finding in enumerate(case.draft.findings):
        if finding.kind != "cause":
            changed = Finding(text=finding.text, kind="cause")
            yield Mutant(with_draft(case, findings=(*case.draft.findings[:i], changed, *case.draft.findings[i + 1 :])))


def _advice(change: Callable[[RecommendationDraft, Case], RecommendationDraft | None]) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for i, item in enumerate(case.draft.recommendations):
            changed = change(item, case)
            if changed is not None:
                yield Mutant(with_draft(case, recommendations=(*case.draft.recommendations[:i], changed, *case.draft.recommendations[i + 1 :])))

    return make


def _opinion(item: RecommendationDraft, case: Case) -> RecommendationDraft | None:
    plain = [key for key in spoken(case) if (fact := case.fact(key)) is not None and not fact.parts]
    return item.model_copy(update={"impact": plain[0]}) if plain else None


def _elsewhere(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"impact": "{{1f998}}"})


def _groundless(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"because": ()})


def _typed_impact(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"action": item.action.rstrip(".") + " to win $40,000 a month."})


def _spelled_impact(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"action": item.action.rstrip(".") + " to win forty thousand dollars."})


def _measure_typed(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"measure": "Gross per unit reaches 2,000 by March."})


def _nobody(item: RecommendationDraft, case: Case) -> RecommendationDraft:
    return item.model_copy(update={"owner_role": " "})


def _too_many(case: Case) -> Iterator[Mutant]:
    if case.draft.recommendations:
        yield Mutant(with_draft(case, recommendations=case.draft.recommendations * 4))


def _m(name: str, says: str, make: Make, *, number: bool, identical: Identical = same_reading) -> Mutator:
    return Mutator(name, says, make, identical, number)


MUTATORS = (
    _m("right figure, wrong row", "the figure of another row stands beside a name", _swap_fact(_other_row), number=True),
    _m("figure of another period", "the figure of another period stands under this one", _swap_fact(_other_period), number=True),
    _m("figure of another metric", "the figure of another metric stands under this name", _swap_fact(_other_metric), number=True),
    _m("change for value", "a change stands where the value belongs, or the other way round", _swap_fact(_other_kind), number=True),
    _m("figures exchanged", "two figures of a text change places", _exchange_facts, number=True),
    _m("names exchanged", "two names change places", _both_ways("n"), number=False),
    _m("periods exchanged", "two periods change places", _both_ways("p"), number=False),
    _m("another name", "the name of another row stands beside a figure", _other_label("n"), number=False),
    _m("neighbouring period", "another period is named beside a figure", _other_label("p"), number=False),
    _m("fabricated reference", "a figure that does not exist", _fabricated, number=True),
    _m("stale fact", "a figure of an earlier question", _stale, number=True),
    _m("half a reference", "braces instead of a figure", _malformed("{{KEY"), number=True),
    _m("invented form", "a reference of a form that does not exist", _malformed("{{KEY|abs}}"), number=True),
    _m("single braces", "a reference in single braces", _malformed("{KEY}"), number=True),
    _m("typed figure", "a wrong figure is typed", _typed(lambda n: f"{n:,}"), number=True),
    _m("typed dollars", "a wrong amount is typed", _typed(lambda n: f"${n:,}"), number=True),
    _m("typed short", "a wrong amount is typed short", _typed(lambda n: f"{n}k"), number=True),
    _m("arabic digits", "a wrong figure in Arabic digits", _typed(_script(0x0660)), number=True),
    _m("devanagari digits", "a wrong figure in Devanagari digits", _typed(_script(0x0966)), number=True),
    _m("full-width digits", "a wrong figure in full-width digits", _typed(_script(0xFF10)), number=True),
    _m("mathematical digits", "a wrong figure in mathematical digits", _typed(_script(0x1D7CE)), number=True),
    _m("circled digits", "a wrong figure in circled digits", _typed(lambda n: chr(0x2460 + n % 20)), number=True),
    _m("superscript digits", "a wrong figure in superscript", _typed(lambda n: "⁴⁵"), number=True),
    _m("chinese numerals", "a wrong figure in Chinese", _typed(_chinese), number=True),
    _m("roman numerals", "a wrong figure in Roman numerals", _typed(_roman), number=True),
    _m("unicode roman numerals", "a wrong figure in one Roman letter", _typed(lambda n: "Ⅻ"), number=True),
    _m("spelled number", "a wrong figure is written out", _typed(_spelled), number=True),
    _m("spelled dozen", "a wrong figure as dozens", _typed(lambda n: "several dozen"), number=True),
    _m("cyrillic number", "a wrong figure written out in Cyrillic", _typed(lambda n: "двадцать"), number=True),
    _m("fraction sign", "a half as one character", _append(", or ½ of the plan."), number=True),
    _m("digits split by a hidden character", "a wrong figure with a hidden character inside", _typed(lambda n: "\u200b".join(str(n))), number=True),
    _m("added numeral", "another figure is typed behind the sentence", _append(", against a plan of 450."), number=True),
    _m("doubled", "it is said to have doubled", _append(", which doubled."), number=True),
    _m("a third", "a third is claimed", _append(", a third of the group."), number=True),
    _m("twice", "twice is claimed", _append(", twice the plan."), number=True),
    _m("half", "half is claimed", _append(", about half of it late."), number=True),
    _m("one in four", "one in four is claimed", _append(", one in four of them late."), number=True),
    _m("tenfold", "tenfold is claimed", _append(", a tenfold gain on plan."), number=True),
    _m("most of", "most is claimed without a share", _sentence("Most of it came late.", "h"), number=True),
    _m("none", "nothing is claimed", _sentence("Nobody else sold any.", "h"), number=True),
    _m("unit typed", "a unit is typed behind a figure that has another", _behind_figure(" million"), number=True),
    _m("percent typed", "percent is typed behind a figure", _behind_figure(" basis points", "bps"), number=True),
    _m("up for down", "a rise is told as a fall, or the other way round", _turn(("rose", "fell"), ("up", "down")), number=False),
    _m("other words for up and down", "a change is told by a word of the other direction", _wordings(("rose",), ("declined", "dropped", "slipped", "shrank", "plunged")), number=False),
    _m("and the other way", "a change is told by a word of the other direction", _wordings(("fell",), ("climbed", "grew", "jumped", "increased", "surged")), number=False),
    _m("above for below", "a comparison is turned round", _turn(("above", "below"), ("ahead of", "behind")), number=False),
    _m("better for worse", "a change for the worse is told as one for the better", _turn(("improved", "worsened")), number=False),
    _m("highest for lowest", "the other end of a ranking is claimed", _turn(("highest", "lowest")), number=False),
    _m("best of nothing", "somebody is called the best without a ranking that shows it", _sentence("That is the best of all stores."), number=False),
    _m("flat for a change", "a change is told as none", _wordings(("rose", "fell"), ("was unchanged",)), number=False),
    _m("negation", "a change is denied", _negate, number=False),
    _m("invented direction", "a change is claimed that nothing shows", _sentence("It is up again."), number=False),
    _m("with for without", "what was left out is told as in", _text(_turned_exclusion), number=False),
    _m("label of the family", "a figure stands under the name of a metric of its family", _relabel, number=False),
    _m("last year", "a period is told by words that do not fit", _year_before, number=False),
    _m("typed month", "another month is typed", _period_words("February"), number=False),
    _m("typed date", "another date is typed", _period_words("the week of 3/14"), number=False),
    _m("partial as full", "a running month is told without saying so", _partial_words, number=False),
    _m("called whole", "a running month is called whole", _whole, number=False),
    _m("caveat dropped", "what limits a figure is not said", _drop_caveat, number=False),
    _m("typed name", "a name that is in no data", _sentence("It was Zed Quill."), number=False),
    _m("typed store", "another store is named", _append(" at Riverside."), number=False),
    _m("invented cause", "a cause is named that nothing shows", _append(" because of the weather."), number=False),
    _m("invented cause, other words", "a cause is named that nothing shows", _sentence("This was driven by fresh inventory."), number=False),
    _m("invented cause, noun", "a cause is named that nothing shows", _sentence("The reason is slow follow up."), number=False),
    _m("finding called a cause", "a plain finding is called a cause", _cause_kind, number=False, identical=same_draft),
    _m("number of the question as data", "a number of the question stands for a figure", _each(lambda case: iter([_replace(_brace(key), "{{q1}}") for key in spoken(case)[:2]]) if case.ledger.quoted else iter(())), number=True),
    _m("impact from another figure", "an impact is a plain figure", _advice(_opinion), number=True),
    _m("impact from nowhere", "an impact that was not computed", _advice(_elsewhere), number=True),
    _m("impact typed", "an impact is typed", _advice(_typed_impact), number=True),
    _m("impact spelled", "an impact is written out", _advice(_spelled_impact), number=True),
    _m("measure typed", "a goal is typed", _advice(_measure_typed), number=True),
    _m("advice without grounds", "advice rests on nothing", _advice(_groundless), number=False, identical=same_draft),
    _m("advice for nobody", "nobody is to do it", _advice(_nobody), number=False),
    _m("too much advice", "four things to do", _too_many, number=False),
    _m("markup", "a picture from elsewhere is in the text", _sentence("![x](https://evil.example/a)"), number=False),
    _m("link", "a link is in the text", _sentence("See www.evil.example for more."), number=False),
)  # fmt: skip
