"""The options that several commands share, and how they become settings and wishes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.core import MarkupMode

if TYPE_CHECKING:
    from vendora_graph.contracts import Status
    from vendora_graph.settings import Settings

Dealership = Annotated[str | None, typer.Option(help="The store you ask for, by id or name.")]
Role = Annotated[str | None, typer.Option(help="Who asks: general_manager, sales_manager, salesperson, ... decides what may be seen.")]
Person = Annotated[str | None, typer.Option(metavar="EMPLOYEE_ID", help='Whom "my" means.')]
AsOf = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day to ask on.")]
Thread = Annotated[str | None, typer.Option(help="A conversation to go on with.")]
Model = Annotated[Path | None, typer.Option(metavar="DIR", help="Another semantic model: a directory, a dbt project, a manifest.")]
WarehouseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Another warehouse: duckdb:///FILE, postgresql://..., bigquery://...")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, whole and for machines.")]

MARKUP: MarkupMode = "rich" if sys.stdout.isatty() else None
"""Help is drawn for a person and plain in a pipe."""

EXIT_CODES: dict[Status, int] = {
    "answered": 0,
    "clarify": 3,
    "refused": 4,
    "not_allowed": 4,
    "not_held": 5,
    "empty": 5,
    "partial": 6,
    "withheld": 6,
}


def make_app(help_text: str | None = None) -> typer.Typer:
    """Return an empty application for one command or one group of commands."""
    return typer.Typer(help=help_text, no_args_is_help=help_text is not None, add_completion=False, rich_markup_mode=MARKUP)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller wishes for one question. Wishes narrow what is seen, they never widen it."""

    dealership: str | None = None
    role: str | None = None
    person: str | None = None
    as_of: date | None = None
    thread: str | None = None
    resume: bool = False


def day(text: str | None) -> date | None:
    """Return the day of an `--as-of`.

    Raises:
        QuestionError: It is no ISO date.
    """
    from vendora_graph.errors import QuestionError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QuestionError(f"--as-of {text!r} is not a date. Write it as 2026-11-13.") from error


def load_settings(warehouse: str | None = None, model: Path | None = None) -> Settings:
    """Return the settings with what the command line gave on top.

    Raises:
        ConfigError: A setting is wrong, or the model's path is not there.
    """
    from vendora_graph.errors import ConfigError
    from vendora_graph.settings import Settings

    if model is not None and not model.exists():
        raise ConfigError(f"There is no semantic model at {model}. Give a directory of YAML files or a semantic_manifest.json.")
    return Settings.load(warehouse=warehouse, semantic_model=model)
