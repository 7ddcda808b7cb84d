"""A key that stands twice in one mapping of our YAML silently loses the first."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import pytest
import yaml

PACKAGE = Path(__file__).parents[2] / "vendora_graph"
FILES = sorted(PACKAGE.rglob("*.yaml"))


class _Strict(yaml.CSafeLoader):
    """Refuses what PyYAML lets through."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        twice = sorted({str(key) for key in keys if keys.count(key) > 1})
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"twice in one mapping: {', '.join(twice)}", node.start_mark)
        return super().construct_mapping(node, deep)


def test_there_are_files() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_key_stands_twice(path: Path) -> None:
    _Strict(path.read_text(encoding="utf-8")).get_single_data()
