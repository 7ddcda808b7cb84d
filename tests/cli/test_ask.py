from __future__ import annotations

import json

import pytest

from tests.cli.samples import clarify, rich_answer, with_status
from vendora_graph.errors import CorruptWarehouseError, DemoDataError, ModelOutputError, NotAllowedError, QuestionError

BOX = set("─│┌┐└┘├┤╭╮╰╯━┃▌█")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("answered", 0),
        ("clarify", 3),
        ("refused", 4),
        ("not_allowed", 4),
        ("not_held", 5),
        ("empty", 5),
        ("partial", 6),
        ("withheld", 6),
    ],
)
def test_each_status_has_its_exit_code(library, vendora, status, code):
    library(with_status(status))
    assert vendora("ask", "how many?").code == code


def test_statuses_without_a_figure_never_look_alike(library, vendora):
    said = set()
    for status in ("empty", "not_held", "not_allowed", "withheld", "refused"):
        library(with_status(status, "Nothing here."))
        said.add(vendora("ask", "how many?").out)
    assert len(said) == 5


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (QuestionError("There is no role 'wizard'. Roles: bdc, controller."), 2),
        (NotAllowedError("Ask the controller."), 4),
        (CorruptWarehouseError("The file is damaged. Build it again."), 7),
        (DemoDataError("The disk is full."), 7),
        (ModelOutputError("The model answered with prose."), 8),
    ],
)
def test_an_error_is_one_sentence_and_a_code(library, vendora, error, code):
    def fail(*_args, **_wishes):
        raise error

    library(fail)
    ended = vendora("ask", "how many?")
    assert (ended.code, ended.out, ended.err) == (code, "", f"vendora: {error}\n")


def test_a_fault_of_ours_is_said_without_a_traceback(library, vendora):
    def fail(*_args, **_wishes):
        raise ZeroDivisionError("division by zero")

    library(fail)
    ended = vendora("ask", "how many?")
    assert ended.code == 7
    assert "ZeroDivisionError" in ended.err
    assert "Traceback" not in ended.err


def test_ctrl_c_ends_with_130(library, vendora):
    def interrupt(*_args, **_wishes):
        raise KeyboardInterrupt

    library(interrupt)
    assert vendora("ask", "how many?").code == 130


@pytest.mark.parametrize("question", ["", "   ", "\x00\x07\x1b", "\n\t"])
def test_an_empty_question_is_refused_before_anything_opens(library, vendora, question):
    fake = library(rich_answer())
    ended = vendora("ask", question)
    assert ended.code == 2
    assert "empty" in ended.err
    assert fake.asked == []


def test_ten_thousand_words_are_refused_with_the_limit(library, vendora):
    fake = library(rich_answer())
    ended = vendora("ask", "gross " * 10_000)
    assert ended.code == 2
    assert "4,000" in ended.err
    assert fake.asked == []


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("¿Cuántos autos vendimos?", "¿Cuántos autos vendimos?"),
        ("how many 🚗 this month", "how many 🚗 this month"),
        ("sales\x1b[2J this\tmonth", "sales [2J this month"),
        ("'; DROP TABLE deal; --", "'; DROP TABLE deal; --"),
        ("bad \udcff byte", "bad ? byte"),
    ],
)
def test_odd_questions_reach_the_library_as_harmless_text(library, vendora, typed, asked):
    fake = library(with_status("refused", "I only read."))
    assert vendora("ask", typed).code == 4
    assert fake.asked[0][0] == asked


def test_wishes_are_passed_on(library, vendora):
    fake = library(rich_answer())
    vendora("ask", "units?", "--dealership", "dealer_002", "--role", "bdc", "--person", "E7", "--as-of", "2026-05-01", "--thread", "t1")
    wishes = fake.asked[0][1]
    assert {name: str(value) for name, value in wishes.items()} == {
        "dealership": "dealer_002",
        "role": "bdc",
        "person": "E7",
        "as_of": "2026-05-01",
        "thread": "t1",
        "resume": "False",
    }


def test_resume_needs_no_question(library, vendora):
    fake = library(rich_answer())
    assert vendora("ask", "--resume", "t9").code == 0
    assert fake.asked[0][1]["thread"] == "t9"
    assert fake.asked[0][1]["resume"] is True


@pytest.mark.parametrize("arguments", [("--as-of", "13.11.2026"), ("--model", "/nowhere/at/all")])
def test_a_wrong_option_is_usage(library, vendora, arguments):
    library(rich_answer())
    ended = vendora("ask", "units?", *arguments)
    assert ended.code == 2
    assert arguments[1] in ended.err


def test_a_misspelt_command_gets_a_suggestion(vendora):
    ended = vendora("aks")
    assert ended.code == 2
    assert "ask" in ended.err


def test_json_is_the_whole_answer(library, vendora):
    answer = rich_answer()
    library(answer)
    assert json.loads(vendora("ask", "gross?", "--json").out) == json.loads(answer.model_dump_json())


def test_a_pipe_gets_plain_text_that_leads_with_the_figure(library, vendora):
    library(rich_answer())
    out = vendora("ask", "gross?").out
    assert out.startswith("Front gross was $89,940.75.\n")
    assert "\x1b" not in out
    assert not BOX & set(out)


def test_why_shows_the_evidence(library, vendora):
    library(rich_answer())
    plain, why = vendora("ask", "gross?").out, vendora("ask", "gross?", "--why").out
    for evidence in ("  SUM(front_gross)\nFROM deal", "by day, recombined", "Price less cost.", "orchestrator > respond"):
        assert evidence in why
        assert evidence not in plain


def test_a_question_back_shows_its_options(library, vendora):
    library(clarify())
    out = vendora("ask", "gross?").out
    assert "Front gross, or front and back?" in out
    assert "1. front gross" in out


def test_data_cannot_move_the_cursor(library, vendora):
    library(with_status("empty", "No units of \x1b[31mTesla\x1b]0;owned\x07 \u202eesrever."))
    out = vendora("ask", "teslas?").out
    assert out.startswith("No records. No units of Tesla esrever.")


def test_a_wrong_setting_is_named_without_its_value(vendora, monkeypatch):
    monkeypatch.setenv("VENDORA_SERVER_PORT", "s3cret")
    ended = vendora("ask", "units?")
    assert ended.code == 2
    assert "VENDORA_SERVER_PORT" in ended.err
    assert "s3cret" not in ended.err
