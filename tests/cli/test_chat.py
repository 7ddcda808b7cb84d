from __future__ import annotations

from tests.cli.samples import rich_answer, with_status
from vendora_graph.errors import QuestionError


def test_follow_ups_share_a_thread_and_new_starts_another(library, vendora):
    fake = library(rich_answer())
    assert vendora("chat", typed="units?\nand last month?\n/new\ngross?\n").code == 0
    threads = [wishes["thread"] for _, wishes in fake.asked]
    assert threads[0] == threads[1] != threads[2]
    assert fake.closed


def test_an_error_ends_the_question_and_not_the_chat(library, vendora):
    def reply(question, **_wishes):
        if "wizard" in question:
            raise QuestionError("There is no such role.")
        return with_status("answered", "42 units.")

    library(reply)
    ended = vendora("chat", typed="wizard\n\nunits?\n/exit\nnever asked\n")
    assert ended.code == 0
    assert "There is no such role." in ended.err
    assert "42 units." in ended.out


def test_ctrl_c_stops_the_question_and_not_the_chat(library, vendora):
    def reply(question, **_wishes):
        if question == "long one":
            raise KeyboardInterrupt
        return with_status("answered", "42 units.")

    library(reply)
    ended = vendora("chat", typed="long one\nunits?\n")
    assert ended.code == 0
    assert "stopped" in ended.err
    assert "42 units." in ended.out


def test_why_belongs_to_the_last_answer(library, vendora):
    library(rich_answer())
    ended = vendora("chat", typed="/why\ngross?\n/why\n/nonsense\n")
    assert "Nothing was answered yet." in ended.out
    assert ended.out.count("SUM(front_gross)\nFROM deal") == 1
    assert "There is no /nonsense." in ended.out
