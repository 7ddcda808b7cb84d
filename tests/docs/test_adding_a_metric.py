"""`docs/adding-a-metric.md` is followed, in a copy of the shipped model."""

from __future__ import annotations

import re
import shutil
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest

from vendora_graph.errors import SemanticModelError
from vendora_graph.semantic.engine import SemanticEngine
from vendora_graph.semantic.loader import LoadedModel, load_catalog
from vendora_graph.semantic.request import CompileRequest
from vendora_graph.warehouse.demo_file import ensure_demo

PAGE = (Path(__file__).parents[2] / "docs" / "adding-a-metric.md").read_text(encoding="utf-8")
(BLOCK,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(STATEMENT,) = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SHIPPED = Path(str(files("vendora_graph.semantic") / "dealership"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = tmp_path_factory.mktemp("model") / "dealership"
    shutil.copytree(SHIPPED, copied)
    (copied / "metrics" / "electric.yaml").write_text(BLOCK, encoding="utf-8")
    return copied


@pytest.fixture(scope="module")
def loaded(model: Path, demo_cache: Path) -> LoadedModel:
    return load_catalog(model, demo_cache)


def test_the_statement_and_the_metric_agree(loaded: LoadedModel, demo_cache: Path) -> None:
    engine = SemanticEngine(loaded, demo_cache)
    request = CompileRequest(("units_electric", "units_retail"), ("store",), None, (), date(2026, 7, 1), date(2026, 9, 30))
    query = engine.compile(request, "duckdb")
    with duckdb.connect(str(ensure_demo(demo_cache)), read_only=True) as connection:
        by_hand = connection.execute(STATEMENT).fetchone()
        rows = {row[0]: row[1:] for row in connection.execute(query.sql, query.params).fetchall()}
        name = connection.execute("SELECT * FROM dealership WHERE dealership_id = 'dealer_001'").fetchone()
    assert by_hand is not None
    assert name is not None
    (electric, retail) = next(values for label, values in rows.items() if label in name)
    assert by_hand[0] > 0
    assert electric == by_hand[0]
    values = {"units_electric": Decimal(electric), "units_retail": Decimal(retail)}
    share = engine.combine("electric_share", {item.alias: values[item.metric] for item in engine.components("electric_share")})
    assert share is not None
    assert round(share, 12) == round(Decimal(electric) / Decimal(retail), 12)


def test_its_words_are_known(loaded: LoadedModel) -> None:
    assert loaded.catalog.metrics["units_electric"].label == "Electric units"
    assert "ev share" in loaded.catalog.metrics["electric_share"].synonyms


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("name: deals,", "name: dealz,"), ("unit: rate", "unit: furlongs"), ("denominator: units_retail", "denominator: units")],
)
def test_mistakes_are_named_with_their_file(model: Path, tmp_path: Path, right: str, wrong: str) -> None:
    copied = tmp_path / "model"
    shutil.copytree(model, copied)
    assert right in BLOCK
    (copied / "metrics" / "electric.yaml").write_text(BLOCK.replace(right, wrong), encoding="utf-8")
    with pytest.raises(SemanticModelError, match=r"electric\.yaml:\d+"):
        load_catalog(copied, None)
