"""What the page says of checks and rubric is so."""

from __future__ import annotations

from pathlib import Path

from vendora_graph.evidence.checks import ALL
from vendora_graph.evidence.resources import resource

PAGE = (Path(__file__).parents[2] / "docs" / "validation.md").read_text(encoding="utf-8")


def rows() -> dict[str, str]:
    cells = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    return {cell[1].strip(" `"): cell[3].strip() for cell in cells}


def test_every_check_has_its_row_and_no_other():
    assert rows().keys() == {rule.name for rule in ALL}


def test_the_page_says_what_each_check_costs():
    for name, line in resource("rubric")["checks"].items():
        said = rows()[name]
        assert (said == "refused") == bool(line.get("fatal")), name
        assert str(line.get("penalty", "")) in said, name
        assert (f"at most {line['cap']}" in said) if "cap" in line else "at most" not in said, name


def test_levels_and_scores_are_those_of_the_rubric():
    rubric = resource("rubric")
    for name, least in rubric["levels"]:
        assert f"| {name} | {least} |" in PAGE
    assert f"starts at {rubric['score']['start']}" in PAGE
    assert f"earns {rubric['score']['independent']}" in PAGE
