"""A real, very small model drives the whole graph: senseless, slow, and nothing wrong reaches the asker. `make smollm`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.models.smollm import Gateway, serving
from vendora_graph.api import Vendora
from vendora_graph.evaluation.cases import Case, load_cases
from vendora_graph.evaluation.run import compute_golds, evaluate
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import demo_path

GOLDEN = Path(__file__).parents[1] / "golden"
CALLS = 4
"""Model calls a question may take: one to route, two for the analyst and a repair."""
SECONDS = 900
"""A question's seconds. A call takes ten to thirty on one core that others share; what is bounded is their number."""

pytestmark = [pytest.mark.smollm, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def smollm() -> Iterator[Gateway]:
    with serving() as gateway:
        yield gateway


def ten() -> list[Case]:
    """An even sample of questions with figures."""
    cases = [case for case in load_cases(GOLDEN) if case.gold_sql and not case.then]
    return cases[:: len(cases) // 10][:10]


async def test_every_delivered_number_is_right_and_every_question_ends(smollm: Gateway, demo_cache: Path) -> None:
    settings = Settings(
        warehouse="demo",
        cache_dir=demo_cache,
        model="openai:smollm2",
        openai_api_key="none",
        openai_base_url=smollm.url,
        limit_seconds=SECONDS,
        limit_model_calls=CALLS,
        model_timeout_seconds=SECONDS / 3,
        model_max_retries=0,
    )
    cases = ten()
    golds = compute_golds(cases, str(demo_path(demo_cache)))
    begun: list[int] = []
    async with Vendora(settings) as vendora:
        outcomes = await evaluate(vendora, cases, golds, on_case=lambda _: begun.append(len(smollm.said)))
    assert len(outcomes) == 10
    wrong = [(one.id, one.status, one.problems) for one in outcomes if one.verdict == "silent" or one.status == "error"]
    assert not wrong  # a senseless orchestrator may decline a question, loudly; no figure may be wrong
    assert all(max(one.ms) < SECONDS * 1000 for one in outcomes)
    calls = [after - before for before, after in pairwise([*begun, len(smollm.said)])]
    assert all(1 <= number <= CALLS for number in calls), calls
    assert all(one.answer is not None and "smollm2" in one.answer.metadata.model for one in outcomes)
    assert sum(one.verdict == "right" for one in outcomes) >= 8
