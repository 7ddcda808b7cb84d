"""The planted stories: asked in five wordings, the golden root cause is named first, and every answer is proven."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from vendora_graph import Vendora

STORIES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))
CASES = [(name, question) for name, story in STORIES.items() for question in story["questions"]]


@pytest.mark.parametrize(("name", "question"), CASES, ids=[f"{name}:{question}" for name, question in CASES])
def test_the_root_cause_is_the_top_driver(vendora: Vendora, name: str, question: str) -> None:
    story = STORIES[name]
    answer = vendora.ask(question, dealership=story["store"])
    assert answer.status == "answered", answer.summary
    assert answer.quality_score is not None
    assert answer.quality_score >= 0.85
    causes = [text for text in answer.analysis.findings if "main driver" in text]
    if "driver" in story:
        assert story["driver"] in causes[0]
    if "group" in story:
        groups = [text for text in causes if text.startswith("By ")]
        assert f"the main driver is {story['group']} with" in groups[0]
