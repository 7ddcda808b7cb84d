"""`vendora report`: a standing report, printed as text, HTML, PDF, a workbook or JSON."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vendora_graph.commands.options import AsOf, Dealership, Model, Role, WarehouseUrl, day, load_settings, make_app

if TYPE_CHECKING:
    from datetime import date

    from vendora_graph.settings import Settings
    from vendora_graph.tools.senior.reports import Report

app = make_app()
Format = Literal["md", "html", "pdf", "xlsx", "json"]


@app.command()
def report(
    name: Annotated[str | None, typer.Argument(help="Which report; without one, the names are listed.", show_default=False)] = None,
    form: Annotated[Format, typer.Option("--format", help="How it is rendered.")] = "md",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it; PDF and XLSX need one.")] = None,
    dealership: Dealership = None,
    role: Role = None,
    as_of: AsOf = None,
    model: Model = None,
    warehouse: WarehouseUrl = None,
) -> None:
    """Print a standing report: every figure computed by code and checked a second time."""
    from vendora_graph.tools.senior.reports import report_names

    if name is None:
        typer.echo("\n".join(report_names()))
        return
    settings = load_settings(warehouse, model)
    made = asyncio.run(_make(settings, name, dealership, role, day(as_of)))
    _write(made, form, output)
    raise typer.Exit(6 if made.withheld or made.left_out else 0)


async def _make(settings: Settings, name: str, dealership: str | None, role: str | None, as_of: date | None) -> Report:
    from vendora_graph import Vendora
    from vendora_graph.commands.session import prepare_demo, started
    from vendora_graph.contracts import Reading
    from vendora_graph.tools.senior.reports import run_report

    prepare_demo(settings)
    async with Vendora.open(settings) as vendora:
        services = (await vendora.aopen()).services
        started()
        principal = services.identities.principal(dealership=dealership, role=role)
        return await run_report(name, services, principal, as_of or services.profile.as_of, Reading(status="plan"))


def _write(made: Report, form: Format, output: Path | None) -> None:
    from vendora_graph.commands.printing import RENDERERS
    from vendora_graph.errors import QuestionError

    body = RENDERERS[form](made)
    if isinstance(body, bytes) and output is None:
        if sys.stdout.isatty():
            raise QuestionError(f"A {form} is no text. Say where to write it with --output FILE.")
        sys.stdout.buffer.write(body)
    elif output is None:
        typer.echo(body)
    else:
        output.write_bytes(body if isinstance(body, bytes) else body.encode())
        typer.echo(str(output), err=True)
