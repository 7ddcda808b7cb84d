"""The lists behind a bridge are of the conditions the bridge was made with, and the validator holds them to it."""

from __future__ import annotations

import json
from datetime import date

from vendora_graph import Vendora
from vendora_graph.contracts import Draft, Ledger, TableSpec, ValidationPolicy
from vendora_graph.evidence.ledger import number
from vendora_graph.evidence.validate import validate
from vendora_graph.services import Scope
from vendora_graph.settings import Settings
from vendora_graph.tools.requests import Span
from vendora_graph.tools.senior.reconcile import TOOL

SEPTEMBER = Span(start=date(2026, 9, 1), end=date(2026, 9, 30))


def _failed(ledger: Ledger) -> set[str]:
    draft = Draft(headline="As closed.", tables=tuple(TableSpec(ref=f"t{n}", table=name) for n, name in enumerate(ledger.tables, 1)))
    policy = ValidationPolicy(as_of=date(2026, 11, 13), data_through=date(2026, 11, 12))
    return {check.name for check in validate("q", None, draft, ledger, policy).checks if not check.passed}


async def test_a_list_of_other_conditions_than_its_bridge_is_refused() -> None:
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        opened = await vendora.aopen()
        services = opened.services
        scope = Scope(opened.identities.principal(role="general_manager"), services.profile.as_of, services.profile.data_through, 1)
        asked = TOOL.arguments(metric="used_front_pvr", period=SEPTEMBER, against="at_close")
        ledger = number((await TOOL.run(asked, services, scope, Ledger(turn=1))).ledger, 1)
    lists = [table for table in ledger.tables.values() if '"deal_number"' in table.request and table.tool == "query_metrics"]
    assert len(lists) == 2
    assert "tables.lists" not in _failed(ledger)
    for table in lists:
        for place, condition in enumerate(json.loads(table.request)["filters"]):
            body = json.loads(table.request)
            del body["filters"][place]
            other = table.model_copy(update={"request": json.dumps(body)})
            assert "tables.lists" in _failed(ledger.model_copy(update={"tables": {**ledger.tables, table.id: other}})), condition
