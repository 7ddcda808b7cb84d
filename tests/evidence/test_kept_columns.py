"""More mutants that once got through: what stands in a column, under which period and in which unit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.evidence.corpus import OCT, SEP
from tests.evidence.test_checks import fact, simple
from tests.evidence.test_corners import failed
from tests.evidence.test_kept_mutants import GOAL, MINE, OTHER, estimate, judged
from tests.evidence.world import policy
from vendora_graph.contracts import Comparison, Draft, Fact, Ledger, Plan, ResultTable, TableSpec
from vendora_graph.evidence.arithmetic import calculate, express
from vendora_graph.evidence.ledger import add_facts, number
from vendora_graph.evidence.validate import validate

# ---------------------------------------------------------------------------------------------------- what stands in a column


def _bridge(
    heads: tuple[str, ...], *rows: tuple[Fact, ...], request: Any = None, by: str = "model", parts: Sequence[Fact] = ()
) -> set[str]:
    """Judge a table of a senior tool: its rows are models named A, B, ..., or months."""
    names = ("2026-10", "2026-09") if by == "month" else ("A", "B")
    cells = tuple(tuple(one.id for one in row) for row in rows)
    keys = tuple(((by, name),) for name in names[: len(rows)])
    table = ResultTable(id="t1", tool="explain_change", request=json.dumps(request or {}), columns=heads, cells=cells, keys=keys)
    first, *others = [one for row in rows for one in row]
    draft = {"tables": (TableSpec(ref="t1", table="t1"),)}
    return failed(simple(first, rules={}, others=(*others, *parts), table=table, draft=draft))


def test_a_column_holds_what_its_head_says_even_where_no_metric_names_it() -> None:
    place = (("model", "A"),)
    now, before = fact("12", slice=place), fact("9", slice=place, period=SEP)
    parts = {"a": now, "b": before}
    effect = express("a - b", parts, "usd", label="Effect on the thing", metric="m", slice=place)
    mix = express("(a - b) / 2", parts, "usd", label="Mix effect on the thing", metric="m", slice=place)
    assert "tables.columns" not in _bridge(("The thing", "Effect", "Mix"), (now, effect, mix))
    assert "tables.columns" in _bridge(("The thing", "Mix", "Effect"), (now, effect, mix))
    assert "tables.columns" in _bridge(("The thing", "Effect", "Mix"), (now, now, mix))


def test_every_row_of_a_comparison_s_column_is_of_its_days() -> None:
    days = {"period": {"start": "2026-10-01", "end": "2026-10-31"}, "compare": {"start": "2026-09-01", "end": "2026-09-30"}}
    rows = (("A", OCT, "1"), ("A", SEP, "2"), ("B", OCT, "3"), ("B", SEP, "4"))
    facts = [fact(value, slice=(("model", name),), period=when) for name, when, value in rows]
    heads = ("The thing", "The thing, before")
    assert "tables.columns" not in _bridge(heads, (facts[0], facts[1]), (facts[2], facts[3]), request=days)
    assert "tables.columns" in _bridge(heads, (facts[0], facts[1]), (facts[3], facts[3]), request=days)
    rates = [express("a * 2", {"a": one}, "usd", label="The thing", metric="m") for one in facts[:2]]
    assert "tables.columns" not in _bridge(heads, (rates[0], rates[1]), request=days)
    assert "tables.columns" in _bridge(heads, (rates[1], rates[1]), request=days)


def test_a_column_of_one_side_holds_figures_of_that_side() -> None:
    one, other = ([{"dimension": "store", "op": "in", "values": [name]}] for name in ("N", "S"))
    sides = {"filters": one, "other_filters": other}
    north, south = (fact(value, slice=(("model", "A"), ("store", name))) for name, value in (("N", "1"), ("S", "2")))
    heads = ("The thing", "The thing, before")
    assert "tables.columns" not in _bridge(heads, (north, south), request=sides)
    assert "tables.columns" in _bridge(heads, (south, north), request=sides)


def test_forecasts_stand_in_the_rows_of_their_own_months() -> None:
    october, september = (
        estimate(period=when, slice=(("month", name),), label="The thing, forecast") for when, name in ((OCT, "2026-10"), (SEP, "2026-09"))
    )
    assert "tables.rows" not in _bridge(("Forecast",), (october,), (september,), by="month")
    assert "tables.rows" in _bridge(("Forecast",), (september,), (october,), by="month")
    now, before = fact("12", slice=(("month", "2026-10"),)), fact("9", slice=(("month", "2026-09"),), period=SEP)
    change = calculate("difference", (now, before), label="Change in the thing")
    assert "tables.rows" not in _bridge(("Change in the thing",), (change,), by="month", parts=(now, before))
    january, past = (fact(value, slice=(("month", month),)) for value, month in (("1", "2026-01"), ("2", "2025-01")))
    other = calculate("difference", (january, past), label="Change in the thing")
    assert "tables.rows" in _bridge(("Change in the thing",), (other,), by="month", parts=(january, past))


def test_the_rows_that_were_asked_for_are_all_shown() -> None:
    facts = [fact(str(number), slice=(("store", name),)) for number, name in enumerate(("N", "S"), start=1)]
    keys = tuple((("store", name),) for name in ("N", "S"))
    for by, limit, fails in (("store", 1, True), ("store", None, False), ("model", 1, False)):
        cells = tuple((one.id,) for one in facts)
        table = ResultTable(id="t1", tool="compare_to_target", request="{}", columns=("The thing",), cells=cells, keys=keys)
        ledger = number(add_facts(Ledger(turn=1), facts, table), 1)
        draft = Draft(headline="The stores follow.", tables=(TableSpec(ref="t1", table="t1", limit=limit),))
        found = validate("q", Plan(metrics=("m",), group_by=(by,)), draft, ledger, policy(metric_info={}))
        assert ("tables.whole" in failed(found)) is fails, (by, limit)


# --------------------------------------------------------------------------------------------------- periods, units, estimates


def test_a_forecast_is_told_under_its_own_period_only() -> None:
    made = estimate(part=fact("9", period=SEP), label="The thing, forecast")
    part = fact("9", period=SEP)
    told = "The thing is forecast at KEY in {{p1}}, P0 in {{p2}}."
    found = judged(made, part, text=told)
    other = judged(made, part, text=told.replace("{{p1}}", "{{p9}}").replace("{{p2}}", "{{p1}}").replace("{{p9}}", "{{p2}}"))
    assert ("labels.period" in found) != ("labels.period" in other)


def test_an_estimate_is_made_of_the_figure_it_is_about() -> None:
    for part, fails in ((MINE, False), (OTHER, True), (fact("12", period=SEP), True)):
        assert ("arithmetic.sense" in judged(estimate(part=part), part, text="The thing: an expected KEY.")) is fails


@pytest.mark.parametrize(
    ("label", "fails"),
    [
        ("October 2026", False),
        ("1 to 31 October 2026", False),
        ("October 1-31, 2026", False),
        ("31 days to 31 October 2026", False),
        ("1 to 30 October 2026", True),
        ("October 2-31, 2026", True),
        ("October 2026 (2 to 31 October 2026)", True),
    ],
)
def test_the_days_in_a_period_s_name_are_its_own(label: str, fails: bool) -> None:
    assert ("periods.named" in failed(simple(fact(period=OCT.model_copy(update={"label": label})), rules={}))) is fails


def test_a_figure_behind_its_metric_s_bare_name_is_in_the_metric_s_unit() -> None:
    part = express("a / b", {"a": MINE, "b": GOAL}, "rate", label="The thing, percent of target", metric="m")
    told = "The thing in {{p1}}: P0, KEY of the target of P1."
    assert "labels.own_unit" not in judged(part, MINE, GOAL, text=told)
    assert "labels.own_unit" in judged(part, MINE, GOAL, text=told.replace("P0", "KEY"))
    assert "labels.own_unit" not in judged(part, MINE, GOAL, text="The thing reached KEY of the target of P1.")
    assert "labels.own_unit" not in judged(part, MINE, GOAL, text="A part of the thing: KEY of the target of P1.")


def test_the_other_side_of_a_comparison_is_not_only_the_past_of_a_forecast() -> None:
    past = fact("9", period=SEP)
    plan = Plan(metrics=("m",), period=OCT, comparison=Comparison(kind="explicit", period=SEP))
    made = estimate(parts=(MINE.id, past.id), label="The thing, forecast")
    for text, fails in (("The thing: P0, and forecast at KEY.", True), ("The thing: P0, from P1 in {{p2}}, and forecast at KEY.", False)):
        found = judged(made, MINE, past, text=text.replace("{{p2}}", "{{p9}}"), plan=plan)
        assert ("coverage.comparison" in found) is fails, text
