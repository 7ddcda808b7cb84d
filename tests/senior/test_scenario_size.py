"""The size of a scenario is the question's own: a model that calls `what_if` with another one gets no figure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from vendora_graph.api import Vendora
from vendora_graph.contracts import Ledger
from vendora_graph.errors import QuestionError
from vendora_graph.services import Scope
from vendora_graph.settings import Settings
from vendora_graph.tools.senior.what_if import TOOL, WhatIf

OCTOBER = {"start": "2026-10-01", "end": "2026-10-31"}


@pytest.mark.parametrize(
    ("question", "metric", "asked", "other"),
    [
        ("if we raised ELR by $5 what would that mean in October", "elr", {"change": "5"}, {"change": "7"}),
        ("if we raised ELR by $5 what would that mean in October", "elr", {"change": "5"}, {"to": "5"}),
        ("what if hours per RO went to 1.8 in October", "cp_hpro", {"to": "1.8"}, {"change": "1.8"}),
        ("what if VSC penetration got to 50% in October", "vsc_pen", {"to": "0.5"}, {"to": "0.6"}),
    ],
)
async def test_only_the_size_of_the_question_is_told(question: str, metric: str, asked: dict[str, str], other: dict[str, str]) -> None:
    async with Vendora.open(Settings.load(warehouse="demo", model="offline")) as vendora:
        opened = await vendora.aopen()
        services, person = opened.services, opened.identities.principal()
        days = services.profile.as_of, services.profile.data_through
        scope = replace(Scope(person, *days, turn=1), reading=services.understanding.read(question, person, *days, None))
        call = {"metric": metric, "period": OCTOBER}
        found = await TOOL.run(WhatIf.model_validate({**call, **asked}), services, scope, Ledger(turn=1))
        assert any(fact.label.startswith("Extra") and fact.value not in (None, Decimal(0)) for fact in found.ledger.facts.values())
        with pytest.raises(QuestionError, match="another size"):
            await TOOL.run(WhatIf.model_validate({**call, **other}), services, scope, Ledger(turn=1))
