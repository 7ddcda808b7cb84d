"""The worst models in the world answer the golden questions, each its own share: a third of all here, all of them by `make worst`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.graph.worst import BEHAVIOURS, GOLDEN, Behaviour, answers_of, golds_of, share_of, wrong_of
from vendora_graph.evaluation.cases import load_cases
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import ensure_demo

SPREAD = 3
INVENTED = ("4,711", "300%", "sk-secret", "five thousand", "softer demand", "evil.example")
LIMIT_MS = 120_000


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("behave", BEHAVIOURS, ids=lambda behave: behave.__name__)
async def test_no_wrong_number_is_delivered_and_the_offline_analyst_answers(behave: Behaviour, demo_cache: Path) -> None:
    cases = share_of(behave, load_cases(GOLDEN), SPREAD)
    settings = Settings(cache_dir=demo_cache, warehouse="demo", model="offline")
    outcomes = await answers_of(behave, cases, golds_of(cases, ensure_demo(demo_cache)), settings)
    assert len(outcomes) >= len(cases) >= 10
    assert [(one.id, one.problems) for one in wrong_of(cases, outcomes)] == []
    assert max(ms for one in outcomes for ms in one.ms) < LIMIT_MS
    rescued = [one.answer for one in outcomes if one.answer is not None and "rescue" in one.answer.metadata.trace]
    assert len(rescued) * 2 > sum(one.answer is not None and one.answer.status == "answered" for one in outcomes)
    for answer in (one for one in rescued if one.evidence):
        assert answer.metadata.agent_path[-1] == "L2_offline_analyst"
        assert any("offline analyst" in caveat for caveat in answer.caveats)
    for one in outcomes:
        shown = "" if one.answer is None else one.answer.model_dump_json(exclude={"question"})
        assert [words for words in INVENTED if words in shown] == []
