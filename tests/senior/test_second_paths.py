"""What a projection stands on is proven too: a forecast is made again from proven months, a past whose days do not add up is no past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from vendora_graph import Vendora
from vendora_graph.contracts import Ledger, Second
from vendora_graph.evidence.arithmetic import operation_of
from vendora_graph.evidence.ledger import number, with_seconds
from vendora_graph.services import Scope, Services
from vendora_graph.settings import Settings
from vendora_graph.tools.requests import Span
from vendora_graph.tools.second_path import prove
from vendora_graph.tools.senior import history
from vendora_graph.tools.senior.forecast import TOOL as FORECAST
from vendora_graph.tools.senior.forecast_again import foretold_again
from vendora_graph.tools.senior.pace import TOOL as PACE

AHEAD = {"metrics": ["units_retail"], "period": Span(start=date(2026, 12, 1), end=date(2027, 2, 28))}
MONTH = {"metrics": ["units_retail", "fi_gross"], "period": Span(start=date(2026, 11, 1), end=date(2026, 11, 12))}


@pytest.fixture(scope="module")
def desk() -> Iterator[tuple[Services, Scope, asyncio.Runner]]:
    """Return the demo's services, a scope of its general manager and the loop they live on."""
    with asyncio.Runner() as runner:
        vendora = Vendora.open(Settings.load(warehouse="demo", model="offline"))
        opened = runner.run(vendora.aopen())
        profile = opened.services.profile
        scope = Scope(opened.identities.principal(role="general_manager"), profile.as_of, profile.data_through, 1)
        yield opened.services, scope, runner
        runner.run(vendora.aclose())


async def _proven(tool: Any, arguments: dict[str, Any], services: Services, scope: Scope) -> Ledger:
    result = await tool.run(tool.arguments(**arguments), services, scope, Ledger(turn=1))
    ledger = number(result.ledger, 1)
    return with_seconds(ledger, (await prove(ledger, services, scope)).facts)


def test_a_forecast_is_made_again_from_proven_months(desk: tuple[Services, Scope, asyncio.Runner]) -> None:
    services, scope, runner = desk
    ledger = runner.run(_proven(FORECAST, AHEAD, services, scope))
    made = [fact for fact in ledger.facts.values() if fact.grade == "forecast" and operation_of(fact) is None]
    assert len(made) == 3 * 3 + 2
    assert [fact.label for fact in made if fact.second is None or fact.second.value != fact.value] == []


def test_a_month_that_was_read_wrong_shows_in_the_forecast(desk: tuple[Services, Scope, asyncio.Runner]) -> None:
    services, scope, runner = desk
    ledger = runner.run(_proven(FORECAST, AHEAD, services, scope))
    made = next(fact for fact in ledger.facts.values() if fact.label.endswith(", forecast") and operation_of(fact) is None)
    last = max((ledger.facts[part] for part in made.parts), key=lambda fact: fact.period.start if fact.period else date.min)
    assert last.value is not None
    other = last.model_copy(update={"second": Second(value=last.value * 2, method="by day, summed again")})
    again = foretold_again(with_seconds(ledger, {other.id: other}))[made.id]
    assert again.second is not None
    assert again.second.value != made.value


def test_a_month_without_a_proof_leaves_the_forecast_without_one(desk: tuple[Services, Scope, asyncio.Runner]) -> None:
    services, scope, runner = desk
    ledger = runner.run(_proven(FORECAST, AHEAD, services, scope))
    bare = {fact.id: fact.model_copy(update={"second": None}) for fact in ledger.facts.values() if fact.grade == "metric"}
    assert foretold_again(with_seconds(ledger, bare)) == {}


def test_the_past_of_a_projection_is_on_record(desk: tuple[Services, Scope, asyncio.Runner]) -> None:
    services, scope, runner = desk
    ledger = runner.run(_proven(PACE, MONTH, services, scope))
    days = [query for query in ledger.queries.values() if query.rows > 300]
    assert {query.purpose for query in days} == {"primary"}
    assert _curves(ledger) == {"units_retail", "fi_gross"}


def _lossy(column: dict[Any, Any]) -> dict[Any, Any]:
    return dict(list(column.items())[1:])


def _exchanged(column: dict[Any, Any]) -> dict[Any, Any]:
    """Return the days with those of two months exchanged: as one total they still add up."""
    last = max(column)
    other = next(day for day in sorted(column) if day[0][:7] != last[0][:7] and column[day] != column[last])
    return {**column, last: column[other], other: column[last]}


@pytest.mark.parametrize("wrong", [_lossy, _exchanged])
def test_days_that_do_not_add_up_are_no_past(
    wrong: Callable[[dict[Any, Any]], dict[Any, Any]],
    desk: tuple[Services, Scope, asyncio.Runner],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services, scope, runner = desk
    plain = history.evaluate

    async def misread(metrics: Any, leg: Any, cut: Any, *rest: Any, **purpose: Any) -> Any:
        found = await plain(metrics, leg, cut, *rest, **purpose)
        if cut.grain == "day" and "units_retail" in found.values:
            return replace(found, values={**found.values, "units_retail": wrong(found.values["units_retail"])})
        return found

    monkeypatch.setattr(history, "evaluate", misread)
    assert _curves(runner.run(_proven(PACE, MONTH, services, scope))) == {"fi_gross"}


def _curves(ledger: Ledger) -> set[str]:
    return {fact.metric for fact in ledger.facts.values() if fact.label.endswith("projected by curve")}
