"""Against target: which months are compared, and the figures of the tool against hand-written SQL over the raw tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import duckdb
import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Answer, Fact, Filter, Period
from vendora_graph.evidence.ledger import make_fact
from vendora_graph.settings import Settings
from vendora_graph.tools.compare_to_target import against
from vendora_graph.tools.requests import Span
from vendora_graph.tools.targets import Place, Stretch, months_of, stretch_of
from vendora_graph.warehouse.demo_file import demo_path

THROUGH = date(2026, 11, 12)
OCTOBER = Span(start=date(2026, 10, 1), end=date(2026, 10, 31))
NOVEMBER = Span(start=date(2026, 11, 1), end=date(2026, 11, 30))


def span(start: str, end: str) -> Span:
    return Span(start=date.fromisoformat(start), end=date.fromisoformat(end))


def test_whole_months_are_compared_as_they_are() -> None:
    assert stretch_of(OCTOBER, THROUGH) == Stretch(OCTOBER, OCTOBER)
    quarter = span("2026-07-01", "2026-09-30")
    assert stretch_of(quarter, THROUGH) == Stretch(quarter, quarter)


def test_of_a_running_year_the_whole_months_are_compared() -> None:
    whole = span("2026-01-01", "2026-10-31")
    assert stretch_of(span("2026-01-01", "2026-11-12"), THROUGH) == Stretch(whole, whole, rest=True)


def test_a_running_month_stands_against_its_whole_target() -> None:
    so_far = span("2026-11-01", "2026-11-12")
    assert stretch_of(so_far, THROUGH) == Stretch(so_far, NOVEMBER, running=True)


@pytest.mark.parametrize(("start", "end"), [("2026-11-12", "2026-11-12"), ("2026-10-01", "2026-10-15"), ("2026-10-10", "2026-11-12")])
def test_days_inside_a_month_are_no_whole_months(start: str, end: str) -> None:
    assert stretch_of(span(start, end), THROUGH) is None


def test_months_have_the_labels_of_their_facts() -> None:
    assert months_of(span("2025-12-01", "2026-02-28")) == ["2025-12", "2026-01", "2026-02"]


def test_a_target_of_a_department_belongs_to_its_side_of_the_lot() -> None:
    place = Place((), (Filter(dimension="new_or_used", values=("used",)),))
    assert place.holds({}, {"department": "Used vehicles"})
    assert not place.holds({}, {"department": "New vehicles"})
    assert Place((), (Filter(dimension="model", values=("Civic",)),)).unknown() == ["model"]


def _fact(value: str, grade: str, unit: str = "rate", end: str = "2026-10-31") -> Fact:
    period = Period(start=date(2026, 10, 1), end=date.fromisoformat(end), label="October 2026")
    return make_fact(metric="vsc_pen", value=Decimal(value), unit=unit, label="Penetration", period=period, grade=grade)  # type: ignore[arg-type]


def test_the_gap_of_a_rate_is_in_points() -> None:
    gap, reached = against(_fact("0.31", "metric"), _fact("0.40", "target"))
    assert gap is not None
    assert (gap.value, gap.unit) == (Decimal("-0.09"), "points")
    assert (reached.value, reached.unit) == (Decimal("0.775"), "rate")


def test_a_month_that_runs_has_no_gap_yet() -> None:
    gap, reached = against(_fact("6", "metric", "units", end="2026-10-12"), _fact("12", "target", "units"))
    assert gap is None
    assert reached.value == Decimal("0.5")


@pytest.fixture(scope="module")
def raw(vendora: Vendora, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo's raw tables, in a copy: one process opens a file in one way only."""
    vendora.ask("units sold this month")
    copy = tmp_path_factory.mktemp("raw") / "demo.duckdb"
    shutil.copyfile(demo_path(Settings().cache_dir), copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield connection
    copy.unlink()


def _held(answer: Answer, grade: str) -> set[Decimal]:
    return {fact.value for fact in answer.evidence if fact.grade == grade and fact.value is not None}


def test_rates_of_several_stores_are_told_store_by_store(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("pvr vs target last month", role="dealer_principal")
    rows = raw.execute(
        "SELECT target_value FROM target WHERE metric_id = 'fi_pvr' AND is_current AND target_source = 'budget' "
        "AND month_start = '2026-10-01'"
    ).fetchall()
    targets = [fact for fact in answer.evidence if fact.grade == "target"]
    assert answer.status == "answered"
    assert sorted(fact.value or 0 for fact in targets) == sorted(row[0] for row in rows)
    assert len({fact.slice for fact in targets}) == len(rows)


def test_a_superseded_version_is_never_the_target(vendora: Vendora, raw: duckdb.DuckDBPyConnection) -> None:
    answer = vendora.ask("units vs target in october")
    versions = raw.execute(
        "SELECT is_current, SUM(target_value) FROM target WHERE dealership_id = 'dealer_001' AND metric_id = 'units_retail' "
        "AND employee_id IS NULL AND target_source = 'budget' AND month_start = '2026-10-01' GROUP BY 1"
    ).fetchall()
    current, old = (next(value for mark, value in versions if mark is wanted) for wanted in (True, False))
    assert _held(answer, "target") == {current}
    assert current != old


def test_the_narrator_says_ahead_and_behind_by_the_good_side(vendora: Vendora) -> None:
    assert "ahead by" in vendora.ask("new units vs target in october").summary
    assert "behind by" in vendora.ask("fi gross vs budget in october").summary


def test_without_a_target_on_file_the_answer_says_what_is(vendora: Vendora) -> None:
    answer = vendora.ask("leads vs target in october")
    assert answer.status == "not_held"
    assert "Retail units" in answer.summary
