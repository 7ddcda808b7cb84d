"""`vendora chat`: a conversation. Follow-ups carry what was asked before; ctrl-C stops the question, not the chat."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vendora_graph.commands.options import AsOf, Dealership, Model, Person, Role, Thread, WarehouseUrl, Wishes, day, load_settings, make_app

if TYPE_CHECKING:
    from vendora_graph import Vendora
    from vendora_graph.contracts import Answer
    from vendora_graph.settings import Settings

app = make_app()

HELP = """Ask in your words; a follow-up like "and last month?" goes on from the answer before.
/why   the evidence of the last answer      /new   forget what was asked before
/help  this text                            /exit  leave (or ctrl-D)
"""
HISTORY_LINES = 1000


@app.command()
def chat(
    dealership: Dealership = None,
    role: Role = None,
    person: Person = None,
    as_of: AsOf = None,
    thread: Thread = None,
    model: Model = None,
    warehouse: WarehouseUrl = None,
) -> None:
    """Ask question after question; type /help for what else it knows."""
    from vendora_graph.commands.session import prepare_demo

    settings = load_settings(warehouse, model)
    wishes = Wishes(dealership, role, person, day(as_of), thread or _new_thread())
    prepare_demo(settings)
    with asyncio.Runner() as runner, _history(settings.cache_dir / "chat_history"), _opened(runner, settings) as vendora:
        Conversation(runner, vendora, settings, wishes).run()


@dataclass
class Conversation:
    """One chat: an open library and the thread its questions stand in."""

    runner: asyncio.Runner
    vendora: Vendora
    settings: Settings
    wishes: Wishes
    last: Answer | None = None

    def run(self) -> None:
        """Read lines until the end of input; a failed question ends itself, not the chat."""
        from vendora_graph.commands.output import write

        if sys.stdin.isatty():
            write(HELP)
        while (line := _read_line()) is not None:
            words = line.strip()
            if words in {"/exit", "/quit", "exit", "quit"}:
                return
            if words:
                self._answer_line(words)

    def _answer_line(self, words: str) -> None:
        from vendora_graph.commands.output import show_answer, show_blocks, write
        from vendora_graph.errors import VendoraError
        from vendora_graph.terminal.why import why_blocks

        try:
            match words:
                case "/help":
                    write(HELP)
                case "/new":
                    self.wishes, self.last = replace(self.wishes, thread=_new_thread()), None
                    write("A new conversation.\n")
                case "/why":
                    show_blocks(why_blocks(self.last)) if self.last else write("Nothing was answered yet.\n")
                case _ if words.startswith("/"):
                    write(f"There is no {words.split()[0]}.\n{HELP}")
                case _:
                    self.last = self._ask(words)
                    show_answer(self.last)
        except VendoraError as error:
            _complain(str(error))
        except KeyboardInterrupt:
            _complain("stopped. Ask again, or type /exit to leave.")

    def _ask(self, words: str) -> Answer:
        from vendora_graph.commands.session import ask_open, shows_progress
        from vendora_graph.questions import readable

        question = readable(words, self.settings.question_max_chars)
        if not shows_progress():
            return self.runner.run(ask_open(self.vendora, question, self.wishes))
        from rich.console import Console
        from rich.markup import escape

        with Console(stderr=True).status("Waking the orchestrator") as status:
            return self.runner.run(ask_open(self.vendora, question, self.wishes, lambda text: status.update(escape(text))))


@contextmanager
def _opened(runner: asyncio.Runner, settings: Settings) -> Iterator[Vendora]:
    from vendora_graph import Vendora
    from vendora_graph.commands.session import started

    vendora = runner.run(Vendora.open(settings).__aenter__())
    started()
    try:
        yield vendora
    finally:
        runner.run(vendora.__aexit__(None, None, None))


def _new_thread() -> str:
    return f"chat-{uuid.uuid4().hex[:12]}"


def _read_line() -> str | None:
    """Return the next line, or None at the end of input; ctrl-C on the prompt clears the line."""
    while True:
        try:
            return input("vendora> " if sys.stdin.isatty() else "")
        except EOFError:
            if sys.stdin.isatty():
                sys.stdout.write("\n")
            return None
        except KeyboardInterrupt:
            sys.stdout.write("\n")


def _complain(message: str) -> None:
    from vendora_graph.escape import for_terminal

    sys.stderr.write(f"vendora: {for_terminal(message)}\n")


@contextmanager
def _history(path: Path) -> Iterator[None]:
    """Keep what was typed for the arrow keys, in a file only its owner can read; a chat works without one too."""
    try:
        import readline
    except ImportError:  # no line editing on this machine
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    with suppress(OSError):
        readline.read_history_file(path)
    try:
        yield
    finally:
        readline.set_history_length(HISTORY_LINES)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(path)
            path.chmod(0o600)
