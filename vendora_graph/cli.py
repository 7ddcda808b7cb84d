"""`vendora`: the command line. A command's module is imported only when that command is called, so `ask` starts fast.

Exit codes: 0 answered, 2 usage, 3 clarify, 4 refused or not allowed, 5 not held or empty, 6 partial or withheld,
7 data or engine, 8 model, 130 stopped by ctrl-C.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typing_extensions import override

from vendora_graph.commands.options import MARKUP
from vendora_graph.errors import InternalError, VendoraError

COMMANDS = {
    "ask": "vendora_graph.commands.ask:app",
    "chat": "vendora_graph.commands.chat:app",
    "metrics": "vendora_graph.commands.metrics:app",
    "report": "vendora_graph.commands.report:app",
    "eval": "vendora_graph.commands.eval:app",
    "doctor": "vendora_graph.commands.doctor:app",
    "warehouse": "vendora_graph.commands.warehouse:app",
    "sql": "vendora_graph.warehouse.sql_check:sql_app",
    "serve": "vendora_graph.commands.serve:app",
}
"""Where each command lives: `module:typer application`."""


class LazyGroup(TyperGroup):
    """A group that knows its commands by name and imports one when it is called for."""

    @override
    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's own context class
        return [name for name, place in COMMANDS.items() if find_spec(place.partition(":")[0])]

    @override
    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
        place = COMMANDS.get(cmd_name)
        if place is None:
            self.commands = dict.fromkeys(COMMANDS, TyperCommand(cmd_name))  # what "did you mean" compares with
            return None
        module, _, attribute = place.partition(":")
        command = typer.main.get_command(getattr(import_module(module), attribute))
        command.name = cmd_name
        _draw_help(command)
        return command  # type: ignore[return-value]  # a command or a group, both are


def _draw_help(command: object) -> None:
    """Let a command's help, and its own commands' help, be drawn only for a person, whoever wrote them."""
    if isinstance(command, TyperCommand | TyperGroup):
        command.rich_markup_mode = MARKUP
    if isinstance(command, TyperGroup):
        for inner in command.commands.values():
            _draw_help(inner)


app = typer.Typer(
    name="vendora",
    cls=LazyGroup,
    help="Ask your dealership's data in plain English. Every figure is computed by code and checked a second time.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
)


@app.callback()
def _root() -> None:
    """Keep `vendora` a group."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run a command and end the process with its exit code: one clear sentence on failure, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    gc.disable()  # a start allocates much and frees nothing: a sixth of it would be collections; `session.started` turns it on again
    try:
        app(args=list(argv) if argv is not None else None, prog_name="vendora")
    except VendoraError as error:
        sys.exit(_fail(str(error), error.exit_code))
    except BrokenPipeError:
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  # the outermost edge: what gets here is ours to mend, and a person reads it
        sys.exit(_fail(_internal(error), InternalError.exit_code))
    finally:
        gc.enable()


def run() -> NoReturn:
    """Run a command as a whole process. It ends at once: taking apart what a start has loaded costs a tenth of a cold question."""
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


def _fail(message: str, code: int) -> int:
    from vendora_graph.escape import for_terminal

    print(f"vendora: {for_terminal(message)}", file=sys.stderr)  # noqa: T201  # this is the command line's voice
    return code


def _internal(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else ""
    kind = type(error).__name__
    return f"something is wrong in VENDORA itself ({kind}{place}): {error}\nNothing was changed. Please report it with this line."


if __name__ == "__main__":
    run()
