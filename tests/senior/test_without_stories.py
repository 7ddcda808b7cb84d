"""Built without its stories, the demo names none of their root causes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from vendora_graph import Vendora
from vendora_graph.settings import Settings
from vendora_graph.warehouse.demo_file import DemoParameters, build_beside, demo_path

STORIES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("stories.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendora]:
    """A demo in which nothing was planted, where the demo is looked for."""
    cache = tmp_path_factory.mktemp("plain")
    build_beside(demo_path(cache), DemoParameters(without_stories=tuple(STORIES)))
    with Vendora(Settings(model="offline", warehouse="demo", cache_dir=cache)) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(STORIES))
def test_the_root_cause_stays_unnamed(plain: Vendora, name: str) -> None:
    story = STORIES[name]
    for question in story["questions"][:2]:
        answer = plain.ask(question, dealership=story["store"])
        causes = [text for text in answer.analysis.findings if "main driver" in text]
        assert answer.status == "answered"
        if "group" in story:
            assert not any(f"the main driver is {story['group']} with" in text for text in causes)
        else:
            assert not any(text.startswith(f"The main driver is {story['driver']}") for text in causes)
