"""`vendora warehouse`: where the demo lies, build one, load it into a server, lock a server's account down."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vendora_graph.commands.options import day, make_app

if TYPE_CHECKING:
    from vendora_graph.warehouse.demo_file import DemoParameters

app = make_app("The demo dealership and the warehouse's account.")

Seed = Annotated[int | None, typer.Option(help="Another dealership of the same shape.")]
AsOf = Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The demo's today; its data end the day before.")]
Months = Annotated[int | None, typer.Option(min=1, help="Months of history; all of it unless given.")]
Rooftops = Annotated[int | None, typer.Option(min=1, max=4, help="How many stores of the group.")]
Without = Annotated[list[str] | None, typer.Option(metavar="NAME", help="A planted story to leave out; may be given more than once.")]


@app.command()
def path() -> None:
    """Print the path of the demo's DuckDB file, building it first when it is not there."""
    from vendora_graph.commands.options import load_settings
    from vendora_graph.commands.output import write
    from vendora_graph.commands.progress import build_with_progress
    from vendora_graph.warehouse.demo_file import DemoParameters, demo_path

    parameters = DemoParameters()
    place = demo_path(load_settings().cache_dir, parameters)
    if not place.exists():
        build_with_progress(place, parameters)
    write(f"{place}\n")


@app.command()
def build(
    path: Annotated[Path | None, typer.Argument(help="The file to write; without one, the demo's own place.", show_default=False)] = None,
    seed: Seed = None,
    as_of: AsOf = None,
    months: Months = None,
    rooftops: Rooftops = None,
    without_story: Without = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Build a demo dealership: beside its place first, renamed when it is whole."""
    from vendora_graph.commands.options import load_settings
    from vendora_graph.commands.output import write
    from vendora_graph.commands.progress import build_with_progress
    from vendora_graph.errors import ConfigError
    from vendora_graph.warehouse.demo_file import demo_path

    parameters = _parameters(seed, day(as_of), months, rooftops, without_story)
    place = path or demo_path(load_settings().cache_dir, parameters)
    if path is not None and path.exists() and not force:
        raise ConfigError(f"{path} exists. Name another file, or add --force to replace it.")
    build_with_progress(place, parameters, replace=force)
    write(f"{place}\n")


@app.command()
def load(
    url: Annotated[str, typer.Argument(help="postgresql://USER@HOST/DATABASE or bigquery://PROJECT/DATASET, empty and writable.")],
    seed: Seed = None,
    as_of: AsOf = None,
    months: Months = None,
    rooftops: Rooftops = None,
    without_story: Without = None,
) -> None:
    """Load a demo dealership into a server: tables, rows and reporting views."""
    from vendora_graph.commands.options import load_settings
    from vendora_graph.commands.output import write
    from vendora_graph.warehouse.demo.generate import generate
    from vendora_graph.warehouse.load import load as load_into

    chosen = _parameters(seed, day(as_of), months, rooftops, without_story)
    tables = generate(
        seed=chosen.seed, as_of=chosen.as_of, months=chosen.months, rooftops=chosen.rooftops, without_stories=chosen.without_stories
    )
    rows = load_into(url, tables, load_settings())
    write(f"{len(rows)} tables, {sum(rows.values())} rows\n")


@app.command()
def harden(
    url: Annotated[str, typer.Argument(help="postgresql://..., with an account that may create roles.")],
    role: Annotated[str, typer.Option(help="The reading account to make.")] = "vendora_reader",
    store: Annotated[list[str] | None, typer.Option(metavar="ID", help="Give this store a role of its own (row-level security).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the SQL and run nothing.")] = False,
) -> None:
    """Make the Postgres account VENDORA reads with: print the SQL and run it."""
    from vendora_graph.commands.output import write
    from vendora_graph.warehouse.harden import harden as make_accounts

    statements = make_accounts(url, role=role, stores=store or (), apply=not dry_run)
    write("".join(f"{statement};\n" for statement in statements))


def _parameters(
    seed: int | None, as_of: date | None, months: int | None, rooftops: int | None, without: list[str] | None
) -> DemoParameters:
    """Return the demo's own parameters with those that were given in their places."""
    from vendora_graph.warehouse.demo_file import DemoParameters

    demo = DemoParameters()
    return DemoParameters(
        seed=demo.seed if seed is None else seed,
        as_of=as_of or demo.as_of,
        months=months or demo.months,
        rooftops=rooftops or demo.rooftops,
        without_stories=tuple(sorted(without or ())),
    )
