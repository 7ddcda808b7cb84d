"""The offline analyst's sentences, and what stands behind them: the period before, ranked months and days."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from vendora_graph.contracts import Draft, Fact, Ledger, Period, ValidationPolicy
from vendora_graph.evidence.validate import validate
from vendora_graph.offline.before import previous_period
from vendora_graph.offline.calendar import SellingCalendar
from vendora_graph.offline.words import patterns
from vendora_graph.tools.ranked_buckets import ranked
from vendora_graph.tools.requests import MetricQuery, OrderBy, Span


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        (Period(start=date(2026, 11, 9), end=date(2026, 11, 11), label="", grain="week"), (date(2026, 11, 2), date(2026, 11, 4))),
        (Period(start=date(2026, 10, 18), end=date(2026, 10, 31), label="", grain="month"), (date(2026, 10, 4), date(2026, 10, 17))),
        (Period(start=date(2026, 10, 26), end=date(2026, 11, 8), label=""), (date(2026, 10, 12), date(2026, 10, 25))),
        (Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="", grain="month"), (date(2026, 9, 1), date(2026, 9, 30))),
    ],
)
def test_the_period_before_is_as_long_and_of_the_same_weekdays(asked: Period, before: tuple[date, date]) -> None:
    found = previous_period(asked, SellingCalendar(), "sales")
    assert found is not None
    assert (found.start, found.end) == before


MONTHS = {"2026-01": 5, "2026-02": None, "2026-03": 9, "2026-04": 5, "2026-05": 7}


def months(direction: str, limit: int | None) -> list[str]:
    """Return the months a trend gives in the order asked for."""
    facts = {
        month: Fact(id=month, value=None if value is None else Decimal(value), unit="units", metric="units", label="Units")
        for month, value in MONTHS.items()
    }
    query = MetricQuery(
        metrics=("units",),
        period=Span(start=date(2026, 1, 1), end=date(2026, 5, 31)),
        grain="month",
        order_by=OrderBy.model_validate({"by": "units", "direction": direction}),
        limit=limit,
    )
    rows, kept = ranked([((("month", month),), [month]) for month in MONTHS], facts, query, most=200)
    assert set(kept) == {cells[0] for _, cells in rows}
    return [dict(place)["month"] for place, _ in rows]


def test_buckets_are_ranked_over_the_whole_line_and_cut_afterwards() -> None:
    assert months("desc", 2) == ["2026-03", "2026-05"]
    assert months("asc", None) == ["2026-01", "2026-04", "2026-05", "2026-03", "2026-02"]


CAVEATS = {
    "notes": {
        "running", "ahead", "unequal_days", "uneven_days", "unequal_length_days", "unequal_length", "rescued", "preliminary", "truncated",
    },
    "scorecard": {"definitions", "without", "failed", "aligned", "measure", "high", "moderate"},
    "explain": {"residual", "unavailable"},
    "pace": {"method", "method_days", "no_target"},
    "anomalies": {"method", "method_days"},
    "what_if": {"scenario"},
    "reconcile": {"basis"},
    "forecast": {"method"},
    "target": {"spread", "none"},
}
"""Sentences that stand below an answer and claim nothing of a figure."""

SENTENCES = [
    (group, name, text)
    for group, named in patterns().items()
    for name, text in named.items()
    if name not in CAVEATS.get(group, set()) and isinstance(text, str)
]


@pytest.mark.parametrize(("group", "name", "text"), SENTENCES, ids=[f"{group}.{name}" for group, name, _ in SENTENCES])
def test_the_narrators_own_sentences_hold_only_words_the_checks_know(group: str, name: str, text: str) -> None:
    draft = Draft(headline=re.sub(r"\{\w+\}", "{{1f1}}", text) or "{{1f1}}")
    policy = ValidationPolicy(as_of=date(2026, 11, 13), data_through=date(2026, 11, 12))
    verdict = validate("against the stretch", None, draft, Ledger(turn=1), policy)
    assert [check.reason for check in verdict.checks if check.name == "words.plain" and not check.passed] == []
