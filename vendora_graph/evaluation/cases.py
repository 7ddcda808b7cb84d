"""Golden questions as written in YAML, checked at load: a misspelt key must not turn into a question that always passes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vendora_graph.errors import ConfigError

Expectation = Literal["answered", "clarify", "refused", "not_allowed", "not_held", "empty"]


class Turn(BaseModel):
    """One question and what a right answer is: figures (`gold_sql`) or a status (`expect`), exactly one of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str = Field(min_length=1)
    gold_sql: str | None = None
    expect: Expectation | None = None
    kind: str | None = None

    @model_validator(mode="after")
    def _one_gold(self) -> Self:
        if (self.gold_sql is None) == (self.expect is None):
            raise ValueError("give either gold_sql or expect")
        return self


class Case(Turn):
    """A question with who asks, when, and the follow-ups (`then`) asked in the same conversation."""

    id: str = Field(min_length=1)
    dealership: str | None = None
    role: str | None = None
    person: str | None = None
    as_of: date | None = None
    then: tuple[Turn, ...] = ()

    def turns(self) -> Iterator[tuple[str, str, Turn]]:
        """Return (id, kind, turn) of the question and of its follow-ups (`id.1`, `id.2`, ...)."""
        yield self.id, self.kind or "question", self
        for number, turn in enumerate(self.then, start=1):
            yield f"{self.id}.{number}", turn.kind or "follow-up", turn


def load_cases(source: Path) -> tuple[Case, ...]:
    """Return the cases of a YAML file, or of every `*.yaml` of a directory, in order.

    Raises:
        ConfigError: A file cannot be read, a case is wrong, or an id stands twice.
    """
    files = sorted(source.glob("*.yaml")) if source.is_dir() else [source]
    cases = tuple(case for file in files for case in _read(file))
    if not cases:
        raise ConfigError(f"{source} holds no golden questions.")
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            raise ConfigError(f"{source}: the id {case.id!r} stands twice.")
        seen.add(case.id)
    return cases


def _read(file: Path) -> Iterator[Case]:
    import yaml

    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(f"{file}:{f'{mark.line + 1}:' if mark else ''} is not YAML.") from error
    if not isinstance(content, list):
        raise ConfigError(f"{file}: must be a list of golden questions. See docs/eval.md.")
    for number, item in enumerate(content, start=1):
        name = item.get("id", f"number {number}") if isinstance(item, dict) else f"number {number}"
        try:
            yield Case.model_validate(item)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            place = ".".join(map(str, problem["loc"]))
            raise ConfigError(f"{file}: case {name}: {place}{': ' if place else ''}{problem['msg']}.") from error
