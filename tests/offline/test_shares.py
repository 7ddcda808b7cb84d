"""What rows are shares of: groups of the same selection, a part in each period of the rest."""

from __future__ import annotations

from datetime import date

from vendora_graph.contracts import Filter, Period, Plan
from vendora_graph.offline.asked import part_of, share_filter
from vendora_graph.tools.requests import MetricQuery, Span
from vendora_graph.tools.shares import whole_of

CASH = Filter(dimension="finance_type", values=("cash",))
USED = Filter(dimension="new_or_used", values=("used",))
OCTOBER = Period(start=date(2026, 10, 1), end=date(2026, 10, 31), label="October 2026")


def test_the_part_is_the_filter_that_is_no_kind_of_vehicle() -> None:
    plan = Plan(metrics=("units_retail",), filters=(USED, CASH), period=OCTOBER, grain="month", topic="share")
    assert part_of(plan) == CASH
    assert share_filter(plan) is None


def test_groups_have_no_part_of_their_own() -> None:
    assert part_of(Plan(metrics=("units_retail",), group_by=("model",), filters=(CASH,), period=OCTOBER, topic="share")) is None


def test_the_whole_is_ungrouped_under_the_wider_conditions_and_keeps_the_periods() -> None:
    query = MetricQuery(
        metrics=("units_retail",), period=Span(start=OCTOBER.start, end=OCTOBER.end), group_by=("model",), grain="month",
        filters=(CASH, USED), total=True, share_of=(USED,),
    )  # fmt: skip
    whole = whole_of(query)
    assert (whole.group_by, whole.filters, whole.grain, whole.total, whole.share_of) == ((), (USED,), "month", False, None)
