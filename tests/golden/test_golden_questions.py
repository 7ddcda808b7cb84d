"""The golden questions, asked of the demo through `vendora eval`: all right, and every metric proven by one of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from vendora_graph.cli import main
from vendora_graph.evaluation.cases import load_cases
from vendora_graph.semantic.loader import load_catalog
from vendora_graph.warehouse.demo_file import demo_path

GOLDEN = Path(__file__).parent
LEAST = 200


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_every_golden_question_is_right(demo_cache: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VENDORA_CACHE_DIR", str(demo_cache))
    monkeypatch.setenv("VENDORA_WAREHOUSE", "demo")
    with pytest.raises(SystemExit) as ended:
        main(["eval", str(GOLDEN), "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    wrong = [f"{o['id']}: {o['question']}: {'; '.join(o['problems'])}" for o in report["outcomes"] if o["verdict"] != "right"]
    assert not wrong, "\n".join(wrong)
    assert ended.value.code == 0


def test_there_are_enough_and_every_feature_has_some() -> None:
    cases = load_cases(GOLDEN)
    kinds = {kind for case in cases for _, kind, _ in case.turns()}
    assert sum(1 for case in cases for _ in case.turns()) >= LEAST
    features = {
        "value", "breakdown", "ranking", "list", "trend", "comparison", "filter", "exclusion", "threshold", "period", "typo", "slang",
        "several metrics", "my", "follow-up", "definition", "ambiguous", "not held", "refused", "not allowed", "empty",
    }  # fmt: skip
    assert features <= kinds


def test_every_metric_is_proven_by_hand_written_sql() -> None:
    """A metric without a golden answer does not ship: its name is a figure's column, or the equivalent named here."""
    gold = " ".join(turn.gold_sql for case in load_cases(GOLDEN) for _, _, turn in case.turns() if turn.gold_sql)
    columns = set(re.findall(r"\bAS (\w+)", gold, flags=re.IGNORECASE))
    unproven = {name for name, info in load_catalog().catalog.metrics.items() if not info.hidden} - columns - set(EQUIVALENT)
    assert not unproven, sorted(unproven)
    assert set(EQUIVALENT.values()) <= columns


EQUIVALENT = {
    "units_new": "new_units",
    "units_used": "used_units",
    "units_cpo": "cpo_units",
    "sp_units": "units_credited",
    "sp_gross": "gross_credited",
    "fi_mgr_pvr": "fi_per_unit",
    "fi_deals_handled": "deals_handled",
    "front_gross_new": "new_front",
    "front_gross_used": "used_front",
    "new_front_pvr": "new_front_per_unit",
    "used_front_pvr": "used_front_per_unit",
    "deals_neg_front": "losers",
    "cit_over10": "over_10_days",
    "aged_30": "over_30",
    "aged_45": "over_45",
    "aged_60": "over_60_days",
    "aged_60_all": "over_60",
    "aged_90": "over_90_days",
    "aged_new_90": "over_90",
    "leads_internet": "internet_leads",
    "hpro": "hours_per_ro",
    "open_ros_10": "orders",
}
"""Metrics whose question can as rightly be answered by another metric with a filter: the gold's column is not pinned to a name."""


def test_the_askers_are_who_the_comments_say(demo_cache: Path) -> None:
    """Employee ids belong to one build of the demo: when its people change, this says so before fifteen answers look wrong."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.yaml")))
    said = set(re.findall(r"person: (E\d+)  # ([^\n]+)", text))
    assert said
    with duckdb.connect(str(demo_path(demo_cache)), read_only=True) as connection:
        known = set(connection.execute("SELECT employee_id, full_name FROM employee").fetchall())
    assert said <= known, sorted(said - known)
    assert set(re.findall(r"person: (E\d+)", text)) == {person for person, _ in said}
