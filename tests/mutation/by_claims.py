# ruff: noqa: E501 - one case a line reads as a table
"""Claims nobody computed, put beside right figures: superlatives, all and none, series, magnitudes, signs, causes, words of comparison."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tests.mutation.nouns import FACT_REF, Case, Make, Mutant, Mutator, retext, same_reading, spoken, with_draft

Text = Callable[[str], str | None]
PERIOD = re.compile(r"\{\{p\d+\}\}")


def _append(*endings: str) -> Make:
    """Put words behind the headline, before its full stop."""

    def make(case: Case) -> Iterator[Mutant]:
        for words in endings:
            for changed in retext(case, lambda text, words=words: text.rstrip(".") + words, places="h"):
                yield Mutant(changed)

    return make


def _sentence(*said: str, places: str = "h") -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for words in said:
            for changed in retext(case, lambda text, words=words: f"{text} {words}", places=places):
                yield Mutant(changed)

    return make


def _caveat(*said: str) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for words in said:
            yield Mutant(with_draft(case, caveats=(*case.draft.caveats, words)))

    return make


def _assumption(*said: str) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for words in said:
            yield Mutant(with_draft(case, assumptions=(*case.draft.assumptions, words)))

    return make


def _title(*said: str) -> Make:
    def make(case: Case) -> Iterator[Mutant]:
        for words in said:
            for i, spec in enumerate(case.draft.tables[:1]):
                changed = spec.model_copy(update={"title": words})
                yield Mutant(with_draft(case, tables=(*case.draft.tables[:i], changed, *case.draft.tables[i + 1 :])))

    return make


def _around(before: str, after: str, wanted: Callable[[str], bool] = lambda unit: True) -> Make:
    """Put words before and behind the first figure whose unit fits."""

    def make(case: Case) -> Iterator[Mutant]:
        for key in spoken(case)[:2]:
            fact = case.fact(key)
            if fact is not None and fact.value is not None and not fact.parts and wanted(fact.unit):
                brace = "{{" + key + "}}"
                for changed in retext(case, lambda text, brace=brace: text.replace(brace, before + brace + after, 1) if brace in text else None):
                    yield Mutant(changed)

    return make


def _foreign(make: Make, *words: str) -> Make:
    """Keep the mutants of answers in whose question, metrics and names none of these words occurs: there they are news."""

    def kept(case: Case) -> Iterator[Mutant]:
        labels = [fact.label for fact in case.ledger.facts.values()] + [name.value for name in case.ledger.names.values()]
        labels += [word for fact in case.ledger.facts.values() if (rules := case.policy.metric_info.get(fact.metric)) for word in rules.synonyms]
        known = " ".join([case.question, *labels, *(table.request for table in case.ledger.tables.values())]).lower()
        if not any(word in known for word in words):
            yield from make(case)

    return kept


def _rows(case: Case) -> Iterator[tuple[str, str, int, int]]:
    """Yield (name key, fact key, place, rows) of ranked groups that have both; the first column only."""
    numbers = {identity: key for key, identity in case.ledger.numbers.items()}
    names = {(name.dimension, name.value): key for key, name in case.ledger.names.items()}
    for table in case.ledger.tables.values():
        facts = [(key, case.ledger.facts.get(row[0] or "") if row else None) for key, row in zip(table.keys, table.cells, strict=False) if len(key) == 1]
        known = [(key, fact) for key, fact in facts if fact is not None and fact.value is not None and not fact.parts]
        ordered = sorted(known, key=lambda entry: entry[1].value or 0, reverse=True)
        values = [fact.value for _, fact in ordered]
        for place, (key, fact) in enumerate(ordered):
            if len(ordered) > 3 and values.count(fact.value) == 1 and fact.id in numbers and key[0] in names:
                yield names[key[0]], numbers[fact.id], place, len(ordered)


def _ranked(*patterns: str, place: Callable[[int, int], bool]) -> Make:
    """Say of a row what holds of another."""

    def make(case: Case) -> Iterator[Mutant]:
        for name, fact, at, count in list(_rows(case)):
            if place(at, count):
                for pattern in patterns:
                    words = pattern.replace("NAME", "{{" + name + "}}").replace("FACT", "{{" + fact + "}}")
                    for changed in retext(case, lambda text, words=words: f"{text} {words}", places="h"):
                        yield Mutant(changed)

    return make


def _middle(at: int, count: int) -> bool:
    return at == count // 2


def _compared(*words: str) -> Make:
    """Tell the period of a comparison by words that belong to another one; the two periods are next to each other or a year apart."""

    def make(case: Case) -> Iterator[Mutant]:
        for said in words:

            def change(text: str, said: str = said) -> str | None:
                if len(PERIOD.findall(text)) < 2 or len(FACT_REF.findall(text)) < 3:
                    return None
                return re.sub(r"(?: in| of)? \{\{p\d+\}\}(?=[.,;]?$|\. )", f" {said}", text, count=1)

            for changed in retext(case, change):
                yield Mutant(changed)

    return make


def _year_apart(case: Case) -> bool | None:
    periods = list(case.ledger.periods.values())
    if len(periods) != 2:
        return None
    days = abs((periods[0].start - periods[1].start).days)
    return True if days > 330 else False if days < 100 else None


def _wrong_step(case: Case) -> Iterator[Mutant]:
    """Call a comparison with last year one with the month before, and the other way round."""
    apart = _year_apart(case)
    if apart is None:
        return
    said = ("month over month", "week over week", "on the prior month") if apart else ("year over year", "on the year", "compared with a year ago", "YoY")
    for words in said:
        for changed in retext(case, lambda text, words=words: text.rstrip(".") + f" {words}." if len(FACT_REF.findall(text)) > 2 else None):
            yield Mutant(changed)


def _typed_row(case: Case) -> Iterator[Mutant]:
    """A name of another row, typed in lower case behind the figure of this one."""
    for _, fact, at, count in list(_rows(case)):
        other = next((n for n, _, place, _ in _rows(case) if place == (at + 1) % count), None)
        if other is not None and at < 2:
            value = case.ledger.names[other].value.lower()
            words = "It was {{" + fact + "}} for " + value + "."
            for changed in retext(case, lambda text, words=words: f"{text} {words}", places="h"):
                yield Mutant(changed)


def _money(unit: str) -> bool:
    return unit.startswith("usd")


def _m(name: str, says: str, make: Make, *, number: bool = False) -> Mutator:
    return Mutator(name, says, make, same_reading, number)


CAUSES = (
    " amid softer demand.", " on the strength of the new ads.", ", lifted by a better mix.", ", spurred by the tent sale.", ", reflecting tight supply.",
    ", which traces back to slow follow-through.", " in the wake of the recall.", ", fed by fresh trades.", ", propelled by incentives.", ", all down to staffing.",
    ", underpinned by loyal customers.", " on weak demand.", ", a consequence of late deliveries.", ", which is why stock aged.", " as shoppers waited.",
    " given the bad weather.", " since the team was short.", ", powered by the website.", ", dented by the strike.", ", a byproduct of discounting.",
    ", credit to the desk.", " following the price cut.", ", reined in by rates.", ", undercut by rivals.", ", the result of training.", ", and the weather hurt.",
)  # fmt: skip

FOREIGN = (
    "treinta", "quaranta", "achtzig", "fünfzig", "soixante", "trinta", "cincuenta", "dwadzieścia", "twintig", "trettio", "yirmi", "vierzig", "onze", "dodici", "zwölf",
    "kaksi", "fem hundra", "tvåhundra", "duizend", "mille", "veintiuno", "dreihundert", "hai mươi", "dua puluh", "ni-juu",
)  # fmt: skip

MUTATORS = (
    _m("superlative on another row", "a row in the middle of a list is called the top one", _ranked("NAME had the most at FACT.", "NAME is highest at FACT.", "NAME is in first place with FACT.", "NAME dominates with FACT.", "Nobody tops NAME at FACT.", place=_middle)),
    _m("superlative on the second row", "the second of a list is called its best", _ranked("NAME leads with FACT.", "NAME has the largest figure, FACT.", "NAME comes out on top at FACT.", place=lambda at, count: at == 1)),
    _m("last place for another row", "a row in the middle of a list is called the last one", _ranked("NAME had the fewest at FACT.", "NAME brings up the rear with FACT.", "NAME is dead last at FACT.", place=_middle)),
    _m("rank written out", "a row gets a rank it does not have", _ranked("NAME ranks fourth with FACT.", "NAME takes the silver with FACT.", "NAME is the runner-up at FACT.", "NAME is second only to the leader at FACT.", "NAME is number two with FACT.", place=lambda at, count: at == 2)),
    _m("all of them", "what holds of one is claimed of all", _sentence("Every store grew.", "All of them beat plan.", "Each salesperson improved.", "Everyone is ahead.", "It was the same everywhere.")),
    _m("all of them, behind a figure", "what holds of one is claimed of all", _append(", at every store.", ", across the board.", ", with each team ahead.", ", and all departments gained.")),
    _m("none of them", "nothing of a kind is claimed", _append(", with no losses.", ", without a single return.", ", and no store missed.", ", not one of them late.", ", and zero unwinds.", ", with no exceptions.")),
    _m("a series", "a run of periods is claimed that nothing shows", _append(", for the third month in a row.", ", the second straight month.", ", another consecutive gain.", ", as in every month this year.", ", the first time since spring.", ", yet again.", ", as usual.", ", extending the streak.", ", once again.")),
    _m("a record", "a record is claimed that nothing shows", _append(", the best ever.", ", an all-time high.", ", a new record.", ", the most in years.", ", unmatched so far.", ", unprecedented here.", ", a historic result.", ", never seen before.")),
    _m("a part of it", "a part is claimed that nothing shows", _append(", nearly half of it used.", ", roughly a fifth late.", ", the better part of it trucks.", ", nine in ten online.", ", a sizable chunk of it fleet.", ", a small minority cash.", ", largely trucks.", ", about two fifths cash.", ", hardly any of it cash."), number=True),
    _m("times as much", "a multiple is claimed that nothing shows", _append(", many times the plan.", ", several-fold the plan.", ", a multiple of the plan.", ", twofold.", ", double the plan.", ", half again as much."), number=True),
    _m("about another figure", "a threshold is claimed that nobody gave", _append(", well past the century mark.", ", in the low thousands.", ", into six digits.", ", in the teens.", ", a four-digit sum.", ", in the dozens.", ", near the million mark."), number=True),
    _m("number of another tongue", "a number is written out in another language", _append(*(f", against {word} planned." for word in FOREIGN)), number=True),
    _m("roman quarter", "a quarter is told in Roman numerals", _append(" in quarter IV.", " for QIII.", " in the IInd quarter.")),
    _m("ordinal", "a place is written out", _append(", the fourth best.", ", ranked sixth.", ", in seventh place.", ", the eleventh so far."), number=True),
    _m("typed calendar", "days are told by words of no period", _append(" over the weekend.", " around the holidays.", " in mid-month.", " on Labor Day.", " in the spring.", " since the summer.", " by the fourth quarter.", " at year end.", " late in the month.", " during the first half.")),
    _m("minus typed", "a minus stands before a figure", _around("-", ""), number=True),
    _m("dash typed", "a long minus stands before a figure", _around("\u2212", ""), number=True),
    _m("parentheses typed", "an amount stands in parentheses, as losses do", _around("(", ")", _money), number=True),
    _m("decimals typed", "digits stand right behind a figure", _around("", ".5"), number=True),
    _m("thousands typed", "a letter for thousands stands behind a figure", _around("", "k"), number=True),
    _m("thousands typed, apart", "thousands are claimed behind a figure", _around("", " K"), number=True),
    _m("millions typed", "millions are claimed behind a figure", _around("", "M"), number=True),
    _m("rate of time typed", "a figure of a period is told as one of a day", _around("", " per day"), number=True),
    _m("rate of time typed, other words", "a figure of a period is told as one of each day", _around("", " a week on average", lambda unit: unit in ("units", "count", "usd")), number=True),
    _m("per head typed", "a figure of all is told as one of each", _around("", " each", lambda unit: unit in ("units", "count", "usd")), number=True),
    _m("per store typed", "a figure of all is told as one of each store", _around("", " per store"), number=True),
    _m("annual typed", "a figure of a period is told as one of a year", _around("an annualized ", "", lambda unit: unit in ("units", "count", "usd")), number=True),
    _m("percent sign typed", "a percent sign stands behind a count", _around("", "%", lambda unit: unit in ("units", "count", "usd")), number=True),
    _m("kind typed", "a figure of all is told as one of a kind", _foreign(_around("", " for trucks"), "truck"), number=True),
    _m("kind of deal typed", "a figure of all is told as one of a kind of deal", _foreign(_append(" on fleet deals.", " from fleet orders."), "fleet"), number=True),
    _m("cause in trade words", "a cause is told in words of the trade", _foreign(_append(" with the new campaign.", " after the campaign.", ": the campaign shows."), "campaign")),
    _m("actual as target", "a figure is told as the target", _foreign(_around("a target of ", ""), "target", "goal", "budget", "quota", "objective", "plan"), number=True),
    _m("actual as forecast", "a figure is told as a forecast", _foreign(_around("a projected ", ""), "project", "forecast", "pace", "expect", "tomorrow", "book", "next"), number=True),
    _m("row of the streak", "a series is claimed", _append(" for the second month in a row.", ", a third straight gain.")),
    _m("figure denied", "a figure is denied", _around("not ", ""), number=True),
    _m("figure as a bound", "a figure is told as a bound", _around("more than ", ""), number=True),
    _m("figure as a loss", "a gain is told as a loss", _around("a loss of ", "", _money), number=True),
    _m("lost it", "a gain is told as lost", _sentence("We lost money.", "That is in the red.", "It is a deficit.")),
    _m("wrong step of comparison", "a comparison with last year is called one with last month, or the other way round", _wrong_step),
    _m("compared in other words", "the other side of a comparison is told by words that do not fit", _compared("on the week before", "compared with the prior week", "from yesterday", "versus last week")),
    _m("judged", "a result is judged that has no good side or goes the other way", _append(", which is disappointing.", ", a welcome sign.", ", an alarming trend.", ", a healthy result.", ", a setback.", ", an encouraging sign.")),
    _m("magnitude", "a change gets a size it does not have", _append(", a dramatic swing.", ", a collapse.", ", a rout.", ", hardly a change.", ", a surge.", ", little changed.")),
    _m("trend words", "a course is claimed that nothing shows", _append(", and momentum is building.", ", trending upward.", ", and the slide continues.", ", and it keeps climbing.", ", and accelerating.", ", still cooling.", ", back to normal.", ", in recovery.")),
    _m("a target", "a target is claimed met or missed that nobody set", _append(", on target.", ", ahead of plan.", ", short of goal.", ", within budget.", ", in line with expectations.", ", better than forecast.", ", above the industry norm.", ", below the group's par.")),
    _m("causes in unusual words", "a cause is named that nothing shows", _append(*CAUSES)),
    _m("typed row", "the name of another row, in lower case", _typed_row),
    _m("caveat with a figure", "a caveat types a figure", _caveat("Excludes 12 late deals.", "About a dozen deals are missing.", "Half the stores reported late."), number=True),
    _m("caveat with a direction", "a caveat claims a direction", _caveat("Sales are down on the year before.", "Gross fell at the other stores.", "It rose everywhere else.")),
    _m("caveat with a cause", "a caveat names a cause", _caveat("The drop was caused by the strike.", "This is because of late funding.")),
    _m("caveat with a date", "a caveat types days", _caveat("Numbers for February are missing.", "The store at Riverside reported late.")),
    _m("assumption with a figure", "an assumption types a figure", _assumption("A month has 22 selling days.", "Twenty deals are still open."), number=True),
    _m("assumption with another name", "an assumption names what nobody asked for", _assumption("Counted for Riverside only.", "Read as February.")),
    _m("table of other words", "the title of a table says something else than its cells", _title("Deliveries in February", "Riverside only", "Top sellers, best first, because of the event", "All 412 rows", "Sales doubled")),
)  # fmt: skip
