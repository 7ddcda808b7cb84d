"""The period grammar, tried on generated phrases and days; expected dates come from plain date arithmetic here."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.english import english_data, make_english
from vendora_graph.offline.normalise import Normaliser
from vendora_graph.offline.period_math import Clock, Resolved
from vendora_graph.offline.period_ops import resolve
from vendora_graph.offline.periods import PeriodGrammar

ENGLISH = make_english(english_data())
NORMALISER = Normaliser(ENGLISH)
GRAMMAR = PeriodGrammar(ENGLISH, NORMALISER)
DAYS = st.dates(date(2024, 2, 1), date(2030, 12, 31))
MONTHS = [name.lower() for name in calendar.month_name if name]


def clock(day: date) -> Clock:
    return Clock(day, date(2020, 1, 1), day - timedelta(days=1), SellingCalendar())


def read(phrase: str, day: date) -> Resolved | None:
    tokens = NORMALISER.tokens(phrase)
    matches = [m for m in GRAMMAR.find(tokens) if m.start == 0 and m.end == len(tokens)]
    assert matches, phrase
    return resolve(matches[0].spec, clock(day))


def dates(phrase: str, day: date) -> tuple[date, date]:
    found = read(phrase, day)
    assert found is not None
    return found.period.start, found.period.end


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


@given(DAYS, st.integers(1, 365))
def test_last_n_days_end_with_the_last_complete_day(day, n):
    start, end = dates(f"last {n} days", day)
    assert end == day - timedelta(days=1)
    assert (end - start).days + 1 == n


@given(DAYS, st.integers(2, 24))
def test_last_n_months_are_complete_and_end_before_this_month(day, n):
    start, end = dates(f"last {n} months", day)
    assert end == day.replace(day=1) - timedelta(days=1)
    assert start.day == 1
    assert (end.year - start.year) * 12 + end.month - start.month + 1 == n


@given(DAYS)
def test_month_to_date_never_passes_the_data(day):
    found = read("month to date", day)
    assert found is not None
    assert found.period.start == day.replace(day=1)
    assert found.period.end == (day - timedelta(days=1) if day.day > 1 else found.period.end)
    assert not found.period.complete
    assert found.period.full_end == month_end(day.year, day.month)


@given(DAYS, st.sampled_from(range(1, 13)))
def test_a_bare_month_is_the_most_recent_one_begun(day, month):
    found = read(f"in {MONTHS[month - 1]}" if month in {3, 5} else MONTHS[month - 1], day) if month not in {3, 5} else None
    if found is None:
        return
    year = day.year if month <= day.month else day.year - 1
    assert found.period.start == date(year, month, 1)
    if month_end(year, month) < day:
        assert found.period.end == month_end(year, month)
        assert found.period.complete
    else:
        assert "bare_running" in found.notes
        assert found.other is not None
        assert found.other.start == date(year - 1, month, 1)


@given(DAYS, st.integers(1, 4), st.integers(2022, 2029))
def test_a_quarter_of_a_year(day, quarter, year):
    start, end = dates(f"Q{quarter} {year}", day)
    assert start == date(year, 3 * quarter - 2, 1)
    whole = month_end(year, 3 * quarter)
    assert end in {whole, day - timedelta(days=1)} or day == start == end  # on its first day it is that day


@given(DAYS)
def test_last_week_is_a_whole_week_from_monday(day):
    start, end = dates("last week", day)
    assert start.weekday() == 0
    assert end - start == timedelta(days=6)
    assert end < day
    assert day - end <= timedelta(days=7)


@given(DAYS, st.sampled_from(["monday", "tuesday", "thursday", "friday", "saturday", "sunday"]))
def test_last_weekday_lies_in_the_seven_days_before(day, name):
    start, end = dates(f"last {name}", day)
    assert start == end
    assert start.strftime("%A").lower() == name
    assert timedelta(days=1) <= day - start <= timedelta(days=7)


@given(DAYS, st.dates(date(2023, 1, 1), date(2023, 12, 31)))
def test_explicit_dates_in_every_format_are_one_day(day, told):
    formats = [
        told.isoformat(),
        f"{told.month}/{told.day}/{told.year}",
        f"{told:%B} {told.day}, {told.year}",
        f"{told.day} {told:%b} {told.year}",
    ]
    assert {dates(text, day) for text in formats} == {(told, told)}


@given(DAYS, st.dates(date(2022, 1, 1), date(2023, 6, 1)), st.integers(0, 200))
def test_a_range_of_two_dates_holds_both(day, first, length):
    last = first + timedelta(days=length)
    assert dates(f"from {first.isoformat()} to {last.isoformat()}", day) == (first, last)


@given(DAYS, st.sampled_from(["this month", "this quarter", "this year", "this week"]))
def test_a_running_period_says_when_it_ends(day, phrase):
    found = read(phrase, day)
    assert found is not None
    period = found.period
    assert period.start <= period.end or period.start == day
    assert period.complete or (period.full_end is not None and period.full_end >= period.end)


@settings(max_examples=200)
@given(st.text(max_size=200))
def test_no_text_breaks_the_grammar(text):
    for match in GRAMMAR.find(NORMALISER.tokens(text)):
        resolve(match.spec, clock(date(2026, 11, 13)))


@given(
    st.lists(
        st.sampled_from(
            ["last", "first", "3", "q2", "of", "october", "to", "and", "year", "week", "this", "since", "2025", "10/1", "through", "-"]
        ),
        max_size=30,
    )
)
def test_period_words_in_any_order_give_ordered_dates(words):
    for match in GRAMMAR.find(NORMALISER.tokens(" ".join(words))):
        found = resolve(match.spec, clock(date(2026, 11, 13)))
        if found is not None and "future" not in found.notes:
            assert found.period.start <= found.period.end


@pytest.mark.parametrize("phrase", ["feb 30", "2026-02-30", "june 31 2025"])
def test_days_that_do_not_exist_resolve_to_nothing(phrase):
    assert read(phrase, date(2026, 11, 13)) is None


TOLD = [
    ("yesterday", "2026-11-12", "2026-11-12"),
    ("tomorrow", "2026-11-14", "2026-11-14"),
    ("last 3 months", "2026-08-01", "2026-10-31"),
    ("last 90 days", "2026-08-15", "2026-11-12"),
    ("trailing 12", "2025-11-01", "2026-10-31"),
    ("TTM", "2025-11-01", "2026-10-31"),
    ("Q3", "2026-07-01", "2026-09-30"),
    ("september", "2026-09-01", "2026-09-30"),
    ("same month last year", "2025-11-01", "2025-11-30"),
    ("october and november so far", "2026-10-01", "2026-11-12"),
    ("since June", "2026-06-01", "2026-11-12"),
    ("first half", "2026-01-01", "2026-06-30"),
    ("H2 2025", "2025-07-01", "2025-12-31"),
    ("ytd", "2026-01-01", "2026-11-12"),
    ("qtd", "2026-10-01", "2026-11-12"),
    ("wtd", "2026-11-09", "2026-11-12"),
    ("dec '25", "2025-12-01", "2025-12-31"),
    ("10/2025", "2025-10-01", "2025-10-31"),
    ("oct 1-15", "2026-10-01", "2026-10-15"),
    ("jan through mar", "2026-01-01", "2026-03-31"),
    ("ytd through september", "2026-01-01", "2026-09-30"),
    ("month before last", "2026-09-01", "2026-09-30"),
    ("two months ago", "2026-09-01", "2026-09-30"),
    ("last couple of months", "2026-09-01", "2026-10-31"),
    ("last weekend", "2026-11-07", "2026-11-08"),
    ("first 10 days of october", "2026-10-01", "2026-10-10"),
    ("twelve months through october", "2025-11-01", "2026-10-31"),
    ("last quarter of 2025", "2025-10-01", "2025-12-31"),
    ("over the last year", "2025-11-01", "2026-10-31"),
    ("october last year", "2025-10-01", "2025-10-31"),
]


@pytest.mark.parametrize(("phrase", "start", "end"), TOLD)
def test_phrases_a_dealer_uses(phrase, start, end):
    assert dates(phrase, date(2026, 11, 13)) == (date.fromisoformat(start), date.fromisoformat(end))
