"""`vendora ask`: one question, one proven answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from vendora_graph.commands.options import (
    EXIT_CODES,
    AsOf,
    Dealership,
    Json,
    Model,
    Person,
    Role,
    Thread,
    WarehouseUrl,
    Wishes,
    day,
    load_settings,
    make_app,
)

if TYPE_CHECKING:
    from vendora_graph.contracts import Answer
    from vendora_graph.settings import Settings

app = make_app()


@app.command()
def ask(
    question: Annotated[list[str] | None, typer.Argument(help="The question, in your words.", show_default=False)] = None,
    dealership: Dealership = None,
    role: Role = None,
    person: Person = None,
    as_of: AsOf = None,
    thread: Thread = None,
    resume: Annotated[str | None, typer.Option(metavar="THREAD", help="Finish the question this thread was interrupted in.")] = None,
    model: Model = None,
    warehouse: WarehouseUrl = None,
    as_json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="Show the evidence: facts, definitions, SQL, checks.")] = False,
) -> None:
    """Ask one question and get an answer whose every figure was computed by code and checked a second time."""
    from vendora_graph.commands.output import show_answer
    from vendora_graph.questions import readable

    wishes = Wishes(dealership, role, person, day(as_of), resume or thread, resume is not None)
    settings = load_settings(warehouse, model)
    words = " ".join(question or ())
    answer = _answer(settings, words if resume and not words else readable(words, settings.question_max_chars), wishes)
    show_answer(answer, why=why, as_json=as_json)
    raise typer.Exit(EXIT_CODES[answer.status])


def _answer(settings: Settings, question: str, wishes: Wishes) -> Answer:
    from vendora_graph.commands.session import ask_once, prepare_demo, shows_progress

    prepare_demo(settings)
    if not shows_progress():
        return asyncio.run(ask_once(settings, question, wishes))
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("Waking the orchestrator") as status:
        return asyncio.run(ask_once(settings, question, wishes, lambda text: status.update(escape(text))))
