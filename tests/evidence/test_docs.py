"""What the page says of checks and rubric is so."""

from __future__ import annotations

import inspect
import runpy
from pathlib import Path

import vendora_graph
from tests.evidence.corpus import samples
from vendora_graph.evidence.checks import ALL
from vendora_graph.evidence.resources import resource
from vendora_graph.evidence.validate import validate

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


def test_the_example_of_the_page_runs(capsys, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(PAGE.partition("```python")[2].partition("```")[0], encoding="utf-8")
    runpy.run_path(str(script))
    assert "[numerals.digits]" in capsys.readouterr().out


def test_validate_is_public_and_gives_the_same_every_time():
    assert vendora_graph.validate is validate
    assert list(inspect.signature(validate).parameters) == ["question", "plan", "draft", "ledger", "policy"]
    assert not inspect.iscoroutinefunction(validate)
    for sample in list(samples())[::9]:
        nouns = (sample.question, sample.plan, sample.draft, sample.ledger, sample.policy)
        assert validate(*nouns).model_dump_json() == validate(*nouns).model_dump_json()
