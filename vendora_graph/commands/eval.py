"""`vendora eval`: golden questions against hand-written SQL."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vendora_graph.commands.options import Json, Model, WarehouseUrl, load_settings, make_app

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vendora_graph.evaluation.cases import Case
    from vendora_graph.evaluation.run import Golds, Outcome
    from vendora_graph.settings import Settings

app = make_app()
WRONG = 1


@app.command(name="eval")
def evaluate(
    file: Annotated[Path, typer.Argument(help="Golden questions: a YAML file or a directory of them (docs/eval.md).")],
    model: Model = None,
    warehouse: WarehouseUrl = None,
    repeat: Annotated[int, typer.Option(min=1, max=100, help="Ask each this often; the answers must be the same bytes.")] = 1,
    kind: Annotated[str | None, typer.Option(help="Only questions of this kind.")] = None,
    as_json: Json = False,
) -> None:
    """Ask golden questions and compare with hand-written SQL; ends with 0 only if all are right, with 1 otherwise."""
    from vendora_graph.commands.output import show_blocks, write
    from vendora_graph.commands.session import prepare_demo
    from vendora_graph.errors import ConfigError
    from vendora_graph.evaluation.cases import load_cases
    from vendora_graph.evaluation.report import report_blocks, report_json
    from vendora_graph.evaluation.run import compute_golds

    settings = load_settings(warehouse, model)
    cases = [case for case in load_cases(file) if kind is None or case.kind == kind]
    if not cases:
        raise ConfigError(f"{file} has no question of the kind {kind!r}.")
    prepare_demo(settings)
    golds = compute_golds(cases, _raw_warehouse(settings))
    outcomes = _run(settings, cases, golds, repeat)
    if as_json:
        import json

        write(json.dumps(report_json(outcomes), indent=2, ensure_ascii=False) + "\n")
    else:
        show_blocks(report_blocks(outcomes))
    raise typer.Exit(0 if all(outcome.verdict == "right" for outcome in outcomes) else WRONG)


def _raw_warehouse(settings: Settings) -> str:
    from vendora_graph.warehouse.demo_file import DEMO, demo_path

    return str(demo_path(settings.cache_dir)) if settings.warehouse == DEMO else settings.warehouse


def _run(settings: Settings, cases: Sequence[Case], golds: Golds, repeat: int) -> list[Outcome]:
    from vendora_graph import Vendora
    from vendora_graph.commands.session import started
    from vendora_graph.evaluation.run import evaluate

    async def all_cases() -> list[Outcome]:
        async with Vendora.open(settings) as vendora:
            started()
            if not sys.stderr.isatty():
                return await evaluate(vendora, cases, golds, repeat=repeat)
            from rich.console import Console
            from rich.progress import Progress

            with Progress(console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task("Asking", total=len(cases))
                return await evaluate(
                    vendora, cases, golds, repeat=repeat, on_case=lambda case: bar.update(task, advance=1, description=case)
                )

    return asyncio.run(all_cases())
