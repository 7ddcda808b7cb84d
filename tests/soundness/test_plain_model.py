"""Another business in plain dbt YAML, asked as its own people would: figures by SQL of our own, and not a word of a dealership."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.fixtures.plain_model.build import build
from vendora_graph import Vendora
from vendora_graph.errors import QuestionError, SemanticModelError
from vendora_graph.settings import Settings
from vendora_graph.terminal.blocks import blocks_of
from vendora_graph.terminal.plain import plain

MODEL = Path(__file__).parents[1] / "fixtures" / "plain_model"
OURS = ("dealership", "selling day", "store", "salesperson", "gross", "pvr", "vehicle")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return build(tmp_path_factory.mktemp("plain") / "desk.duckdb")


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    with duckdb.connect(str(build(tmp_path_factory.mktemp("rows") / "desk.duckdb"))) as connection:
        yield connection


@pytest.fixture(scope="module")
def desk(data, tmp_path_factory):
    cache = tmp_path_factory.mktemp("cache")
    with Vendora.open(Settings(model="offline", warehouse=f"duckdb:///{data}", semantic_model=MODEL, cache_dir=cache)) as vendora:
        yield vendora


FIGURES = [
    ("tickets in May", "SELECT COUNT(*) FROM tickets WHERE opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("average score in May", "SELECT AVG(score) FROM tickets WHERE opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("AHT in May", "SELECT SUM(minutes) / COUNT(*) FROM tickets WHERE opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("p90 minutes in May", "SELECT QUANTILE_CONT(minutes, 0.9) FROM tickets WHERE opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("tickets late percent in May", "SELECT AVG(late::INT) FROM tickets WHERE opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("tickets in grade 7 in May", "SELECT COUNT(*) FROM tickets WHERE grade = 7 AND opened_on BETWEEN '2026-05-01' AND '2026-05-31'"),
    ("tickets with handling minutes under 50 in May", "SELECT COUNT(*) FROM tickets WHERE minutes < 50 AND month(opened_on) = 5"),
    (
        "tickets of mid-market accounts in May",
        "SELECT COUNT(*) FROM tickets JOIN accounts USING (account_id) WHERE employees >= 100 AND month(opened_on) = 5",
    ),
    (
        "tickets excluding Other industries in May",
        "SELECT COUNT(*) FROM tickets JOIN accounts USING (account_id) WHERE industry <> 'Other' AND month(opened_on) = 5",
    ),
    (
        "tickets for None in May",
        "SELECT COUNT(*) FROM tickets JOIN accounts USING (account_id) WHERE industry = 'None' AND month(opened_on) = 5",
    ),
    ("tickets", "SELECT COUNT(*) FROM tickets WHERE opened_on >= '2026-06-01'"),
    ("tickets on June 7", "SELECT COUNT(*) FROM tickets WHERE opened_on = '2026-06-07'"),
]


@pytest.mark.parametrize(("question", "sql"), FIGURES, ids=[question for question, _ in FIGURES])
def test_a_figure_is_what_the_data_says(desk, rows, question, sql):
    answer = desk.ask(question)
    wanted = Decimal(str(rows.execute(sql).fetchone()[0]))
    assert answer.status == "answered", answer.summary
    own = [fact.value for fact in answer.evidence if fact.value is not None and fact.period == answer.period]
    assert any(abs(value - wanted) < Decimal("0.000001") for value in own)


@pytest.mark.parametrize("column", ["plan", "industry", "priority", "region", "grade level"])
def test_a_column_is_a_grouping_whatever_else_its_name_may_mean(desk, rows, column):
    answer = desk.ask(f"tickets by {column} in May")
    assert answer.status == "answered", answer.summary
    groups = [fact.value for fact in answer.evidence if fact.slice and fact.metric == "tickets" and fact.period == answer.period]
    whole = rows.execute("SELECT COUNT(*) FROM tickets WHERE month(opened_on) = 5").fetchone()[0]
    assert len(groups) > 1
    assert sum(groups) == whole


SAID = [
    ("which metrics do you have?", "clarify", "I hold Tickets, Late tickets"),
    ("which region had the most", "clarify", "By which measure?"),
    ("desk time in May", "answered", "Whole desk time in May 2026"),
    ("how do tickets compare with the industry benchmark", "not_held", "No benchmark is held for Tickets"),
    ("what if tickets went up 10%", "not_held", "No scenario is held for Tickets"),
    ("reconcile tickets", "not_held", "one basis only"),
    ("tickets in July", "empty", "no records were found"),
    ("my tickets in May", "answered", "the whole business"),
    ("how many accounts do we have", "clarify", "By which measure?"),
    ("worst region by desk time in May", "answered", "whether much of Whole desk time is good or bad"),
    ("tickets May 1-20 vs April 1-20", "answered", "60"),
    ("units last month", "clarify", "could not find a measure"),
]


@pytest.mark.parametrize(("question", "status", "words"), SAID, ids=[question for question, _, _ in SAID])
def test_what_is_said_is_of_this_business_alone(desk, question, status, words):
    answer = desk.ask(question)
    text = plain(blocks_of(answer))
    assert answer.status == status, text
    assert words.lower() in text.lower()
    assert not [word for word in OURS if word in text.lower()]


def test_a_value_named_like_an_order_is_the_order_before_a_number(desk):
    text = plain(blocks_of(desk.ask("top 2 regions by tickets in May")))
    assert "is first by tickets in May 2026, with" in text
    assert "Tickets, plan: Top, May 2026" in plain(blocks_of(desk.ask("tickets on the Top plan in May")))


@pytest.mark.parametrize("who", [{"dealership": "dealer_001"}, {"person": "E1"}])
def test_a_store_or_a_person_is_none_of_this_data(desk, who):
    with pytest.raises(QuestionError, match="This data knows no"):
        desk.ask("tickets in May", **who)


def test_where_the_records_end_is_said(desk):
    text = plain(blocks_of(desk.ask("tickets by month this year")))
    assert "The records of Tickets end on June 10, 2026" in text


BROKEN = [
    ("expr: minutes}", "expr: minuets}", "models/desk.yml:34: the measure 'minutes_sum' reads minuets of tickets"),
    ("ref('tickets')", "ref('ticket')", "models/desk.yml:18: the semantic model 'tickets' reads ticket,"),
    ("{measure: minutes_sum}", "[minutes_sum]", "models/desk.yml:46: `type_params:` of the metric 'desk_minutes' must be a mapping"),
    ("  - name: tickets\n", "  - name: tickets\n    primary_entity: ticket\n", "keep one"),
    ("created_on, type: time", "created_on, expr: account_name, type: time", "cannot be read as dates"),
]


@pytest.mark.parametrize(("old", "new", "message"), BROKEN, ids=[message[-30:] for _, _, message in BROKEN])
def test_a_broken_model_is_refused_with_file_and_line(data, tmp_path, old, new, message):
    model = Path(shutil.copytree(MODEL, tmp_path / "model"))
    path = model / "models" / "desk.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    settings = Settings(model="offline", warehouse=f"duckdb:///{data}", semantic_model=model, cache_dir=tmp_path)
    with Vendora.open(settings) as vendora, pytest.raises(SemanticModelError) as raised:
        vendora.ask("tickets in May")
    assert message in str(raised.value)
