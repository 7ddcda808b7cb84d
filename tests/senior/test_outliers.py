"""Anomalies against hand-made histories."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from vendora_graph.tools.senior.outliers import judge

HISTORY = [Decimal(v) for v in (100, 104, 98, 101, 97, 103, 99, 102)]


def test_a_figure_within_its_history_is_usual() -> None:
    assert judge(Decimal(105), HISTORY).why is None


def test_far_away_is_out_of_line_and_says_which_way() -> None:
    assert judge(Decimal(130), HISTORY).why == "above"
    assert judge(Decimal(60), HISTORY).why == "below"


def test_the_middle_and_spread_are_robust() -> None:
    found = judge(Decimal(100), [*HISTORY, Decimal(100_000)])
    assert found.middle == Decimal(101)
    assert found.why is None


def test_hard_bounds_need_no_history() -> None:
    assert judge(Decimal("1.2"), [], high=Decimal(1)).why == "bound"
    assert judge(Decimal("0.9"), [], high=Decimal(1)).why is None


@given(st.lists(st.integers(1, 1000).map(Decimal), min_size=6, max_size=30), st.permutations(range(6)))
def test_order_of_history_changes_nothing(history: list[Decimal], order: list[int]) -> None:
    shuffled = [history[i] for i in order] + history[6:]
    assert judge(Decimal(500), history) == judge(Decimal(500), shuffled)
