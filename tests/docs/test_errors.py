"""`docs/errors.md` says what the code does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from vendora_graph import errors
from vendora_graph.errors import VendoraError
from vendora_graph.server.problems import problem, status_of

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+Error)` \| (.+?) \| (\d) \| (\d{3}) \|$", PAGE, re.MULTILINE)
CLASSES = {name: kind for name, kind in inspect.getmembers(errors, inspect.isclass) if kind is not VendoraError}


def test_every_class_stands_there_once() -> None:
    assert sorted(name for name, *_ in ROWS) == sorted(CLASSES)


@pytest.mark.parametrize(("name", "who", "code", "status"), ROWS, ids=[row[0] for row in ROWS])
def test_codes_are_true(name: str, who: str, code: str, status: str) -> None:
    kind = CLASSES[name]
    assert kind.exit_code == int(code)
    assert status_of(kind("x")) == int(status)
    assert who


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_only_errors_for_askers_speak(name: str) -> None:
    said = problem(CLASSES[name]("secret-file"))[1].error
    speaks = issubclass(CLASSES[name], (errors.QuestionError, errors.NotAllowedError, errors.LimitExceededError))
    assert ("secret-file" in said) == speaks
