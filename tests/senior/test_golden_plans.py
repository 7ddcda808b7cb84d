"""Complex questions as golden plans: tools called, figures by hand-written SQL and plain arithmetic, words that must be said."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from vendora_graph import Vendora
from vendora_graph.contracts import Answer
from vendora_graph.nodes import tools as tools_node
from vendora_graph.settings import Settings
from vendora_graph.tools import rounds
from vendora_graph.warehouse.demo_file import demo_path

PLANS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("plans.yaml").read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = PLANS["cases"]
LEAST = 60
HOME, GROUP = "dealer_001", ("dealer_001", "dealer_002", "dealer_003", "dealer_004")
TOLERANCE = Decimal("0.005")
CURRENT = "is_current AND employee_id IS NULL AND target_source = 'budget' AND month_start BETWEEN {A} AND {B}"


class Raw:
    """The terms over the raw tables of the demo, as functions of a span and, where it is another, a store."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def names(self, stores: tuple[str, ...]) -> dict[str, Any]:
        """What an arithmetic may use."""
        terms = {name: partial(self._term, sql, stores) for name, sql in PLANS["terms"].items()}
        return {**PLANS["spans"], **terms, "benchmark": _benchmark, "Decimal": Decimal}

    def _term(self, sql: str, stores: tuple[str, ...], span: list[Any], store: str | None = None) -> Decimal:
        listed = ", ".join(f"'{one}'" for one in ((store,) if store else stores))
        first, last = (f"DATE '{day}'" for day in span)
        text = sql.replace("{T}", CURRENT).format(S=f"dealership_id IN ({listed})", A=first, B=last)
        row = self._connection.execute(text).fetchone()
        assert row is not None
        return Decimal(str(row[0] or 0))


def _benchmark(known: str) -> Decimal:
    text = files("vendora_graph.semantic").joinpath("dealership", "benchmarks.csv").read_text(encoding="utf-8")
    return next(Decimal(row["benchmark_value"]) for row in csv.DictReader(StringIO(text)) if row["benchmark_id"] == known)


@pytest.fixture(scope="module")
def raw(vendora: Vendora, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    """The demo's raw tables, in a copy: one process opens a file in one way only."""
    vendora.ask("units sold this month")
    copy = tmp_path_factory.mktemp("raw") / "demo.duckdb"
    shutil.copyfile(demo_path(Settings().cache_dir), copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        yield Raw(connection)
    copy.unlink()


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the tools that were called, in turn."""
    names: list[str] = []
    run = rounds.run_call

    async def noted(call: Any, *rest: Any) -> Any:
        names.append(call["name"])
        return await run(call, *rest)

    monkeypatch.setattr(rounds, "run_call", noted)
    monkeypatch.setattr(tools_node, "run_call", noted)
    return names


@pytest.mark.parametrize("case", CASES, ids=[case["ask"] for case in CASES])
def test_tools_figures_and_findings(vendora: Vendora, raw: Raw, called: list[str], case: Mapping[str, Any]) -> None:
    answer = vendora.ask(case["ask"], role=case.get("role"), dealership=case.get("store"))
    assert answer.status == "answered", [check.reason for check in answer.checks if not check.passed]
    assert answer.quality_score is not None
    assert answer.quality_score >= Decimal("0.85")
    assert set(called) == set(case["tools"])
    names = raw.names(GROUP if case.get("group") else (case.get("store") or HOME,))
    for label, arithmetic in case["figures"].items():
        golden = eval(_exact(str(arithmetic)), {}, names)  # noqa: S307 - the golden arithmetic of the file beside
        values = _values(answer, label)
        assert any(abs(value - golden) < TOLERANCE for value in values), f"{label}: {golden}, not in {values}"
    told = " ".join((answer.summary, *answer.analysis.findings))
    for words in case.get("says", ()):
        assert words in told
    assert len(answer.recommendations) <= 3


def _exact(text: str) -> str:
    """Write plain fractions so that the arithmetic stays in Decimal."""
    return re.sub(r"(?<![\w'.])(\d+\.\d+)(?!')", r"Decimal('\1')", text)


def _values(answer: Answer, label: str) -> list[Decimal]:
    name, _, place = label.partition(" | ")
    wanted = dict([place.split("=")]) if place else {}
    found = [f.value for f in answer.evidence if f.label == name and wanted.items() <= dict(f.slice).items() and f.value is not None]
    assert found, f"{name} is not among {sorted({f.label for f in answer.evidence})}"
    return found


def test_there_are_enough_and_every_tool_has_some() -> None:
    assert len(CASES) >= LEAST
    used = {name for case in CASES for name in case["tools"]}
    wanted = {"explain_change", "compare_to_benchmark", "pace", "forecast", "find_anomalies", "what_if", "reconcile", "scorecard"}
    assert wanted <= used
