"""The steps of reading, each alone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from vendora_graph.contracts import Period
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.cover import best_cover
from vendora_graph.offline.english import english_data, make_english
from vendora_graph.offline.lexicon import Sense
from vendora_graph.offline.normalise import Normaliser
from vendora_graph.offline.spans import Span, corrections, find_spans

NORMALISER = Normaliser(make_english(english_data(), {"abbreviations": {"svc": "service", "f and i": "fi"}}))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("front end", "Front-End"),
        ("F&I gross", "f & i gross"),
        ("F&I", "f and i"),
        ("walk-ins", "walk in"),
        ("svc gross", "service gross"),
        ("technicians'", "technician"),
        ("service people", "service person"),
        ("R.O. count", "ro count"),
        ("companies", "company"),
    ],
)
def test_phrases_with_one_meaning_have_one_key(first, second):
    assert NORMALISER.key(first) == NORMALISER.key(second)


@pytest.mark.parametrize(
    ("text", "number", "unit", "plus"),
    [
        ("$1,500", "1500", "usd", False),
        ("10k", "10000", "", False),
        ("60+", "60", "", True),
        ("12.5%", "12.5", "pct", False),
        ("3rd", "3", "", False),
        ("$2.5m", "2500000", "usd", False),
        ("twelve", "12", "", False),
    ],
)
def test_numbers_keep_value_unit_and_plus(text, number, unit, plus):
    token = NORMALISER.tokens(text)[0]
    assert (token.number, token.unit, token.plus) == (Decimal(number), unit, plus)


def test_model_names_with_dashes_stay_whole():
    assert NORMALISER.key("F-150") == NORMALISER.key("f150") == "f150"
    assert NORMALISER.key("CR-V") == NORMALISER.key("cr v")


@pytest.mark.parametrize("word", ["gross", "lexus", "status", "analysis", "less", "us"])
def test_words_that_only_look_like_plurals_are_kept(word):
    assert NORMALISER.stem(word) == word


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("tomorow", "tomorrow"), ("saleperson", "salesperson"), ("wholsale", "wholesale"), ("modle", "model"), ("rte", "rate")],
)
def test_typos_are_corrected_to_known_words(typed, meant, lexicon):
    token = lexicon.normaliser.tokens(typed)[0]
    assert meant in {*corrections(token, lexicon), token.stem}


@pytest.mark.parametrize("word", ["team", "weather", "cat", "help", "ev", "abc", "provide"])
def test_english_and_short_words_are_not_bent_to_business_words(word, lexicon):
    assert corrections(lexicon.normaliser.tokens(word)[0], lexicon) == []


def test_the_longest_meaning_wins_the_cover(lexicon, reader):
    tokens = lexicon.normaliser.tokens("front gross per unit by model")
    cover = best_cover(tokens, find_spans(tokens, lexicon, reader.grammar, frozenset()))
    assert {s.key for s in cover.spans[0].senses if s.kind == "metric"} == {"front_pvr"}
    assert [(s.start, s.end) for s in cover.spans] == sorted((s.start, s.end) for s in cover.spans)
    assert all(a.end <= b.start for a, b in zip(cover.spans, cover.spans[1:], strict=False))


def test_the_cover_is_the_best_of_all_covers():
    tokens = NORMALISER.tokens("alpha beta gamma delta")
    spans = [
        Span(i, j, (Sense("metric", f"m{i}{j}"),), quality)
        for i, j, quality in [(0, 2, 1.0), (1, 3, 1.0), (2, 4, 0.9), (0, 1, 1.0), (1, 4, 0.5), (3, 4, 1.0)]
    ]
    from vendora_graph.offline.cover import span_score

    def covers(at, chosen):
        yield chosen
        for span in spans:
            if span.start >= at:
                yield from covers(span.end, [*chosen, span])

    best = max(sum(span_score(tokens, s, {}) for s in chosen) for chosen in covers(0, []))
    assert best_cover(tokens, spans).score == pytest.approx(best)


def test_selling_days_are_counted_and_aligned_by_the_calendar():
    rows = [(date(2026, 10, d), d not in {4, 11, 18, 25, 12}, True) for d in range(1, 32)] + [
        (date(2026, 11, d), d not in {1, 8}, True) for d in range(1, 13)
    ]
    selling = SellingCalendar.from_rows(rows)
    running = Period(start=date(2026, 11, 1), end=date(2026, 11, 12), label="", complete=False)
    assert selling.count(running.start, running.end) == 10
    assert selling.align(running, date(2026, 10, 1), date(2026, 10, 31)) == date(2026, 10, 13)
    assert selling.align(running, date(2026, 10, 1), date(2026, 10, 31), "service") == date(2026, 10, 12)
    assert selling.last_open(date(2026, 11, 8)) == date(2026, 11, 7)


def test_yesterday_on_a_monday_is_the_last_open_day(read):
    reading = read("how many ros closed yesterday", as_of=date(2026, 11, 9))
    assert reading.plan.period.end == date(2026, 11, 7)
    assert any("not a selling day" in said for said in reading.assumptions)
