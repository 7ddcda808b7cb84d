"""Decompositions tie out for any figures, whatever the order of the rows."""

from __future__ import annotations

from decimal import Decimal
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from vendora_graph.tools.senior.decompose import Group, Step, bridge, by_groups, simpson

CENT = Decimal("0.01")
money = st.decimals(min_value=-50_000, max_value=50_000, places=2)
count = st.integers(min_value=0, max_value=60).map(Decimal)
positive = st.decimals(min_value=1, max_value=90_000, places=2)
KNOWN = yaml.safe_load(files("vendora_graph.tools.senior").joinpath("drivers.yaml").read_text(encoding="utf-8"))


@st.composite
def group_lists(draw: st.DrawFn) -> list[Group]:
    size = draw(st.integers(min_value=1, max_value=7))
    groups = []
    for index in range(size):
        d0, d1 = draw(count), draw(count)
        n0 = draw(money) if d0 else Decimal(0)
        n1 = draw(money) if d1 else Decimal(0)
        groups.append(Group(f"g{index}", n0, n1, d0, d1))
    groups.append(Group("base", draw(money), draw(money), Decimal(7), Decimal(9)))
    return groups


def total(values: list[Decimal | None]) -> Decimal:
    return sum((value or Decimal(0) for value in values), Decimal(0))


@given(group_lists())
def test_effects_of_groups_add_up_to_the_change_of_the_rate(groups: list[Group]) -> None:
    change = total([g.n1 for g in groups]) / total([g.d1 for g in groups]) - total([g.n0 for g in groups]) / total([g.d0 for g in groups])
    assert abs(total([e.value for e in by_groups(groups, "ratio")]) - change) < CENT


@given(group_lists())
def test_effects_of_groups_add_up_beyond_volume(groups: list[Group]) -> None:
    n0, n1 = total([g.n0 for g in groups]), total([g.n1 for g in groups])
    d0, d1 = total([g.d0 for g in groups]), total([g.d1 for g in groups])
    assert abs(total([e.value for e in by_groups(groups, "volume")]) - (n1 - n0 - (d1 - d0) * n0 / d0)) < CENT


@given(group_lists())
def test_rate_and_mix_make_up_each_group(groups: list[Group]) -> None:
    named = {g.name: g for g in groups}
    for kind in ("ratio", "volume"):
        for effect in by_groups(groups, kind):
            if named[effect.name].d0:
                assert effect.rate is not None
                assert effect.mix is not None
                assert effect.value is not None
                assert abs(effect.rate + effect.mix - effect.value) < CENT


@given(st.permutations(range(5)), st.lists(money, min_size=10, max_size=10))
def test_the_order_of_rows_changes_nothing(order: list[int], values: list[Decimal]) -> None:
    groups = [Group(f"g{i}", values[2 * i], values[2 * i + 1], Decimal(3 + i), Decimal(8 - i)) for i in range(5)]
    assert by_groups(groups, "ratio") == by_groups([groups[i] for i in order], "ratio")


@given(group_lists(), st.decimals(min_value=0, max_value=1, places=2))
def test_splitting_a_group_changes_only_its_own_line(groups: list[Group], part: Decimal) -> None:
    first, *rest = groups
    a = Group("a", first.n0 * part, first.n1 * part, first.d0 * part, first.d1 * part)
    b = Group("b", first.n0 - a.n0, first.n1 - a.n1, first.d0 - a.d0, first.d1 - a.d1)
    whole = {e.name: e.value for e in by_groups(groups, "ratio")}
    split = {e.name: e.value for e in by_groups([a, b, *rest], "ratio")}
    for group in rest:
        assert abs((whole[group.name] or Decimal(0)) - (split[group.name] or Decimal(0))) < CENT
    assert abs((split["a"] or Decimal(0)) + (split["b"] or Decimal(0)) - (whole[first.name] or Decimal(0))) < CENT


TARGETS = {"svc_gross": "(l - c) + (s - k)", "labor_gross": "l - c", "net_profit": "s - c - e + i - d"}


@pytest.mark.parametrize("name", sorted(KNOWN["bridges"]))
@given(data=st.data())
def test_every_shipped_bridge_ties_out(name: str, data: st.DataObject) -> None:
    entry = KNOWN["bridges"][name]
    figures = {f"{alias}{when}": data.draw(positive) for alias in entry["figures"] for when in "01"}
    steps = [Step(item["driver"], item["text"]) for item in entry["steps"]]
    whole = TARGETS.get(name)
    if whole is None:
        first = next(iter(entry["figures"]))
        whole = f"{first} / u" if name.endswith("_pvr") else first
    ends = []
    for when in "01":
        text = "".join(char + when if char.isalpha() else char for char in whole)
        ends.append(eval(text, {}, figures))  # noqa: S307 - plain Python as the golden arithmetic
    assert abs(total([e.value for e in bridge(steps, figures)]) - (ends[1] - ends[0])) < CENT


def test_simpson_is_seen() -> None:
    stones = [
        Group("small", Decimal(81), Decimal(234), Decimal(87), Decimal(270)),
        Group("large", Decimal(192), Decimal(55), Decimal(263), Decimal(80)),
    ]
    assert simpson(stones)
    assert not simpson(stones, least=Decimal(85))
    both_up = [Group("a", Decimal(1), Decimal(2), Decimal(10), Decimal(10)), Group("b", Decimal(1), Decimal(3), Decimal(10), Decimal(10))]
    assert not simpson(both_up)
