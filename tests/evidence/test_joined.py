"""Figures that a sentence joins belong together: mutants of golden answers that once got through, each by hand."""

from __future__ import annotations

import json
from decimal import Decimal

from tests.evidence.corpus import OCT, SEP
from tests.evidence.test_checks import fact, say
from tests.evidence.test_corners import failed, target
from tests.evidence.test_kept_mutants import MINE, judged
from tests.evidence.world import policy
from vendora_graph.contracts import Draft, Fact, Ledger, ResultTable, TableSpec
from vendora_graph.evidence.arithmetic import calculate, express
from vendora_graph.evidence.validate import validate

NEW, USED = (("new_or_used", "new"),), (("new_or_used", "used"),)


def _rate(value: str, units: str, period: object, place: object = NEW) -> tuple[Fact, Fact, Fact]:
    gross = fact(value, slice=place, period=period)
    sold = fact(units, "units", label="Units", slice=place, period=period)
    return express("a / b", {"a": gross, "b": sold}, "usd_per_unit", label="The thing per unit", slice=place, period=period), gross, sold


def test_a_part_of_a_target_is_of_the_figure_and_the_target_beside_it() -> None:
    filed = fact("10", label="Target on file")
    goal = target("10", (filed.id,))
    before, old_goal = fact("9", period=SEP), target("8", (filed.id,))
    mine = express("a / b", {"a": MINE, "b": goal}, "rate", label="The thing, percent of target")
    other = express("a / b", {"a": before, "b": old_goal}, "rate", label="The thing, percent of target")
    parts = (MINE, goal, filed, before, old_goal, other)
    assert "labels.joined" not in judged(mine, *parts, text="The thing: P0, KEY of the target of P1.")
    assert "labels.joined" in judged(mine, *parts, text="The thing: P0, P5 of the target of P1.")
    assert "labels.joined" in judged(mine, *parts, text="The thing: P0, KEY of the target of P4.")
    assert "labels.joined" in judged(mine, *parts, text="The thing: KEY, KEY of the target of P1.")


def test_a_projection_is_of_the_place_of_what_is_so_far() -> None:
    used, whole = fact("4", slice=USED), fact("12", slice=())
    ahead, all_of_it = (
        express("a * 2", {"a": part}, "usd", label="The thing, projected", slice=part.slice, grade="forecast") for part in (used, whole)
    )
    assert "labels.joined" not in judged(ahead, used, whole, all_of_it, text="The thing: P0 so far, projected to land at KEY.")
    assert "labels.joined" in judged(ahead, used, whole, all_of_it, text="The thing: P0 so far, projected to land at P2.")


def test_a_share_is_of_the_figure_before_it() -> None:
    mine, whole = fact("4", slice=USED), fact("12")
    part, all_of_it = calculate("share", (mine, whole)), calculate("share", (whole, whole))
    assert "labels.joined" not in judged(part, mine, whole, all_of_it, text="The most: P0, a share of KEY.")
    assert "labels.joined" in judged(part, mine, whole, all_of_it, text="The most: P0, a share of P2.")
    assert "labels.joined" not in judged(part, mine, whole, all_of_it, text="The thing: P1. In all, a share of KEY.")


def test_a_change_is_of_the_figure_before_it() -> None:
    before, share = fact("9", period=SEP), fact("0.3", "rate", label="The thing, in percent")
    rise = calculate("difference", (MINE, before))
    assert "labels.joined" not in judged(rise, MINE, before, share, text="The thing: P0, up KEY from P1.")
    assert "labels.joined" in judged(rise, MINE, before, share, text="The thing: P2, up KEY from P1.")
    assert "labels.joined" not in judged(rise, MINE, before, share, text="The thing: P2; it is up KEY from P1.")


def test_behind_an_effect_stand_the_figures_it_is_made_of() -> None:
    now, gross, units = _rate("12", "3", OCT)
    then, old_gross, old_units = _rate("9", "4", SEP)
    sides = {"a": gross, "b": units, "c": old_gross, "d": old_units}
    effect = express("a - b * (c / d)", sides, "usd", label="Effect on the thing", metric="m", slice=NEW, period=OCT)
    rate = express("a - b * c / d", sides, "usd", label="Own-rate effect on the thing", metric="m", slice=NEW, period=OCT)
    mix = express("(b - d) * c / d", sides, "usd", label="Mix effect on the thing", metric="m", slice=NEW, period=OCT)
    parts = (now, then, rate, mix, gross, units, old_gross, old_units, MINE)
    told = "The main driver is {{n1}} with KEY: P0 in {{p1}}, from P1 in {{p2}}, of which own rate P2 and mix P3."
    assert "labels.effect" not in judged(effect, *parts, text=told)
    for old, new in (("P0", "P8"), ("P0", "P4"), ("P1", "P6"), ("P2", "P1"), ("P2", "P3"), ("P3", "P2"), ("P2", "KEY")):
        assert "labels.effect" in judged(effect, *parts, text=told.replace(old, new, 1)), (old, new)


def test_kinds_of_effect_are_told_of_an_effect_and_of_no_change() -> None:
    """`The main driver is {{n1}} with {{change}}, of which own rate {{..}}`: the change of a part of the row is no effect of it."""
    gross, old_gross = fact("12", slice=NEW), fact("9", slice=NEW, period=SEP)
    sides = {"a": gross, "b": old_gross}
    told = {"a - b": "Effect on the thing", "a * b / b - b": "Own-rate effect on the thing", "a - b * a / a": "Change in the thing"}
    effect, rate, change = (
        express(text, sides, "usd", label=label, metric="m", slice=NEW, period=OCT) for text, label in told.items()
    )
    text = "The main driver is {{n1}} with KEY, of which own rate P0."
    assert "labels.effect" not in judged(effect, rate, change, text=text)
    assert "labels.effect" in judged(effect, rate, change, text=text.replace("KEY", "P1"))
    assert "labels.effect" not in judged(effect, rate, change, text="The own rate brought P0.")


def test_the_sides_of_an_effect_that_is_a_difference_are_its_two_figures() -> None:
    now, before, whole = fact("12", slice=USED), fact("9", slice=USED, period=SEP), fact("20", period=SEP)
    effect = express("a - b", {"a": now, "b": before}, "usd", label="Effect on the thing", metric="m", slice=USED, period=OCT)
    told = "The main driver is {{n1}} with KEY: P1 in {{p2}}, without a figure in {{p1}}."
    assert "labels.effect" not in judged(effect, now, before, whole, text=told)
    assert "labels.effect" in judged(effect, now, before, whole, text=told.replace("P1", "P2"))


def test_what_would_be_is_no_figure_of_the_data() -> None:
    more = express("a * 2", {"a": MINE}, "usd", label="Extra of the thing", metric="m")
    assert "labels.supposed" not in judged(more, MINE, text="The thing: P0, and with the change it would bring KEY.")
    assert "labels.supposed" in judged(more, MINE, text="The thing: P0, and with the change it would bring P0.")


def test_the_ends_of_a_range_are_of_one_estimate() -> None:
    low, high = (express(f"a * {by}", {"a": MINE}, "usd", label=f"The thing, usual {end}") for end, by in (("low", "1"), ("high", "2")))
    assert "labels.supposed" not in judged(low, high, MINE, text="The thing: the expected range in {{p1}} is KEY dollars to P0 dollars.")
    assert "labels.supposed" in judged(low, high, MINE, text="The thing: the expected range in {{p1}} is KEY dollars to P1 dollars.")


def test_the_whole_is_no_row_of_it_with_a_unit_between_either() -> None:
    assert "labels.total" not in say("breakdown 0", "In {{p1}}: {{1f3}} units for the whole.")
    assert "labels.total" in say("breakdown 0", "In {{p1}}: {{1f1}} units for the whole.")


def test_a_bound_behind_a_name_is_one() -> None:
    rise = calculate("difference", (MINE, fact("9", period=SEP)))
    before = fact("9", period=SEP)
    assert rise.value == Decimal(3)
    assert "labels.bound" not in judged(rise, MINE, before, text="The thing: P0, KEY more than P1.")
    assert "labels.bound" in judged(rise, MINE, before, text="The thing: P0, {{n1}} more than P1.")
    assert "labels.bound" in judged(rise, MINE, before, text="The thing: P0 and more than P1.")


def test_a_list_behind_a_bridge_is_of_the_bridges_conditions() -> None:
    body = {"metrics": ["m"], "group_by": ["deal"], "filters": [{"dimension": "new_or_used", "op": "in", "values": ["used"]}]}
    made = ResultTable(id="t-bridge", tool="reconcile", request=json.dumps({"metric": "m", "lists": [body]}), columns=("Amount",))
    for filters, fails in ((body["filters"], False), ([], True)):
        behind = ResultTable(id="t-list", tool="query_metrics", request=json.dumps({**body, "filters": filters}), columns=("The thing",))
        ledger = Ledger(turn=1, tables={made.id: made, behind.id: behind})
        draft = Draft(headline="As closed.", tables=(TableSpec(ref="t1", table=made.id), TableSpec(ref="t2", table=behind.id)))
        assert ("tables.lists" in failed(validate("q", None, draft, ledger, policy(metric_info={})))) is fails
