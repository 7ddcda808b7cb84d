"""The demo's build with a progress bar on a terminal, and a few lines in a log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vendora_graph.warehouse.demo_file import DemoParameters


def build_with_progress(path: Path, parameters: DemoParameters, *, replace: bool = False) -> None:
    """Build the demo at `path`; the bar goes to standard error and vanishes when done."""
    from vendora_graph.warehouse.demo_file import build_beside

    if not sys.stderr.isatty():
        sys.stderr.write("Building the demo dealership ...\n")
        build_beside(path, parameters, replace=replace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("[bold]Building the demo dealership"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=1.0)
        build_beside(path, parameters, lambda step, share: bar.update(task, description=step, completed=share), replace=replace)
