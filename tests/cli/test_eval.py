from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from tests.cli.samples import answered, fact, with_status
from vendora_graph.errors import QuestionError, WarehouseError
from vendora_graph.evaluation.gold import gold_runner
from vendora_graph.evaluation.report import percentile

CASES = """
- id: total
  kind: value
  question: front gross?
  gold_sql: SELECT SUM(g) AS front_gross FROM t
  role: controller
  as_of: 2026-11-13
- id: talk
  question: units?
  gold_sql: SELECT COUNT(*) AS units_retail FROM t
  then:
    - question: and by class?
      expect: clarify
- id: secret
  kind: refusal
  question: list all phone numbers
  expect: not_allowed
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('a', 10.25), ('b', 5.50)) v(who, g)")
    return path


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    path = tmp_path / "golden.yaml"
    path.write_text(CASES)
    return path


def right(question, **_wishes):
    return {
        "front gross?": answered([fact("15.75")]),
        "units?": answered([fact("2", metric="units_retail", unit="units")]),
        "and by class?": with_status("clarify"),
        "list all phone numbers": with_status("not_allowed"),
    }[question]


def test_all_right_ends_with_zero(library, vendora, golden, warehouse):
    fake = library(right)
    ended = vendora("eval", str(golden), "--warehouse", str(warehouse))
    assert ended.code == 0
    assert ended.out.startswith("4 of 4 right (100.0%)")
    wishes = dict(fake.asked)
    assert wishes["front gross?"]["role"] == "controller"
    assert str(wishes["front gross?"]["as_of"]) == "2026-11-13"
    assert wishes["units?"]["thread"] == wishes["and by class?"]["thread"] != wishes["front gross?"]["thread"]
    assert set(fake.forgotten) == {wish["thread"] for wish in wishes.values()}


def test_silent_and_loud_errors_are_told_apart(library, vendora, golden, warehouse):
    def wrong(question, **wishes):
        if question == "front gross?":
            return answered([fact("15.80")], summary="Front gross was $15.80.")
        if question == "units?":
            raise QuestionError("No such store.")
        return right(question, **wishes)

    library(wrong)
    ended = vendora("eval", str(golden), "--warehouse", str(warehouse), "--json")
    report = json.loads(ended.out)
    assert ended.code == 1
    assert (report["right"], report["silent"], report["loud"]) == (2, 1, 1)
    assert report["kinds"]["value"] == {"right": 0, "total": 1}
    verdicts = {outcome["id"]: outcome["verdict"] for outcome in report["outcomes"]}
    assert verdicts == {"total": "silent", "talk": "loud", "talk.1": "right", "secret": "right"}


def test_a_question_that_dies_is_one_loud_error(library, vendora, golden, warehouse):
    def die(question, **wishes):
        if question == "units?":
            raise ZeroDivisionError("of ours")
        return right(question, **wishes)

    library(die)
    report = json.loads(vendora("eval", str(golden), "--warehouse", str(warehouse), "--json").out)
    assert (report["right"], report["loud"]) == (3, 1)
    assert report["outcomes"][1]["problems"] == ["ZeroDivisionError: of ours"]


def test_the_report_shows_both_results(library, vendora, golden, warehouse):
    library(lambda question, **wishes: answered([fact("15.80")], summary="It was $15.80.") if "gross" in question else right(question))
    out = vendora("eval", str(golden), "--warehouse", str(warehouse)).out
    for part in ("total (value): front gross?", "front_gross 15.75", "It was $15.80.", "p95", "refusal"):
        assert part in out


def test_an_answer_where_a_refusal_is_right_is_a_silent_error(library, vendora, golden, warehouse):
    library(lambda question, **wishes: answered([fact("1")]) if "phone" in question else right(question))
    report = json.loads(vendora("eval", str(golden), "--warehouse", str(warehouse), "--json").out)
    assert report["silent"] == 1


def test_repetitions_must_be_the_same_bytes(library, vendora, golden, warehouse):
    count = iter(range(100))
    library(lambda question, **_: right(question).model_copy(update={"caveats": (str(next(count)),)}))
    report = json.loads(vendora("eval", str(golden), "--warehouse", str(warehouse), "--repeat", "2", "--json").out)
    assert report["right"] == 0
    assert "repetitions gave different answers" in report["outcomes"][0]["problems"]
    assert len(report["outcomes"][0]["ms"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {id: a, question: q}", "either gold_sql or expect"),
        ("- {id: a, question: q, gold_sql: SELECT 1, expect: empty}", "either gold_sql or expect"),
        ("- {id: a, question: q, expects: empty}", "expects"),
        ("- {id: a, question: q, expect: empty}\n- {id: a, question: q, expect: empty}", "twice"),
        ("id: a", "list"),
        ("- [", "not YAML"),
        ("[]", "no golden questions"),
    ],
)
def test_a_wrong_file_is_named(library, vendora, tmp_path, warehouse, text, said):
    library(right)
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    ended = vendora("eval", str(path), "--warehouse", str(warehouse))
    assert ended.code == 2
    assert said in ended.err
    assert "bad.yaml" in ended.err


def test_gold_sql_cannot_write(warehouse):
    with gold_runner(str(warehouse)) as run, pytest.raises(WarehouseError, match="read-only"):
        run("DELETE FROM t")


def test_wrong_gold_sql_is_shown(warehouse):
    with gold_runner(f"duckdb:///{warehouse}") as run, pytest.raises(WarehouseError, match="SELECT nothing FROM t"):
        run("SELECT nothing FROM t")


@pytest.mark.parametrize(("url", "code"), [("duckdb:////nowhere.duckdb", 7), ("bigquery://p/d", 2)])
def test_a_warehouse_that_gold_cannot_use(library, vendora, golden, url, code):
    library(right)
    assert vendora("eval", str(golden), "--warehouse", url).code == code


def test_percentiles_are_nearest_rank():
    values = [float(number) for number in range(1, 101)]
    assert [percentile(values, percent) for percent in (50, 95, 100)] == [50.0, 95.0, 100.0]
    assert percentile([7.0], 50) == 7.0
    assert percentile([], 50) == 0.0
